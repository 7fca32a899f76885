"""How many articles a day would usually have: a count model with exposure and weekday, and what is more than usual.

The model is a negative binomial regression, variance μ + αμ² (Cameron and Trivedi, 1986); the logarithm of its mean is made of
the day's exposure, a level and the weekday. It is fitted by iteratively reweighted least squares for many series at once. A
statistics library would bring SciPy and pandas along for these few lines, and would fit the series one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CountModel", "benjamini_hochberg", "fit_counts", "upper_tail"]

#: Prior standard deviation of a weekday's logarithmic deviation from the level: it keeps a weekday on which nothing was
#: published from being impossible, and gives way to a few weeks of data.
WEEKDAY_SPREAD = 0.5
_STEPS = 25
_DISPERSION_ROUNDS = 6
_SMALLEST = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CountModel:
    """Models of several series, one entry a series.

    Attributes:
        coefficients: Level and seven weekdays (Monday first), logarithms; one row a series.
        dispersion: α of the variance μ + αμ², 0 where the counts vary no more than Poisson's.
        covariance: Of the coefficients, one matrix a series.
    """

    coefficients: Floats
    dispersion: Floats
    covariance: Floats

    def expect(self, exposure: Floats, weekday: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The usual count of one day of each series, and its dispersion with the model's own uncertainty in it.

        Args:
            exposure: The day's exposure, one a series; above 0.
            weekday: 0 for Monday.
        """
        rows = _design(weekday)
        expected = exposure * np.exp(np.einsum("sp,sp->s", rows, self.coefficients))
        uncertainty = np.einsum("sp,spq,sq->s", rows, self.covariance, rows)
        return expected, self.dispersion + uncertainty


def fit_counts(
    counts: Floats, exposure: Floats, weekday: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_] | None = None
) -> CountModel:
    """Fit each row's model.

    Args:
        counts: Articles, one row a series and one column a day.
        exposure: What they are out of, in the same shape; days without any do not count.
        weekday: 0 for Monday, in the same shape.
        counted: Which days count; None: all.
    """
    rows = _design(weekday)
    used = exposure > 0 if counted is None else counted & (exposure > 0)
    offset = np.log(np.where(used, exposure, 1.0))
    prior = np.diag([_SMALLEST, *[1 / WEEKDAY_SPREAD**2] * 7])
    coefficients = np.zeros((len(counts), 8))
    # Half an article: a topic that was never seen has a level too.
    totals = np.maximum((counts * used).sum(axis=1), 0.5)
    coefficients[:, 0] = np.log(totals / np.maximum((exposure * used).sum(axis=1), _SMALLEST))
    dispersion = np.zeros(len(counts))
    weights = np.zeros_like(counts)
    for _ in range(_DISPERSION_ROUNDS):
        for _ in range(_STEPS):
            linear = np.clip(np.einsum("sdp,sp->sd", rows, coefficients), -30, 30)
            mean = np.exp(linear + offset)
            weights = used * mean / (1 + dispersion[:, None] * mean)
            response = linear + (np.maximum(counts, 0) - mean) / mean
            information = np.einsum("sdp,sd,sdq->spq", rows, weights, rows) + prior
            moved = np.linalg.solve(information, np.einsum("sdp,sd->sp", rows, weights * response)[..., None])[..., 0]
            # Where nothing was counted the level has no maximum: it stays at half an article.
            moved[:, 0] = np.where((counts * used).sum(axis=1) > 0, moved[:, 0], coefficients[:, 0])
            step = float(np.abs(moved - coefficients).max(initial=0.0))
            coefficients = coefficients + np.clip(moved - coefficients, -2, 2)
            if step < 1e-8:
                break
        before, dispersion = dispersion, _dispersion(counts, mean, used)
        if np.allclose(before, dispersion, rtol=1e-3, atol=1e-6):
            break
    return CountModel(coefficients, dispersion, np.linalg.inv(information))


def _design(weekday: npt.NDArray[np.int64]) -> Floats:
    weekdays = np.eye(7)[weekday]
    rows: Floats = np.concatenate([np.ones((*weekday.shape, 1)), weekdays], axis=-1)
    return rows


def _dispersion(counts: Floats, mean: Floats, used: npt.NDArray[np.bool_]) -> Floats:
    """The α under which Pearson's χ² is as large as its degrees of freedom (Breslow, 1984), by bisection; 0 at least."""
    freedom = np.maximum(used.sum(axis=1) - 7, 1)
    squares = used * (counts - mean) ** 2

    def excess(alpha: Floats) -> Floats:
        total: Floats = (squares / (mean + alpha[:, None] * mean**2)).sum(axis=1) - freedom
        return total

    low, high = np.zeros(len(counts)), np.full(len(counts), 100.0)
    for _ in range(40):
        middle = (low + high) / 2
        too_small = excess(middle) > 0
        low, high = np.where(too_small, middle, low), np.where(too_small, high, middle)
    return np.where(excess(np.zeros(len(counts))) > 0, (low + high) / 2, 0.0)


def upper_tail(count: int, expected: float, dispersion: float) -> float:
    """The probability of that many or more, of a negative binomial with this mean and dispersion (0: Poisson)."""
    if count <= 0:
        return 1.0
    alpha = max(dispersion, _SMALLEST)
    size = 1 / alpha
    # The logarithms of P(0), P(1), …: each is the last times (k - 1 + size) / k · αμ / (1 + αμ).
    k = np.arange(1, count, dtype=np.float64)
    steps = np.log((k - 1 + size) / k) + math.log(alpha * expected / (1 + alpha * expected))
    logs = np.concatenate([[0.0], np.cumsum(steps)]) - size * math.log1p(alpha * expected)
    below = float(np.exp(logs).sum())
    return min(1.0, max(0.0, 1.0 - below))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The least false discovery rate at which each would be called a discovery (Benjamini and Hochberg, 1995)."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(adjusted, 1.0)
    return [float(value) for value in q]
