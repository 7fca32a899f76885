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
#: … or at so many polls, for their bodies wait with them.
_BATCH_POLLS = 100


class _BatchFn(beam.DoFn):
    def __init__(self) -> None:
        """Nothing waits yet."""
        self._waiting: list[Poll] = []
        self._articles = 0
        self._at: tuple[Any, Any] = (None, None)

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._waiting, self._articles = [], 0

    def process(
        self, element: Poll, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[WindowedValue]:
        at = (timestamp, window)
        if self._waiting and at != self._at:  # Polls of an unbounded input, each at its own time.
            yield from self._flush()
        self._at = at
        self._waiting.append(element)
        self._articles += len(element.articles)
        if self._articles >= _BATCH_ARTICLES or len(self._waiting) >= _BATCH_POLLS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        yield from self._flush()

    def _flush(self) -> Iterator[WindowedValue]:
        waiting, self._waiting, self._articles = Polls(self._waiting), [], 0
        if waiting:
            timestamp, window = self._at
            yield WindowedValue(waiting, timestamp, (window,))


class BatchPolls(beam.PTransform[PCollection[Poll], PCollection[Polls]]):
    """Gather polls that come one after the other at the same event time; none waits longer than its bundle lasts."""

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Polls]:
        """Wire it."""
        batches: PCollection[Polls] = input_or_inputs | "Batch" >> beam.ParDo(_BatchFn()).with_output_types(Polls)
        return batches
