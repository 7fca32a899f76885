"""The two stages of storage as schemas in SQL: `settled` is read as it is, `fresh` is resolved, `stored` is both."""

from __future__ import annotations

from datetime import datetime

import duckdb

from vigie.queries.listing import Snapshot
from vigie.queries.relations import BY_DAY, column_list, file_list, moment, no_rows, read_sql, relation
from vigie.schemas import TABLES, Generation, Table
from vigie.schemas.tables import COMMIT_ORDER

__all__ = ["FILE_OF_ARTICLES", "create_ledger_stages", "create_stored", "create_tail"]

#: The file in the folder of articles that a row lies in: under which topics it was evaluated is recorded by that.
FILE_OF_ARTICLES = r"regexp_extract(replace(filename, '\', '/'), '[^/]+/[^/]+$')"

_COUNTED = {
    "is_first": "BOOLEAN", "counted_published_at": "TIMESTAMPTZ", "counted_backlog": "BOOLEAN", "counted_hour": "BIGINT"
}  # fmt: skip
_ABOUT = {"article_key": "UBIGINT", "committed": "BOOLEAN"}
#: What settled files have besides their table's columns.
_FLAGS: dict[str, dict[str, str]] = {
    "articles": {
        **_ABOUT,
        "file": "VARCHAR",
        "revision": "BIGINT",
        "revisions": "BIGINT",
        "is_latest": "BOOLEAN",
        "first_fetched_at": "TIMESTAMPTZ",
        **_COUNTED,
    },
    "sightings": _ABOUT,
    "mentions": {**_ABOUT, **_COUNTED},
    "matches": {**_ABOUT, **_COUNTED},
    "fetches": {"is_counted": "BOOLEAN"},
}
#: What is worked out beside the tables.
_DERIVED = {
    "spans": "source_id VARCHAR, feed_id VARCHAR, from_at TIMESTAMPTZ, to_at TIMESTAMPTZ, state VARCHAR, stated BOOLEAN",
    "output": "source_id VARCHAR, language VARCHAR, backlog BOOLEAN, hour BIGINT, seen_hour BIGINT, articles BIGINT",
    "origins": "file VARCHAR, run_id VARCHAR, source_id VARCHAR, articles BIGINT, first_fetched_at TIMESTAMPTZ,"
    " last_fetched_at TIMESTAMPTZ",
}


def create_stored(con: duckdb.DuckDBPyConnection, found: Snapshot, known_by: datetime | None) -> None:
    """Create `settled`, `fresh` and `stored` views of all tables; the schemas are there.

    Args:
        con: The connection.
        found: The files.
        known_by: Only what had been collected before this moment is there. What settled files say of a row (which one
            is an article's first, or its newest) may be of later, so all of it is resolved, as if it were not settled.
    """
    for table in TABLES.values():
        if table.partition_field is None:
            rows = relation(table, found.fresh[table.name], "filename = true", ", CAST(NULL AS VARCHAR) AS filename")
            con.execute(f"CREATE VIEW stored.{table.name} AS {rows}")
        else:
            _create_stages(con, table, found, known_by)
            con.execute(
                f"CREATE VIEW stored.{table.name} AS FROM fresh.{table.name} UNION ALL BY NAME"
                f" {_as_small(table)} FROM settled.{table.name}"
            )
    _create_derived(con, found if known_by is None else Snapshot(found.root, Generation(), found.fresh))


def create_ledger_stages(con: duckdb.DuckDBPyConnection, found: Snapshot) -> None:
    """Create what `_ledger.sql` reads, and no more; the schemas are there."""
    _create_stages(con, TABLES["fetches"], found, None)
    _create_derived(con, found)


def create_tail(con: duckdb.DuckDBPyConnection) -> None:
    """Find out which settled rows have to be resolved together with small files, and create what `_articles.sql` reads."""
    con.execute("CREATE TABLE tail.has_settled AS SELECT EXISTS (FROM settled.articles)")
    con.execute("COMMENT ON TABLE tail.has_settled IS 'Whether any articles are settled.'")
    con.execute(read_sql("_tail.sql"))
    _split(con, "articles", "touched_articles", "untouched_articles")
    _split(con, "articles", "moved", "lasting_firsts", with_tail=False)
    for table in ("sightings", "mentions", "matches"):
        _split(con, table, "touched_found", f"untouched_{table}")


def _split(con: duckdb.DuckDBPyConnection, table: str, keys: str, kept: str, *, with_tail: bool = True) -> None:
    """Split a table's settled rows by whether their article is one of some; where there is none, no join is needed."""
    [(touched,)] = con.execute(f"SELECT count(*) > 0 FROM tail.{keys}").fetchall()
    joined = f"ANTI JOIN tail.{keys} USING (article_key)" if touched else ""
    con.execute(f"CREATE VIEW settled.{kept} AS FROM settled.{table} {joined}")
    con.execute(f"COMMENT ON VIEW settled.{kept} IS 'Settled rows that hold whatever small files say.'")
    if not with_tail:
        return
    columns = column_list(TABLES[table]) + (", file" if table == "articles" else "")
    rows = f"SELECT * EXCLUDE (date) FROM fresh.{table}"
    if touched:
        rows += f" UNION ALL BY NAME SELECT {columns} FROM settled.{table} SEMI JOIN tail.{keys} USING (article_key)"
    con.execute(f"CREATE VIEW tail.{table} AS {rows}")
    con.execute(f"COMMENT ON VIEW tail.{table} IS 'Rows that have to be resolved.'")


def _as_small(table: Table) -> str:
    """What to select of settled rows to have the columns of small files."""
    file = ", file" if table.name == "articles" else ""
    return f'SELECT {column_list(table)}{file}, CAST("{table.partition_field}" AS DATE) AS date'


def _create_stages(con: duckdb.DuckDBPyConnection, table: Table, found: Snapshot, known_by: datetime | None) -> None:
    name = table.name
    flags = "".join(f", CAST(NULL AS {kind}) AS {flag}" for flag, kind in _FLAGS.get(name, {}).items())
    settled = relation(table, found.settled(name), "hive_partitioning = false", flags)
    con.execute(f"CREATE VIEW settled.{name} AS {settled if known_by is None else no_rows(table, flags)}")
    con.execute(f"COMMENT ON VIEW settled.{name} IS 'Rows of settled files.'")
    if name == "articles":
        missing = ", CAST(NULL AS DATE) AS date, CAST(NULL AS VARCHAR) AS filename"
        rows = relation(table, found.fresh[name], f"{BY_DAY}, filename = true", missing)
        rows = f"SELECT * EXCLUDE (filename), {FILE_OF_ARTICLES} AS file FROM ({rows})"
    else:
        rows = relation(table, found.fresh[name], BY_DAY, ", CAST(NULL AS DATE) AS date")
    if known_by is not None:
        rows = f"FROM ({rows}) UNION ALL BY NAME {_as_small(table)} FROM ({settled})"
        if name in COMMIT_ORDER:  # Of the tables that a poll writes, all have its time.
            rows = f'FROM ({rows}) WHERE "{table.partition_field}" < {moment(known_by)}'
    con.execute(f"CREATE VIEW fresh.{name} AS {rows}")
    con.execute(f"COMMENT ON VIEW fresh.{name} IS 'Rows of small files, which no compaction has taken in.'")


def _create_derived(con: duckdb.DuckDBPyConnection, found: Snapshot) -> None:
    cursors = relation(TABLES["fetches"], found.settled("cursors"), "hive_partitioning = false")
    con.execute(f"CREATE VIEW settled.cursors AS {cursors}")
    con.execute("COMMENT ON VIEW settled.cursors IS 'Of each feed the settled rows that its cursor follows from.'")
    for name, columns in _DERIVED.items():
        files = found.settled(name)
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in (c.split() for c in columns.split(", ")))
        rows = f"FROM read_parquet({file_list(files)}, hive_partitioning = false)" if files else f"SELECT {empty} WHERE false"
        con.execute(f"CREATE VIEW settled.{name} AS {rows}")
        con.execute(f"COMMENT ON VIEW settled.{name} IS 'Worked out by compaction; see vigie.schemas.settled.'")
