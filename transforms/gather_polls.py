"""Gather the polls of an unbounded input until enough have come, or for long enough, to be worth files of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder, VarIntCoder
from apache_beam.pvalue import PCollection
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    AccumulatingRuntimeState,
    BagStateSpec,
    ReadModifyWriteRuntimeState,
    ReadModifyWriteStateSpec,
    TimerSpec,
    on_timer,
)
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import Timestamp

from vigie.clock import Clock, system_clock
from vigie.polls import Poll

__all__ = ["FlushRule", "GatherPolls", "Polls"]

#: Polls that are written together.
Polls = tuple[Poll, ...]


@dataclass(frozen=True, slots=True)
class FlushRule:
    """When what an unbounded input brought is written: whichever comes first."""

    #: Seconds of processing time after the first poll that waits.
    seconds: float = 60.0
    #: Rows, over all tables.
    rows: int = 10_000
    #: Workers that write side by side, each its own files.
    writers: int = 1


class _GatherFn(beam.DoFn):
    WAITING = BagStateSpec("waiting", PickleCoder())
    ROWS = ReadModifyWriteStateSpec("rows", VarIntCoder())
    LATEST = TimerSpec("latest", TimeDomain.REAL_TIME)
    #: The input has ended, or is drained.
    END = TimerSpec("end", TimeDomain.WATERMARK)

    def __init__(self, rule: FlushRule, clock: Clock) -> None:
        self._rule = rule
        self._clock = clock

    # Beam's way of telling a method which state and timers it needs is in its defaults.
    def process(
        self,
        element: tuple[int, Poll],
        waiting: Any = beam.DoFn.StateParam(WAITING),
        rows: Any = beam.DoFn.StateParam(ROWS),
        latest: Any = beam.DoFn.TimerParam(LATEST),
        end: Any = beam.DoFn.TimerParam(END),
    ) -> Iterator[Polls]:
        _, poll = element
        before = rows.read() or 0
        waiting.add(poll)
        rows.write(before + _rows(poll))
        if before + _rows(poll) >= self._rule.rows:
            latest.clear()
            yield from _flush(waiting, rows)
        elif not before:
            latest.set(Timestamp.of(self._clock().timestamp() + self._rule.seconds))
            end.set(GlobalWindow().max_timestamp())

    @on_timer(LATEST)
    def when_it_is_time(
        self,
        waiting: Any = beam.DoFn.StateParam(WAITING),
        rows: Any = beam.DoFn.StateParam(ROWS),
    ) -> Iterator[Polls]:
        yield from _flush(waiting, rows)

    @on_timer(END)
    def when_nothing_more_comes(
        self,
        waiting: Any = beam.DoFn.StateParam(WAITING),
        rows: Any = beam.DoFn.StateParam(ROWS),
        latest: Any = beam.DoFn.TimerParam(LATEST),
    ) -> Iterator[Polls]:
        latest.clear()  # A runner would wait for it.
        yield from _flush(waiting, rows)


def _rows(poll: Poll) -> int:
    """The rows that a poll gives, its ledger row among them."""
    raw = 1 if poll.raw is not None else 0
    return 1 + raw + sum(map(len, (poll.failures, poll.articles, poll.sightings, poll.mentions, poll.matches)))


def _flush(waiting: AccumulatingRuntimeState, rows: ReadModifyWriteRuntimeState) -> Iterator[Polls]:
    polls = tuple(waiting.read())
    waiting.clear()
    rows.clear()
    if polls:
        yield polls


class GatherPolls(beam.PTransform[PCollection[Poll], PCollection[Polls]]):
    """Gather polls into batches, in the global window: none is ever too late, for each counts on its own date.

    All polls of a source come to one writer, so that what a later one takes for known is written no later than it.

    Args:
        rule: When a batch is complete.
        clock: Tells when the first poll of a batch came.
    """

    def __init__(self, rule: FlushRule, clock: Clock = system_clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._rule = rule
        self._clock = clock

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Polls]:
        """Wire it."""
        writers = self._rule.writers

        def writer_of(poll: Poll) -> tuple[int, Poll]:
            return int.from_bytes(hashlib.blake2b(poll.record.source_id.encode(), digest_size=4).digest()) % writers, poll

        batches: PCollection[Polls] = (
            input_or_inputs
            | "KeyByWriter" >> beam.Map(writer_of).with_output_types(tuple[int, Poll])
            | "Gather" >> beam.ParDo(_GatherFn(self._rule, self._clock))
        )
        return batches
