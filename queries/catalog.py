"""Open a dataset: a DuckDB connection in memory with views over a folder's Parquet files, which it can only read.

What is read is a snapshot: the files there when it was opened, listed ledger first. Since a pipeline writes the ledger
last, whatever the ledger names is there too, also while a run is writing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from vigie.errors import UsageError
from vigie.schemas import FORMAT_VERSION, TABLES, Table
from vigie.schemas.tables import COMMIT_ORDER

__all__ = ["FORMAT_KEY", "open_dataset", "read_sql"]

#: Key of a Parquet file's metadata under which its format version stands.
FORMAT_KEY = "vigie.format_version"


def read_sql(name: str) -> str:
    """The text of one of the package's .sql files."""
    return (files("vigie.queries") / name).read_text(encoding="utf-8")


def open_dataset(
    path: Path | str, *, topics_version: str | None = None, known_by: datetime | None = None
) -> duckdb.DuckDBPyConnection:
    """Open the dataset in a folder.

    Args:
        path: The folder that `vigie ingest --data` wrote.
        topics_version: The version of the topics that counts, by the beginning of its hash; None: the active one.
        known_by: Only what had been collected before this moment is there; None: all. Topics and registry are those of now.

    Returns:
        A connection in memory with a view for each table and macros for questions (`_views.sql`, `_macros.sql`); the rows
        as written are in the schema `stored`, and the view `dataset` tells the version of the data. It reaches no file
        outside the folder and no network, its settings are locked, and its session's zone is UTC.

    Raises:
        UsageError: There is no such folder, it is no dataset, a newer vigie wrote it, or no such version is kept in it.
    """
    root = Path(os.path.abspath(path))
    found = _list_files(root, str(path))
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
    con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    con.execute("SET python_enable_replacements = false")
    con.execute(f"SET allowed_directories = [{_literal(str(root))}, {_literal(_escape(str(root)))}]")
    con.execute("SET enable_external_access = false; SET lock_configuration = true")
    try:
        _check_format(con, found, root, str(path))
        con.execute("CREATE SCHEMA stored")
        for table in TABLES.values():
            relation = _collected_before(table, _relation(table, found[table.name]), known_by)
            con.execute(f"CREATE VIEW stored.{table.name} AS {relation}")
        con.execute(f"CREATE TABLE stored.versions AS {_versions(found)}")
        con.execute("COMMENT ON TABLE stored.versions IS 'The files of tables that have versions, the last is the newest.'")
        con.execute(f"CREATE TABLE stored.asked_topics AS {_asked_topics(con, topics_version)}")
        con.execute("COMMENT ON TABLE stored.asked_topics IS 'The topics version that was asked for; none: the active one.'")
        con.execute(read_sql("_views.sql"))
        con.execute(read_sql("_macros.sql"))
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise UsageError(
            f"{path}: a file cannot be read: {str(error).splitlines()[0]}; restore it from a copy, or move it away and make the"
            f" dataset again from its stored bodies with `vigie replay --data {path} --into NEW`"
        ) from error
    number = sum(len(names) for names in found.values())
    con.execute(
        f"CREATE VIEW dataset AS SELECT {_literal(_version(found, root))} AS data_version,"
        f" {FORMAT_VERSION} AS format_version, {number} AS files, {_moment(known_by)} AS known_by;"
        " COMMENT ON VIEW dataset IS 'One row: the state of the data that was opened.'"
    )
    return con


def _list_files(root: Path, shown: str) -> dict[str, list[str]]:
    remedy = f"make one with `vigie ingest --from FILES --data {shown}`, or `vigie demo`, or name another with --data"
    if not root.exists():
        raise UsageError(f"{shown}: there is no such folder; {remedy}")
    if not root.is_dir():
        raise UsageError(f"{shown}: is a file, not the folder of a dataset; {remedy}")
    # Topics are switched when all is evaluated under them: a version that is listed has its matches, listed after it.
    ledger, *before_it = reversed(COMMIT_ORDER)
    written_last_first = ("runs", ledger, "topics", "evaluations", *before_it)
    order = (*written_last_first, *(name for name in TABLES if name not in written_last_first))
    try:
        found = {name: sorted(_parquet_files(root / name)) for name in order}
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read ({error.strerror}); check its permissions") from error
    if not any(found.values()):
        raise UsageError(f"{shown}: no dataset is in this folder (no articles, no ledger); {remedy}")
    return found


def _parquet_files(folder: Path) -> Iterator[str]:
    if not folder.exists():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "_")):  # a file that is still being written, or no data
                continue
            if entry.is_dir():
                yield from _parquet_files(Path(entry.path))
            elif entry.name.endswith(".parquet"):
                yield entry.path


def _version(found: dict[str, list[str]], root: Path) -> str:
    """Files never change once they are there, so their names tell the state of the data, wherever the folder lies."""
    digest = hashlib.blake2b(digest_size=6)
    for names in found.values():
        for name in names:
            digest.update(os.path.relpath(name, root).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _check_format(con: duckdb.DuckDBPyConnection, found: dict[str, list[str]], root: Path, shown: str) -> None:
    every = [name for names in found.values() for name in names]
    newer = con.execute(
        f"""
        SELECT file_name, version
        FROM (
            SELECT file_name, TRY_CAST(decode(value) AS INTEGER) AS version
            FROM parquet_kv_metadata({_list_of(every)}) WHERE key = '{FORMAT_KEY}'
        )
        WHERE version > {FORMAT_VERSION} ORDER BY file_name LIMIT 1
        """
    ).fetchone()
    if newer is not None:
        raise UsageError(
            f"{Path(shown) / os.path.relpath(newer[0], root)}: a newer vigie wrote it (format {newer[1]}, this one reads"
            f" up to {FORMAT_VERSION}); upgrade vigie"
        )


_BY_DAY = "hive_types = {'date': DATE}, hive_partitioning = true"


def _relation(table: Table, names: list[str]) -> str:
    """The rows of a table's files; where there are none, no rows of the same columns."""
    partitioned = table.partition_field is not None
    if not names:
        extra = [pa.field("date", pa.date32())] if partitioned else [pa.field("filename", pa.string())]
        if table.name == "articles":
            extra.append(pa.field("file", pa.string()))
        columns = ", ".join(f'CAST(NULL AS {_sql_type(field.type)}) AS "{field.name}"' for field in [*table.schema, *extra])
        return f"SELECT {columns} WHERE false"
    if table.name == "articles":  # Under which topics an article was evaluated is recorded by the file that it lies in.
        place = r"regexp_extract(replace(filename, '\', '/'), '[^/]+/[^/]+$')"
        rows = f"read_parquet({_list_of(names)}, union_by_name = true, {_BY_DAY}, filename = true)"
        return f"SELECT * EXCLUDE (filename), {place} AS file FROM {rows}"
    return f"FROM read_parquet({_list_of(names)}, union_by_name = true, {_BY_DAY if partitioned else 'filename = true'})"


def _collected_before(table: Table, relation: str, known_by: datetime | None) -> str:
    """What of a table had been collected by a moment: of the tables that a poll writes, all have its time."""
    if known_by is None or table.name not in COMMIT_ORDER:
        return relation
    return f'FROM ({relation}) WHERE "{table.partition_field}" < {_moment(known_by)}'


def _moment(at: datetime | None) -> str:
    return f"CAST({_literal(at.isoformat()) if at else 'NULL'} AS TIMESTAMPTZ)"


def _versions(found: dict[str, list[str]]) -> str:
    """The files of tables that have versions, also those without rows, which a table's rows do not tell of."""
    rows = [
        f"({_literal(table.name)}, {_literal(os.path.basename(name))})"
        for table in TABLES.values()
        if table.partition_field is None
        for name in found[table.name]
    ]
    values = f"VALUES {', '.join(rows)}" if rows else "SELECT NULL, NULL WHERE false"
    return f"SELECT CAST(a AS VARCHAR) AS table_name, CAST(b AS VARCHAR) AS file_name FROM ({values}) AS v(a, b)"


def _asked_topics(con: duckdb.DuckDBPyConnection, version: str | None) -> str:
    if version is None:
        return "SELECT CAST(NULL AS VARCHAR) AS topics_version WHERE false"
    kept = [str(row[0]) for row in con.execute("SELECT DISTINCT topics_version FROM stored.topics ORDER BY ALL").fetchall()]
    fitting = [hash_ for hash_ in kept if version and hash_.startswith(version)]
    if len(fitting) != 1:
        what = "several versions begin so" if fitting else "this dataset keeps no such version of the topics"
        raise UsageError(f"--topics_version {version}: {what}; there are {', '.join(kept) or 'none'}")
    return f"SELECT {_literal(fitting[0])} AS topics_version"


_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.large_binary(): "BLOB",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{field.name}" {_sql_type(field.type)}' for field in kind) + ")"
    return _SQL_TYPES[kind]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _escape(name: str) -> str:
    """A file's name as DuckDB reads it, which would take `[`, `*` and `?` for patterns."""
    return "".join(f"[{char}]" if char in "[*?" else char for char in name)


def _list_of(names: list[str]) -> str:
    return "[" + ", ".join(_literal(_escape(name)) for name in names) + "]"
