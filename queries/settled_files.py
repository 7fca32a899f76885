"""What settled files hold, in SQL: the rows of tables with what compaction says of them, and what it works out beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from vigie.queries.relations import file_list, literal, relation
from vigie.schemas import Table

__all__ = [
    "BY_MONTH",
    "CELL",
    "DERIVED",
    "FILE_OF_ARTICLES",
    "HOUR_COLUMNS",
    "derived_rows",
    "home_until",
    "month_of",
    "rows_by_month",
    "settled_rows",
]

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
#: Tables whose rows questions look for in the months of a period.
BY_MONTH = frozenset(_FLAGS)
_ABOUT_ARTICLES = frozenset(name for name, flags in _FLAGS.items() if "article_key" in flags)
#: Of what is counted by day: how many are before each hour.
HOUR_COLUMNS = tuple(f"before_{hour:02}" for hour in range(1, 24))
#: What counts are counted by, besides time.
CELL = "source_id VARCHAR, language VARCHAR, backlog BOOLEAN"
#: What is worked out beside the tables.
DERIVED = {
    "spans": "source_id VARCHAR, feed_id VARCHAR, from_at TIMESTAMPTZ, to_at TIMESTAMPTZ, state VARCHAR, stated BOOLEAN",
    "output_quarters": f"{CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT",
    "output_hours": f"{CELL}, day DATE, seen_day DATE, articles BIGINT, "
    + ", ".join(f"{name} BIGINT" for name in HOUR_COLUMNS),
    "hit_quarters": "kind VARCHAR, topics_version VARCHAR, subject VARCHAR, lead BOOLEAN,"
    f" {CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT",
    "origins": "file VARCHAR, run_id VARCHAR, source_id VARCHAR, articles BIGINT, first_fetched_at TIMESTAMPTZ,"
    " last_fetched_at TIMESTAMPTZ",
}


def settled_rows(
    table: Table,
    files: Sequence[str],
    con: duckdb.DuckDBPyConnection | None = None,
    more: str = "",
    *,
    alike: bool | None = None,
) -> str:
    """The rows of a table's settled files, with what says how to read them; the last three as `relation` takes them."""
    flags = "".join(f", CAST(NULL AS {kind}) AS {flag}" for flag, kind in _FLAGS.get(table.name, {}).items())
    return relation(table, files, f"hive_partitioning = false{more}", flags, con, alike=alike)


def rows_by_month(table: Table, files: Sequence[str], con: duckdb.DuckDBPyConnection, *, alike: bool | None, told: bool) -> str:
    """The rows of settled files with the month after which nothing of theirs began; if that is not told, it may be any.

    Of those about articles it is what `home_until` says of the month of the file, which is given too, as `home`. Files come
    newest first: DuckDB takes a statement to read as many rows as the first of them leads it to expect, and next to none if no
    file of that month is opened; then it joins in the wrong order.
    """
    files = files[::-1]
    about_articles = table.name in _ABOUT_ARTICLES
    if not (told and files):
        months = "'' AS home, '9999-12' AS month" if about_articles else "'9999-12' AS month"
        return f"SELECT *, {months} FROM ({settled_rows(table, files, con, alike=alike)})"
    home = month_of(files)
    months = f"{home} AS home, home_until({home}) AS month" if about_articles else f"{home} AS month"
    return f"SELECT * EXCLUDE (filename), {months} FROM ({settled_rows(table, files, con, ', filename = true', alike=alike)})"


def month_of(files: Sequence[str], name: str = "filename") -> str:
    """The month, in SQL, that a settled file is of: what its folder's name says.

    It is taken by its place, which is the same in all files of a table. A pattern, which DuckDB looks for in each file's name
    each time it plans a statement, takes three times as long.

    Args:
        files: The files, as they are read.
        name: What a file's name is called.
    """
    begins = (files[0].rfind("month=") if files else 0) + len("month=") + 1  # characters count from 1
    return f"substring({name}, {begins}, {len('2017-05')})"


def home_until(later: Mapping[str, str]) -> str:
    """What creates the macro `home_until`: months of which an article was first seen later, and the last such month."""
    cases = "".join(f" WHEN {literal(month)} THEN {literal(last)}" for month, last in later.items())
    return f"CREATE OR REPLACE MACRO home_until(home) AS {f'CASE home{cases} ELSE home END' if cases else 'home'}"


def derived_rows(name: str, files: Sequence[str]) -> str:
    """The rows of files that hold what compaction worked out beside the tables."""
    if files:
        return f"FROM read_parquet({file_list(files)}, hive_partitioning = false)"
    columns = (column.split() for column in DERIVED[name].split(", "))
    return f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {column}' for column, kind in columns)} WHERE false"
