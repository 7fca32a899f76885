"""Documents made to cost as much as they can, up to the largest that is read: what each costs, and what its neighbours lose."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

from builders import item, rss
from feeds.hostile import HOSTILE
from proofs.table import Proof, say

from vigie.feeds import guarded
from vigie.feeds.guarded import cpu_seconds, parse_guarded, unpacked
from vigie.feeds.parse import ParsedDocument
from vigie.schemas import FetchedDocument, FetchOutcome

__all__ = ["hostile_documents"]

#: Processor time of a worker's start, which is no document's doing: seconds, with room for a busy machine.
_START = 2.0
_NEIGHBOUR = rss([item(number) for number in range(200)]).encode()


def hostile_documents(sizes: tuple[int, ...] = (100_000, 1_000_000, 15_000_000)) -> Proof:
    """Parse every hostile document at some sizes, each in a fresh worker, and an ordinary one after it."""
    started = time.monotonic()
    stopped, lost, dearest, over = 0, 0, 0.0, []
    for name, make in HOSTILE.items():
        for size in sizes:
            body = make(size)
            before = _cpu_of_workers()
            result = _parse(body)
            cost = _cpu_of_workers() - before
            dearest = max(dearest, cost)
            stopped += result.outcome is FetchOutcome.TOO_COSTLY
            lost += 200 - len(_parse(_NEIGHBOUR).entries)
            if cost > cpu_seconds(unpacked(body)) + _START:
                over.append(f"{name} ({size:,} bytes): {cost:.1f} s")
        say(f"hostile: {name}, dearest so far {dearest:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Proof(
        what="hostile documents",
        tries=len(HOSTILE) * len(sizes),
        lost=lost,
        double=None,
        seconds=time.monotonic() - started,
        held=not (lost or over),
        note=f"{stopped} were stopped and have a failure that says why; the dearest took {dearest:.1f} s of processor time, "
        "start of its process included (allowed: 2 s and 10 ms an entry); no process held more than "
        f"{peak / 2**20:.0f} MiB, interpreter and libraries included (allowed above these: 8 times the body)."
        + ("" if not over else f" Over the limit: {'; '.join(over)}."),
    )


def _parse(body: bytes) -> ParsedDocument:
    at = datetime(2017, 5, 29, tzinfo=UTC)
    return parse_guarded(FetchedDocument("a/front", "a", "https://a.example/rss", at, body=body), time_zone="UTC")


def _cpu_of_workers() -> float:
    guarded._WORKERS.close()  # processor time counts once a process has ended
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
