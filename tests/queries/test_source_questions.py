"""Questions on what outlets cite, edit, date and deliver, and on what was known when: rows in, rows out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest

from vigie.errors import UsageError
from vigie.queries import Parameters, ask, open_dataset
from vigie.schemas import Claim, Link, Source, TopicRecord


@pytest.fixture
def week(dataset):
    """Two French sources and Russia's RT in two editions, covered from 22 to 28 May 2017."""
    dataset.topic("relations", "fr", "en")
    dataset.rows["topics"].append(TopicRecord("topics-1", "state-media", "State media", "", ("fr", "en"), ("rt", "tass"), ""))
    dataset.source("alpha", "fr", homepage="https://www.alpha.example/")
    dataset.source("beta", "fr", homepage="https://beta.example/")
    state = {"control": (Claim("RU"),), "independence": (Claim("state-controlled"),)}
    dataset.source("rt-en", "en", homepage="https://www.rt.example/", **state)
    dataset.source("rt-fr", "fr", homepage="https://francais.rt.example/", **state)
    for source in ("alpha", "beta", "rt-en", "rt-fr"):
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-29")
    dataset.finish_run("2017-05-29")
    return dataset


# Citations


def cited(dataset, **more):
    columns = ("source_id", "cited", "articles", "articles_linking", "articles_naming", "share_of_output", "state")
    return [{name: row[name] for name in columns} for row in dataset.ask("citations", **more).table.to_pylist()]


def test_an_outlet_cites_state_media_by_links_and_by_names_each_article_once(week):
    week.article("a1", "alpha", "2017-05-23", links=(Link("https://francais.rt.example/x"), Link("https://rt.example/y")))
    week.article("a2", "alpha", "2017-05-23", concept="rt")
    week.article("a3", "alpha", "2017-05-23", concept="rt", links=(Link("https://www.RT.example:443/z"),))
    week.article("a4", "alpha", "2017-05-23", links=(Link("https://notrt.example/"), Link("https://alpha.example/")))
    assert cited(week) == [
        {"source_id": "alpha", "cited": "rt", "articles": 3, "articles_linking": 2, "articles_naming": 2,
         "share_of_output": 0.75, "state": "covered"},
    ]  # fmt: skip


def test_state_media_that_no_feed_is_watched_of_are_cited_too(week):
    """Who watches the French press alone asks whom it cites, and has no feed of RT or TASS in his list."""
    tass = Source("tass-fr", "TASS", homepage="https://tass.example/", languages=("fr",), country="RU",
                  controlling_state=(Claim("RU"),), independence=(Claim("state-controlled"),))  # fmt: skip
    week.rows["outlets"].append(tass)
    week.rows["outlets"].append(dataclasses.replace(tass, source_id="alpha", homepage="https://alpha.example/"))
    week.article("a1", "alpha", "2017-05-23", links=(Link("https://tass.example/y"), Link("https://alpha.example/")))
    week.article("a2", "alpha", "2017-05-23", concept="tass")
    [row] = cited(week, state="ru")
    assert (row["cited"], row["articles"], row["articles_linking"], row["articles_naming"]) == ("tass", 2, 1, 1)
    assert "tass-fr" not in {row["source_id"] for row in week.ask("top-sources").table.to_pylist()}
    with pytest.raises(UsageError, match="no source of this dataset has that id"):
        week.ask("coverage", sources=("tass-fr",))


def test_an_outlet_that_is_watched_by_now_is_what_its_registry_says(week):
    rt = {"languages": ("fr",), "country": "RU", "controlling_state": (Claim("RU"),)}
    state = (Claim("state-controlled"),)
    week.rows["outlets"].append(Source("zzz-rt", "RT", homepage="https://seen.example/", independence=state, **rt))
    week.write()
    week.source("mine", "fr", homepage="https://seen.example/news", independence=(Claim("private"),))
    week.rows["outlets"].append(Source("other", "Other", homepage="https://other.example/", independence=state, **rt))
    week.article("a1", "alpha", "2017-05-23", links=(Link("https://seen.example/y"),))
    assert cited(week) == []


def test_media_of_the_same_state_cite_each_other_and_do_not_count(week):
    week.article("r", "rt-fr", "2017-05-23", concept="rt", links=(Link("https://rt.example/y"),))
    week.article("b", "beta", "2017-05-23", concept="rt", lead=False)
    assert cited(week) == []
    assert [row["source_id"] for row in cited(week, scope="all")] == ["beta"]
    assert len(cited(week, scope="all", state="RU")) == 1


def test_a_citation_counts_while_the_cited_outlet_was_the_states(week):
    week.write()
    independence = (Claim("private", None, date(2017, 5, 24)), Claim("state-controlled", date(2017, 5, 25)))
    week.source("rt-en", "en", homepage="https://www.rt.example/", control=(Claim("RU"),), independence=independence)
    for day in (24, 25):
        week.article(f"a{day}", "alpha", f"2017-05-{day}", links=(Link("https://rt.example/y"),))
    [row] = cited(week)
    assert (row["articles"], row["articles_linking"]) == (1, 1)


def test_where_days_were_not_covered_citations_are_a_minimum_without_a_share(week):
    week.article("a", "alpha", "2017-05-28", concept="rt")
    [row] = cited(week, since="2017-05-28", until="2017-05-30")
    assert (row["articles"], row["share_of_output"], row["state"]) == (1, None, "partial")


# Headline edits


def test_an_edit_is_shown_with_both_wordings_and_how_exactly_its_time_is_known(week, rows):
    week.article("x", "alpha", "2017-05-23", title="Paris waits")
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-24", revision="b", title="Paris talks", topic="relations")
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-25", revision="c", title="Paris talks", text="More.")
    week.article("y", "alpha", "2017-05-23", title="Never edited", topic="relations")
    answer = week.ask("headline-edits", topic="relations")
    columns = ("title_before", "title_after", "on_topic_before", "on_topic_after", "hours_after", "unseen_hours", "revision")
    assert rows(answer, *columns) == [
        {"title_before": "Paris waits", "title_after": "Paris talks", "on_topic_before": False, "on_topic_after": True,
         "hours_after": 24.0, "unseen_hours": 24.0, "revision": 2},
    ]  # fmt: skip
    assert rows(week.ask("headline-edits"), "on_topic_before", "title_after") == [
        {"on_topic_before": None, "title_after": "Paris talks"}
    ]


def test_an_edit_there_and_back_is_two_edits_and_one_off_the_topic_is_found_too(week, rows):
    week.article("x", "alpha", "2017-05-23", title="A", topic="relations")
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-24", revision="b", title="B")
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-25", title="A", topic="relations")
    found = rows(week.ask("headline-edits", topic="relations"), "title_before", "title_after", "on_topic_after")
    assert found == [
        {"title_before": "A", "title_after": "B", "on_topic_after": False},
        {"title_before": "B", "title_after": "A", "on_topic_after": True},
    ]


# Languages


def test_languages_are_shares_of_an_outlets_output_and_those_not_expected_are_counted(week, rows):
    for number, language in enumerate(("fr", "fr", "en", "und")):
        week.article(f"a{number}", "alpha", "2017-05-23", language=language, second_language="ru" if number == 0 else "")
    week.article("b", "beta", "2017-05-23")
    found = rows(week.ask("language-mix", sources=("alpha", "beta")),
                 "split", "language", "articles", "share_of_output", "unexpected", "second_languages")  # fmt: skip
    assert found == [
        {"split": "alpha", "language": "fr", "articles": 2, "share_of_output": 0.5, "unexpected": 0, "second_languages": 1},
        {"split": "alpha", "language": "en", "articles": 1, "share_of_output": 0.25, "unexpected": 1, "second_languages": 0},
        {"split": "alpha", "language": "und", "articles": 1, "share_of_output": 0.25, "unexpected": 0, "second_languages": 0},
        {"split": "beta", "language": "fr", "articles": 1, "share_of_output": 1.0, "unexpected": 0, "second_languages": 0},
    ]
    together = rows(week.ask("language-mix", sources=("alpha", "beta"), split="none"), "language", "share_of_output")
    assert together[0] == {"language": "fr", "share_of_output": 0.75}


def test_languages_on_days_that_were_not_covered_are_unknown(week, rows):
    week.article("a", "alpha", "2017-05-30")
    answer = week.ask("language-mix", sources=("alpha",), since="2017-05-28", until="2017-05-30", by="day")
    assert {row["articles"] for row in rows(answer) if row["bucket"] > date(2017, 5, 28)} <= {None}


# Delay


def test_the_delay_is_from_publication_to_the_poll_without_backlog_or_uncertain_dates(week, rows):
    for number, hours in enumerate((1, 2, 3, 4, 30)):
        day, hour = divmod(24 + hours, 24)
        week.article(f"a{number}", "alpha", "2017-05-23", fetched=f"2017-05-{22 + day} {hour:02}:00")
    week.article("old", "alpha", "2017-05-23", fetched="2017-05-28", backlog=True)
    week.article("zone", "alpha", "2017-05-23", fetched="2017-05-28", quality="zone-assumed")
    week.article("ahead", "beta", "2017-05-23 02:00", fetched="2017-05-23 01:00", quality="ahead")
    found = {row["split"]: row for row in rows(week.ask("delay", sources=("alpha", "beta")))}
    alpha = found["alpha"]
    assert (alpha["articles"], alpha["median_hours"], alpha["share_within_a_day"], alpha["left_out"]) == (5, 3.0, 0.8, 1)
    assert (alpha["poll_gap_hours"], alpha["state"]) == (24.0, "covered")
    assert (found["beta"]["median_hours"], found["beta"]["before_publication"]) == (-1.0, 1)


def test_where_no_poll_saw_a_day_its_delay_and_dates_are_unknown_and_not_none(week, rows):
    asked = {"sources": ("alpha",), "since": "2017-05-28", "until": "2017-05-30", "by": "day"}
    for question in ("delay", "date-quality"):
        found = rows(week.ask(question, **asked), "articles", "state")
        assert found == [{"articles": 0, "state": "covered"}, *[{"articles": None, "state": "unknown"}] * 2]


# Dates


def test_dates_are_counted_by_quality_and_undated_articles_by_the_day_they_were_seen(week, rows):
    for quality in ("ok", "ok", "zone-assumed", "date-only", "ahead"):
        week.article(f"{quality}{len(week.rows['articles'])}", "alpha", "2017-05-23", quality=quality)
    for quality in ("missing", "unreadable", "future", "implausible"):
        article = week.article(quality, "alpha", None, fetched="2017-05-23")
        week.rows["articles"][-1] = type(article)(
            **{name: getattr(article, name) for name in article.__slots__} | {"date_quality": quality}
        )
    [row] = rows(week.ask("date-quality", sources=("alpha",), since="2017-05-23", until="2017-05-23"))
    assert (row["articles"], row["share_of_dated"]) == (9, pytest.approx(5 / 9, abs=1e-6))
    kinds = ("ok", "zone_assumed", "date_only", "ahead", "missing", "unreadable", "future", "implausible")
    assert [row[kind] for kind in kinds] == [2, 1, 1, 1, 1, 1, 1, 1]


# As known on a day


def test_what_was_known_on_a_day_is_told_from_what_came_later(week, rows):
    week.article("in-time", "alpha", "2017-05-23", topic="relations")
    week.article("late", "alpha", "2017-05-23", fetched="2017-05-26", topic="relations")
    answer = week.ask(
        "as-known-on", topic="relations", as_of=date(2017, 5, 24), since="2017-05-23", until="2017-05-25", sources=("alpha",)
    )
    found = [tuple(row.values()) for row in rows(answer)]
    assert found == [
        (date(2017, 5, 23), 1, 2, 1, "covered", "covered"),
        (date(2017, 5, 24), None, 0, 0, "unknown", "covered"),
        (date(2017, 5, 25), None, 0, 0, "unknown", "covered"),
    ]


def test_any_question_can_be_asked_as_known_at_a_moment_and_its_answer_says_so(week):
    week.article("in-time", "alpha", "2017-05-23", topic="relations")
    week.article("late", "alpha", "2017-05-23", fetched="2017-05-26", topic="relations")
    week.article("in-time", "alpha", "2017-05-23", fetched="2017-05-26", revision="b", title="Edited later", topic="relations")
    con = open_dataset(week.write(), known_by=datetime(2017, 5, 25, tzinfo=UTC))
    answer = ask(con, "coverage", Parameters(topic="relations", sources=("alpha",)))
    assert {row["bucket"]: row["articles"] for row in answer.table.to_pylist()} == {date(2017, 5, 22): 0, date(2017, 5, 23): 1}
    assert answer.notes[0].startswith("As known by 2017-05-25 00:00 UTC")
    [article] = ask(con, "articles", Parameters(topic="relations", sources=("alpha",))).table.to_pylist()
    assert article["revisions"] == 1


def test_a_look_back_says_where_it_takes_an_archive_for_known_that_may_have_been_read_in_later(week):
    week.rows["fetches"] = [
        dataclasses.replace(poll, origin="wayback" if poll.source_id == "alpha" else "poll") for poll in week.rows["fetches"]
    ]
    week.article("x", "alpha", "2017-05-23", topic="relations")
    root, said = week.write(), "Archives that were read in, files, captures and exports, count as collected when they were made"
    back = open_dataset(root, known_by=datetime(2017, 5, 25, tzinfo=UTC))
    for source, told in (("alpha", True), ("beta", False)):
        on_day = Parameters(topic="relations", as_of=date(2017, 5, 24), sources=(source,))
        for answer in (ask(open_dataset(root), "as-known-on", on_day), ask(back, "coverage", Parameters(sources=(source,)))):
            assert any(note.startswith(said) for note in answer.notes) is told
    assert not any(note.startswith(said) for note in ask(open_dataset(root), "coverage", Parameters()).notes)
