"""Turn frozen dataclasses into Arrow schemas and tables, and back.

Example:
    >>> from dataclasses import dataclass
    >>> from vigie.schemas import column
    >>> @dataclass(frozen=True)
    ... class Point:
    ...     x: int = column("Distance from the left edge, pixels.")
    >>> to_table(Point, [Point(3)]).column("x").to_pylist()
    [3]
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import operator
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import pyarrow as pa

from vigie.schemas.columns import encoder, from_rows, hints_of, moment_of, optional

T = TypeVar("T")

__all__ = ["from_table", "plain_rows", "schema_of", "to_table"]


_SCALARS: Mapping[type, pa.DataType] = {
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    bytes: pa.large_binary(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}


def _arrow_type(hint: Any) -> pa.DataType:
    hint, _ = optional(hint)
    if typing.get_origin(hint) is tuple:
        item, nullable = optional(typing.get_args(hint)[0])
        return pa.list_(pa.field("item", _arrow_type(item), nullable=nullable))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(_fields(hint))
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return pa.string()
    try:
        return _SCALARS[hint]
    except KeyError:
        raise TypeError(f"{hint}: no Arrow type is known for it") from None


def _fields(cls: type) -> list[pa.Field]:
    hints = hints_of(cls)
    return [
        pa.field(
            f.name,
            _arrow_type(hints[f.name]),
            nullable=optional(hints[f.name])[1],
            metadata={"doc": f.metadata["doc"]} if "doc" in f.metadata else None,
        )
        for f in dataclasses.fields(cls)
    ]


@functools.cache
def schema_of(cls: type) -> pa.Schema:
    """The Arrow schema of a table's dataclass, field descriptions included as metadata ``doc``."""
    return pa.schema(_fields(cls))


def to_table(cls: type, rows: Iterable[Any]) -> pa.Table:
    """Rows of one dataclass as an Arrow table of exactly its schema.

    Raises:
        pyarrow.ArrowInvalid: A value does not fit its column, or a required one is None.
    """
    schema, hints = schema_of(cls), hints_of(cls)
    rows = list(rows)
    columns = []
    for field in schema:
        array = _array(hints[field.name], field.type, list(map(operator.attrgetter(field.name), rows)))
        if array.null_count and not field.nullable:
            raise pa.ArrowInvalid(f"{cls.__name__}.{field.name} is required, and {array.null_count} rows have none")
        columns.append(array)
    return pa.Table.from_arrays(columns, schema=schema)


def _array(hint: Any, kind: pa.DataType, values: list[Any]) -> pa.Array | pa.ChunkedArray:
    """Values as one column. Lists and structs are made of whole columns: a dictionary for each struct costs ten times that."""
    hint, nullable = optional(hint)
    if hint is bytes and None not in values:
        return _bytes_column(values, kind)
    is_tuple = typing.get_origin(hint) is tuple
    if not (is_tuple or dataclasses.is_dataclass(hint)) or ((nullable or is_tuple) and None in values):
        encode = encoder(hint)
        return pa.array(values if encode is None else [None if v is None else encode(v) for v in values], type=kind)
    if is_tuple:
        offsets = pa.array([0, *itertools.accumulate(map(len, values))], type=pa.int32())
        items = _array(typing.get_args(hint)[0], kind.value_type, list(itertools.chain.from_iterable(values)))
        return pa.ListArray.from_arrays(offsets, items, type=kind)
    hints = hints_of(hint)
    parts = [_array(hints[part.name], part.type, list(map(operator.attrgetter(part.name), values))) for part in kind]
    return pa.StructArray.from_arrays(parts, fields=list(kind))


def _bytes_column(values: list[bytes], kind: pa.DataType) -> pa.ChunkedArray:
    """Bodies as one column, each where it stands: a copy of them all takes as long as compressing them."""
    chunks = [
        pa.Array.from_buffers(kind, 1, [None, pa.array([0, len(value)], pa.int64()).buffers()[1], pa.py_buffer(value)])
        for value in values
    ]
    return pa.chunked_array(chunks, type=kind)


def from_table(cls: type[T], table: pa.Table) -> list[T]:
    """The rows of an Arrow table as dataclasses; columns that the dataclass lacks are passed over."""
    return from_rows(cls, plain_rows(table))


def plain_rows(table: pa.Table | pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of an Arrow table as `table.to_pylist()` gives them; moments are in UTC.

    To make a moment, Arrow imports pandas where that is installed: a quarter of a second.
    """
    columns = [_moments(column) if pa.types.is_timestamp(column.type) else column.to_pylist() for column in table.columns]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _moments(column: pa.Array | pa.ChunkedArray) -> list[datetime | None]:
    microseconds = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_pylist()
    return [None if since is None else moment_of(since) for since in microseconds]
