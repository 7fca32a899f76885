"""From evidence and prior to the likeliest language of a script and its probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.language.table import NgramTable

__all__ = ["THRESHOLD", "likeliest", "probabilities", "spelling_fit"]

#: Below this confidence the answer is `und`: one in three given .3 to .4 would be right (docs/language.md).
THRESHOLD = 0.4

#: Shares of letters foreign to the likeliest language at which confidence begins to sink, and is nothing: Belarusian, Kazakh
#: and other languages without a profile would else be taken for the nearest that has one.
_FOREIGN_LETTERS_SOME = 0.03
_FOREIGN_LETTERS_MOST = 0.06


def probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability of each column in each row; `logits` are nats, up to a constant for each row."""
    odds: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return odds


def likeliest(logits: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The best column of each row, and its probability."""
    return logits.argmax(axis=1), probabilities(logits).max(axis=1)


def spelling_fit(
    table: NgramTable, codes: NDArray[np.uint32], starts: NDArray[np.intp], best: NDArray[np.intp]
) -> NDArray[np.float64]:
    """How well each text is spelt for its language, 0 to 1; arguments as in `NgramTable.foreign_share`."""
    misfit = table.foreign_share(codes, starts, best)
    fit: NDArray[np.float64] = (_FOREIGN_LETTERS_MOST - misfit) / (_FOREIGN_LETTERS_MOST - _FOREIGN_LETTERS_SOME)
    return np.clip(fit, 0.0, 1.0)
