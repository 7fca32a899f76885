"""The two stages of storage as schemas in SQL: `settled` is read as it is, `fresh` is resolved, `stored` is both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import duckdb

from vigie.queries.definitions import Definitions, statements_of
from vigie.queries.listing import Snapshot
from vigie.queries.relations import BY_DAY, column_list, file_list, literal, moment, no_rows, read_sql, relation
from vigie.queries.settled_files import (
    BY_MONTH,
    CELL,
    DERIVED,
    FILE_OF_ARTICLES,
    derived_rows,
    month_of,
    rows_by_month,
    settled_rows,
)
from vigie.schemas import TABLES, Generation, Table
from vigie.schemas.tables import COMMIT_ORDER

__all__ = ["define_articles", "define_tables", "define_tail"]

#: Of these, what counts articles: `_cubes.sql` gives it where an older compaction has not written it.
_CUBES = ("output_quarters", "output_hours", "hit_quarters")


def define_tables(
    to: Definitions,
    con: duckdb.DuckDBPyConnection,
    found: Snapshot,
    known_by: datetime | None,
    check: Callable[[str], None],
    *,
    hold: bool = False,
    keep: bool = False,
) -> None:
    """Tell of the views `settled`, `fresh` and `stored` of all tables, and of what compaction worked out beside them.

    Args:
        to: Whom to tell.
        con: The connection.
        found: The files.
        known_by: Only what had been collected before this moment is there. What settled files say of a row (which one
            is an article's first, or its newest) may be of later, so all of it is resolved, as if it were not settled.
        check: Called with a table's name before its small files are read.
        hold: Whether tables are made of small files, not views: files are few, and each is read once.
        keep: Whether many questions are asked, so that it is worth telling the months of settled files apart.
    """
    for table in TABLES.values():
        if table.partition_field is None:
            to.add(f"stored.{table.name}", partial(_stored, con, table, found.fresh[table.name], check, hold=hold))
        else:
            _define_stages(to, con, table, found, known_by=known_by, check=check, hold=hold, keep=keep)
            to.add(
                f"stored.{table.name}",
                f"CREATE VIEW stored.{table.name} AS FROM fresh.{table.name} UNION ALL BY NAME"
                f" {_as_small(table)} FROM settled.{table.name}",
            )
    _define_derived(to, con, found if known_by is None else Snapshot(found.root, Generation(), found.fresh))


#: Of how many settled articles that small files tell of the rows are held in memory, texts too.
_KEPT_ARTICLES = 50_000
#: Of how many articles in small files the dates and what was found in them are.
_KEPT_FRESH_ARTICLES = 200_000

#: What `_tail.sql` and `_counts.sql` find where there is nothing to find it in: the files that would have to be read.
_NOTHING = {
    "articles": {
        "touched_articles": "article_key UBIGINT",
        "touched_found": "article_key UBIGINT",
        "homes": "article_key UBIGINT, month VARCHAR",
        "known": "article_id VARCHAR, article_key UBIGINT, revision_hash VARCHAR, source_id VARCHAR, language VARCHAR,"
        " fetched_at TIMESTAMPTZ, feed_id VARCHAR, run_id VARCHAR, is_first BOOLEAN, counted_published_at TIMESTAMPTZ,"
        " counted_backlog BOOLEAN, counted_hour BIGINT",
        "moved": "article_id VARCHAR, article_key UBIGINT",
        "lasting": "article_id VARCHAR",
        "late_feeds": "feed_id VARCHAR",
    },
    "overrides": {
        "decided": f"topic_id VARCHAR, verdict VARCHAR, {CELL}, quarter BIGINT, seen_quarter BIGINT, found BOOLEAN,"
        " found_in_lead BOOLEAN",
    },
    "removals": {"removed": "source_id VARCHAR, quarter BIGINT, articles BIGINT"},
}


def define_tail(to: Definitions, con: duckdb.DuckDBPyConnection, found: Snapshot, *, all_fresh: bool, keep: bool) -> None:
    """Tell of which settled rows have to be resolved together with small files, and of what `_articles.sql` reads.

    Args:
        to: Whom to tell.
        con: The connection.
        found: The files.
        all_fresh: Whether settled files are resolved like small ones, so that nothing is settled.
        keep: Whether settled rows of the articles that small files tell of are read once for all questions, where they are few.
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
    else:
        to.add("tail.uncommitted", partial(_uncommitted, con, found))
        to.add("tail.homes", partial(_homes, con, found))
    to.add("tail.late_polls", partial(_late_polls, to, con))
    counted = found.settled("hit_quarters")
    later = found.later_months("hit_quarters")
    if (keep or later is not None) and counted and found.has_cube("hit_quarters") and not all_fresh:
        to.add("tail.settled_hits", partial(_hits_by_month, to, con, counted, later))
    for table, keys, kept in (
        ("articles", "rewritten", "untouched_articles"),
        ("articles", "moved", "lasting_firsts"),
        *((table, "homes", f"untouched_{table}") for table in ("sightings", "mentions", "matches")),
    ):
        to.add(f"settled.{kept}", partial(_untouched, to, con, table, keys, kept))
        if keys != "moved":
            to.add(f"tail.{table}", partial(_touched, to, con, table, keys))
            to.add(f"tail.settled_{table}", partial(_settled_of_homes, to, con, table, found, keep=keep))


def define_articles(to: Definitions, con: duckdb.DuckDBPyConnection, *, keep: bool) -> None:
    """Tell of the views over articles and what was found in them.

    Args:
        to: Whom to tell.
        con: The connection.
        keep: Whether what small files say of dates and topics is worked out once for all questions, if they hold few articles.
            What single questions alone read is, too, but once one of them is asked (vigie.queries.keeping).
    """
    script = read_sql("_articles.sql")
    to.add_script(script)
    # Even a single question reads first revisions several times: the notes of its answer do.
    for name in ("first_revisions", "resolved_matches", "resolved_mentions") if keep else ("first_revisions",):
        view = statements_of(script)[f"tail.{name}"]
        to.add(f"tail.{name}", partial(_kept_if_few, to, con, view, "fresh.articles", _KEPT_FRESH_ARTICLES))


def _kept_if_few(to: Definitions, con: duckdb.DuckDBPyConnection, view: str, source: str, most: int) -> str:
    """What creates a view, as a table where what it is made from has few rows."""
    to.create_for(f"FROM {source}")
    [(rows,)] = con.execute(f"SELECT count(*) FROM {source}").fetchall()
    if rows > most:
        return view
    return view.replace("CREATE VIEW ", "CREATE TABLE ").replace("COMMENT ON VIEW ", "COMMENT ON TABLE ")


def _uncommitted(con: duckdb.DuckDBPyConnection, found: Snapshot) -> str:
    """What creates the articles of which anything settled came before its article; most often there is none."""
    waiting = []
    for table in ("sightings", "mentions", "matches"):
        files = found.waiting(table)
        rows = settled_rows(TABLES[table], files, con, ", filename = true", alike=found.generation.are_alike(table))
        if files:
            waiting.append(f"SELECT article_key, {month_of(files)} AS month FROM ({rows}) WHERE NOT committed")
    rows = " UNION ALL ".join(waiting) or "SELECT CAST(NULL AS UBIGINT) AS article_key, '' AS month WHERE false"
    return (
        f"CREATE TABLE tail.uncommitted AS SELECT DISTINCT article_key, month FROM ({rows});"
        " COMMENT ON TABLE tail.uncommitted IS 'In which months anything is settled of articles that are not.'"
    )


def _homes(con: duckdb.DuckDBPyConnection, found: Snapshot) -> str:
    """The settled articles that small files tell of, and those of which anything settled came before its article."""
    files, alike = found.settled("articles"), found.generation.are_alike("articles")
    rows = settled_rows(TABLES["articles"], files, con, ", filename = true", alike=alike)
    return (
        f"CREATE TABLE tail.homes AS SELECT DISTINCT article_key, {month_of(files)} AS month"
        f" FROM ({rows}) SEMI JOIN tail.touched_found USING (article_key) UNION FROM tail.uncommitted;"
        " COMMENT ON TABLE tail.homes IS 'In which months articles are settled that small files tell of.'"
    )


def _hits_by_month(
    to: Definitions, con: duckdb.DuckDBPyConnection, files: Sequence[str], later: Mapping[str, str] | None
) -> str:
    """What creates the settled counts of what was found, by month of their file, so that a question opens few of the files.

    What was found in an article before that was committed may have drawn it to an earlier month: then all files are read.

    Args:
        to: Whom to tell.
        con: The connection.
        files: The files.
        later: Months whose counts are of later ones, too; None: that is looked up.
    """
    newest_first = file_list(files[::-1])  # As in `rows_by_month`.
    settled = f"read_parquet({newest_first}, hive_partitioning = false, filename = true)"
    rows = f"FROM (SELECT * EXCLUDE (filename), {month_of(files)} AS month FROM {settled})"
    found = bool(later)
    if later is None:
        last = f"SELECT month, max(greatest(quarter, seen_quarter)) AS last_quarter FROM ({rows}) GROUP BY month"
        early = f"SELECT count(*) > 0 FROM ({last}) WHERE month < month_before(last_quarter)"
        to.create_for(early)
        [(found,)] = con.execute(early).fetchall()
    if found:
        rows = f"SELECT * REPLACE ('9999-12' AS month) {rows}"
    return (
        f"CREATE VIEW tail.settled_hits AS {rows};"
        " COMMENT ON VIEW tail.settled_hits IS 'Settled counts of what was found, and the month of fetching; 9999-12: any.'"
    )


def _settled_of_homes(to: Definitions, con: duckdb.DuckDBPyConnection, table: str, found: Snapshot, *, keep: bool) -> str:
    """A table's settled rows of the articles that small files tell of; as a table where they are few and asked for often."""
    to.create_for("FROM tail.homes")
    [(articles,)] = con.execute("SELECT count(*) FROM tail.homes").fetchall()
    months = [month for (month,) in con.execute("SELECT DISTINCT month FROM tail.homes ORDER BY month").fetchall()]
    files = [file for month in months for file in found.settled(table, month)]
    rows = settled_rows(TABLES[table], files, con, alike=found.generation.are_alike(table))
    kind = "TABLE" if keep and articles <= _KEPT_ARTICLES else "VIEW"
    return (
        f"CREATE {kind} tail.settled_{table} AS FROM ({rows}) SEMI JOIN tail.homes USING (article_key);"
        f" COMMENT ON {kind} tail.settled_{table} IS 'Settled rows of the articles that small files tell of.'"
    )


def _define_unsettled(to: Definitions) -> None:
    """Tell of what is quicker to be had where nothing is settled."""
    to.add("feed_times", statements_of(read_sql("_catalog.sql"))["feed_times"])
    to.add(
        "tail.seen_sources",
        "CREATE TABLE tail.seen_sources AS SELECT source_id FROM fresh.fetches UNION SELECT source_id FROM fresh.articles;"
        " COMMENT ON TABLE tail.seen_sources IS 'One row a source that was polled, was read in an export, or published.'",
    )


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
        rows += f" UNION ALL BY NAME SELECT {columns} FROM tail.settled_{table} SEMI JOIN tail.{keys} USING (article_key)"
    return f"CREATE VIEW tail.{table} AS {rows}; COMMENT ON VIEW tail.{table} IS 'Rows that have to be resolved.'"


def _late_polls(to: Definitions, con: duckdb.DuckDBPyConnection) -> str:
    """The settled polls of feeds of which small files tell something older; most often there are no such feeds."""
    view = statements_of(read_sql("_ledger.sql"))["tail.late_polls"]
    if _any(to, con, "late_feeds"):
        return view
    return _create("tail.late_polls", no_rows(TABLES["fetches"]), "Settled polls of late feeds: none.", filled=False)


def _any(to: Definitions, con: duckdb.DuckDBPyConnection, keys: str) -> bool:
    to.create_for(f"FROM tail.{keys}")
    [(found,)] = con.execute(f"SELECT count(*) > 0 FROM tail.{keys}").fetchall()
    return bool(found)


def _as_small(table: Table) -> str:
    """What to select of settled rows to have the columns of small files."""
    file = ", file" if table.name == "articles" else ""
    return f'SELECT {column_list(table)}{file}, CAST("{table.partition_field}" AS DATE) AS date'


def _create(name: str, rows: str, comment: str, *, filled: bool, hold: bool = False) -> str:
    """What creates a view of rows, or a table that holds them; of none, a table: with it statements are planned sooner."""
    kind = "VIEW" if filled and not hold else "TABLE"
    return f"CREATE {kind} {name} AS {rows}; COMMENT ON {kind} {name} IS {literal(comment)}"


def _stored(
    con: duckdb.DuckDBPyConnection, table: Table, files: Sequence[str], check: Callable[[str], None], *, hold: bool
) -> str:
    """What creates the rows of a table that has versions, once its files have been checked."""
    check(table.name)
    rows = relation(table, files, "filename = true", ", CAST(NULL AS VARCHAR) AS filename", None if hold else con)
    return _create(f"stored.{table.name}", rows, "Rows of all versions.", filled=bool(files), hold=hold)


def _define_stages(
    to: Definitions,
    con: duckdb.DuckDBPyConnection,
    table: Table,
    found: Snapshot,
    *,
    known_by: datetime | None,
    check: Callable[[str], None],
    hold: bool,
    keep: bool,
) -> None:
    name = table.name
    settled_files, small_files = found.settled(name), found.fresh[name]

    def settled() -> str:
        files = settled_files if known_by is None else []
        alike = found.generation.are_alike(name)
        if name in BY_MONTH:
            rows = rows_by_month(table, files, con, alike=alike, told=keep or name == "fetches")
        else:
            rows = settled_rows(table, files, con, alike=alike)
        return _create(f"settled.{name}", rows, "Rows of settled files.", filled=bool(files))

    def fresh() -> str:
        check(name)
        rows = _small_rows(None if hold else con, table, small_files)
        if known_by is not None:
            rows = f"FROM ({rows}) UNION ALL BY NAME {_as_small(table)} FROM ({settled_rows(table, settled_files, con)})"
            if name in COMMIT_ORDER:  # Of the tables that a poll writes, all have its time.
                rows = f'FROM ({rows}) WHERE "{table.partition_field}" < {moment(known_by)}'
        comment = "Rows of small files, which no compaction has taken in."
        return _create(f"fresh.{name}", rows, comment, filled=bool(small_files) or known_by is not None, hold=hold)

    to.add(f"settled.{name}", settled)
    to.add(f"fresh.{name}", fresh)


def _small_rows(con: duckdb.DuckDBPyConnection | None, table: Table, files: Sequence[str]) -> str:
    day = ", CAST(NULL AS DATE) AS date"
    if table.name != "articles":
        return relation(table, files, BY_DAY, day, con)
    rows = relation(table, files, f"{BY_DAY}, filename = true", f"{day}, CAST(NULL AS VARCHAR) AS filename", con)
    return f"SELECT * EXCLUDE (filename), {FILE_OF_ARTICLES} AS file FROM ({rows})"


def _define_derived(to: Definitions, con: duckdb.DuckDBPyConnection, found: Snapshot) -> None:
    def cursors() -> str:
        files = found.settled("cursors")
        rows = relation(TABLES["fetches"], files, "hive_partitioning = false", "", con)
        return _create(
            "settled.cursors", rows, "Of each feed the settled rows that its cursor follows from.", filled=bool(files)
        )

    to.add("settled.cursors", cursors)
    for name in DERIVED:
        files = found.settled(name)
        uncounted = name in _CUBES and not found.has_cube(name)
        rows = f"FROM cubes.{name}" if uncounted else derived_rows(name, files)
        comment = "Worked out by compaction; see vigie.schemas.settled."
        to.add(f"settled.{name}", _create(f"settled.{name}", rows, comment, filled=uncounted or bool(files)))
    to.add_script(read_sql("_cubes.sql"))
