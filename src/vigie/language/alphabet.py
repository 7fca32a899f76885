"""The letters of a script as small numbers, with langdetect's normalisation folded in.

The library replaces some characters before it counts (`utils/ngram.NGram.normalize`): all hiragana are one sign, rare kanji
are one a class, punctuation is a space. Doing it in the table that numbers the letters costs nothing while reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray

from vigie.language.scripts import Script, letter_scripts

__all__ = ["SPACE", "UNKNOWN", "Alphabet"]

#: The symbol of everything between words; letters of other scripts count as such too.
SPACE = 0
#: The symbol of a letter of the script that no profile has (a Kazakh қ among Cyrillic): it belongs to no n-gram.
UNKNOWN = 1

#: Ranges (first, last) whose characters the library reads as one.
_READ_AS_ONE = (
    (0x1EA0, 0x1EFF, "\u1ec3"),  # Vietnamese letters
    (0x3040, 0x309F, "あ"),
    (0x30A0, 0x30FF, "ア"),
    (0x3100, 0x312F, "ㄅ"),
    (0x31A0, 0x31BF, "ㄅ"),
    (0x0219, 0x0219, "ş"),  # Romanian, comma below as cedilla
    (0x021B, 0x021B, "ţ"),
    (0x06CC, 0x06CC, "ي"),  # Persian yeh
)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The symbols of one script."""

    #: Letter → symbol; a space too.
    number: dict[str, int]
    #: Code point → symbol, whatever the character.
    symbols: NDArray[np.uint16]
    #: Symbol → whether it is a capital letter.
    capitals: NDArray[np.bool_]
    #: Symbol → symbol of the same letter in lower case.
    folded: NDArray[np.uint64]

    @property
    def size(self) -> int:
        """How many symbols there are, `SPACE` and the unknown letter included."""
        return len(self.capitals)

    @classmethod
    def of(cls, script: Script, letters: Iterable[str]) -> Alphabet:
        """The alphabet of those among `letters` that belong to the script."""
        own = letter_scripts() == script
        spelling = sorted(letter for letter in set(letters) if own[ord(letter)])
        symbols = np.where(own, np.uint16(UNKNOWN), np.uint16(SPACE))
        number = {letter: symbol for symbol, letter in enumerate(spelling, start=UNKNOWN + 1)}
        for letter, symbol in number.items():
            symbols[ord(letter)] = symbol
        for first, last, read_as in _READ_AS_ONE:
            if read_as in number:
                symbols[first : last + 1][own[first : last + 1]] = number[read_as]
        if script is Script.HAN:
            for character, representative in NGram.CJK_MAP.items():
                symbols[ord(character)] = number.get(representative, UNKNOWN)
        capitals = np.array([False] * (UNKNOWN + 1) + [letter.isupper() for letter in spelling])
        folded = [SPACE, UNKNOWN, *(number.get(letter.lower(), number[letter]) for letter in spelling)]
        return cls({" ": SPACE, **number}, symbols, capitals, np.array(folded, dtype=np.uint64))

    def spell(self, ngram: str) -> tuple[int, ...] | None:
        """The n-gram's symbols; None where it has a character that is no letter of this alphabet, or can never be read.

        Never read is an n-gram of spaces only, or with a space in its middle (the reader starts anew after a space).
        """
        try:
            spelt = tuple([self.number[character] for character in ngram])
        except KeyError:
            return None
        return spelt if any(spelt) and SPACE not in spelt[1:-1] else None
