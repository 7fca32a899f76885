"""Text as it is compared: folded so that spellings of one word meet, with the way back to the stored characters.

Folding is NFKC cluster by cluster, case folding, ``ё`` as ``е``, typographic quotes and apostrophes as plain ones, hyphens and
dashes as spaces, every space as one space, no soft hyphens, no stress marks. A line break stays one: no phrase runs across it.
Text and terms go through the same function, so they meet whatever it does; the offsets lead back to the text as it was.

Example:
    >>> folded = normalise("L’Élysée")
    >>> folded.text, folded.raw_span(2, 8)
    ("l'élysée", (2, 8))
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Folded", "fold", "fold_keeping_case", "is_word", "normalise", "steady_characters"]

#: One character for another, which leaves every offset as it is. These are frequent, so they are replaced in the whole text …
_FREQUENT = (
    *((quote, "'") for quote in "’‘ʼ"),
    *((quote, '"') for quote in "“”„«»"),
    *((space, " ") for space in "\u00a0\u202f"),
    *((dash, "-") for dash in "–—"),
    ("ё", "е"),
    ("Ё", "Е"),
)
#: … and these are rare: they are folded where they stand.
_RARE = {
    **dict.fromkeys("‛′`´", "'"),
    **dict.fromkeys("‟″‹›", '"'),
    **dict.fromkeys("\t\u2009\u2003\u2002\u200a\u200b\u2007", " "),
    **dict.fromkeys("‐‑‒―−", " "),
    **dict.fromkeys("\r\u2028\u2029\x0b\x0c\x85", "\n"),
}
_EVERY_ONE = dict(_FREQUENT) | _RARE | {"-": " "}
_TO_ONE = str.maketrans(_EVERY_ONE)

#: Characters that take the quick way: alone, each folds to its own lower case (a test holds this against Unicode's tables).
_PLAIN = "\x00-\x08\n\x0e-_a-\x7f¡-§©«¬®°±¶·»¿-Þà-ıĴ-ľŁ-ňŊ-žЀ-҂Ҋ-ԯ†‡•…‰€№₽₴"
_LONG_LOWER = "\u0130"  # The one character whose lower case is two.
_UNUSUAL = re.compile(f"[^{_PLAIN}]+|{_LONG_LOWER}| {{2,}}")
#: Characters that only direct how others are set: they are passed over.
_IGNORED = frozenset("\u00ad\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e")
#: Latin, Greek and Cyrillic letters; more Latin and Greek, punctuation and signs; pictographs.
_USUAL_SCRIPTS = ((0, 0x530), (0x1E00, 0x2300), (0x1F300, 0x1FB00))
_KEPT = frozenset("…№")  # NFKC would spell them out; the press does not.
_MARKS = frozenset(("Mn", "Me"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, where its length differs from the stored one, where each stretch of it comes from.

    Attributes:
        text: The folded text.
        starts: First folded offset of each stretch; empty where every offset is the same in both.
        raw: For each stretch the stored offset at which it begins, and the number of stored characters that became one whole;
            -1 where it was taken over character by character.
    """

    text: str
    starts: tuple[int, ...] = ()
    raw: tuple[tuple[int, int], ...] = ()

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The stored characters from which folded ``start:end`` (not empty) was made."""
        if not self.starts:
            return start, end
        at = bisect_right(self.starts, start) - 1
        begin, length = self.raw[at]
        first = begin + (start - self.starts[at] if length < 0 else 0)
        at = bisect_right(self.starts, end - 1) - 1
        begin, length = self.raw[at]
        return first, begin + (end - self.starts[at] if length < 0 else length)


def is_word(character: str) -> bool:
    """Whether a folded character is part of a word: letters, digits and the underscore."""
    return character.isalnum() or character == "_"


@functools.cache
def steady_characters() -> tuple[tuple[str, str], ...]:
    """Each character of the usual scripts that folds to one, always the same unless marks follow it, and that one.

    Where that is a space, `-` stands for it if the character is no space that merges with others beside it.
    """
    steady = []
    for character in (chr(code) for first, last in _USUAL_SCRIPTS for code in range(first, last)):
        folded = fold(character)
        if len(folded) == 1 and not _is_mark(character):
            merges = character == " " or (character, " ") in _FREQUENT
            steady.append((character, "-" if folded == " " and not merges else folded))
    return tuple(steady)


def normalise(text: str) -> Folded:
    """Fold a text for comparison; any string is taken."""
    return _normalise(text, str.casefold, str.lower)


def fold(text: str) -> str:
    """The folded text alone, for terms."""
    return normalise(text).text


def fold_keeping_case(text: str) -> str:
    """Folded in everything but case: what case-sensitive terms are compared by."""
    return _normalise(text, str, str).text


def _normalise(text: str, fold_case: Callable[[str], str], lower: Callable[[str], str]) -> Folded:
    folded = text
    if not folded.isascii():
        for old, new in _FREQUENT:
            folded = folded.replace(old, new)
    if _UNUSUAL.search(folded) is None:
        return Folded(lower(folded).replace("-", " "))
    return _slowly(folded, fold_case, lower)


def _slowly(text: str, fold_case: Callable[[str], str], lower: Callable[[str], str]) -> Folded:
    parts: list[str] = []
    starts: list[int] = []
    raw: list[tuple[int, int]] = []
    length = done = 0

    def take(piece: str, begin: int, whole: int) -> None:
        nonlocal length
        if piece or whole >= 0:
            starts.append(length)
            raw.append((begin, whole))
            parts.append(piece)
            length += len(piece)

    for begin, end in _clusters(text):
        take(lower(text[done:begin]).replace("-", " "), done, -1)
        take(lower(_fold_cluster(text[begin:end], fold_case)), begin, end - begin)
        done = end
    take(lower(text[done:]).replace("-", " "), done, -1)
    return Folded("".join(parts), tuple(starts), tuple(raw))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that are not folded character by character: a letter with its marks, an unusual letter, several spaces."""
    for match in _UNUSUAL.finditer(text):
        position, end = match.span()
        if text[position] == " ":
            yield position, end
            continue
        if position > 0 and _is_mark(text[position]) and text[position - 1] not in " \n\0":
            position -= 1  # The marks belong to the plain letter before them.
        while position < end:
            after = position + 1
            while after < end and _is_mark(text[after]):
                after += 1
            yield position, after
            position = after


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in _MARKS


def _fold_cluster(cluster: str, fold_case: Callable[[str], str]) -> str:
    if cluster in _KEPT:
        return cluster
    if cluster[0] == " " and len(cluster) > 1 and not cluster.strip(" "):
        return " "
    composed = unicodedata.normalize("NFKC", "".join(c for c in cluster if c not in _IGNORED))
    folded = unicodedata.normalize("NFC", fold_case(composed))
    # Marks that no letter took up are stress marks and the like; `ё` may have been typed as two characters.
    return "".join(c for c in folded if unicodedata.combining(c) != 230).translate(_TO_ONE)
