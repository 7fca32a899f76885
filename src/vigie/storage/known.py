"""Read from a dataset what its sources are at, so that the next run goes on from there (invariant 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from vigie.errors import WorkError
from vigie.identity import Revision
from vigie.ledger import CLOCKS_APART, FeedCursor, standing_of
from vigie.queries.relations import literal
from vigie.schemas import TABLES, EntryKey, FetchOutcome
from vigie.schemas.columns import moment_of
from vigie.state import SourceState
from vigie.storage.connection import utc_connection
from vigie.storage.dataset import Dataset

__all__ = ["add_articles", "known_bodies", "load_cursors", "load_states", "query", "states_at_cursors", "superseded_of"]

#: `shape` has every column of a table and no row: what an older file lacks is NULL. To put them together takes a question to
#: small files a third longer, and so is left out where no file lacks any.
_FILLED = "WITH filled AS (SELECT * FROM shape UNION ALL BY NAME SELECT * FROM rows_of($files)) "
_FULL = "WITH filled AS (SELECT * FROM rows_of($files)) "

_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_SUCCESSES = [outcome.value for outcome in FetchOutcome if outcome.succeeded]
#: What a feed showed last is told by its last success: one before a failure may have been read after it.
_SEEN = [outcome.value for outcome in FetchOutcome if outcome.succeeded and outcome is not FetchOutcome.EXPORT]
_CHANGES = [FetchOutcome.OK.value, FetchOutcome.EMPTY.value]

_ARTICLES = """
    SELECT source_id, article_id, revision_hash, canonical_url, guid, title,
           CASE WHEN trim(title) = '' THEN text ELSE '' END AS text, epoch_us(published_at), epoch_us(fetched_at), backlog,
           superseded, run_id
    FROM filled
    WHERE source_id IN ({sources})
    ORDER BY fetched_at, article_id, revision_hash, backlog
"""

_SIGHTINGS = """
    SELECT source_id, article_id, feed_id, epoch_us(min(first_seen))
    FROM rows_of($files)
    WHERE source_id IN ({sources})
    GROUP BY ALL
"""

_SOURCES = "SELECT DISTINCT source_id FROM rows_of($files) WHERE source_id IN ({sources})"

#: A feed's last row in one struct: arg_max passes over rows whose argument is NULL, and a struct never is.
_LAST_ROW = (
    "body_hash", "etag", "last_modified", "anchor", "failures_in_a_row", "url", "interval", "next_poll_at", "retry_after",
    "window_size", "rate", "peak_rate", "asked_interval", "backoff", "last_success_at", "validators_lie",
)  # fmt: skip

#: Rows after `latest` are of a clock that was ahead: any other goes before them.
_LAST_CHANGE = """
    arg_max(struct_pack(body_hash := body_hash, entry_keys := entry_keys), (started_at <= $latest, started_at, run_id))
        FILTER (list_contains($changes, outcome))
"""
_CURSORS = """
    SELECT source_id, feed_id,
           arg_max(started_at, (started_at <= $latest, started_at)) AS started_at,
           min(first_polled_at) FILTER (list_contains($successes, outcome)) AS first_polled_at,
           count(*) FILTER (list_contains($successes, outcome)) > 0 AS succeeded_before,
           {last_change} AS last_change,
           max(last_new_at) AS last_new_at,
           arg_max(struct_pack(body_hash := body_hash, anchor := anchor), (started_at <= $latest, started_at, run_id))
               FILTER (list_contains($seen, outcome)) AS last_seen,
           arg_max(struct_pack({last_row}), (started_at <= $latest, started_at, run_id)) AS last_row
    FROM filled
    WHERE source_id IN ({sources})
    GROUP BY source_id, feed_id
"""

#: A feed may show again what it showed before a poll that was read later.
_SHOWN_AGAIN = """
    SELECT feed_id, arg_max(entry_keys, (started_at, run_id)) FROM filled
    WHERE source_id IN ({sources}) AND list_contains($changes, outcome)
        AND list_contains($shown, struct_pack(feed_id := feed_id, body_hash := body_hash))
    GROUP BY feed_id
"""


def load_states(dataset: Dataset, source_ids: Collection[str]) -> dict[str, SourceState]:
    """The state of each source named, with all its articles; an empty one for a source that the dataset has never seen."""
    states = states_at_cursors(dataset, source_ids)
    add_articles(states, _rows(dataset, "articles", _ARTICLES, sources=sorted(states)))
    for source_id, article_id, feed_id, first_seen in _rows(dataset, "sightings", _SIGHTINGS, sources=sorted(states)):
        states[source_id].sightings[article_id, feed_id] = moment_of(first_seen)
    return states


def states_at_cursors(
    dataset: Dataset, source_ids: Collection[str], cursors: Mapping[str, Mapping[str, FeedCursor]] | None = None
) -> dict[str, SourceState]:
    """The state of each source named without its articles: :func:`vigie.storage.lookup.look_up` adds those that matter.

    Args:
        dataset: The dataset.
        source_ids: The sources.
        cursors: Of :func:`load_cursors`, where they were loaded already.
    """
    if cursors is None:
        cursors = load_cursors(dataset, source_ids)
    states = {source_id: SourceState.empty(source_id) for source_id in source_ids}
    for source_id, state in states.items():
        state.cursors.update(cursors.get(source_id, {}))
    # A source without a cursor may have articles all the same: a kill may come between the two.
    new = [source_id for source_id, state in states.items() if not state.cursors]
    having = {source_id for (source_id,) in _rows(dataset, "articles", _SOURCES, sources=sorted(new))}
    for source_id in new:
        states[source_id].asked.has_none = source_id not in having
    return states


def add_articles(states: Mapping[str, SourceState], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add stored revisions to the states of their sources.

    Args:
        states: By source.
        rows: source_id, article_id, revision_hash, canonical_url, guid, title, text (needed where the title is blank),
            published_at and fetched_at (microseconds from 1970), backlog, superseded, run_id; those of an article in the
            order of fetched_at.
    """
    rows = list(rows)
    gone = superseded_of(((row[1], row[2], row[8]), *row[-2:]) for row in rows)
    for source_id, article_id, read_as, url, guid, title, text, published_at, fetched_at, backlog, *_ in rows:
        if (article_id, read_as, fetched_at) in gone:
            continue
        states[source_id].articles.add(
            article_id,
            Revision(moment_of(fetched_at), read_as, None if published_at is None else moment_of(published_at), backlog),
            canonical_url=url,
            guid=guid,
            title=title,
            text=text,
        )


def superseded_of(rows: Iterable[tuple[Any, bool | None, str]]) -> set[Any]:
    """What is superseded by the run that wrote of it last.

    Args:
        rows: What it is, whether it is superseded, and the run, of each row of table `articles`.
    """
    rows = list(rows)
    once = {what for what, is_superseded, _ in rows if is_superseded}
    latest: dict[Any, tuple[str, bool]] = {}
    for what, is_superseded, run_id in rows if once else ():
        if what in once:
            latest[what] = max(latest.get(what, ("", False)), (run_id, bool(is_superseded)))
    return {what for what, (_, is_superseded) in latest.items() if is_superseded}


def load_cursors(
    dataset: Dataset, source_ids: Collection[str], *, with_keys: bool = True, now: datetime | None = None
) -> dict[str, dict[str, FeedCursor]]:
    """The cursor of each polled feed of the sources named, by source and feed.

    Args:
        dataset: The dataset.
        source_ids: The sources.
        with_keys: Whether to tell the entries of each feed's last body, which are most of a cursor: whoever reads no body
            needs none.
        now: The present, UTC, for whoever polls: a row of a clock that was ahead of it is taken only where there is no other.
    """
    cursors: dict[str, dict[str, FeedCursor]] = {}
    parameters = {
        "sources": sorted(source_ids),
        "successes": _SUCCESSES,
        "seen": _SEEN,
        "latest": now + CLOCKS_APART if now else _LAST,
    }
    if with_keys:
        parameters["changes"] = _CHANGES
    sql = _CURSORS.replace("{last_change}", _LAST_CHANGE if with_keys else "NULL")
    found = _rows(dataset, "fetches", sql, settled="cursors", **parameters)
    shown_again = _keys_shown_again(dataset, found) if with_keys else {}
    for source_id, feed_id, started_at, first_polled_at, succeeded, last_change, last_new_at, last_seen, last_row in found:
        entry_keys = shown_again.get(feed_id, last_change["entry_keys"] if last_change else None)
        cursors.setdefault(source_id, {})[feed_id] = FeedCursor(
            started_at=started_at,
            first_polled_at=first_polled_at or started_at,
            succeeded_before=succeeded,
            body_hash=(last_seen or last_row)["body_hash"],
            etag=last_row["etag"],
            last_modified=last_row["last_modified"],
            anchor=(last_seen or last_row)["anchor"],
            keys={key["article_id"]: EntryKey(**key) for key in entry_keys or ()},
            last_new_at=last_new_at,
            failures_in_a_row=last_row["failures_in_a_row"],
            url=last_row["url"],
            next_poll_at=last_row["next_poll_at"],
            retry_after=last_row["retry_after"],
            standing=standing_of(last_row),
            validators_lie=bool(last_row["validators_lie"]),
        )
    return cursors


def _keys_shown_again(dataset: Dataset, cursors: Iterable[tuple[Any, ...]]) -> dict[str, list[dict[str, str]]]:
    """The entries of feeds' last bodies, where the last change in the ledger is to another body."""
    shown, sources = [], set()
    for source_id, feed_id, *_, last_change, _, last_seen, _ in cursors:
        if last_change and last_seen and last_change["body_hash"] != last_seen["body_hash"]:
            shown.append({"feed_id": feed_id, "body_hash": last_seen["body_hash"]})
            sources.add(source_id)
    asked = {"sources": sorted(sources), "shown": shown, "changes": _CHANGES}
    return dict(_rows(dataset, "fetches", _SHOWN_AGAIN, settled="cursors", **asked)) if shown else {}


def known_bodies(dataset: Dataset, feed_ids: Collection[str]) -> dict[tuple[str, str, datetime], list[int]]:
    """Bytes of the bodies of each poll of some feeds in the ledger, by feed, vantage and time.

    By them an archive that is read twice is recognised.
    """
    sql = """
        SELECT feed_id, vantage, started_at, list(DISTINCT bytes) FROM rows_of($files)
        WHERE list_contains($feeds, feed_id) GROUP BY ALL
    """
    return {(feed, vantage, at): sizes for feed, vantage, at, sizes in _rows(dataset, "fetches", sql, feeds=sorted(feed_ids))}


def _rows(dataset: Dataset, table: str, sql: str, *, settled: str = "", **parameters: Any) -> list[tuple[Any, ...]]:
    """Rows of a table's files, of some sources where these are named."""
    if parameters.get("sources") == []:
        return []
    # Written out, the sources prune by the statistics of settled files, which are sorted by them.
    named = ", ".join(literal(source) for source in parameters.pop("sources", ()))
    last_row = ", ".join(f'{name} := "{name}"' for name in _LAST_ROW)
    return query(dataset, table, sql.format(sources=named, last_row=last_row), settled=settled, **parameters)


def query(
    dataset: Dataset,
    table: str,
    sql: str,
    joined: Mapping[str, pa.Table] | None = None,
    *,
    settled: str = "",
    **parameters: Any,
) -> list[tuple[Any, ...]]:
    """The answer to a statement over a table's files; none where it has no file.

    Args:
        dataset: The dataset.
        table: The table.
        sql: The statement; `rows_of($files)` are the table's rows, and `filled` the same with all its columns.
        joined: More that it may name.
        settled: What is read in place of the table's settled files.
        parameters: Its own.

    Raises:
        WorkError: A file cannot be read.
    """
    generation = dataset.generation()
    settled_files = [dataset.root / file.file for file in generation.settled(settled or table)]
    paths = [*settled_files, *dataset.fresh_files(table, generation)]
    if not paths:
        return []
    if "FROM filled" in sql:
        sql = (_FULL if dataset.have_all_columns(table, paths) else _FILLED) + sql
    try:
        with utc_connection() as connection:
            for name, rows in {"shape": TABLES[table].schema.empty_table(), **(joined or {})}.items():
                if f"FROM {name}" in sql:
                    connection.register(name, rows)
            return connection.execute(sql, {"files": list(map(str, paths)), **parameters}).fetchall()
    except duckdb.Error as error:
        raise WorkError(
            f"{dataset.root}: table {table} cannot be read ({str(error).splitlines()[0]}); restore the file from a copy"
        ) from error
