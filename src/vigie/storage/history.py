"""What a dataset knows of the time in which polls were made that are read late: an archive, after newer polls.

Such a poll stands between two others, which were judged without it: it is compared with both. And where it is its feed's
first, what was taken for backlog may be none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from vigie.identity import Revision
from vigie.ledger import FeedCursor
from vigie.queries.relations import column_list, literal
from vigie.schemas import TABLES, Article, EntryKey, FetchOutcome, RawDocument
from vigie.schemas.columns import from_rows, moment_of
from vigie.state import SourceState
from vigie.storage.dataset import Dataset
from vigie.storage.known import query, superseded_of

__all__ = ["LaterBodies", "after_all_no_backlog", "load_history", "load_later_bodies", "stored_body", "stored_revisions"]

_SEEN = [outcome.value for outcome in FetchOutcome if outcome.succeeded and outcome is not FetchOutcome.EXPORT]

#: A poll that brought its feed's last body again has no keys of its own: they are those of that body.
_NEIGHBOURS = """
    , seen AS (
        SELECT f.feed_id, started_at, body_hash, anchor, entry_keys, first_at, last_at
        FROM filled AS f JOIN (FROM late) AS l ON l.feed_id = f.feed_id
        WHERE source_id = {source} AND list_contains($successes, outcome)
        QUALIFY row_number() OVER (PARTITION BY f.feed_id, started_at ORDER BY run_id) = 1
    ),
    near AS (
        FROM seen
        QUALIFY started_at >= coalesce(max(started_at) FILTER (started_at < first_at) OVER (PARTITION BY feed_id), first_at)
            AND started_at <= coalesce(min(started_at) FILTER (started_at > last_at) OVER (PARTITION BY feed_id), last_at)
    )
    SELECT feed_id, n.started_at, body_hash, n.anchor, b.entry_keys
    FROM near AS n
    LEFT JOIN (
        SELECT feed_id, body_hash, arg_max(entry_keys, started_at) FILTER (len(entry_keys) > 0) AS entry_keys
        FROM seen SEMI JOIN near USING (feed_id, body_hash)
        GROUP BY feed_id, body_hash
    ) AS b USING (feed_id, body_hash)
    ORDER BY feed_id, n.started_at
"""

#: Every successful poll from the last before a moment on, of each feed of a source.
_POLLS_FROM = """
    SELECT feed_id, started_at, body_hash FROM filled
    WHERE source_id = {source} AND list_contains($successes, outcome)
    QUALIFY row_number() OVER (PARTITION BY feed_id, started_at ORDER BY run_id) = 1
        AND started_at >= coalesce(max(started_at) FILTER (started_at < $since) OVER (PARTITION BY feed_id), $since)
"""

_SAID = """
    SELECT DISTINCT feed_id, body_hash, said.article_id, said.revision_hash
    FROM (SELECT feed_id, body_hash, unnest(entry_keys) AS said FROM filled WHERE source_id = {source} AND len(entry_keys) > 0)
    WHERE said.article_id IN (FROM ids)
"""

_REVISIONS = """
    SELECT article_id, feed_id, epoch_us(fetched_at), revision_hash, epoch_us(published_at), backlog, superseded, run_id
    FROM filled
    WHERE source_id = {source} AND article_id IN (FROM ids)
"""

_SIGHTINGS = """
    SELECT article_id, feed_id FROM rows_of($files)
    WHERE source_id = {source} AND article_id IN (FROM ids) AND first_seen < $since
"""

_STORED = """
    FROM filled WHERE source_id = {source} AND (article_id, revision_hash) IN (SELECT (article_id, revision_hash) FROM wanted)
    QUALIFY row_number() OVER (PARTITION BY article_id, revision_hash ORDER BY fetched_at, feed_id, backlog, run_id) = 1
"""

_RAW = """
    SELECT {columns} FROM filled WHERE feed_id = $feed AND body_hash = $hash ORDER BY fetched_at, run_id LIMIT 1
"""

_BACKLOG = """
    FROM (
        FROM filled WHERE source_id = {source}
        QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id) = 1
    )
    WHERE backlog AND feed_id = $feed AND coalesce(published_at >= $first_at, fetched_at > $first_at)
    ORDER BY article_id
"""


def load_history(dataset: Dataset, state: SourceState, polls: Iterable[tuple[str, datetime]]) -> None:
    """Add to a source's state the polls of its feeds between and around those that are to be taken late.

    Args:
        dataset: The dataset.
        state: The source's state; nothing is read where none of its polls is late.
        polls: Feed and time of each poll that is to be taken.
    """
    times: dict[str, list[datetime]] = {}
    for feed_id, polled_at in polls:
        if state.is_late(feed_id, polled_at):
            times.setdefault(feed_id, []).append(polled_at)
    if not times:
        return
    moment = pa.timestamp("us", "UTC")
    late = pa.table(
        {
            "feed_id": pa.array(list(times), pa.string()),
            "first_at": pa.array(list(map(min, times.values())), moment),
            "last_at": pa.array(list(map(max, times.values())), moment),
        }
    )
    state.history.update({feed_id: [] for feed_id in times})
    sql = _NEIGHBOURS.format(source=literal(state.articles.source_id))
    for feed_id, started_at, body_hash, anchor, entry_keys in query(dataset, "fetches", sql, {"late": late}, successes=_SEEN):
        state.history[feed_id].append(
            FeedCursor(
                started_at=started_at,
                first_polled_at=state.cursors[feed_id].first_polled_at,
                succeeded_before=True,
                body_hash=body_hash,
                anchor=anchor,
                keys={key["article_id"]: EntryKey(**key) for key in entry_keys or ()},
            )
        )


def after_all_no_backlog(dataset: Dataset, source_id: str, feed_id: str, first_at: datetime) -> list[Article]:
    """The articles taken for backlog that a feed showed first, and that were published after its first poll, as is known now.

    Args:
        dataset: The dataset.
        source_id: The source.
        feed_id: The feed.
        first_at: When its first successful poll started, UTC: earlier than was known.

    Returns:
        Their first revisions as they are stored, but for the mark. Written again they count in place of those.
    """
    found = _articles(dataset, _BACKLOG.format(source=literal(source_id)), feed=feed_id, first_at=first_at)
    return [replace(article, backlog=False) for article in found]


@dataclass(slots=True)
class LaterBodies:
    """What a dataset knows of some articles of a source, and of the bodies that its feeds showed from a moment on."""

    #: Feed, time and hash of each body, the last of each feed before the moment among them.
    bodies: list[tuple[str, datetime, str]] = field(default_factory=list)
    #: What a body says of the articles, by feed and hash: article_id → revision_hash.
    said: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    #: The revisions that are stored with the feeds that brought them, by article.
    revisions: dict[str, list[tuple[Revision, str]]] = field(default_factory=dict)
    #: Article and feed, where that had shown it before the moment.
    seen: set[tuple[str, str]] = field(default_factory=set)


def load_later_bodies(dataset: Dataset, ledger: Dataset, source_id: str, ids: Collection[str], since: datetime) -> LaterBodies:
    """Read what is known of some articles of a source from a moment on.

    Args:
        dataset: Tells of the articles.
        ledger: The dataset whose ledger tells of polls.
        source_id: The source.
        ids: The articles.
        since: The moment, UTC.
    """
    found = LaterBodies()
    source, named = literal(source_id), {"ids": pa.table({"value": pa.array(sorted(ids), pa.string())})}
    rows = query(dataset, "articles", _REVISIONS.format(source=source), named)
    gone = superseded_of((row[:4], *row[-2:]) for row in rows)
    for article_id, feed_id, fetched_at, read_as, published_at, backlog, *_ in rows:
        if (article_id, feed_id, fetched_at, read_as) in gone:
            continue
        published = None if published_at is None else moment_of(published_at)
        revision = Revision(moment_of(fetched_at), read_as, published, backlog)
        found.revisions.setdefault(article_id, []).append((revision, feed_id))
    if not found.revisions:
        return found
    found.bodies = query(ledger, "fetches", _POLLS_FROM.format(source=source), since=since, successes=_SEEN)
    for feed_id, body_hash, article_id, read_as in query(ledger, "fetches", _SAID.format(source=source), named):
        found.said.setdefault((feed_id, body_hash), {})[article_id] = read_as
    found.seen.update(query(dataset, "sightings", _SIGHTINGS.format(source=source), named, since=since))
    return found


def stored_revisions(dataset: Dataset, source_id: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Article]:
    """Of some revisions, by article and revision_hash, the row as it was first stored; those that are not are left out."""
    asked = pa.table(
        {
            "article_id": pa.array([article_id for article_id, _ in wanted], pa.string()),
            "revision_hash": pa.array([read_as for _, read_as in wanted], pa.string()),
        }
    )
    rows = _articles(dataset, _STORED.format(source=literal(source_id)), {"wanted": asked})
    return {(row.article_id, row.revision_hash): row for row in rows}


def stored_body(dataset: Dataset, feed_id: str, body_hash: str) -> RawDocument | None:
    """A body that a feed showed; None where bodies are not kept for so long."""
    table = TABLES["raw"]
    rows = query(dataset, "raw", _RAW.format(columns=column_list(table)), feed=feed_id, hash=body_hash)
    return next(iter(from_rows(RawDocument, [dict(zip(table.schema.names, row, strict=True)) for row in rows])), None)


def _articles(dataset: Dataset, rest: str, joined: Mapping[str, pa.Table] | None = None, **parameters: Any) -> list[Article]:
    """Rows of table `articles`, by what follows the list of its columns."""
    names = TABLES["articles"].schema.names
    rows = query(dataset, "articles", f"SELECT {column_list(TABLES['articles'])} {rest}", joined, **parameters)
    return from_rows(Article, [dict(zip(names, row, strict=True)) for row in rows])
