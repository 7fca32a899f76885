"""Questions on what is written about, by whom, and how far figures can be corrected: rows in, rows out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from vigie.errors import UsageError
from vigie.schemas import Audit, Claim, Override, Panel, Verdict


@pytest.fixture
def week(dataset):
    """Two sources, one private in French and one of Russia's in English, covered from 22 to 28 May 2017, and two topics."""
    dataset.topic("relations", "fr", "en")
    dataset.topic("syria", "fr")
    dataset.source("alpha", "fr", country="FR", control=(Claim("none"),), independence=(Claim("private"),))
    dataset.source("beta", "en", country="GB", control=(Claim("RU"),), independence=(Claim("state-controlled"),))
    for feed in ("alpha/all", "beta/all"):
        dataset.watch(feed, "2017-05-22", "2017-05-29")
    dataset.finish_run("2017-05-29")
    return dataset


def on_both(dataset, article_id, source_id, day, **more):
    """One article on both topics."""
    article = dataset.article(article_id, source_id, day, topic="relations", **more)
    dataset.rows["matches"].append(dataclasses.replace(dataset.rows["matches"][-1], topic_id="syria"))
    return article


# Topic mix


def test_an_outlets_mix_is_the_share_of_each_topic_and_of_none_in_its_own_output(week, rows):
    for number in range(8):
        week.article(f"a{number}", "alpha", "2017-05-23", topic="relations" if number < 2 else None)
    on_both(week, "both", "alpha", "2017-05-23")
    week.article("b", "beta", "2017-05-23", language="en")
    found = rows(week.ask("topic-mix"), "split", "topic_id", "articles", "share_of_output", "output")
    assert found == [
        {"split": "alpha", "topic_id": "relations", "articles": 3, "share_of_output": 0.333333, "output": 9},
        {"split": "alpha", "topic_id": "syria", "articles": 1, "share_of_output": 0.111111, "output": 9},
        {"split": "alpha", "topic_id": None, "articles": 6, "share_of_output": 0.666667, "output": 9},
        {"split": "beta", "topic_id": "relations", "articles": 0, "share_of_output": 0.0, "output": 1},
        {"split": "beta", "topic_id": None, "articles": 1, "share_of_output": 1.0, "output": 1},
    ]


def test_a_mix_leaves_out_days_that_the_panel_was_not_covered_on_and_has_no_zero_there(week, rows):
    week.article("in", "alpha", "2017-05-23", topic="relations")
    week.article("late", "alpha", "2017-05-30", topic="relations")
    panel = Panel("p", "1", sources=("alpha", "beta"))
    answer = week.ask("topic-mix", by="day", panel=panel, split="none", since="2017-05-28", until="2017-05-30")
    assert rows(answer, "bucket", "articles", "share_of_output", "share_days") == [
        {"bucket": date(2017, 5, 28), "articles": 0, "share_of_output": None, "share_days": 1},
        {"bucket": date(2017, 5, 29), "articles": None, "share_of_output": None, "share_days": 0},
        {"bucket": date(2017, 5, 30), "articles": None, "share_of_output": None, "share_days": 0},
    ]


def test_a_mix_over_several_sources_weighs_them_the_same_and_counts_lead_evidence_without_backlog(week, rows):
    for number in range(9):
        week.article(f"a{number}", "alpha", "2017-05-23", topic="relations", lead=number < 3)
    week.article("b", "beta", "2017-05-23", topic="relations", language="en")
    week.article("old", "beta", "2017-05-23", fetched="2017-05-24", language="en", backlog=True)
    found = {row["topic_id"]: row for row in rows(week.ask("topic-mix", split="none"))}
    assert found["relations"]["share_of_output"] == pytest.approx((3 / 9 + 1) / 2, abs=1e-6)
    assert found["relations"]["share_of_output_pooled"] == pytest.approx(4 / 10)
    whole = {row["topic_id"]: row for row in rows(week.ask("topic-mix", split="none", scope="all", backlog=True))}
    assert whole["relations"]["share_of_output"] == pytest.approx((1 + 1 / 2) / 2, abs=1e-6)


def test_a_mix_may_hold_what_coders_decided(week, rows):
    week.article("x", "alpha", "2017-05-23", topic="relations")
    week.article("y", "alpha", "2017-05-23")
    for article, verdict in (("x", Verdict.REMOVE), ("y", Verdict.ADD)):
        week.rows["overrides"].append(Override(article, "relations", verdict, "why", "me", date(2017, 6, 1)))
    week.rows["overrides"].append(Override("y", "syria", Verdict.ADD, "why", "me", date(2017, 6, 1)))
    mine = {"sources": ("alpha",), "split": "source"}
    found = {row["topic_id"]: row["articles"] for row in rows(week.ask("topic-mix", overrides=True, **mine))}
    assert found == {"relations": 1, "syria": 1, None: 1}
    without = {row["topic_id"]: row["articles"] for row in rows(week.ask("topic-mix", **mine))}
    assert without == {"relations": 1, "syria": 0, None: 1}


# State against independent


def test_state_and_independent_media_are_compared_by_the_mean_of_their_sources(week, rows):
    week.source("gamma", "fr", control=(Claim("none"),), independence=(Claim("public-service"),))
    week.source("speaker", "fr", control=(Claim("RU"),), independence=(Claim("institution"),))
    for source in ("gamma", "speaker"):
        week.watch(f"{source}/all", "2017-05-22", "2017-05-29")
    for source, hits, output in (("alpha", 1, 10), ("gamma", 3, 5), ("beta", 2, 4), ("speaker", 5, 5)):
        for day in range(22, 29):
            for number in range(output):
                week.article(f"{source}{day}-{number}", source, f"2017-05-{day}", topic="relations" if number < hits else None)
    [row] = rows(week.ask("state-against-independent", topic="relations"))
    assert row["share_of_output_state"] == pytest.approx(0.5)
    assert row["share_of_output_independent"] == pytest.approx((0.1 + 0.6) / 2)
    assert row["difference"] == pytest.approx(0.15)
    # Every day is as the other: nothing varies.
    assert (row["difference_low"], row["difference_high"]) == (pytest.approx(0.15), pytest.approx(0.15))
    assert (row["sources_state"], row["sources_independent"], row["share_days"]) == (1, 2, 7)
    assert (row["articles_state"], row["output_state"]) == (14, 28)


def test_whose_media_a_states_are_is_judged_on_the_day_and_may_be_asked_of_one_state(week, rows):
    week.write()
    week.source(
        "beta", "en", control=(Claim("none", None, date(2017, 5, 24)), Claim("RU", date(2017, 5, 25))),
        independence=(Claim("private", None, date(2017, 5, 24)), Claim("state-controlled", date(2017, 5, 25))),
    )  # fmt: skip
    for day in range(22, 29):
        week.article(f"b{day}", "beta", f"2017-05-{day}", topic="relations", language="en")
    found = rows(week.ask("state-against-independent", topic="relations", by="day"), "articles_state", "articles_independent")
    assert [(row["articles_state"], row["articles_independent"]) for row in found] == [(0, 1)] * 3 + [(1, 0)] * 4
    week.source("gamma", "en", control=(Claim("GB"),), independence=(Claim("state-controlled"),))
    [none] = rows(week.ask("state-against-independent", topic="relations", state="gb"))
    assert (none["sources_state"], none["share_of_output_state"], none["difference"]) == (0, None, None)
    with pytest.raises(UsageError, match="--state CN: controls no source of this dataset; there are GB, RU"):
        week.ask("state-against-independent", topic="relations", state="CN")


# Prevalence


def audit(language, control, se, sp, **more):
    """An audit's row of one language and class of source."""
    given = {
        "audit_id": "a", "topic_id": "relations", "topics_version": "topics-1", "language": language, "control": control,
        "scope": "lead", "since": date(2017, 5, 22), "until": date(2017, 5, 28), "tz": "UTC", "backlog": False, "panel_id": "",
        "panel_version": "", "sources": ("alpha", "beta"), "seed": "1", "population": 100, "matched": 20, "n": 300,
        "positives": 50.0, "disagreements": 0, "settled": True, "kappa": 0.9, "kappa_low": 0.8, "kappa_high": 1.0,
        "sensitivity": se, "sensitivity_low": se - 0.05, "sensitivity_high": se + 0.05,
        "specificity": sp, "specificity_low": sp - 0.02, "specificity_high": sp + 0.02, "code_version": "0",
        "read_at": datetime(2017, 6, 1, tzinfo=UTC),
    }  # fmt: skip
    return Audit(**given | more)


@pytest.fixture
def audited(week):
    for number in range(20):
        week.article(f"a{number}", "alpha", "2017-05-23", topic="relations" if number < 5 else None)
        week.article(f"b{number}", "beta", "2017-05-23", topic="relations" if number < 4 else None, language="en")
    return week


def test_a_share_is_corrected_by_the_audit_of_its_language_and_class_and_by_no_other(audited, rows):
    audited.rows["audits"] += [audit("fr", "none", 0.6, 0.95), audit("fr", "all", 0.9, 0.9), audit("en", "none", 0.9, 0.9)]
    found = rows(audited.ask("prevalence", topic="relations"))
    english, french = found
    assert (french["language"], french["control"], french["label"]) == ("fr", "none", "corrected")
    assert french["share_of_output_matched"] == 0.25
    assert french["share_of_output_corrected"] == pytest.approx((0.25 + 0.95 - 1) / (0.6 + 0.95 - 1), abs=1e-6)
    assert french["corrected_low"] < french["share_of_output_corrected"] < french["corrected_high"]
    assert (english["control"], english["label"]) == ("RU", "uncorrected matches")
    assert english["share_of_output_matched"] == 0.2
    assert (english["share_of_output_corrected"], english["corrected_low"]) == (None, None)


@pytest.mark.parametrize(
    "more",
    [{"topics_version": "topics-0"}, {"scope": "all"}, {"topic_id": "syria"}, {"sensitivity": None}, {"sensitivity": 0.05}],
    ids=" ".join,
)
def test_an_audit_of_other_topics_or_scope_or_one_that_tells_nothing_corrects_nothing(audited, rows, more):
    audited.rows["audits"].append(audit("fr", "none", 0.6, 0.95, **more))
    assert {row["label"] for row in rows(audited.ask("prevalence", topic="relations"))} == {"uncorrected matches"}


def test_a_corrected_share_stays_within_0_and_1_and_its_interval_is_that_of_the_audit(audited, rows):
    audited.rows["audits"].append(audit("fr", "none", 0.6, 0.7))
    row = rows(audited.ask("prevalence", topic="relations"))[1]
    assert row["share_of_output_corrected"] == 0.0
    assert 0.0 == row["corrected_low"] <= row["corrected_high"] <= 1.0


def test_prevalence_without_a_topic_is_no_question(week):
    with pytest.raises(UsageError, match="name it with --topic"):
        week.ask("prevalence")


# Co-occurrence


def test_topics_that_stand_together_more_often_than_chance_have_a_lift_above_one(week, rows):
    for number in range(10):
        if number < 2:
            on_both(week, f"a{number}", "alpha", "2017-05-23")
        else:
            week.article(f"a{number}", "alpha", "2017-05-23", topic="relations" if number < 4 else None)
    assert rows(week.ask("co-occurrence", sources=("alpha",))) == [
        {"topic_id": "relations", "other_topic_id": "syria", "articles": 2, "expected": 0.8, "lift": 2.5, "share_of_topic": 0.5,
         "topic_articles": 4, "other_articles": 2, "output": 10, "share_days": 7},
    ]  # fmt: skip
    [row] = rows(week.ask("co-occurrence", topic="syria", sources=("alpha",)))
    assert (row["topic_id"], row["other_topic_id"], row["share_of_topic"]) == ("syria", "relations", 1.0)


def test_two_topics_that_one_outlet_writes_much_of_are_not_related_by_that(week, rows):
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-22", "2017-05-29")
    for number in range(16):  # 8 of 16 and 8 of 16, 4 on both: chance
        if number < 4:
            on_both(week, f"a{number}", "alpha", "2017-05-23")
        else:
            topic = "relations" if number < 8 else "syria" if number < 12 else None
            week.article(f"a{number}", "alpha", "2017-05-23", topic=topic)
        week.article(f"g{number}", "gamma", "2017-05-23")
    [row] = rows(week.ask("co-occurrence", sources=("alpha", "gamma")))
    assert (row["articles"], row["expected"], row["lift"]) == (4, 4.0, 1.0)


# Rising words


def test_words_that_are_new_in_several_outlets_rise_and_those_always_there_do_not(dataset, rows):
    dataset.topic("relations", "fr", "en")
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-05-01", "2017-06-05")
    for number in range(35):
        day = date(2017, 5, 1) + timedelta(days=number)
        for source in ("alpha", "beta"):
            new = "l’Élysée" if number >= 28 else "Berlin"
            title = f"Macron et Poutine à {new}"
            dataset.article(f"{source}{number}", source, f"{day} 10:00", topic="relations", title=title)
    dataset.article("once", "alpha", "2017-06-03", topic="relations", title="Zanzibar Zanzibar")
    dataset.finish_run("2017-06-05")
    found = rows(dataset.ask("rising-words", topic="relations"))
    assert found[0]["word"] == "élysée"
    assert (found[0]["articles"], found[0]["articles_before"], found[0]["sources"]) == (14, 0, 2)
    assert found[0]["z"] > 1.96
    words = {row["word"] for row in found}
    assert not {"zanzibar", "berlin"} & words
    assert all(abs(row["z"]) < 1 for row in found if row["word"] == "macron")


# First seen


def hour(number, day=23):
    return f"2017-05-{day} {number:02}:00"


@pytest.fixture
def hourly(dataset):
    """Three sources that are polled every hour on 23 May 2017, and one that is polled every six hours."""
    dataset.topic("relations", "fr")
    for source in ("alpha", "beta", "gamma", "slow"):
        dataset.source(source, "fr")
        for number in range(0, 24, 6 if source == "slow" else 1):
            dataset.poll(f"{source}/all", hour(number))
        dataset.poll(f"{source}/all", "2017-05-24")
    dataset.finish_run("2017-05-24")
    return dataset


def first_seen(dataset, **more):
    panel = Panel("p", "1", sources=("alpha", "beta", "gamma", "slow"))
    answer = dataset.ask("first-seen", topic="relations", panel=panel, since="2017-05-23", until="2017-05-23", **more)
    return {row["source_id"]: row for row in answer.table.to_pylist()}, answer


def test_who_was_first_is_told_with_lag_and_ties_below_the_resolution_of_polls(hourly):
    hourly.article("a", "alpha", "2017-05-23 08:10", fetched=hour(9), topic="relations")
    hourly.article("b", "beta", "2017-05-23 08:40", fetched=hour(9), topic="relations")  # within an hour: a tie
    hourly.article("c", "gamma", "2017-05-23 10:30", fetched=hour(11), topic="relations")
    hourly.article("c2", "gamma", "2017-05-23 12:30", fetched=hour(13), topic="relations")
    hourly.article("s", "slow", "2017-05-23 13:00", fetched=hour(18), topic="relations")  # 4 h 50 later, polled every 6 h
    found, answer = first_seen(hourly)
    told = {name: tuple(row[k] for k in ("place", "seen_first", "tied_with", "lag_minutes")) for name, row in found.items()}
    assert told == {
        "alpha": (1, True, 2, 0.0),
        "beta": (1, True, 2, 30.0),
        "gamma": (3, False, 1, 140.0),
        "slow": (1, True, 3, 290.0),
    }
    assert found["slow"]["resolution_minutes"] == 360
    assert "First seen in this panel, no more" in answer.notes[-1]


@pytest.mark.parametrize("quality", ["zone-assumed", "ahead"])
def test_a_date_whose_zone_is_not_known_says_nothing_of_who_was_first(hourly, quality):
    hourly.article("a", "alpha", "2017-05-23 01:00", fetched=hour(2), topic="relations", quality=quality)
    hourly.article("b", "beta", "2017-05-23 08:10", fetched=hour(9), topic="relations")
    found, _ = first_seen(hourly)
    assert (found["alpha"]["place"], found["alpha"]["first_at"], found["alpha"]["left_out"]) == (None, None, 1)
    assert found["beta"]["place"] == 1


def test_a_date_without_a_time_is_tied_with_all_of_its_day(hourly):
    hourly.article("a", "alpha", "2017-05-23 00:00", fetched=hour(2), topic="relations", quality="date-only")
    hourly.article("b", "beta", "2017-05-23 18:10", fetched=hour(19), topic="relations")
    found, _ = first_seen(hourly)
    assert (found["alpha"]["place"], found["beta"]["place"], found["beta"]["tied_with"]) == (1, 1, 1)


def test_backlog_is_first_in_nothing(hourly):
    hourly.article("a", "alpha", "2017-05-22 08:10", fetched=hour(0), topic="relations", backlog=True)
    found, _ = first_seen(hourly)
    assert {row["place"] for row in found.values()} == {None}
