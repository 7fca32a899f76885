"""The rows of an answer while DuckDB holds them.

A terminal gets them without Arrow, which takes as long to load as a question over a small dataset takes to answer.
"""

from __future__ import annotations

import functools
from datetime import UTC
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HeldRows"]

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_NUMBERS = {"tinyint", "smallint", "integer", "bigint", "hugeint", "float", "double", "decimal"}


class HeldRows:
    """What a statement found, held in memory with its connection: as plain rows, or as a table, which are the same."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        """Run a statement.

        Args:
            relation: The statement; its session's zone is UTC.
        """
        self._relation = relation.materialize()
        self._types = dict(zip(self._relation.columns, self._relation.types, strict=True))

    @functools.cached_property
    def table(self) -> pa.Table:
        """All rows as an Arrow table."""
        return self._relation.to_arrow_table()

    @property
    def column_names(self) -> list[str]:
        """The columns, in order."""
        return list(self._types)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self._relation)

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        return self._types[name].id in _NUMBERS

    def rows(self, most: int | None = None) -> list[dict[str, Any]]:
        """The first rows, or all, as `table.to_pylist()` gives them."""
        moments = [name for name, kind in self._types.items() if str(kind) == _MOMENT]
        if any(_MOMENT in str(kind) for name, kind in self._types.items() if name not in moments):
            return self.table.slice(0, most).to_pylist()  # type: ignore[no-any-return]
        relation = self._relation if most is None else self._relation.limit(most)
        if moments:  # DuckDB would load pytz for their zone.
            without = ", ".join(f'CAST("{name}" AS TIMESTAMP) AS "{name}"' for name in moments)
            relation = relation.project(f"* REPLACE ({without})")
        found = [dict(zip(self._types, row, strict=True)) for row in relation.fetchall()]
        for row in found:
            row.update({name: row[name].replace(tzinfo=UTC) for name in moments if row[name] is not None})
        return found
