"""Feeds that are polled for ever, a shard of domains at a time: which are due, and what their polls change.

A shard's standing is all that its polling needs from one round to the next: the cursor of each feed, as the ledger has it,
and when each registered domain was asked last. It says nothing of which articles are known: that is told by source, later,
from the dataset. All feeds of a domain are in one shard, for there the requests to it and to its hosts are kept apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vigie.feeds.pacing import host_of, registered_domain
from vigie.feeds.parse import ParsedDocument
from vigie.feeds.requests import FetchRequest, due_requests
from vigie.identity import KnownArticles
from vigie.ledger import FeedCursor
from vigie.schemas import Feed, FetchedDocument
from vigie.state import SourceState, is_unchanged, take_poll

__all__ = ["Pace", "Standing", "after_round", "due_round", "is_over", "next_round_at", "paced", "shard_of"]

#: Reads a document; None where there is nothing to read.
Parse = Callable[[FetchedDocument], ParsedDocument | None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a stream polls."""

    #: Seconds between the starts of two requests to one registered domain.
    host_interval: float = 5.0
    #: Seconds between two polls of a feed; None: as its schedule has learnt.
    poll_interval: float | None = None
    #: Seconds after which a shard looks again at the latest, so that the watermark moves on while nothing is due.
    longest_pause: float = 15.0
    #: When to stop, UTC; None: never.
    until: datetime | None = None
    #: Polls of each feed after which to stop; None: never.
    polls: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the polling of a shard stands."""

    cursors: Mapping[str, FeedCursor] = field(default_factory=dict)
    #: When a request to a registered domain was last started, or put off since its host rests, by domain.
    asked_at: Mapping[str, datetime] = field(default_factory=dict)
    #: Polls that this stream has made, by feed.
    polls: Mapping[str, int] = field(default_factory=dict)


def shard_of(url: str, shards: int) -> int:
    """The shard that polls an address: the same for all hosts of a registered domain, so that one process paces them."""
    return (
        int.from_bytes(hashlib.blake2b(_domain(url).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") % shards
    )


def paced(cursor: FeedCursor, pace: Pace) -> FeedCursor:
    """A cursor whose next poll is due as a stream's pace has it."""
    if pace.poll_interval is None:
        return cursor
    due = cursor.started_at + timedelta(seconds=pace.poll_interval)
    return replace(cursor, next_poll_at=max(due, cursor.retry_after) if cursor.retry_after else due)


def due_round(feeds: Iterable[Feed], standing: Standing, pace: Pace, now: datetime) -> list[FetchRequest]:
    """The requests of one round: those that are due, the longest first, and one to a registered domain at most.

    So a round lasts no longer than one request, however many feeds a domain has; the next ones come when it has rested.
    """
    round_: dict[str, FetchRequest] = {}
    for request in due_requests(_unfinished(feeds, standing, pace), standing.cursors, now):
        domain = _domain(request.url)
        if domain not in round_ and _rested_at(domain, standing, pace, now) <= now:
            round_[domain] = request
    return list(round_.values())


def after_round(
    standing: Standing,
    requests: Sequence[FetchRequest],
    documents: Sequence[FetchedDocument],
    pace: Pace,
    parse: Parse,
    *,
    now: datetime,
) -> Standing:
    """Where a shard stands after a round.

    Each poll is taken as identification will take it, but against what its feed alone has shown: that tells validators,
    outcome and rhythm, all that the next poll hangs on.

    Args:
        standing: Before.
        requests: What was to be asked.
        documents: What came: not of hosts that had asked, in an answer to somebody else, to be left alone.
        pace: See there.
        parse: Reads a document.
        now: When the round has ended, UTC.
    """
    cursors, asked, polls = dict(standing.cursors), dict(standing.asked_at), dict(standing.polls)
    for request in requests:
        asked[_domain(request.url)] = now
    for document in documents:
        polls[document.feed_id] = polls.get(document.feed_id, 0) + 1
        domain = _domain(document.url)
        asked[domain] = document.fetched_at
        cursors[document.feed_id] = paced(_cursor_after(cursors.get(document.feed_id), document, parse), pace)
    return Standing(cursors, asked, polls)


def next_round_at(feeds: Iterable[Feed], standing: Standing, pace: Pace, now: datetime) -> datetime:
    """When a shard is to look again which feeds are due; never later than after the longest pause."""
    latest = now + timedelta(seconds=pace.longest_pause)
    feeds = list(feeds)
    left_alone = _left_alone_until(feeds, standing)
    for feed in _unfinished(feeds, standing, pace):
        cursor = standing.cursors.get(feed.feed_id)
        due = cursor.next_poll_at if cursor is not None and cursor.next_poll_at else now
        rested = _rested_at(_domain(feed.url), standing, pace, now)
        latest = min(latest, max(due, rested, left_alone.get(host_of(feed.url), now)))
    return min(latest, pace.until) if pace.until else latest


def is_over(feeds: Sequence[Feed], standing: Standing, pace: Pace, now: datetime) -> bool:
    """Whether a shard has done all that its stream was asked for."""
    if pace.until is not None and now >= pace.until:
        return True
    return pace.polls is not None and not _unfinished(feeds, standing, pace)


def _unfinished(feeds: Iterable[Feed], standing: Standing, pace: Pace) -> list[Feed]:
    return [feed for feed in feeds if pace.polls is None or standing.polls.get(feed.feed_id, 0) < pace.polls]


def _rested_at(domain: str, standing: Standing, pace: Pace, now: datetime) -> datetime:
    asked_at = standing.asked_at.get(domain)
    return asked_at + timedelta(seconds=pace.host_interval) if asked_at else now


def _left_alone_until(feeds: Iterable[Feed], standing: Standing) -> dict[str, datetime]:
    """Until when hosts asked to be left alone, with all their feeds, when one of these was polled."""
    until: dict[str, datetime] = {}
    for feed in feeds:
        cursor = standing.cursors.get(feed.feed_id)
        if cursor is not None and cursor.left_alone_until is not None:
            host = host_of(feed.url)
            until[host] = max(cursor.left_alone_until, until.get(host, cursor.left_alone_until))
    return until


def _cursor_after(before: FeedCursor | None, document: FetchedDocument, parse: Parse) -> FeedCursor:
    state = SourceState(KnownArticles(document.source_id))
    if before is not None and not before.is_ahead_of(document.fetched_at):
        state.cursors[document.feed_id] = before
        state.sightings = {(article_id, document.feed_id): before.started_at for article_id in before.keys}
    parsed = None if is_unchanged(state, document) else parse(document)
    take_poll(state, document, parsed, homepage="", run_id="")
    return state.cursors[document.feed_id]


def _domain(url: str) -> str:
    return registered_domain(host_of(url))
