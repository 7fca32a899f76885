"""Read stored articles back, some at a time: memory does not grow with a file's or a dataset's size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vigie.schemas.arrow import plain_rows
from vigie.storage.connection import utc_connection
from vigie.storage.dataset import Dataset
from vigie.urls import canonicalise

__all__ = ["FirstRevision", "StoredArticle", "articles_of", "known_articles", "read_articles", "read_first_revisions"]

#: Articles held at a time.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What evaluating an article revision needs of its row in table `articles`."""

    article_id: str
    revision_hash: str
    source_id: str
    title: str
    text: str
    language: str
    first_published_at: datetime | None
    backlog: bool
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class FirstRevision:
    """An article as it was first seen, which is what figures count."""

    article_id: str
    source_id: str
    url: str
    title: str
    text: str
    language: str
    backlog: bool
    #: Local day of publication; None: undated.
    day: date | None


_COLUMNS = list(StoredArticle.__dataclass_fields__)

# The order is that of the view first_revisions; texts are read only where they are asked for.
_FIRST = """
    WITH first AS (
        SELECT article_id, revision_hash, fetched_at, feed_id, run_id, backlog,
               CAST(first_published_at AT TIME ZONE $tz AS DATE) AS day, CAST(fetched_at AT TIME ZONE $tz AS DATE) AS seen_day
        FROM rows_of($files)
        QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id) = 1
    )
    SELECT a.article_id, a.source_id, a.url, a.title, a.text, a.language, f.backlog, f.day
    FROM rows_of($files) AS a
    JOIN first AS f USING (article_id, revision_hash, fetched_at, feed_id, run_id)
    WHERE ($since IS NULL OR coalesce(f.day, f.seen_day) >= CAST($since AS DATE))
      AND ($until IS NULL OR coalesce(f.day, f.seen_day) <= CAST($until AS DATE))
"""


def known_articles(dataset: Dataset, article_ids: Collection[str]) -> set[str]:
    """Those of some article ids that a dataset holds."""
    files = [str(path) for path in dataset.files("articles")]
    if not files or not article_ids:
        return set()
    sql = """
        SELECT DISTINCT article_id FROM rows_of($files)
        WHERE article_id IN (SELECT unnest($ids))
    """
    with utc_connection() as connection:
        return {found for (found,) in connection.execute(sql, {"files": files, "ids": sorted(article_ids)}).fetchall()}


def articles_of(dataset: Dataset, *, url: str | None = None, source_id: str | None = None) -> set[tuple[str, str]]:
    """Article and source of the articles that have a link, as given or in canonical form, or that a source published."""
    files = [str(path) for path in dataset.files("articles")]
    if not files:
        return set()
    sql = """
        SELECT DISTINCT article_id, source_id FROM rows_of($files)
        WHERE source_id = $source OR url = $url OR ($canonical <> '' AND canonical_url = $canonical)
    """
    canonical = canonicalise(url) if url else ""
    with utc_connection() as connection:
        values = {"files": files, "source": source_id, "url": url, "canonical": canonical}
        return {(article, source) for article, source in connection.execute(sql, values).fetchall()}


def read_articles(path: Path) -> Iterator[list[StoredArticle]]:
    """The article revisions of one file, in batches."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=_COLUMNS):
            yield [StoredArticle(**row) for row in plain_rows(batch)]


def read_first_revisions(
    dataset: Dataset, *, since: date | None = None, until: date | None = None, tz: str = "UTC"
) -> Iterator[FirstRevision]:
    """Each article of a dataset once, as it was first seen; undated ones lie in the period by the day they were first seen.

    Args:
        dataset: The dataset.
        since: First day, local; None: from the beginning.
        until: Last day, local; None: to the end.
        tz: IANA zone in which days are cut.
    """
    files = [str(path) for path in dataset.files("articles")]
    if not files:
        return
    seen: set[str] = set()
    with utc_connection() as connection:
        cursor = connection.execute(_FIRST, {"files": files, "tz": tz, "since": since, "until": until})
        while rows := cursor.fetchmany(_BATCH):
            yield from _once((FirstRevision(*row) for row in rows), seen)


def _once(articles: Iterable[Any], seen: set[str]) -> Iterator[FirstRevision]:
    """Without the rows that a file holds twice."""
    for article in articles:
        if article.article_id not in seen:
            seen.add(article.article_id)
            yield article
