"""From the counts that a question's SQL gives to its columns, where that takes statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vigie.queries.before_after import compare_windows
from vigie.queries.held_rows import MadeRows
from vigie.queries.questions import Question
from vigie.queries.spikes import find_spikes
from vigie.queries.state_against_independent import contrast_classes

__all__ = ["compute"]

#: From rows of counts and the question's parameters to rows of its columns, and to notes.
Computation = Callable[[Iterable[dict[str, Any]], Mapping[str, Any]], tuple[list[dict[str, Any]], tuple[str, ...]]]

_COMPUTATIONS: dict[str, Computation] = {
    "before-after": compare_windows,
    "spikes": find_spikes,
    "state-against-independent": contrast_classes,
}
_WHOLE = ("articles", "output", "days", "dates", "others", "sources", "tied")
_DATES = ("bucket", "day")
_TEXTS = ("source_id", "topic_id", "verdict")


def compute(
    question: Question, counts: Iterable[dict[str, Any]], values: Mapping[str, Any]
) -> tuple[MadeRows, tuple[str, ...]]:
    """A question's rows and what must be said beside them.

    Args:
        question: A question whose header says what its SQL counts.
        counts: What it counted.
        values: Its parameters.
    """
    rows, notes = _COMPUTATIONS[question.name](counts, values)
    return MadeRows(rows, {column.name: _kind_of(column.name) for column in question.columns}), notes


def _kind_of(name: str) -> str:
    """A column's Arrow type, told by its name, so that it is the same also where there are no rows."""
    if name in _DATES:
        return "date32"
    if name in _TEXTS:
        return "string"
    words = set(name.split("_"))
    return "int64" if words & set(_WHOLE) and "share" not in words else "double"
