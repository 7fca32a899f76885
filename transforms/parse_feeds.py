"""Parse polls where it is known whether their bodies need to be parsed: inside the stage that holds the cursors."""

from __future__ import annotations

from apache_beam.metrics import Metrics

from vigie.feeds.guarded import parse_guarded
from vigie.feeds.parse import ParsedDocument
from vigie.registry import Registry
from vigie.schemas import FetchedDocument, FetchOutcome

__all__ = ["ParseFeeds"]


class ParseFeeds:
    """Parses one fetched document after another, whatever its bytes and at a bounded cost, and counts them.

    It is no stage of its own: one before identification would parse bodies that turn out to be the same as the last
    one, and would have the runner carry entries, rather than bytes, through the group-by.

    Args:
        registry: Gives each source's time zone, for dates without one, and front page.
    """

    def __init__(self, registry: Registry) -> None:
        """Keep the registry."""
        self._registry = registry
        self._documents = Metrics.counter(ParseFeeds, "documents")
        self._entries = Metrics.counter(ParseFeeds, "entries")

    def __call__(self, document: FetchedDocument) -> ParsedDocument | None:
        """What a poll brought; None where it failed or brought no body: there is nothing to read."""
        if document.outcome not in (FetchOutcome.OK, FetchOutcome.EXPORT):
            return None
        source = self._registry.source_or_implicit(document.source_id)
        parsed = parse_guarded(document, time_zone=source.time_zone, homepage=source.homepage)
        self._documents.inc()
        self._entries.inc(parsed.total)
        return parsed
