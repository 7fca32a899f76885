"""Cycle after cycle in one process, until it is told to stop: what `vigie ingest --every` does.

A cycle is a bounded run of its own, committed by itself, so stopping in the middle of one loses nothing: what it had
written of a poll without its row of the ledger is polled again. Nothing here reads a clock or sleeps but by what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.clock import Clock
from vigie.errors import VigieError, WorkError

__all__ = ["Cycle", "StopRequested", "next_start", "run_cycles"]


class StopRequested(BaseException):
    """Raised by a signal's handler wherever the process stands; no error, so nothing that handles errors may catch it."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """How one cycle went."""

    number: int
    started_at: datetime
    ended_at: datetime
    next_at: datetime
    #: What it counted; None where it failed.
    counters: Mapping[str, int] | None
    #: Why it failed.
    error: str = ""

    def told(self) -> str:
        """One line for people."""
        took = f"{(self.ended_at - self.started_at).total_seconds():.1f} s, next at {self.next_at:%H:%M:%S}"
        head = f"{self.started_at:%Y-%m-%d %H:%M:%S} UTC  cycle {self.number}: "
        counted = self.counters
        if counted is None:
            return f"{head}failed, nothing of what stands is lost: {self.error}; {took}"
        if not counted["polls"]:
            return f"{head}no feed was due; {took}"
        failed = counted["polls"] - counted["succeeded"]
        return (
            f"{head}{counted['polls']} polls ({failed} failed), {counted['new']} new articles, {counted['revised']} revised, "
            f"{counted['matches']} matches; {took}"
        )


def run_cycles(
    work: Callable[[], Mapping[str, int]],
    *,
    every: timedelta,
    clock: Clock,
    sleep: Callable[[float], None],
    tell: Callable[[Cycle], None],
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Do the work of a cycle again and again, at even intervals; returns when a stop is requested.

    A cycle that fails for a reason that may pass (a full disk) is told and tried again at the next; one that lasts longer
    than the interval is followed by the next at once. Wrong use shows in the first cycle: what a later one meets came
    meanwhile, as when a disk turns read-only or a bucket cannot be reached, and may pass as well.

    Args:
        work: One cycle: gives its counters, those of a run's manifest.
        every: From one cycle's start to the next.
        clock: Tells the time.
        sleep: Waits some seconds.
        tell: Is told of each cycle when it has ended.
        stopping: Whether a stop was requested: runners wrap whatever is raised inside them in errors of their own.

    Raises:
        VigieError: The first cycle failed for a reason that does not pass.
    """
    number = 0
    try:
        while True:
            number += 1
            started_at = clock()
            counters, error = None, ""
            try:
                counters = work()
            except VigieError as problem:
                if number == 1 and not isinstance(problem, WorkError):
                    raise
                error = str(problem)
            ended_at = clock()
            next_at = next_start(started_at, ended_at, every)
            tell(Cycle(number, started_at, ended_at, next_at, counters, error))
            sleep((next_at - ended_at).total_seconds())
    except StopRequested:
        return
    except Exception:
        if not stopping():
            raise


def next_start(started_at: datetime, ended_at: datetime, every: timedelta) -> datetime:
    """When the next cycle starts: an interval after the last one's start, at once where that is past.

    A clock that was set back in between must not make the wait longer than an interval.
    """
    return min(max(started_at + every, ended_at), ended_at + every)
