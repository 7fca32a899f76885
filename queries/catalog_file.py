"""A catalogue that any DuckDB client can open: a file in the dataset's folder with views over its Parquet files.

It holds no rows. Its views name patterns of files, not files, so they see what is there when they are asked: it is never
stale, and may be read while a run is writing. They name the folder by its whole path, since DuckDB knows no other that holds
from any working directory; so after a move it is written again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.errors import UsageError, WorkError
from vigie.queries.catalog import FORMAT_KEY, open_dataset
from vigie.queries.column_meanings import meaning_of
from vigie.queries.definitions import Definitions
from vigie.queries.relations import known_days, read_sql
from vigie.schemas import FORMAT_VERSION, TABLES, Table
from vigie.schemas.arrow import to_table
from vigie.version import VERSION

__all__ = ["CATALOG_NAME", "Catalog", "check_catalog", "write_catalog"]

CATALOG_NAME = "vigie.duckdb"
#: Clients of DuckDB 1.0 and later read it.
_STORAGE = "v1.0.0"
#: In each table's folder: a file without rows, so that a pattern always finds one. Its name is what DuckDB says is missing
#: once the folder has moved.
_HINT = "_catalog/the-folder-was-moved--run-vigie-catalog-again.parquet"
#: What is made of the tables' views, in order.
_SCRIPTS = ("_catalog.sql", "_days.sql", "_macros.sql", "_plain_macros.sql", "_audits.sql")
#: Signs that DuckDB takes, in a path, for something else than letters of a name.
_UNREACHED = frozenset("?\\")


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a catalogue file holds."""

    path: Path
    views: int
    macros: int


def write_catalog(path: Path | str, *, at: datetime) -> Catalog:
    """Write the catalogue of the dataset in a folder, in place of the one that is there.

    Args:
        path: The folder.
        at: The time of writing, UTC.

    Raises:
        UsageError: There is no dataset in the folder.
        WorkError: The folder cannot be written to.
    """
    open_dataset(path).close()  # which tells what is wrong with a folder
    root = Path(os.path.abspath(path))
    scratch = root / ".tmp" / f"catalog-{os.getpid()}.duckdb"
    try:
        scratch.parent.mkdir(exist_ok=True)
        scratch.unlink(missing_ok=True)
        for table in TABLES.values():
            _write_hint(root, table)
        with closing(duckdb.connect()) as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute(f"ATTACH {_literal(str(scratch))} AS written (STORAGE_VERSION '{_STORAGE}'); USE written")
            _define(con, root, at)
            [(views, macros)] = con.execute(
                "SELECT (SELECT count(*) FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'),"
                " (SELECT count(DISTINCT function_name) FROM duckdb_functions() WHERE NOT internal)"
            ).fetchall()
        scratch.replace(root / CATALOG_NAME)
    except OSError as error:
        raise WorkError(
            f"{root / CATALOG_NAME}: cannot be written ({error.strerror}); make room, or mend the folder's rights"
        ) from error
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        remedy = "make room, or mend the folder's rights"
        if _UNREACHED.intersection(str(root)):
            remedy = "DuckDB makes no file in a folder whose path holds a question mark or a backslash: rename it"
        raise WorkError(f"{root / CATALOG_NAME}: cannot be written ({reason}); {remedy}") from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
    return Catalog(root / CATALOG_NAME, views, macros)


def check_catalog(path: Path | str) -> Path:
    """See that a folder's catalogue is there, is of this folder and of this vigie, and that all its views can be read.

    Returns:
        The catalogue's file.

    Raises:
        UsageError: It has to be written again, and why.
    """
    root = Path(os.path.abspath(path))
    file = root / CATALOG_NAME
    remedy = f"run `vigie catalog --data {path}`"
    if not file.is_file():
        raise UsageError(f"{path}: holds no catalogue {CATALOG_NAME}; {remedy}")
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as con:
            [(folder, code_version, definitions)] = con.execute(
                "SELECT folder, code_version, definitions FROM catalog"
            ).fetchall()
            if folder != str(root):
                raise UsageError(f"{file}: shows the data of {folder}, since it was moved or copied from there; {remedy} again")
            if definitions != _definitions():
                raise UsageError(f"{file}: vigie {code_version} wrote it, and views have changed since; {remedy} again")
            views = con.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal").fetchall()
            for schema, view in views:
                con.execute(f'FROM "{schema}"."{view}" LIMIT 0')
    except duckdb.Error as error:
        raise UsageError(f"{file}: cannot be read ({str(error).splitlines()[0]}); {remedy} again") from error
    return file


def _define(con: duckdb.DuckDBPyConnection, root: Path, at: datetime) -> None:
    con.execute("CREATE SCHEMA stored")
    for table in TABLES.values():
        con.execute(f"CREATE VIEW stored.{table.name} AS {_rows(root, table)}")
        con.execute(f"COMMENT ON VIEW stored.{table.name} IS 'Rows of {table.name} as they were written, repetitions too.'")
    con.execute(f"CREATE VIEW stored.versions AS {_versions(root)}")
    con.execute("COMMENT ON VIEW stored.versions IS 'The files of tables that have versions, the last is the newest.'")
    con.execute("CREATE VIEW stored.asked_topics AS SELECT CAST(NULL AS VARCHAR) AS topics_version WHERE false")
    con.execute("COMMENT ON VIEW stored.asked_topics IS 'No topics version is asked for here: the active one counts.'")
    definitions = Definitions(con, str(root))
    # What a snapshot keeps as small tables would be stale here.
    definitions.add_script(read_sql("_views.sql").replace("CREATE TABLE", "CREATE VIEW").replace("ON TABLE", "ON VIEW"))
    for name in _SCRIPTS:
        definitions.add_script(read_sql(name))
    definitions.add_script(known_days())
    con.execute("CREATE SCHEMA audits")
    definitions.create_all()
    about = {"folder": str(root), "code_version": VERSION, "definitions": _definitions(), "written_at": at.isoformat()}
    con.execute(f"CREATE VIEW catalog AS SELECT {', '.join(f'{_literal(text)} AS {name}' for name, text in about.items())}")
    con.execute("COMMENT ON VIEW catalog IS 'One row: of which folder this is the catalogue, and which vigie wrote it when.'")
    _describe(con)
    con.execute(read_sql("_comments.sql"))


def _describe(con: duckdb.DuckDBPyConnection) -> None:
    """Describe each column."""
    columns = con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = 'written' AND NOT internal"
    ).fetchall()
    for schema, view, column in columns:
        if text := meaning_of(view, column):
            con.execute(f'COMMENT ON COLUMN "{schema}"."{view}"."{column}" IS {_literal(text)}')


def _rows(root: Path, table: Table) -> str:
    """The rows of all files of a table that are there when it is asked for, with every column that a row has now."""
    # Columns that older files lack hold what their absence means.
    added = {field.name: field.default for field in dataclasses.fields(table.row) if isinstance(field.default, str)}
    columns = [
        f'coalesce("{name}", {_literal(added[name])}) AS "{name}"' if name in added else f'"{name}"'
        for name in table.schema.names
    ]
    if table.partition_field is None:
        columns.append("filename")
    else:
        columns.append("TRY_CAST(regexp_extract(filename, '.*date=([0-9-]{10})', 1) AS DATE) AS date")
    if table.name == "articles":
        # A settled file says of each row which small file it came from.
        columns.append(r"coalesce(file, regexp_extract(replace(filename, '\', '/'), '[^/]+/[^/]+$')) AS file")
    files = ", ".join(_literal(pattern) for pattern in _patterns(root, table))
    options = "union_by_name = true, hive_partitioning = false, filename = true"
    return f"SELECT {', '.join(columns)} FROM read_parquet([{files}], {options})"


def _patterns(root: Path, table: Table) -> list[str]:
    folder = _escape(str(root / table.name))
    return [f"{folder}/{_HINT}", f"{folder}/**/*.parquet"]


def _versions(root: Path) -> str:
    listed = [
        f"SELECT {_literal(table.name)} AS table_name, parse_filename(file) AS file_name"
        f" FROM glob({_literal(_escape(str(root / table.name)) + '/*.parquet')})"
        for table in TABLES.values()
        if table.partition_field is None
    ]
    return " UNION ALL ".join(listed)


def _write_hint(root: Path, table: Table) -> None:
    target = root / table.name / _HINT
    target.parent.mkdir(parents=True, exist_ok=True)
    rows: pa.Table = to_table(table.row, [])
    if table.name == "articles":
        rows = rows.append_column("file", pa.array([], pa.string()))
    scratch = root / ".tmp" / f"hint-{os.getpid()}-{table.name}.parquet"
    pq.write_table(rows.replace_schema_metadata({FORMAT_KEY: str(FORMAT_VERSION)}), scratch)
    scratch.replace(target)


def _definitions() -> str:
    """A hash of what the views are made from: with another one, a catalogue is of another vigie."""
    digest = hashlib.blake2b(digest_size=8)
    for name in ("_views.sql", *_SCRIPTS, "_comments.sql"):
        digest.update(read_sql(name).encode())
    for table in TABLES.values():
        digest.update(f"{table.name}{table.schema.names}".encode())
    return digest.hexdigest()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _escape(name: str) -> str:
    """A folder's name as DuckDB reads it, which would take `[`, `*` and `?` for patterns."""
    return "".join(f"[{char}]" if char in "[*?" else char for char in name)
