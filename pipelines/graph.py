"""The whole graph from fetched bodies on: every pipeline calls it, so live, replay and stream are one code path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.clock import Clock, system_clock
from vigie.polls import Polls
from vigie.registry import Registry
from vigie.schemas import Article, Failure, Match
from vigie.schemas.tables import COMMIT_ORDER
from vigie.transforms.batch_polls import BatchPolls
from vigie.transforms.detect_language import DetectLanguage
from vigie.transforms.fingerprint_texts import FingerprintTexts
from vigie.transforms.gather_polls import FlushRule
from vigie.transforms.identify_articles import IdentifyArticles
from vigie.transforms.match_topics import MatchTopics
from vigie.transforms.write_tables import Commit, WriteTables

__all__ = ["Config", "Outputs", "build"]


@dataclass(frozen=True)
class Config:
    """What a graph needs to know besides its input."""

    #: The dataset's folder.
    data: str
    run_id: str
    #: At least the sources that may occur; their feeds are not asked for.
    registry: Registry
    #: The topics, as :attr:`vigie.matching.TopicSet.definition` gives them; empty where the processes that work keep them.
    topics_definition: str
    #: Their version.
    topics_version: str
    #: The sources that may occur: their state is loaded once a worker.
    source_ids: frozenset[str] = frozenset()
    #: The tables to write.
    tables: tuple[str, ...] = COMMIT_ORDER
    clock: Clock = system_clock
    #: The dataset whose ledger tells where feeds stand; empty: the same.
    ledger: str = ""
    #: When polls of an unbounded input are written.
    flush: FlushRule = field(default_factory=FlushRule)


class Outputs(NamedTuple):
    """What a graph gives, for whoever builds on it."""

    #: Whole polls, analysed, some at a time.
    polls: PCollection[Polls]
    #: What is on disk.
    commits: PCollection[Commit]

    # What nobody asks for is not in the graph: steps that lead nowhere cost a runner as much as others.

    def articles(self) -> PCollection[Article]:
        """New articles and revisions; to be asked for once."""
        articles: PCollection[Article] = self.polls | "Articles" >> beam.FlatMap(_articles)
        return articles

    def matches(self) -> PCollection[Match]:
        """What they were matched with; to be asked for once."""
        matches: PCollection[Match] = self.polls | "Matches" >> beam.FlatMap(_matches)
        return matches

    def failures(self) -> PCollection[Failure]:
        """What could not be processed; to be asked for once."""
        failures: PCollection[Failure] = self.polls | "Failures" >> beam.FlatMap(_failures)
        return failures


def build(fetched: PCollection[Any], config: Config) -> Outputs:
    """Compose the graph: parse and identify, fingerprint, detect language, match topics, write.

    Args:
        fetched: Polls from any source: documents as they came, or of a bounded source :class:`vigie.packed.PackedPolls`.
        config: See there.
    """
    polls = (
        fetched
        | "IdentifyArticles"
        >> IdentifyArticles(config.registry, config.data, config.source_ids, config.run_id, config.clock, ledger=config.ledger)
        | "BatchPolls" >> BatchPolls()
        | "FingerprintTexts" >> FingerprintTexts()
        | "DetectLanguage" >> DetectLanguage(config.registry)
        | "MatchTopics" >> MatchTopics(config.topics_version, config.topics_definition, config.clock)
    )
    return Outputs(
        polls=polls,
        commits=polls
        | "WriteTables"
        >> WriteTables(
            config.data,
            config.run_id,
            config.tables,
            topics_version=config.topics_version,
            clock=config.clock,
            flush=config.flush,
        ),
    )


def _articles(polls: Polls) -> list[Article]:
    return [article for poll in polls for article in poll.articles]


def _matches(polls: Polls) -> list[Match]:
    return [match for poll in polls for match in poll.matches]


def _failures(polls: Polls) -> list[Failure]:
    return [failure for poll in polls for failure in poll.failures]
