"""The rows of an answer while DuckDB holds them, or as statistics made them.

A terminal gets them without Arrow, which takes as long to load as a question over a small dataset takes to answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HeldRows", "MadeRows"]

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_MADE_NUMBERS: Mapping[str, Callable[[Any], Any]] = {"int64": int, "double": float}
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


@dataclass(frozen=True)
class MadeRows:
    """Rows that were worked out here: as plain rows, or as a table, which are the same.

    Attributes:
        made: The rows.
        kinds: Of each column, in order, the name of its Arrow type.
    """

    made: Sequence[Mapping[str, Any]]
    kinds: Mapping[str, str]

    @functools.cached_property
    def table(self) -> pa.Table:
        """All rows as an Arrow table."""
        import pyarrow as pa  # Late: to make a table it loads pandas, too, where that is installed.

        schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in self.kinds.items()])
        return pa.Table.from_pylist(self.made, schema=schema)

    @property
    def column_names(self) -> list[str]:
        """The columns, in order."""
        return list(self.kinds)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self.made)

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        return self.kinds[name] in _MADE_NUMBERS

    def rows(self, most: int | None = None) -> list[dict[str, Any]]:
        """The first rows, or all, as `table.to_pylist()` gives them."""
        return [{name: self._plain(name, row.get(name)) for name in self.kinds} for row in self.made[:most]]

    def _plain(self, name: str, value: Any) -> Any:
        """A value that may be NumPy's, or whole where its column is not, as Arrow gives it."""
        return _MADE_NUMBERS[self.kinds[name]](value) if value is not None and self.is_number(name) else value
