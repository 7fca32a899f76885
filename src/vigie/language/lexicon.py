"""Finding the small words of a script's languages in many texts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.language.alphabet import SPACE, UNKNOWN, Alphabet

__all__ = ["Lexicon"]

#: Letters of the longest small word; longer words are passed over.
_LONGEST = 8

# A word is looked up by a number: a polynomial of its symbols in this base, modulo 2^64 (an odd constant, as random as any).
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
_BEFORE_APOSTROPHE = 0xD1B54A32D192ED03
_AFTER_APOSTROPHE = 0x8CB92BA72F3D8DD7
_APOSTROPHES = (0x27, 0x2019, 0x02BC)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The small words of one script."""

    alphabet: Alphabet
    #: The words' numbers, ascending.
    numbers: NDArray[np.uint64]
    #: word × language → 1 where the language has the word.
    languages: NDArray[np.int32]

    @classmethod
    def of(cls, alphabet: Alphabet, words: Mapping[str, str], languages: tuple[str, ...]) -> Lexicon:
        """The lexicon of the words that each language has, separated by spaces."""
        spoken: dict[int, list[int]] = {}
        for column, language in enumerate(languages):
            for word in set(words.get(language, "").split()):
                spoken.setdefault(_number(word, alphabet), []).append(column)
        numbers = sorted(spoken)
        table = np.zeros((len(numbers), len(languages)), dtype=np.int32)
        for row, number in enumerate(numbers):
            table[row, spoken[number]] = 1
        return cls(alphabet, np.array(numbers, dtype=np.uint64), table)

    def find(self, codes: NDArray[np.uint32], symbols: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where small words begin in a text of which the code points and the symbols are given, and their rows.

        Abbreviations in capitals are none ("US", "IT"), and an apostrophe counts only between letters.
        """
        letter = symbols != SPACE
        edges = np.flatnonzero(letter[1:] != letter[:-1]) + 1
        if letter[0]:
            edges = np.concatenate(([0], edges))
        firsts, ends = edges[::2], edges[1::2]  # every text ends with a space
        capitals = self.alphabet.capitals
        short = (ends - firsts <= _LONGEST) & ~(capitals[symbols[firsts]] & capitals[symbols[firsts + 1]])
        firsts, ends = firsts[short], ends[short]
        if not len(firsts) or not len(self.numbers):
            return firsts[:0], firsts[:0]
        numbers = self._numbers(symbols, firsts, ends)
        last = len(codes) - 1
        elided = np.isin(codes[ends], _APOSTROPHES) & letter[np.minimum(ends + 1, last)]
        appended = (firsts >= 2) & np.isin(codes[firsts - 1], _APOSTROPHES) & letter[firsts - 2] & ~elided
        numbers[elided] += np.uint64(_BEFORE_APOSTROPHE)
        numbers[appended] += np.uint64(_AFTER_APOSTROPHE)
        rows = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        known = self.numbers[rows] == numbers
        return firsts[known], rows[known]

    def _numbers(self, symbols: NDArray[np.int32], firsts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.uint64]:
        folded = self.alphabet.folded
        numbers = np.zeros(len(firsts), dtype=np.uint64)
        for place in range(_LONGEST):
            here = firsts + place
            inside = here < ends
            numbers *= np.uint64(_BASE)
            numbers[inside] += folded[symbols[here[inside]]]
        return numbers


def _number(word: str, alphabet: Alphabet) -> int:
    """What `Lexicon._numbers` makes of a word."""
    letters = word.strip("'")
    assert len(letters) <= _LONGEST, f"{word}: a small word has at most {_LONGEST} letters"
    symbols = [int(alphabet.folded[alphabet.symbols[ord(letter)]]) for letter in letters]
    assert min(symbols) > UNKNOWN, f"{word}: has a letter that no profile has"
    number = 0
    for symbol in symbols + [0] * (_LONGEST - len(symbols)):
        number = number * _BASE + symbol
    number += _BEFORE_APOSTROPHE * word.endswith("'") + _AFTER_APOSTROPHE * word.startswith("'")
    return number % _MODULUS
