"""A DuckDB connection whose answers do not depend on the machine it runs on."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["utc_connection"]

_ROWS_OF = """
    CREATE MACRO rows_of(files) AS TABLE
    FROM read_parquet(files, hive_partitioning = false, union_by_name = true, filename = true)
"""


@contextmanager
def utc_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection in UTC, whatever the machine's zone.

    Its macro `rows_of(files)` gives the rows of small and settled files of one table, with their file's name. What is
    registered with it, and its temporary tables, are its own and go with it; other tables are not to be made in it.
    """
    with _database(os.getpid()).cursor() as connection:
        yield connection


@functools.lru_cache(maxsize=1)
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """The process's database: to open one takes some ten milliseconds, a connection to it less than one."""
    database = duckdb.connect()
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    database.execute(_ROWS_OF)
    return database
