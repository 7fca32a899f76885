"""Match new articles against the topics, with the evidence for each match."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection

from vigie.analysis import add_topics
from vigie.clock import Clock
from vigie.matching import load_topics_text
from vigie.polls import Poll

__all__ = ["MatchTopics"]

#: The automaton is larger than its definition, so it is compiled in the worker; once, not with every chunk of a run.
_compiled = functools.lru_cache(maxsize=1)(load_topics_text)


class _MatchFn(beam.DoFn):
    def __init__(self, definition: str, clock: Clock) -> None:
        self._definition = definition
        self._clock = clock
        self._matches = Metrics.counter(MatchTopics, "matches")

    def process(self, element: Poll) -> Iterator[Poll]:
        if not element.articles:
            yield element
            return
        matched = add_topics(element, _compiled(self._definition), matched_at=self._clock())
        self._matches.inc(len(matched.matches))
        yield matched


class MatchTopics(beam.PTransform[PCollection[Poll], PCollection[Poll]]):
    """Find the concepts in each new article and the topics that they add up to.

    Args:
        definition: The topics, as :attr:`vigie.matching.TopicSet.definition` gives them.
        clock: Tells when a match was made.
    """

    def __init__(self, definition: str, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _MatchFn(definition, clock)

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Poll]:
        """Wire it."""
        polls: PCollection[Poll] = input_or_inputs | "Match" >> beam.ParDo(self._fn)
        return polls
