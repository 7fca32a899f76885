"""Gather the polls of an unbounded input until enough have come, or for long enough, to be worth files of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.transforms.trigger import AccumulationMode, AfterAny, AfterCount, AfterProcessingTime, Repeatedly
from apache_beam.transforms.window import GlobalWindows

from vigie.polls import Poll, Polls

__all__ = ["FlushRule", "GatherPolls"]


@dataclass(frozen=True, slots=True)
class FlushRule:
    """When what an unbounded input brought is written: whichever comes first."""

    #: Seconds of processing time after the first poll that waits; whole ones, at least 1.
    seconds: int = 60
    #: Rows, over all tables.
    rows: int = 10_000
    #: Workers that write side by side, each its own files.
    writers: int = 1


def _rows(poll: Poll) -> int:
    """The rows that a poll gives, its ledger row among them."""
    raw = 1 if poll.raw is not None else 0
    return 1 + raw + sum(map(len, (poll.failures, poll.articles, poll.sightings, poll.mentions, poll.matches)))


class _WeighFn(beam.DoFn):
    """Gives a poll to its writer, and beside it an empty element for each further row: triggers can only count elements."""

    def __init__(self, writers: int) -> None:
        self._writers = writers

    def process(self, element: Polls) -> Iterator[tuple[int, Poll | None]]:
        for poll in element:
            digest = hashlib.blake2b(poll.record.source_id.encode("utf-8", "surrogatepass"), digest_size=4).digest()
            writer = int.from_bytes(digest, "big") % self._writers
            yield writer, poll
            for _ in range(_rows(poll) - 1):
                yield writer, None


def _polls(batch: tuple[int, Iterable[Poll | None]]) -> Iterator[Polls]:
    polls = Polls(poll for poll in batch[1] if poll is not None)
    if polls:
        yield polls


class GatherPolls(beam.PTransform[PCollection[Polls], PCollection[Polls]]):
    """Gather polls into batches, in the global window: none is ever too late, for each counts on its own date.

    All polls of a source come to one writer, so that what a later one takes for known is written no later than it.

    Args:
        rule: When a batch is complete.
    """

    def __init__(self, rule: FlushRule) -> None:
        """Keep the argument."""
        super().__init__()
        self._rule = rule

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Polls]:
        """Wire it."""
        trigger = AfterAny(AfterCount(self._rule.rows), AfterProcessingTime(self._rule.seconds))
        batches: PCollection[Polls] = (
            input_or_inputs
            | "Weigh" >> beam.ParDo(_WeighFn(self._rule.writers))
            | "Window"
            >> beam.WindowInto(GlobalWindows(), trigger=Repeatedly(trigger), accumulation_mode=AccumulationMode.DISCARDING)
            | "GroupByWriter" >> beam.GroupByKey()
            | "Polls" >> beam.FlatMap(_polls)
        )
        return batches
