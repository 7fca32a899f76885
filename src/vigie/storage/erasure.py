"""What is left of a text that was asked to be removed: nothing that can be read, and a mark that it was there.

The article itself stays, with its address, dates, language, topics and hashes: what was counted stays counted, and the
next poll of a feed that still carries it knows it and does not bring it back: of an edit of it, too, the mark alone is
written. A body that carried it is removed whole, so that a replay lacks what only that body brought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from vigie.polls import Poll
from vigie.queries.relations import relation
from vigie.schemas import TABLES
from vigie.storage.connection import utc_connection
from vigie.storage.dataset import Dataset

__all__ = ["Removed", "create_removals", "months_to_erase", "read_removed", "without_removed"]

_REMOVED = "removed on request"

#: Of each table what is put in place of its columns, in rows of a removed article or of a poll that carried one.
_ERASED = {
    "articles": {
        "title": "''", "text": "''", "authors": "[]", "links": "[]", "fingerprint": "[]", "date_raw": "''",
    },
    "matches": {
        "evidence": "list_transform(evidence, lambda found: struct_update(found, text := ''))",
    },
    "failures": {"message": f"'{_REMOVED}'"},
}  # fmt: skip
_GONE = "(article_id IN (SELECT article_id FROM removed_articles) OR source_id IN (SELECT source_id FROM removed_sources))"
_POLL_GONE = "((feed_id, {time}) IN (SELECT (feed_id, started_at) FROM removed_polls) OR source_id IN (FROM removed_sources))"


def create_removals(con: duckdb.DuckDBPyConnection, files: list[str], ledger: list[str]) -> None:
    """Create the tables `removed_articles`, `removed_sources` and `removed_polls` that :func:`without_removed` reads.

    Args:
        con: The connection of a compaction.
        files: All files of table `removals`.
        ledger: All files of table `fetches`: it names the articles that each body carried.
    """
    asked = relation(TABLES["removals"], files, "hive_partitioning = false")
    polls = relation(TABLES["fetches"], ledger, "hive_partitioning = false")
    con.execute(f"CREATE TABLE removed_articles AS SELECT DISTINCT article_id FROM ({asked}) WHERE article_id <> ''")
    con.execute(f"CREATE TABLE removed_sources AS SELECT DISTINCT source_id FROM ({asked}) WHERE article_id = ''")
    [(any_asked,)] = con.execute("SELECT count(*) > 0 FROM removed_articles").fetchall()
    con.execute(
        "CREATE TABLE removed_polls AS SELECT DISTINCT feed_id, started_at"
        f" FROM (SELECT feed_id, started_at, unnest(entry_keys) AS entry FROM ({polls}) WHERE {any_asked})"
        " WHERE entry.article_id IN (SELECT article_id FROM removed_articles)"
    )


def months_to_erase(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> list[str]:
    """The months in which a table's rows hold something that has to go."""
    return [month for (month,) in con.execute(f"SELECT DISTINCT month FROM ({rows}) WHERE {_which(table)}").fetchall()]


def without_removed(table: str, rows: str) -> str:
    """Rows of a table with what was asked to be removed taken out."""
    if table == "raw":
        return f"SELECT * FROM ({rows}) WHERE NOT {_which(table)}"
    if table not in _ERASED:
        return rows
    replaced = ", ".join(
        f'CASE WHEN {_which(table)} THEN {value} ELSE "{name}" END AS "{name}"' for name, value in _ERASED[table].items()
    )
    return f"SELECT * REPLACE ({replaced}) FROM ({rows})"


def _which(table: str) -> str:
    if table in ("raw", "failures"):
        return _POLL_GONE.format(time="fetched_at" if table == "raw" else '"at"')
    return _GONE


@dataclass(frozen=True, slots=True)
class Removed:
    """What was asked to be removed of a dataset: articles, and sources with all that they publish."""

    articles: frozenset[str]
    sources: frozenset[str]

    def taken_out_of(self, poll: Poll) -> Poll:
        """The poll as :func:`without_removed` leaves its rows: the texts would wait on disk for the next compaction."""
        if not self.articles and not self.sources:
            return poll
        whole = poll.record.source_id in self.sources
        named = {*(row.article_id for row in poll.articles), *(entry.article_id for entry in poll.record.entry_keys)}
        gone = named if whole else named & self.articles
        if not whole and not gone:
            return poll
        emptied: dict[str, Any] = {"title": "", "text": "", "authors": (), "links": (), "fingerprint": (), "date_raw": ""}
        return replace(
            poll,
            raw=None,
            failures=tuple(replace(failure, message=_REMOVED) for failure in poll.failures),
            articles=tuple(replace(row, **emptied) if row.article_id in gone else row for row in poll.articles),
            matches=tuple(
                replace(row, evidence=tuple(replace(found, text="") for found in row.evidence))
                if row.article_id in gone
                else row
                for row in poll.matches
            ),
        )


def read_removed(dataset: Dataset) -> Removed:
    """What was asked to be removed of a dataset, by now."""
    files = [str(path) for path in dataset.files("removals")]
    if not files:
        return Removed(frozenset(), frozenset())
    with utc_connection() as connection:
        asked = connection.execute("SELECT DISTINCT article_id, source_id FROM rows_of($files)", {"files": files}).fetchall()
    return Removed(frozenset(article for article, _ in asked if article), frozenset(of for article, of in asked if not article))
