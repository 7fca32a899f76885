"""METHOD.md, "Before and after" and "Uncertainty": what changed one outlet is found, what changed none is not."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from vigie.errors import UsageError
from vigie.queries import Parameters, ask
from vigie.schemas import Panel

EVENT = date(2017, 5, 29)
FIRST = EVENT - timedelta(days=120)
LAST = EVENT + timedelta(days=28)
SOURCES = ("alpha", "beta", "gamma", "delta")
A_DAY = 12


@pytest.fixture(scope="module")
def con(new_dataset):
    """Four sources, 120 days before and 28 after; from the event on alpha writes four times as often of the topic."""
    dataset = new_dataset()
    dataset.topic("relations", "fr")
    generator = np.random.default_rng(29)
    for source in SOURCES:
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", FIRST.isoformat(), LAST.isoformat())
    day = FIRST
    while day < LAST:
        for source in SOURCES:
            share = 0.4 if source == "alpha" and day >= EVENT else 0.1
            for number, topical in enumerate(generator.random(A_DAY) < share):
                topic = "relations" if topical else None
                dataset.article(f"{source}{day}{number}", source, f"{day} 10:00", topic=topic)
        day += timedelta(days=1)
    dataset.finish_run(LAST.isoformat())
    return dataset.open()


def ask_of(con, **more):
    answer = ask(con, "before-after", Parameters(topic="relations", event=EVENT, **more))
    return {row["source_id"]: row for row in answer.table.to_pylist()}, answer


def test_what_changed_is_found_with_its_size_and_what_did_not_is_not(con):
    found, _ = ask_of(con)
    alpha = found["alpha"]
    assert alpha["share_of_output_before"] == pytest.approx(alpha["articles_before"] / alpha["output_before"], abs=1e-6)
    assert alpha["share_of_output_after"] == pytest.approx(0.4, abs=0.06)
    after, before = ((alpha[f"articles_{when}"] + 0.5) / (alpha[f"output_{when}"] + 1) for when in ("after", "before"))
    expected = math.log(after / before)
    assert alpha["log_ratio"] == pytest.approx(expected, abs=1e-5)
    assert 0.7 < alpha["difference_low"] < alpha["difference"] < alpha["difference_high"]
    for source in SOURCES[1:]:
        assert found[source]["log_ratio_low"] < 0 < found[source]["log_ratio_high"]
        assert found[source]["days_before"] == found[source]["days_after"] == 28


def test_the_difference_is_against_the_mean_of_the_other_members_each_weighing_the_same(con):
    found, _ = ask_of(con)
    others = sum(found[source]["log_ratio"] for source in SOURCES[1:]) / 3
    assert found["alpha"]["difference"] == pytest.approx(found["alpha"]["log_ratio"] - others, abs=1e-5)
    assert found["alpha"]["others"] == 3


def test_sources_that_are_asked_for_are_compared_with_the_rest_of_the_panel_alone(con):
    found, answer = ask_of(con, sources=("alpha", "beta"))
    assert set(found) == {"alpha", "beta"}
    assert found["alpha"]["others"] == found["beta"]["others"] == 2
    assert answer.parameters["panel"] == ["alpha", "beta", "delta", "gamma"]
    one, _ = ask_of(con, sources=("alpha",), panel=Panel("p", "1", sources=("beta",)))
    assert one["alpha"]["others"] == 1


def test_placebo_dates_and_the_trend_before_show_an_effect_where_nothing_happened(con):
    found, _ = ask_of(con)
    alpha = found["alpha"]
    # Windows of 28 days wholly before the event, every seventh day, as far as there are days.
    assert alpha["placebo_dates"] == (120 - 56) // 7 + 1
    assert alpha["placebo_share"] == pytest.approx(1 / (1 + alpha["placebo_dates"]), abs=1e-6)
    assert alpha["trend_before_low"] < 0 < alpha["trend_before_high"]
    assert found["beta"]["placebo_share"] > 0.1


def test_dates_at_which_a_source_or_all_others_were_silent_are_no_placebo_dates(dataset):
    dataset.topic("relations", "fr")
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-02-01", "2017-06-12")
    begins = {"alpha": date(2017, 4, 10), "beta": date(2017, 4, 24)}  # watched before, when they published nothing
    for source, first in begins.items():
        for day in (first + timedelta(days=n) for n in range((date(2017, 6, 12) - first).days)):
            for number in range(4):
                dataset.article(f"{source}{day}{number}", source, f"{day} 10:00", topic="relations" if number == 0 else None)
    dataset.finish_run("2017-06-12")
    answer = dataset.ask("before-after", topic="relations", event=EVENT, pre=14, post=14)
    # Of windows of 14 days every seventh day, those in which both published: from 27 April on, at 15, 8 and 1 May.
    assert [row["placebo_dates"] for row in answer.table.to_pylist()] == [3, 3]
    quiet = dataset.ask("before-after", topic="relations", event=date(2017, 4, 17), pre=7, post=7)
    alpha = quiet.table.to_pylist()[0]
    assert (alpha["log_ratio"], alpha["difference"], alpha["placebo_share"]) == (0.0, None, None)


def test_a_trend_that_was_there_before_the_event_is_shown_as_such(dataset):
    dataset.topic("relations", "fr")
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-05-01", "2017-06-26")
    for number in range(56):
        day = date(2017, 5, 1) + timedelta(days=number)
        for place in range(20):
            rising = place < 1 + number // 4
            dataset.article(f"a{number}-{place}", "alpha", f"{day} 10:00", topic="relations" if rising else None)
            dataset.article(f"b{number}-{place}", "beta", f"{day} 10:00", topic="relations" if place < 5 else None)
    dataset.finish_run("2017-06-26")
    found, _ = ask_of(dataset.open())
    assert found["alpha"]["difference_low"] > 0
    assert found["alpha"]["trend_before_low"] > 0
    assert found["beta"]["log_ratio"] == pytest.approx(0, abs=1e-5)


def test_days_that_were_not_covered_for_all_are_no_part_of_it(dataset):
    dataset.topic("relations", "fr")
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
    dataset.watch("alpha/all", "2017-05-15", "2017-06-12")
    dataset.watch("beta/all", "2017-05-15", "2017-05-20")
    dataset.watch("beta/all", "2017-05-23", "2017-06-12")  # two days between which polls are apart: partial
    dataset.rows["fetches"] = [
        poll if not (poll.feed_id == "beta/all" and poll.started_at.date() == date(2017, 5, 23)) else _lost(poll)
        for poll in dataset.rows["fetches"]
    ]
    for day in range(15, 29):
        dataset.article(f"a{day}", "alpha", f"2017-05-{day} 10:00", topic="relations")
    dataset.article("late", "alpha", "2017-06-01 10:00")
    panel = Panel("p", "1", sources=("alpha", "beta"))
    answer = dataset.ask("before-after", topic="relations", event=EVENT, pre=14, post=14, panel=panel)
    [alpha, _] = answer.table.to_pylist()
    assert (alpha["days_before"], alpha["days_after"]) == (11, 14)
    assert (alpha["articles_before"], alpha["output_after"]) == (11, 1)
    assert any("Not covered on every day: beta (3 of 28)" in note for note in answer.notes)


def _lost(poll):
    return type(poll)(**{name: getattr(poll, name) for name in poll.__slots__} | {"anchor_present": False})


def test_short_windows_have_a_figure_and_no_interval(con):
    found, _ = ask_of(con, pre=5, post=5)
    assert found["alpha"]["difference"] is not None
    assert found["alpha"]["difference_low"] is None


def test_the_seed_decides_the_interval_and_is_told(con):
    first, answer = ask_of(con)
    again, _ = ask_of(con)
    other, _ = ask_of(con, seed=2)
    assert first == again
    assert first["alpha"]["difference_low"] != other["alpha"]["difference_low"]
    assert answer.parameters["seed"] == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "name its day with --event YYYY-MM-DD"),
        ({"event": EVENT, "pre": 0}, "--pre 0: is no length of a window"),
        ({"event": EVENT, "since": date(2017, 1, 1)}, "--since: the question before-after does not take it"),
        ({"event": date(2019, 1, 1)}, "--event 2019-01-01: lies outside the days of the data"),
    ],
)
def test_what_cannot_be_asked_of_an_event_is_told(con, asked, words):
    with pytest.raises(UsageError) as caught:
        ask(con, "before-after", Parameters(topic="relations", **asked))
    assert words in str(caught.value)
