"""Two answers to one question: what differs, in words."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

__all__ = ["differences"]

#: Sums may be taken in another order, which moves the last digits.
_TOLERANCE = 1e-9


def differences(before: pa.Table, after: pa.Table) -> list[str]:
    """What differs between two tables, a line each; nothing where they say the same."""
    if before.column_names != after.column_names:
        gone = [name for name in before.column_names if name not in after.column_names]
        come = [name for name in after.column_names if name not in before.column_names]
        return [f"columns: {', '.join(gone) or 'none'} gone, {', '.join(come) or 'none'} new"]
    found = []
    if before.num_rows != after.num_rows:
        found.append(f"rows: {before.num_rows} then, {after.num_rows} now")
    for number, (one, other) in enumerate(zip(before.to_pylist(), after.to_pylist(), strict=False), start=1):
        for name, value in one.items():
            if not _same(value, other[name]):
                found.append(f"row {number}, {name}: {value} then, {other[name]} now")
    return found


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    return bool(one == other)
