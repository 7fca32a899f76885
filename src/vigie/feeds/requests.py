"""Which feeds are due, and the request that polls one from where its cursor stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from vigie.feeds.addresses import without_credentials
from vigie.feeds.draws import Draw, hashed_draw
from vigie.ledger import FeedCursor
from vigie.schemas import Feed

__all__ = ["UNCONDITIONAL_SHARE", "FetchRequest", "due_requests", "is_due", "request_of"]

#: Share of polls that send no validators, against servers that say "not modified" of what was (NewsBlur's remedy).
UNCONDITIONAL_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed that is to be polled, with the validators of its last answer."""

    feed_id: str
    source_id: str
    url: str
    etag: str = ""
    last_modified: str = ""
    #: When it was due, UTC.
    planned_at: datetime | None = None
    #: Through which HTTP proxy, `http://host:port`; empty for none.
    proxy: str = ""
    #: Whether its certificate is checked; False only where the registry says so.
    verify_tls: bool = True


def request_of(feed: Feed, cursor: FeedCursor | None, *, now: datetime, draw: Draw = hashed_draw) -> FetchRequest:
    """The request that polls a feed from where its cursor stands.

    It is conditional on the validators of the last answer, verbatim, but for one poll in a hundred, for a feed whose
    address has changed, and for one whose server was caught giving a changed body under the old validators.

    Args:
        feed: The feed.
        cursor: What its last row in the ledger says; None where it was never polled.
        now: The time of the poll, UTC.
        draw: Gives chance, by purpose.
    """
    conditional = (
        cursor is not None
        and _same_address(feed, cursor)
        and not cursor.validators_lie
        and draw(f"{feed.feed_id} {now.isoformat()} unconditional") >= UNCONDITIONAL_SHARE
    )
    return FetchRequest(
        feed_id=feed.feed_id,
        source_id=feed.source_id,
        url=feed.url,
        etag=cursor.etag if cursor and conditional else "",
        last_modified=cursor.last_modified if cursor and conditional else "",
        planned_at=(cursor.next_poll_at if cursor else None) or now,
        proxy=feed.proxy,
        verify_tls=not feed.accept_any_certificate,
    )


def is_due(feed: Feed, cursor: FeedCursor | None, now: datetime, *, ignore_schedule: bool = False) -> bool:
    """Whether a feed is to be polled: its time has come, or it was never polled at this address, or only by a clock ahead.

    Args:
        feed: The feed.
        cursor: What its last row in the ledger says.
        now: The present, UTC.
        ignore_schedule: Poll it all the same, unless its server asked to be left alone until later.
    """
    if cursor is None or cursor.is_ahead_of(now):
        return True
    if cursor.left_alone_until is not None and now < cursor.left_alone_until:
        return False
    return (
        ignore_schedule
        or cursor.next_poll_at is None
        or cursor.next_poll_at <= now
        or cursor.url not in ("", without_credentials(feed.url))
    )


def due_requests(
    feeds: Iterable[Feed],
    cursors: Mapping[str, FeedCursor],
    now: datetime,
    *,
    ignore_schedule: bool = False,
    draw: Draw = hashed_draw,
) -> list[FetchRequest]:
    """The requests that are to be made now, the longest due first.

    A host that asked to be left alone, when one of its feeds was polled, is left alone with all of them.

    Args:
        feeds: All feeds.
        cursors: Where they stand, by feed_id.
        now: The present, UTC.
        ignore_schedule: Poll feeds that are not due, too.
        draw: Gives chance, by purpose.
    """
    feeds = list(feeds)
    resting = {
        _host(feed.url)
        for feed in feeds
        if (cursor := cursors.get(feed.feed_id)) is not None and not is_due(feed, cursor, now, ignore_schedule=True)
    }
    requests = [
        request_of(feed, cursors.get(feed.feed_id), now=now, draw=draw)
        for feed in feeds
        if _host(feed.url) not in resting and is_due(feed, cursors.get(feed.feed_id), now, ignore_schedule=ignore_schedule)
    ]
    return sorted(requests, key=lambda request: (request.planned_at or now, request.feed_id))


def _same_address(feed: Feed, cursor: FeedCursor) -> bool:
    return cursor.url in ("", without_credentials(feed.url))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
