"""What a source is known to be at, and what one more poll of one of its feeds changes.

:func:`take_poll` is the whole of identification: it decides which entries are new articles, revisions or known, which
are seen in a feed for the first time, and writes the poll's row of the ledger. Polls of a source are to be taken in the
order (fetched_at, feed_id). A poll older than its feed's last one is taken between the two polls that it was made between,
as far as :attr:`SourceState.history` knows them.
"""

from __future__ import annotations

import bisect
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys, EntryKeys, KnownArticle, KnownArticles, Revision, read_as
from vigie.ledger import FeedCursor, Tally, cursor_of, first_poll_of, ledger_row
from vigie.polls import Poll
from vigie.rows import article_row, failure_rows, raw_row
from vigie.schemas import Article, Entry, EntryKey, FetchedDocument, FetchOutcome, FetchRecord, Sighting

__all__ = [
    "MAX_REVISIONS",
    "Asked",
    "SourceState",
    "hash_of",
    "is_unchanged",
    "remember",
    "remember_hash",
    "remember_revision",
    "take_poll",
]

#: Revisions kept of one article. A feed that embeds the clock in its texts would otherwise make one at each poll;
#: lemon24/reader draws the same line at 24 updates in which only the hash changed.
MAX_REVISIONS = 24


@dataclass(slots=True)
class Asked:
    """What a dataset was asked about the entries of a source: links, guids, titles with their days."""

    urls: set[str] = field(default_factory=set)
    guids: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    #: Whether there is nothing to ask: the dataset has no article of the source, or none that the state lacks.
    has_none: bool = False
    #: Articles that were found, and of which it was not asked in which feeds they were seen.
    unsighted: set[str] = field(default_factory=set)


@dataclass(slots=True)
class SourceState:
    """The articles, sightings and cursors of one source."""

    articles: KnownArticles
    #: (article_id, feed_id) → first seen.
    sightings: dict[tuple[str, str], datetime] = field(default_factory=dict)
    cursors: dict[str, FeedCursor] = field(default_factory=dict)
    #: Of feeds of which polls are taken late, their successful polls from the last before these to the first after, in order
    #: (:mod:`vigie.storage.history`).
    history: dict[str, list[FeedCursor]] = field(default_factory=dict)
    #: Where its articles are looked up as entries come: what was asked already.
    asked: Asked = field(default_factory=Asked)

    @classmethod
    def empty(cls, source_id: str) -> SourceState:
        """The state of a source that was never polled."""
        return cls(KnownArticles(source_id))

    def is_late(self, feed_id: str, at: datetime) -> bool:
        """Whether a poll was made no later than the last one of its feed that was taken."""
        last = self.cursors.get(feed_id)
        return last is not None and last.started_at >= at

    def before(self, feed_id: str, at: datetime) -> FeedCursor | None:
        """Where its feed stood when a poll was made; None where nothing is known of that time."""
        if not self.is_late(feed_id, at):
            return self.cursors.get(feed_id)
        known = self.history.get(feed_id, [])
        place = bisect.bisect_left(known, at, key=_time)
        return known[place - 1] if place else None

    def after(self, feed_id: str, at: datetime) -> FeedCursor | None:
        """Where its feed stood at the next successful poll that is known; None where there is none."""
        known = self.history.get(feed_id, [])
        place = bisect.bisect_right(known, at, key=_time)
        return known[place] if place < len(known) else None

    def move_on(self, record: FetchRecord, before: FeedCursor | None) -> None:
        """Note that a poll was taken.

        Args:
            record: Its row of the ledger.
            before: Where its feed stood when it was made.
        """
        feed_id, last = record.feed_id, self.cursors.get(record.feed_id)
        cursor = cursor_of(record, before)
        if last is None or last.started_at < record.started_at:
            self.cursors[feed_id] = cursor
        elif record.outcome.succeeded:
            begun = replace(last, first_polled_at=record.first_polled_at, succeeded_before=True)
            known = self.history.get(feed_id)
            if known is not None and record.started_at != last.started_at:
                place = bisect.bisect_left(known, record.started_at, key=_time)
                if place == len(known):  # All that came later failed, and showed nothing of the feed.
                    begun = replace(begun, body_hash=cursor.body_hash, anchor=cursor.anchor, keys=cursor.keys)
                if place == len(known) or known[place].started_at != record.started_at:  # else it counts as it was first read
                    known.insert(place, cursor)
            self.cursors[feed_id] = begun


def _time(cursor: FeedCursor) -> datetime:
    return cursor.started_at


def is_unchanged(state: SourceState, document: FetchedDocument) -> bool:
    """Whether a poll brought the very bytes of the one before it: there is nothing in it to be read."""
    before = state.before(document.feed_id, document.fetched_at)
    if before is None or not document.body or not document.outcome.succeeded:
        return False
    return _LAST_HASH.of(document.body) == before.body_hash


class _LastHash(threading.local):
    """The hash that was asked for last: of one poll it is asked for several times, and a body is long."""

    body = b""
    hash = hashlib.sha256().hexdigest()

    def of(self, body: bytes) -> str:
        if body is not self.body:
            self.body, self.hash = body, hashlib.sha256(body).hexdigest()
        return self.hash


_LAST_HASH = _LastHash()


def hash_of(body: bytes) -> str:
    """The hash by which a body is told from another; empty for none."""
    return _LAST_HASH.of(body) if body else ""


def remember_hash(body: bytes, hashed: str) -> None:
    """Tell the hash of a body that is asked for next, where it was worked out before."""
    if body:
        _LAST_HASH.body, _LAST_HASH.hash = body, hashed


def take_poll(
    state: SourceState,
    document: FetchedDocument,
    parsed: ParsedDocument | None,
    *,
    homepage: str,
    run_id: str,
    keys: BodyKeys | None = None,
) -> Poll:
    """Identify the entries of one poll and move the state on.

    Args:
        state: The source's state; changed in place.
        document: What was fetched.
        parsed: What was read from it; None where there was nothing to read: no body, or one that :func:`is_unchanged`.
        homepage: The source's front page.
        run_id: The run.
        keys: The keys of what was read, where they are known already.

    Returns:
        The poll with its ledger row, its articles not yet analysed, its sightings, raw body and failures.
    """
    last = state.cursors.get(document.feed_id)
    is_late = state.is_late(document.feed_id, document.fetched_at)
    before = state.before(document.feed_id, document.fetched_at)
    body_hash = hash_of(document.body)
    unchanged = is_unchanged(state, document)
    outcome = document.outcome if parsed is None else parsed.outcome
    if unchanged and outcome is not FetchOutcome.EXPORT:
        outcome = FetchOutcome.UNCHANGED
    first_polled_at = first_poll_of(last, document, outcome)
    taking = _Taking(state, document, first_polled_at, run_id, before)
    read = parsed if not unchanged else None
    if read is not None:
        taking.tally.failed = read.total - len(read.entries)
        taking.take(read.entries, keys or BodyKeys(read.entries, homepage))
    poll = Poll(
        record=ledger_row(
            document,
            outcome,
            taking.tally,
            before,
            after=state.after(document.feed_id, document.fetched_at) if is_late else None,
            first_polled_at=first_polled_at,
            body_hash=body_hash,
            whole=read is None or read.whole,
            error=document.error or (parsed.warning if parsed is not None else ""),
            run_id=run_id,
            asked_interval=parsed.asked_interval if parsed is not None else None,
        ),
        raw=raw_row(document, body_hash, run_id) if document.body and not unchanged else None,
        failures=failure_rows(document, read, body_hash, run_id),
        articles=tuple(taking.tally.articles),
        sightings=tuple(taking.tally.sightings),
    )
    state.move_on(poll.record, before)
    return poll


def remember(state: SourceState, poll: Poll) -> None:
    """Move a state on by a poll that was taken before, as :func:`take_poll` did then; a second time changes nothing.

    Args:
        state: The source's state; changed in place.
        poll: What :func:`take_poll` gave; its raw body and failures are not looked at.
    """
    record = poll.record
    for article in poll.articles:
        remember_revision(state, article)
    for sighting in poll.sightings:
        place = (sighting.article_id, sighting.feed_id)
        state.sightings[place] = min(sighting.first_seen, state.sightings.get(place, sighting.first_seen))
    state.move_on(record, state.before(record.feed_id, record.started_at))


def remember_revision(state: SourceState, article: Article) -> None:
    """Note a revision that is stored, or that one is none any more."""
    if article.superseded:
        state.articles.drop(article.article_id, article.fetched_at, article.revision_hash)
        return
    state.articles.add(
        article.article_id,
        Revision(article.fetched_at, article.revision_hash, article.published_at, article.backlog),
        canonical_url=article.canonical_url,
        guid=article.guid,
        title=article.title,
        text=article.text,
    )


@dataclass(slots=True)
class _Taking:
    """One poll being taken: its entries, one after the other, against the state of their source."""

    state: SourceState
    document: FetchedDocument
    first_polled_at: datetime
    run_id: str
    #: Where the feed stood; None before its first poll.
    before: FeedCursor | None
    tally: Tally = field(default_factory=Tally)
    #: What the feed's last body said, by article.
    previous: dict[str, EntryKey] = field(init=False)

    def __post_init__(self) -> None:
        self.previous = self.before.keys if self.before is not None else {}

    def take(self, entries: Sequence[Entry], keys: BodyKeys) -> None:
        """Decide what the entries of a body are.

        Nearly all of them read as the feed's last body had them, of the same article: such an entry is known, its sighting
        noted, and no more needs to be looked at. All others go the whole way.
        """
        tally, previous, id_by_url = self.tally, self.previous, self.state.articles.id_by_url
        for entry in entries:
            before = previous.get(article_id) if (article_id := id_by_url(keys.url(entry))) is not None else None
            hashed = read_as(entry)
            if before is not None and before.revision_hash == hashed:
                tally.known += 1
                tally.keys.setdefault(before.article_id, before)
            else:
                self._take_one(entry, keys.of(entry), hashed)

    def _take_one(self, entry: Entry, keys: EntryKeys, read_as: str) -> None:
        tally = self.tally
        article = self.state.articles.find(keys)
        if article is None:
            article = self._add_revision(entry, keys, self.state.articles.new_id(keys), read_as)
            tally.new += 1
        elif article.article_id in tally.keys:
            tally.known += 1  # The body repeats it.
            return
        elif self._is_revised(article, read_as):
            self._add_revision(entry, keys, article.article_id, read_as)
            tally.revised += 1
        else:
            tally.known += 1
        tally.keys[article.article_id] = EntryKey(article.article_id, read_as)
        self._note_sighting(article.article_id, entry.published_at)

    def _is_revised(self, article: KnownArticle, read_as: str) -> bool:
        """Whether an entry of a known article reads otherwise than it did.

        It is compared with what this feed's last body said of it: two sections may carry one article with two teasers,
        for ever, and nothing was edited. An edit that another section has shown already is stored, and no second revision.
        """
        in_force = article.in_force(self.document.fetched_at)
        if in_force is None:
            return True  # An older poll, taken late, shows it before all that is stored.
        if in_force.revision_hash == read_as or len(article.revisions) >= MAX_REVISIONS:
            return False
        if article.article_id in self.previous:
            return self.previous[article.article_id].revision_hash != read_as
        return self._was_shown(article.article_id)

    def _was_shown(self, article_id: str) -> bool:
        """Whether an earlier poll of this feed showed an article.

        It may have been seen later, by polls that were read first, or by one that the ledger lacks, as after a kill.
        """
        first_seen = self.state.sightings.get((article_id, self.document.feed_id))
        return first_seen is not None and self.before is not None and first_seen <= self.before.started_at

    def _is_backlog(self, entry: Entry) -> bool:
        if self.document.outcome is FetchOutcome.EXPORT:
            return False  # It is of the past, and meant to be counted.
        if entry.published_at is None:
            return self.document.fetched_at <= self.first_polled_at  # There when the feed was first looked at.
        return entry.published_at < self.first_polled_at

    def _add_revision(self, entry: Entry, keys: EntryKeys, article_id: str, read_as: str) -> KnownArticle:
        document = self.document
        article = self.state.articles.add(
            article_id,
            Revision(document.fetched_at, read_as, entry.published_at, self._is_backlog(entry)),
            canonical_url=entry.canonical_url,
            guid=entry.guid,
            title=entry.title,
            text=entry.text,
        )
        self.tally.articles.append(
            article_row(
                document, entry, article_id=article_id, read_as=read_as, first=article.first, run_id=self.run_id, keys=keys
            )
        )
        return article

    def _note_sighting(self, article_id: str, published_at: datetime | None) -> None:
        document = self.document
        place = (article_id, document.feed_id)
        if not self._was_shown(article_id):
            self.tally.arrived.append((article_id, published_at))
        first_seen = self.state.sightings.get(place)
        if first_seen is None or document.fetched_at < first_seen:
            self.state.sightings[place] = document.fetched_at
            self.tally.sightings.append(
                Sighting(article_id, document.feed_id, document.source_id, document.fetched_at, self.run_id)
            )
