"""The cursors of 10,000 feeds after 30 days of polls, 28.8 million rows of the ledger, for `growth.py`."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from growth_data import write_days

from vigie.pipelines.compact import compact
from vigie.storage import Dataset, load_cursors

__all__ = ["measure_ledger"]

_DAYS, _POLLS = 30, 96


def measure_ledger(data: Path, feeds: int) -> dict[str, float]:
    """Make a ledger if it is not there, compact it, and find the cursors of all its feeds.

    Returns:
        Rows; seconds to make and to compact it; seconds until all cursors are found, before and after it is compacted; MiB.
    """
    found: dict[str, float] = {"rows": feeds * _DAYS * _POLLS}
    sources = [f"source-{n:03}" for n in range(feeds)]
    if not data.exists():
        started = time.monotonic()
        write_days(data, 0, _DAYS, articles=0, polls=_POLLS, by="day", tables=("fetches",), sources=feeds)
        found["made"] = time.monotonic() - started
        print(f"ledger: made in {found['made']:.0f} s", flush=True)
        found["cursors_of_small_files"] = _seconds_to_find(data, sources)
        started = time.monotonic()
        compact(Dataset(data))
        found["compacted"] = time.monotonic() - started
        print(f"ledger: compacted in {found['compacted']:.0f} s", flush=True)
    for turn in range(3):
        found[f"cursors, {turn + 1}"] = _seconds_to_find(data, sources)
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def _seconds_to_find(data: Path, sources: list[str]) -> float:
    started = time.monotonic()
    cursors = load_cursors(Dataset(data), sources)
    taken = time.monotonic() - started
    print(f"ledger: cursors of {sum(map(len, cursors.values())):,} feeds in {taken:.2f} s", flush=True)
    return taken
