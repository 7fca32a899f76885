"""The rows of an answer while DuckDB holds them.

A terminal gets them without Arrow, which takes as long to load as a question over a small dataset takes to answer.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HeldRows"]

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL"}


class HeldRows:
    """What a statement found, held in memory with its connection: as plain rows, or as a table, which are the same."""

    def __init__(self, con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a statement.

        A relation, as `con.sql` gives it, would be planned once to tell its columns, and again to be run.

        Args:
            con: Its session's zone is UTC; it is asked this one statement.
            sql: The statement.
            values: Of its parameters.
        """
        con.execute(f"CREATE TEMP TABLE held AS {sql}", dict(values or {}))
        self._con = con
        self._types: dict[str, str] = {name: kind for name, kind, *_ in con.execute("DESCRIBE held").fetchall()}

    @functools.cached_property
    def table(self) -> pa.Table:
        """All rows as an Arrow table."""
        return self._con.sql("FROM held").to_arrow_table()

    @property
    def column_names(self) -> list[str]:
        """The columns, in order."""
        return list(self._types)

    @functools.cached_property
    def num_rows(self) -> int:
        """How many rows there are."""
        [(rows,)] = self._con.execute("SELECT count(*) FROM held").fetchall()
        return int(rows)

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        return self._types[name].partition("(")[0] in _NUMBERS

    def rows(self, most: int | None = None) -> list[dict[str, Any]]:
        """The first rows, or all, as `table.to_pylist()` gives them."""
        moments = [name for name, kind in self._types.items() if kind == _MOMENT]
        if any(_MOMENT in kind for name, kind in self._types.items() if name not in moments):
            return self.table.slice(0, most).to_pylist()  # type: ignore[no-any-return]
        # DuckDB would load pytz for their zone.
        plain = ", ".join(f'CAST("{name}" AS TIMESTAMP) AS "{name}"' for name in moments)
        columns = f"* REPLACE ({plain})" if plain else "*"
        limit = "" if most is None else f"LIMIT {most}"
        found = [
            dict(zip(self._types, row, strict=True))
            for row in self._con.execute(f"SELECT {columns} FROM held {limit}").fetchall()
        ]
        for row in found:
            row.update({name: row[name].replace(tzinfo=UTC) for name in moments if row[name] is not None})
        return found
