"""What can be chosen when a question is asked: names and labels, no figures."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from vigie.queries.resolving import fetch_rows

__all__ = ["Choices", "choices_of"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The names that a dataset knows."""

    #: Topic ids and their labels, by label.
    topics: dict[str, str]
    #: Sources that were polled or that published, and their names, by id.
    sources: dict[str, str]
    #: Tables and views of the catalogue: name, what a row is, and the columns with their types.
    tables: dict[str, tuple[str, tuple[tuple[str, str], ...]]]


def choices_of(con: duckdb.DuckDBPyConnection) -> Choices:
    """The names that a dataset, as :func:`vigie.queries.open_dataset` gives it, knows."""
    topics = fetch_rows(con, "SELECT topic_id, label FROM topics ORDER BY lower(label), topic_id")
    sources = fetch_rows(
        con,
        """
        SELECT p.source_id, coalesce(nullif(s.name, ''), p.source_id) AS name
        FROM (SELECT source_id FROM stored.fetches UNION SELECT source_id FROM stored.articles) AS p
        LEFT JOIN sources AS s ON s.source_id = p.source_id
        ORDER BY p.source_id
        """,
    )
    return Choices(
        {row["topic_id"]: row["label"] or row["topic_id"] for row in topics},
        {row["source_id"]: row["name"] for row in sources},
        _tables(con),
    )


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
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
    return {row["table_name"]: (row["comment"], tuple((name, kind) for name, kind in row["columns"])) for row in rows}
