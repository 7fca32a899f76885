"""Read bodies, so that all of them together hold bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

__all__ = ["BodyReader", "TooLargeError"]

_CHUNK = 65_536
#: A body larger than this is one of the few that may be read at once.
_SMALL = 256 * 1024
_LARGE_AT_ONCE = 8


class TooLargeError(Exception):
    """The body goes on past the limit."""


class BodyReader:
    """Reads bodies; of large ones only a few at once, so that memory does not grow with the number of requests in flight.

    Args:
        room: Waits until there is room for large bodies.
    """

    def __init__(self, room: Callable[[], Awaitable[object]] | None = None) -> None:
        """Nothing is being read yet."""
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)
        self._room = room

    async def read(self, response: aiohttp.ClientResponse, max_bytes: int, deadline: asyncio.Timeout) -> bytes:
        """The body, unpacked.

        Args:
            response: Its headers have come.
            max_bytes: More than these are not read.
            deadline: Of the poll; it is put off by as long as vigie has no room for the body.

        Raises:
            TooLargeError: It goes on past the limit.
            aiohttp.ClientError: It broke off.
        """
        chunks: list[bytes] = []
        size, held = 0, False
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise TooLargeError(f"the body is larger than {max_bytes:,} bytes")
                chunks.append(chunk)
                if size > _SMALL and not held:
                    began, ends = asyncio.get_running_loop().time(), deadline.when()
                    deadline.reschedule(None)
                    if self._room is not None:
                        await self._room()
                    await self._large.acquire()
                    held = True
                    waited = asyncio.get_running_loop().time() - began
                    deadline.reschedule(None if ends is None else ends + waited)
        finally:
            if held:
                self._large.release()
        return b"".join(chunks)
