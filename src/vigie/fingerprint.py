"""Fingerprints of texts: what near-identical texts have in common, small enough to be stored and joined in SQL.

A fingerprint is a MinHash signature (Broder, 1997) over shingles of three words. Of two texts, the share of hashes that
are equal estimates the Jaccard similarity of their shingles: how much of what both say is said by each. The hashes are
stored three to a number, and each such number is a band: two texts whose similarity is J have a band in common with
probability 1 − (1 − J³)^BANDS, so candidates are found by an equality join (Leskovec, Rajaraman, Ullman, "Mining of
Massive Datasets", section 3.4). `queries/syndication.sql` does both.

Words are compared in lower case and without punctuation, so that neither new quotation marks nor other dashes tell two
texts apart. The title is no part: reprints change it. A text under 40 words has no fingerprint (METHOD.md): so few shingles
would make texts alike by chance.

Example:
    >>> words = " ".join(f"word{number}" for number in range(60))
    >>> [one, other] = fingerprint_texts([words, words.upper() + "!"])
    >>> one == other, len(one) == 1 + BANDS
    (True, True)
    >>> fingerprint_texts(["Too short to tell."])
    [()]
"""

from __future__ import annotations

import functools
import sys
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "MIN_WORDS", "fingerprint_texts", "similarity"]

#: A text with fewer words has no fingerprint.
MIN_WORDS = 40
#: Bands of a fingerprint, each of three hashes of 21 bits.
BANDS = 24

_ROWS = 3
_LANE_BITS = 21
_LANE = (1 << _LANE_BITS) - 1
_SHINGLE = 3
#: Characters of a text that are looked at: what one text may cost is bounded.
_MAX_CHARS = 200_000
#: Characters looked at together, and shingles hashed together: what fits into a processor's cache is faster.
_BLOCK_CHARS = 1 << 16
_BLOCK_SHINGLES = 1 << 11

#: Beyond the first two planes are rare Chinese characters alone, and no alphabet.
_LAST_LETTER = 0x1FFFF

_U64 = npt.NDArray[np.uint64]
_U32 = npt.NDArray[np.uint32]
_Ints = npt.NDArray[np.int64]

#: Odd multipliers; the base of the words' polynomial and its inverse modulo 2^64.
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_SECOND, _THIRD = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)


def fingerprint_texts(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """The fingerprints of some texts: the same for the same words on every machine and in every version of vigie.

    Args:
        texts: Plain texts, without their titles; of each the first 200,000 characters are looked at.

    Returns:
        For each text an empty tuple, where it has fewer than 40 words, or 1 + BANDS integers: a hash of all its words in
        order, by which texts that differ in no word are told from those that do, and the bands.
    """
    found: list[tuple[int, ...]] = [()] * len(texts)
    for block in _blocks(texts):
        for position, fingerprint in _fingerprint_block([(place, texts[place]) for place in block]):
            found[position] = fingerprint
    return found


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated Jaccard similarity of two fingerprinted texts, 0 to 1: the share of their hashes that are equal."""
    differences = (a ^ b for a, b in zip(one[1:], other[1:], strict=True))
    equal = sum(not difference >> lane * _LANE_BITS & _LANE for difference in differences for lane in range(_ROWS))
    return equal / (BANDS * _ROWS)


def _blocks(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of the texts that may be long enough, so many together as are hashed at once."""
    block: list[int] = []
    size = 0
    for place, text in enumerate(texts):
        if len(text) < 2 * MIN_WORDS - 1:
            continue
        if block and size + min(len(text), _MAX_CHARS) > _BLOCK_CHARS:
            yield block
            block, size = [], 0
        block.append(place)
        size += min(len(text), _MAX_CHARS)
    if block:
        yield block


def _fingerprint_block(block: Sequence[tuple[int, str]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The fingerprints of texts that are long enough, each with the place that it was given with."""
    words, firsts = _hash_words([text for _, text in block])
    counts = np.diff(firsts, append=len(words))
    kept = np.flatnonzero(counts >= MIN_WORDS)
    if not kept.size:
        return
    shingles, starts = _shingles(words, firsts[kept], counts[kept])
    signatures = _bands(_min_hashes(shingles, starts))
    wholes = _hash_sequences(words, firsts[kept], counts[kept])
    for place, whole, bands in zip(kept.tolist(), wholes.tolist(), signatures.tolist(), strict=True):
        yield block[place][0], (whole, *bands)


@functools.cache
def _folding() -> _U32:
    """For each code point what it counts as: itself, 0 for what parts words, 1 for what is not seen and left out."""
    fold = np.zeros(sys.maxunicode + 1, dtype=np.uint32)
    for code in range(_LAST_LETTER + 1):
        category = unicodedata.category(chr(code))
        if category[0] in "LN":
            fold[code] = code
        elif category in ("Mn", "Cf"):  # accents set on letters; soft hyphens, joiners, marks of direction
            fold[code] = 1
    fold[ord("ё")] = ord("е")
    return fold


def _powers(base: int, count: int) -> _U64:
    """So many powers of a number modulo 2^64, from the 0th."""
    return _first_powers(base, max(_BLOCK_CHARS, count).bit_length())[:count]


@functools.cache
def _first_powers(base: int, doublings: int) -> _U64:
    powers = np.full(1 << doublings, base, dtype=np.uint64)
    powers[0] = 1
    result: _U64 = np.cumprod(powers, dtype=np.uint64)
    return result


def _hash_words(texts: Sequence[str]) -> tuple[_U64, _Ints]:
    """A hash of each word of each text, and where in them each text's words begin."""
    lowered = [text[:_MAX_CHARS].lower() for text in texts]
    codes = np.frombuffer("\n".join(["", *lowered, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folded = _folding()[codes]
    begins = np.cumsum([1, *(len(text) + 1 for text in lowered[:-1])])
    unseen = folded == 1
    if unseen.any():
        begins -= np.cumsum(unseen)[begins - 1]
        folded = folded[~unseen]
    inside = folded != 0
    turns = np.flatnonzero(inside[1:] != inside[:-1]) + 1  # a separator stands at either end: starts and ends alternate
    starts, ends = turns[::2], turns[1::2]
    sums = np.cumsum(folded * _powers(_BASE, len(folded)), dtype=np.uint64)
    words = (sums[ends - 1] - sums[starts - 1]) * _powers(_INVERSE, len(folded))[starts]
    return _mix(words), np.searchsorted(starts, begins)


def _mix(values: _U64) -> _U64:
    """Spread each bit over all (Stafford's 13th variant of the finaliser of MurmurHash3)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _ranges(firsts: _Ints, counts: _Ints) -> tuple[_Ints, _Ints]:
    """The indexes first, first + 1, … of each range, one range after the other, and where each range begins."""
    starts = np.cumsum(counts) - counts
    return np.arange(counts.sum()) + np.repeat(firsts - starts, counts), starts


def _shingles(words: _U64, firsts: _Ints, counts: _Ints) -> tuple[_U32, _Ints]:
    """A hash of every three words in a row of each text, and where each text's begin."""
    at, starts = _ranges(firsts, counts - (_SHINGLE - 1))
    hashes = _mix(words[at] + words[at + 1] * _SECOND + words[at + 2] * _THIRD)
    return (hashes >> np.uint64(32)).astype(np.uint32), starts


def _hash_sequences(words: _U64, firsts: _Ints, counts: _Ints) -> _Ints:
    """A hash of all words of each text in order."""
    at, starts = _ranges(firsts, counts)
    places = at - np.repeat(firsts, counts)
    powers = _powers(_BASE, int(counts.max()))
    hashes = _mix(np.add.reduceat(words[at] * powers[places], starts))
    return (hashes >> np.uint64(1)).astype(np.int64)


@functools.cache
def _permutations() -> tuple[_U32, _U32]:
    """What each hash of a signature adds and multiplies by; odd, so that no two shingles become one."""
    seeds = _mix(np.arange(1, 1 + 2 * BANDS * _ROWS, dtype=np.uint64) * np.uint64(_BASE))
    masks, multipliers = (seeds >> np.uint64(32)).astype(np.uint32).reshape(2, -1)
    return masks, multipliers | np.uint32(1)


def _min_hashes(shingles: _U32, starts: _Ints) -> _U32:
    """The smallest hash of each text's shingles under each permutation: a row a text."""
    masks, multipliers = _permutations()
    ends = np.append(starts[1:], len(shingles))
    rows = np.empty((len(starts), len(masks)), dtype=np.uint32)
    done = 0
    while done < len(starts):
        stop = max(done + 1, int(np.searchsorted(ends, starts[done] + _BLOCK_SHINGLES, side="right")))
        hashed = (shingles[starts[done] : ends[stop - 1], None] ^ masks) * multipliers
        np.minimum.reduceat(hashed, starts[done:stop] - starts[done], axis=0, out=rows[done:stop])
        done = stop
    return rows


def _bands(rows: _U32) -> _Ints:
    """Three hashes to a number, of each 21 bits: equal numbers are equal hashes, but for one in two million."""
    lanes = ((rows * np.uint32(0x9E3779B1)) >> np.uint32(32 - _LANE_BITS)).astype(np.int64)
    return lanes[:, 0::3] << 2 * _LANE_BITS | lanes[:, 1::3] << _LANE_BITS | lanes[:, 2::3]
