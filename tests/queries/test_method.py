"""METHOD.md: each paragraph that a question keeps, with a test that fails without the rule."""

from __future__ import annotations

from datetime import date

import pytest

from vigie.schemas import Claim, Feed, Panel, Scope

ARTICLES = ("coverage", "articles")


@pytest.fixture
def week(dataset):
    """Two sources, French and English, covered from 22 to 28 May 2017, and a topic with terms in both languages."""
    dataset.topic("relations", "fr", "en")
    dataset.source("alpha", "fr", country="FR")
    dataset.source("beta", "en", country="GB")
    for feed in ("alpha/all", "beta/all"):
        dataset.watch(feed, "2017-05-22", "2017-05-29")
    dataset.finish_run("2017-05-29")
    return dataset


def by_bucket(rows, answer, column="articles"):
    return {row["bucket"] and row["bucket"].isoformat()[5:]: row[column] for row in rows(answer, "bucket", column)}


# Dates


def test_an_article_counts_on_its_first_published_day_and_an_edit_moves_nothing(week, rows):
    week.article("x", "alpha", "2017-05-23", topic="relations")
    before = week.ask("coverage", topic="relations")
    week.article("x", "alpha", "2017-05-26", fetched="2017-05-26", revision="b", title="Else", language="en")
    after = week.ask("coverage", topic="relations")
    assert by_bucket(rows, after)["05-23"] == 1
    assert after.table == before.table


def test_a_headline_edited_onto_the_topic_moves_no_printed_figure_but_is_evidence(week, rows):
    week.article("x", "alpha", "2017-05-23")
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-24", revision="b", topic="relations")
    assert sum(by_bucket(rows, week.ask("coverage", topic="relations")).values()) == 0
    evidence = week.ask("evidence", topic="relations")
    assert rows(evidence, "words", "revision", "counted") == [{"words": "Paris", "revision": 2, "counted": False}]


def test_undated_articles_are_a_row_of_their_own(week, rows):
    week.article("x", "alpha", None, fetched="2017-05-24", topic="relations")
    week.article("y", "alpha", "2017-05-24", topic="relations")
    answer = week.ask("coverage", topic="relations")
    found = by_bucket(rows, answer)
    assert found[None] == 1
    assert found["05-24"] == 1
    assert rows(answer, "bucket")[-1] == {"bucket": None}
    assert any("Undated, in no day: 1 article" in note for note in answer.notes)
    assert [row["day"] for row in rows(week.ask("articles", topic="relations"))] == [date(2017, 5, 24), None]


def test_days_are_cut_in_the_named_zone_alone(week, rows, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    week.article("x", "alpha", "2017-05-23 22:30", topic="relations")
    assert by_bucket(rows, week.ask("coverage", topic="relations"))["05-23"] == 1
    paris = {"tz": "Europe/Paris", "since": "2017-05-23", "until": "2017-05-25"}
    assert by_bucket(rows, week.ask("coverage", topic="relations", **paris)) == {"05-23": 0, "05-24": 1, "05-25": 0}
    # Half an hour off: a zone that does not start its days at a whole hour of UTC.
    week.article("y", "alpha", "2017-05-23 18:40", topic="relations")
    india = {"tz": "Asia/Kolkata", "since": "2017-05-23", "until": "2017-05-24"}
    assert by_bucket(rows, week.ask("coverage", topic="relations", **india)) == {"05-23": 0, "05-24": 2}


@pytest.mark.parametrize(("by", "bucket", "articles"), [("day", "05-24", 1), ("week", "05-22", 2), ("month", "05-01", 2)])
def test_steps_are_days_weeks_from_monday_and_months(week, rows, by, bucket, articles):
    week.article("x", "alpha", "2017-05-24", topic="relations")
    week.article("y", "alpha", "2017-05-28", topic="relations")
    assert by_bucket(rows, week.ask("coverage", topic="relations", by=by))[bucket] == articles


# Covered time: unknown is not zero


def test_a_day_without_polls_is_no_zero_and_a_covered_day_without_articles_is(week, rows):
    answer = week.ask("coverage", topic="relations", since="2017-05-28", until="2017-05-30")
    assert rows(answer, "articles", "state") == [
        {"articles": 0, "state": "covered"}, {"articles": None, "state": "unknown"}, {"articles": None, "state": "unknown"},
    ]  # fmt: skip
    assert rows(week.ask("top-sources", topic="relations", since="2017-06-01", until="2017-06-02"), "articles", "output") == [
        {"articles": None, "output": None}, {"articles": None, "output": None},
    ]  # fmt: skip


def test_the_days_behind_a_language_are_those_of_the_sources_that_publish_in_it(week, rows):
    week.source("gamma", "fr")
    week.poll("gamma/all", "2017-05-23", anchor=None)
    week.article("x", "alpha", "2017-05-23", topic="relations")
    answer = week.ask("coverage", topic="relations", split="language", since="2017-05-23", until="2017-05-23")
    assert rows(answer, "split", "articles", "state", "covered_days", "unknown_days") == [
        {"split": "en", "articles": 0, "state": "covered", "covered_days": 1, "unknown_days": 0},
        {"split": "fr", "articles": 1, "state": "partial", "covered_days": 1, "unknown_days": 1},
    ]


def test_covered_partial_and_unknown_source_days_are_told_apart(week, rows):
    week.source("gamma", "fr")
    week.poll("gamma/all", "2017-05-23", anchor=None)
    week.poll("gamma/all", "2017-05-25", anchor=False)
    answer = week.ask("coverage", topic="relations", since="2017-05-22", until="2017-05-23")
    assert rows(answer, "state", "covered_days", "partial_days", "unknown_days") == [
        {"state": "partial", "covered_days": 2, "partial_days": 0, "unknown_days": 1},
        {"state": "partial", "covered_days": 2, "partial_days": 1, "unknown_days": 0},
    ]


def test_an_article_known_from_a_day_that_was_not_covered_is_counted_as_a_minimum(week, rows):
    week.article("x", "alpha", "2017-05-30", topic="relations")
    answer = week.ask("coverage", topic="relations", since="2017-05-30", until="2017-05-30")
    assert rows(answer, "articles", "state", "share_of_output") == [
        {"articles": 1, "state": "unknown", "share_of_output": None}
    ]


def test_shares_leave_out_days_on_which_a_member_of_the_panel_was_not_covered(week, rows):
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-24", "2017-05-29")
    for day in ("23", "24"):
        week.article(f"on{day}", "alpha", f"2017-05-{day}", topic="relations")
        week.article(f"off{day}", "gamma", f"2017-05-{day}")
    panel = Panel("p", "1", sources=("alpha", "gamma"))
    answer = week.ask("coverage", topic="relations", panel=panel, since="2017-05-23", until="2017-05-24")
    assert rows(answer, "articles", "share_of_output", "share_of_output_pooled", "share_days") == [
        {"articles": 1, "share_of_output": None, "share_of_output_pooled": None, "share_days": 0},
        {"articles": 1, "share_of_output": 0.5, "share_of_output_pooled": 0.5, "share_days": 1},
    ]
    assert any("Not covered on every day: gamma (1 of 2)" in note for note in answer.notes)


# Backlog


def test_backlog_is_out_of_trends_unless_asked_for(week, rows):
    week.article("x", "alpha", "2017-05-23", fetched="2017-05-24", topic="relations", backlog=True)
    answer = week.ask("coverage", topic="relations")
    assert by_bucket(rows, answer)["05-23"] == 0
    assert any("Backlog left out: 1 article" in note for note in answer.notes)
    assert by_bucket(rows, week.ask("coverage", topic="relations", backlog=True))["05-23"] == 1
    assert week.ask("articles", topic="relations").table.num_rows == 0


def test_asked_for_backlog_the_period_begins_with_the_oldest_article_that_counts(week, rows):
    week.article("x", "alpha", "2017-05-18", fetched="2017-05-22", topic="relations", backlog=True)
    week.article("y", "alpha", "2017-05-22", topic="relations")
    answer = week.ask("coverage", topic="relations", backlog=True)
    assert rows(answer, "bucket", "articles", "state")[0] == {"bucket": date(2017, 5, 18), "articles": 1, "state": "unknown"}
    assert by_bucket(rows, answer, "share_of_output")["05-22"] == 1.0


def test_where_there_is_nothing_but_backlog_the_answer_says_so(dataset):
    dataset.topic()
    dataset.source("alpha", "fr")
    dataset.poll("alpha/all", "2017-05-22 10:00")
    dataset.article("x", "alpha", "2017-05-20", fetched="2017-05-22 10:00", topic="relations", backlog=True)
    dataset.finish_run("2017-05-22")
    answer = dataset.ask("coverage", topic="relations")
    assert "nothing but backlog" in answer.notes[0]
    assert "No day of any source was covered" in answer.notes[1]


# Length of text: the lead


def test_evidence_outside_the_lead_counts_only_where_asked_for(week, rows):
    week.article("x", "alpha", "2017-05-23", topic="relations", concept="paris", lead=False)
    for subject in ({"topic": "relations"}, {"concept": "paris"}):
        for question in ARTICLES:
            lead, whole = week.ask(question, **subject), week.ask(question, scope="all", **subject)
            assert sum(row.get("articles", 1) for row in rows(lead)) == 0
            assert sum(row.get("articles", 1) for row in rows(whole)) == 1
        assert week.ask("evidence", **subject).table.num_rows == 0
        assert week.ask("evidence", scope="all", **subject).table.num_rows == 1


# Denominators


def test_each_source_weighs_the_same_and_the_pooled_share_stands_beside(week, rows):
    week.article("a", "alpha", "2017-05-23", topic="relations")  # 1 of 1
    for number in range(9):
        week.article(f"b{number}", "beta", "2017-05-23", topic="relations" if number < 3 else None, language="en")  # 3 of 9
    [row] = rows(week.ask("coverage", topic="relations", since="2017-05-23", until="2017-05-23"))
    assert row["share_of_output"] == pytest.approx((1 + 1 / 3) / 2, abs=1e-6)
    assert row["share_of_output_pooled"] == pytest.approx(4 / 10)
    assert (row["share_articles"], row["share_output"], row["share_sources"]) == (4, 10, 2)


def test_the_share_of_volume_divides_by_the_topic_and_not_by_the_output(week, rows):
    week.article("a", "alpha", "2017-05-23", topic="relations")
    for number in range(9):
        week.article(f"b{number}", "beta", "2017-05-23", topic="relations" if number < 3 else None, language="en")
    answer = week.ask("share-of-voice", topic="relations")
    assert rows(answer, "split", "articles", "share_of_volume", "share_of_volume_equal_output", "panel_articles") == [
        {"split": "beta", "articles": 3, "share_of_volume": 0.75, "share_of_volume_equal_output": 0.25, "panel_articles": 4},
        {"split": "alpha", "articles": 1, "share_of_volume": 0.25, "share_of_volume_equal_output": 0.75, "panel_articles": 4},
    ]
    assert not {name for name in answer.table.column_names if "share_of_output" in name}


def test_both_shares_between_sources_leave_out_days_on_which_a_member_was_not_covered(week, rows):
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-24", "2017-05-29")
    for day in ("23", "24"):
        week.article(f"a{day}", "alpha", f"2017-05-{day}", topic="relations" if day == "24" else None)
        week.article(f"g{day}", "gamma", f"2017-05-{day}", topic="relations")
    asked = {"topic": "relations", "panel": Panel("p", "1", sources=("alpha", "gamma")), "since": "2017-05-23"}
    voices = rows(week.ask("share-of-voice", **asked), "split", "articles", "share_of_volume", "share_days")
    assert voices == [
        {"split": "alpha", "articles": 1, "share_of_volume": 0.5, "share_days": 5},
        {"split": "gamma", "articles": 1, "share_of_volume": 0.5, "share_days": 5},
    ]
    top = rows(week.ask("top-sources", **asked), "source_id", "articles", "share_of_output", "share_output")
    assert top == [
        {"source_id": "gamma", "articles": 2, "share_of_output": 1.0, "share_output": 1},
        {"source_id": "alpha", "articles": 1, "share_of_output": 1.0, "share_output": 1},
    ]


def test_where_the_panel_was_never_covered_together_there_is_no_share_of_volume(week, rows):
    week.article("x", "alpha", "2017-05-30", topic="relations")
    panel = Panel("p", "1", sources=("alpha", "beta"))
    answer = week.ask("share-of-voice", topic="relations", panel=panel, since="2017-05-30", until="2017-05-31")
    assert rows(answer, "articles", "share_of_volume", "share_days") == [
        {"articles": None, "share_of_volume": None, "share_days": 0},
        {"articles": None, "share_of_volume": None, "share_days": 0},
    ]


@pytest.mark.parametrize("question", ["share-of-voice", "top-sources"])
def test_voices_leave_out_backlog_and_other_days_as_trends_do(week, rows, question):
    week.article("x", "alpha", "2017-05-24", topic="relations")
    week.article("early", "alpha", "2017-05-22", topic="relations")
    week.article("late", "alpha", "2017-05-27", topic="relations")
    week.article("old", "alpha", "2017-05-24", fetched="2017-05-25", topic="relations", backlog=True)
    asked = {"topic": "relations", "sources": ("alpha",), "since": "2017-05-23", "until": "2017-05-25"}
    assert rows(week.ask(question, **asked), "articles") == [{"articles": 1}]
    assert rows(week.ask(question, backlog=True, **asked), "articles") == [{"articles": 2}]


def test_a_source_may_be_asked_for_its_share_of_a_whole_panel(week, rows):
    week.article("a", "alpha", "2017-05-23", topic="relations")
    week.article("b", "beta", "2017-05-23", topic="relations", language="en")
    answer = week.ask("share-of-voice", topic="relations", sources=("alpha",), panel=Panel("p", "1", sources=("alpha", "beta")))
    assert rows(answer, "split", "share_of_volume") == [{"split": "alpha", "share_of_volume": 0.5}]


def test_the_default_panel_is_the_sources_covered_on_every_day_and_the_rest_is_named(week, rows):
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-24", "2017-05-29")
    answer = week.ask("top-sources", topic="relations")
    assert {row["source_id"]: row["in_panel"] for row in rows(answer)} == {"alpha": True, "beta": True, "gamma": False}
    assert "Panel for shares, the sources covered on every day: alpha, beta." in " ".join(answer.notes)
    assert "Left out of it for days not covered: gamma (2 of 7)" in " ".join(answer.notes)


def test_the_panel_is_the_same_throughout_a_series(week, rows):
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-25", "2017-05-29")
    for day in range(23, 28):
        week.article(f"a{day}", "alpha", f"2017-05-{day}", topic="relations")
        week.article(f"g{day}", "gamma", f"2017-05-{day}")
    shares = by_bucket(rows, week.ask("coverage", topic="relations"), "share_of_output")
    assert {shares[f"05-{day}"] for day in range(23, 28)} == {1.0}


def test_a_source_in_a_language_without_terms_is_no_part_and_is_named(week, rows):
    week.source("gamma", "de")
    week.watch("gamma/all", "2017-05-22", "2017-05-29")
    week.article("g", "gamma", "2017-05-23", language="de")
    answer = week.ask("top-sources", topic="relations")
    assert [row["source_id"] for row in rows(answer)] == ["alpha", "beta"]
    assert "Left out, since relations has terms in en, fr alone: gamma." in answer.notes
    panel = Panel("p", "1", sources=("alpha", "gamma"))
    assert week.ask("share-of-voice", topic="relations", panel=panel).parameters["panel"] == ["alpha"]


def test_articles_in_an_undetermined_language_stay_in_and_those_the_topic_cannot_read_do_not(week, rows):
    week.article("a", "alpha", "2017-05-23", topic="relations")
    week.article("b", "alpha", "2017-05-23", language="und")
    week.article("c", "alpha", "2017-05-23", language="de")
    [row] = rows(
        week.ask("coverage", topic="relations", since="2017-05-23", until="2017-05-23"), "share_output", "share_of_output"
    )
    assert row == {"share_output": 2, "share_of_output": 0.5}


# Sections


def test_a_panel_of_front_pages_and_whole_outputs_is_said_not_to_compare_like_with_like(week):
    for source, scope in (("alpha", Scope.ALL), ("beta", Scope.FRONT), ("gamma", Scope.ALL)):
        week.rows["feeds"].append(Feed(f"{source}/all", source, "https://x.example/rss", scope=scope))
    week.source("gamma", "fr")
    week.watch("gamma/all", "2017-05-22", "2017-05-29")
    said = "Not like with like: the feeds of the panel carry front page of beta, and everything of the others."
    assert said in week.ask("coverage", topic="relations").notes
    alike = Panel("p", "1", sources=("alpha", "gamma"))
    assert said not in week.ask("coverage", topic="relations", panel=alike).notes
    week.rows["feeds"].append(Feed("beta/culture", "beta", "https://x.example/rss", scope=Scope.SECTION))
    week.watch("beta/culture", "2017-05-22", "2017-05-29")
    assert said.replace("front page", "front page and sections") in week.ask("coverage", topic="relations").notes


# Ownership


def test_control_is_joined_as_it_was_on_the_day_of_publication(week, rows):
    week.write()
    claims = (Claim("FR", None, date(2017, 5, 24)), Claim("RU", date(2017, 5, 25), None))
    week.source("alpha", "fr", control=claims)  # a later registry
    week.article("x", "alpha", "2017-05-24 23:00", fetched="2017-05-26", topic="relations")
    week.article("y", "alpha", "2017-05-25 01:00", fetched="2017-05-26", topic="relations")
    answer = week.ask("coverage", topic="relations", split="control", sources=("alpha",))
    counted = {(row["bucket"].day, row["split"]): row["articles"] for row in rows(answer)}
    assert counted[24, "FR"] == 1
    assert counted[25, "RU"] == 1
    assert (25, "FR") not in counted


def test_overlapping_claims_count_no_article_twice(week, rows):
    week.write()
    week.source("alpha", "fr", control=(Claim("FR"), Claim("RU", date(2017, 5, 23))))
    week.article("x", "alpha", "2017-05-24", topic="relations")
    answer = week.ask(
        "coverage", topic="relations", split="control", sources=("alpha",), since="2017-05-24", until="2017-05-24"
    )
    assert rows(answer, "split", "articles") == [{"split": "RU", "articles": 1}]


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("language", {"en": 1, "fr": 2}),
        ("country", {"FR": 2, "GB": 1}),
        ("source", {"alpha": 2, "beta": 1}),
        ("control", {"unstated": 3}),
    ],
)
def test_splits_add_up_to_the_whole(week, rows, split, expected):
    week.article("x", "alpha", "2017-05-23", topic="relations")
    week.article("y", "alpha", "2017-05-23", topic="relations")
    week.article("z", "beta", "2017-05-23", topic="relations", language="en")
    answer = week.ask("coverage", topic="relations", split=split, since="2017-05-23", until="2017-05-23")
    assert {row["split"]: row["articles"] for row in rows(answer)} == expected


# A number and what stands behind it


def test_the_list_of_articles_has_as_many_rows_as_the_count(week, rows):
    for number in range(30):
        day = 20 + number % 10
        topic = "relations" if number % 3 else None
        week.article(f"x{number}", "alpha", f"2017-05-{day}", topic=topic, lead=number % 2 == 0, backlog=day < 22)
    week.article("u", "alpha", None, fetched="2017-05-24", topic="relations")
    for asked in ({}, {"scope": "all"}, {"backlog": True}, {"sources": ("beta",)}, {"since": "2017-05-24"}):
        counted = sum(row["articles"] or 0 for row in rows(week.ask("coverage", topic="relations", **asked)))
        assert week.ask("articles", topic="relations", **asked).table.num_rows == counted


def test_evidence_shows_rule_field_offsets_and_words_of_the_revision(week, rows):
    week.article("x", "alpha", "2017-05-23", title="🚀 Élysée and Moscow", topic="relations")
    match = week.rows["matches"].pop()
    evidence = (type(match.evidence[0])("elysee", "any/0", "title", 2, 8, "Élysée"),)
    week.rows["matches"].append(type(match)(**{f: getattr(match, f) for f in match.__slots__} | {"evidence": evidence}))
    [row] = rows(week.ask("evidence", topic="relations"))
    assert (row["rule"], row["concept"], row["field"], row["start"], row["end"]) == ("any/0", "elysee", "title", 2, 8)
    assert (row["words"], row["context"]) == ("Élysée", "🚀 [Élysée] and Moscow")
    assert row["url"] == "https://x.example/x"


def test_figures_on_a_topic_are_called_uncorrected_matches(week):
    answer = week.ask("coverage", topic="relations")
    assert any(note.startswith("Uncorrected matches") for note in answer.notes)
    assert any(note.startswith("Scope lead") for note in answer.notes)


def test_articles_that_the_active_topics_never_saw_are_no_silent_zero(week, rows):
    week.article("x", "alpha", "2017-05-23", topic="relations")
    week.write()
    week.run = "run-2"
    week.topic("relations", "fr", "en", version="topics-2")
    week.finish_run("2017-05-30", version="topics-2")
    answer = week.ask("coverage", topic="relations")
    assert sum(by_bucket(rows, answer).values()) == 0
    assert answer.notes[0].startswith("Not evaluated under the active version of the topics: 1 article of the days looked at")
