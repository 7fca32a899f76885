"""Statistics against known values, and intervals that hold what they promise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.stats import Proportion, Unit, allocate, cohen_kappa, draw_order, estimate_ratio, f1_of, rogan_gladen, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    # Newcombe (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_is_the_published_one(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right / n, n) == pytest.approx((low, high), abs=5e-5)


def test_share_of_a_plain_sample_has_wilsons_interval() -> None:
    units = [Unit("", float(i < 40), 1.0) for i in range(50)]
    found = estimate_ratio(units)
    assert found is not None
    assert (found.value, found.n) == (pytest.approx(0.8), 50)
    assert (found.low, found.high) == pytest.approx(wilson(0.8, 50), abs=2e-3)


def test_share_in_which_all_agree_has_an_interval_nonetheless() -> None:
    found = estimate_ratio([Unit("", 1.0, 1.0)] * 40)
    assert found == Proportion(1.0, *wilson(1.0, 40), 40)
    assert found is not None
    assert found.low == pytest.approx(0.9124, abs=1e-4)


def test_weights_are_members_for_each_one_drawn() -> None:
    # 10 of 100 drawn, half of them right; 10 of 900 drawn, all right: (50 + 900) / 1000.
    units = [Unit("small", float(i < 5), 1.0) for i in range(10)] + [Unit("large", 1.0, 1.0) for _ in range(10)]
    found = estimate_ratio(units, {"small": 100, "large": 900})
    assert found is not None
    assert found.value == pytest.approx(0.95)
    # Cochran: var = Σ (W_h)² s_h² / n_h with s² = 10/9 · ¼ in `small`, nil in `large`; the share is worth p(1-p)/var decisions.
    variance = 0.1**2 * (10 / 9 * 0.25) / 10
    assert (found.low, found.high) == pytest.approx(wilson(0.95, min(20, 0.95 * 0.05 / variance)))


def test_units_without_a_say_count_for_the_weight_of_their_stratum_only() -> None:
    units = [Unit("a", 1.0, 1.0), Unit("a", 0.0, 0.0), Unit("b", 0.0, 1.0), Unit("b", 0.0, 1.0)]
    found = estimate_ratio(units, {"a": 20, "b": 10})
    assert found is not None
    assert (found.value, found.n) == (pytest.approx(0.5), 3)  # 10 · 1 of 10 · 1 + 5 · 2


def test_decisions_about_one_item_are_not_independent() -> None:
    alone = [Unit("", float(i % 2), 1.0) for i in range(80)]
    paired = [Unit("", 2.0 * (i % 2), 2.0) for i in range(40)]
    apart, together = estimate_ratio(alone), estimate_ratio(paired)
    assert apart is not None
    assert together is not None
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_share_of_nothing_is_none() -> None:
    assert estimate_ratio([]) is None
    assert estimate_ratio([Unit("", 0.0, 0.0)]) is None
    assert f1_of(None) is None


def test_stratified_interval_covers_the_truth_in_about_95_of_100_samples() -> None:
    chance = random.Random(20170529)
    populations = {"touches": 300, "rest": 900}
    shares = {"touches": (0.6, 0.9), "rest": (0.1, 0.7)}  # that an item has a say; that it is right
    members = {
        stratum: [(float(chance.random() < has and chance.random() < right), has) for _ in range(populations[stratum])]
        for stratum, (has, right) in shares.items()
    }
    decided = {s: [Unit(s, above, float(above > 0 or chance.random() < 0.15)) for above, _ in m] for s, m in members.items()}
    everything = [unit for units in decided.values() for unit in units]
    truth = sum(u.above for u in everything) / sum(u.below for u in everything)
    covered = 0
    for _ in range(600):
        sample = [unit for stratum, units in decided.items() for unit in chance.sample(units, 60)]
        found = estimate_ratio(sample, populations)
        assert found is not None
        covered += found.low <= truth <= found.high
    assert covered / 600 >= 0.93


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_interval_holds_the_share_and_stays_within_0_and_1(rows: list[tuple[str, int, int]]) -> None:
    units = [Unit(stratum, float(min(above, below)), float(below)) for stratum, above, below in rows]
    found = estimate_ratio(units, {"a": 50, "b": 5})
    if found is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_f1_is_that_of_precision_and_recall() -> None:
    right, false, missed = 30, 10, 20
    found = f1_of(Proportion(right / (right + false + missed), 0.4, 0.6, 60))
    assert found is not None
    assert found.value == pytest.approx(2 * (30 / 40) * (30 / 50) / (30 / 40 + 30 / 50))


def test_kappa_is_the_published_one() -> None:
    # Fleiss, Levin and Paik (2003), table 18.1: 100 subjects, three codes.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    found = cohen_kappa(pairs)
    assert found.value == pytest.approx(0.676, abs=5e-4)
    assert found.low is not None
    assert found.value is not None
    assert (found.value - found.low) / 1.959964 == pytest.approx(0.0877, abs=5e-4)
    assert (found.n, found.disagreements) == (100, 11)


def test_kappa_of_coders_who_gave_one_code_alone_is_none() -> None:
    assert cohen_kappa([(1, 1)] * 9).value is None
    assert cohen_kappa([]).value is None
    assert cohen_kappa([(1, 1), (0, 0)]).value == pytest.approx(1.0)


def test_rogan_gladen_undoes_the_errors_of_a_matcher() -> None:
    truth, sensitivity, specificity = 0.2, 0.85, 0.97
    shown = truth * sensitivity + (1 - truth) * (1 - specificity)
    assert rogan_gladen(shown, sensitivity, specificity) == pytest.approx(truth)
    assert rogan_gladen(0.01, 0.9, 0.95) == 0.0
    assert rogan_gladen(0.5, 0.5, 0.5) is None


def test_sample_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    keys = [f"k{i}" for i in range(50)]
    assert draw_order(keys, "1") == draw_order(reversed(keys), "1")
    assert draw_order(keys, "1") != draw_order(keys, "2")
    assert sorted(draw_order(keys, "1")) == sorted(keys)


def test_allocation_follows_shares_where_members_suffice() -> None:
    assert allocate({"a": 1000, "b": 1000}, 100, {"a": 3, "b": 1}) == {"a": 75, "b": 25}
    assert allocate({"a": 10, "b": 1000}, 100, {"a": 3, "b": 1}) == {"a": 10, "b": 90}
    assert allocate({"a": 1000, "b": 3, "c": 0}, 50, {"a": 1, "b": 0.001, "c": 1}) == {"a": 48, "b": 2}
    assert allocate({"a": 4, "b": 1}, 100, {"a": 1, "b": 1}) == {"a": 4, "b": 1}
