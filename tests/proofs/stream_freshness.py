"""How long it takes from an entry's appearance on a server to its row in Parquet, streaming on Prism."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
from proofs.table import Proof
from stream.news_site import Site

from vigie.storage import Dataset

__all__ = ["lost_entries", "stream_freshness"]

#: Seconds beyond the poll interval that are allowed: files are written 60 s after their first row.
_ALLOWED = 60


def stream_freshness(poll_interval: int = 10, minutes: int = 4) -> Proof:
    """Stream from a site whose 20 feeds each show a new entry every 5 s, with files written as by default.

    Args:
        poll_interval: Seconds.
        minutes: For how long.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Site(feeds=20, entries=60 * minutes, every=timedelta(seconds=5)) as site:
        data, sources = Path(folder) / "data", Path(folder) / "sources.yaml"
        sources.write_text(site.registry())
        where = ("--runner=PrismRunner", f"--data={data}", f"--sources={sources}", "--allow_private_hosts")
        how = (f"--poll_interval={poll_interval}s", f"--stop_after={minutes}m")
        due = datetime.now(UTC) + timedelta(minutes=minutes, seconds=-poll_interval - _ALLOWED)
        subprocess.run([sys.executable, "-m", "vigie", "stream", *where, *how], check=True)
        files = {path: pq.read_table(path, columns=["url"])["url"].to_pylist() for path in Dataset(data).files("articles")}
        waits = sorted(wait for path, urls in files.items() for wait in _waits(path, urls, site))
        urls = [url for urls in files.values() for url in urls]
        lost = lost_entries(site, urls, due)
    late = _share(waits, 0.95)
    return Proof(
        what="freshness, streaming on Prism",
        tries=len(waits),
        lost=len(lost),
        double=len(urls) - len(set(urls)),
        seconds=time.monotonic() - started,
        held=late <= poll_interval + _ALLOWED and not lost and len(urls) == len(set(urls)),
        note=f"From an entry's appearance to its file's being in place: median {_share(waits, 0.5):.0f} s, p95 {late:.0f} s "
        f"(allowed: {poll_interval + _ALLOWED} s, the poll interval and {_ALLOWED} s), at most {waits[-1]:.0f} s. Lost is what "
        "appeared long enough before the end and has no row.",
    )


def lost_entries(site: Site, urls: Iterable[str], due: datetime) -> set[str]:
    """The entries that a site showed by a time and that are not among those found."""
    numbers = [number for number in range(site.entries) if site.appeared_at(number) <= due]
    return {site.link(feed, number) for feed in range(site.feeds) for number in numbers} - set(urls)


def _waits(path: Path, urls: list[str], site: Site) -> list[float]:
    in_place = datetime.fromtimestamp(path.stat().st_ctime, UTC)
    numbers = (int(url.rpartition("/")[2]) for url in urls)
    return [(in_place - site.appeared_at(number)).total_seconds() for number in numbers if number >= site.early]


def _share(waits: list[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(share * len(waits)))]
