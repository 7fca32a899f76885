"""A DuckDB connection whose answers do not depend on the machine it runs on."""

from __future__ import annotations

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

    Its macro `rows_of(files)` gives the rows of small and settled files of one table, with their file's name.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_ROWS_OF)
        yield connection
