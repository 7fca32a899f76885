"""What an open dataset keeps of the zones and the topics that it is asked about.

In place of what `_ledger.sql` and `_counts.sql` have for UTC, or read from files, questions then read tables in memory: the
days of all sources in a zone, the counts of articles by its days, and the counts of what a topic or a concept was found in.
Of each the newest few are kept, so that who tries all of them fills no memory. What single questions alone read, as texts, is
kept once one of them is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb

from vigie.queries.definitions import create_for, is_for_one
from vigie.queries.relations import file_list, literal
from vigie.queries.remembering import LOCK
from vigie.queries.settled_files import home_until, month_of

__all__ = ["keep_firsts", "keep_hits", "keep_homes", "keep_intervals", "keep_read", "keep_runs"]


#: Zones whose days are kept. Each takes as much memory as the days of UTC do, and 50 bytes a source, language and day.
_MOST_ZONES = 3
#: Of how many sources, languages and days the counts are kept: of one zone 150 MB at most.
_MOST_CELLS = 3_000_000
#: Of how many quarters of an hour, with a source and a language each, the counts of topics and concepts are: some 200 MB.
_MOST_HITS = 4_000_000

#: Between how many polls the intervals are: some 80 MB.
_MOST_INTERVALS = 1_000_000
#: Of how many articles at most, by their revisions, the first ones are: some 200 MB.
_MOST_FIRSTS = 700_000
_FIRSTS = """
    SELECT article_id, revision_hash, source_id, feed_id, language, counted_published_at AS first_published_at, date_quality,
           backlog, fetched_at, run_id, file, counted_hour AS published_hour, month
    FROM settled.lasting_firsts WHERE is_first
"""

#: Files of articles of which one was first seen after the month of the file, and the last such month: any, if it is not told.
#: Ten hours do no harm, since questions look for articles from two days before a period on (`month_from`).
_LATER_HOMES = """
    SELECT month, CASE WHEN bool_or(last IS NULL) THEN '9999-12' ELSE strftime(max(last), '%Y-%m') END AS last_month
    FROM (
        SELECT {month} AS month, CAST(stats_max_value AS TIMESTAMPTZ) - INTERVAL 10 HOUR AS last
        FROM parquet_metadata({files}) WHERE path_in_schema = 'first_fetched_at'
    )
    GROUP BY month HAVING last_month > month
"""

#: The hour of a day of UTC at none of which a local day begins.
_NO_HOUR = 24

#: Views that single questions alone read: by what these name, and of how many rows at most they are kept.
_READ_BY_FEW = {
    "tail.revisions": (
        ("article_revisions", "first_texts", "texts_of(", "texts_since(", "revisions_since(", "revisions_of("),
        50_000,
    ),
    "tail.fetches": (("FROM fetches", "fetches_since(", "intervals_from(", "known_days("), 50_000),
    "tail.vantages": (("tail.vantages",), 1_000_000),
    "tail.mentioned": (("tail.mentioned",), 1_000_000),
}


def keep_read(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Work out once what a question reads of these, if it has few rows.

    Args:
        con: The dataset, or a cursor of it.
        sql: The question.
    """
    for view, (readers, most) in _READ_BY_FEW.items():
        if any(reader in sql for reader in readers):
            _keep(con, view, most)


def _keep(con: duckdb.DuckDBPyConnection, view: str, most: int) -> None:
    held = f'tail."rows of {view}"'
    with LOCK:
        if _is_noted(con, view):
            return
        with _transaction(con):
            con.execute("INSERT INTO tail.kept_views VALUES ($1)", [view])
            con.execute(f"CREATE TABLE {held} AS FROM {view} LIMIT {most + 1}")
            if con.execute(f"SELECT count(*) FROM {held}").fetchall() == [(most + 1,)]:
                con.execute(f"DROP TABLE {held}")
                return
            con.execute(
                f"COMMENT ON TABLE {held} IS 'Rows of {view}.'; CREATE OR REPLACE VIEW {view} AS FROM {held};"
                f" COMMENT ON VIEW {view} IS 'Kept since a question read it.'"
            )


def _is_noted(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return con.execute("SELECT count(*) FROM tail.kept_views WHERE name = $1", [name]).fetchall() != [(0,)]


def keep_hits(con: duckdb.DuckDBPyConnection, kind: str, subject: str) -> None:
    """Read once what compaction and small files count of the articles that a topic or a concept was found in.

    Args:
        con: The dataset, or a cursor of it.
        kind: `topic` or `concept`.
        subject: Its id.
    """
    create_for(con, "FROM hits_of()")
    with LOCK:
        known = con.execute("SELECT kind, subject, number, hits FROM tail.kept_subjects ORDER BY number").fetchall()
        if (kind, subject) in {row[:2] for row in known}:
            return
        number = 1 + max((row[2] for row in known), default=0)
        before = [row for row in known if row[3] is not None]
        with _transaction(con):
            con.execute(
                f"CREATE TABLE {_hits(number)} AS SELECT lead, source_id, language, backlog,"
                " CAST(quarter AS INTEGER) AS quarter, CAST(seen_quarter AS INTEGER) AS seen_quarter,"
                " CAST(articles AS INTEGER) AS articles"
                f" FROM tail.hit_quarters WHERE kind = $1 AND subject = $2 LIMIT {_MOST_HITS + 1}",
                [kind, subject],
            )
            [(hits,)] = con.execute(f"SELECT count(*) FROM {_hits(number)}").fetchall()
            if hits > _MOST_HITS:  # It is noted, so that it is not read again.
                con.execute(f"DROP TABLE {_hits(number)}")
                con.execute("INSERT INTO tail.kept_subjects VALUES ($1, $2, $3, NULL)", [kind, subject, number])
                return
            con.execute("INSERT INTO tail.kept_subjects VALUES ($1, $2, $3, $4)", [kind, subject, number, hits])
            kept = [*before, (kind, subject, number, hits)]
            while sum(row[3] for row in kept) > _MOST_HITS:
                del kept[0]
            con.execute(_kept_hits(kept))
            for *_, old, _ in before[: 1 + len(before) - len(kept)]:
                con.execute(f"DELETE FROM tail.kept_subjects WHERE number = {old}; DROP TABLE {_hits(old)}")


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing, and for who asks meanwhile as it was."""
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def keep_firsts(con: duckdb.DuckDBPyConnection, first_day: date, last_day: date) -> None:
    """Read once when the articles of some days were published and seen, and in which source; nothing if these days are many.

    Args:
        con: The dataset, or a cursor of it; one that was opened for one question keeps nothing.
        first_day: The first day, in any zone.
        last_day: The last.
    """
    create_for(con, "FROM tail.article_files")
    first, last = (f"{day + timedelta(days=more):%Y-%m}" for day, more in ((first_day, -2), (last_day, 1)))
    with LOCK:
        known = "SELECT month, CAST(sum(revisions) AS BIGINT), bool_or(kept) FROM tail.article_files GROUP BY ALL ORDER BY ALL"
        months = {month: (revisions, is_kept) for month, revisions, is_kept in con.execute(known).fetchall()}
        sizes = {month: revisions for month, (revisions, _) in months.items()}
        before = [month for month, (_, is_kept) in months.items() if is_kept]
        wanted = [month for month in sizes if first <= month <= last]
        if set(wanted) <= set(before) or sum(sizes[month] for month in wanted) > _MOST_FIRSTS:
            return
        create_for(con, "FROM first_revisions")
        kept = sorted({*before, *wanted}, key=lambda month: (month in wanted, month))
        while sum(sizes[month] for month in kept) > _MOST_FIRSTS:
            del kept[0]
        with _transaction(con):
            for month in set(kept) - set(before):
                con.execute(f"CREATE TABLE {_firsts(month)} AS {_FIRSTS} AND home = {literal(month)}")
            branches = [f"FROM {_firsts(month)}" for month in kept]
            branches += [f"{_FIRSTS} AND home NOT IN ({', '.join(map(literal, kept))})"]
            con.execute(
                f"CREATE OR REPLACE VIEW settled.first_revisions AS {' UNION ALL '.join(branches)};"
                " COMMENT ON VIEW settled.first_revisions IS 'Settled first revisions, those of some months kept in memory.'"
            )
            for month in set(before) - set(kept):
                con.execute(f"DROP TABLE {_firsts(month)}")
            con.execute("UPDATE tail.article_files SET kept = list_contains($1, month)", [kept])


def keep_intervals(con: duckdb.DuckDBPyConnection, first_day: date) -> None:
    """Read once which polls followed on which, from a month on; nothing if there were many.

    Args:
        con: The dataset, or a cursor of it; one that was opened for one question keeps nothing.
        first_day: A day from which on they are asked for, in any zone.
    """
    create_for(con, "FROM tail.article_files JOIN tail.kept_intervals JOIN tail.kept_from JOIN worked_intervals()")
    create_for(con, "FROM fetches_since() JOIN has_intervals()")
    first_at = (first_day - timedelta(days=2)).replace(day=1).isoformat()
    begins = f"TIMESTAMPTZ '{first_at} 00:00:00+00'"
    with LOCK:
        known = f"SELECT EXISTS (FROM tail.article_files) AND NOT EXISTS (FROM tail.kept_from WHERE first_at <= {begins})"
        if con.execute(known).fetchall() != [(True,)]:
            return
        [(polls,)] = con.execute(f"SELECT count(*) FROM fetches_since({begins})").fetchall()
        if polls > _MOST_INTERVALS:
            return
        kept = "(SELECT coalesce(min(first_at) - INTERVAL 1 MICROSECOND, TIMESTAMPTZ 'infinity') FROM tail.kept_from)"
        with _transaction(con):
            con.execute(
                f"INSERT INTO tail.kept_intervals FROM worked_intervals({begins}, {kept});"
                f" INSERT INTO tail.kept_from VALUES ({begins});"
                f" CREATE OR REPLACE MACRO has_intervals(first_at) AS first_at >= {begins}"
            )


def keep_homes(con: duckdb.DuckDBPyConnection) -> None:
    """See once after which month no article of a settled file was first seen; of earlier ones no question opens it then.

    That is the file's own month, unless what was found in an article lay there before the article did.

    Args:
        con: The dataset, or a cursor of it; of one that was opened for one question nothing is looked at.
    """
    create_for(con, "FROM tail.article_files")
    with LOCK:
        if not con.execute("FROM tail.article_files LIMIT 1").fetchall() or _is_noted(con, "home_until"):
            return
        [(files,)] = con.execute("SELECT list(file) FROM tail.article_files").fetchall()
        home = month_of(files, "file_name")
        later = con.execute(_LATER_HOMES.format(month=home, files=file_list(files))).fetchall()
        with _transaction(con):
            con.execute(home_until(dict(later)))
            con.execute("INSERT INTO tail.kept_views VALUES ('home_until')")


def _firsts(month: str) -> str:
    return f'tail."firsts of {month}"'


def _hits(number: int) -> str:
    return f'tail."hits {number}"'


def _kept_hits(kept: list[tuple[str, str, int, int]]) -> str:
    """What `hits_of` reads of what is kept, in place of what `_counts.sql` has."""
    rows = (
        f"SELECT {literal(kind)} AS kind, {literal(subject)} AS subject, *, '9999-12' AS month FROM {_hits(number)}"
        for kind, subject, number, _ in kept
    )
    names = ", ".join(f"({literal(kind)}, {literal(subject)})" for kind, subject, _, _ in kept)
    return (
        f"CREATE OR REPLACE VIEW tail.kept_hits AS {' UNION ALL '.join(rows)};"
        " COMMENT ON VIEW tail.kept_hits IS 'As tail.hit_quarters, of topics and concepts that were asked about lately.';"
        f" CREATE OR REPLACE MACRO has_hits(which_kind, which_subject) AS (which_kind, which_subject) IN ({names})"
    )


def keep_runs(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Work out once what is known of the days of all sources in a zone, and at which hours of UTC these days begin.

    Of a few zones they are kept, the newest ones, so that who tries all zones fills no memory.
    """
    if zone == "UTC":
        return
    if is_for_one(con):  # What is known of days it has of that zone alone (vigie.queries.narrowing).
        create_for(con, "FROM tail.settled_output JOIN has_hours() JOIN worked_cuts()")
        _work_out_counts(con, zone)
        con.execute(_settled_output([zone] if _hours(con, zone) is not None else []))
        return
    create_for(con, "FROM source_runs() JOIN worked_runs() JOIN tail.settled_output JOIN has_hours() JOIN worked_cuts()")
    with LOCK:
        zones = [row[0] for row in con.execute("SELECT zone FROM tail.kept_zones ORDER BY number").fetchall()]
        if zone in zones:
            return
        kept = [*zones, zone][-_MOST_ZONES:]
        with _transaction(con):
            con.execute(
                f"CREATE TABLE {_table(zone)} AS FROM worked_runs({literal(zone)});"
                f" COMMENT ON TABLE {_table(zone)} IS 'As tail.runs, in another zone.';"
                f" INSERT INTO tail.kept_zones SELECT {literal(zone)}, coalesce(max(number), 0) + 1 FROM tail.kept_zones"
            )
            _work_out_counts(con, zone)
            con.execute(_kept_runs(kept))
            con.execute(_settled_output([name for name in kept if _hours(con, name) is not None]))
            for old in (name for name in zones if name not in kept):
                con.execute(f"DELETE FROM tail.kept_zones WHERE zone = {literal(old)}; DROP TABLE {_table(old)}")
                con.execute(f"DROP {_output_kind(con)} IF EXISTS {_output(old)}; DROP TABLE {_cuts(old)}")


def _work_out_counts(con: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Create what tells the settled counts by the days of a zone."""
    counted = "SELECT min(coalesce(day, seen_day)), max(coalesce(day, seen_day)) FROM settled.output_hours"
    [days] = con.execute(counted).fetchall()
    con.execute(f"CREATE TABLE {_cuts(zone)} AS FROM worked_cuts($1, $2, $3)", [zone, *days])
    hours = _hours(con, zone)
    if hours is not None:
        kind, rows = _output_kind(con), _output_rows(zone, hours)
        con.execute(f"CREATE {kind} {_output(zone)} AS {_summed(rows) if kind == 'TABLE' else rows}")


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


def _output(zone: str) -> str:
    return f'tail."output in {zone}"'


def _output_kind(con: duckdb.DuckDBPyConnection) -> str:
    """What holds the counts of a zone: a table, unless they are many, or read once. In all zones they are about as many."""
    if is_for_one(con):
        return "VIEW"
    [(cells,)] = con.execute("SELECT count(*) FROM settled.output_hours").fetchall()
    return "TABLE" if cells <= _MOST_CELLS else "VIEW"


def _output_rows(zone: str, hours: list[int]) -> str:
    """The settled counts by local day of a zone, from those by hour: a day of UTC lies in two local days."""
    before = "".join(f" WHEN {hour} THEN before_{hour:02}" for hour in hours)
    first = f"CASE c.hour{before} ELSE articles END" if before else "articles"
    parts = []
    for day, articles in (("day_before", first), ("day_after", f"articles - {first}")):
        of_day = f"{articles} AS articles FROM settled.output_hours AS h JOIN {_cuts(zone)} AS c"
        dated = f"c.{day} AS day, CAST(NULL AS DATE) AS seen_day, {of_day} ON c.utc_day = h.day"
        undated = f"CAST(NULL AS DATE), c.{day}, {of_day} ON c.utc_day = h.seen_day WHERE h.day IS NULL"
        parts += [f"SELECT source_id, language, backlog, {which}" for which in (dated, undated)]
    return f"FROM ({' UNION ALL '.join(parts)}) WHERE articles > 0"


def _summed(rows: str) -> str:
    """Half as many rows in order of day, for who reads them often; whoever reads counts sums them up anyway."""
    return (
        f"SELECT * REPLACE (CAST(sum(articles) AS BIGINT) AS articles) FROM ({rows})"
        " GROUP BY source_id, language, backlog, day, seen_day ORDER BY day NULLS LAST, seen_day"
    )


def _settled_output(zones: list[str]) -> str:
    """What `parts_of` reads of what is counted by hour, in place of what `_counts.sql` has for UTC alone."""
    branches = ["SELECT 'UTC' AS of_zone, source_id, language, backlog, day, seen_day, articles FROM settled.output_hours"]
    branches += [f"SELECT {literal(zone)}, * FROM {_output(zone)}" for zone in zones]
    return (
        f"CREATE OR REPLACE VIEW tail.settled_output AS {' UNION ALL '.join(branches)};"
        " COMMENT ON VIEW tail.settled_output IS"
        " 'Settled first revisions by source, language, backlog and local day, by zone; to be summed up.';"
        f" CREATE OR REPLACE MACRO has_hours(zone) AS zone IN ({', '.join(map(literal, ['UTC', *zones]))})"
    )
