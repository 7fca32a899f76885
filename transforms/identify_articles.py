"""Parse polls, and tell which entries are new articles, which are revisions and which are known; write the ledger's rows.

What is known is read from the dataset itself: on a bounded input the cursors of all sources of the job at once, and of their
articles those that the polls' entries may be, so that memory does not grow with the dataset. There polls of a source are
taken in order, so that the outcome does not depend on how the work was cut up. On an unbounded one each is taken as
it comes, and the runner's state, by source, holds those that may not be on disk yet. A body that is the same as the feed's
last one is not parsed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
)
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.shared import Shared
from apache_beam.utils.windowed_value import WindowedValue

from vigie.clock import Clock, system_clock
from vigie.packed import HeldPolls, PackedPolls, Planned
from vigie.polls import Poll
from vigie.registry import Registry
from vigie.schemas import FetchedDocument
from vigie.state import SourceState
from vigie.storage import Dataset
from vigie.storage.known import load_cursors, states_at_cursors
from vigie.storage.source_states import Mark, SourceStates, not_on_disk
from vigie.taking import ReadPoll, Taker
from vigie.transforms.parse_feeds import ParseFeeds
from vigie.transforms.poll_coder import PollCoder  # noqa: F401 - it registers itself

__all__ = ["IdentifyArticles"]

#: Polls are looked up in the dataset together: as many as have so many entries, or bytes, or so many as have none.
_LOOK_UP_ENTRIES, _LOOK_UP_BYTES, _LOOK_UP_POLLS = 2_500, 4 * 2**20, 1_000

#: Polls of a source after which it is looked up which of them are on disk, and need not be kept in the runner's state.
_LOOK_UP_AFTER = 200


#: What a bounded input holds.
_Fetched = FetchedDocument | PackedPolls | HeldPolls


def _by_source(fetched: _Fetched) -> tuple[str, _Fetched]:
    return fetched.source_id, fetched


class _IdentifyFn(beam.DoFn):
    """What both ways of taking polls share."""

    def __init__(self, registry: Registry, data: str, source_ids: frozenset[str], run_id: str, ledger: str = "") -> None:
        self._dataset = Dataset(Path(data))
        self._ledger = Dataset(Path(ledger or data))
        self._taker = Taker(self._dataset, registry, ParseFeeds(registry), run_id, self._ledger)
        self._source_ids = source_ids
        self._counters = {name: Metrics.counter(IdentifyArticles, name) for name in ("new", "revised", "known", "failed")}

    def _count(self, taken: Poll) -> Poll:
        for name, counter in self._counters.items():
            counter.inc(getattr(taken.record, name))
        return taken


class _TakePollsFn(_IdentifyFn):
    """Take all polls of a source, in order; the entries of many polls are looked up in the dataset at once."""

    def __init__(self, registry: Registry, data: str, source_ids: frozenset[str], run_id: str, ledger: str) -> None:
        super().__init__(registry, data, source_ids, run_id, ledger)
        self._states: dict[str, SourceState] = {}
        self._waiting: list[ReadPoll] = []
        self._entries = self._bytes = 0

    def setup(self) -> None:
        self._states = self._load(self._source_ids)

    def _load(self, source_ids: Collection[str]) -> dict[str, SourceState]:
        return states_at_cursors(self._dataset, source_ids, load_cursors(self._ledger, source_ids))

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._waiting, self._entries, self._bytes = [], 0, 0

    def process(self, element: tuple[str, Iterable[_Fetched]]) -> Iterator[Poll]:
        source_id, fetched = element
        polls: list[Planned] = []
        # A retried bundle must start from what is committed, so a source's state is used once and given up.
        state = self._states.pop(source_id, None)
        for some in fetched:
            polls += (some,) if isinstance(some, FetchedDocument) else some.polls()
            if isinstance(some, HeldPolls):
                state = state or some.take_state()
        state = state or self._load([source_id])[source_id]
        for poll in self._taker.read(state, polls):
            self._waiting.append(poll)
            self._entries += poll.entries
            self._bytes += len(poll.document.body)
            if self._entries >= _LOOK_UP_ENTRIES or self._bytes >= _LOOK_UP_BYTES or len(self._waiting) >= _LOOK_UP_POLLS:
                yield from self._take_waiting()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = GlobalWindow()
        for poll in self._take_waiting():
            yield WindowedValue(poll, window.max_timestamp(), (window,))

    def _take_waiting(self) -> Iterator[Poll]:
        waiting, self._waiting, self._entries, self._bytes = self._waiting, [], 0, 0
        yield from map(self._count, self._taker.take(waiting))


class _TakeEachPollFn(_IdentifyFn):
    """Take each poll as it comes, against what the dataset and the runner's state know."""

    MARK = ReadModifyWriteStateSpec("mark", PickleCoder())
    RECENT = BagStateSpec("recent", PickleCoder())

    def __init__(self, registry: Registry, data: str, source_ids: frozenset[str], run_id: str, clock: Clock) -> None:
        super().__init__(registry, data, source_ids, run_id)
        self._clock = clock
        self._shared = Shared()  # Made once a pipeline: all copies of this in one process share what is acquired by it.
        self._states: SourceStates | None = None

    def setup(self) -> None:
        self._states = self._shared.acquire(lambda: SourceStates(self._dataset, self._source_ids, self._clock))

    def process(
        self,
        element: tuple[str, FetchedDocument],
        mark_state: Any = beam.DoFn.StateParam(MARK),
        recent: Any = beam.DoFn.StateParam(RECENT),
    ) -> Iterator[Poll]:
        assert self._states is not None  # Beam calls setup first.
        source_id, document = element
        mark: Mark = mark_state.read() or Mark()
        state = self._states.take(source_id, mark, recent.read)
        (taken,) = map(self._count, self._taker.take(list(self._taker.read(state, [document]))))
        recent.add(replace(taken, raw=None, failures=()))
        mark = mark.after(taken)
        if mark.polls >= _LOOK_UP_AFTER:
            kept = not_on_disk(self._dataset, source_id, list(recent.read()))
            recent.clear()
            for waiting in kept:
                recent.add(waiting)
            mark = replace(mark, polls=0, looked_up_at=self._clock())
        mark_state.write(mark)
        self._states.keep(source_id, mark, state)
        yield taken


class IdentifyArticles(beam.PTransform[PCollection[Any], PCollection[Poll]]):
    """Parse each poll, unless its body is the last one's, and identify its entries.

    On a bounded input, of documents or of packed polls, it groups by source, and every poll of a source is taken in the
    order (fetched_at, feed_id). On an unbounded one, of documents, every poll is taken when it arrives. The output holds new
    articles and revisions only; what is known already is counted in the ledger row and dropped.

    Args:
        registry: Gives each source's front page and time zone.
        data: The dataset's folder.
        source_ids: The sources that occur; others are looked up one by one.
        run_id: The run.
        clock: Tells when the dataset was read.
        ledger: The dataset whose ledger tells where the feeds of a bounded input stand; empty: the same.
    """

    def __init__(
        self,
        registry: Registry,
        data: str,
        source_ids: frozenset[str],
        run_id: str,
        clock: Clock = system_clock,
        *,
        ledger: str = "",
    ) -> None:
        """Keep the arguments."""
        super().__init__()
        self._bounded = _TakePollsFn(registry, data, source_ids, run_id, ledger)
        self._unbounded = _TakeEachPollFn(registry, data, source_ids, run_id, clock)

    def expand(self, input_or_inputs: PCollection[Any]) -> PCollection[Poll]:
        """Wire it."""
        keyed: PCollection[tuple[str, Any]] = input_or_inputs | "KeyBySource" >> beam.Map(_by_source)
        polls: PCollection[Poll]
        if input_or_inputs.is_bounded:
            polls = (
                keyed | "GroupBySource" >> beam.GroupByKey() | "TakePolls" >> beam.ParDo(self._bounded).with_output_types(Poll)
            )
        else:
            polls = keyed | "TakeEachPoll" >> beam.ParDo(self._unbounded).with_output_types(Poll)
        return polls
