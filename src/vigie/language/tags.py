"""Language tags as feeds write them."""

from __future__ import annotations

import functools
import re

__all__ = ["language_of_tag"]

#: Names and three-letter codes met in feeds, for the languages that this tool is mostly asked about.
_NAMES = {
    "ar": "ara arabic العربية",
    "bg": "bul bulgarian български",
    "cs": "ces cze czech",
    "de": "deu ger german deutsch",
    "el": "ell gre greek gr",
    "en": "eng english",
    "es": "spa spanish español espanol castellano",
    "fr": "fra fre french français francais",
    "he": "heb hebrew iw",
    "it": "ita italian italiano",
    "ja": "jpn japanese jp",
    "nl": "nld dut dutch nederlands",
    "no": "nor nob nno nb nn norwegian norsk",
    "pl": "pol polish polski",
    "pt": "por portuguese português portugues",
    "ro": "ron rum romanian română mo",
    "ru": "rus russian русский",
    "tr": "tur turkish türkçe",
    "uk": "ukr ukrainian українська ua",
    "zh": "zho chi chinese 中文 cn",
}
_LANGUAGE_OF_NAME = {name: language for language, names in _NAMES.items() for name in names.split()}

_LONGEST_TAG = 64
_SEPARATOR = re.compile(r"[-_\s,;(/.]")
_CODE = re.compile("[a-z]{2}")


def language_of_tag(tag: str) -> str:
    """The ISO 639-1 code that a declared language means ("fr-FR", "en_US", "Russian" → fr, en, ru); "" for none."""
    return _language_of(tag[:_LONGEST_TAG])


@functools.lru_cache(maxsize=4096)
def _language_of(tag: str) -> str:
    first = _SEPARATOR.split(tag.strip().casefold(), maxsplit=1)[0]
    return _LANGUAGE_OF_NAME.get(first) or (first if _CODE.fullmatch(first) else "")
