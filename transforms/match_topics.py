"""Match new articles against the topics, with the evidence for each match."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection

from vigie.analysis import add_topics
from vigie.clock import Clock
from vigie.matching import TopicSet, load_topics_text
from vigie.polls import Polls

__all__ = ["MatchTopics", "compiled", "keep_compiled"]

#: The process's topics, by definition: they are larger than it, so a worker compiles them, and not with every chunk of a run.
_COMPILED: dict[str, TopicSet] = {}


def keep_compiled(topics: TopicSet) -> None:
    """Have this process match by topics that it has loaded already, where they are asked for by their definition."""
    _COMPILED.clear()
    _COMPILED[topics.definition] = topics


def compiled(definition: str) -> TopicSet:
    """The topics of a definition, as this process keeps them."""
    topics = _COMPILED.get(definition)
    if topics is None:
        topics = load_topics_text(definition)
        keep_compiled(topics)
    return topics


class _MatchFn(beam.DoFn):
    def __init__(self, definition: str, clock: Clock) -> None:
        self._definition = definition
        self._clock = clock
        self._matches = Metrics.counter(MatchTopics, "matches")

    def process(self, element: Polls) -> Iterator[Polls]:
        topics, at = compiled(self._definition), self._clock()
        matched = Polls(add_topics(poll, topics, matched_at=at) if poll.articles else poll for poll in element)
        self._matches.inc(sum(len(poll.matches) for poll in matched))
        yield matched


class MatchTopics(beam.PTransform[PCollection[Polls], PCollection[Polls]]):
    """Find the concepts in each new article and the topics that they add up to.

    Args:
        definition: The topics, as :attr:`vigie.matching.TopicSet.definition` gives them.
        clock: Tells when a match was made.
    """

    def __init__(self, definition: str, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _MatchFn(definition, clock)

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Polls]:
        """Wire it."""
        polls: PCollection[Polls] = input_or_inputs | "Match" >> beam.ParDo(self._fn).with_output_types(Polls)
        return polls
