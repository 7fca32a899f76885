"""The block bootstrap: its intervals hold what they promise on days that are made up, so that the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.stats import LEAST_DAYS, bootstrap_figure, log_share_ratio
from vigie.stats.bootstrap import block_length, draw_days

#: Simulated windows: enough that the share of intervals that hold the truth is known to about 2 points.
RUNS = 300


def _window(generator: np.random.Generator, days: int, share: float, memory: float) -> np.ndarray:
    """Days of about 40 articles whose share on the topic wanders: today's level is partly yesterday's."""
    level = generator.normal()
    counts = []
    for _ in range(days):
        level = memory * level + np.sqrt(1 - memory**2) * generator.normal()
        output = generator.poisson(40) + 1
        counts.append([generator.binomial(output, min(1.0, share * np.exp(0.5 * level))), output])
    return np.array(counts, dtype=float)


@pytest.mark.parametrize(("memory", "least"), [(0.0, 0.93), (0.3, 0.90)])
def test_an_interval_holds_the_truth_about_as_often_as_it_says(memory: float, least: float) -> None:
    generator = np.random.default_rng(20170529)
    held = 0
    for run in range(RUNS):
        windows = [_window(generator, 28, 0.08, memory) for _ in range(2)]
        found = bootstrap_figure(windows, log_share_ratio, seed=run, replicates=500)
        held += found.low <= 0 <= found.high
    assert least <= held / RUNS < 0.995


def test_days_that_vary_more_than_chance_make_the_interval_wider() -> None:
    even = [[4, 40]] * 28
    clustered = [[28 if day in (3, 4, 12, 20) else 0, 40] for day in range(28)]
    narrow, wide = (bootstrap_figure([even, days], log_share_ratio, seed=1) for days in (even, clustered))
    assert wide.value == pytest.approx(narrow.value, abs=1e-9)
    assert wide.high - wide.low > 0.4 > narrow.high - narrow.low


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    generator = np.random.default_rng(1)
    windows = [_window(generator, 14, 0.1, 0.0) for _ in range(2)]
    first, again, other = (bootstrap_figure(windows, log_share_ratio, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.value == other.value
    assert (first.low, first.high) != (other.low, other.high)


def test_under_a_week_of_days_there_is_a_figure_but_no_interval() -> None:
    found = bootstrap_figure([[[1, 10]] * (LEAST_DAYS - 1), [[2, 10]] * 30], log_share_ratio, seed=1)
    assert found.value > 0
    assert (found.low, found.high) == (None, None)


def test_days_are_drawn_in_blocks_of_neighbours_each_as_often_on_average() -> None:
    drawn = draw_days(28, replicates=4000, generator=np.random.default_rng(1))
    assert set(drawn.sum(axis=1)) == {28}
    assert drawn.mean(axis=0) == pytest.approx(np.ones(28), abs=0.1)
    together = np.mean((drawn > 0) & (np.roll(drawn, 1, axis=1) > 0))
    apart = np.mean((drawn > 0) & (np.roll(drawn, 14, axis=1) > 0))
    assert block_length(28) > 1
    assert together > apart + 0.05
