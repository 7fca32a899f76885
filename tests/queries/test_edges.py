"""Where a period ends: weeks that it cuts, articles that stand in no day, and days before it that a figure is compared with."""

from __future__ import annotations

import pytest


@pytest.fixture
def fortnight(dataset):
    """Two sources, covered from 22 May to 6 June 2017, the second only from 27 May on; and a topic."""
    dataset.topic("relations", "fr")
    for source, first in (("alpha", "2017-05-22"), ("beta", "2017-05-27")):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", first, "2017-06-07")
    dataset.finish_run("2017-06-07")
    return dataset


@pytest.mark.parametrize("question", ["coverage", "as-known-on"])
def test_a_week_that_the_period_cuts_is_a_minimum_and_said_to_be_one(fortnight, rows, question):
    asked = {"topic": "relations", "by": "week", "since": "2017-05-23", "until": "2017-06-06", "sources": ("alpha",)}
    if question == "as-known-on":
        asked["as_of"] = "2017-06-06"
    answer = fortnight.ask(question, **asked)
    state = "state" if question == "coverage" else "state_now"
    assert [row[state] for row in rows(answer, state)] == ["partial", "covered", "partial"]
    [note] = [note for note in answer.notes if note.startswith("Cut by the period")]
    assert note.endswith("the week of 2017-05-22 (6 of 7 days); the week of 2017-06-05 (2 of 7 days).")


def test_a_cut_month_is_a_minimum_and_whole_weeks_are_none(fortnight, rows):
    by_month = fortnight.ask("coverage", by="month", since="2017-05-22", until="2017-06-04", sources=("alpha",))
    assert [row["state"] for row in rows(by_month, "state")] == ["partial", "partial"]
    by_week = fortnight.ask("coverage", by="week", since="2017-05-22", until="2017-06-04", sources=("alpha",))
    assert [row["state"] for row in rows(by_week, "state")] == ["covered", "covered"]
    assert not any("Cut by the period" in note for note in by_week.notes)


def test_a_whole_period_counts_no_undated_articles(fortnight, rows):
    fortnight.article("x", "alpha", "2017-05-24", topic="relations")
    fortnight.article("y", "alpha", None, fetched="2017-05-24", topic="relations")
    answer = fortnight.ask("coverage", topic="relations", by="period", since="2017-05-22", until="2017-05-28")
    assert [row["articles"] for row in rows(answer, "articles")] == [1, 1]
    assert rows(answer, "bucket")[-1] == {"bucket": None}


def test_what_moved_is_compared_over_sources_that_were_covered_in_both_halves(fortnight, rows):
    fortnight.article("x", "alpha", "2017-05-24", topic="relations")
    answer = fortnight.ask("what-moved", since="2017-05-29", until="2017-06-04")
    assert answer.parameters["panel"] == ["alpha"]
    [row] = rows(answer, "share_before", "days", "days_before")
    assert row == {"share_before": 1.0, "days": 7, "days_before": 7}


@pytest.mark.parametrize("question", ["spikes", "rising-words"])
def test_backlog_takes_no_source_out_of_the_panel(fortnight, question):
    fortnight.article("old", "alpha", "2016-01-01", fetched="2017-05-22", topic="relations", backlog=True)
    for number in range(22, 32):
        fortnight.article(f"x{number}", "alpha", f"2017-05-{number}", topic="relations")
    panels = [fortnight.ask(question, topic="relations", backlog=backlog).parameters["panel"] for backlog in (False, True)]
    assert panels[0] == panels[1] != []


def test_what_is_known_on_a_day_counts_the_languages_that_coverage_counts(fortnight, rows):
    fortnight.article("x", "alpha", "2017-05-24", topic="relations", language="es")
    asked = {"topic": "relations", "by": "period", "since": "2017-05-22", "until": "2017-05-28"}
    [now] = rows(fortnight.ask("as-known-on", as_of="2017-06-06", **asked), "articles_now")
    [counted] = rows(fortnight.ask("coverage", **asked), "articles")
    assert now["articles_now"] == counted["articles"] == 1
