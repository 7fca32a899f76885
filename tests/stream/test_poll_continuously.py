"""The step that polls for ever, as a runner drives it: how far its watermark is, and what is left of it when it is drained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.runners.sdf_utils import RestrictionTrackerView, ThreadsafeRestrictionTracker
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp
from server import FeedServer, Reply

from vigie.feeds.limits import FetchLimits
from vigie.registry import Registry
from vigie.schemas import Feed, FetchedDocument
from vigie.shards import Pace, shard_of
from vigie.transforms.poll_continuously import SHARDS, PollContinuously, resume_polling, stop_polling

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(clock=lambda: NOW) as running:
        running.serve(Reply(body=b"<rss/>"))
        yield running


class Shard:
    """The step's shard of a server's one feed, with Beam's own tracker and watermark around it."""

    def __init__(self, server: FeedServer, data: Path, clock: Callable[[], datetime]) -> None:
        feed = Feed("outlet/all", "outlet", server.url())
        # The vantage makes it a poller of its own, with this clock: those of equal limits are shared.
        limits = FetchLimits(allow_private_hosts=True, host_interval=0.0, vantage=str(data))
        pace = Pace(poll_interval=60)
        self.poll: Any = PollContinuously(Registry(()), [feed], data=str(data), limits=limits, pace=pace, clock=clock)._fn
        self.number = shard_of(feed.url, SHARDS)
        self.restriction = self.poll.initial_restriction(self.number)
        self.watermark = ManualWatermarkEstimator(None)

    def round(self) -> list[TimestampedValue[FetchedDocument]]:
        tracker = ThreadsafeRestrictionTracker(self.poll.create_tracker(self.restriction))
        polled = list(self.poll.process(self.number, RestrictionTrackerView(tracker), self.watermark))
        self.restriction, _ = tracker.deferred_status() or (None, None)
        return polled


def test_the_watermark_follows_the_time_of_arrival_so_closely_that_a_lagging_clock_is_not_late(
    server: FeedServer, tmp_path: Path
) -> None:
    times = [NOW]
    shard = Shard(server, tmp_path, lambda: times[-1])
    (polled,) = shard.round()
    assert polled.timestamp == Timestamp.of(NOW.timestamp())
    assert NOW.timestamp() - 60 < shard.watermark.current_watermark() < polled.timestamp
    times.append(NOW + timedelta(seconds=30))
    assert shard.round() == []
    assert shard.watermark.current_watermark() > polled.timestamp


def test_a_clock_that_is_set_back_does_not_take_the_watermark_back(server: FeedServer, tmp_path: Path) -> None:
    times = [NOW]
    shard = Shard(server, tmp_path, lambda: times[-1])
    shard.round()
    before = shard.watermark.current_watermark()
    times.append(NOW - timedelta(hours=1))
    shard.round()
    assert shard.watermark.current_watermark() == before


def test_nothing_of_a_shard_is_left_when_the_job_is_drained(server: FeedServer, tmp_path: Path) -> None:
    shard = Shard(server, tmp_path, lambda: NOW)
    assert shard.poll.truncate(shard.number, shard.restriction) is None
    shard.round()
    assert shard.restriction is not None
    assert shard.poll.truncate(shard.number, shard.restriction) is None


def test_a_shard_that_is_told_to_stop_asks_nobody_and_comes_to_its_end(server: FeedServer, tmp_path: Path) -> None:
    shard = Shard(server, tmp_path, lambda: NOW)
    stop_polling()
    try:
        assert shard.round() == []
    finally:
        resume_polling()
    assert shard.restriction is None
    assert server.score.requests == []
