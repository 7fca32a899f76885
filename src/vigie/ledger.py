"""The ledger: what one poll of one feed leaves behind, and the cursor from which the next goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from vigie.feeds.rhythm import Rhythm
from vigie.feeds.schedule import Sighted, Standing, plan_next
from vigie.schemas import Article, EntryKey, FetchedDocument, FetchOutcome, FetchRecord, Sighting

#: The columns in which the schedule stands.
_STANDING = ("interval", "window_size", "rate", "peak_rate", "backoff", "asked_interval", "last_success_at")
_NEVER = datetime.min.replace(tzinfo=UTC)
#: By how much the clocks of two machines, or of one before and after it was set right, may differ and both be believed.
CLOCKS_APART = timedelta(hours=1)

__all__ = ["CLOCKS_APART", "FeedCursor", "Tally", "cursor_of", "first_poll_of", "ledger_row", "standing_of"]


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Where the polling of one feed stands: what its last row in the ledger says."""

    started_at: datetime
    first_polled_at: datetime
    succeeded_before: bool
    body_hash: str = ""
    etag: str = ""
    last_modified: str = ""
    anchor: str = ""
    #: The last body's entries, by article.
    keys: dict[str, EntryKey] = field(default_factory=dict)
    last_new_at: datetime | None = None
    failures_in_a_row: int = 0
    #: The address that was asked.
    url: str = ""
    next_poll_at: datetime | None = None
    retry_after: datetime | None = None
    #: Where the schedule stands; None after polls that had none.
    standing: Standing | None = None
    #: Whether the body changed while the validators did not.
    validators_lie: bool = False

    def is_ahead_of(self, now: datetime) -> bool:
        """Whether its poll was made by a clock that was ahead, so that what it says of the next one means nothing."""
        return self.started_at > now + CLOCKS_APART

    @property
    def left_alone_until(self) -> datetime | None:
        """Until when its server asked to be left alone, as far as the schedule minds it; None where it did not ask."""
        until = self.retry_after
        return until if until is not None and until <= (self.next_poll_at or until) else None


@dataclass(slots=True)
class Tally:
    """What the entries of one body turned out to be."""

    new: int = 0
    revised: int = 0
    known: int = 0
    failed: int = 0
    articles: list[Article] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    #: The entries, by article, in the order of the body.
    keys: dict[str, EntryKey] = field(default_factory=dict)
    #: Articles that no poll had shown in this feed before, with their dates, in the order of the body.
    arrived: list[tuple[str, datetime | None]] = field(default_factory=list)


def cursor_of(record: FetchRecord, before: FeedCursor | None = None) -> FeedCursor:
    """The cursor that a ledger row leaves. Its keys are those of the last body, which an unchanged poll does not repeat."""
    changed = record.outcome in (FetchOutcome.OK, FetchOutcome.EMPTY)
    keys = {key.article_id: key for key in record.entry_keys}
    return FeedCursor(
        started_at=record.started_at,
        first_polled_at=record.first_polled_at,
        succeeded_before=record.outcome.succeeded or (before is not None and before.succeeded_before),
        body_hash=record.body_hash,
        etag=record.etag,
        last_modified=record.last_modified,
        anchor=record.anchor,
        keys=keys if changed or before is None else before.keys,
        last_new_at=record.last_new_at,
        failures_in_a_row=record.failures_in_a_row,
        url=record.url,
        next_poll_at=record.next_poll_at,
        retry_after=record.retry_after,
        standing=standing_of({name: getattr(record, name) for name in _STANDING}),
        validators_lie=record.validators_lie,
    )


def standing_of(row: Mapping[str, Any]) -> Standing | None:
    """Where the schedule stands, by a row of the ledger; None for one of a version that had no schedule."""
    if row["interval"] is None or row["rate"] is None:
        return None
    return Standing(
        rhythm=Rhythm(row["window_size"], row["rate"], row["peak_rate"]),
        interval=row["interval"],
        backoff=row["backoff"],
        asked_interval=row["asked_interval"],
        last_success_at=row["last_success_at"],
    )


def first_poll_of(before: FeedCursor | None, document: FetchedDocument, outcome: FetchOutcome) -> datetime:
    """When the feed's first successful poll started; until there is one, this poll."""
    if before is None or not before.succeeded_before:
        return document.fetched_at
    return min(before.first_polled_at, document.fetched_at)


def ledger_row(
    document: FetchedDocument,
    outcome: FetchOutcome,
    tally: Tally,
    before: FeedCursor | None,
    *,
    after: FeedCursor | None = None,
    first_polled_at: datetime,
    body_hash: str,
    whole: bool,
    error: str,
    run_id: str,
    asked_interval: float | None = None,
) -> FetchRecord:
    """The row of one poll.

    Args:
        document: What was fetched.
        outcome: How the poll ended, reading included.
        tally: What its entries turned out to be.
        before: The feed's cursor before it; None where there is none.
        after: Of a poll that is read late, the feed's cursor at the next successful poll that is known; else None.
        first_polled_at: When the feed's first successful poll started.
        body_hash: Of its body; empty where it brought none.
        whole: Whether the body was read to a sound end.
        error: What was wrong.
        run_id: The run.
        asked_interval: Seconds that the body asks for between two polls.
    """
    etag, last_modified = _validators(document, outcome, before) if whole else ("", "")
    anchor, anchor_present = _anchor(before, outcome, tally)
    entries = tally.new + tally.revised + tally.known + tally.failed
    sighted = Sighted(len(tally.arrived), entries or None, anchor_present, asked_interval, first_polled_at)
    plan = plan_next(before.standing if before is not None else None, document, outcome, sighted)
    standing = plan.standing
    return FetchRecord(
        feed_id=document.feed_id,
        source_id=document.source_id,
        url=document.url,
        run_id=run_id,
        vantage=document.vantage,
        origin=document.origin,
        planned_at=document.planned_at,
        started_at=document.fetched_at,
        duration=document.duration,
        outcome=outcome,
        status=document.status,
        final_url=document.final_url or document.url,
        unconditional=document.unconditional,
        etag=etag,
        last_modified=last_modified,
        retry_after=document.retry_after,
        body_hash=body_hash if outcome.succeeded and body_hash else (before.body_hash if before else ""),
        bytes=len(document.body),
        entries=entries,
        new=tally.new,
        revised=tally.revised,
        known=tally.known,
        failed=tally.failed,
        anchor=anchor,
        anchor_present=anchor_present,
        entry_keys=tuple(tally.keys.values()),
        first_polled_at=first_polled_at,
        last_new_at=document.fetched_at if tally.new else (before.last_new_at if before else None),
        interval=standing.interval,
        next_poll_at=plan.next_poll_at,
        failures_in_a_row=0 if outcome.succeeded else 1 + (before.failures_in_a_row if before else 0),
        error=error,
        window_size=standing.rhythm.window,
        rate=standing.rhythm.rate,
        peak_rate=standing.rhythm.peak_rate,
        asked_interval=standing.asked_interval,
        backoff=standing.backoff,
        last_success_at=standing.last_success_at,
        validators_lie=_validators_lie(document, outcome, before),
        moved_to=document.moved_to,
        proxy=document.proxy,
        tls_verified=document.tls_verified,
        complete_from=document.complete_from,
        complete_until=document.complete_until,
        followed_at=after.started_at if after is not None and outcome.succeeded else None,
        follower_has_anchor=_is_kept(anchor, body_hash, after) if after is not None and outcome.succeeded else None,
    )


def _is_kept(anchor: str, body_hash: str, after: FeedCursor) -> bool | None:
    """Whether the next poll shows the entry that had arrived last, as :func:`_anchor` tells of the poll before."""
    if not after.body_hash or (body_hash and body_hash == after.body_hash):
        return True  # Without a hash it was "not modified", and read before any body.
    return anchor in after.keys if anchor else None


def _validators_lie(document: FetchedDocument, outcome: FetchOutcome, before: FeedCursor | None) -> bool:
    """Whether a server gives a changed body under the validators of the last one, so that they say nothing.

    An unconditional poll shows it. What is known of a server stays so until its validators change with a body.
    """
    if before is None:
        return False
    if (
        not document.unconditional
        or outcome not in (FetchOutcome.OK, FetchOutcome.EMPTY)
        or not (before.etag or before.last_modified)
    ):
        return before.validators_lie
    return _validators(document, outcome, None) == (before.etag, before.last_modified)


def _validators(document: FetchedDocument, outcome: FetchOutcome, before: FeedCursor | None) -> tuple[str, str]:
    """ETag and Last-Modified to send next time, verbatim.

    Only a body that was had and read may set them: those of an error page would make the server say "not modified" of
    entries that were never seen. After a body that broke off none are sent, so that the next poll brings it whole.
    """
    etag, last_modified = (before.etag, before.last_modified) if before is not None else ("", "")
    if not outcome.succeeded:
        return etag, last_modified
    headers = {header.name.lower(): header.value for header in document.headers}
    if outcome is FetchOutcome.NOT_MODIFIED:
        return headers.get("etag", etag), headers.get("last-modified", last_modified)
    return headers.get("etag", ""), headers.get("last-modified", "")  # both, always: the server never gave a mixed pair


def _anchor(before: FeedCursor | None, outcome: FetchOutcome, tally: Tally) -> tuple[str, bool | None]:
    """The entry that had arrived last, and whether the one of the poll before is still there.

    Of several that arrived together it is the newest by the outlet's own dates; where these do not tell, the first listed,
    for feeds list the newest first nearly always.
    """
    last = before.anchor if before is not None else ""
    if outcome in (FetchOutcome.UNCHANGED, FetchOutcome.NOT_MODIFIED):
        return last, True if before is not None and before.succeeded_before else None
    if not outcome.succeeded:
        return last, None
    present = last in tally.keys if last else None
    if tally.arrived:
        newest = max(tally.arrived, key=lambda arrival: (arrival[1] is not None, arrival[1] or _NEVER))  # the first of equals
        return newest[0], present
    return (last if present else next(iter(tally.keys), "")), present
