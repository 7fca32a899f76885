"""Shares with 95 % intervals, of plain and of stratified samples.

Example:
    >>> low, high = wilson(0.8, 50)
    >>> f"{low:.3f} {high:.3f}"
    '0.670 0.888'
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Proportion", "Unit", "estimate_ratio", "f1_of", "stratified_variance", "wilson"]

#: The standard normal deviate of a two-sided 95 % interval.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its 95 % interval.

    Attributes:
        value: The share, weighted where the sample is.
        low: Lower bound.
        high: Upper bound.
        n: How many decisions it is a share of, unweighted.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that was drawn, with what it adds to a share's two counts.

    Attributes:
        stratum: The stratum that it was drawn from.
        above: What it adds to the numerator.
        below: What it adds to the denominator; 0 where it has no say, though it was drawn.
    """

    stratum: str
    above: float
    below: float


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share of `n` independent decisions (Wilson, 1927); it holds at shares of 0 and 1 too.

    Args:
        share: From 0 to 1.
        n: How many decisions, or as many as the sample is worth; above 0.
        z: Standard normal deviate of the level.
    """
    middle = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the bound is the share itself, which rounding would miss by a hair.
    low = 0.0 if share <= 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if share >= 1 else min(1.0, (middle + spread) / scale)
    return low, high


def estimate_ratio(units: Sequence[Unit], populations: Mapping[str, float] | None = None) -> Proportion | None:
    """A share as the ratio of two weighted sums over everything drawn, with a Wilson interval of what the sample is worth.

    Each unit weighs as many as its stratum has members for each one drawn. The share's variance is the linearised one of a
    stratified sample (Cochran, 1977, section 6.11), without the correction for a finite population: the figure is meant for
    items never seen, too. The *effective sample size* is the number of independent decisions that would have this variance,
    never more than were made, and goes into Wilson's formula (Dean and Pagano, 2015; Franco and others, 2019): unlike a
    bootstrap it holds at shares near 1. Where all decisions agree the variance is nil, and Kish's size, (Σw)² / Σw²,
    stands for it. A unit with several decisions is one unit: they are not independent.

    Args:
        units: Everything that was drawn, those without a say included: they tell how often there is one.
        populations: Members of each stratum; None: every unit weighs the same.

    Returns:
        None where no unit has a say.

    Raises:
        KeyError: A stratum has no population.
    """
    drawn = Counter(unit.stratum for unit in units)
    weights = {h: populations[h] / n if populations is not None else 1.0 for h, n in drawn.items()}
    below = sum(weights[unit.stratum] * unit.below for unit in units)
    if below <= 0:
        return None
    share = sum(weights[unit.stratum] * unit.above for unit in units) / below
    share = min(1.0, max(0.0, share))
    n = sum(unit.below for unit in units)
    residuals = [(unit.stratum, weights[unit.stratum] * (unit.above - share * unit.below) / below) for unit in units]
    variance = stratified_variance(residuals)
    if 0 < share < 1 and variance > 0:
        worth = share * (1 - share) / variance
    else:
        worth = below**2 / sum((weights[unit.stratum] * unit.below) ** 2 for unit in units)
    low, high = wilson(share, min(worth, n))
    return Proportion(share, low, high, int(n + 1e-9))  # Halves of decisions make no whole one.


def stratified_variance(residuals: Sequence[tuple[str, float]]) -> float:
    """The variance of a sum over a stratified sample; of each unit drawn: its stratum, and what it adds beyond the mean."""
    by_stratum: dict[str, list[float]] = {}
    for stratum, residual in residuals:
        by_stratum.setdefault(stratum, []).append(residual)
    total = 0.0
    for found in by_stratum.values():
        size = len(found)
        # One unit alone tells nothing of how its stratum varies: its whole residual counts.
        mean, correction = (math.fsum(found) / size, size / (size - 1)) if size > 1 else (0.0, 1.0)
        total += correction * math.fsum((value - mean) ** 2 for value in found)
    return total


def f1_of(jaccard: Proportion | None) -> Proportion | None:
    """F1 from the share J of right decisions among all that were made or missed: F1 = 2J / (1 + J).

    J = TP / (TP + FP + FN) is a share, so it has an interval, and F1 grows with it: the interval's bounds are carried over.
    """
    if jaccard is None:
        return None
    value, low, high = (2 * share / (1 + share) for share in (jaccard.value, jaccard.low, jaccard.high))
    return Proportion(value, low, high, jaccard.n)
