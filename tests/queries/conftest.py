"""Datasets for the tests of SQL: rows in as dataclasses, written as a pipeline lays them out."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from vigie.queries import Answer, Parameters, ask, open_dataset
from vigie.schemas import (
    FORMAT_VERSION,
    TABLES,
    Article,
    Claim,
    DateQuality,
    DateSource,
    Evidence,
    Failure,
    FetchOutcome,
    FetchRecord,
    Match,
    Mention,
    RunManifest,
    Sighting,
    Source,
    TopicRecord,
)
from vigie.schemas.arrow import to_table

VERSION = "topics-1"


def at(text: str) -> datetime:
    """A moment in UTC, from `2017-05-22` or `2017-05-22 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class DatasetBuilder:
    """Collects rows and writes them in the layout of a dataset."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.rows: dict[str, list[Any]] = defaultdict(list)
        self.files = 0
        self.run = "run-1"

    def source(self, source_id: str, *languages: str, country: str = "FR", control: Iterable[Claim] = (), **more: Any) -> None:
        self.rows["sources"].append(
            Source(source_id, source_id.title(), languages=languages or ("fr",), country=country,
                   controlling_state=tuple(control), **more)
        )  # fmt: skip

    def topic(self, topic_id: str = "relations", *languages: str, version: str = VERSION) -> None:
        self.rows["topics"].append(
            TopicRecord(version, topic_id, topic_id.title(), "", languages or ("fr", "en"), ("paris", "moscow"), "")
        )

    def poll(self, feed_id: str, when: str, outcome: str = "ok", *, anchor: bool | None = True, **more: Any) -> FetchRecord:
        record = FetchRecord(
            feed_id=feed_id, source_id=feed_id.split("/", maxsplit=1)[0], url=f"https://{feed_id}.example/rss", run_id=self.run,
            vantage="local", origin="file", planned_at=None, started_at=at(when), duration=0.1,
            outcome=FetchOutcome(outcome), status=200, final_url="", unconditional=True, etag="", last_modified="",
            retry_after=None, body_hash="", bytes=0, entries=0, new=0, revised=0, known=0, failed=0, anchor="",
            anchor_present=anchor, first_polled_at=at(when), entry_keys=(), last_new_at=None, interval=None,
            next_poll_at=None, failures_in_a_row=0, error="",
        )  # fmt: skip
        record = dataclasses.replace(record, **more)
        self.rows["fetches"].append(record)
        return record

    def watch(self, feed_id: str, first: str, last: str) -> None:
        """Poll a feed each midnight from one day to another, so that each day between them is covered."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.poll(feed_id, day.isoformat())
            day += timedelta(days=1)

    def article(
        self,
        article_id: str,
        source_id: str,
        published: str | None,
        *,
        fetched: str | None = None,
        topic: str | None = None,
        concept: str | None = None,
        lead: bool = True,
        title: str = "Paris and Moscow",
        text: str = "",
        language: str = "fr",
        backlog: bool = False,
        quality: str = "ok",
        revision: str = "a",
        version: str = VERSION,
        committed: bool = True,
        **more: Any,
    ) -> Article:
        """One revision of an article, seen when it was published unless said otherwise; with a match or mention, if asked."""
        seen = at(fetched or published or "")
        when = at(published) if published else None
        hour = int(when.timestamp()) // 3600 if when else None
        article = Article(
            article_id=article_id, revision_hash=revision, source_id=source_id, guid="", url=f"https://x.example/{article_id}",
            canonical_url="", title=title, text=text, text_words=3, authors=(), published_at=when,
            date_source=DateSource.PUBLISHED if when else DateSource.NONE,
            date_quality=DateQuality(quality if when else "missing"), date_raw="", first_published_at=when, fetched_at=seen,
            backlog=backlog, declared_language="", language=language, language_confidence=1.0, links=(), fingerprint=(),
            feed_id=f"{source_id}/all", origin="file", run_id=self.run,
        )  # fmt: skip
        article = dataclasses.replace(article, **more)
        if committed:
            self.rows["articles"].append(article)
            self.rows["sightings"].append(Sighting(article_id, article.feed_id, source_id, seen, self.run))
        copied = {
            "source_id": source_id, "language": language, "first_published_at": when, "published_hour": hour,
            "backlog": backlog, "fetched_at": seen, "run_id": self.run,
        }  # fmt: skip
        end = len(title.split(maxsplit=1)[0])
        if topic is not None:
            evidence = (Evidence("paris", "any", "title", 0, end, title[:end]),)
            self.rows["matches"].append(
                Match(article_id, revision, topic, version, 1.0, lead, seen, evidence=evidence, **copied)
            )
        if concept is not None:
            self.rows["mentions"].append(
                Mention(article_id, revision, concept, "title", 0, end, lead, topics_version=version, **copied)
            )
        return article

    def failure(self, feed_id: str, when: str, key: str = "x") -> None:
        source_id = feed_id.split("/", maxsplit=1)[0]
        self.rows["failures"].append(Failure("parse", feed_id, source_id, key, "Bad", "bad", "", at(when), self.run))

    def finish_run(self, when: str, version: str = VERSION) -> None:
        """Write the manifest of the run under way."""
        self.rows["runs"].append(
            RunManifest(self.run, "ingest", "0", FORMAT_VERSION, version, "s", "none", at(when), at(when), (), ())
        )

    def write(self, *, format_version: int = FORMAT_VERSION) -> Path:
        """Write what was collected since the last call, a file for each table and day."""
        for name, rows in self.rows.items():
            table = TABLES[name]
            groups: dict[str, list[Any]] = defaultdict(list)
            for row in rows:
                by_day = table.partition_field
                groups[f"date={getattr(row, by_day).date()}" if by_day else ""].append(row)
            for folder, members in groups.items():
                self.files += 1
                path = self.root / name / folder / f"{self.files:05d}-v.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                content = to_table(table.row, members).replace_schema_metadata({"vigie.format_version": str(format_version)})
                pq.write_table(content, path, compression="zstd")
        self.rows.clear()
        return self.root

    def open(self) -> duckdb.DuckDBPyConnection:
        """Write and open."""
        return open_dataset(self.write())

    def ask(self, question: str, **parameters: Any) -> Answer:
        """Write, open and ask; dates may be given as text."""
        for name in ("since", "until"):
            if name in parameters:
                parameters[name] = date.fromisoformat(parameters[name])
        return ask(self.open(), question, Parameters(**parameters))


@pytest.fixture
def dataset(tmp_path: Path) -> DatasetBuilder:
    """An empty dataset, to be filled."""
    return DatasetBuilder(tmp_path / "data")


@pytest.fixture(scope="session")
def new_dataset(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], DatasetBuilder]:
    """Makes empty datasets for fixtures that several tests share."""
    return lambda: DatasetBuilder(tmp_path_factory.mktemp("dataset") / "data")


@pytest.fixture
def rows() -> Callable[..., list[dict[str, Any]]]:
    """Rows of an answer as dictionaries, of some columns if named."""

    def take(answer: Answer, *columns: str) -> list[dict[str, Any]]:
        table = answer.table.select(list(columns)) if columns else answer.table
        return table.to_pylist()

    return take
