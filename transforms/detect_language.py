"""Detect the language of new articles, a batch of polls at a time."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.analysis import add_language
from vigie.language import LanguageDetector
from vigie.polls import Polls
from vigie.registry import Registry

__all__ = ["DetectLanguage"]


class _DetectFn(beam.DoFn):
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._detector: LanguageDetector | None = None

    def process(self, element: Polls) -> Iterator[Polls]:
        if self._detector is None:  # Built in the worker: its tables are larger than the job.
            self._detector = LanguageDetector()
        languages = [self._registry.source_or_implicit(poll.record.source_id).languages for poll in element]
        yield add_language(element, self._detector, languages)


class DetectLanguage(beam.PTransform[PCollection[Polls], PCollection[Polls]]):
    """Give each new article its language and confidence; `und` where the text does not tell.

    Args:
        registry: Gives the languages of each source, which are the detector's prior.
    """

    def __init__(self, registry: Registry) -> None:
        """Keep the registry."""
        super().__init__()
        self._registry = registry

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Polls]:
        """Wire it."""
        polls: PCollection[Polls] = input_or_inputs | "Detect" >> beam.ParDo(_DetectFn(self._registry)).with_output_types(Polls)
        return polls
