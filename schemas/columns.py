"""Turn frozen dataclasses into Arrow schemas, rows and back.

A table of the dataset is described once, as a dataclass whose fields carry a :func:`column` description; the Arrow
schema, with those descriptions as field metadata, is derived from it. So the two cannot drift.

Example:
    >>> from dataclasses import dataclass
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
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import pyarrow as pa

T = TypeVar("T")

__all__ = ["column", "from_rows", "from_table", "schema_of", "to_rows", "to_table"]

_SCALARS: Mapping[type, pa.DataType] = {
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    bytes: pa.large_binary(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}


def column(doc: str, *, default: Any = dataclasses.MISSING) -> Any:
    """Describe one field of a table: its meaning, unit and source, in a sentence or two.

    Args:
        doc: What the value means, its unit, and where it comes from.
        default: The value where none is given; a field without one is required.
    """
    return dataclasses.field(default=default, metadata={"doc": doc})


def _optional(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"{hint}: a column has one type, or one type or None")
        return inner[0], True
    return hint, False


def _arrow_type(hint: Any) -> pa.DataType:
    hint, _ = _optional(hint)
    if typing.get_origin(hint) is tuple:
        item, nullable = _optional(typing.get_args(hint)[0])
        return pa.list_(pa.field("item", _arrow_type(item), nullable=nullable))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(_fields(hint))
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return pa.string()
    try:
        return _SCALARS[hint]
    except KeyError:
        raise TypeError(f"{hint}: no Arrow type is known for it") from None


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _fields(cls: type) -> list[pa.Field]:
    hints = _hints(cls)
    return [
        pa.field(
            f.name,
            _arrow_type(hints[f.name]),
            nullable=_optional(hints[f.name])[1],
            metadata={"doc": f.metadata["doc"]} if "doc" in f.metadata else None,
        )
        for f in dataclasses.fields(cls)
    ]


@functools.cache
def schema_of(cls: type) -> pa.Schema:
    """The Arrow schema of a table's dataclass, field descriptions included as metadata ``doc``."""
    return pa.schema(_fields(cls))


def _encoder(hint: Any) -> Callable[[Any], Any] | None:
    """How a value becomes what Arrow takes; None where it is taken as it is."""
    hint, _ = _optional(hint)
    if typing.get_origin(hint) is tuple:
        inner = _encoder(typing.get_args(hint)[0])
        return list if inner is None else lambda values: [inner(v) for v in values]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return functools.partial(_to_dict, hint)
    return None


@functools.cache
def _encoders(cls: type) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    hints = _hints(cls)
    return tuple((f.name, _encoder(hints[f.name])) for f in dataclasses.fields(cls))


def _to_dict(cls: type, row: Any) -> dict[str, Any]:
    result = {}
    for name, encode in _encoders(cls):
        value = getattr(row, name)
        result[name] = value if encode is None or value is None else encode(value)
    return result


def to_rows(cls: type, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as plain dictionaries, nested dataclasses and tuples included."""
    return [_to_dict(cls, row) for row in rows]


def to_table(cls: type, rows: Iterable[Any]) -> pa.Table:
    """Rows of one dataclass as an Arrow table of exactly its schema.

    Raises:
        pyarrow.ArrowInvalid: A value does not fit its column, or a required one is None.
    """
    schema, hints = schema_of(cls), _hints(cls)
    rows = list(rows)
    columns = []
    for field in schema:
        array = _array(hints[field.name], field.type, list(map(operator.attrgetter(field.name), rows)))
        if array.null_count and not field.nullable:
            raise pa.ArrowInvalid(f"{cls.__name__}.{field.name} is required, and {array.null_count} rows have none")
        columns.append(array)
    return pa.Table.from_arrays(columns, schema=schema)


def _array(hint: Any, kind: pa.DataType, values: list[Any]) -> pa.Array:
    """Values as one array. Lists and structs are made of whole columns: a dictionary for each struct costs ten times that."""
    hint, optional = _optional(hint)
    if hint is bytes and None not in values:
        return _bytes_array(values, kind)
    is_tuple = typing.get_origin(hint) is tuple
    if not (is_tuple or dataclasses.is_dataclass(hint)) or ((optional or is_tuple) and None in values):
        encode = _encoder(hint)
        return pa.array(values if encode is None else [None if v is None else encode(v) for v in values], type=kind)
    if is_tuple:
        offsets = pa.array([0, *itertools.accumulate(map(len, values))], type=pa.int32())
        items = _array(typing.get_args(hint)[0], kind.value_type, list(itertools.chain.from_iterable(values)))
        return pa.ListArray.from_arrays(offsets, items, type=kind)
    hints = _hints(hint)
    parts = [_array(hints[part.name], part.type, list(map(operator.attrgetter(part.name), values))) for part in kind]
    return pa.StructArray.from_arrays(parts, fields=list(kind))


def _bytes_array(values: list[bytes], kind: pa.DataType) -> pa.Array:
    """Bodies as one array: joined at once, where Arrow would copy them anew each time that its buffer has to grow."""
    offsets = pa.array([0, *itertools.accumulate(map(len, values))], type=pa.int64())
    return pa.Array.from_buffers(kind, len(values), [None, offsets.buffers()[1], pa.py_buffer(b"".join(values))])


def _decoder(hint: Any) -> Callable[[Any], Any] | None:
    hint, _ = _optional(hint)
    if typing.get_origin(hint) is tuple:
        inner = _decoder(typing.get_args(hint)[0])
        return tuple if inner is None else lambda values: tuple(None if v is None else inner(v) for v in values)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return functools.partial(_from_dict, hint)
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return hint
    return None


@functools.cache
def _decoders(cls: type) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    hints = _hints(cls)
    return tuple((f.name, _decoder(hints[f.name])) for f in dataclasses.fields(cls))


def _from_dict(cls: type, row: Mapping[str, Any]) -> Any:
    values = {}
    for name, decode in _decoders(cls):
        if name in row:  # A column that an older file lacks takes its default.
            value = row[name]
            values[name] = value if decode is None or value is None else decode(value)
    return cls(**values)


def from_rows(cls: type[T], rows: Sequence[Mapping[str, Any]]) -> list[T]:
    """Plain dictionaries, as :func:`to_rows` makes them, back as dataclasses; unknown keys are passed over."""
    return [_from_dict(cls, row) for row in rows]


def from_table(cls: type[T], table: pa.Table) -> list[T]:
    """The rows of an Arrow table as dataclasses; columns that the dataclass lacks are passed over."""
    return from_rows(cls, table.to_pylist())
