"""What an open dataset need not work out twice: it is a snapshot, so nothing that follows from it alone ever changes.

A dashboard asks many questions of one open dataset, through a cursor each. Between them stay the rows of statements that a
question's period or topic leaves as they are, and what :mod:`vigie.queries.keeping` keeps in tables.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import duckdb

from vigie.queries.definitions import create_for

__all__ = ["LOCK", "begin_remembering", "remembered_rows"]

_MOST_STATEMENTS = 256

_NUMBERS = itertools.count()
#: Of open datasets, by their number: statements with their values, and their rows.
_ROWS: dict[int, OrderedDict[tuple[str, str], list[dict[str, Any]]]] = {}
#: Held by whoever changes what an open dataset keeps.
LOCK = threading.Lock()


def begin_remembering(con: duckdb.DuckDBPyConnection) -> None:
    """Number a dataset that is opened, so that its cursors find what others of them worked out; closing it forgets all."""
    number = next(_NUMBERS)
    con.execute(
        f"CREATE TABLE tail.opened AS SELECT {number} AS number;"
        " COMMENT ON TABLE tail.opened IS 'One row: which of the datasets that this process opened it is.';"
        " CREATE TABLE tail.kept_zones (zone VARCHAR, number BIGINT);"
        " COMMENT ON TABLE tail.kept_zones IS 'Zones other than UTC whose days are kept, in the order of asking.';"
        " CREATE TABLE tail.kept_subjects (kind VARCHAR, subject VARCHAR, number BIGINT, hits BIGINT);"
        " COMMENT ON TABLE tail.kept_subjects IS 'Topics and concepts asked about; hits: how many counts are kept, or NULL.';"
        " CREATE TABLE tail.kept_views (name VARCHAR);"
        " COMMENT ON TABLE tail.kept_views IS 'Views of which it is settled whether their rows are kept.'"
    )
    _ROWS[number] = OrderedDict()
    weakref.finalize(con, _ROWS.pop, number, None)


def remembered_rows(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one statement, which is run when the dataset was not asked it with these values lately.

    Args:
        con: The dataset, or a cursor of it.
        sql: A statement of which the rows are few, and follow from the dataset and the values alone.
        values: Of these, it gets those that it names.
    """
    used = {name: value for name, value in values.items() if f"${name}" in sql}
    [(number,)] = con.execute("FROM tail.opened").fetchall()
    key = (sql, repr(sorted(used.items())))
    with LOCK:
        known = _ROWS.get(number, OrderedDict())  # A cursor may outlive what it is of.
        if key in known:
            known.move_to_end(key)
            return known[key]
    create_for(con, sql)
    cursor = con.execute(sql, used)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    with LOCK:
        known[key] = rows
        while len(known) > _MOST_STATEMENTS:
            known.popitem(last=False)
    return rows
