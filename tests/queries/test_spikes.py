"""METHOD.md, "Spikes": what is called one, what is not looked at, and that few are false where nothing happened."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from vigie.queries import Parameters, ask
from vigie.queries.spikes import find_spikes
from vigie.schemas import Panel

FIRST = date(2017, 3, 1)
DAYS = 100
LAST = FIRST + timedelta(days=DAYS)
TOPICS = ("relations", "syria")


@pytest.fixture(scope="module")
def con(new_dataset):
    """Two sources for 100 days, half as much at weekends; on the last but one day five times as much of `relations`."""
    dataset = new_dataset()
    for topic in TOPICS:
        dataset.topic(topic, "fr")
    generator = np.random.default_rng(7)
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", FIRST.isoformat(), LAST.isoformat())
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for source in ("alpha", "beta"):
            for place in range(10 if day.weekday() > 4 else 20):
                share = 0.5 if number == DAYS - 2 else 0.1
                topic = "relations" if generator.random() < share else "syria" if generator.random() < 0.1 else None
                dataset.article(f"{source}{number}-{place}", source, f"{day} 12:00", topic=topic)
    dataset.finish_run(LAST.isoformat())
    return dataset.open()


def test_a_day_with_much_more_than_usual_is_a_spike_and_the_days_around_it_are_not(con):
    answer = ask(con, "spikes")
    rows = answer.table.to_pylist()
    assert [(row["topic_id"], row["bucket"]) for row in rows if row["verdict"] == "spike"] == [
        ("relations", LAST - timedelta(days=2))
    ]
    spike = rows[0]
    assert spike["articles"] > 3 * spike["expected"]
    assert spike["ratio"] == pytest.approx(spike["articles"] / spike["expected"], rel=0.01)
    assert spike["q_value"] < 0.001
    assert 56 <= spike["days_baseline"] <= 84
    assert len(rows) == 7 * len(TOPICS)
    assert "Looked at: 14 of 14 topics and days" in " ".join(answer.notes)


def test_the_false_discovery_rate_is_over_all_topics_and_days_that_were_looked_at(con):
    one = ask(con, "spikes", Parameters(topic="relations")).table.to_pylist()
    both = ask(con, "spikes").table.to_pylist()
    q_of = {(row["topic_id"], row["bucket"]): row["q_value"] for row in both}
    assert one[0]["p_value"] == both[0]["p_value"]
    assert q_of[one[0]["topic_id"], one[0]["bucket"]] == pytest.approx(2 * one[0]["q_value"])


def test_a_weekday_is_compared_with_its_own_kind_and_with_the_panels_output(con):
    found = {row["bucket"].weekday(): row for row in ask(con, "spikes", Parameters(topic="syria")).table.to_pylist()}
    assert found[6]["output"] == found[0]["output"] / 2
    assert found[6]["expected"] < 0.75 * found[0]["expected"]


def test_what_comes_every_monday_is_usual_on_mondays_alone(new_dataset):
    dataset = new_dataset()
    dataset.topic("relations", "fr")
    dataset.source("alpha", "fr")
    dataset.watch("alpha/all", FIRST.isoformat(), LAST.isoformat())
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for place in range(12):
            topic = "relations" if place < (6 if day.weekday() == 0 else 1) else None
            dataset.article(f"{number}-{place}", "alpha", f"{day} 12:00", topic=topic)
    dataset.finish_run(LAST.isoformat())
    rows = ask(dataset.open(), "spikes").table.to_pylist()
    expected = {row["bucket"].weekday(): row["expected"] for row in rows}
    assert expected[0] > 4
    assert max(expected[day] for day in range(1, 7)) < 2
    assert "spike" not in {row["verdict"] for row in rows}


def test_under_eight_weeks_of_covered_days_nothing_is_judged(con):
    answer = ask(con, "spikes", Parameters(since=FIRST + timedelta(days=40), until=FIRST + timedelta(days=50)))
    assert {row["verdict"] for row in answer.table.to_pylist()} == {"baseline"}
    assert all(row["expected"] is None for row in answer.table.to_pylist())
    assert f"the first that can be judged is {FIRST + timedelta(days=56)}" in " ".join(answer.notes)


def test_after_a_feed_joined_the_panel_is_silent_for_28_days(new_dataset):
    dataset = new_dataset()
    dataset.topic("relations", "fr")
    dataset.source("alpha", "fr")
    dataset.watch("alpha/all", FIRST.isoformat(), LAST.isoformat())
    joined = FIRST + timedelta(days=62)
    dataset.watch("alpha/sport", joined.isoformat(), LAST.isoformat())
    for number in range(DAYS):
        dataset.article(f"x{number}", "alpha", f"{FIRST + timedelta(days=number)} 12:00", topic="relations")
    dataset.finish_run(LAST.isoformat())
    panel = Panel("p", "1", sources=("alpha",))
    asked = {
        "panel": panel,
        "since": (joined - timedelta(days=1)).isoformat(),
        "until": (joined + timedelta(days=30)).isoformat(),
    }
    verdicts = {row["bucket"]: row["verdict"] for row in dataset.ask("spikes", **asked).table.to_pylist()}
    silent = [day for day, verdict in verdicts.items() if verdict == "joined"]
    assert (min(silent), max(silent), len(silent)) == (joined, joined + timedelta(days=27), 28)
    assert verdicts[joined + timedelta(days=28)] == "few"


def test_a_day_that_was_not_covered_is_unknown_and_no_zero(con):
    answer = ask(
        con,
        "spikes",
        Parameters(since=LAST - timedelta(days=1), until=LAST + timedelta(days=1), panel=Panel("p", "1", sources=("alpha",))),
    )
    late = [row for row in answer.table.to_pylist() if row["bucket"] >= LAST]
    assert {(row["verdict"], row["articles"]) for row in late} == {("unknown", None)}


def test_under_five_articles_there_is_no_spike_however_rare_the_topic():
    days = [FIRST + timedelta(days=number) for number in range(85)]
    for articles, verdict in ((4, "few"), (5, "spike")):
        counts = [
            {"day": day, "topic_id": "rare", "counted": True, "joined": False, "output": 100,
             "articles": articles if day == days[-1] else 0} for day in days
        ]  # fmt: skip
        [row], _ = find_spikes(counts, {"since": days[-1], "baseline_from": FIRST, "language": "en"})
        assert row["verdict"] == verdict


def test_where_nothing_happened_hardly_anything_is_called_a_spike():
    generator = np.random.default_rng(11)
    days = [FIRST + timedelta(days=number) for number in range(91)]
    looked_at = called = 0
    for _ in range(20):
        rows = []
        for topic in range(30):
            level = generator.uniform(0.02, 0.2)
            for day in days:
                output = int(generator.poisson(60 if day.weekday() > 4 else 100))
                rate = output * level * generator.gamma(5, 1 / 5)  # stories come in bursts: dispersion 0.2
                rows.append({"day": day, "topic_id": f"t{topic:02}", "counted": True, "joined": False, "output": output,
                             "articles": int(generator.poisson(rate))})  # fmt: skip
        found, _ = find_spikes(rows, {"since": days[-7], "baseline_from": FIRST, "language": "en"})
        looked_at += 1
        called += any(row["verdict"] == "spike" for row in found)
    # With nothing to discover, every discovery is false: the rate is the share of weeks that have one.
    assert called / looked_at <= 0.2
