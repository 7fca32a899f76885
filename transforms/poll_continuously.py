"""Poll feeds for ever: a splittable step whose restriction is where a shard's polling stands, and which resumes itself.

A round asks the feeds that are due, one to a host, and ends; the rest of the restriction comes back when the next poll is
due. What a checkpoint keeps of it is the standing after the last whole round, so a start from there repeats what came
later and leaves out nothing. A start without any reads the cursors from the dataset's ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.io.iobase import RestrictionProgress, RestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.runners.sdf_utils import RestrictionTrackerView
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Duration, Timestamp

from vigie.clock import Clock
from vigie.feeds.limits import FetchLimits
from vigie.feeds.polling import fetch_feeds
from vigie.registry import Registry
from vigie.schemas import Feed, FetchedDocument
from vigie.shards import Pace, Standing, after_round, due_round, is_over, next_round_at, paced, shard_of
from vigie.storage import Dataset, load_cursors
from vigie.transforms.parse_feeds import ParseFeeds

__all__ = ["SHARDS", "PollContinuously", "resume_polling", "stop_polling", "wait_for_stop"]

#: Parts that the hosts of a registry are dealt to. A number of its own, since it is kept in checkpoints.
SHARDS = 16
#: Seconds by which polls may arrive out of order, as when a shard goes on at a worker whose clock lags.
_DISORDER = 10.0
#: Seconds between two rounds, at least.
_SHORTEST_PAUSE = 0.5

#: Set where this process has been told to stop: workers in it end their polling, and what was fetched flows on to disk.
_stopping = threading.Event()


def stop_polling() -> None:
    """End the polling of all workers in this process, cleanly: each shard finishes its round and makes no other."""
    _stopping.set()


def wait_for_stop(seconds: float | None) -> None:
    """Wait until this process is told to stop polling, or for so long; None: for ever."""
    _stopping.wait(seconds)


def resume_polling() -> None:
    """Let jobs that start from now on poll again."""
    _stopping.clear()


@dataclass(frozen=True, slots=True)
class _Round:
    """A restriction: all polling of a shard from a standing on; None: nothing."""

    standing: Standing | None


class _RoundTracker(RestrictionTracker):
    """A round is claimed before it is made, by None, and again with the standing it led to. In between it cannot be cut."""

    def __init__(self, restriction: _Round) -> None:
        self._restriction = restriction
        self._under_way = False
        self._over = restriction.standing is None

    def current_restriction(self) -> _Round:
        return self._restriction

    def try_claim(self, position: Standing | None) -> bool:
        if self._over:
            return False
        self._under_way = position is None
        if position is not None:
            self._restriction = _Round(position)
        return True

    def try_split(self, fraction_of_remainder: float) -> tuple[_Round, _Round] | None:
        if self._under_way or self._over:
            return None
        rest, self._restriction, self._over = self._restriction, _Round(None), True
        return self._restriction, rest

    def check_done(self) -> bool:
        return True  # A round that ends without asking to be resumed was the last one.

    def current_progress(self) -> RestrictionProgress:
        return RestrictionProgress(completed=0.0, remaining=1.0)

    def is_bounded(self) -> bool:
        # What is not is dropped when a job is drained: what was fetched flows on, and nothing more is asked.
        return self._restriction.standing is None


class _PollFn(beam.DoFn, RestrictionProvider):
    """Is its own restriction provider, as in Beam's `io/watch.py`: what it is told in the constructor serves both."""

    def __init__(
        self, registry: Registry, feeds: Sequence[Feed], *, data: str, limits: FetchLimits, pace: Pace, clock: Clock
    ) -> None:
        self._feeds: dict[int, list[Feed]] = {}
        for feed in feeds:
            self._feeds.setdefault(shard_of(feed.url, SHARDS), []).append(feed)
        self._dataset = Dataset(Path(data))
        self._parse = ParseFeeds(registry)
        self._limits = limits
        self._pace = pace
        self._clock = clock

    def initial_restriction(self, element: int) -> _Round:
        feeds = self._feeds.get(element, [])
        loaded = load_cursors(self._dataset, {feed.source_id for feed in feeds}, now=self._clock())
        cursors = {feed.feed_id: loaded.get(feed.source_id, {}).get(feed.feed_id) for feed in feeds}
        return _Round(Standing({feed_id: paced(cursor, self._pace) for feed_id, cursor in cursors.items() if cursor}))

    def create_tracker(self, restriction: _Round) -> _RoundTracker:
        return _RoundTracker(restriction)

    def restriction_size(self, element: int, restriction: _Round) -> int:
        return 1

    def restriction_coder(self) -> PickleCoder:
        return PickleCoder()

    @beam.DoFn.unbounded_per_element()  # type: ignore[untyped-decorator]
    def process(
        self,
        element: int,
        tracker: Any = beam.DoFn.RestrictionParam(),
        watermark: Any = beam.DoFn.WatermarkEstimatorParam(ManualWatermarkEstimator.default_provider()),
    ) -> Iterator[TimestampedValue[FetchedDocument]]:
        assert isinstance(tracker, RestrictionTrackerView)
        feeds = self._feeds.get(element, [])
        standing = tracker.current_restriction().standing
        if _stopping.is_set() or not tracker.try_claim(None):
            return
        now = self._clock()
        requests = due_round(feeds, standing, self._pace, now)
        documents = fetch_feeds(requests, clock=self._clock, limits=self._limits) if requests else []
        standing = after_round(standing, requests, documents, self._pace, self._parse, now=self._clock())
        tracker.try_claim(standing)
        for document in documents:
            yield TimestampedValue(document, Timestamp.of(document.fetched_at.timestamp()))
        now = self._clock()
        if _stopping.is_set() or is_over(feeds, standing, self._pace, now):
            return
        arrived = Timestamp.of(now.timestamp() - _DISORDER)
        watermark.set_watermark(max(arrived, watermark.current_watermark() or arrived))
        pause = (next_round_at(feeds, standing, self._pace, now) - now).total_seconds()
        tracker.defer_remainder(Duration.of(max(pause, _SHORTEST_PAUSE)))


class PollContinuously(beam.PTransform[PBegin, PCollection[FetchedDocument]]):
    """Poll each feed whenever it is due, for ever: an unbounded collection, each poll at the time when it was made.

    At least once: polls made after the last checkpoint are made again after a failure. A poll that fails is an element
    like any other. The feeds are those of the job, not of a checkpoint: a change of them is taken at the next start.

    Args:
        registry: Gives each source's time zone and front page.
        feeds: The feeds to poll.
        data: The dataset's folder, whose ledger gives the first cursors.
        limits: What one poll may cost.
        pace: How often, and for how long.
        clock: Tells the time of a poll.
    """

    def __init__(
        self, registry: Registry, feeds: Sequence[Feed], *, data: str, limits: FetchLimits, pace: Pace, clock: Clock
    ) -> None:
        """Keep the arguments."""
        super().__init__()
        pace = replace(pace, host_interval=limits.host_interval)
        self._fn = _PollFn(registry, feeds, data=data, limits=limits, pace=pace, clock=clock)

    def expand(self, input_or_inputs: PBegin) -> PCollection[FetchedDocument]:
        """Wire it."""
        documents: PCollection[FetchedDocument] = (
            input_or_inputs
            | "Shards" >> beam.Create(range(SHARDS), reshuffle=False)
            | "SpreadShards" >> beam.Reshuffle()
            | "Poll" >> beam.ParDo(self._fn)
        )
        return documents
