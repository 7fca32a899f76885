"""Poll many feeds at once from one thread, and hand the polls on as they come.

A :class:`Poller` is a process's one way out: it owns the event loop, the connections and the times at which each host was
last asked, over any number of cycles. Polls come out while others are still waiting for their hosts, so that a slow host
holds up nothing but its own feeds; of one source they come out in the order in which they were started, which is the order
in which they must be identified. What has come and was not taken yet is bounded in bytes: then no new polls are started.

Example:
    >>> from vigie.clock import system_clock
    >>> with Poller(FetchLimits(), system_clock) as poller:
    ...     list(poller.batches([]))
    []
"""

from __future__ import annotations

import asyncio
import atexit
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from vigie.clock import Clock
from vigie.feeds.fetch import Client, fetch, open_session
from vigie.feeds.limits import FetchLimits
from vigie.feeds.pacing import Pacer, host_of, registered_domain
from vigie.feeds.reading import BodyReader
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchedDocument

__all__ = ["Poller", "fetch_feeds"]

#: Bytes of bodies that wait to be taken, more than a batch has; while there are more, no poll is started.
_WAITING_BYTES = 12 * 2**20
#: What part of a batch's bytes the first one of a cycle ends at: whoever takes them has nothing to do before.
_FIRST_BATCH = 4
#: Names resolved at once: resolvers block, and dead ones for seconds.
_RESOLVERS = 64


class _Come:
    """One cycle's polls on their way to whoever takes them; None at its end."""

    def __init__(self) -> None:
        self.polls: queue.SimpleQueue[FetchedDocument | None] = queue.SimpleQueue()
        #: Bytes of bodies that wait here; the loop's thread alone counts them.
        self.waiting = 0
        #: Whether nobody takes polls any more: then none of them waits.
        self.given_up = False


class Poller:
    """Polls feeds from a thread of its own, each host at its pace; to be closed, or used in `with`.

    Args:
        limits: What one poll may cost, and whom it may ask.
        clock: Tells when a poll starts.
        sleep: Waits for a host's next turn.
        now: Seconds of a clock that only goes forward, by which hosts are paced and polls timed.
        resolver: Resolves names; None for the system's.
    """

    def __init__(
        self,
        limits: FetchLimits,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
        resolver: aiohttp.abc.AbstractResolver | None = None,
    ) -> None:
        """Start the thread; nothing is asked yet."""
        self.limits = limits
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._resolver = resolver
        self._waiting_bytes = 0
        self._names = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="vigie-names")
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(self._names)
        self._thread = threading.Thread(target=self._loop.run_forever, name="vigie-poller", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def __enter__(self) -> Self:
        """The poller itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give up what is under way, close all connections and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._names.shutdown(wait=False, cancel_futures=True)
        self._loop.close()

    def poll(self, request: FetchRequest) -> FetchedDocument | None:
        """Poll one feed when its host may be asked, and wait for the answer; from any thread.

        Returns:
            The poll; None where the host asked, in an answer to another poll, to be left alone.
        """
        return asyncio.run_coroutine_threadsafe(fetch(self._client, request), self._loop).result()

    def batches(
        self,
        requests: Iterable[FetchRequest],
        *,
        max_polls: int = 1_000,
        max_bytes: int = 32 * 2**20,
        max_seconds: float = 20.0,
    ) -> Generator[list[FetchedDocument]]:
        """Poll feeds, each once, and give the polls in batches as they come.

        A feed whose host asks to be left alone meanwhile is not polled, nor is any after the cycle's time is over: such
        feeds are not among the polls, and stay due. Closing the iterator gives up what is under way.

        Args:
            requests: The feeds, the most urgent first.
            max_polls: A batch ends at this many polls …
            max_bytes: … or this many bytes of bodies, the first at a quarter of them …
            max_seconds: … or this long after its first.
        """
        come = _Come()
        cycle = asyncio.run_coroutine_threadsafe(self._cycle(list(requests), come), self._loop)
        try:
            yield from self._batches(come, max_polls, max_bytes, max_seconds)
            cycle.result()
        finally:
            cycle.cancel()
            with suppress(RuntimeError):  # The poller was closed meanwhile: there is no later cycle.
                self._loop.call_soon_threadsafe(self._give_up, come)

    def _batches(self, come: _Come, max_polls: int, max_bytes: int, max_seconds: float) -> Iterator[list[FetchedDocument]]:
        batch: list[FetchedDocument] = []
        size, until, enough = 0, 0.0, max_bytes // _FIRST_BATCH
        while True:
            try:
                document = come.polls.get(timeout=max(until - self._now(), 0.0) if batch else None)
            except queue.Empty:
                yield batch
                batch, size, enough = [], 0, max_bytes
                continue
            if document is None:  # The cycle is over.
                break
            self._loop.call_soon_threadsafe(self._make_room, come, len(document.body))
            until = until if batch else self._now() + max_seconds
            batch.append(document)
            size += len(document.body)
            if len(batch) >= max_polls or size >= enough:
                yield batch
                batch, size, enough = [], 0, max_bytes
        if batch:
            yield batch

    # What follows runs in the loop's thread.

    async def _open(self) -> None:
        limits = self.limits
        self._room = asyncio.Event()
        self._room.set()
        pacer = Pacer(
            interval=limits.host_interval,
            per_host=limits.per_host,
            concurrency=limits.concurrency,
            now=self._now,
            sleep=self._sleep,
            room=self._room.wait,
        )
        session = open_session(limits, self._resolver)
        self._client = Client(session, pacer, BodyReader(self._room.wait), self._clock, self._now, limits)

    async def _shut(self) -> None:
        under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._client.session.close()

    async def _cycle(self, requests: Sequence[FetchRequest], come: _Come) -> None:
        """Poll all: each domain has as many workers as it may have requests in flight, not a task for each feed."""
        hand_on = _InOrder(lambda document: self._hand_on(document, come))
        domains: dict[str, deque[FetchRequest]] = {}
        for request in requests:
            domains.setdefault(registered_domain(host_of(request.url)), deque()).append(request)
        seconds = self.limits.cycle_seconds
        deadline = math.inf if seconds is None else self._now() + seconds

        async def work(feeds: deque[FetchRequest]) -> None:
            while feeds and self._now() < deadline:
                request = feeds.popleft()
                if self._client.pacer.rests(request.url, self._clock()):
                    continue
                place = hand_on.place(request.source_id)
                try:
                    place.document = await fetch(self._client, request, on_start=place.take)
                finally:
                    place.done()

        try:
            await asyncio.gather(
                *(work(feeds) for feeds in domains.values() for _ in range(min(self.limits.per_host, len(feeds))))
            )
        finally:
            come.polls.put(None)

    def _hand_on(self, document: FetchedDocument, come: _Come) -> None:
        if come.given_up:
            return
        self._make_room(come, -len(document.body))
        come.polls.put(document)

    def _give_up(self, come: _Come) -> None:
        """What nobody will take must not hold up the next cycle."""
        come.given_up = True
        self._make_room(come, come.waiting)

    def _make_room(self, come: _Come, taken: int) -> None:
        """Count bytes as taken, or as come where there are less than none."""
        come.waiting -= taken
        self._waiting_bytes -= taken
        if self._waiting_bytes < _WAITING_BYTES:
            self._room.set()
        else:
            self._room.clear()


_shared: dict[FetchLimits, Poller] = {}
_sharing = threading.Lock()


def fetch_feeds(requests: Sequence[FetchRequest], *, clock: Clock, limits: FetchLimits) -> list[FetchedDocument]:
    """Poll feeds, each once, by the one poller that all threads of this process share: so hosts are paced over all of them.

    Args:
        requests: The feeds.
        clock: Tells when a poll starts.
        limits: What it may cost; the same limits are served by the same poller.

    Returns:
        The polls as they came, without those of hosts that asked, in an answer to another poll, to be left alone.
    """
    with _sharing:
        if limits not in _shared:
            _shared[limits] = Poller(limits, clock)
            atexit.register(_shared[limits].close)
    return [document for batch in _shared[limits].batches(requests) for document in batch]


class _InOrder:
    """Hands polls on, those of one source in the order in which they were started."""

    def __init__(self, hand_on: Callable[[FetchedDocument], None]) -> None:
        self._hand_on = hand_on
        self._places: dict[str, deque[_Place]] = {}

    def place(self, source_id: str) -> _Place:
        return _Place(self, source_id)

    def started(self, place: _Place) -> None:
        self._places.setdefault(place.source_id, deque()).append(place)

    def ended(self, source_id: str) -> None:
        places = self._places.get(source_id)
        while places and places[0].ended:
            document = places.popleft().document
            if document is not None:
                self._hand_on(document)
        if not places:
            self._places.pop(source_id, None)


@dataclass(eq=False, slots=True)
class _Place:
    """One poll's place among those of its source, from the moment of its start."""

    order: _InOrder
    source_id: str
    document: FetchedDocument | None = None
    ended: bool = False

    def take(self) -> None:
        """The poll starts now."""
        self.order.started(self)

    def done(self) -> None:
        """The poll has ended, or was given up."""
        self.ended = True
        self.order.ended(self.source_id)
