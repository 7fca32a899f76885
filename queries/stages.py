"""The two stages of storage as schemas in SQL: `settled` is read as it is, `fresh` is resolved, `stored` is both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

import duckdb

from vigie.queries.definitions import Definitions, statements_of
from vigie.queries.listing import Snapshot
from vigie.queries.relations import BY_DAY, column_list, file_list, literal, moment, read_sql, relation
from vigie.schemas import TABLES, Generation, Table
from vigie.schemas.tables import COMMIT_ORDER

__all__ = ["FILE_OF_ARTICLES", "define_tables", "define_tail", "derived_rows", "narrow", "settled_rows"]

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
_CELL = "source_id VARCHAR, language VARCHAR, backlog BOOLEAN"
#: What is worked out beside the tables.
_DERIVED = {
    "spans": "source_id VARCHAR, feed_id VARCHAR, from_at TIMESTAMPTZ, to_at TIMESTAMPTZ, state VARCHAR, stated BOOLEAN",
    "days": "source_id VARCHAR, day DATE, state VARCHAR",
    "output_quarters": f"{_CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT",
    "output_days": f"{_CELL}, day DATE, seen_day DATE, articles BIGINT",
    "hit_quarters": "kind VARCHAR, topics_version VARCHAR, subject VARCHAR, lead BOOLEAN,"
    f" {_CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT",
    "origins": "file VARCHAR, run_id VARCHAR, source_id VARCHAR, articles BIGINT, first_fetched_at TIMESTAMPTZ,"
    " last_fetched_at TIMESTAMPTZ",
}
#: The columns of `tail.topic_finds` and its like, and of `tail.hits`.
_FIND = "subject VARCHAR, article_id VARCHAR, lead BOOLEAN, articles INTEGER"
_HIT = f"kind VARCHAR, subject VARCHAR, lead BOOLEAN, {_CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT"
#: Of these, what counts articles: `_cubes.sql` gives it where an older compaction has not written it.
_CUBES = ("output_quarters", "output_days", "hit_quarters")


def define_tables(to: Definitions, found: Snapshot, known_by: datetime | None, check: Callable[[str], None]) -> None:
    """Tell of the views `settled`, `fresh` and `stored` of all tables, and of what compaction worked out beside them.

    Args:
        to: Whom to tell.
        found: The files.
        known_by: Only what had been collected before this moment is there. What settled files say of a row (which one
            is an article's first, or its newest) may be of later, so all of it is resolved, as if it were not settled.
        check: Called with a table's name before its small files are read.
    """
    for table in TABLES.values():
        if table.partition_field is None:
            rows = relation(table, found.fresh[table.name], "filename = true", ", CAST(NULL AS VARCHAR) AS filename")
            to.add(f"stored.{table.name}", _checked(check, table.name, f"CREATE VIEW stored.{table.name} AS {rows}"))
        else:
            _define_stages(to, table, found, known_by, check)
            to.add(
                f"stored.{table.name}",
                f"CREATE VIEW stored.{table.name} AS FROM fresh.{table.name} UNION ALL BY NAME"
                f" {_as_small(table)} FROM settled.{table.name}",
            )
    _define_derived(to, found if known_by is None else Snapshot(found.root, Generation(), found.fresh))


#: What `_tail.sql` and `_counts.sql` find where there is nothing to find it in: the files that would have to be read.
_NOTHING = {
    "articles": {
        "touched_articles": "article_key UBIGINT",
        "touched_found": "article_key UBIGINT",
        "known": "article_id VARCHAR, article_key UBIGINT, revision_hash VARCHAR, source_id VARCHAR, language VARCHAR,"
        " fetched_at TIMESTAMPTZ, feed_id VARCHAR, run_id VARCHAR, is_first BOOLEAN, counted_published_at TIMESTAMPTZ,"
        " counted_backlog BOOLEAN, counted_hour BIGINT",
        "moved": "article_id VARCHAR, article_key UBIGINT",
        "lasting": "article_id VARCHAR",
        "late_feeds": "feed_id VARCHAR",
    },
    "overrides": {
        "decided": f"topic_id VARCHAR, verdict VARCHAR, {_CELL}, quarter BIGINT, seen_quarter BIGINT, found BOOLEAN,"
        " found_in_lead BOOLEAN",
    },
    "removals": {"removed": "source_id VARCHAR, quarter BIGINT, articles BIGINT"},
}


def define_tail(to: Definitions, con: duckdb.DuckDBPyConnection, found: Snapshot, *, all_fresh: bool) -> None:
    """Tell of which settled rows have to be resolved together with small files, and of what `_articles.sql` reads.

    Args:
        to: Whom to tell.
        con: The connection.
        found: The files.
        all_fresh: Whether settled files are resolved like small ones, so that nothing is settled.
    """
    to.add_script(read_sql("_tail.sql"))
    to.add_script(read_sql("_counts.sql"))
    for table, made in _NOTHING.items():
        files = [*found.settled(table), *found.fresh[table]]
        if table == "articles":
            files = [] if all_fresh else found.settled(table)
        for name, columns in made.items() if not files else ():
            to.add(
                f"tail.{name}",
                f"CREATE TABLE tail.{name} ({columns}); COMMENT ON TABLE tail.{name} IS 'Nothing, since no {table} are there.'",
            )
    if all_fresh or not found.settled("articles"):
        _define_unsettled(to)
    for table, keys, kept in (
        ("articles", "touched_articles", "untouched_articles"),
        ("articles", "moved", "lasting_firsts"),
        *((table, "touched_found", f"untouched_{table}") for table in ("sightings", "mentions", "matches")),
    ):
        to.add(f"settled.{kept}", partial(_untouched, to, con, table, keys, kept))
        if keys != "moved":
            to.add(f"tail.{table}", partial(_touched, to, con, table, keys))


def narrow(to: Definitions, subjects: Collection[str]) -> None:
    """Leave out what a single question does not look at: to plan it takes longer than to answer most.

    Args:
        to: Whom to tell.
        subjects: What it counts articles on: `topic`, `concept`, or nothing.
    """
    for subject in {"topic", "concept"} - set(subjects):
        to.add(f"tail.{subject}_finds", f"CREATE TABLE tail.{subject}_finds ({_FIND})")
    to.add("tail.hits", "CREATE VIEW tail.hits AS FROM tail.worked_hits" if subjects else f"CREATE TABLE tail.hits ({_HIT})")
    # The days of the zone that it is asked in are kept (vigie.queries.remembering).
    days, _, _ = statements_of(read_sql("_ledger.sql"))["source_days"].partition("UNION ALL")
    to.add("source_days", days)


def _define_unsettled(to: Definitions) -> None:
    """Tell of what is quicker to be had where nothing is settled."""
    to.add("feed_times", statements_of(read_sql("_catalog.sql"))["feed_times"])
    for name, rows, comment in (
        ("days", "FROM worked_days('UTC')", "Each polled source on each day, UTC."),
        (
            "seen_sources",
            "SELECT source_id FROM fresh.fetches UNION SELECT source_id FROM fresh.articles",
            "One row a source that was polled, of which an export was read, or that published.",
        ),
    ):
        to.add(f"tail.{name}", f"CREATE TABLE tail.{name} AS {rows}; COMMENT ON TABLE tail.{name} IS {literal(comment)}")


def _untouched(to: Definitions, con: duckdb.DuckDBPyConnection, table: str, keys: str, kept: str) -> str:
    """A table's settled rows whose article is none of some; where there are none of these, no join is needed."""
    joined = f"ANTI JOIN tail.{keys} USING (article_key)" if _any(to, con, keys) else ""
    return (
        f"CREATE VIEW settled.{kept} AS FROM settled.{table} {joined};"
        f" COMMENT ON VIEW settled.{kept} IS 'Settled rows that hold whatever small files say.'"
    )


def _touched(to: Definitions, con: duckdb.DuckDBPyConnection, table: str, keys: str) -> str:
    """A table's rows of articles that small files tell of, settled ones too."""
    columns = column_list(TABLES[table]) + (", file" if table == "articles" else "")
    rows = f"SELECT * EXCLUDE (date) FROM fresh.{table}"
    if _any(to, con, keys):
        rows += f" UNION ALL BY NAME SELECT {columns} FROM settled.{table} SEMI JOIN tail.{keys} USING (article_key)"
    return f"CREATE VIEW tail.{table} AS {rows}; COMMENT ON VIEW tail.{table} IS 'Rows that have to be resolved.'"


def _any(to: Definitions, con: duckdb.DuckDBPyConnection, keys: str) -> bool:
    to.create_for(f"FROM tail.{keys}")
    [(found,)] = con.execute(f"SELECT count(*) > 0 FROM tail.{keys}").fetchall()
    return bool(found)


def settled_rows(table: Table, files: Sequence[str]) -> str:
    """The rows of a table's settled files, with what says how they are to be read."""
    flags = "".join(f", CAST(NULL AS {kind}) AS {flag}" for flag, kind in _FLAGS.get(table.name, {}).items())
    return relation(table, files, "hive_partitioning = false", flags)


def derived_rows(name: str, files: Sequence[str]) -> str:
    """The rows of files that hold what compaction worked out beside the tables."""
    if files:
        return f"FROM read_parquet({file_list(files)}, hive_partitioning = false)"
    columns = (column.split() for column in _DERIVED[name].split(", "))
    return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {column}' for column, kind in columns)} WHERE false"


def _as_small(table: Table) -> str:
    """What to select of settled rows to have the columns of small files."""
    file = ", file" if table.name == "articles" else ""
    return f'SELECT {column_list(table)}{file}, CAST("{table.partition_field}" AS DATE) AS date'


def _define_stages(
    to: Definitions, table: Table, found: Snapshot, known_by: datetime | None, check: Callable[[str], None]
) -> None:
    name = table.name
    settled = settled_rows(table, found.settled(name))
    to.add(
        f"settled.{name}",
        f"CREATE VIEW settled.{name} AS {settled if known_by is None else settled_rows(table, [])};"
        f" COMMENT ON VIEW settled.{name} IS 'Rows of settled files.'",
    )
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
    sql = (
        f"CREATE VIEW fresh.{name} AS {rows};"
        f" COMMENT ON VIEW fresh.{name} IS 'Rows of small files, which no compaction has taken in.'"
    )
    to.add(f"fresh.{name}", _checked(check, name, sql))


def _checked(check: Callable[[str], None], table: str, sql: str) -> Callable[[], str]:
    """What creates a view of a table's small files, once they have been checked."""

    def give() -> str:
        check(table)
        return sql

    return give


def _define_derived(to: Definitions, found: Snapshot) -> None:
    cursors = relation(TABLES["fetches"], found.settled("cursors"), "hive_partitioning = false")
    to.add(
        "settled.cursors",
        f"CREATE VIEW settled.cursors AS {cursors};"
        " COMMENT ON VIEW settled.cursors IS 'Of each feed the settled rows that its cursor follows from.'",
    )
    for name in _DERIVED:
        rows = f"FROM cubes.{name}" if name in _CUBES and not found.has_cube(name) else derived_rows(name, found.settled(name))
        to.add(
            f"settled.{name}",
            f"CREATE VIEW settled.{name} AS {rows};"
            f" COMMENT ON VIEW settled.{name} IS 'Worked out by compaction; see vigie.schemas.settled.'",
        )
    to.add_script(read_sql("_cubes.sql"))
