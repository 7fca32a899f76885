"""Fourteen virtual days of 500 feeds, polled by several rules: requests, entries missed, and how long entries waited.

The feeds' rhythm is that of recorded timelines (`timelines.csv.gz`: when entries of real feeds appeared), resampled: each
feed takes a recorded one from a random day on, and one in ten is a hundred times as busy: as many copies of it, shifted by
whole days, so that the hours of the day stay what they are. A feed shows its last entries, as many as the recorded one
showed. The odd recorded feeds are for tuning (`--tune`), the even ones for the figures.

Rules: an oracle that polls every 5 minutes, every 15 minutes, Miniflux's (a week by the entries of the last week), Media
Cloud's (shorter after new entries, longer after known ones), and vigie's own, by the code that runs.
"""

from __future__ import annotations

import argparse
import bisect
import csv
import gzip
import itertools
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from vigie.feeds import rhythm
from vigie.feeds.schedule import Plan, Sighted, plan_next
from vigie.schemas import FetchedDocument, FetchOutcome

MINUTE, HOUR, DAY, WEEK = 60.0, 3_600.0, 86_400.0, 604_800.0
DAYS, FEEDS = 14, 500
#: Seconds between two looks of whoever recorded the timelines: an entry appeared at some time before it was seen.
SEEN_EVERY = 31 * MINUTE
START = datetime(2026, 1, 1, tzinfo=UTC)
#: How many times as busy as recorded, and what share of the feeds.
BUSIER = ((1, 0.6), (10, 0.3), (100, 0.1))


@dataclass(frozen=True)
class Virtual:
    """A feed of the simulation: when its entries appear, seconds from the start, and how many it shows."""

    name: str
    appear: list[float]
    window: int
    busier: int

    def shown(self, at: float) -> range:
        """The entries that it shows at a time, by number."""
        end = bisect.bisect_right(self.appear, at)
        return range(max(0, end - self.window), end)


#: A rule: told of each poll the time, how many entries were new, the share known, and what it shows; gives seconds to wait.
Rule = Callable[[], Callable[[Virtual, float, range, range], float]]


def recorded(path: Path, *, odd: bool) -> list[tuple[list[float], int]]:
    """Of each recorded feed of one half: when entries appeared after the recording began, and how many it showed."""
    feeds: dict[int, list[float]] = {}
    with gzip.open(path, "rt") as lines:
        for row in csv.DictReader(lines):
            feeds.setdefault(int(row["feed"]), []).append(float(row["first_seen"]))
    began = min(min(times) for times in feeds.values())
    found = []
    for number, times in sorted(feeds.items()):
        first = min(times)
        if number % 2 == odd:
            found.append(([at - began for at in sorted(times) if at > first], max(times.count(first), 5)))
    return found


def virtual_feeds(path: Path, *, odd: bool, seed: int) -> list[Virtual]:
    """The feeds of the simulation, with a week before its start, in which rules may look back."""
    chance = random.Random(seed)
    base, length = recorded(path, odd=odd), 31 * DAY
    feeds = []
    for number in range(FEEDS):
        times, window = chance.choice(base)
        busier = chance.choices([b for b, _ in BUSIER], [share for _, share in BUSIER])[0]
        appear = []
        for _ in range(busier):
            shift = chance.randrange(31) * DAY
            for at in times:
                moved = (at - chance.random() * SEEN_EVERY + shift) % length
                appear += [t for t in (moved - WEEK, moved - WEEK + length) if t < DAYS * DAY]
        feeds.append(Virtual(f"feed {number}", sorted(appear), window, busier))
    return feeds


def every(seconds: float) -> Rule:
    """Polls at equal times."""
    return lambda: lambda feed, at, shown, new: seconds


def miniflux() -> Callable[[Virtual, float, range, range], float]:
    """A week by the entries of the last week, from 5 minutes to 24 hours (its entry-frequency scheduler, factor 1)."""
    collected: set[int] = set()

    def rule(feed: Virtual, at: float, shown: range, new: range) -> float:
        collected.update(shown)
        recent = sum(1 for entry in collected if feed.appear[entry] > at - WEEK)
        collected.difference_update([entry for entry in collected if feed.appear[entry] <= at - WEEK])
        return min(max(WEEK / recent, 5 * MINUTE), DAY) if recent else DAY

    return rule


def media_cloud() -> Callable[[Virtual, float, range, range], float]:
    """Media Cloud's: 6 hours at first, an hour less where under a third is known, longer where over two thirds are."""
    interval = 360 * MINUTE
    last_new = 0.0

    def rule(feed: Virtual, at: float, shown: range, new: range) -> float:
        nonlocal interval, last_new
        known = 1 - len(new) / len(shown) if shown else 1.0
        last_new = at if new else last_new
        if known >= 0.67:
            interval += 10 * MINUTE if known < 1 or at - last_new < 31 * DAY else 60 * MINUTE
        elif known < 0.33:
            interval = min(interval - 60 * MINUTE, 360 * MINUTE)
        interval = min(max(interval, 10 * MINUTE), 1_440 * MINUTE)
        return interval

    return rule


def vigie() -> Callable[[Virtual, float, range, range], float]:
    """Vigie's own."""
    plan: Plan | None = None
    last: range | None = None

    def rule(feed: Virtual, at: float, shown: range, new: range) -> float:
        nonlocal plan, last
        now = START + timedelta(seconds=at)
        unchanged = last == shown
        outcome = FetchOutcome.NOT_MODIFIED if unchanged else FetchOutcome.OK
        sighted = Sighted(
            arrived=len(new),
            window=None if unchanged or not shown else len(shown),
            overlapped=not last or last[-1] in shown,
            first_polled_at=START,
        )
        document = FetchedDocument(feed.name, feed.name, "", now, outcome=outcome)
        plan = plan_next(plan.standing if plan else None, document, outcome, sighted)
        last = shown
        return (plan.next_poll_at - now).total_seconds()

    return rule


RULES: dict[str, Rule] = {
    "oracle, 5 min": every(5 * MINUTE),
    "fixed 15 min": every(15 * MINUTE),
    "Miniflux": miniflux,
    "Media Cloud": media_cloud,
    "vigie": vigie,
}


@dataclass
class Figures:
    """What a rule did."""

    requests: int = 0
    entries: int = 0
    missed: int = 0
    delays: list[float] = field(default_factory=list)


def run(rule: Rule, feeds: list[Virtual], seed: int) -> Figures:
    """Poll all feeds for the days of the simulation."""
    figures = Figures()
    chance = random.Random(seed)
    for feed in feeds:
        wait = rule()
        at, seen = chance.random() * 5 * MINUTE, -1
        first = bisect.bisect_left(feed.appear, at)  # What was there before the first poll is nobody's merit.
        while at < DAYS * DAY:
            figures.requests += 1
            shown = feed.shown(at)
            new = range(max(seen + 1, shown.start), shown.stop)
            figures.delays += [at - feed.appear[entry] for entry in new if entry >= first]
            missed = range(seen + 1, shown.start)
            figures.missed += sum(1 for entry in missed if entry >= first)
            seen = max(seen, shown.stop - 1)
            at += wait(feed, at, shown, new)
        figures.entries += max(0, seen + 1 - first)
    return figures


def table(feeds: list[Virtual], seed: int) -> Iterator[str]:
    """The figures of every rule, a line each."""
    results = {name: run(rule, feeds, seed) for name, rule in RULES.items()}
    fixed = results["fixed 15 min"].requests
    yield f"{'rule':<15}{'requests':>11}{'of fixed':>10}{'missed':>9}{'share':>9}{'median':>10}{'p95':>10}"
    for name, figures in results.items():
        yield (
            f"{name:<15}{figures.requests:>11,}{figures.requests / fixed:>10.1%}{figures.missed:>9,}"
            f"{figures.missed / figures.entries:>9.2%}{_minutes(statistics.median(figures.delays)):>10}"
            f"{_minutes(statistics.quantiles(figures.delays, n=20)[-1]):>10}"
        )


def tune(feeds: list[Virtual], seed: int) -> Iterator[str]:
    """Vigie's figures under each set of parameters."""
    grid = itertools.product((0.3, 0.4, 0.5, 0.7), (24.0, 48.0), (48.0, 96.0))
    fixed = run(RULES["fixed 15 min"], feeds, seed)
    yield f"fixed 15 min: {fixed.requests:,} requests, {fixed.missed:,} missed"
    yield f"{'freshness':>9}{'mean':>6}{'peak':>6}{'of fixed':>10}{'missed':>9}{'median':>10}{'p95':>10}"
    for values in grid:
        with ExitStack() as stack:
            for name, value in zip(("_FRESHNESS", "_MEAN_MEMORY", "_PEAK_MEMORY"), values, strict=True):
                stack.enter_context(patch.object(rhythm, name, value))
            figures = run(vigie, feeds, seed)
        yield (
            f"{values[0]:>9}{values[1]:>6.0f}{values[2]:>6.0f}{figures.requests / fixed.requests:>10.1%}{figures.missed:>9,}"
            f"{_minutes(statistics.median(figures.delays)):>10}{_minutes(statistics.quantiles(figures.delays, n=20)[-1]):>10}"
        )


def _minutes(seconds: float) -> str:
    return f"{seconds / MINUTE:.1f} min"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "timelines.csv.gz"
    parser.add_argument("--timelines", type=Path, default=default, help="the recorded timelines")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--tune", action="store_true", help="try sets of parameters on the half that is for it")
    given = parser.parse_args()
    if not given.timelines.is_file():
        sys.exit(f"{given.timelines}: no such file; name recorded timelines with --timelines FILE")
    feeds = virtual_feeds(given.timelines, odd=given.tune, seed=given.seed)
    busy = sum(feed.busier == 100 for feed in feeds)
    sys.stdout.write(f"{len(feeds)} feeds, {busy} of them 100 times as busy as recorded, {DAYS} days, seed {given.seed}\n")
    for line in (tune if given.tune else table)(feeds, given.seed):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
