"""What can be chosen when a question is asked: names and labels, no figures."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from vigie.queries.column_meanings import meaning_of
from vigie.queries.resolving import fetch_rows
from vigie.schemas import Panel

__all__ = ["Choices", "choices_of", "topic_labels"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The names that a dataset knows."""

    #: Topic ids and their labels in the reader's language, by label.
    topics: dict[str, str]
    #: Sources that were polled or that published, and their names, by id.
    sources: dict[str, str]
    #: Names of these and of media under state control that are not watched, by id: whoever may be cited.
    outlets: dict[str, str]
    #: Ids of these and of the sources of the registry that were not polled yet: what a panel can name.
    registered: frozenset[str]
    #: The dataset's own panels, by id.
    panels: dict[str, Panel]
    #: Tables and views of the catalogue: name, what a row is, and the columns: name, type, what it means.
    tables: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]]


def choices_of(con: duckdb.DuckDBPyConnection, language: str = "en") -> Choices:
    """The names that a dataset knows.

    Args:
        con: A dataset, as :func:`vigie.queries.open_dataset` gives it.
        language: ISO 639-1 code of the language of topics' labels; a topic without a label in it keeps its English one.
    """
    sources = fetch_rows(
        con,
        """
        SELECT p.source_id, coalesce(nullif(s.name, ''), p.source_id) AS name
        FROM tail.seen_sources AS p
        LEFT JOIN sources AS s ON s.source_id = p.source_id
        ORDER BY p.source_id
        """,
    )
    return Choices(
        topic_labels(con, language),
        {row["source_id"]: row["name"] for row in sources},
        {row["source_id"]: row["name"] for row in fetch_rows(con, "SELECT source_id, name FROM outlets WHERE name <> ''")},
        frozenset(row["source_id"] for row in (*sources, *fetch_rows(con, "SELECT source_id FROM sources"))),
        {panel.panel_id: panel for panel in _panels(con)},
        _tables(con),
    )


def _panels(con: duckdb.DuckDBPyConnection) -> list[Panel]:
    rows = fetch_rows(con, "SELECT panel_id, version, label, sources, reason FROM panels ORDER BY panel_id")
    return [Panel(**{**row, "sources": tuple(row["sources"])}) for row in rows]


def topic_labels(con: duckdb.DuckDBPyConnection, language: str) -> dict[str, str]:
    """Topic ids and what each is called in a language, in that order; in English where it is not called anything there."""
    rows = fetch_rows(
        con,
        """
        SELECT topic_id,
               coalesce(list_filter(labels, lambda l: l.language = $language)[1].text, nullif(label, ''), topic_id) AS name
        FROM topics
        ORDER BY strip_accents(lower(name)), topic_id
        """,
        {"language": language},
    )
    return {row["topic_id"]: row["name"] for row in rows}


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, tuple[tuple[str, str, str], ...]]]:
    rows = fetch_rows(
        con,
        """
        SELECT c.table_name, coalesce(t.comment, '') AS comment,
               list([c.column_name, c.data_type] ORDER BY c.column_index) AS columns
        FROM duckdb_columns() AS c
        JOIN (SELECT schema_name, view_name AS name, comment FROM duckdb_views()
              UNION ALL SELECT schema_name, table_name, comment FROM duckdb_tables()) AS t
            ON t.name = c.table_name AND t.schema_name = c.schema_name
        WHERE c.schema_name = 'main' AND NOT c.internal
        GROUP BY ALL ORDER BY c.table_name
        """,
    )
    return {
        row["table_name"]: (
            row["comment"],
            tuple((name, kind, meaning_of(row["table_name"], name)) for name, kind in row["columns"]),
        )
        for row in rows
    }
