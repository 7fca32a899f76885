"""What an open dataset need not work out twice: it is a snapshot, so nothing that follows from it alone ever changes.

A dashboard asks many questions of one open dataset, through a cursor each. Between them stay the days of sources in the zones
asked about last, and the rows of statements that a question's period or topic leaves as they are.
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
from vigie.queries.relations import literal

__all__ = ["begin_remembering", "keep_days", "remembered_rows"]

#: Zones whose days are kept; each takes as much memory as the days of UTC do.
_MOST_ZONES = 3
_MOST_STATEMENTS = 256

_NUMBERS = itertools.count()
#: Of open datasets, by their number: statements with their values, and their rows.
_ROWS: dict[int, OrderedDict[tuple[str, str], list[dict[str, Any]]]] = {}
_LOCK = threading.Lock()


def begin_remembering(con: duckdb.DuckDBPyConnection) -> None:
    """Number a dataset that is opened, so that its cursors find what others of them worked out; closing it forgets all."""
    number = next(_NUMBERS)
    con.execute(
        f"CREATE TABLE tail.opened AS SELECT {number} AS number;"
        " COMMENT ON TABLE tail.opened IS 'One row: which of the datasets that this process opened it is.';"
        " CREATE TABLE tail.kept_zones (zone VARCHAR, number BIGINT);"
        " COMMENT ON TABLE tail.kept_zones IS 'Zones other than UTC whose days are kept, in the order of asking.'"
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
    with _LOCK:
        known = _ROWS.get(number, OrderedDict())  # A cursor may outlive what it is of.
        if key in known:
            known.move_to_end(key)
            return known[key]
    create_for(con, sql)
    cursor = con.execute(sql, used)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    with _LOCK:
        known[key] = rows
        while len(known) > _MOST_STATEMENTS:
            known.popitem(last=False)
    return rows


def keep_days(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Work out the days of all sources in a zone once, so that `source_days` reads them from then on.

    Of a few zones they are kept, the newest ones, so that who tries all zones fills no memory.
    """
    if zone == "UTC":
        return
    create_for(con, "FROM source_days()")
    with _LOCK:
        zones = [row[0] for row in con.execute("SELECT zone FROM tail.kept_zones ORDER BY number").fetchall()]
        if zone in zones:
            return
        kept = [*zones, zone][-_MOST_ZONES:]
        con.execute("BEGIN")
        try:
            con.execute(
                f"CREATE TABLE {_table(zone)} AS FROM worked_days({literal(zone)});"
                f" COMMENT ON TABLE {_table(zone)} IS 'As tail.days, in another zone.';"
                f" INSERT INTO tail.kept_zones SELECT {literal(zone)}, coalesce(max(number), 0) + 1 FROM tail.kept_zones"
            )
            con.execute(_kept_days(kept))
            for old in (name for name in zones if name not in kept):
                con.execute(f"DELETE FROM tail.kept_zones WHERE zone = {literal(old)}; DROP TABLE {_table(old)}")
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise


def _table(zone: str) -> str:
    return f'tail."days in {zone}"'


def _kept_days(zones: list[str]) -> str:
    """What `source_days` reads of what is kept, in place of what `_ledger.sql` has for UTC alone."""
    tables = {"UTC": "tail.days", **{zone: _table(zone) for zone in zones}}
    rows = (f"SELECT {literal(zone)} AS of_zone, source_id, day, state FROM {table}" for zone, table in tables.items())
    return (
        f"CREATE OR REPLACE VIEW tail.kept_days AS {' UNION ALL '.join(rows)};"
        " COMMENT ON VIEW tail.kept_days IS 'As tail.days, by zone.';"
        f" CREATE OR REPLACE MACRO is_kept(zone) AS zone IN ({', '.join(map(literal, tables))})"
    )
