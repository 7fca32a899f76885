"""langdetect's model, summed over every n-gram of many texts at once, each kind of evidence at its learnt weight.

For each character the library looks at the 1-, 2- and 3-gram that end with it, and multiplies what the profiles say about
each. The weighed sum of the three logarithms depends on the last three characters only: it is one row of a table, found by
two look-ups (`pair_rows`, then `triple_rows`) in place of three n-grams. Rows hold fixed-point integers, so that a text's
sum is the same to the last bit whatever it is batched with; two languages' lie in one integer, which halves the additions.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.language.alphabet import SPACE, UNKNOWN, Alphabet
from vigie.language.lexicon import Lexicon
from vigie.language.press_words import PRESS_WORDS
from vigie.language.profiles import load_profile
from vigie.language.scripts import LANGUAGES_OF, Script
from vigie.language.weights import LEARNT, Weights
from vigie.language.words import SMALL_WORDS

__all__ = ["SCALE", "NgramTable", "build_table", "ngram_table"]

#: Units a nat in the tables' integers.
SCALE = 10_000
#: Bits of one of two numbers in an integer.
_HALF = 32

#: Letters that a language's own spelling does not have. A profile counts them too (names, quotations in Wikipedia), and
#: would forgive them: these tell Ukrainian, Russian, Bulgarian and Macedonian apart within one word.
_FOREIGN_LETTERS = {
    "ru": "іїєґјљњџѓќѕ",
    "uk": "ыэёъјљњџѓќѕ",
    "bg": "ыэёіїєґјљњџѓќѕ",
    "mk": "ыэёъйщьюяіїєґ",
}


@dataclass(frozen=True, slots=True)
class NgramTable:
    """The evidence of every n-gram of one script for every language of that script."""

    #: The columns of what :meth:`sums` gives.
    languages: tuple[str, ...]
    alphabet: Alphabet
    #: previous symbol × n + symbol → row of the 1- and 2-gram.
    pair_rows: NDArray[np.uint16]
    #: row at the previous symbol × n + symbol → row of the 1- to 3-gram.
    triple_rows: NDArray[np.uint16]
    #: row × pair of languages → evidence in units of `SCALE`, see :func:`_paired`; row 0 says nothing. The second half: the
    #: same rows within names.
    evidence: NDArray[np.int64]
    lexicon: Lexicon
    #: What one small word adds, units of `SCALE`.
    small_word: int
    #: symbol × language → whether the language is never written with that letter; no symbol is where nothing is known of that.
    foreign: NDArray[np.bool_]

    def sums(self, codes: NDArray[np.uint32], starts: NDArray[np.intp]) -> NDArray[np.int32]:
        """Evidence of each text for each language (texts × languages, units of `SCALE`).

        Args:
            codes: code points of all texts one after another; each text ends with a space.
            starts: where each text begins.
        """
        size = self.alphabet.size
        symbols = self.alphabet.symbols[codes].astype(np.int32)
        previous = _before(symbols)
        pairs = self.pair_rows[previous * size + symbols]
        rows = self.triple_rows[_before(pairs.astype(np.int32)) * size + symbols]
        capitals = self.alphabet.capitals[symbols]
        # Like the library, read nothing from a capital after a capital: abbreviations.
        rows[1:][capitals[1:] & capitals[:-1]] = 0
        # Unlike it, weigh words with a capital as names.
        first_letters = np.where((previous == SPACE) & (symbols != SPACE), np.arange(len(symbols), dtype=np.int32), 0)
        in_name = capitals[np.maximum.accumulate(first_letters)]
        rows += in_name * np.uint16(len(self.evidence) // 2)
        sums = _unpaired(np.add.reduceat(self.evidence.take(rows, axis=0), starts, axis=0), len(self.languages))
        places, words = self.lexicon.find(codes, symbols)
        if len(places):
            text_of = np.searchsorted(starts, places, side="right") - 1
            first_words = np.flatnonzero(np.diff(text_of, prepend=-1))
            counts = np.add.reduceat(self.lexicon.languages[words], first_words, axis=0)
            sums[text_of[first_words]] += counts * self.small_word
        return sums

    def foreign_share(
        self, codes: NDArray[np.uint32], starts: NDArray[np.intp], columns: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Share of each text's letters that its language, given as a column, is never written with; arguments as in `sums`."""
        symbols = self.alphabet.symbols[codes]
        lengths = np.diff(starts, append=len(codes))
        foreign = self.foreign[symbols, np.repeat(columns, lengths)]
        letters = np.add.reduceat(symbols != SPACE, starts, dtype=np.int64)
        share: NDArray[np.float64] = np.add.reduceat(foreign, starts, dtype=np.int64) / np.maximum(letters, 1)
        return share


def _paired(rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """Columns two by two in one integer, the first of a pair in its lower half: sums of such integers hold both sums."""
    columns = np.pad(rows, ((0, 0), (0, rows.shape[1] % 2))).astype(np.int64)
    pairs: NDArray[np.int64] = columns[:, ::2] + (columns[:, 1::2] << _HALF)
    return pairs


def _unpaired(pairs: NDArray[np.int64], width: int) -> NDArray[np.int32]:
    """The columns, so many, of paired ones; what a negative number borrowed of the other half is given back."""
    lower = ((pairs + (1 << _HALF - 1)) & ((1 << _HALF) - 1)) - (1 << _HALF - 1)
    columns = np.stack([lower, (pairs - lower) >> _HALF], axis=-1).reshape(len(pairs), -1)
    return columns[:, :width].astype(np.int32)


def _before(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """What stood one place earlier; a space before the first."""
    shifted = np.empty_like(values)
    shifted[0], shifted[1:] = SPACE, values[:-1]
    return shifted


@functools.cache
def ngram_table(script: Script) -> NgramTable:
    """The table of a script that several languages share; built once a process."""
    return build_table(script, LEARNT)


def build_table(script: Script, weights: Weights) -> NgramTable:
    """A table of a script at other weights than those learnt."""
    languages = LANGUAGES_OF[script]
    profiles = [load_profile(language) for language in languages]
    number = {ngram: place for place, ngram in enumerate({ngram: None for profile in profiles for ngram in profile.counts})}
    evidence = np.zeros((len(number), len(languages)))
    for column, profile in enumerate(profiles):
        evidence[[number[ngram] for ngram in profile.counts], column] = profile.evidence()
    alphabet = Alphabet.of(script, "".join(number))
    foreign = _foreign(languages, alphabet)
    spelt = {symbols: place for ngram, place in number.items() if (symbols := alphabet.spell(ngram)) is not None}
    # A last row of zeros, for those 1- and 2-grams that only occur within longer ones.
    evidence = np.vstack([evidence, np.zeros(len(languages))])
    return _compile(languages, alphabet, foreign=foreign, spelt=spelt, evidence=evidence, weights=weights)


def _told_by_words(languages: tuple[str, ...]) -> dict[str, str]:
    """The words that tell each language, small words and those of headlines."""
    return {language: f"{SMALL_WORDS.get(language, '')} {PRESS_WORDS.get(language, '')}" for language in languages}


def _foreign_letters(language: str) -> set[str]:
    letters = _FOREIGN_LETTERS.get(language, "")
    return {*letters, *letters.upper()}


def _foreign(languages: tuple[str, ...], alphabet: Alphabet) -> NDArray[np.bool_]:
    foreign = np.zeros((alphabet.size, len(languages)), dtype=bool)
    for column, language in enumerate(languages):
        if letters := _foreign_letters(language):
            foreign[[UNKNOWN, *(alphabet.number[letter] for letter in letters & alphabet.number.keys())], column] = True
    return foreign


def _compile(
    languages: tuple[str, ...],
    alphabet: Alphabet,
    *,
    foreign: NDArray[np.bool_],
    spelt: dict[tuple[int, ...], int],
    evidence: NDArray[np.float64],
    weights: Weights,
) -> NgramTable:
    """Number the n-grams, and fill the look-ups: rows of 1-grams first, then 2-grams, then 3-grams.

    `spelt` tells an n-gram's row in `evidence` (n-gram × language, nats; the last row is zero).
    """
    size = alphabet.size
    singles = [(symbol,) for symbol in range(size)]
    triples = sorted(symbols for symbols in spelt if len(symbols) == 3)
    pairs = sorted({symbols for symbols in spelt if len(symbols) == 2} | {symbols[:2] for symbols in triples})

    pair_rows = np.tile(np.arange(size, dtype=np.uint16), size)
    last_symbol = np.arange(size + len(pairs))
    for row, (first, second) in enumerate(pairs, start=size):
        pair_rows[first * size + second] = row
        last_symbol[row] = second
    # Where no 3-gram is known, the row is that of the 2-gram which ends with the symbol.
    triple_rows = pair_rows.reshape(size, size)[last_symbol].ravel()
    shorter = [int(pair_rows[second * size + third]) for _, second, third in triples]
    for row, (first, second, third) in enumerate(triples, start=size + len(pairs)):
        triple_rows[int(pair_rows[first * size + second]) * size + third] = row

    one, two, three = (evidence[[spelt.get(ngram, -1) for ngram in ngrams]] for ngrams in (singles, pairs, triples))

    def weighed(by_length: tuple[float, float, float]) -> NDArray[np.int32]:
        rows: NDArray[np.float64] = one * by_length[0] - foreign * weights.foreign_letter
        rows = np.vstack([rows, two * by_length[1] + rows[last_symbol[size:]]])
        rows = np.vstack([rows, three * by_length[2] + rows[shorter]])
        fixed: NDArray[np.int32] = np.rint(rows * SCALE).astype(np.int32)
        return fixed

    rows = np.vstack([weighed(weights.ngrams), weighed(weights.names)])
    assert len(rows) <= np.iinfo(np.uint16).max
    return NgramTable(
        languages=languages,
        alphabet=alphabet,
        pair_rows=pair_rows,
        triple_rows=triple_rows,
        evidence=_paired(rows),
        lexicon=Lexicon.of(alphabet, _told_by_words(languages), languages),
        small_word=round(weights.small_word * SCALE),
        foreign=foreign,
    )
