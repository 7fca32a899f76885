"""One cycle over 10,000 feeds on 2,000 virtual hosts: time, memory of the whole process tree, and a second cycle's bytes.

The server (in a process of its own, on the same two cores, as cheap as can be) answers after 200 ms with 20 entries and 12 KB a
feed. `vigie ingest` runs as a user runs it, but for the pause between two requests to one host, which is left out: with it,
the five feeds of a host take 20 s whatever vigie does. The aim: a cycle within 60 s on two cores and 600 MiB; then one in
which nothing has changed, which moves at most 2 % of the bytes and parses nothing.

Memory is the sum of the proportional set sizes (PSS) of `vigie ingest` and its descendants, the server not among them, taken
four times a second. A page that several of them share is counted once. Pages of libraries that processes outside the tree
have loaded, too, are counted in part only: so let nothing else that loads them run beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ENTRIES, BODY_BYTES, LATENCY = 20, 12 * 1024, 0.2
_WORDS = ("sommet", "énergie", "gaz", "parlement", "grève", "accord", "sanctions", "frontière", "budget", "musée", "climat")


def body_of(number: int) -> bytes:
    """The feed of a number: 20 entries that no other feed has, 12 KB together."""
    items = []
    for place in range(ENTRIES):
        words = " ".join(_WORDS[(number * 7 + place * 3 + n * (1 + number % 5)) % len(_WORDS)] for n in range(48))
        items.append(
            f"<item><title>{words[:60]} {number}-{place}</title><link>http://outlet{number}.example/{place}</link>"
            f"<guid>{number}-{place}</guid><pubDate>Mon, 29 May 2017 12:{place:02}:00 GMT</pubDate>"
            f"<description>{words} {number}</description></item>"
        )
    text = f'<rss version="2.0"><channel><title>Outlet {number}</title><language>fr</language>{"".join(items)}</channel></rss>'
    return text.encode().ljust(BODY_BYTES)


class _Site(asyncio.Protocol):
    """One connection to a virtual host: answers each request after the latency, from bytes made beforehand."""

    def __init__(self, bodies: list[bytes], sent: list[int]) -> None:
        self._bodies = bodies
        self._sent = sent
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request, later."""
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            asyncio.get_running_loop().call_later(LATENCY, self._answer, request)

    def _answer(self, request: bytes) -> None:
        path = request.split(b" ", 2)[1]
        if path == b"/sent":
            body = str(self._sent[0]).encode()
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        elif b'"%s"' % path in request:
            answer = b'HTTP/1.1 304 Not Modified\r\nETag: "%s"\r\n\r\n' % path
        else:
            body = self._bodies[int(path[1:])]
            answer = b'HTTP/1.1 200 OK\r\nETag: "%s"\r\nContent-Length: %d\r\n\r\n%s' % (path, len(body), body)
        if path != b"/sent":
            self._sent[0] += len(answer)
        assert isinstance(self._transport, asyncio.WriteTransport)
        self._transport.write(answer)


def host_of(number: int) -> str:
    """The address of a virtual host."""
    return f"127.{1 + number // 62_500}.{number % 62_500 // 250}.{number % 250 + 1}"


async def _serve(feeds: int, hosts: int) -> None:
    bodies, sent = [body_of(number) for number in range(feeds)], [0]
    loop, port = asyncio.get_running_loop(), 0
    for host in range(hosts):
        listener = await loop.create_server(lambda: _Site(bodies, sent), host_of(host), port, backlog=512)
        port = listener.sockets[0].getsockname()[1]
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


def write_registry(path: Path, port: int, feeds: int, hosts: int) -> None:
    """A source a host, with all its feeds."""
    lines = ["sources:"]
    for host in range(hosts):
        address = f"{host_of(host)}:{port}"
        lines += [f"  - id: outlet-{host}", f"    name: Outlet {host}", "    languages: [fr]", "    feeds:"]
        for number in range(host, feeds, hosts):
            lines += [f"      - id: f{number}", f"        url: http://{address}/{number}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Watch:
    """What a process and its descendants use: memory, shared pages counted once (PSS), and processor time."""

    def __init__(self, pid: int) -> None:
        """Start watching."""
        #: The most bytes that all of them held at once.
        self.peak = 0
        self._pid = pid
        self._processor: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> float:
        """Stop watching; gives the seconds of processor time that all of them used, to half a second or so."""
        self._over.set()
        self._thread.join()
        return sum(self._processor.values())

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            pids = list(_tree(self._pid))
            self._processor |= {pid: used for pid in pids if (used := _processor_seconds(pid))}
            self.peak = max(self.peak, sum(map(_pss, pids)))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from _tree(int(child))


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _processor_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one `vigie ingest` took, with all processes that it starts."""

    name: str
    seconds: float
    #: Seconds of processor time, without the server's.
    processor: float
    #: Those of the server, on the same machine.
    serving: float
    #: The most bytes of memory at once.
    memory: int
    #: Bytes that the server sent, and how many of those of the first cycle they are.
    moved: int
    share: float
    #: Entries that were read from bodies.
    entries: int

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.name:<13}{self.seconds:8.1f} s {self.processor:8.1f} s CPU (and {self.serving:.1f} the server) "
            f"{self.memory / 2**20:8.0f} MiB {self.moved / 1e6:9.2f} MB moved ({self.share:.2%}) "
            f"{self.entries:>9,} entries parsed"
        )


def measure(feeds: int = 10_000, hosts: int = 2_000, options: Sequence[str] = ()) -> Iterator[Cycle]:
    """Run a first cycle and one in which nothing has changed, over as many feeds on as many hosts."""
    serve = [sys.executable, __file__, "--serve", "--feeds", str(feeds), "--hosts", str(hosts)]
    with (
        tempfile.TemporaryDirectory() as place,
        subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None and server.stdin is not None
        port = int(server.stdout.readline())
        write_registry(Path(place) / "feeds.yaml", port, feeds, hosts)
        first = _cycle("first cycle", Path(place), options, server.pid, port)
        yield first
        again = _cycle("unchanged", Path(place), [*options, "--ignore_schedule"], server.pid, port)
        yield replace(again, share=again.moved / first.moved)
        server.stdin.close()


def _cycle(name: str, folder: Path, options: Sequence[str], server: int, port: int) -> Cycle:
    where = ["--sources", str(folder / "feeds.yaml"), "--data", str(folder / "data")]
    command = [sys.executable, "-m", "vigie", "ingest", *where, "--allow_private_hosts", "--host_interval", "0", *options]
    sent, serving, began = _sent(port), _processor_seconds(server), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watch = Watch(process.pid)
        said, _ = process.communicate()
        seconds = time.perf_counter() - began
        processor = watch.end()
    entries = next(line.split()[1] for line in said.splitlines() if line.startswith("entries"))
    serving, moved = _processor_seconds(server) - serving, _sent(port) - sent
    return Cycle(name, seconds, processor, serving, watch.peak, moved, 1.0, int(entries.replace(",", "")))


def main() -> None:
    """Run both cycles and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given, options = parser.parse_known_args()
    if given.serve:
        asyncio.run(_serve(given.feeds, given.hosts))
        return
    for cycle in measure(given.feeds, given.hosts, options):
        sys.stdout.write(f"{cycle}\n")
        sys.stdout.flush()


def _sent(port: int) -> int:
    with urllib.request.urlopen(f"http://127.1.0.1:{port}/sent") as answer:
        return int(answer.read())


if __name__ == "__main__":
    main()
