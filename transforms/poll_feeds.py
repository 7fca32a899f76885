"""Poll feeds over HTTP, a batch of them at a time from one worker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.clock import Clock
from vigie.feeds.fetch import FetchLimits, fetch_feeds
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchedDocument

__all__ = ["PollFeeds"]


class _PollFn(beam.DoFn):
    def __init__(self, limits: FetchLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock

    def process(self, element: tuple[FetchRequest, ...]) -> Iterator[FetchedDocument]:
        yield from asyncio.run(fetch_feeds(element, clock=self._clock, limits=self._limits))


class PollFeeds(beam.PTransform[PCollection[tuple[FetchRequest, ...]], PCollection[FetchedDocument]]):
    """Poll each feed of each batch once, conditionally.

    A poll that fails is an element like any other: it says why. All feeds of one host belong in one batch, for a batch
    is where requests to a host are kept apart.

    Args:
        limits: What one poll may cost.
        clock: Tells when a poll starts.
    """

    def __init__(self, limits: FetchLimits, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _PollFn(limits, clock)

    def expand(self, input_or_inputs: PCollection[tuple[FetchRequest, ...]]) -> PCollection[FetchedDocument]:
        """Wire it."""
        documents: PCollection[FetchedDocument] = input_or_inputs | "Poll" >> beam.ParDo(self._fn)
        return documents
