"""How long it takes from an entry's appearance on its server to its row in Parquet, in the local continuous mode.

The cycles are those of `vigie ingest --every 5m`, on a clock that runs as the machine's does while vigie works and is put
forward where it would wait: hours take minutes, and all work counts at its real length.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from builders import item, rss
from loopback import Feeds, serve
from proofs.table import Proof
from runs import ask, make_job

from vigie.cycles import Cycle, StopRequested, run_cycles
from vigie.feeds.limits import FetchLimits
from vigie.feeds.polling import Poller
from vigie.pipelines.ingest import ingest_live, plan_polls
from vigie.registry import load_registry

__all__ = ["local_freshness"]

_EVERY = timedelta(minutes=5)
_WINDOW = 40
#: Entries an hour of each feed.
_RATES = {"amaurote": 1, "erewhon": 4, "laputa": 12, "thule": 30}
#: What the issue allows beyond the interval: seconds.
_ALLOWED = 60.0


class _Time:
    """A clock that work moves at its real length and waiting at once."""

    def __init__(self) -> None:
        self._origin = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
        self._started = time.monotonic()
        self._skipped = 0.0
        self.end = datetime.max.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._origin + timedelta(seconds=time.monotonic() - self._started + self._skipped)

    def sleep(self, seconds: float) -> None:
        self._skipped += seconds
        if self() >= self.end:
            raise StopRequested


def local_freshness(folder: Path, hours: float = 3.0, seed: int = 7) -> Proof:
    """Poll feeds whose entries appear at random moments, and measure how long each took to its row.

    Args:
        folder: Where to work.
        hours: How long, on the clock that skips waiting.
        seed: Of the moments.
    """
    started, now, chance = time.monotonic(), _Time(), Random(seed)
    begun = now()
    now.end = begun + timedelta(hours=hours)
    appears = {name: _moments(begun, now.end, rate, chance) for name, rate in _RATES.items()}

    def body(name: str) -> str:
        there = [number for number, at in enumerate(appears[name]) if at <= now()]
        return rss([_entry(name, number, appears[name][number]) for number in there[-_WINDOW:][::-1]])

    data, rows_at = folder / "data", {}
    with serve(Feeds({name: lambda _, name=name: body(name) for name in _RATES})) as feeds:  # type: ignore[misc]
        registry = load_registry(feeds.write_opml(folder / "feeds.opml"))
        job = make_job(data, registry, clock=now)
        limits = FetchLimits(allow_private_hosts=True, host_interval=0.0)

        def work() -> Mapping[str, int]:
            with Poller(limits, now) as poller:
                return ingest_live(job, plan_polls(job, registry.feeds, ignore_schedule=True), poller).counters

        def tell(cycle: Cycle) -> None:
            for (guid,) in ask(data, "SELECT guid FROM articles"):
                rows_at.setdefault(guid, cycle.ended_at)

        run_cycles(work, every=_EVERY, clock=now, sleep=now.sleep, tell=tell)
    delays = sorted(
        (rows_at[f"tag:{name}.example,{number}"] - at).total_seconds()
        for name in _RATES
        for number, at in enumerate(appears[name])
        if at > begun and f"tag:{name}.example,{number}" in rows_at
    )
    polled = dict(ask(data, "SELECT regexp_extract(url, '([a-z]+).xml', 1), max(started_at) FROM fetches GROUP BY ALL"))
    lost = sum(
        at <= polled[name] and f"tag:{name}.example,{number}" not in rows_at
        for name in _RATES
        for number, at in enumerate(appears[name])
    )
    late = delays[int(0.95 * len(delays))]
    allowed = _EVERY.total_seconds() + _ALLOWED
    return Proof(
        what="freshness, local",
        tries=len(delays),
        lost=lost,
        double=None,
        seconds=time.monotonic() - started,
        held=late <= allowed and not lost,
        note=f"From an entry's appearance to its row: median {delays[len(delays) // 2]:.0f} s, p95 {late:.0f} s (allowed: "
        f"{allowed:.0f} s, the poll interval and {_ALLOWED:.0f} s), over {hours:g} hours on a clock that skips waiting.",
    )


def _moments(begun: datetime, end: datetime, rate: float, chance: Random) -> list[datetime]:
    """When entries appear: some before the first poll, then at random."""
    moments = [begun - timedelta(minutes=10 * number) for number in range(10, 0, -1)]
    at = begun
    while at < end:
        at += timedelta(hours=chance.expovariate(rate))
        moments.append(at)
    return moments


def _entry(name: str, number: int, at: datetime) -> dict[str, str]:
    return {
        **item(number, title=f"Number {number} of {name}"),
        "link": f"https://{name}.example/news/{number}",
        "guid": f"tag:{name}.example,{number}",
        "pubDate": at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    }
