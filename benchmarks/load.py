"""One cycle over 10,000 feeds on 2,000 virtual hosts: time, memory of the whole process tree, and a second cycle's bytes.

The server (that of the tests, in a process of its own, on the same machine) answers after 200 ms with 20 entries and 12 KB a
feed. `vigie ingest` runs as a user runs it, but for the pause between two requests to one host, which is left out: with it,
the five feeds of a host take 20 s whatever vigie does. The aim: a cycle within 60 s on two cores and 600 MiB; then one in
which nothing has changed, which moves at most 2 % of the bytes and parses nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
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


def serve(feeds: int, hosts: int) -> None:
    """Serve until the input ends; the first line of the output is the port."""
    sys.path.insert(0, str(REPOSITORY / "tests"))
    from server import FeedServer, Reply, Request

    def page(request: Request) -> Reply:
        etag = f'"{request.target}"'
        if request.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag}, declared_length=-1)
        return Reply(200, body_of(int(request.target.removeprefix("/"))), {"ETag": etag})

    with FeedServer(hosts=hosts, latency=LATENCY) as server:
        for number in range(feeds):
            server.serve(page, f"/{number}", number % hosts)
        server.serve(lambda request: Reply(body=str(server.sent).encode()), "/sent")
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


def write_registry(path: Path, port: int, feeds: int, hosts: int) -> None:
    """A source a host, with all its feeds."""
    lines = ["sources:"]
    for host in range(hosts):
        address = f"127.{1 + host // 62_500}.{host % 62_500 // 250}.{host % 250 + 1}:{port}"
        lines += [f"  - id: outlet-{host}", f"    name: Outlet {host}", "    languages: [fr]", "    feeds:"]
        for number in range(host, feeds, hosts):
            lines += [f"      - id: f{number}", f"        url: http://{address}/{number}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Memory:
    """The most that a process and its descendants held at once, shared pages counted once (PSS)."""

    def __init__(self, pid: int) -> None:
        """Start watching."""
        self.peak = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> int:
        """Stop watching; gives the peak, bytes."""
        self._over.set()
        self._thread.join()
        return self.peak

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self.peak = max(self.peak, sum(_pss(pid) for pid in _tree(self._pid)))


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


def cycle(folder: Path, options: list[str]) -> tuple[float, float, int, str]:
    """Run `vigie ingest`; gives seconds, seconds of processor time, bytes of memory, and what it said."""
    command = [sys.executable, "-m", "vigie", "ingest", "--sources", str(folder / "feeds.yaml"), "--data", str(folder / "data")]
    began, used = time.perf_counter(), _processor_seconds()
    with subprocess.Popen(
        [*command, "--allow_private_hosts", "--host_interval", "0", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        memory = Memory(process.pid)
        said, _ = process.communicate()
        seconds = time.perf_counter() - began
        return seconds, _processor_seconds() - used, memory.end(), said


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run both cycles and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given, options = parser.parse_known_args()
    if given.serve:
        serve(given.feeds, given.hosts)
        return
    size = ["--feeds", str(given.feeds), "--hosts", str(given.hosts)]
    with (
        tempfile.TemporaryDirectory() as place,
        subprocess.Popen(
            [sys.executable, __file__, "--serve", *size], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stdout is not None and server.stdin is not None
        port = int(server.stdout.readline())
        folder = Path(place)
        write_registry(folder / "feeds.yaml", port, given.feeds, given.hosts)
        moved = []
        for name, more in (("first cycle", []), ("unchanged", ["--ignore_schedule"])):
            before = _sent(port)
            seconds, processor, memory, said = cycle(folder, [*options, *more])
            moved.append(_sent(port) - before)
            entries = next(line.split()[1] for line in said.splitlines() if line.startswith("entries"))
            sys.stdout.write(
                f"{name:<13}{seconds:8.1f} s {processor:8.1f} s CPU {memory / 2**20:8.0f} MiB {moved[-1] / 1e6:9.2f} MB moved "
                f"({moved[-1] / moved[0]:.2%}) {entries:>9} entries parsed\n"
            )
            sys.stdout.flush()
        server.stdin.close()


def _sent(port: int) -> int:
    with urllib.request.urlopen(f"http://127.1.0.1:{port}/sent") as answer:
        return int(answer.read())


if __name__ == "__main__":
    main()
