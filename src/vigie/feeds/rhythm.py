"""How often a feed brings something new, learnt from its polls, and how often it is therefore to be polled.

Two things bound the interval between polls. *Overlap*: it is at most half the time in which the feed's window would turn
over at its recent peak rate, so that no entry comes and goes unseen. *Freshness*: at most what the mean rate asks. Where
a fixed number of requests is spent so that entries wait as short as possible in sum, and entries arrive as a Poisson
process, a feed's interval is proportional to 1/√rate: minimising Σ rate·interval/2 + cost/interval gives that.

Both rates forget: news has busy days and quiet seasons. How fast, and the constant of freshness, were tuned on one half
of recorded timelines and measured on the other (`benchmarks/schedule.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

__all__ = ["CEILING", "FLOOR", "START", "Rhythm", "first_rhythm", "learn", "usual_interval"]

#: Seconds between polls: of a feed of which nothing is known yet, at least, and at most.
START, FLOOR, CEILING = 900.0, 300.0, 86_400.0

_HOUR = 3_600.0
#: Hours between polls of a feed that brings one new entry an hour.
_FRESHNESS = 0.3
#: Hours in which the mean rate forgets all but 1/e of what was before …
_MEAN_MEMORY = 48.0
#: … which is shorter for a feed known for less time, but no shorter than this.
_SHORTEST_MEMORY = 3.0
#: Hours in which the peak rate forgets.
_PEAK_MEMORY = 96.0
#: Share of the window that may turn over between two polls.
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is learnt of a feed; every row of the ledger carries it."""

    #: Entries in the last body that had any.
    window: int = 0
    #: Entries an hour that are new to the feed, recent mean.
    rate: float = (_FRESHNESS * _HOUR / START) ** 2
    #: Entries an hour, the most of late.
    peak_rate: float = 0.0


def learn(before: Rhythm, *, arrived: int, window: int | None, elapsed: float, known_for: float, overlapped: bool) -> Rhythm:
    """The rhythm after one more successful poll.

    Args:
        before: The rhythm until then.
        arrived: Entries that this feed had not shown before.
        window: Entries in the body; None where the poll brought none, or the same as the last one.
        elapsed: Seconds since the last successful poll.
        known_for: Seconds since the first one.
        overlapped: Whether something of the last body is still there: else at least a window has gone by.
    """
    hours = max(elapsed, FLOOR) / _HOUR
    memory = min(max(known_for / _HOUR, _SHORTEST_MEMORY), _MEAN_MEMORY)
    kept = math.exp(-hours / memory)
    size = window or before.window
    came = arrived if overlapped else max(arrived, 2 * size)
    return Rhythm(
        window=size,
        rate=before.rate * kept + (1 - kept) * came / hours,
        peak_rate=max(came / hours, before.peak_rate * math.exp(-hours / _PEAK_MEMORY)),
    )


def first_rhythm(window: int) -> Rhythm:
    """The rhythm after the first successful poll: all that is known is how many entries the feed shows."""
    return replace(Rhythm(), window=window)


def usual_interval(rhythm: Rhythm) -> float:
    """Seconds between two polls of a feed of this rhythm, before what its server asks and failures."""
    overlap = _OVERLAP * rhythm.window / rhythm.peak_rate if rhythm.window and rhythm.peak_rate else math.inf
    freshness = _FRESHNESS / math.sqrt(rhythm.rate) if rhythm.rate else math.inf
    return min(max(min(overlap, freshness) * _HOUR, FLOOR), CEILING)
