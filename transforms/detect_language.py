"""Detect the language of new articles, some polls of a bundle at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.utils.windowed_value import WindowedValue

from vigie.analysis import add_language
from vigie.language import LanguageDetector
from vigie.polls import Poll
from vigie.registry import Registry

__all__ = ["DetectLanguage"]


#: A batch is taken at so many articles: one alone takes the detector ten times as long as it does among these …
_BATCH_ARTICLES = 64
#: … or at so many polls, for their bodies wait with them.
_BATCH_POLLS = 50


class _DetectFn(beam.DoFn):
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._detector: LanguageDetector | None = None
        self._waiting: list[WindowedValue] = []
        self._articles = 0

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._waiting, self._articles = [], 0

    def process(
        self, element: Poll, timestamp: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[WindowedValue]:
        self._waiting.append(WindowedValue(element, timestamp, (window,)))
        self._articles += len(element.articles)
        if self._articles >= _BATCH_ARTICLES or len(self._waiting) >= _BATCH_POLLS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        yield from self._flush()

    def _flush(self) -> Iterator[WindowedValue]:
        waiting, self._waiting, articles, self._articles = self._waiting, [], self._articles, 0
        polls: list[Poll] = [poll.value for poll in waiting]
        if articles:
            if self._detector is None:  # Built in the worker: its tables are larger than the job.
                self._detector = LanguageDetector()
            languages = [self._registry.source_or_implicit(poll.record.source_id).languages for poll in polls]
            polls = add_language(polls, self._detector, languages)
        for poll, before in zip(polls, waiting, strict=True):
            yield before.with_value(poll)


class DetectLanguage(beam.PTransform[PCollection[Poll], PCollection[Poll]]):
    """Give each new article its language and confidence; `und` where the text does not tell.

    Args:
        registry: Gives the languages of each source, which are the detector's prior.
    """

    def __init__(self, registry: Registry) -> None:
        """Keep the registry."""
        super().__init__()
        self._registry = registry

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Poll]:
        """Wire it."""
        polls: PCollection[Poll] = input_or_inputs | "Detect" >> beam.ParDo(_DetectFn(self._registry))
        return polls
