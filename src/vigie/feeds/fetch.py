"""One poll of one feed over HTTP: conditional, bounded in bytes and time, redirects followed with open eyes.

aiohttp speaks HTTP, TLS and the codings (gzip, deflate, brotli, zstd), and unpacks piece by piece, so that a body that
grows past the limit is given up there. Redirects are followed here, one by one: each address is checked, a loop is told
from a long way, and where a permanent move leads is recorded. `A-IM: feed` is not sent: what answers it (226) is a part
of a feed, and neither the body's hash nor the overlap of two polls could then be told.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from vigie.archive import outcome_of_status
from vigie.clock import Clock
from vigie.feeds import addresses
from vigie.feeds.addresses import Refusals, host_and_port, literal_address, without_credentials
from vigie.feeds.blocked import is_blocking_host
from vigie.feeds.limits import FetchLimits
from vigie.feeds.pacing import Pacer, host_of, registered_domain
from vigie.feeds.reading import BodyReader, TooLargeError
from vigie.feeds.requests import FetchRequest
from vigie.feeds.rhythm import START
from vigie.feeds.schedule import MAX_RETRY_AFTER
from vigie.schemas import FetchedDocument, FetchOutcome, Header
from vigie.version import VERSION

__all__ = ["Client", "FetchLimits", "fetch", "open_session", "parse_retry_after"]

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
#: How aiohttp tells of a body that ended too early; the rest of its words reads like an HTTP status.
_RECEIVED = re.compile(r"received (\d+) of (\d+) bytes")
_REDIRECTS, _PERMANENT = frozenset([301, 302, 303, 307, 308]), frozenset([301, 308])
#: Statuses on which Retry-After is minded.
_RETRY_LATER = frozenset([429, 503])
#: Headers that are not kept: they are worth something to whoever holds them.
_SECRET = frozenset(["set-cookie", "set-cookie2", "authorization", "proxy-authenticate", "www-authenticate"])


class _RefusedError(Exception):
    """vigie will not ask this address."""


class _BlockedError(Exception):
    """Someone keeps vigie from this address."""


class _RedirectError(Exception):
    """Redirects that lead nowhere."""


@dataclass(slots=True)
class _Poll:
    """One poll under way: what is known of it so far."""

    request: FetchRequest
    started_at: datetime
    url: str
    status: int | None = None
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    outcome: FetchOutcome = FetchOutcome.NETWORK_ERROR
    error: str = ""
    seconds: float = 0.0
    retry_after: datetime | None = None
    temporary: bool = False
    #: Where the permanent redirects at the start of the way lead.
    moved_to: str = ""
    visited: list[str] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)


def open_session(limits: FetchLimits, resolver: aiohttp.abc.AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session that keeps no cookie, names itself and connects to public addresses only, unless told otherwise."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=limits.concurrency,
            socket_factory=None if limits.allow_private_hosts else addresses.checked_socket,
            resolver=resolver,
            ttl_dns_cache=300,
            dns_cache_max_size=50_000,
            # Feeds are polled minutes apart: a connection kept open serves its redirect, and no more.
            keepalive_timeout=2.0,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"vigie/{VERSION} (news feed monitor; +{limits.contact})", "Accept": _ACCEPT},
    )


@dataclass(frozen=True, slots=True)
class Client:
    """What a process polls with."""

    #: Of :func:`open_session`.
    session: aiohttp.ClientSession
    #: Says when each host may be asked.
    pacer: Pacer
    #: Reads bodies, within what all of them together may hold.
    reader: BodyReader
    #: Tells when a poll starts.
    clock: Clock
    #: Seconds of a clock that only goes forward.
    now: Callable[[], float]
    limits: FetchLimits


async def fetch(
    client: Client, request: FetchRequest, *, on_start: Callable[[], None] = lambda: None
) -> FetchedDocument | None:
    """Poll one feed once.

    Args:
        client: What to poll with.
        request: The feed.
        on_start: Called at the moment of the poll's start, before anything is sent.

    Returns:
        The poll; one that failed says why and is no exception. None where its host asked to be left alone: no poll was made.
    """
    async with AsyncExitStack() as held:
        held.callback((await client.pacer.take(request.url)).release)
        if client.pacer.rests(request.url, client.clock()):
            return None
        poll = _Poll(request, client.clock(), request.url)
        on_start()
        try:
            await _follow(client, poll, held)
        except Exception as problem:  # Whatever a server does, it must not end the cycle: it is this poll's failure.
            _note_failure(poll, problem, client.limits)
    if poll.status in _RETRY_LATER:
        _mind_retry_after(poll, client.pacer, client.clock())
    return _document(poll, client.limits)


async def _follow(client: Client, poll: _Poll, held: AsyncExitStack) -> None:
    """Ask, and go where the answers lead; the slot that is held changes with the domain."""
    addresses.refusals.set(poll.refusals)
    while True:
        poll.visited.append(poll.url)
        _refuse_bad_address(poll, client.limits)
        began = client.now()
        try:
            target = await _ask(client, poll)
        finally:
            poll.seconds += client.now() - began
        if target is None:
            return
        _check_redirect(poll, target, client.limits)
        here, there = registered_domain(host_of(poll.url)), registered_domain(host_of(target))
        poll.url = target
        if here != there:  # Feeds of many hosts may lead to one.
            await held.aclose()
            held.callback((await client.pacer.take(target)).release)


async def _ask(client: Client, poll: _Poll) -> str | None:
    """One request; gives where it redirects to."""
    request, limits = poll.request, client.limits
    validators = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    poll.refusals.clear()
    deadline = asyncio.timeout(max(limits.total_seconds - poll.seconds, 0.001))
    async with (
        deadline,
        client.session.get(
            URL(poll.url),
            headers={name: value for name, value in validators.items() if value},
            allow_redirects=False,
            proxy=request.proxy or None,
            ssl=request.verify_tls,
            timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_seconds, sock_read=limits.first_byte_seconds),
        ) as response,
    ):
        poll.status = response.status
        location = response.headers.get("Location", "")
        if response.status in _REDIRECTS and location:
            return _joined(poll.url, location)
        poll.headers = tuple(
            Header(name.lower(), value.encode("utf-8", "replace").decode())
            for name, value in response.headers.items()
            if name.lower() not in _SECRET
        )
        poll.body = await client.reader.read(response, limits.max_bytes, deadline)
    poll.outcome = outcome_of_status(response.status)
    if poll.outcome is FetchOutcome.NOT_MODIFIED and not (request.etag or request.last_modified):
        poll.outcome, poll.error = FetchOutcome.HTTP_ERROR, "HTTP status 304 to a request for the whole feed"
        return None
    if poll.outcome is not FetchOutcome.NOT_MODIFIED and is_blocking_host(host_of(poll.url)):
        raise _BlockedError(f"leads to {host_of(poll.url)}, where sites are sent that providers must block")
    if not poll.outcome.succeeded:
        poll.error = f"HTTP status {response.status} {response.reason or ''}".strip()
    return None


def _joined(url: str, location: str) -> str:
    try:
        return str(URL(url).join(URL(location.strip())).with_fragment(None))
    except ValueError as error:
        shown = without_credentials(location.strip())[:200]
        raise _RedirectError(f"redirects to {shown!r}, which is no address ({error})") from error


def _refuse_bad_address(poll: _Poll, limits: FetchLimits) -> None:
    parts = urlsplit(poll.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _RefusedError(f"{without_credentials(poll.url)[:200]}: only http and https are fetched")
    if poll.request.proxy and not limits.allow_private_hosts:
        # The proxy resolves names; what is no name can be checked here.
        address = literal_address((URL(poll.url).raw_host or "").rstrip("."))
        if address is not None and not addresses.is_public_address(address):
            raise _RefusedError(f"{address} is a private address; --allow_private_hosts permits it")


def _check_redirect(poll: _Poll, target: str, limits: FetchLimits) -> None:
    if target in poll.visited:
        raise _RedirectError(f"redirects in a circle, back to {without_credentials(target)[:200]}")
    if len(poll.visited) > limits.max_redirects:
        raise _RedirectError(
            f"more than {limits.max_redirects} redirects; the last leads to {without_credentials(target)[:200]}"
        )
    if poll.status in _PERMANENT and poll.moved_to == ("" if len(poll.visited) == 1 else poll.url):
        poll.moved_to = target


def _mind_retry_after(poll: _Poll, pacer: Pacer, now: datetime) -> None:
    """Leave the host alone until the time that it names, a week at most; after a 429 without one, as long as any feed at first.

    Where the poll was led on, the host that it started from is left alone, too: it would lead there again.
    """
    named = {header.name: header.value for header in poll.headers}
    answered = parse_retry_after(named.get("date", ""), now) or now
    named_at = parse_retry_after(named.get("retry-after", ""), now, answered)
    poll.retry_after = min(named_at, now + MAX_RETRY_AFTER) if named_at else None
    rest_until = poll.retry_after or (now + timedelta(seconds=START) if poll.status == 429 else None)
    if rest_until is not None:
        for url in (poll.request.url, poll.url):
            pacer.rest(url, rest_until)


def parse_retry_after(value: str, now: datetime, answered_at: datetime | None = None) -> datetime | None:
    """When to come back, from a Retry-After header: seconds, or an HTTP date; None where it is neither.

    Args:
        value: The header's.
        now: The present by our clock, UTC.
        answered_at: The present by the server's own clock (its Date), from which a date that it names is counted.
    """
    value = value.strip()
    try:
        if value.isdigit():
            return now + timedelta(seconds=int(value))
        at = parsedate_to_datetime(value)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return now + (at - (answered_at or now))
    except (ValueError, OverflowError):
        return None


def _note_failure(poll: _Poll, problem: Exception, limits: FetchLimits) -> None:
    poll.body = b""
    poll.outcome, poll.error = _verdict(poll, problem, limits)
    os_error = getattr(problem, "os_error", None)
    poll.temporary = isinstance(os_error, socket.gaierror) and os_error.errno == socket.EAI_AGAIN


def _verdict(poll: _Poll, problem: Exception, limits: FetchLimits) -> tuple[FetchOutcome, str]:
    """How a poll that broke off ended, and why, in words."""
    host = host_of(poll.url)
    if poll.refusals.decided:
        if not poll.request.proxy and poll.refusals.sinkholes(host):
            return FetchOutcome.BLOCKED, f"the name {host} leads to {poll.refusals.addresses[0]}: a resolver that blocks it"
        return FetchOutcome.REFUSED, f"{poll.refusals.addresses[0]} is a private address; --allow_private_hosts permits it"
    known: Callable[[type[Exception]], bool] = lambda kind: isinstance(problem, kind)  # noqa: E731
    if known(_RefusedError):
        return FetchOutcome.REFUSED, str(problem)
    if known(_BlockedError):
        return FetchOutcome.BLOCKED, str(problem)
    if known(TooLargeError):
        return FetchOutcome.TOO_LARGE, str(problem)
    if known(_RedirectError):
        return FetchOutcome.NETWORK_ERROR, str(problem)
    if known(TimeoutError) and not str(problem):
        return FetchOutcome.NETWORK_ERROR, f"not done within {limits.total_seconds:g} s"
    if known(aiohttp.ConnectionTimeoutError):
        return FetchOutcome.NETWORK_ERROR, f"no connection to {host} within {limits.connect_seconds:g} s"
    if known(aiohttp.SocketTimeoutError):
        return FetchOutcome.NETWORK_ERROR, f"{host} sent nothing for {limits.first_byte_seconds:g} s"
    if known(aiohttp.ClientPayloadError) and (counted := _RECEIVED.search(str(problem))):
        return FetchOutcome.NETWORK_ERROR, f"the answer broke off after {int(counted[1]):,} of {int(counted[2]):,} bytes"
    text = " ".join(f"{type(problem).__name__}: {problem}".split()).rstrip(": ")  # aiohttp tells of some in several lines
    secret = urlsplit(poll.request.url).netloc.rpartition("@")[0]
    return FetchOutcome.NETWORK_ERROR, (text.replace(f"{secret}@", "") if secret else text)[:500]


def _document(poll: _Poll, limits: FetchLimits) -> FetchedDocument:
    request = poll.request
    return FetchedDocument(
        feed_id=request.feed_id,
        source_id=request.source_id,
        url=without_credentials(request.url),
        final_url=without_credentials(poll.url),
        fetched_at=poll.started_at,
        status=poll.status,
        headers=poll.headers,
        body=poll.body,
        outcome=poll.outcome,
        error=poll.error,
        planned_at=request.planned_at,
        duration=poll.seconds,
        unconditional=not (request.etag or request.last_modified),
        retry_after=poll.retry_after,
        vantage=limits.vantage,
        moved_to=without_credentials(poll.moved_to) if poll.outcome.succeeded else "",
        temporary=poll.temporary,
        proxy=host_and_port(request.proxy),
        tls_verified=request.verify_tls,
    )
