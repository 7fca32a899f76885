"""Gather some polls of a bundle, so that their new articles are analysed together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.utils.windowed_value import WindowedValue

from vigie.polls import Poll, Polls

__all__ = ["BatchPolls"]

#: A batch is taken at so many articles: one alone takes the language detector ten times as long as it does among these …
_BATCH_ARTICLES = 512
#: … or at so many bytes of bodies, which wait with them, or at so many polls that bring none.
_BATCH_BYTES, _BATCH_POLLS = 16 * 2**20, 1_000


class _BatchFn(beam.DoFn):
    def __init__(self) -> None:
        """Nothing waits yet."""
        self._waiting: list[Poll] = []
        self._articles = self._bytes = 0
        self._at: tuple[Any, Any] = (None, None)

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._waiting, self._articles, self._bytes = [], 0, 0

    def process(
        self, element: Poll, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[WindowedValue]:
        at = (timestamp, window)
        if self._waiting and at != self._at:  # Polls of an unbounded input, each at its own time.
            yield from self._flush()
        self._at = at
        self._waiting.append(element)
        self._articles += len(element.articles)
        self._bytes += len(element.raw.body) if element.raw is not None else 0
        if self._articles >= _BATCH_ARTICLES or self._bytes >= _BATCH_BYTES or len(self._waiting) >= _BATCH_POLLS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        yield from self._flush()

    def _flush(self) -> Iterator[WindowedValue]:
        waiting, self._waiting, self._articles, self._bytes = Polls(self._waiting), [], 0, 0
        if waiting:
            timestamp, window = self._at
            yield WindowedValue(waiting, timestamp, (window,))


class BatchPolls(beam.PTransform[PCollection[Poll], PCollection[Polls]]):
    """Gather polls that come one after the other at the same event time; none waits longer than its bundle lasts."""

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Polls]:
        """Wire it."""
        batches: PCollection[Polls] = input_or_inputs | "Batch" >> beam.ParDo(_BatchFn()).with_output_types(Polls)
        return batches
