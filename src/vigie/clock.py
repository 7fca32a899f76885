"""The one place where the time of day is read; everything else is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Clock", "run_id_of", "system_clock"]

#: Gives the present as aware UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's present, aware UTC."""
    return datetime.now(UTC)


def run_id_of(started_at: datetime) -> str:
    """The id of a run that starts now: ids sort in order of time."""
    return started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
