"""A small feed server on loopback, for tests that run the real command: conditional, its contents move by steps."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Feeds:
    """What the server serves: each path's body as a function of the step that it stands at."""

    def __init__(self, bodies: dict[str, Callable[[int], str]]) -> None:
        self.bodies = bodies
        self.step = 0
        self.address = ""
        #: From which request on, counted from 1, none is answered; None: all are.
        self.held_from: int | None = None
        #: Set when the first of those has come.
        self.held = threading.Event()

    def write_opml(self, path: Path) -> Path:
        """A registry of all feeds, one source each."""
        outlines = "".join(
            f'<outline type="rss" text="Outlet {name}" xmlUrl="{self.address}/{name}.xml" htmlUrl="https://{name}.example/"/>'
            for name in self.bodies
        )
        path.write_text(f'<opml version="2.0"><head><title>Feeds</title></head><body>{outlines}</body></opml>')
        return path


@contextmanager
def serve(feeds: Feeds) -> Iterator[Feeds]:
    """Serve feeds until the block ends."""
    numbers, over = itertools.count(1), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if feeds.held_from is not None and next(numbers) >= feeds.held_from:
                feeds.held.set()
                over.wait()
                return
            name = self.path.strip("/").removesuffix(".xml")
            body = feeds.bodies[name](feeds.step).encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.send_header("ETag", etag)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # The client was killed, which is what such tests are for.

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    feeds.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield feeds
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
