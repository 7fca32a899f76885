"""Polls on their way into a graph, a source at a time: made already, as live ones, or still to be read, as archived ones.

Beam serialises what a graph starts from several times over and compresses it slowly (bz2), and its in-memory runner holds
several copies of all that crosses a group-by. So what enters is packed, with the fastest of zlib's levels, and bodies that lie
on disk stay there until their poll's turn has come.
"""

from __future__ import annotations

import itertools
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from vigie.archive import PollRef, read_poll
from vigie.schemas import FetchedDocument
from vigie.state import SourceState

__all__ = ["HeldPolls", "PackedPolls", "hold", "pack", "read"]

_LEVEL = 1

#: A poll that was made, or one that is to be read from an archive.
Planned = FetchedDocument | PollRef


@dataclass(frozen=True, slots=True)
class PackedPolls:
    """Polls of one source."""

    source_id: str
    content: bytes

    def polls(self) -> tuple[Planned, ...]:
        """The polls."""
        unpacked: tuple[Planned, ...] = pickle.loads(zlib.decompress(self.content))
        return unpacked


@dataclass(frozen=True, slots=True)
class HeldPolls:
    """Packed polls by the place where this process holds them: a runner in it is spared their bytes."""

    source_id: str
    place: int

    def polls(self) -> tuple[Planned, ...]:
        """The polls.

        Raises:
            KeyError: This is another process, or they are no longer held.
        """
        return _HELD[self.place].polls()

    def take_state(self) -> SourceState | None:
        """What is known of the source, where that is held, too: once, for whoever takes the polls moves it on."""
        return _STATES.pop(self.place, None)


_HELD: dict[int, PackedPolls] = {}
_STATES: dict[int, SourceState] = {}
_PLACES = itertools.count()


@contextmanager
def hold(packed: Sequence[PackedPolls], states: Mapping[str, SourceState] | None = None) -> Iterator[tuple[HeldPolls, ...]]:
    """Hold packed polls in this process while the block runs, and what is known of their sources, where that is told."""
    held = {next(_PLACES): each for each in packed}
    _HELD.update(held)
    _STATES.update({place: states[each.source_id] for place, each in held.items() if states and each.source_id in states})
    try:
        yield tuple(HeldPolls(each.source_id, place) for place, each in held.items())
    finally:
        for place in held:
            del _HELD[place]
            _STATES.pop(place, None)


def pack(polls: Iterable[Planned]) -> tuple[PackedPolls, ...]:
    """The polls, those of each source together."""
    by_source: dict[str, list[Planned]] = {}
    for poll in polls:
        by_source.setdefault(poll.source_id, []).append(poll)
    return tuple(
        PackedPolls(source_id, zlib.compress(pickle.dumps(tuple(of_source)), _LEVEL))
        for source_id, of_source in by_source.items()
    )


def read(poll: Planned) -> FetchedDocument:
    """A poll with its body."""
    return read_poll(poll) if isinstance(poll, PollRef) else poll
