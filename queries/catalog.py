"""Open a dataset: a DuckDB connection in memory with views over a folder's Parquet files, which it can only read.

What is read is a snapshot: the files there when it was opened, also while a run or a compaction is writing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from vigie.errors import UsageError
from vigie.queries.definitions import Definitions, create_later, telling
from vigie.queries.listing import Snapshot, list_files
from vigie.queries.narrowing import narrow
from vigie.queries.relations import escape, file_list, known_days, literal, moment, read_sql
from vigie.queries.remembering import begin_remembering
from vigie.queries.settled_files import DERIVED, home_until
from vigie.queries.stages import define_articles, define_tables, define_tail
from vigie.schemas import FORMAT_VERSION, TABLES

__all__ = ["FORMAT_KEY", "data_version", "open_dataset", "read_sql"]

#: Key of a Parquet file's metadata under which its format version stands.
FORMAT_KEY = "vigie.format_version"


def open_dataset(
    path: Path | str,
    *,
    topics_version: str | None = None,
    known_by: datetime | None = None,
    memory_limit: str | None = None,
    subjects: Mapping[str, str | None] | None = None,
    zone: str = "UTC",
) -> duckdb.DuckDBPyConnection:
    """Open the dataset in a folder.

    Args:
        path: The folder that `vigie ingest --data` wrote.
        topics_version: The version of the topics that counts, by the beginning of its hash; None: the active one.
        memory_limit: How much memory its statements may take, as `1GiB`; None: what DuckDB takes by itself.
        known_by: Only what had been collected before this moment is there; None: all. Topics and registry are those of now.
        subjects: Only for one question, which counts articles on these (:meth:`vigie.queries.Question.subjects`): what it
            needs is created once it needs it, so that the answer comes sooner. None: for any questions.
        zone: In which zone that one question is asked.

    Returns:
        A connection in memory with a view for each table and macros for questions (`_views.sql`, `_macros.sql`); the rows
        as written are in the schema `stored`, and the view `dataset` tells the version of the data. It reaches no file
        outside the folder and no network, its settings are locked, and its session's zone is UTC.

    Raises:
        UsageError: There is no such folder, it is no dataset, a newer vigie wrote it, or no such version is kept in it.
        WorkError: To be opened, its small files need more memory than they may take.
    """
    root = Path(os.path.abspath(path))
    con = duckdb.connect()
    found = list_files(root, str(path), con)
    con.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
    con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    con.execute("SET python_enable_replacements = false")
    hold = subjects is not None and found.is_small()
    if hold:
        con.execute("SET threads = 1")  # To wake another takes longer than what it would do.
    if memory_limit is not None:  # And nothing is put on the disk instead.
        con.execute(f"SET memory_limit = {literal(memory_limit)}; SET temp_directory = ''; SET max_temp_directory_size = '0B'")
    allowed = ", ".join(literal(folder) for folder in _folders(root))
    con.execute(f"SET allowed_directories = [{allowed}]")
    con.execute("SET enable_external_access = false; SET lock_configuration = true")
    definitions = Definitions(con, str(path))
    con.execute("CREATE SCHEMA stored; CREATE SCHEMA settled; CREATE SCHEMA fresh; CREATE SCHEMA tail; CREATE SCHEMA cubes")
    begin_remembering(con)
    check = partial(_check_format, con, found, str(path))
    keep = subjects is None
    later = found.later_months("articles")
    months_told = keep or later is not None
    define_tables(definitions, con, found, known_by, (lambda table: None) if keep else check, hold=hold, keep=months_told)
    definitions.add(
        "stored.versions",
        f"CREATE TABLE stored.versions AS {_versions(found.fresh)};"
        " COMMENT ON TABLE stored.versions IS 'The files of tables that have versions, the last is the newest.'",
    )
    definitions.add("stored.asked_topics", partial(_asked_topics, definitions, con, topics_version))
    for name in ("_views.sql", "_days.sql", "_day_runs.sql", "_ledger.sql"):
        definitions.add_script(read_sql(name))
    definitions.add_script(known_days())
    define_tail(definitions, con, found, all_fresh=known_by is not None, keep=keep)
    define_articles(definitions, con, keep=keep)
    if later is not None:
        definitions.add("home_until", home_until(later))
        con.execute("INSERT INTO tail.kept_views VALUES ('home_until')")
    definitions.add_script(read_sql("_macros.sql"))
    definitions.add("tail.article_files", _article_files(found if known_by is None and keep else None))
    definitions.add(
        "dataset",
        f"CREATE VIEW dataset AS SELECT {literal(found.version)} AS data_version,"
        f" {FORMAT_VERSION} AS format_version, {len(found.files)} AS files, {moment(known_by)} AS known_by;"
        " COMMENT ON VIEW dataset IS 'One row: the state of the data that was opened.'",
    )
    with telling(str(path)):
        check(*(found.fresh if subjects is None else ("settled",)))
    if subjects is not None:
        narrow(definitions, con, subjects, zone)
        definitions.create_for("FROM stored.asked_topics")  # which tells whether there is such a version
        create_later(con, definitions)
    else:
        definitions.create_all()
    return con


def _folders(root: Path) -> list[str]:
    """Where a dataset's files are: its folder, and wherever the folder of a table was put for which a link stands in it."""
    linked = [folder for name in (*TABLES, *DERIVED) if (folder := root / name).is_symlink()]
    return [str(root), escape(str(root)), *(str(folder.resolve()) for folder in linked)]


def data_version(path: Path | str) -> str:
    """The state of the data in a folder, as answers name it, without opening it: it changes with each file.

    Raises:
        UsageError: There is no such folder, or it is no dataset.
    """
    return list_files(Path(os.path.abspath(path)), str(path)).version


def _check_format(con: duckdb.DuckDBPyConnection, found: Snapshot, shown: str, *tables: str) -> None:
    """See that no newer vigie wrote the small files of some tables; of settled ones, the generation's file tells that."""
    files = [name for table in tables for name in found.fresh[table]]
    if not files:
        return
    newer = con.execute(
        f"""
        SELECT file_name, version
        FROM (
            SELECT file_name, TRY_CAST(decode(value) AS INTEGER) AS version
            FROM parquet_kv_metadata({file_list(files)}) WHERE key = '{FORMAT_KEY}'
        )
        WHERE version > {FORMAT_VERSION} ORDER BY file_name LIMIT 1
        """
    ).fetchone()
    if newer is not None:
        raise UsageError(
            f"{Path(shown) / os.path.relpath(newer[0], found.root)}: a newer vigie wrote it (format {newer[1]}, this one reads"
            f" up to {FORMAT_VERSION}); upgrade vigie"
        )


def _versions(found: dict[str, list[str]]) -> str:
    """The files of tables that have versions, also those without rows, which a table's rows do not tell of."""
    rows = [
        f"({literal(table.name)}, {literal(os.path.basename(name))})"
        for table in TABLES.values()
        if table.partition_field is None
        for name in found[table.name]
    ]
    values = f"VALUES {', '.join(rows)}" if rows else "SELECT NULL, NULL WHERE false"
    return f"SELECT CAST(a AS VARCHAR) AS table_name, CAST(b AS VARCHAR) AS file_name FROM ({values}) AS v(a, b)"


def _article_files(found: Snapshot | None) -> str:
    """The settled files of articles by month, of which :func:`vigie.queries.keeping.keep_firsts` may keep some; None: none."""
    files = zip(found.generation.settled("articles"), found.settled("articles"), strict=True) if found is not None else ()
    values = ", ".join(f"({literal(file.month)}, {literal(name)}, {file.rows})" for file, name in files)
    rows = f"VALUES {values}" if values else "SELECT NULL, NULL, NULL WHERE false"
    return (
        "CREATE TABLE tail.article_files AS SELECT CAST(a AS VARCHAR) AS month, CAST(b AS VARCHAR) AS file,"
        f" CAST(c AS BIGINT) AS revisions, false AS kept FROM ({rows}) AS v(a, b, c);"
        " COMMENT ON TABLE tail.article_files IS 'Settled files of articles, and whether first revisions are kept.'"
    )


def _asked_topics(definitions: Definitions, con: duckdb.DuckDBPyConnection, version: str | None) -> str:
    asked = "CAST(NULL AS VARCHAR) AS topics_version WHERE false"
    if version is not None:
        definitions.create_for("FROM stored.topics")
        kept = [str(row[0]) for row in con.execute("SELECT DISTINCT topics_version FROM stored.topics ORDER BY ALL").fetchall()]
        fitting = [hash_ for hash_ in kept if version and hash_.startswith(version)]
        if len(fitting) != 1:
            what = "several versions begin so" if fitting else "this dataset keeps no such version of the topics"
            raise UsageError(f"--topics_version {version}: {what}; there are {', '.join(kept) or 'none'}")
        asked = f"{literal(fitting[0])} AS topics_version"
    return (
        f"CREATE TABLE stored.asked_topics AS SELECT {asked};"
        " COMMENT ON TABLE stored.asked_topics IS 'The topics version that was asked for; none: the active one.'"
    )
