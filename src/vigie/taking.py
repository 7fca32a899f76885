"""Read and take the polls of sources whose dataset tells what is known: in order, many of them at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys
from vigie.late import revised_after_all
from vigie.ledger import FeedCursor
from vigie.packed import Planned, read
from vigie.polls import Poll
from vigie.registry import Registry
from vigie.schemas import FetchedDocument, FetchOutcome
from vigie.state import SourceState, hash_of, is_unchanged, remember_hash, remember_revision, take_poll
from vigie.storage import Dataset
from vigie.storage.history import after_all_no_backlog, load_history
from vigie.storage.lookup import Body, look_up, recognise

__all__ = ["ReadPoll", "Taker"]


@dataclass(frozen=True, slots=True)
class ReadPoll:
    """A poll that waits for what the dataset knows of its entries."""

    state: SourceState
    document: FetchedDocument
    body_hash: str
    #: What was read of it; None where there is nothing to read, or its body seems to be its feed's last one.
    parsed: ParsedDocument | None

    @property
    def entries(self) -> int:
        """How many entries are to be looked up."""
        return len(self.parsed.entries) if self.parsed is not None else 0


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes the polls of a run.

    Args:
        dataset: Tells what is known.
        registry: Gives each source's front page.
        parse: Reads a document; None where there is nothing to read.
        run_id: The run.
        ledger: The dataset whose ledger tells of polls; None: the same.
    """

    dataset: Dataset
    registry: Registry
    parse: Callable[[FetchedDocument], ParsedDocument | None]
    run_id: str
    ledger: Dataset | None = None

    def read(self, state: SourceState, polls: Iterable[Planned]) -> Iterator[ReadPoll]:
        """The polls of a source in the order in which they are to be taken, those read that another body came before."""
        in_order = sorted(polls, key=lambda poll: (poll.fetched_at, poll.feed_id))
        load_history(self.ledger or self.dataset, state, [(poll.feed_id, poll.fetched_at) for poll in in_order])
        last = {feed_id: cursor.body_hash for feed_id, cursor in state.cursors.items()}
        for poll in in_order:
            document = read(poll)
            parsed = None
            hashed = hash_of(document.body)
            if hashed and hashed != last.get(document.feed_id):
                parsed, last[document.feed_id] = self.parse(document), hashed
            yield ReadPoll(state, document, hashed, parsed)

    def take(self, polls: Sequence[ReadPoll], *, to_the_last: bool = False) -> Iterator[Poll]:
        """Take polls, those of a source in order; their entries are looked up in the dataset at once.

        Args:
            polls: The polls.
            to_the_last: Whether no more polls of their sources follow: then less has to be known of those that bring nothing.
        """
        read = [self._body(poll, poll.parsed) if poll.parsed is not None else None for poll in polls]
        bodies = [body for body in read if body is not None]
        if to_the_last:
            polled = Counter(poll.document.feed_id for poll in polls)
            late = {  # They show an earlier body of their feed, which is not read yet.
                poll.document.source_id
                for poll in polls
                if poll.parsed is None and poll.document.body and not is_unchanged(poll.state, poll.document)
            }
            recognise(self.dataset, bodies, {feed_id for feed_id, times in polled.items() if times == 1}, late)
        look_up(self.dataset, bodies)
        behind = {poll.document.source_id for poll in polls if _is_behind(poll.state, poll.document.fetched_at)}
        if not behind:
            return self._take_all(polls, read)
        changed: dict[str, set[str]] = {source_id: set() for source_id in behind}
        taken = list(self._take_all(polls, read, changed))
        return self._with_later_edits(taken, changed, {poll.document.source_id: poll.state for poll in polls})

    def _take_all(
        self, polls: Sequence[ReadPoll], read: Sequence[Body | None], changed: Mapping[str, set[str]] | None = None
    ) -> Iterator[Poll]:
        """Take polls one by one; of some sources the articles are noted that a body shows otherwise than the one before."""
        for poll, body_read in zip(polls, read, strict=True):
            document = poll.document
            noted = changed.get(document.source_id) if changed is not None else None
            if noted is None:
                yield self._take_next(poll, body_read)
                continue
            before = poll.state.before(document.feed_id, document.fetched_at)
            taken = self._take_next(poll, body_read)
            noted |= _changed(taken, before)
            yield taken

    def _take_next(self, poll: ReadPoll, body: Body | None) -> Poll:
        remember_hash(poll.document.body, poll.body_hash)
        if is_unchanged(poll.state, poll.document):
            return self.take_one(poll.state, poll.document, None)
        parsed = poll.parsed or self.parse(poll.document)
        if parsed is not None and (body is None or poll.state.articles.ambiguous):
            body = self._body(poll, parsed)
            look_up(self.dataset, [body])  # Those taken meanwhile may have a link in common.
        return self.take_one(poll.state, poll.document, parsed, body.keys if body is not None else None)

    def _with_later_edits(
        self, taken: list[Poll], changed: Mapping[str, set[str]], states: Mapping[str, SourceState]
    ) -> Iterator[Poll]:
        """Polls, of which the last of a source brings what those made after them turn out to have revised."""
        of_source: dict[str, list[Poll]] = {}
        for poll in taken:
            of_source.setdefault(poll.record.source_id, []).append(poll)
        for source_id, polls in of_source.items():
            if changed.get(source_id):
                ledger = self.ledger or self.dataset
                edits = revised_after_all(polls, changed[source_id], dataset=self.dataset, ledger=ledger, parse=self.parse)
                polls[-1] = replace(polls[-1], articles=(*polls[-1].articles, *edits))
                for row in edits:
                    remember_revision(states[source_id], row)
            yield from polls

    def take_one(
        self, state: SourceState, document: FetchedDocument, parsed: ParsedDocument | None, keys: BodyKeys | None = None
    ) -> Poll:
        """Take one poll, as :func:`vigie.state.take_poll` does.

        Where it turns out to be its feed's first, it brings again what had been taken for backlog and is none.
        """
        before = state.cursors.get(document.feed_id)
        poll = take_poll(state, document, parsed, homepage=self.homepage(document), run_id=self.run_id, keys=keys)
        if before is None or not before.succeeded_before or not poll.record.outcome.succeeded:
            return poll
        first_at = poll.record.first_polled_at
        if first_at >= before.first_polled_at:
            return poll
        again = after_all_no_backlog(self.dataset, document.source_id, document.feed_id, first_at)
        return replace(poll, articles=(*poll.articles, *(replace(article, run_id=self.run_id) for article in again)))

    def homepage(self, document: FetchedDocument) -> str:
        """The front page of a document's source."""
        return self.registry.source_or_implicit(document.source_id).homepage

    def _body(self, poll: ReadPoll, parsed: ParsedDocument) -> Body:
        return Body(poll.state, poll.document, parsed, BodyKeys(parsed.entries, self.homepage(poll.document)))


def _is_behind(state: SourceState, at: datetime) -> bool:
    """Whether a poll was made before others of its source that were read already."""
    return any(cursor.started_at > at for cursor in state.cursors.values())


def _changed(poll: Poll, before: FeedCursor | None) -> set[str]:
    """The articles that a body shows otherwise than the one before it did, or of these two alone."""
    if poll.record.outcome not in (FetchOutcome.OK, FetchOutcome.EMPTY):
        return set()
    said = {key.article_id: key.revision_hash for key in poll.record.entry_keys}
    last = {key.article_id: key.revision_hash for key in before.keys.values()} if before is not None else {}
    return {article_id for article_id in said.keys() | last.keys() if said.get(article_id) != last.get(article_id)}
