"""Which script a code point belongs to, and which languages are written in it.

A hard line: a text is judged among the languages of its main script only, since letters tell Russian from English with more
certainty than any sum of n-grams.
"""

from __future__ import annotations

import enum
import functools
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

__all__ = ["CODE_POINTS", "LANGUAGES_OF", "SCRIPT_OF", "Script", "letter_scripts"]

CODE_POINTS = 0x110000
_BASIC_PLANE = 0x10000


class Script(enum.IntEnum):
    """Scripts, in the numbering of `letter_scripts`."""

    NONE = 0  # no letter
    LATIN = 1
    CYRILLIC = 2
    GREEK = 3
    HEBREW = 4
    ARABIC = 5
    DEVANAGARI = 6
    BENGALI = 7
    GURMUKHI = 8
    GUJARATI = 9
    TAMIL = 10
    TELUGU = 11
    KANNADA = 12
    MALAYALAM = 13
    THAI = 14
    HANGUL = 15
    HAN = 16  # with kana and bopomofo: Japanese and Chinese share characters
    OTHER = 17  # letters of a script that no profile is written in


_LATIN = (
    *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nl", "no", "pl"),
    *("pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
)

#: The candidates under each script: every profile has its place under one.
LANGUAGES_OF: dict[Script, tuple[str, ...]] = {
    Script.LATIN: _LATIN,
    Script.CYRILLIC: ("bg", "mk", "ru", "uk"),
    Script.GREEK: ("el",),
    Script.HEBREW: ("he",),
    Script.ARABIC: ("ar", "fa", "ur"),
    Script.DEVANAGARI: ("hi", "mr", "ne"),
    Script.BENGALI: ("bn",),
    Script.GURMUKHI: ("pa",),
    Script.GUJARATI: ("gu",),
    Script.TAMIL: ("ta",),
    Script.TELUGU: ("te",),
    Script.KANNADA: ("kn",),
    Script.MALAYALAM: ("ml",),
    Script.THAI: ("th",),
    Script.HANGUL: ("ko",),
    Script.HAN: ("ja", "zh"),
    Script.NONE: (),
    Script.OTHER: (),
}

#: The script that each candidate language is written in.
SCRIPT_OF = {language: script for script, languages in LANGUAGES_OF.items() for language in languages}


#: Unicode blocks (first, last). Digits and punctuation inside them are left out below.
_BLOCKS = (
    (0x0041, 0x024F, Script.LATIN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFC, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0980, 0x09FF, Script.BENGALI),
    (0x0A00, 0x0A7F, Script.GURMUKHI),
    (0x0A80, 0x0AFF, Script.GUJARATI),
    (0x0B80, 0x0BFF, Script.TAMIL),
    (0x0C00, 0x0C7F, Script.TELUGU),
    (0x0C80, 0x0CFF, Script.KANNADA),
    (0x0D00, 0x0D7F, Script.MALAYALAM),
    (0x0E00, 0x0E7F, Script.THAI),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x3130, 0x318F, Script.HANGUL),
    (0xAC00, 0xD7A3, Script.HANGUL),
    (0x3040, 0x312F, Script.HAN),
    (0x31A0, 0x31FF, Script.HAN),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xF900, 0xFAFF, Script.HAN),
    (0x20000, 0x3FFFF, Script.HAN),
)


@functools.cache
def letter_scripts() -> NDArray[np.uint8]:
    """The `Script` of every code point; `NONE` for what is neither a letter nor a vowel sign of its block."""
    characters = [chr(code) for code in range(_BASIC_PLANE)]
    letters = np.fromiter(map(str.isalpha, characters), dtype=bool, count=_BASIC_PLANE)
    signs = np.fromiter((category(character)[0] == "M" for character in characters), dtype=bool, count=_BASIC_PLANE)
    scripts = np.zeros(CODE_POINTS, dtype=np.uint8)
    scripts[:_BASIC_PLANE][letters] = Script.OTHER
    for first, last, script in _BLOCKS:
        block = scripts[first : last + 1]
        block[(letters | signs)[first : last + 1] if last < _BASIC_PLANE else slice(None)] = script
    scripts.setflags(write=False)
    return scripts
