"""Random histories of a dataset for tests of its storage: everything that may come, also in an order that it should not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from builders import at

from vigie.queries import open_dataset
from vigie.schemas import (
    Article,
    DateQuality,
    DateSource,
    EntryKey,
    Evidence,
    Failure,
    FetchOutcome,
    FetchRecord,
    Match,
    Mention,
    RawDocument,
    RunManifest,
    Sighting,
)
from vigie.storage import Dataset
from vigie.storage.evaluations import record_evaluations

#: Views whose rows a compaction must leave as they are, and what it may change in them.
COMPARED = (
    "articles", "article_revisions", "first_revisions", "sightings", "matches", "mentions", "fetches", "coverage",
    "coverage_spans", "failures", "raw", "runs", "evaluations",
)  # fmt: skip
VERSION = "topics-1"


def figures(data: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all views, in columns by name."""
    found = {}
    with open_dataset(data) as con:
        for view in COMPARED:
            names = sorted(name for (name,) in con.execute(f"SELECT column_name FROM (DESCRIBE {view})").fetchall())
            if without:
                names = [name for name in names if name not in {"run_id", "matched_at", "file"}]
            if view not in without:
                columns = ", ".join(f'"{name}"' for name in names)
                found[view] = con.execute(f"SELECT {columns} FROM {view} ORDER BY ALL").fetchall()
    return found


def tell_story(dataset: Dataset, chance: random.Random, *, run: int) -> None:
    """One run over a few articles and feeds, at any time of three months: rows come late, twice, or without their article."""
    run_id = f"run-{chance.choice([run, max(0, run - 1)])}"
    articles = [make_article(chance, run_id) for _ in range(chance.randint(1, 12))]
    articles += chance.sample(articles, k=chance.randint(0, len(articles)))  # written twice
    found = [*articles, *(make_article(chance, run_id) for _ in range(2))]  # killed before their articles were written
    fetches = [_fetch(chance, run_id) for _ in range(chance.randint(0, 12))]
    dataset.write("raw", [_raw(row) for row in fetches if chance.random() < 0.5], run_id=run_id)
    dataset.write("failures", [_failure(row) for row in fetches if chance.random() < 0.3], run_id=run_id)
    dataset.write("mentions", [_mention(chance, row, run_id) for row in found], run_id=run_id)
    dataset.write("matches", [make_match(chance, row, run_id) for row in found], run_id=run_id)
    sighted = [Sighting(row.article_id, row.feed_id, row.source_id, row.fetched_at, run_id) for row in found]
    dataset.write("sightings", sighted, run_id=run_id)
    files = dataset.write("articles", articles, run_id=run_id)
    if chance.random() < 0.7:
        record_evaluations(dataset, files, VERSION, run_id=run_id, at=at(run))
    dataset.write("fetches", fetches, run_id=run_id)
    manifest = RunManifest(run_id, "ingest", "0", 1, VERSION, "s", "none", at(run), at(run + 1), (), ())
    dataset.write("runs", [manifest], run_id=run_id)


def _moment(chance: random.Random) -> datetime:
    return datetime(2024, 1, 25, tzinfo=UTC) + timedelta(hours=6 * chance.randint(0, 200))


def make_article(chance: random.Random, run_id: str) -> Article:
    """One of a few articles, in one of three readings, seen and published at any time."""
    number, reading, moment, part = (
        chance.randint(0, 15),
        chance.choice("abc"),
        _moment(chance),
        chance.choice(["all", "front"]),
    )
    chance = random.Random(f"{number} {reading} {moment} {part}")  # what is read twice reads alike
    published = chance.choice([_moment(chance), _moment(chance), None])
    marked = random.Random(f"{published} {run_id}").random() < 0.7  # else written again: its feed is known to begin earlier
    return Article(
        article_id=f"article-{number}", revision_hash=reading, source_id=f"source-{number % 3}", guid="",
        url=f"https://x.example/{number}", canonical_url=f"http://x.example/{number}", title=f"Title {reading}", text="",
        text_words=2, authors=("A. Writer",), published_at=published,
        date_source=DateSource.PUBLISHED if published else DateSource.NONE,
        date_quality=DateQuality.OK if published else DateQuality.MISSING, date_raw="", first_published_at=published,
        fetched_at=moment, backlog=number % 2 == 0 and marked, declared_language="", language=chance.choice(["fr", "en"]),
        language_confidence=1.0, links=(), fingerprint=(), feed_id=f"source-{number % 3}/{part}",
        origin="file", run_id=run_id,
    )  # fmt: skip


def _copied(row: Article, run_id: str) -> dict[str, Any]:
    hour = int(row.published_at.timestamp()) // 3600 if row.published_at else None
    return {
        "source_id": row.source_id, "language": row.language, "first_published_at": row.published_at,
        "published_hour": hour, "backlog": row.backlog, "fetched_at": row.fetched_at, "run_id": run_id,
    }  # fmt: skip


def _mention(chance: random.Random, row: Article, run_id: str) -> Mention:
    concept = chance.choice(["paris", "moscow"])
    return Mention(
        row.article_id, row.revision_hash, concept, "title", 0, 5, True, topics_version=VERSION, **_copied(row, run_id)
    )


def make_match(chance: random.Random, row: Article, run_id: str) -> Match:
    """One of two topics found in an article, mostly under the newer version."""
    evidence = (Evidence("paris", "any", "title", 0, 5, "Title"),)
    version = chance.choice([VERSION, VERSION, "topics-0"])
    topic = chance.choice(["relations", "else"])
    return Match(
        row.article_id, row.revision_hash, topic, version, 1.0, True, row.fetched_at, evidence=evidence, **_copied(row, run_id)
    )


def _fetch(chance: random.Random, run_id: str) -> FetchRecord:
    source, moment = f"source-{chance.randint(0, 2)}", _moment(chance)
    chance = random.Random(f"{source} {moment} {run_id}")
    outcome = chance.choice([*FetchOutcome, FetchOutcome.OK, FetchOutcome.NOT_MODIFIED])
    keys = tuple(EntryKey(f"article-{n}", "a") for n in range(chance.randint(0, 3)))
    return FetchRecord(
        feed_id=f"{source}/all", source_id=source, url="https://x.example/rss", run_id=run_id, vantage="local", origin="poll",
        planned_at=None, started_at=moment, duration=0.1, outcome=outcome, status=200, final_url="", unconditional=True,
        etag=f"{moment:%j%H}", last_modified="", retry_after=None, body_hash=f"{moment:%j%H}", bytes=1, entries=0, new=0,
        revised=0, known=0, failed=0, anchor="", anchor_present=chance.choice([True, False, None]), first_polled_at=moment,
        entry_keys=keys, last_new_at=chance.choice([moment, None]), interval=None, next_poll_at=None, failures_in_a_row=0,
        error="",
    )  # fmt: skip


def _raw(row: FetchRecord) -> RawDocument:
    return RawDocument(
        row.feed_id, row.source_id, row.started_at, row.url, row.url, 200, "local", "poll", (), row.body_hash, b"<rss/>",
        row.run_id,
    )  # fmt: skip


def _failure(row: FetchRecord) -> Failure:
    return Failure("fetch", row.feed_id, row.source_id, row.url, "bad", "bad", "", row.started_at, row.run_id)
