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

#: The process's topics, by version: a worker compiles them once, and not with every chunk of a run.
_COMPILED: dict[str, TopicSet] = {}


def keep_compiled(topics: TopicSet) -> None:
    """Have this process match by topics that it has loaded already, where their version is asked for."""
    _COMPILED.clear()
    _COMPILED[topics.version] = topics


def compiled(version: str, definition: str) -> TopicSet:
    """The topics of a version, as this process keeps them; they are made of their definition where it does not."""
    topics = _COMPILED.get(version)
    if topics is None:
        topics = load_topics_text(definition)
        keep_compiled(topics)
    return topics


class _MatchFn(beam.DoFn):
    def __init__(self, version: str, definition: str, clock: Clock) -> None:
        self._version = version
        self._definition = definition
        self._clock = clock
        self._matches = Metrics.counter(MatchTopics, "matches")

    def process(self, element: Polls) -> Iterator[Polls]:
        topics, at = compiled(self._version, self._definition), self._clock()
        matched = Polls(add_topics(poll, topics, matched_at=at) if poll.articles else poll for poll in element)
        self._matches.inc(sum(len(poll.matches) for poll in matched))
        yield matched


class MatchTopics(beam.PTransform[PCollection[Polls], PCollection[Polls]]):
    """Find the concepts in each new article and the topics that they add up to.

    Args:
        version: Of the topics.
        definition: The topics, as :attr:`vigie.matching.TopicSet.definition` gives them; it may be empty where the work is
            done by a process that keeps that version.
        clock: Tells when a match was made.
    """

    def __init__(self, version: str, definition: str, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _MatchFn(version, definition, clock)

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Polls]:
        """Wire it."""
        polls: PCollection[Polls] = input_or_inputs | "Match" >> beam.ParDo(self._fn).with_output_types(Polls)
        return polls
