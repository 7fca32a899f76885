"""Read and take the polls of sources whose dataset tells what is known: in order, many of them at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys
from vigie.packed import Planned, read
from vigie.polls import Poll
from vigie.registry import Registry
from vigie.schemas import FetchedDocument
from vigie.state import SourceState, hash_of, is_unchanged, remember_hash, take_poll
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
        for poll, body_read in zip(polls, read, strict=True):
            remember_hash(poll.document.body, poll.body_hash)
            if is_unchanged(poll.state, poll.document):
                yield self.take_one(poll.state, poll.document, None)
                continue
            parsed = poll.parsed or self.parse(poll.document)
            body = body_read
            if parsed is not None and (body is None or poll.state.articles.ambiguous):
                body = self._body(poll, parsed)
                look_up(self.dataset, [body])  # Those taken meanwhile may have a link in common.
            yield self.take_one(poll.state, poll.document, parsed, body.keys if body is not None else None)

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
