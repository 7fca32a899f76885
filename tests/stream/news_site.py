"""A small news site on loopback: feeds that grow as time passes, with validators, and a count of who asked what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Entries that a feed shows at a time: more than any test gives one, so that none leaves before it was polled.
WINDOW = 100


def now() -> datetime:
    return datetime.now(UTC)


def _host_of(feed: int) -> str:
    return f"127.0.{feed // 250 + 1}.{feed % 250 + 1}"


@dataclass
class Site:
    """Serves `/FEED.xml` for feeds named in the registry that it writes; one more entry of each appears after each `every`.

    Time starts with the first request, since what polls may take a while to start.
    """

    feeds: int = 4
    #: Entries of each feed that are there from the start.
    early: int = 3
    #: Entries of each feed in the end.
    entries: int = 8
    every: timedelta = timedelta(seconds=1)
    started: datetime | None = None
    #: feed → times of requests; (feed, status) → number.
    asked: dict[int, list[datetime]] = field(default_factory=dict)
    answered: dict[tuple[int, int], int] = field(default_factory=dict)
    clock: Callable[[], datetime] = now

    def __enter__(self) -> Site:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.started = site.started or site.clock()
                feed = int(self.path.strip("/").partition(".")[0])
                site.asked.setdefault(feed, []).append(site.clock())
                etag = f'"{site.visible()}"'
                unchanged = self.headers.get("If-None-Match") == etag
                body = b"" if unchanged else site.body(feed)
                status = 304 if unchanged else 200
                site.answered[feed, status] = site.answered.get((feed, status), 0) + 1
                self.send_response(status)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
                """Say nothing."""

        # Each feed has a loopback address of its own: to a poller that is a host of its own.
        self._servers = [ThreadingHTTPServer((_host_of(feed), 0), Handler) for feed in range(self.feeds)]
        self._threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in self._servers]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def visible(self) -> int:
        """How many entries each feed has by now."""
        since = self.clock() - self.started if self.started else timedelta(0)
        return min(self.entries, self.early + int(since / self.every))

    def appeared_at(self, number: int) -> datetime:
        """When an entry was first to be seen."""
        assert self.started is not None
        return self.started + self.every * max(0, number + 1 - self.early)

    def body(self, feed: int) -> bytes:
        last = self.visible()
        items = "".join(self._item(feed, number) for number in reversed(range(max(0, last - WINDOW), last)))
        return f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()

    def link(self, feed: int, number: int) -> str:
        """The address of an entry."""
        return f"https://outlet-{feed}.example/{number}"

    def _item(self, feed: int, number: int) -> str:
        at = self.appeared_at(number).strftime("%a, %d %b %Y %H:%M:%S +0000")
        return (
            f"<item><title>Macron meets Putin, says source {feed}, part {number}</title>"
            f"<link>{self.link(feed, number)}</link><guid>{feed}-{number}</guid><pubDate>{at}</pubDate>"
            f"<description>Emmanuel Macron spoke of Russia and Ukraine in speech {number} of paper {feed}.</description></item>"
        )

    def registry(self) -> str:
        """The sources file: one source a feed, each on a loopback host of its own."""
        lines = ["sources:"]
        for feed in range(self.feeds):
            lines += [
                f"  - id: outlet-{feed}",
                f"    name: Outlet {feed}",
                f"    homepage: https://outlet-{feed}.example/",
                "    languages: [en]",
                "    feeds:",
                "      - id: all",
                f"        url: http://{_host_of(feed)}:{self._servers[feed].server_address[1]}/{feed}.xml",
            ]
        return "\n".join(lines) + "\n"
