"""What a dataset knows of the time in which polls were made that are read late: an archive, after newer polls.

Such a poll stands between two others, which were judged without it: it is compared with both. And where it is its feed's
first, what was taken for backlog may be none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from vigie.ledger import FeedCursor
from vigie.queries.relations import column_list, literal
from vigie.schemas import TABLES, Article, EntryKey, FetchOutcome
from vigie.schemas.columns import from_rows
from vigie.state import SourceState
from vigie.storage.dataset import Dataset
from vigie.storage.known import query

__all__ = ["after_all_no_backlog", "load_history"]

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
    names = TABLES["articles"].schema.names
    sql = f"SELECT {column_list(TABLES['articles'])} {_BACKLOG.format(source=literal(source_id))}"
    rows = query(dataset, "articles", sql, feed=feed_id, first_at=first_at)
    found = from_rows(Article, [dict(zip(names, row, strict=True)) for row in rows])
    return [replace(article, backlog=False) for article in found]
