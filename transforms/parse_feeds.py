"""Parse fetched documents into entries; what cannot be read stays with its poll as failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection

from vigie.feeds.parse import ParsedDocument, parse_document
from vigie.registry import Registry
from vigie.schemas import FetchedDocument, FetchOutcome

__all__ = ["ParseFeeds", "ParsedPoll"]


@dataclass(frozen=True, slots=True)
class ParsedPoll:
    """A fetched document with what was read from it."""

    document: FetchedDocument
    #: None where the poll failed or brought no body: there was nothing to read.
    parsed: ParsedDocument | None


class _ParseFn(beam.DoFn):
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._documents = Metrics.counter(ParseFeeds, "documents")
        self._entries = Metrics.counter(ParseFeeds, "entries")

    def process(self, element: FetchedDocument) -> Iterator[ParsedPoll]:
        self._documents.inc()
        parsed = None
        if element.outcome is FetchOutcome.OK:
            source = self._registry.source_or_implicit(element.source_id)
            parsed = parse_document(element, time_zone=source.time_zone, homepage=source.homepage)
            self._entries.inc(parsed.total)
        yield ParsedPoll(element, parsed)


class ParseFeeds(beam.PTransform[PCollection[FetchedDocument], PCollection[ParsedPoll]]):
    """Parse each fetched document.

    One element out for each in, whatever its bytes: a document that no parser takes for a feed comes out with a failure
    that says so.

    Args:
        registry: Gives each source's time zone, for dates without one, and front page.
    """

    def __init__(self, registry: Registry) -> None:
        """Keep the registry."""
        super().__init__()
        self._registry = registry

    def expand(self, input_or_inputs: PCollection[FetchedDocument]) -> PCollection[ParsedPoll]:
        """Wire it."""
        polls: PCollection[ParsedPoll] = input_or_inputs | "Parse" >> beam.ParDo(_ParseFn(self._registry))
        return polls
