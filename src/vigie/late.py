"""What polls that are read late change in those made after them.

Whether an entry is a revision hangs on the polls before it (:func:`vigie.state.take_poll`). Where one of these is read later,
as an older archive after newer polls, an entry that was known may be a revision after all: of A, then A again, and B in
between that is read last, the second A is the third revision. So the rule is followed once more through what the ledger says
of the bodies from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys, Revision, read_as
from vigie.polls import Poll
from vigie.rows import article_row
from vigie.schemas import Article, FetchedDocument, FetchOutcome, RawDocument
from vigie.state import MAX_REVISIONS
from vigie.storage import Dataset
from vigie.storage.history import LaterBodies, load_later_bodies, stored_body, stored_revisions

__all__ = ["revised_after_all"]

#: Reads a document; None where there is nothing to read.
Parse = Callable[[FetchedDocument], ParsedDocument | None]


class _Edit(NamedTuple):
    """A revision that is not stored, or one that is and is none: in which feed, and when the poll started that showed it."""

    article_id: str
    revision_hash: str
    feed_id: str
    at: datetime
    body_hash: str
    superseded: bool


def revised_after_all(
    polls: Sequence[Poll], changed: Collection[str], *, dataset: Dataset, ledger: Dataset, parse: Parse
) -> list[Article]:
    """The revisions that would be stored if polls of a source that were read late had been read in their order.

    Args:
        polls: Some polls of a source, taken in order, of which the first was made before others that were read already.
        changed: The articles that a body of theirs shows otherwise than the one before did, or of these two alone.
        dataset: Tells of articles and bodies.
        ledger: The dataset whose ledger tells of polls.
        parse: Reads a document.

    Returns:
        Their rows, and those of stored revisions that are none then, marked so. A revision of which neither a row nor a body is
        stored any more is left out.
    """
    first = polls[0].record
    found = load_later_bodies(dataset, ledger, first.source_id, changed, first.started_at)
    if not any(at > first.started_at for _, at, _ in found.bodies):
        return []
    own = _note_own(found, polls, changed)
    edits = [edit for article_id in sorted(found.revisions) for edit in _edits(article_id, found, first.started_at)]
    if not edits:
        return []
    wanted = {(edit.article_id, edit.revision_hash) for edit in edits}
    rows = stored_revisions(dataset, first.source_id, wanted - own.keys()) | own
    bodies = {(poll.raw.feed_id, poll.raw.body_hash): poll.raw for poll in polls if poll.raw is not None}
    made = []
    for edit in edits:
        row = rows.get((edit.article_id, edit.revision_hash))
        if row is None:
            body = bodies.get((edit.feed_id, edit.body_hash)) or stored_body(dataset, edit.feed_id, edit.body_hash)
            of_first = min(found.revisions[edit.article_id])[0]
            row = _read_again(body, edit, of_first, parse) if body is not None else None
        if row is not None:
            made.append(replace(row, fetched_at=edit.at, feed_id=edit.feed_id, run_id=first.run_id, superseded=edit.superseded))
    return made


def _read_again(body: RawDocument, edit: _Edit, first: Revision, parse: Parse) -> Article | None:
    """The row of a revision, from a body that showed it."""
    document = FetchedDocument(
        feed_id=body.feed_id,
        source_id=body.source_id,
        url=body.url,
        fetched_at=edit.at,
        final_url=body.final_url,
        status=body.status,
        headers=body.headers,
        body=body.body,
        origin=body.origin,
        vantage=body.vantage,
    )
    parsed = parse(document)
    entries = parsed.entries if parsed is not None else ()
    entry = next((entry for entry in entries if read_as(entry) == edit.revision_hash), None)
    if entry is None:
        return None
    keys = BodyKeys(entries, "").of(entry)
    return article_row(
        document, entry, article_id=edit.article_id, read_as=edit.revision_hash, first=first, run_id="", keys=keys
    )


def _note_own(found: LaterBodies, polls: Sequence[Poll], changed: Collection[str]) -> dict[tuple[str, str], Article]:
    """Add what polls show that are not on disk yet; gives their rows, by article and revision_hash."""
    own: dict[tuple[str, str], Article] = {}
    read_before = {(feed_id, at) for feed_id, at, _ in found.bodies}  # It counts as it was read first.
    for poll in polls:
        record = poll.record
        is_first = (record.feed_id, record.started_at) not in read_before
        if is_first and record.outcome.succeeded and record.outcome is not FetchOutcome.EXPORT:
            found.bodies.append((record.feed_id, record.started_at, record.body_hash))
            if record.entry_keys:
                said = {key.article_id: key.revision_hash for key in record.entry_keys if key.article_id in changed}
                found.said[record.feed_id, record.body_hash] = said
        for row in poll.articles:
            if row.article_id in found.revisions:
                revision = Revision(row.fetched_at, row.revision_hash, row.published_at, row.backlog)
                found.revisions[row.article_id].append((revision, row.feed_id))
                own.setdefault((row.article_id, row.revision_hash), row)
    found.bodies.sort(key=lambda body: (body[1], body[0]))
    return own


def _edits(article_id: str, found: LaterBodies, since: datetime) -> Iterator[_Edit]:
    """Follow an article through the bodies, by the rule of :func:`vigie.state.take_poll`."""
    waiting = sorted(found.revisions[article_id])
    stored = {(revision.fetched_at, feed_id, revision.revision_hash) for revision, feed_id in waiting}
    number = len(waiting)
    seen = {feed_id for of, feed_id in found.seen if of == article_id}
    last: dict[str, str] = {}
    in_force = ""
    nothing: Mapping[str, str] = {}
    for feed_id, at, body_hash in found.bodies:
        while waiting and (waiting[0][0].fetched_at, waiting[0][1]) < (at, feed_id):
            revision, of_feed = waiting.pop(0)
            if (revision.fetched_at, of_feed, revision.revision_hash) in stored:  # else it was found to be none
                in_force = revision.revision_hash
        read_as, before = found.said.get((feed_id, body_hash), nothing).get(article_id), last.pop(feed_id, None)
        if read_as is None:
            continue
        was_seen, last[feed_id] = feed_id in seen, read_as
        seen.add(feed_id)
        place = (at, feed_id, read_as)
        is_stored = place in stored
        is_revised = not in_force or (before != read_as if before is not None else was_seen)
        if in_force == read_as or at <= since:
            continue
        if is_revised and not is_stored and in_force and number < MAX_REVISIONS:
            in_force, number = read_as, number + 1
            yield _Edit(article_id, read_as, feed_id, at, body_hash, superseded=False)
        elif is_stored and not is_revised:
            stored.discard(place)
            yield _Edit(article_id, read_as, feed_id, at, body_hash, superseded=True)
