"""Keep requests to one host apart, in one process: by host and by registered domain.

Outlets serve their sections from many names of one domain, and hosting services many outlets from one name, so both are
counted. A host that asks to be left alone is: all its feeds, until then.
"""

from __future__ import annotations

import asyncio
import functools
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from vigie.feeds.addresses import literal_address

__all__ = ["Pacer", "Slot", "host_of", "registered_domain"]


def host_of(url: str) -> str:
    """The host of an address, lower case; empty where it names none."""
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""


@functools.lru_cache(maxsize=50_000)
def registered_domain(host: str) -> str:
    """The domain under which someone registered a host (`bbc.co.uk` of `feeds.bbc.co.uk`); the host itself where none did.

    By the public suffix list that comes with its package; nothing is fetched.
    """
    if literal_address(host) is not None:
        return host
    return _suffixes().privatesuffix(host) or host


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@dataclass(slots=True)
class _Lane:
    """The requests to one host or one domain."""

    free: asyncio.Semaphore
    next_start: float = -math.inf


@dataclass(slots=True)
class Slot:
    """The place of one request in flight."""

    _held: list[asyncio.Semaphore]

    def release(self) -> None:
        """Give the place up; a second time does nothing."""
        held, self._held = self._held, []
        for place in held:
            place.release()


async def _always_room() -> None:
    """There is."""


class Pacer:
    """Says when a request may start.

    Args:
        interval: Seconds between the starts of two requests to one host or domain.
        per_host: Requests in flight at once to one of them.
        concurrency: Requests in flight at once over all of them.
        now: Seconds of a clock that only goes forward.
        sleep: Waits.
        room: Waits until there is room for what another request brings.
    """

    def __init__(
        self,
        *,
        interval: float = 5.0,
        per_host: int = 2,
        concurrency: int = 256,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        room: Callable[[], Awaitable[object]] = _always_room,
    ) -> None:
        """Nobody was asked yet."""
        self._room = room
        self._interval = interval
        self._per_host = per_host
        self._all = asyncio.Semaphore(concurrency)
        self._now = now
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}
        self._resting: dict[str, datetime] = {}

    async def take(self, url: str) -> Slot:
        """Wait until a request to an address may start, and hold its place until the slot is released."""
        lanes = self._lanes_of(host_of(url))
        slot = Slot([])
        try:
            for lane in lanes:
                await lane.free.acquire()
                slot._held.append(lane.free)
            while True:
                start = max(lane.next_start for lane in lanes)
                if (wait := start - self._now()) > 0:
                    await self._sleep(wait)
                    continue
                await self._all.acquire()
                slot._held.append(self._all)
                await self._room()  # Asked last: thousands may wait for a place, and all of them would find room at first.
                if self._now() >= max(lane.next_start for lane in lanes):
                    break
                slot._held.pop().release()  # The host's other request started while this one waited.
        except BaseException:
            slot.release()
            raise
        for lane in lanes:
            lane.next_start = self._now() + self._interval
        return slot

    def rest(self, url: str, until: datetime) -> None:
        """Note that a host asks to be left alone until then; what it asked for before stands where that is later."""
        host = host_of(url)
        self._resting[host] = max(until, self._resting.get(host, until))

    def rests(self, url: str, now: datetime) -> bool:
        """Whether a host asked to be left alone, and that time is not over."""
        until = self._resting.get(host_of(url))
        return until is not None and now < until

    def _lanes_of(self, host: str) -> list[_Lane]:
        # Domain before host, always: in one order nobody waits for each other in a circle.
        keys = (f"domain {registered_domain(host)}", f"host {host}")
        for key in keys:
            if key not in self._lanes:
                self._lanes[key] = _Lane(asyncio.Semaphore(self._per_host))
        return [self._lanes[key] for key in keys]
