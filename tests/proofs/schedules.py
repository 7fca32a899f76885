"""Fourteen virtual days of 500 feeds: vigie's schedule beside a fixed one of 15 minutes, Miniflux's and Media Cloud's."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from proofs.table import Proof
from schedule import DAYS, RULES, Figures, run, virtual_feeds

__all__ = ["TIMELINES", "schedules"]

#: When entries of real feeds appeared, for developers only.
TIMELINES = Path(__file__).resolve().parents[3] / "shared" / "data" / "timelines.csv.gz"


def schedules(seed: int = 5) -> Proof:
    """Run `benchmarks/schedule.py`: no more may be missed than at a fixed 15 minutes, with half its requests or fewer."""
    started = time.monotonic()
    feeds = virtual_feeds(TIMELINES, odd=False, seed=seed)
    results = {name: run(rule, feeds, seed) for name, rule in RULES.items()}
    ours, fixed = results["vigie"], results["fixed 15 min"]
    return Proof(
        what=f"schedule: {len(feeds)} feeds over {DAYS} virtual days",
        tries=ours.requests,
        lost=ours.missed,
        double=None,
        seconds=time.monotonic() - started,
        held=ours.missed <= fixed.missed and ours.requests <= fixed.requests / 2,
        note="*Tries* are requests, *lost* are entries that left their feed unseen. "
        + "; ".join(f"{name}: {_told(figures)}" for name, figures in results.items())
        + ".",
    )


def _told(figures: Figures) -> str:
    late = statistics.quantiles(figures.delays, n=20)[-1] / 60
    median = statistics.median(figures.delays) / 60
    missed = f"{figures.missed:,} of {figures.entries:,} missed"
    return f"{figures.requests:,} requests, {missed}, wait {median:.1f} min (p95 {late:.1f})"
