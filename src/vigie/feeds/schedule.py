"""When a feed is polled next: its learnt rhythm, what it and its server ask for, and back-off after failures.

Nothing here reads a clock: the time is that at which the poll ended, and chance is drawn by the feed and that time, so
that the same polls always give the same plan. A feed is never given up: after many failures it is asked once a month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigie.feeds.draws import Draw, hashed_draw
from vigie.feeds.rhythm import CEILING, START, Rhythm, first_rhythm, learn, usual_interval
from vigie.schemas import FetchedDocument, FetchOutcome, Header

__all__ = ["Plan", "Sighted", "Standing", "failure_weight", "max_age", "plan_next"]

#: Seconds that a feed's own period and its server's max-age count for at most: some name a week, and news would be lost.
MAX_ASKED = 3 * 3_600.0
#: A server that asks to be left alone for longer is asked again after this all the same: dates are often wrong.
MAX_RETRY_AFTER = timedelta(days=7)
#: Back-off ends at a day, and once failures weigh more than this at a month.
_LONG_DEAD, _LONGEST_BACKOFF = 30.0, 30 * 86_400.0
#: Back-off is lengthened by up to this share, so that feeds that failed together do not come back together.
_JITTER = 0.25
#: Seconds after what a 429 asks for, at most, drawn for each feed.
_AFTER_429 = 3_600.0

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
#: Statuses that say "later", not "never": with no answer at all they are soft failures.
_SOFT = frozenset([404, 408, 425, 429])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a feed's schedule stands; every row of the ledger carries it."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    #: Seconds between polls as learnt, before back-off.
    interval: float = START
    #: Weighted failures since the last success.
    backoff: float = 0.0
    #: Seconds that the feed itself asks for between two polls (ttl, sy:); None where it asks for nothing.
    asked_interval: float | None = None
    #: When the last successful poll started, UTC; None before the first.
    last_success_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sighted:
    """What a poll showed of its feed."""

    #: Entries that this feed had not shown before.
    arrived: int = 0
    #: Entries in the body; None where it brought none, or the same as the last one.
    window: int | None = None
    #: Whether the last body's anchor is still there; None where that cannot be told.
    overlapped: bool | None = None
    #: Seconds that the body asks for between two polls; None where it asks for nothing.
    asked_interval: float | None = None
    first_polled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a poll."""

    standing: Standing
    #: When the next poll is due, UTC.
    next_poll_at: datetime


def plan_next(
    before: Standing | None, document: FetchedDocument, outcome: FetchOutcome, sighted: Sighted, *, draw: Draw = hashed_draw
) -> Plan:
    """When to poll a feed next.

    Args:
        before: Where its schedule stood; None for the first poll.
        document: The poll.
        outcome: How it ended, reading included.
        sighted: What it showed.
        draw: Gives chance, by purpose.
    """
    before = before or Standing()
    ended = document.fetched_at + timedelta(seconds=document.duration)
    standing = _after_success(before, document, sighted) if outcome.succeeded else _after_failure(before, document, outcome)
    wait = max(standing.interval, _asked(standing, document.headers))
    # Chance has no say in most polls.
    drawn = bool(standing.backoff) or document.retry_after is not None
    chance = draw(f"{document.feed_id} {document.fetched_at.isoformat()} backoff") if drawn else 0.0
    if standing.backoff:
        longest = CEILING if standing.backoff <= _LONG_DEAD else _LONGEST_BACKOFF
        wait = min(wait * (1 + standing.backoff), longest) * (1 + _JITTER * chance)
    due = document.fetched_at + timedelta(seconds=wait)
    if document.retry_after is not None:
        spread = timedelta(seconds=_AFTER_429 * chance if document.status == 429 else 0.0)
        due = max(due, min(document.retry_after, ended + MAX_RETRY_AFTER) + spread)
    return Plan(standing, due)


def failure_weight(outcome: FetchOutcome, status: int | None, *, temporary: bool = False) -> float:
    """How much a failed poll counts towards the back-off.

    Args:
        outcome: How it ended.
        status: HTTP status; None where there was no answer.
        temporary: Whether a name server asked to try again.

    Returns:
        1 for a hard failure, 0.5 for a soft one (404, 429, 5xx, time, name, TLS), 0.25 for a name server's passing trouble.
    """
    if temporary:
        return 0.25
    soft = outcome is FetchOutcome.NETWORK_ERROR or (
        outcome in (FetchOutcome.HTTP_ERROR, FetchOutcome.BLOCKED) and status is not None and (status in _SOFT or status >= 500)
    )
    return 0.5 if soft else 1.0


def max_age(headers: Iterable[Header]) -> float | None:
    """Seconds for which a server's Cache-Control calls its answer fresh; None where it says nothing."""
    for header in headers:
        if header.name.lower() == "cache-control" and (found := _MAX_AGE.search(header.value)):
            return float(found[1])
    return None


def _asked(standing: Standing, headers: Iterable[Header]) -> float:
    return min(max(standing.asked_interval or 0.0, max_age(headers) or 0.0), MAX_ASKED)


def _after_success(before: Standing, document: FetchedDocument, sighted: Sighted) -> Standing:
    if before.last_success_at is None:
        rhythm, interval = first_rhythm(sighted.window or 0), START
    else:
        rhythm = learn(
            before.rhythm,
            arrived=sighted.arrived,
            window=sighted.window,
            elapsed=(document.fetched_at - before.last_success_at).total_seconds(),
            known_for=(document.fetched_at - (sighted.first_polled_at or before.last_success_at)).total_seconds(),
            overlapped=sighted.overlapped is not False,
        )
        interval = usual_interval(rhythm)
    return Standing(
        rhythm=rhythm,
        interval=interval,
        asked_interval=before.asked_interval if sighted.window is None else sighted.asked_interval,
        last_success_at=document.fetched_at,
    )


def _after_failure(before: Standing, document: FetchedDocument, outcome: FetchOutcome) -> Standing:
    weight = failure_weight(outcome, document.status, temporary=document.temporary)
    return Standing(
        rhythm=before.rhythm,
        interval=before.interval,
        backoff=before.backoff + weight,
        asked_interval=before.asked_interval,
        last_success_at=before.last_success_at,
    )
