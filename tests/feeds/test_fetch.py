"""Polling a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from vigie.feeds.fetch import FetchLimits, fetch_feeds, parse_retry_after
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchedDocument, FetchOutcome

NOW = datetime(2017, 5, 29, 12, 0, tzinfo=UTC)


class _Feeds(BaseHTTPRequestHandler):
    #: The headers of each request, by path.
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, headers, body = self._answer()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self) -> tuple[int, dict[str, str], bytes]:
        if self.path == "/feed":
            if self.headers.get("If-None-Match") == 'W/"v1"':
                return 304, {"ETag": 'W/"v1"'}, b""
            return 200, {"ETag": 'W/"v1"', "Content-Encoding": "gzip"}, gzip.compress(b"<rss/>")
        if self.path == "/bomb":
            return 200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 20_000_000)
        if self.path == "/busy":
            return 429, {"Retry-After": "120"}, b"slow down"
        if self.path == "/moved":
            return 301, {"Location": "/feed"}, b""
        if self.path == "/loop":
            return 302, {"Location": "/loop"}, b""
        if self.path == "/file":
            return 302, {"Location": "file:///etc/passwd"}, b""
        return 404, {}, b"<html>Not here</html>"

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Feeds) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def poll(*urls: str, waits: list[float] | None = None, etag: str = "", private: bool = True) -> list[FetchedDocument]:
    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    requests = [FetchRequest(f"feed/{n}", "feed", url, etag=etag) for n, url in enumerate(urls)]
    limits = FetchLimits(allow_private_hosts=private, max_bytes=1_000_000)
    return asyncio.run(fetch_feeds(requests, clock=lambda: NOW, limits=limits, sleep=sleep))


def test_body_comes_decompressed_with_its_validators(server: str) -> None:
    (document,) = poll(f"{server}/feed")
    assert document.body == b"<rss/>"
    assert document.outcome is FetchOutcome.OK
    assert document.fetched_at == NOW
    assert {header.name: header.value for header in document.headers}["etag"] == 'W/"v1"'
    assert document.unconditional is True


def test_validators_are_sent_back_verbatim(server: str) -> None:
    (document,) = poll(f"{server}/feed", etag='W/"v1"')
    assert (document.status, document.outcome, document.unconditional) == (304, FetchOutcome.NOT_MODIFIED, False)
    assert document.body == b""


def test_server_learns_who_asks_and_gets_no_cookie(server: str) -> None:
    poll(f"{server}/feed")
    _, headers = _Feeds.seen[-1]
    assert headers["user-agent"].startswith("vigie/")
    assert "cookie" not in headers


def test_body_that_unpacks_past_the_limit_is_given_up(server: str) -> None:
    (document,) = poll(f"{server}/bomb")
    assert document.outcome is FetchOutcome.TOO_LARGE
    assert document.body == b""


def test_busy_server_says_when_to_come_back(server: str) -> None:
    (document,) = poll(f"{server}/busy")
    assert document.outcome is FetchOutcome.HTTP_ERROR
    assert document.retry_after == datetime(2017, 5, 29, 12, 2, tzinfo=UTC)


def test_redirect_is_followed_and_told(server: str) -> None:
    (document,) = poll(f"{server}/moved")
    assert (document.url, document.final_url) == (f"{server}/moved", f"{server}/feed")


def test_redirect_loop_and_other_schemes_fail_with_a_reason(server: str) -> None:
    loop, file = poll(f"{server}/loop", f"{server}/file")
    assert loop.outcome is FetchOutcome.NETWORK_ERROR
    assert file.outcome is FetchOutcome.REFUSED
    assert all(document.error for document in (loop, file))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_private_address_is_refused_before_anything_is_sent(server: str, host: str) -> None:
    before = len(_Feeds.seen)
    (document,) = poll(f"http://{host}:{server.rpartition(':')[2]}/feed", private=False)
    assert document.outcome is FetchOutcome.REFUSED
    assert "--allow_private_hosts" in document.error
    assert len(_Feeds.seen) == before


def test_feeds_of_one_host_wait_for_each_other(server: str) -> None:
    waits: list[float] = []
    documents = poll(f"{server}/feed", f"{server}/moved", f"{server}/nothing", waits=waits)
    assert waits == [5.0, 5.0]
    assert [document.status for document in documents] == [200, 200, 404]


def test_nobody_listening_is_a_failed_poll() -> None:
    (document,) = poll("http://127.0.0.1:9/feed")
    assert document.outcome is FetchOutcome.NETWORK_ERROR
    assert document.status is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", NOW),
        ("Mon, 29 May 2017 13:00:00 GMT", NOW.replace(hour=13)),
        ("soon", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: datetime | None) -> None:
    assert parse_retry_after(value, NOW) == expected
