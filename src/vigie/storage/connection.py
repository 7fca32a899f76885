"""A DuckDB connection whose answers do not depend on the machine it runs on."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["keep_little", "utc_connection"]

_ROWS_OF = """
    CREATE MACRO rows_of(files) AS TABLE
    FROM read_parquet(files, hive_partitioning = false, union_by_name = true, filename = true)
"""


#: By default DuckDB gives free memory back only when it holds 128 MiB of it, a thread. At each release, however small, a
#: question to small files would take a third longer than it does at each of a megabyte, which keeps 5 to 8 MiB.
_KEEP_LITTLE = (
    "SET GLOBAL allocator_flush_threshold = '0B'",
    "SET GLOBAL allocator_bulk_deallocation_flush_threshold = '1MB'",
)
#: A reader of files holds some of each in each of its threads.
_ONE_THREAD = ("SET GLOBAL threads = 1", "SET GLOBAL async_threads = 1")


@contextmanager
def utc_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection in UTC, whatever the machine's zone.

    Its macro `rows_of(files)` gives the rows of small and settled files of one table, with their file's name. What is
    registered with it, and its temporary tables, are its own and go with it; other tables are not to be made in it.
    """
    with _database(os.getpid()).cursor() as connection:
        yield connection


def keep_little(*, one_thread: bool = False) -> None:
    """Have the process's database give memory back as soon as it is free: 30 MiB of a run's (benchmarks/load.py).

    Args:
        one_thread: Answer in one thread, too, where other processes have work for the other cores.
    """
    with utc_connection() as connection:
        for setting in (*_KEEP_LITTLE, *(_ONE_THREAD if one_thread else ())):
            connection.execute(setting)


@functools.cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """The process's database: to open one takes some ten milliseconds, a connection to it less than one.

    One that the process this was copied from had open is left alone: to close it would wait for threads that are not here.
    """
    database = duckdb.connect()
    database.execute("SET GLOBAL TimeZone = 'UTC'")
    database.execute(_ROWS_OF)
    return database
