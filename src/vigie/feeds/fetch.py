"""Fetch feeds over HTTP: conditional, bounded in bytes and time, one request at a time to a host.

How often a feed is polled is not decided here. The address that a name resolves to is checked when the connection is
made, for redirects too: a feed must not lead vigie into the network it runs in.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from vigie.archive import outcome_of_status
from vigie.clock import Clock
from vigie.feeds.parse import MAX_BODY_BYTES
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchedDocument, FetchOutcome, Header
from vigie.version import VERSION

__all__ = ["FetchLimits", "fetch_feeds", "parse_retry_after"]

_USER_AGENT = f"vigie/{VERSION} (news feed monitor; feed polling at low rate)"
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one poll may cost, and whom it may ask."""

    #: Bytes of a body, decompressed.
    max_bytes: int = MAX_BODY_BYTES
    #: Seconds to connect.
    connect_seconds: float = 10.0
    #: Seconds from the start to the last byte.
    total_seconds: float = 30.0
    max_redirects: int = 5
    #: Requests in flight at once, over all hosts.
    concurrency: int = 50
    #: Seconds between the starts of two requests to one host.
    host_interval: float = 5.0
    #: Whether loopback, private and link-local addresses may be asked.
    allow_private_hosts: bool = False
    vantage: str = "local"


class _RefusedError(OSError):
    """vigie will not ask this address: its scheme, or that it lies inside the network vigie runs in."""


async def fetch_feeds(
    requests: Sequence[FetchRequest],
    *,
    clock: Clock,
    limits: FetchLimits,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> list[FetchedDocument]:
    """Poll each feed once.

    Args:
        requests: The feeds; those of one host are asked one after the other.
        clock: Tells when a poll starts.
        limits: What it may cost.
        sleep: Waits between two requests to one host.

    Returns:
        One document a request, in the same order; a poll that failed says why, and is no exception.
    """
    hosts: dict[str, list[FetchRequest]] = {}
    for request in requests:
        hosts.setdefault(urlsplit(request.url).hostname or "", []).append(request)
    gate = asyncio.Semaphore(limits.concurrency)
    documents: dict[str, FetchedDocument] = {}
    async with _session(limits) as session:

        async def poll_host(feeds: list[FetchRequest]) -> None:
            for number, feed in enumerate(feeds):
                if number:
                    await sleep(limits.host_interval)
                async with gate:
                    documents[feed.feed_id] = await _fetch(session, feed, clock, limits)

        await asyncio.gather(*(poll_host(feeds) for feeds in hosts.values()))
    return [documents[request.feed_id] for request in requests]


def parse_retry_after(value: str, now: datetime) -> datetime | None:
    """When to come back, from a Retry-After header: seconds, or an HTTP date; None where it is neither."""
    value = value.strip()
    try:
        if value.isdigit():
            return now + timedelta(seconds=int(value))
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _session(limits: FetchLimits) -> aiohttp.ClientSession:
    def connectable(info: tuple[object, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        host = str(address[0])  # type: ignore[index]
        if not limits.allow_private_hosts and not _is_public(host):
            # An errno and a text: the client passes on the text alone.
            raise _RefusedError(errno.EACCES, f"{host} is a private address; --allow_private_hosts permits it")
        return socket.socket(family, kind, protocol)  # type: ignore[arg-type]

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limits.concurrency, socket_factory=connectable),
        timeout=aiohttp.ClientTimeout(total=limits.total_seconds, connect=limits.connect_seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": _USER_AGENT, "Accept": _ACCEPT},
    )


def _is_public(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global


async def _fetch(session: aiohttp.ClientSession, request: FetchRequest, clock: Clock, limits: FetchLimits) -> FetchedDocument:
    started = clock()
    validators = {}
    if request.etag:
        validators["If-None-Match"] = request.etag
    if request.last_modified:
        validators["If-Modified-Since"] = request.last_modified
    status: int | None = None
    headers: tuple[Header, ...] = ()
    body, final_url, error = b"", request.url, ""
    try:
        if urlsplit(request.url).scheme not in ("http", "https"):
            raise _RefusedError(f"{request.url}: only http and https are fetched")
        async with session.get(request.url, headers=validators, max_redirects=limits.max_redirects) as response:
            status, final_url = response.status, str(response.url)
            headers = tuple(Header(name.lower(), value) for name, value in response.headers.items())
            body = await _read(response, limits.max_bytes)
            outcome = outcome_of_status(status)
            error = "" if outcome.succeeded else f"HTTP status {status} {response.reason or ''}".strip()
    except _TooLargeError as problem:
        outcome, error, body = FetchOutcome.TOO_LARGE, str(problem), b""
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as problem:
        refused = isinstance(problem, (aiohttp.NonHttpUrlClientError, _RefusedError)) or "private address" in str(problem)
        outcome = FetchOutcome.REFUSED if refused else FetchOutcome.NETWORK_ERROR
        error, body = f"{type(problem).__name__}: {problem}".rstrip(": "), b""
    named = {header.name: header.value for header in headers}
    finished = clock()
    return FetchedDocument(
        feed_id=request.feed_id,
        source_id=request.source_id,
        url=request.url,
        final_url=final_url,
        fetched_at=started,
        status=status,
        headers=headers,
        body=body,
        outcome=outcome,
        error=error,
        planned_at=request.planned_at,
        duration=(finished - started).total_seconds(),
        unconditional=not validators,
        retry_after=parse_retry_after(named.get("retry-after", ""), finished),
        vantage=limits.vantage,
    )


class _TooLargeError(Exception):
    """The body goes on past the limit."""


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(65_536):
        size += len(chunk)
        if size > max_bytes:
            raise _TooLargeError(f"the body is larger than {max_bytes:,} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
