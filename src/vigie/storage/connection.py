"""A DuckDB connection whose answers do not depend on the machine it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["utc_connection"]


@contextmanager
def utc_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection in UTC, whatever the machine's zone."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
