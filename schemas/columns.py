"""Describe a table once: a frozen dataclass whose fields carry a :func:`column` description, and its rows as dictionaries.

What Arrow and SQL know of a table is derived from that, so the two cannot drift: :mod:`vigie.schemas.arrow` makes Arrow
schemas and tables of it. Here nothing loads Arrow, which takes as long as a question over a small dataset does.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import operator
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

__all__ = ["changed", "column", "encoder", "from_rows", "hints_of", "moment_of", "optional", "quickly_made", "to_rows"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def column(doc: str, *, default: Any = dataclasses.MISSING, derived: bool = False) -> Any:
    """Describe one field of a table: its meaning, unit and source, in a sentence or two.

    Args:
        doc: What the value means, its unit, and where it comes from.
        default: The value where none is given; a field without one is required.
        derived: Whether it is worked out from other columns, so that rows are compared without it.
    """
    return dataclasses.field(default=default, metadata={"doc": doc}, compare=not derived)


def quickly_made(cls: type[T]) -> type[T]:
    """Have the objects of a frozen dataclass with slots made in a third of the time: they are as frozen as before.

    The `__init__` that `dataclass` writes for one goes round its `__setattr__`, which refuses, by asking `object`'s, by name,
    for every field. This one puts each value where its slot is.

    Args:
        cls: The dataclass; of its fields none has a `default_factory`, and it has no `__post_init__`.
    """
    names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]  # it is a dataclass
    scope: dict[str, Any] = {f"set_{name}": cls.__dict__[name].__set__ for name in names}
    lines = [f"def __init__(self, {', '.join(names)}):", *[f"    set_{name}(self, {name})" for name in names]]
    exec("\n".join(lines), scope)  # As `dataclass` itself does; of the names of fields and nothing else.
    made, written = scope["__init__"], cls.__dict__["__init__"]
    for told in ("__defaults__", "__annotations__", "__qualname__"):
        setattr(made, told, getattr(written, told))
    cls.__init__ = made  # type: ignore[method-assign]
    return cls


def changed(row: T, **values: Any) -> T:
    """A row with other values in some columns: what `dataclasses.replace` gives, in three fifths of its time.

    Args:
        row: A row of a table.
        values: The new values, by column.
    """
    table: type = type(row)
    of_row, place_of = _columns_of(table)
    told = list(of_row(row))
    for name, value in values.items():
        told[place_of[name]] = value
    return type(row)(*told)


@functools.cache
def _columns_of(cls: type) -> tuple[Callable[[Any], tuple[Any, ...]], dict[str, int]]:
    names = [field.name for field in dataclasses.fields(cls)]
    return operator.attrgetter(*names), {name: place for place, name in enumerate(names)}


def optional(hint: Any) -> tuple[Any, bool]:
    """The type of a column, and whether it may have no value.

    Raises:
        TypeError: It is of several types.
    """
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"{hint}: a column has one type, or one type or None")
        return inner[0], True
    return hint, False


@functools.cache
def hints_of(cls: type) -> dict[str, Any]:
    """The types of a table's columns, by name in order.

    The modules that describe tables keep their annotations as types, not as texts, each of which would be compiled here: that
    took longer than many a question.
    """
    return typing.get_type_hints(cls)


def encoder(hint: Any) -> Callable[[Any], Any] | None:
    """How a value becomes what Arrow takes; None where it is taken as it is."""
    hint, _ = optional(hint)
    if typing.get_origin(hint) is tuple:
        inner = encoder(typing.get_args(hint)[0])
        return list if inner is None else lambda values: [inner(v) for v in values]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return functools.partial(_to_dict, hint)
    return None


@functools.cache
def _encoders(cls: type) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    hints = hints_of(cls)
    return tuple((f.name, encoder(hints[f.name])) for f in dataclasses.fields(cls))


def _to_dict(cls: type, row: Any) -> dict[str, Any]:
    result = {}
    for name, encode in _encoders(cls):
        value = getattr(row, name)
        result[name] = value if encode is None or value is None else encode(value)
    return result


def to_rows(cls: type, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows as plain dictionaries, nested dataclasses and tuples included."""
    return [_to_dict(cls, row) for row in rows]


def _decoder(hint: Any) -> Callable[[Any], Any] | None:
    hint, _ = optional(hint)
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
    hints = hints_of(cls)
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


def moment_of(microseconds: int) -> datetime:
    """A moment by the microseconds from 1970 to it. To make one of a TIMESTAMPTZ takes DuckDB ten times as long."""
    return _EPOCH + timedelta(microseconds=microseconds)
