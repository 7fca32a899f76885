"""langdetect's language profiles, read as data: how often each 1- to 3-gram occurs in a language's Wikipedia.

The profiles are Nakatani Shuyo's (language-detection, Apache-2.0), as the `langdetect` package installs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["Profile", "load_profile"]

#: The profile files that make up a language: their names are its ISO 639-1 code, but for the two scripts of Chinese.
_FILES = {"zh": ("zh-cn", "zh-tw")}

#: langdetect's smoothing: the share that an n-gram has in a language in whose profile it is missing.
_UNSEEN = 0.5 / 10_000


@dataclass(frozen=True, slots=True)
class Profile:
    """One language's n-gram counts, and for each length of n-gram how many were counted in all."""

    counts: dict[str, int]
    totals: tuple[int, int, int]

    def evidence(self) -> NDArray[np.float64]:
        """How much more each n-gram says for this language than for one that lacks it (nats, ≥ 0, in the order of `counts`)."""
        counts = np.fromiter(self.counts.values(), dtype=np.float64, count=len(self.counts))
        totals = np.array(self.totals)[np.fromiter(map(len, self.counts), dtype=np.intp, count=len(self.counts)) - 1]
        evidence: NDArray[np.float64] = np.log1p(counts / totals / _UNSEEN)
        return evidence


def load_profile(language: str) -> Profile:
    """The profile of a language, by its ISO 639-1 code."""
    folder = resources.files("langdetect") / "profiles"
    return _merge(json.loads((folder / name).read_bytes()) for name in _FILES.get(language, (language,)))


def _merge(documents: Iterable[dict[str, object]]) -> Profile:
    counts: dict[str, int] = {}
    totals = [0, 0, 0]
    for document in documents:
        frequencies, sizes = document["freq"], document["n_words"]
        assert isinstance(frequencies, dict) and isinstance(sizes, list)
        for ngram, count in frequencies.items():
            counts[ngram] = counts.get(ngram, 0) + count
        totals = [have + more for have, more in zip(totals, sizes, strict=True)]
    return Profile(counts, (totals[0], totals[1], totals[2]))
