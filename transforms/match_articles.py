"""Match stored articles against topics: what MatchTopics does for a poll's new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.analysis import match_article
from vigie.clock import Clock
from vigie.schemas import Match, Mention
from vigie.transforms.match_topics import compiled
from vigie.transforms.read_articles import ArticleBatch

__all__ = ["EvaluatedBatch", "MatchArticles"]


@dataclass(frozen=True, slots=True)
class EvaluatedBatch:
    """What was found in some article revisions of one file."""

    file: str
    #: How many were evaluated, and how many the whole file holds.
    articles: int
    total: int
    mentions: tuple[Mention, ...]
    matches: tuple[Match, ...]


class _MatchFn(beam.DoFn):
    def __init__(self, version: str, definition: str, run_id: str, clock: Clock) -> None:
        self._version = version
        self._definition = definition
        self._run_id = run_id
        self._clock = clock

    def process(self, element: ArticleBatch) -> Iterator[EvaluatedBatch]:
        topics, at = compiled(self._version, self._definition), self._clock()
        results = [match_article(a, topics, matched_at=at, run_id=self._run_id) for a in element.articles]
        yield EvaluatedBatch(
            file=element.file,
            articles=len(element.articles),
            total=element.total,
            mentions=tuple(mention for mentions, _ in results for mention in mentions),
            matches=tuple(match for _, matches in results for match in matches),
        )


class MatchArticles(beam.PTransform[PCollection[ArticleBatch], PCollection[EvaluatedBatch]]):
    """Find concepts and topics in stored article revisions, in the language that was detected when they were fetched.

    Args:
        version: Of the topics.
        definition: The topics, as :attr:`vigie.matching.TopicSet.definition` gives them.
        run_id: The run.
        clock: Tells when a match was made.
    """

    def __init__(self, version: str, definition: str, run_id: str, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _MatchFn(version, definition, run_id, clock)

    def expand(self, input_or_inputs: PCollection[ArticleBatch]) -> PCollection[EvaluatedBatch]:
        """Wire it."""
        evaluated: PCollection[EvaluatedBatch] = input_or_inputs | "Match" >> beam.ParDo(self._fn)
        return evaluated
