"""How sure a figure over windows of days is: a block bootstrap by day.

Articles are a census with gaps, clustered by story and day, so no binomial interval fits them. What varies is which days
there were: days are drawn again, whole and in blocks of neighbours, so that a story that runs for several days stays
together, and all sources of a day stay together, too.

Example:
    >>> quiet, loud = [[1, 20]] * 14, [[4, 20]] * 14
    >>> found = bootstrap_figure([quiet, loud], log_share_ratio, seed=1)
    >>> round(found.value, 2)
    1.36
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.stats.proportions import Z95

__all__ = ["LEAST_DAYS", "Estimate", "block_length", "bootstrap_figure", "bootstrap_figures", "draw_days", "log_share_ratio"]

#: Replicates of a bootstrap: the bounds of a 95 % interval rest on 50 of them on either side.
REPLICATES = 2000
#: Replicates made at once: the sums of hundreds of sources stay in the processor's cache, which takes a third of the time.
_AT_ONCE = 250
#: Days in each window under which there is no interval: fewer tell nothing of how days vary.
LEAST_DAYS = 7

Floats = npt.NDArray[np.float64]
#: Daily counts, one row a day.
Rows = Sequence[Sequence[float]] | Floats
#: From the sums over each window's days, one row a replicate, to the figure.
Statistic = Callable[[Sequence[Floats]], Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; bounds are None where a window has fewer days than LEAST_DAYS."""

    value: float
    low: float | None
    high: float | None


def block_length(days: int) -> int:
    """Days in a block, growing as the cube root of their number: there the error is least (Hall, Horowitz and Jing, 1995)."""
    return max(1, round(1.3 * math.cbrt(days)))


def draw_days(days: int, *, replicates: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """How often each day is drawn, one row a replicate, in circular blocks (Politis and Romano, 1992).

    Args:
        days: How many days there are, in order of time.
        replicates: How many times they are drawn again.
        generator: Where the random numbers come from.
    """
    length = block_length(days)
    blocks = -(-days // length)
    starts = generator.integers(0, days, size=(replicates, blocks))
    drawn = ((starts[:, :, None] + np.arange(length)) % days).reshape(replicates, -1)[:, :days]
    rows = np.repeat(np.arange(replicates), days)
    counts = np.zeros((replicates, days), dtype=np.int64)
    np.add.at(counts, (rows, drawn.ravel()), 1)
    return counts


def log_share_ratio(windows: Sequence[Floats]) -> Floats:
    """Logarithm of the share after over the share before, from each window's rows of (articles on topic, articles).

    Half an article is added to those on the topic and one to all, so that none in a window has a logarithm (Cox, 1970).
    """
    shares = [(sums[..., 0] + 0.5) / (sums[..., 1] + 1.0) for sums in windows]
    ratio: Floats = np.log(shares[1] / shares[0])
    return ratio


def bootstrap_figures(
    windows: Sequence[Rows], statistic: Statistic, *, seed: int, replicates: int = REPLICATES
) -> list[Estimate]:
    """Figures of the sums of one or more windows of days, with the intervals that drawing their days again gives them.

    The replicates are spread about each figure twice: by √(n / (n - L)), n being the days of the shortest window and L a
    block's, since drawing blocks anew hides about one block of how they vary; and by Student's quantile over the normal one,
    for as many blocks as there are, since their variation is itself estimated.

    Args:
        windows: Of each window its daily counts, one row a day in order of time, with the same columns.
        statistic: What is made of the windows' sums: one row a replicate, one column a figure.
        seed: Decides which days are drawn.
        replicates: How many times they are drawn.
    """
    counts = [np.asarray(window, dtype=np.float64) for window in windows]
    values = statistic([window.sum(axis=0)[None, :] for window in counts])[0]
    least = min(len(window) for window in counts)
    if least < LEAST_DAYS:
        return [Estimate(float(value), None, None) for value in values]
    generator = np.random.default_rng(seed)
    drawn = [draw_days(len(w), replicates=replicates, generator=generator).astype(np.float64) for w in counts]
    again = [
        statistic([days[first : first + _AT_ONCE] @ window for days, window in zip(drawn, counts, strict=True)])
        for first in range(0, replicates, _AT_ONCE)
    ]
    blocks = sum(len(window) / block_length(len(window)) for window in counts)
    spread = math.sqrt(least / (least - block_length(least))) * _student_over_normal(blocks - len(counts))
    lows, highs = values + np.quantile((np.concatenate(again) - values) * spread, [0.025, 0.975], axis=0)
    return [Estimate(float(value), float(low), float(high)) for value, low, high in zip(values, lows, highs, strict=True)]


def bootstrap_figure(windows: Sequence[Rows], statistic: Statistic, *, seed: int, replicates: int = REPLICATES) -> Estimate:
    """The same of a single figure: what is made of the windows' sums is one number a replicate."""

    def as_column(sums: Sequence[Floats]) -> Floats:
        return statistic(sums)[:, None]

    [figure] = bootstrap_figures(windows, as_column, seed=seed, replicates=replicates)
    return figure


def _student_over_normal(freedom: float) -> float:
    """Student's 97.5 % quantile over the normal one, by the expansion of Cornish and Fisher (1937)."""
    z = Z95
    return 1 + (z**2 + 1) / (4 * freedom) + (5 * z**4 + 16 * z**2 + 3) / (96 * freedom**2)
