"""Polls that brought no article: not modified, the same body again, none at all, or one with known entries only.

Most polls of a cycle are such. Only new articles and revisions are analysed; without them the rows of a poll are what taking
it gives, so that it needs no graph, whose building takes longer than hundreds of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.identity import read_as
from vigie.ledger import FeedCursor
from vigie.packed import PackedPolls, Planned, read
from vigie.polls import Poll
from vigie.schemas import FetchOutcome
from vigie.state import SourceState, is_unchanged, take_poll
from vigie.storage import load_cursors
from vigie.taking import ReadPoll, Taker

__all__ = ["Cursors", "take_quiet"]

#: Where each feed of some sources is at, by source.
Cursors = Mapping[str, Mapping[str, FeedCursor]]

#: Outcomes of fetching that leave something to read, unless it is the feed's last body again.
_READABLE = frozenset([FetchOutcome.OK, FetchOutcome.EXPORT])
#: Bodies are read where there are so many sources at most, and so many entries and bytes of them: beside more, building a
#: graph is the smaller part.
_READ_SOURCES, _READ_ENTRIES, _READ_BYTES = 500, 10_000, 8 * 2**20


def take_quiet(elements: Sequence[PackedPolls], taker: Taker) -> tuple[list[Poll], list[PackedPolls], Cursors | None]:
    """Take the polls of the sources of which none brought an article; a source is taken whole or left whole.

    Where a source brought one there is a graph to be built, and no more bodies are read before it.

    Args:
        elements: The polls of some sources, each source's in one.
        taker: Takes them, as the graph does.

    Returns:
        The polls taken, what is left to the graph, and where all feeds were before; None if they are too many to be told whole.
    """
    few = len(elements) <= _READ_SOURCES
    cursors = load_cursors(taker.dataset, {packed.source_id for packed in elements}, with_keys=few)
    quiet: list[Poll] = []
    changed: list[PackedPolls] = []
    to_take: list[ReadPoll] = []
    room = _Room() if few and all(packed.source_id in cursors for packed in elements) else None
    for packed in elements:
        of_source = cursors.get(packed.source_id, {})
        polls = sorted(packed.polls(), key=lambda poll: (poll.fetched_at, poll.feed_id))
        taken = _take_unread(packed.source_id, polls, of_source, run_id=taker.run_id)
        if taken is not None:
            quiet += taken
            continue
        changed.append(packed)
        read_now = _read_known(_state_at(packed.source_id, of_source), polls, taker, room) if room is not None else None
        if read_now is None:
            room = None
        else:
            to_take += read_now
    taken = list(taker.take(to_take, to_the_last=True))
    whole = {poll.record.source_id for poll in taken} - {poll.record.source_id for poll in taken if poll.articles}
    quiet += [poll for poll in taken if poll.record.source_id in whole]
    return quiet, [packed for packed in changed if packed.source_id not in whole], cursors if few else None


def _take_unread(source_id: str, polls: list[Planned], cursors: Mapping[str, FeedCursor], *, run_id: str) -> list[Poll] | None:
    """The polls of a source taken by its cursors alone; None where a body is to be read, or nothing is known of the source.

    Args:
        source_id: The source.
        polls: Its polls in order; a body that was read to be compared stays among them, and need not be read again.
        cursors: Where its feeds are at.
        run_id: The run.
    """
    if not cursors:
        return None
    state = _state_at(source_id, cursors)
    taken = []
    for place, poll in enumerate(polls):
        document = polls[place] = read(poll)
        if state.is_late(document.feed_id, document.fetched_at):
            return None  # It stands between polls that the cursors do not tell of.
        if document.outcome in _READABLE and not is_unchanged(state, document):
            return None
        taken.append(take_poll(state, document, None, homepage="", run_id=run_id))
    return taken


@dataclass(slots=True)
class _Room:
    """How many entries and bytes of bodies may still be read before a graph."""

    entries: int = _READ_ENTRIES
    size: int = _READ_BYTES


def _read_known(state: SourceState, polls: Sequence[Planned], taker: Taker, room: _Room) -> list[ReadPoll] | None:
    """The polls of a source, read, if there is room for them and they seem to bring known entries only."""
    of_source: list[ReadPoll] = []
    for poll in taker.read(state, polls):
        of_source.append(poll)
        room.entries -= poll.entries
        room.size -= len(poll.document.body)
        if room.entries < 0 or room.size < 0 or not _seems_known(poll):
            return None
    return of_source


def _state_at(source_id: str, cursors: Mapping[str, FeedCursor]) -> SourceState:
    """A state that its source's polls may move on."""
    state = SourceState.empty(source_id)
    state.cursors.update(cursors)
    return state


def _seems_known(poll: ReadPoll) -> bool:
    """Whether each of a poll's entries reads as one of its feed's last body did.

    This asks the dataset nothing, and so decides nothing but whether to go on: what an entry is, taking the poll tells.
    """
    if poll.parsed is None:
        return True
    before = poll.state.cursors.get(poll.document.feed_id)
    last = {key.revision_hash for key in before.keys.values()} if before is not None else set()
    return all(read_as(entry) in last for entry in poll.parsed.entries)
