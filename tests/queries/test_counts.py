"""Counts that compaction keeps are those of single articles: random histories, any zone, compacted at any point."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import at
from runs import Clock
from stories import VERSION, make_article, make_match, tell_story

from vigie.pipelines.compact import compact
from vigie.queries import open_dataset
from vigie.queries.keeping import keep_homes, keep_runs
from vigie.schemas import Article, Match, Override, Removal, RunManifest, Verdict
from vigie.storage import Dataset

#: Whole hours, half hours, quarters, clocks that change by half an hour, and at midnight.
_ZONES = ("UTC", "Europe/Paris", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Beirut")
_DAYS = (date(2023, 12, 20), date(2024, 4, 10))

_PLAIN_COUNTS = """
    SELECT source_id, language, backlog, day, CASE WHEN day IS NULL THEN seen_day END AS seen_day,
           count(*) AS output, count(*) FILTER (on_topic) AS articles
    FROM output_of($topic, $concept, $scope, $zone, with_overrides := $overrides, first_day := $first, last_day := $last)
    GROUP BY ALL ORDER BY ALL
"""
_KEPT_COUNTS = """
    SELECT source_id, language, backlog, day, seen_day, output, articles
    FROM counts_of($topic, $concept, $scope, $zone, $first, $last, with_overrides := $overrides) ORDER BY ALL
"""
_PLAIN_TOPICS = """
    SELECT h.topic_id, f.source_id, f.language, f.backlog, local_day(f.first_published_at, $zone) AS day, count(*) AS articles
    FROM topic_hits($scope, with_overrides := $overrides, zone := $zone, first_day := $first, last_day := $last) AS h
    JOIN first_revisions AS f ON f.article_id = h.article_id
    WHERE local_day(f.first_published_at, $zone) BETWEEN $first AND $last
    GROUP BY ALL ORDER BY ALL
"""
_KEPT_TOPICS = """
    SELECT topic_id, source_id, language, backlog, day, articles
    FROM topic_counts($scope, $zone, $first, $last, with_overrides := $overrides) WHERE day IS NOT NULL ORDER BY ALL
"""


def _history(root: Path, seed: int) -> Dataset:
    """Runs in any order, with compactions between some of them; coders decide, and texts are removed."""
    chance, dataset = random.Random(seed), Dataset(root)
    for number in range(chance.randint(2, 5)):
        tell_story(dataset, chance, run=number)
        if chance.random() < 0.4:
            forgotten = Removal(f"article-{chance.randint(0, 15)}", "", "asked by its author", at(number))
            dataset.write("removals", [forgotten], run_id=f"run-{number}")
        if chance.random() < 0.5:
            compact(dataset, clock=Clock(datetime(2026, 2, number + 1, tzinfo=UTC)))
    return dataset


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return con.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql}).fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_single_articles(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    dataset = _history(tmp_path / "data", seed)
    with open_dataset(dataset.root) as con:
        articles = [row[0] for row in con.execute("SELECT article_id FROM articles ORDER BY ALL").fetchall()]
        topics = [row[0] for row in con.execute("SELECT DISTINCT topic_id FROM matches ORDER BY ALL").fetchall()]
        concepts = [row[0] for row in con.execute("SELECT DISTINCT concept FROM mentions ORDER BY ALL").fetchall()]
    verdicts = [
        Override(article, topics[0], chance.choice(list(Verdict)), "read again", "coder", date(2024, 5, 1))
        for article in chance.sample(articles, k=min(4, len(articles)))
    ]
    dataset.write_version("overrides", verdicts, version="v1", at=at(1))
    asked = [(None, None), (topics[0], None), (None, concepts[0])]
    found = 0
    with open_dataset(dataset.root) as con:
        for zone in _ZONES:
            last = _DAYS[1] - timedelta(days=chance.randint(0, 60))
            values: dict[str, Any] = {"zone": zone, "first": _DAYS[0], "last": last, "scope": chance.choice(["lead", "all"])}
            for overrides in (False, True):
                values["overrides"] = overrides
                assert _rows(con, _KEPT_TOPICS, values) == _rows(con, _PLAIN_TOPICS, values), (zone, values)
                for topic, concept in asked:
                    values |= {"topic": topic, "concept": concept}
                    expected = _rows(con, _PLAIN_COUNTS, values)
                    assert _rows(con, _KEPT_COUNTS, values) == expected, (zone, values)
                    found += len(expected)
            _compare_days(con, zone, _DAYS[0] - timedelta(days=chance.randint(0, 200)), last)
            keep_runs(con, zone)
            _compare_days(con, zone, _DAYS[0] - timedelta(days=chance.randint(0, 200)), last)
        for zone in _ZONES:  # More than are kept.
            _compare_days(con, zone, *_DAYS)
    assert found > 0


def _compare_days(con: duckdb.DuckDBPyConnection, zone: str, first: date, last: date) -> None:
    """See that days that are kept are those that polls tell, and so are a period's days, of sources nobody polled too."""
    worked = con.execute("FROM worked_days($1)", [zone]).fetchall()
    assert sorted(con.execute("FROM source_days($1)", [zone]).fetchall()) == sorted(worked), zone
    states = {(source, day): state for source, day, state in worked}
    sources = [*sorted({source for source, _, _ in worked})[:2], "nobody"]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    expected = [(source, day, states.get((source, day), "unknown")) for source in sources for day in days]
    sql = "SELECT source_id, day, state FROM asked_days($sources, $first, $last, $zone)"
    values = {"sources": sources, "first": first, "last": last, "zone": zone}
    assert sorted(con.execute(sql, values).fetchall()) == sorted(expected), zone


def _seen(article_id: str, fetched_at: datetime, published_at: datetime) -> tuple[Article, Match]:
    """An article that was seen once, and the topic found in it."""
    chance = random.Random(1)
    article = replace(
        make_article(chance, "run"), article_id=article_id, fetched_at=fetched_at, published_at=published_at, source_id="outlet"
    )
    match = make_match(chance, article, "run")
    return article, replace(match, topic_id="relations", topics_version=VERSION, first_published_at=published_at)


def _write(dataset: Dataset, articles: list[Article], matches: list[Match], day: int) -> None:
    """One run, and a compaction after it."""
    dataset.write("matches", matches, run_id=f"run-{day}")
    dataset.write("articles", articles, run_id=f"run-{day}")
    dataset.write(
        "runs", [RunManifest(f"run-{day}", "ingest", "0", 1, VERSION, "s", "none", at(1), at(2), (), ())], run_id="run"
    )
    compact(dataset, clock=Clock(datetime(2026, 2, day, tzinfo=UTC)))


def _since(data: Path, first: date) -> tuple[str, int]:
    """The earliest month whose counts can be left out, and how many articles on the topic there are from a day on."""
    values = {"zone": "UTC", "first": first, "last": date(2024, 4, 30), "scope": "all", "overrides": False}
    with open_dataset(data) as con:
        kept = _rows(con, _KEPT_TOPICS, values)
        assert kept == _rows(con, _PLAIN_TOPICS, values)
        [(month,)] = con.execute("SELECT min(month) FROM tail.settled_hits").fetchall()
    return month, sum(row[-1] for row in kept)


def _found_since(data: Path, first: date) -> tuple[str, int, int]:
    """Until when articles at home in January 2024 were first seen, and what is found from a day on: matches and texts."""
    with open_dataset(data) as con:
        keep_homes(con)
        [(home, matches, texts)] = con.execute(
            "SELECT home_until('2024-01'), (SELECT count(*) FROM matches_since($1, 'UTC')),"
            " (SELECT count(*) FROM texts_since($1, 'UTC'))",
            [first],
        ).fetchall()
        named = "(SELECT list(article_id) FROM texts_since($1, 'UTC'))"
        assert con.execute(f"SELECT count(*) FROM revisions_of({named}, $1, 'UTC')", [first]).fetchall() == [(texts,)]
        assert not con.execute("FROM revisions_of(['another'], $1, 'UTC')", [first]).fetchall()
        return home, matches, texts


def test_counts_of_months_before_a_period_are_left_out_but_for_what_is_dated_a_day_later(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "data")
    evening, next_day = datetime(2024, 1, 31, 23, tzinfo=UTC), datetime(2024, 2, 1, 22, tzinfo=UTC)
    rows = [
        _seen("early", datetime(2024, 1, 9, tzinfo=UTC), datetime(2024, 1, 8, tzinfo=UTC)),
        _seen("dated on", evening, next_day),
    ]
    rows.append(_seen("later", datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 5, tzinfo=UTC)))
    _write(dataset, [article for article, _ in rows], [match for _, match in rows], 1)
    assert _since(dataset.root, date(2024, 2, 1)) == ("2024-01", 2)
    assert _since(dataset.root, date(2024, 3, 1)) == ("2024-01", 1)
    assert _found_since(dataset.root, date(2024, 2, 1)) == ("2024-01", 2, 2)


def test_folders_above_a_dataset_are_no_part_of_its_counts(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "language=xx" / "month=2001-01" / "données [1]" / "data")
    day = datetime(2024, 3, 5, tzinfo=UTC)
    article, match = _seen("one", day, day)
    _write(dataset, [article], [match], 1)
    assert _since(dataset.root, date(2024, 3, 1)) == ("2024-03", 1)


def test_no_month_is_left_out_where_an_article_lies_in_one_before_its_own(tmp_path: Path) -> None:
    # A run was killed between the topics it had found and their article, which came two months later, in other words.
    dataset = Dataset(tmp_path / "data")
    _, orphan = _seen("late", datetime(2024, 1, 9, tzinfo=UTC), datetime(2024, 1, 8, tzinfo=UTC))
    other = _seen("early", datetime(2024, 1, 9, tzinfo=UTC), datetime(2024, 1, 8, tzinfo=UTC))
    _write(dataset, [other[0]], [other[1], replace(orphan, revision_hash="older")], 1)
    article, match = _seen("late", datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 3, 5, tzinfo=UTC))
    _write(dataset, [article], [match], 2)
    assert _since(dataset.root, date(2024, 3, 1)) == ("9999-12", 1)
    assert _found_since(dataset.root, date(2024, 3, 1)) == ("2024-03", 1, 1)
