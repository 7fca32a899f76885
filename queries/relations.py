"""A table's Parquet files as a relation in SQL: with all the columns of the table, whatever version of vigie wrote them."""

from __future__ import annotations

import dataclasses
import enum
import re
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import duckdb

from vigie.schemas import Table
from vigie.schemas.columns import hints_of, optional

__all__ = [
    "BY_DAY",
    "SHAPE",
    "column_list",
    "escape",
    "file_list",
    "known_days",
    "literal",
    "moment",
    "no_rows",
    "read_sql",
    "relation",
    "sql_type",
]

#: How the small files of a table are read: the day of their folder is a column.
BY_DAY = "hive_types = {'date': DATE}, hive_partitioning = true"

#: Of the rows of `parquet_schema` about a file: in two files that have the same columns it is the same.
SHAPE = "list_sort(list(concat_ws(' ', name, type, logical_type, num_children)))"
#: Files of a table from which on it is worth looking whether they are alike.
_MANY = 10
_SQL_TYPES: Mapping[type, str] = {
    str: "VARCHAR",
    bool: "BOOLEAN",
    int: "BIGINT",
    float: "DOUBLE",
    bytes: "BLOB",
    date: "DATE",
    datetime: "TIMESTAMPTZ",
}


def read_sql(name: str) -> str:
    """The text of one of the package's .sql files."""
    return (files("vigie.queries") / name).read_text(encoding="utf-8")


def known_days() -> str:
    """The macro `known_days`: `worked_days` by the polls before a moment, which is its first parameter, alone."""
    [macro] = re.findall(r"^CREATE MACRO worked_days.*?;$", read_sql("_days.sql"), re.MULTILINE | re.DOTALL)
    for name, by in (("MACRO worked_days(", "MACRO known_days(known_by, "), ("FROM feed_times", "FROM feed_times_by(known_by)"),
                     ("FROM coverage_spans", "FROM coverage_by(known_by)")):  # fmt: skip
        macro = macro.replace(name, by)
    return str(macro)


def sql_type(hint: Any) -> str:
    """The type in SQL of a column that a dataclass describes: the one that DuckDB gives to the column's Arrow type."""
    hint, _ = optional(hint)
    if typing.get_origin(hint) is tuple:
        return f"{sql_type(typing.get_args(hint)[0])}[]"
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return "STRUCT(" + ", ".join(f'"{name}" {sql_type(kind)}' for name, kind in hints_of(hint).items()) + ")"
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return "VARCHAR"
    return _SQL_TYPES[hint]


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def moment(at: datetime | None) -> str:
    """A moment in SQL."""
    return f"CAST({literal(at.isoformat()) if at else 'NULL'} AS TIMESTAMPTZ)"


def escape(name: str) -> str:
    """A file's name as DuckDB reads it, which would take `[`, `*` and `?` for patterns."""
    return re.sub(r"[\[*?]", r"[\g<0>]", name)


def file_list(names: Sequence[str]) -> str:
    """A list of files in SQL."""
    return "[" + ", ".join(literal(escape(name)) for name in names) + "]"


def column_list(table: Table, prefix: str = "") -> str:
    """The columns of a table, for a SELECT."""
    return ", ".join(f'{prefix}"{name}"' for name in table.columns)


def no_rows(table: Table, extra: str = "") -> str:
    """No rows of a table's columns, and of others if named."""
    columns = ", ".join(f'CAST(NULL AS {sql_type(kind)}) AS "{name}"' for name, kind in table.columns.items())
    return f"SELECT {columns}{extra} WHERE false"


def relation(
    table: Table,
    names: Sequence[str],
    options: str,
    extra: str = "",
    con: duckdb.DuckDBPyConnection | None = None,
    *,
    alike: bool | None = None,
) -> str:
    """The rows of some files with all columns of their table; those that older files lack hold their default.

    Args:
        table: The table.
        names: Its files; may be empty.
        options: Of `read_parquet`.
        extra: What a SELECT of no rows needs to have the columns that the files have besides, beginning with a comma.
        con: Looks at the files: with those that have all columns, statements are planned twice as fast. None: not looked at.
        alike: Whether all files are known to have the same columns; None: that is looked up.

    Raises:
        duckdb.Error: A file cannot be read.
    """
    if not names:
        return no_rows(table, extra)
    rows = shown = f"FROM read_parquet({file_list(names)}, union_by_name = true, {options})"
    if con is not None and len(names) >= _MANY and (_are_alike(con, names) if alike is None else alike):
        rows = f"FROM read_parquet({file_list(names)}, {options})"
        shown = f"FROM read_parquet({file_list(names[:1])}, {options})"
    if con is None or not _is_whole(con, table, shown):
        rows = f"({no_rows(table)}) UNION ALL BY NAME {rows}"
    added = _defaults(table)
    return f"SELECT * REPLACE ({', '.join(added)}) FROM ({rows})" if added else rows


def _are_alike(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> bool:
    """Whether files have the same columns: then none but the first is looked at each time a statement is planned."""
    shapes = f"SELECT DISTINCT {SHAPE} FROM parquet_schema({file_list(names)}) GROUP BY file_name"
    return len(con.execute(shapes).fetchall()) == 1


def _is_whole(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> bool:
    """Whether rows have the columns of a table in their order and with their types, and perhaps others behind them."""
    described = con.execute(f"DESCRIBE {rows}").fetchall()
    found = [(name, kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ").replace('"', "")) for name, kind, *_ in described]
    wanted = [(name, sql_type(kind).replace('"', "")) for name, kind in table.columns.items()]
    return found[: len(wanted)] == wanted


def _defaults(table: Table) -> list[str]:
    """The columns that were added after others, with what they hold in files that lack them."""
    return [
        f'coalesce("{field.name}", {literal(field.default)}) AS "{field.name}"'
        for field in dataclasses.fields(table.row)
        if isinstance(field.default, str)
    ]
