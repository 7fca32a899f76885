"""The states of sources that a streaming worker keeps from poll to poll.

A dataset tells all that is on disk: of a small one all articles are read at the start, and of a large one, which memory
would not hold, those that a poll's entries may be, as on a bounded input. The runner's keyed state holds only the polls
that may not be there yet, with a mark of where the source stands. What a worker keeps in memory is a copy of both: it
is used where it stands at the mark, and made again where not, as after a bundle that failed or a start from a
checkpoint.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from vigie.clock import Clock
from vigie.polls import Poll
from vigie.state import SourceState, remember
from vigie.storage.connection import utc_connection
from vigie.storage.counts import count_rows
from vigie.storage.dataset import Dataset
from vigie.storage.known import load_states, states_at_cursors

__all__ = ["Mark", "SourceStates", "not_on_disk"]

#: Stored revisions up to which all are held: each takes some 2.6 KB, in every worker process.
_HELD_AT_MOST = 500_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a source stands in a job."""

    #: Hash of the polls taken, one after the other: equal where the same ones were taken in the same order.
    digest: bytes = b""
    #: Polls taken since it was last looked up which are on disk.
    polls: int = 0
    #: When that was, UTC; None: never.
    looked_up_at: datetime | None = None

    def after(self, poll: Poll) -> Mark:
        """The mark after one more poll."""
        record = poll.record
        told = f"{record.feed_id}\n{record.started_at.isoformat()}\n{record.body_hash}\n{record.outcome}"
        return replace(self, digest=hashlib.blake2b(self.digest + told.encode(), digest_size=16).digest(), polls=self.polls + 1)


class SourceStates:
    """One worker process's copies; each is handed out to one bundle at a time."""

    def __init__(self, dataset: Dataset, source_ids: Collection[str], clock: Clock) -> None:
        """Read the states of the sources that will occur, all at once."""
        self._dataset = dataset
        self._loaded_at = clock()
        self._holds_all = count_rows(dataset, "articles") <= _HELD_AT_MOST
        self._loaded = self._load(source_ids)
        self._kept: dict[str, tuple[bytes, SourceState]] = {}
        self._lock = threading.Lock()

    def take(self, source_id: str, mark: Mark, recent: Callable[[], Iterable[Poll]]) -> SourceState:
        """The state of a source at a mark. It is given up here, so that a bundle that fails leaves nothing behind.

        Args:
            source_id: The source.
            mark: Where the runner's state says that it stands.
            recent: Gives the polls of this job that may not be on disk.
        """
        with self._lock:
            digest, state = self._kept.pop(source_id, (None, None))
            loaded = self._loaded.pop(source_id, None)
        if state is not None and digest == mark.digest:
            return state
        if loaded is None or (mark.looked_up_at is not None and mark.looked_up_at > self._loaded_at):
            loaded = self._load([source_id])[source_id]
        for poll in sorted(recent(), key=lambda poll: (poll.record.started_at, poll.record.feed_id)):
            remember(loaded, poll)
        return loaded

    def keep(self, source_id: str, mark: Mark, state: SourceState) -> None:
        """Keep a state that stands at a mark."""
        if not self._holds_all and not mark.polls:
            return  # By now it holds much that was asked for once; what counts of that is on disk.
        with self._lock:
            self._kept[source_id] = (mark.digest, state)

    def _load(self, source_ids: Collection[str]) -> dict[str, SourceState]:
        if not self._holds_all:
            return states_at_cursors(self._dataset, source_ids)
        states = load_states(self._dataset, source_ids)
        for state in states.values():
            state.asked.has_none = True
        return states


def not_on_disk(dataset: Dataset, source_id: str, polls: Collection[Poll]) -> list[Poll]:
    """Those of some polls of a source that the dataset's ledger does not hold."""
    since = min((poll.record.started_at for poll in polls), default=None)
    if since is None:
        return []
    day = f"date={since.date().isoformat()}"
    files = [str(path) for path in dataset.files("fetches") if path.parent.name >= day]
    if not files:
        return list(polls)
    sql = """
        SELECT DISTINCT feed_id, started_at FROM read_parquet($files, hive_partitioning = false)
        WHERE source_id = $source AND started_at >= $since
    """
    with utc_connection() as connection:
        found = connection.execute(sql, {"files": files, "source": source_id, "since": since}).fetchall()
    on_disk = set(found)
    return [poll for poll in polls if (poll.record.feed_id, poll.record.started_at) not in on_disk]
