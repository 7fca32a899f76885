"""When a stream on a runner whose jobs do not end by themselves is over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from builders import document
from runs import make_job

from vigie.feeds.limits import FetchLimits
from vigie.pipelines.stream import Stream, _wait_until_written
from vigie.shards import Pace
from vigie.state import SourceState, take_poll
from vigie.transforms.gather_polls import FlushRule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WHAT = Stream([], FetchLimits(total_seconds=30), Pace(until=NOW, longest_pause=15), FlushRule(seconds=60))


def test_a_job_is_ended_when_its_ledger_has_grown_no_more_for_as_long_as_rows_may_wait(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) < 4:  # A slow machine: rows come long after the last poll was made.
            poll = take_poll(SourceState.empty("outlet"), document(len(slept)), None, homepage="", run_id="run")
            job.dataset.write("fetches", [poll.record], run_id=f"run-{len(slept)}")

    _wait_until_written(job, WHAT, sleep)
    assert sum(slept) == 45 + 3 * 60


def test_a_job_that_wrote_all_at_once_is_given_no_longer_than_its_last_rows_may_take(tmp_path: Path) -> None:
    slept: list[float] = []
    _wait_until_written(make_job(tmp_path), WHAT, slept.append)
    assert sum(slept) == 15 + 30 + 60
