"""The registry as its users see it: sources and feeds by id, and a version that changes with their content only."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

from vigie.errors import UsageError
from vigie.schemas import Claim, Feed, Source, to_rows

__all__ = ["Registry", "claim_in_force", "claim_on"]


@dataclasses.dataclass(frozen=True)
class Registry:
    """Sources and their feeds; ids and addresses are unique, which loading has made sure of.

    Attributes:
        sources: In the order of the file.
        notes: What reading had to repair or leave out, a line each (`file:line: …`); empty for YAML.
    """

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    @functools.cached_property
    def version(self) -> str:
        """Hash of the content: the same whatever the layout, comments and order of the file."""
        return _content_hash(self.sources)

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """All feeds of all sources, in the order of the file."""
        return tuple(feed for source in self.sources for feed in source.feeds)

    @functools.cached_property
    def _sources(self) -> Mapping[str, Source]:
        return {source.source_id: source for source in self.sources}

    @functools.cached_property
    def _feeds(self) -> Mapping[str, Feed]:
        return {feed.feed_id: feed for feed in self.feeds}

    def has_source(self, source_id: str) -> bool:
        """Whether there is a source of this id."""
        return source_id in self._sources

    def has_feed(self, feed_id: str) -> bool:
        """Whether there is a feed of this id."""
        return feed_id in self._feeds

    def source(self, source_id: str) -> Source:
        """The source of this id.

        Raises:
            UsageError: There is none.
        """
        if source_id not in self._sources:
            raise UsageError(f"source {source_id}: the registry has none of this id; `vigie sources list` shows those it has")
        return self._sources[source_id]

    def feed(self, feed_id: str) -> Feed:
        """The feed of this full id (`source_id/name`).

        Raises:
            UsageError: There is none.
        """
        if feed_id not in self._feeds:
            raise UsageError(
                f"feed {feed_id}: the registry has none of this id; `vigie sources list --format json` shows those it has"
            )
        return self._feeds[feed_id]

    def source_of(self, feed_id: str) -> Source:
        """The source whose feed this is.

        Raises:
            UsageError: There is no such feed.
        """
        return self._sources[self.feed(feed_id).source_id]

    def source_or_implicit(self, source_id: str) -> Source:
        """The source of this id, or one of which nothing but its id is known."""
        return self._sources.get(source_id) or Source(source_id, name=source_id)

    def outlines(self, source_ids: Iterable[str]) -> Registry:
        """The sources of these ids alone, without their feeds: what workers are sent, small however many feeds are watched."""
        wanted = (self._sources[source_id] for source_id in sorted(set(source_ids)) if source_id in self._sources)
        return Registry(tuple(dataclasses.replace(source, feeds=()) for source in wanted))

    def merged(self, other: Registry) -> Registry:
        """These sources with another registry's added; where both have an id, the other's is taken."""
        both = {**self._sources, **other._sources}
        return Registry(tuple(both.values()), notes=(*self.notes, *other.notes))

    def time_zone_of(self, feed_id: str) -> str:
        """The IANA zone assumed where a date of this feed names none."""
        return self.source_of(feed_id).time_zone

    def homepage_of(self, feed_id: str) -> str:
        """Address of the front page of the edition whose feed this is; empty where unknown."""
        return self.source_of(feed_id).homepage


def claim_on(claims: Iterable[Claim], day: date) -> Claim | None:
    """The claim that holds on a day, None where none does."""
    for claim in claims:
        started = claim.valid_from is None or claim.valid_from <= day
        ended = claim.valid_to is not None and claim.valid_to < day
        if started and not ended:
            return claim
    return None


def claim_in_force(claims: Iterable[Claim]) -> Claim | None:
    """The claim without an end, that is, the one that still holds; None where the last has ended."""
    return next((claim for claim in claims if claim.valid_to is None), None)


def _content_hash(sources: Iterable[Source]) -> str:
    ordered = sorted(
        (
            dataclasses.replace(
                source,
                feeds=tuple(sorted(source.feeds, key=lambda feed: feed.feed_id)),
                controlling_state=_by_time(source.controlling_state),
                independence=_by_time(source.independence),
            )
            for source in sources
        ),
        key=lambda source: source.source_id,
    )
    content = json.dumps(to_rows(Source, ordered), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _by_time(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: claim.valid_from or date.min))
