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

__all__ = ["begin_remembering", "keep_runs", "remembered_rows"]

#: Zones whose days are kept; each takes as much memory as the days of UTC do.
_MOST_ZONES = 3
_MOST_STATEMENTS = 256

#: The hour of a day of UTC at none of which a local day begins.
_NO_HOUR = 24

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


def keep_runs(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Work out once what is known of the days of all sources in a zone, and at which hours of UTC these days begin.

    Of a few zones they are kept, the newest ones, so that who tries all zones fills no memory.
    """
    if zone == "UTC":
        return
    create_for(con, "FROM source_runs() JOIN tail.settled_output JOIN has_hours() JOIN worked_cuts()")
    with _LOCK:
        zones = [row[0] for row in con.execute("SELECT zone FROM tail.kept_zones ORDER BY number").fetchall()]
        if zone in zones:
            return
        kept = [*zones, zone][-_MOST_ZONES:]
        con.execute("BEGIN")
        try:
            con.execute(
                f"CREATE TABLE {_table(zone)} AS FROM worked_runs({literal(zone)});"
                f" COMMENT ON TABLE {_table(zone)} IS 'As tail.runs, in another zone.';"
                f" INSERT INTO tail.kept_zones SELECT {literal(zone)}, coalesce(max(number), 0) + 1 FROM tail.kept_zones"
            )
            counted = "SELECT min(coalesce(day, seen_day)), max(coalesce(day, seen_day)) FROM settled.output_hours"
            [days] = con.execute(counted).fetchall()
            con.execute(f"CREATE TABLE {_cuts(zone)} AS FROM worked_cuts($1, $2, $3)", [zone, *days])
            con.execute(_kept_runs(kept))
            con.execute(_settled_output({name: _hours(con, name) for name in kept}))
            for old in (name for name in zones if name not in kept):
                con.execute(
                    f"DELETE FROM tail.kept_zones WHERE zone = {literal(old)}; DROP TABLE {_table(old)};"
                    f" DROP TABLE {_cuts(old)}"
                )
            con.execute("COMMIT")
        except BaseException:
            con.execute("ROLLBACK")
            raise


def _table(zone: str) -> str:
    return f'tail."days in {zone}"'


def _kept_runs(zones: list[str]) -> str:
    """What `source_runs` reads of what is kept, in place of what `_ledger.sql` has for UTC alone."""
    tables = {"UTC": "tail.runs", **{zone: _table(zone) for zone in zones}}
    rows = (
        f"SELECT {literal(zone)} AS of_zone, source_id, from_day, to_day, state FROM {table}" for zone, table in tables.items()
    )
    return (
        f"CREATE OR REPLACE VIEW tail.kept_runs AS {' UNION ALL '.join(rows)};"
        " COMMENT ON VIEW tail.kept_runs IS 'As tail.runs, by zone.';"
        f" CREATE OR REPLACE MACRO is_kept(zone) AS zone IN ({', '.join(map(literal, tables))})"
    )


def _cuts(zone: str) -> str:
    return f'tail."hours in {zone}"'


def _hours(con: duckdb.DuckDBPyConnection, zone: str) -> list[int] | None:
    """At which hours of UTC local days begin; None: not always at whole hours."""
    found = con.execute(f"SELECT DISTINCT hour, broken FROM {_cuts(zone)}").fetchall()
    return None if any(broken for _, broken in found) else sorted(hour for hour, _ in found if hour < _NO_HOUR)


def _settled_output(hours: dict[str, list[int] | None]) -> str:
    """What `parts_of` reads of what is counted by hour, in place of what `_counts.sql` has for UTC alone."""
    branches = ["SELECT 'UTC' AS of_zone, source_id, language, backlog, day, seen_day, articles FROM settled.output_hours"]
    whole = {zone: found for zone, found in hours.items() if found is not None}
    for zone, found in whole.items():
        before = "".join(f" WHEN {hour} THEN before_{hour:02}" for hour in found)
        first = f"CASE c.hour{before} ELSE articles END" if before else "articles"
        for day, articles in (("day_before", first), ("day_after", f"articles - {first}")):
            counts = f"SELECT {literal(zone)}, source_id, language, backlog"
            of_day = f"{articles} FROM settled.output_hours AS h JOIN {_cuts(zone)} AS c"
            branches.append(f"{counts}, c.{day}, CAST(NULL AS DATE), {of_day} ON c.utc_day = h.day")
            branches.append(f"{counts}, NULL, c.{day}, {of_day} ON c.utc_day = h.seen_day WHERE h.day IS NULL")
    return (
        f"CREATE OR REPLACE VIEW tail.settled_output AS {' UNION ALL '.join(branches)};"
        " COMMENT ON VIEW tail.settled_output IS"
        " 'Settled first revisions by source, language, backlog and local day, by zone; to be summed up.';"
        f" CREATE OR REPLACE MACRO has_hours(zone) AS zone IN ({', '.join(map(literal, ['UTC', *whole]))})"
    )
