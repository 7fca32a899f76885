"""The count model and the false discovery rate: known values, and counts that are made up, so that the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vigie.stats import benjamini_hochberg, fit_counts, upper_tail

WEEKEND = np.array([1, 1.1, 1, 1, 0.9, 0.5, 0.4])
DAYS = 85


def _series(generator: np.random.Generator, number: int, share: float, dispersion: float, more: np.ndarray | float = 1.0):
    """Counts of a share of the output, which falls at weekends while the share rises; the last day is `more` times as high."""
    weekday = np.tile(np.arange(DAYS) % 7, (number, 1))
    output = generator.poisson(200 * WEEKEND[weekday]) + 1.0
    mean = output * share * np.where(weekday > 4, 1.4, 1.0)
    mean[:, -1] *= more
    if dispersion:
        mean = generator.gamma(1 / dispersion, dispersion * mean)
    return generator.poisson(mean).astype(float), output, weekday


def _p_values(counts: np.ndarray, output: np.ndarray, weekday: np.ndarray) -> list[float]:
    model = fit_counts(counts[:, :-1], output[:, :-1], weekday[:, :-1])
    expected, dispersion = model.expect(output[:, -1], weekday[:, -1])
    return [upper_tail(int(n), mu, a) for n, mu, a in zip(counts[:, -1], expected, dispersion, strict=True)]


def test_a_model_finds_level_weekday_and_dispersion_again() -> None:
    counts, output, weekday = _series(np.random.default_rng(1), 200, 0.1, 0.2)
    model = fit_counts(counts, output, weekday)
    monday, _ = model.expect(np.full(200, 100.0), np.zeros(200, dtype=int))
    sunday, _ = model.expect(np.full(200, 100.0), np.full(200, 6))
    assert monday.mean() == pytest.approx(10, rel=0.05)
    assert sunday.mean() == pytest.approx(14, rel=0.07)
    assert model.dispersion.mean() == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize("dispersion", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("share", [0.005, 0.1])
def test_where_nothing_is_unusual_one_day_in_twenty_looks_so_at_most(share: float, dispersion: float) -> None:
    p_values = _p_values(*_series(np.random.default_rng(3), 400, share, dispersion))
    assert np.mean(np.array(p_values) < 0.05) <= 0.07
    assert sum(q < 0.05 for q in benjamini_hochberg(p_values)) <= 1


def test_of_what_is_called_a_discovery_few_are_none() -> None:
    false = found = 0
    for seed in range(10):
        more = np.where(np.arange(200) < 40, 3.0, 1.0)
        p_values = _p_values(*_series(np.random.default_rng(seed), 200, 0.1, 0.05, more))
        called = np.array(benjamini_hochberg(p_values)) < 0.05
        found += called.sum()
        false += called[40:].sum()
    assert found > 0.8 * 10 * 40
    assert false / found < 0.08


def test_a_topic_never_seen_before_has_a_small_expectation_and_no_failure() -> None:
    counts, output = np.zeros((1, DAYS)), np.full((1, DAYS), 100.0)
    weekday = np.tile(np.arange(DAYS) % 7, (1, 1))
    model = fit_counts(counts, output, weekday)
    expected, dispersion = model.expect(np.array([100.0]), np.array([0]))
    assert 0 < expected[0] < 0.1
    assert upper_tail(6, expected[0], dispersion[0]) < 0.01


def test_days_that_do_not_count_change_nothing() -> None:
    counts, output, weekday = _series(np.random.default_rng(5), 3, 0.1, 0.1)
    counted = np.ones_like(counts, dtype=bool)
    counted[:, 10:20] = False
    wild = counts.copy()
    wild[:, 10:20] = 999
    first, second = (fit_counts(c, output, weekday, counted) for c in (counts, wild))
    assert first.coefficients == pytest.approx(second.coefficients)


@pytest.mark.parametrize(("count", "mean"), [(0, 2.0), (3, 2.0), (10, 2.0), (60, 40.0)])
def test_without_dispersion_the_tail_is_poissons(count: int, mean: float) -> None:
    below = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))
    assert upper_tail(count, mean, 0.0) == pytest.approx(1 - below, abs=1e-6)


def test_with_dispersion_one_the_tail_is_the_geometric_distributions() -> None:
    assert upper_tail(5, 3.0, 1.0) == pytest.approx((3 / 4) ** 5)


def test_the_false_discovery_rate_is_that_of_the_published_example() -> None:
    # Benjamini and Hochberg (1995), section 3: 15 hypotheses, four rejected at 0.05.
    p_values = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert sum(q <= 0.05 for q in benjamini_hochberg(p_values)) == 4
    assert benjamini_hochberg([0.5, 0.01]) == pytest.approx([0.5, 0.02])
    assert benjamini_hochberg([]) == []
