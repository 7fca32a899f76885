"""The catalogue: what was written twice counts once, and what is not committed is not seen."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from vigie.queries import audit
from vigie.schemas import TABLES, Claim, Override, Verdict


def column(con: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return [row[0] for row in con.execute(sql).fetchall()]


def test_a_poll_written_by_two_runs_is_one_row_as_it_was_first_written(dataset):
    dataset.poll("alpha/all", "2017-05-22", entries=2, new=2)
    dataset.run = "run-2"
    dataset.poll("alpha/all", "2017-05-22", entries=2, known=2)
    dataset.poll("alpha/all", "2017-05-22", vantage="berlin")
    con = dataset.open()
    assert con.execute("SELECT vantage, new, known FROM fetches ORDER BY vantage").fetchall() == [
        ("berlin", 0, 0),
        ("local", 2, 0),
    ]


def test_a_headline_that_is_changed_and_changed_back_has_three_revisions(dataset):
    for day, revision in (("22", "a"), ("23", "a"), ("24", "b"), ("25", "b"), ("26", "a")):
        dataset.article("x", "alpha", "2017-05-22", fetched=f"2017-05-{day}", revision=revision)
    con = dataset.open()
    assert column(con, "SELECT revision_hash FROM article_revisions ORDER BY revision") == ["a", "b", "a"]
    assert con.execute("SELECT revision_hash, revisions FROM articles").fetchall() == [("a", 3)]


def test_the_same_input_twice_changes_no_row_of_any_view(dataset):
    def write(run: str) -> None:
        dataset.run = run
        dataset.poll("alpha/all", "2017-05-22", entries=3, new=1, revised=1, failed=1)
        dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris")
        dataset.article("x", "alpha", "2017-05-22", fetched="2017-05-23", revision="b", topic="relations")
        dataset.failure("alpha/all", "2017-05-22")

    views = ("fetches", "articles", "article_revisions", "sightings", "mentions", "matches", "failures", "coverage")
    write("run-1")
    dataset.finish_run("2017-05-23")
    once = [dataset.open().execute(f"FROM {view} ORDER BY ALL").fetchall() for view in views]
    write("run-2")
    dataset.finish_run("2017-05-24")
    twice = [dataset.open().execute(f"FROM {view} ORDER BY ALL").fetchall() for view in views]
    assert twice == once
    assert all(once[:-1])


def test_an_article_is_its_latest_revision_with_the_date_and_backlog_of_its_first(dataset):
    dataset.article("x", "alpha", "2017-05-20", fetched="2017-05-22", title="Old", backlog=True)
    dataset.article("x", "alpha", "2017-05-25", fetched="2017-05-26", title="New", revision="b")
    [row] = (
        dataset.open()
        .execute(
            "SELECT title, first_published_at::DATE::VARCHAR, backlog, first_fetched_at::DATE::VARCHAR, revisions FROM articles"
        )
        .fetchall()
    )
    assert row == ("New", "2017-05-20", True, "2017-05-22", 2)


def test_one_article_in_three_sections_is_one_article_with_three_sightings(dataset):
    for feed in ("alpha/front", "alpha/world", "alpha/politics"):
        dataset.article("x", "alpha", "2017-05-22", feed_id=feed)
    con = dataset.open()
    assert column(con, "SELECT count(*) FROM articles") == [1]
    assert column(con, "SELECT feed_id FROM sightings ORDER BY 1") == ["alpha/front", "alpha/politics", "alpha/world"]


def test_a_sighting_is_the_first_of_an_article_in_a_feed(dataset):
    dataset.article("x", "alpha", "2017-05-22", fetched="2017-05-23")
    dataset.article("x", "alpha", "2017-05-22", fetched="2017-05-22")
    assert column(dataset.open(), "SELECT first_seen::DATE::VARCHAR FROM sightings") == ["2017-05-22"]


def test_matches_and_mentions_of_a_revision_that_is_not_committed_are_not_seen(dataset):
    dataset.finish_run("2017-05-22")
    dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris")
    dataset.article("x", "alpha", "2017-05-22", revision="b", topic="relations", concept="paris", committed=False)
    dataset.article("y", "alpha", "2017-05-22", topic="relations", concept="paris", committed=False)
    con = dataset.open()
    for view in ("matches", "mentions"):
        assert con.execute(f"SELECT article_id, revision_hash FROM {view}").fetchall() == [("x", "a")]


def test_a_match_bears_the_date_and_backlog_of_the_first_revision(dataset):
    dataset.finish_run("2017-05-22")
    dataset.article("x", "alpha", "2017-05-20 10:00", fetched="2017-05-22", backlog=True)
    dataset.article("x", "alpha", "2017-05-25", fetched="2017-05-26", revision="b", topic="relations")
    [row] = dataset.open().execute("SELECT published_hour * 3600 = epoch(first_published_at), backlog FROM matches").fetchall()
    assert row == (True, True)
    assert column(dataset.open(), "SELECT first_published_at::VARCHAR FROM matches") == ["2017-05-20 10:00:00+00"]


def test_only_the_topics_version_of_the_latest_run_counts(dataset):
    dataset.finish_run("2017-05-22", version="v1")
    dataset.article("x", "alpha", "2017-05-22", topic="relations", version="v1")
    dataset.article("y", "alpha", "2017-05-22", topic="relations", version="v1")
    dataset.run = "run-2"
    dataset.article("x", "alpha", "2017-05-22", topic="relations", version="v2")
    assert column(dataset.open(), "SELECT article_id FROM matches ORDER BY 1") == ["x", "y"]  # run-2 has not finished
    dataset.finish_run("2017-05-23", version="v2")
    assert dataset.open().execute("SELECT article_id, topics_version FROM matches").fetchall() == [("x", "v2")]


def test_failures_reported_by_two_runs_are_one_and_two_failures_are_two(dataset):
    for run in ("run-1", "run-2"):
        dataset.run = run
        dataset.failure("alpha/all", "2017-05-22", key="one")
        dataset.failure("alpha/all", "2017-05-22", key="two")
    assert column(dataset.open(), "SELECT key FROM failures ORDER BY 1") == ["one", "two"]


def test_a_source_is_as_the_latest_registry_has_it_and_one_that_left_is_kept(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.source("alpha", country="FR")
    dataset.source("beta", country="DE")
    dataset.write()
    dataset.source("alpha", country="BE")
    con = dataset.open()
    assert con.execute("SELECT source_id, country FROM sources ORDER BY 1").fetchall() == [("alpha", "BE"), ("beta", "DE")]


def test_views_over_no_file_are_empty_and_have_the_columns_of_their_tables(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    con = dataset.open()
    for table in TABLES.values():
        # Large, a view of their own, or true of no row: they are in the schema `stored`.
        hidden = {"body", "feeds", "definition", "superseded"}
        names = column(con, f"SELECT column_name FROM (DESCRIBE {table.name})")
        assert set(table.schema.names) - hidden <= set(names)
        if table.name != "fetches":
            assert column(con, f"SELECT count(*) FROM {table.name}") == [0]
    assert column(con, "SELECT typeof(evidence) FROM matches") == []
    [kind] = column(con, "SELECT column_type FROM (DESCRIBE matches) WHERE column_name = 'evidence'")
    assert kind.startswith("STRUCT(concept VARCHAR")


def test_every_view_of_the_catalogue_says_what_it_is(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    undocumented = column(
        dataset.open(),
        """
        SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND comment IS NULL
        UNION ALL SELECT table_name FROM duckdb_tables() WHERE comment IS NULL
        """,
    )
    assert undocumented == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_asked_of_some_days_alone_the_output_is_what_filtering_all_of_it_gives(dataset, zone):
    for number in range(60):
        published = f"2017-05-{18 + number % 12} {number % 24:02}:{number % 2 * 40:02}"
        topic = "relations" if number % 3 else None
        dataset.article(f"x{number}", "alpha", published, fetched=f"2017-05-{18 + number % 12 + number % 2} 23:59", topic=topic)
    dataset.article("ahead", "alpha", "2017-05-24 20:00", fetched="2017-05-23 20:30", quality="ahead", topic="relations")
    dataset.article("undated", "alpha", None, fetched="2017-05-24", topic="relations")
    dataset.article("late", "alpha", "2017-05-24", fetched="2017-07-24", topic="relations")
    dataset.finish_run("2017-06-01")
    con = dataset.open()
    days = "DATE '2017-05-22' AND DATE '2017-05-25'"
    asked = f"'relations', NULL, 'lead', '{zone}'"
    every = f"SELECT article_id, on_topic FROM output_of({asked}) WHERE coalesce(day, seen_day) BETWEEN {days} ORDER BY ALL"
    bounds = "first_day := DATE '2017-05-22', last_day := DATE '2017-05-25'"
    some = f"SELECT article_id, on_topic FROM output_of({asked}, {bounds}) ORDER BY ALL"
    found = con.execute(some).fetchall()
    assert found == con.execute(every).fetchall()
    assert {"ahead", "undated", "late"} <= {article for article, _ in found}
    hits = f"SELECT article_id FROM topic_hits('lead', zone := '{zone}', {bounds}) WHERE topic_id = 'relations' ORDER BY ALL"
    assert column(con, hits) == [article for article, on_topic in found if on_topic]


def test_audits_find_nothing_in_a_sound_dataset(dataset):
    dataset.finish_run("2017-05-23")
    dataset.poll("alpha/all", "2017-05-22", entries=4, new=1, revised=1, known=1, failed=1)
    dataset.failure("alpha/all", "2017-05-22")
    dataset.article("x", "alpha", "2017-05-22", topic="relations")
    dataset.article("x", "alpha", "2017-05-22", fetched="2017-05-23", revision="b", topic="relations")
    assert audit(dataset.open()) == {}


def test_audits_find_what_contradicts_itself(dataset):
    dataset.source("alpha", control=(Claim("FR"), Claim("RU", date(2017, 5, 1))))
    dataset.topic("relations")
    dataset.watch("alpha/all", "2017-05-22", "2017-05-23")
    dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris")
    dataset.article("y", "alpha", "2017-05-22", topic="unheard-of")
    late = datetime(2017, 5, 30, tzinfo=UTC)
    for table, change in (("matches", {"language": "ru"}), ("mentions", {"end": 999}), ("sightings", {"first_seen": late})):
        dataset.rows[table][0] = dataclasses.replace(dataset.rows[table][0], **change)
    dataset.rows["overrides"].append(Override("nobody", "relations", Verdict.ADD, "why", "me", date(2017, 6, 1)))
    assert set(audit(dataset.open())) == {
        "claims_hold_one_at_a_time", "copied_columns_agree", "matches_name_known_topics", "mentions_lie_in_their_text",
        "overrides_name_stored_articles", "sightings_begin_with_the_first_revision",
    }  # fmt: skip


def test_audits_find_an_entry_that_vanished_and_evidence_that_does_not_slice(dataset):
    dataset.finish_run("2017-05-23")
    dataset.poll("alpha/all", "2017-05-22", entries=5, new=1, failed=1)
    dataset.article("x", "alpha", "2017-05-22", topic="relations")
    dataset.article("x", "alpha", "2017-05-22", title="Else", topic=None)
    dataset.rows["articles"].pop(0)
    found = audit(dataset.open())
    assert set(found) == {"ledger_balances", "failed_entries_have_reasons", "evidence_slices"}


@pytest.mark.parametrize("zone", ["Europe/Paris", "Atlantic/Azores", "America/Havana", "Asia/Beirut", "America/Sao_Paulo"])
def test_a_day_starts_with_its_first_moment_also_where_clocks_change_at_midnight(dataset, zone):
    dataset.watch("alpha/all", "2017-05-22", "2017-05-29")
    wrong = dataset.open().execute(
        """
        SELECT day FROM (SELECT CAST(unnest(range(DATE '2017-01-01', DATE '2026-12-31', INTERVAL 1 DAY)) AS DATE) AS day)
        WHERE local_day(day_start(day, $zone), $zone) <> day
            OR local_day(day_start(day, $zone) - INTERVAL 1 MICROSECOND, $zone) >= day
        """,
        {"zone": zone},
    ).fetchall()  # fmt: skip
    assert wrong == []
