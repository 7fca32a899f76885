"""What a server answers, and every way in which answers go wrong."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    host: str
    target: str
    #: Names in lower case.
    headers: dict[str, str]
    #: By the server's clock.
    at: datetime
    #: By the machine's, seconds.
    monotonic: float

    @property
    def page(self) -> tuple[str, str]:
        """Host and path."""
        return self.host, self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, with whatever is wrong with it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: Real seconds before the first byte.
    before_headers: float = 0.0
    #: Real seconds between two bytes of the headers; 0 sends them at once.
    header_drip: float = 0.0
    #: Real seconds between two pieces of the body; 0 sends it at once.
    body_drip: float = 0.0
    #: The length to declare; None for the true one, -1 for none.
    declared_length: int | None = None
    #: Sends the body over and over, without end.
    for_ever: bool = False
    #: Whether the body is sent in HTTP's chunks.
    chunked: bool = False
    #: Ends the connection with a reset, or closes it.
    then_reset: bool = False
    then_close: bool = False

    def parts(self) -> Iterator[tuple[float, bytes]]:
        """What is to be sent: seconds to wait, and bytes."""
        headers = dict(self.headers)
        if self.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.declared_length != -1:
            headers["Content-Length"] = str(len(self.body) if self.declared_length is None else self.declared_length)
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if self.header_drip:
            yield from ((self.header_drip, bytes([byte])) for byte in head)
        else:
            yield 0.0, head
        pieces = [self.body[n : n + 1] for n in range(len(self.body))] if self.body_drip else [self.body]
        for piece in itertools.cycle(pieces) if self.for_ever else pieces:
            yield self.body_drip, self._piece(piece)
        if self.chunked:
            yield 0.0, b"0\r\n\r\n"

    def _piece(self, body: bytes) -> bytes:
        return b"%x\r\n%s\r\n" % (len(body), body) if self.chunked else body


def status(code: int, **headers: str) -> Reply:
    """A bare status; a header's name with underscores for hyphens."""
    return Reply(code, b"" if code == 304 else b"as it is", {name.replace("_", "-"): value for name, value in headers.items()})


def redirect(location: str, code: int = 302) -> Reply:
    """A redirect."""
    return Reply(code, b"", {"Location": location})


def slow_headers(seconds: float = 0.05) -> Reply:
    """Headers that come byte by byte, and many of them."""
    return Reply(body=b"<rss/>", headers={"X-Long": "x" * 5_000}, header_drip=seconds)


def never_speaks(seconds: float = 3_600) -> Reply:
    """Nothing at all, for a long time."""
    return Reply(before_headers=seconds)


def drips(body: bytes, seconds: float = 0.05) -> Reply:
    """A body that comes byte by byte."""
    return Reply(body=body, body_drip=seconds)


def endless(piece: bytes = b"<!-- -->" * 8_192) -> Reply:
    """A body without a declared length that never ends."""
    return Reply(body=piece, declared_length=-1, for_ever=True, then_close=True)


def chunked_for_ever(piece: bytes = b"<!-- -->" * 8_192) -> Reply:
    """Chunks without end."""
    return Reply(body=piece, chunked=True, for_ever=True)


def bomb(size: int, coding: str = "gzip") -> Reply:
    """A small body that unpacks to many zero bytes."""
    return Reply(body=pack(b"\0" * size, coding), headers={"Content-Encoding": coding})


def pack(body: bytes, coding: str) -> bytes:
    """A body in a content coding: gzip, deflate, br or zstd."""
    if coding == "gzip":
        return gzip.compress(body)
    if coding == "deflate":
        return zlib.compress(body)
    if coding == "br":
        import brotli

        packed: bytes = brotli.compress(body)
        return packed
    from backports import zstd

    return zstd.compress(body)


def lies_about_length(body: bytes, declared: int) -> Reply:
    """A body longer or shorter than its declared length."""
    return Reply(body=body, declared_length=declared, then_close=True)


def resets(body: bytes) -> Reply:
    """Half a body, then a reset."""
    return Reply(body=body, declared_length=2 * len(body), then_reset=True)


def never_changes(body: bytes, etag: str = '"always"') -> Reply:
    """A body under an ETag that stays the same, whatever the body; the test changes the page."""
    return Reply(body=body, headers={"ETag": etag})


def html(title: str, text: str = "") -> Reply:
    """A web page in a feed's place."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    return Reply(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
