"""Polls that brought nothing to be read: not modified, the same body again, no body at all.

Most polls of a cycle are such. Their rows of the ledger follow from their feeds' cursors alone, so that they need no graph,
whose building takes longer than hundreds of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from vigie.ledger import FeedCursor
from vigie.packed import PackedPolls, read
from vigie.polls import Poll
from vigie.schemas import FetchOutcome
from vigie.state import SourceState, is_unchanged, take_poll

__all__ = ["take_quiet"]

#: Outcomes of fetching that leave something to read, unless it is the feed's last body again.
_READABLE = frozenset([FetchOutcome.OK, FetchOutcome.EXPORT])


def take_quiet(packed: PackedPolls, cursors: Mapping[str, FeedCursor], *, run_id: str) -> list[Poll] | None:
    """The polls of a source taken, in order; None where any of them may have brought something.

    Args:
        packed: The polls.
        cursors: Where the polling of the source's feeds stands, by feed.
        run_id: The run.
    """
    state = SourceState.empty(packed.source_id)
    state.cursors.update(cursors)
    taken = []
    for poll in sorted(packed.polls(), key=lambda poll: (poll.fetched_at, poll.feed_id)):
        document = read(poll)
        if document.outcome in _READABLE and not is_unchanged(state, document):
            return None
        taken.append(take_poll(state, document, None, homepage="", run_id=run_id))
    return taken
