"""Cycles: even intervals, failures that pass, and a stop in the middle of anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.cycles import Cycle, StopRequested, next_start, run_cycles
from vigie.errors import UsageError, WorkError
from vigie.storage import Dataset

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
EVERY = timedelta(minutes=15)
COUNTED = {"polls": 3, "succeeded": 2, "new": 7, "revised": 1, "matches": 4}


class Machine:
    """A clock that moves when somebody works or sleeps, and stops the cycles when it comes to an hour."""

    def __init__(self, *seconds_of_work: float, stop_after: float = 3_600) -> None:
        self.now = START
        self.seconds = list(seconds_of_work)
        self.slept: list[float] = []
        self.told: list[Cycle] = []
        self.stop_at = START + timedelta(seconds=stop_after)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_(seconds)

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.now >= self.stop_at:
            raise StopRequested

    def work(self) -> Mapping[str, int]:
        self.pass_(self.seconds.pop(0) if self.seconds else 1.0)
        return COUNTED

    def run(self, work: Callable[[], Mapping[str, int]] | None = None) -> list[Cycle]:
        run_cycles(work or self.work, every=EVERY, clock=self.clock, sleep=self.sleep, tell=self.told.append)
        return self.told


def test_cycles_start_at_even_intervals_however_long_each_takes() -> None:
    cycles = Machine(10.0, 600.0, 1.0).run()
    assert [cycle.started_at for cycle in cycles] == [START + n * EVERY for n in range(4)]


def test_a_cycle_longer_than_the_interval_is_followed_by_the_next_at_once() -> None:
    cycles = Machine(1_000.0, 1.0).run()
    assert cycles[1].started_at == cycles[0].ended_at
    assert cycles[2].started_at == cycles[1].started_at + EVERY


def test_a_clock_that_was_set_back_makes_no_wait_longer_than_an_interval() -> None:
    assert next_start(START, START - timedelta(days=300), EVERY) == START - timedelta(days=300) + EVERY


def test_a_stop_in_the_middle_of_a_cycle_ends_it_without_a_line_for_it() -> None:
    assert len(Machine(1.0, 5_000.0).run()) == 1


def test_a_stop_while_waiting_ends_the_wait() -> None:
    machine = Machine(stop_after=60)
    assert len(machine.run()) == 1
    assert len(machine.slept) == 1


def test_a_failure_that_may_pass_is_told_and_tried_again() -> None:
    machine = Machine()
    results = iter([WorkError("data: cannot be written (No space left on device)")])

    def work() -> Mapping[str, int]:
        machine.pass_(1.0)
        for error in results:
            raise error
        return COUNTED

    first, second, *_ = machine.run(work)
    assert "failed" in first.told()
    assert "No space left on device" in first.told()
    assert second.told() == (
        "2026-01-01 12:15:00 UTC  cycle 2: 3 polls (1 failed), 7 new articles, 1 revised, 4 matches; 1.0 s, next at 12:30:00"
    )


def test_a_folder_that_cannot_be_written_to_for_a_time_ends_no_cycles_after_the_first(tmp_path: Path) -> None:
    machine, dataset = Machine(), Dataset(tmp_path)

    def work() -> Mapping[str, int]:
        if len(machine.told) == 1:  # In the place where files are written there is something else, for one cycle.
            (tmp_path / ".tmp").rmdir()
            (tmp_path / ".tmp").touch()
        elif len(machine.told) == 2:
            (tmp_path / ".tmp").unlink()
        dataset.prepare()
        machine.pass_(1.0)
        return COUNTED

    first, second, third, *_ = machine.run(work)
    assert (first.error, third.error) == ("", "")
    assert "cannot be written to" in second.told()


def test_a_stop_that_a_runner_wraps_in_an_error_of_its_own_is_a_stop() -> None:
    machine = Machine()

    def work() -> Mapping[str, int]:
        raise RuntimeError("StopRequested [while running 'Poll']")

    run_cycles(work, every=EVERY, clock=machine.clock, sleep=machine.sleep, tell=machine.told.append, stopping=lambda: True)
    assert machine.told == []
    with pytest.raises(RuntimeError):
        machine.run(work)


def test_wrong_use_ends_the_cycles() -> None:
    def work() -> Mapping[str, int]:
        raise UsageError("topics: wrong")

    with pytest.raises(UsageError):
        Machine().run(work)


def test_a_cycle_without_a_due_feed_says_so() -> None:
    machine = Machine()

    def work() -> Mapping[str, int]:
        machine.pass_(1.0)
        return {**COUNTED, "polls": 0}

    assert "no feed was due" in machine.run(work)[0].told()
