"""The server itself: sockets on 127.0.0.0/8, a thread, and one handler a virtual host and path."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from server.faults import Reply, Request, status
from server.score import Score

__all__ = ["FeedServer", "Handler", "Request"]

#: Answers a request.
Handler = Callable[[Request], Reply]


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(eq=False)
class FeedServer:
    """Serves feeds on loopback addresses, each a host of its own; to be used in `with`.

    A test sets :attr:`pages`: what answers a host and path. Politeness is counted in :attr:`score`.

    Args:
        hosts: How many hosts, 127.1.0.1 and on.
        clock: The server's time: what replays a recording goes by it. It may be virtual.
        latency: Real seconds before each answer.
        at_once: Requests that a host must have had in flight at once before any of it is answered.
        tls: With a certificate, by which the server speaks HTTPS; None: it speaks HTTP.
    """

    hosts: int = 1
    clock: Callable[[], datetime] = _wall_clock
    latency: float = 0.0
    at_once: int = 1
    tls: ssl.SSLContext | None = None
    pages: dict[tuple[str, str], Handler] = field(default_factory=dict)
    score: Score = field(default_factory=Score)
    port: int = 0
    #: Bytes sent, headers included.
    sent: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="feed-server", daemon=True)
        self._thread.start()
        self._listeners = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def host(self, number: int = 0) -> str:
        """The address of a virtual host, by number from 0."""
        return f"127.{1 + number // 62_500}.{number % 62_500 // 250}.{number % 250 + 1}"

    def url(self, path: str = "/feed", host: int = 0) -> str:
        """The address of a page."""
        return f"http{'s' if self.tls else ''}://{self.host(host)}:{self.port}{path}"

    def serve(self, handler: Handler | Reply, path: str = "/feed", host: int = 0) -> str:
        """Put a page in place; gives its address."""
        self.pages[self.host(host), path] = (lambda request: handler) if isinstance(handler, Reply) else handler
        return self.url(path, host)

    async def _listen(self) -> list[asyncio.Server]:
        first = await self._listen_at(self.host(0))
        self.port = first.sockets[0].getsockname()[1]
        return [first, *[await self._listen_at(self.host(number)) for number in range(1, self.hosts)]]

    async def _listen_at(self, address: str) -> asyncio.Server:
        return await asyncio.start_server(self._connected, address, self.port, backlog=512, ssl=self.tls)

    async def _shut(self) -> None:
        for listener in self._listeners:
            listener.close()
        under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        # Clients go away in the middle of things: that is theirs to do.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(host, reader, writer):
                pass
        with contextlib.suppress(ConnectionError, RuntimeError):
            writer.close()

    async def _answer(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        _, target, _ = head[0].split(" ")
        headers = dict(_headers(head[1:]))
        request = Request(host, target, headers, self.clock(), time.monotonic())
        self.score.started(request)
        try:
            while self.score.most_at_once[host] < self.at_once:
                await asyncio.sleep(0.001)
            if self.latency:
                await asyncio.sleep(self.latency)
            handler = self.pages.get((host, target.partition("?")[0])) or (lambda _: status(404))
            reply = handler(request)
            self.score.answered(request, reply)
            return await self._send(reply, writer) and headers.get("connection", "").lower() != "close"
        finally:
            self.score.ended(request)

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        """Send an answer; tells whether the connection can go on."""
        if reply.before_headers:
            await asyncio.sleep(reply.before_headers)
        for delay, part in reply.parts():
            if delay:
                await asyncio.sleep(delay)
            writer.write(part)
            self.sent += len(part)
            await writer.drain()
        if reply.then_reset:
            writer.transport.abort()
            return False
        return not reply.then_close


def _headers(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()
