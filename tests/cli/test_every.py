"""`vigie ingest --every` as it is run: cycles, one process a dataset, and a clean stop in the middle of anything."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import item, rss
from loopback import Feeds, serve
from runs import ask

from vigie.storage.locks import holder_of


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    def body(step: int) -> str:
        return rss([item(number) for number in range(3 + step)])

    with serve(Feeds({"front": body})) as served:
        yield served


@contextmanager
def vigie(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "vigie", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ingest_every(feeds: Feeds, folder: Path, every: str = "1s") -> tuple[str | Path, ...]:
    registry = feeds.write_opml(folder / "feeds.opml")
    return (
        "ingest",
        "--sources",
        registry,
        "--data",
        folder / "data",
        "--every",
        every,
        "--allow_private_hosts",
        "--ignore_schedule",
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_in_the_middle_of_a_cycle_stops_it_and_what_was_committed_stands(
    feeds: Feeds, tmp_path: Path, number: signal.Signals
) -> None:
    feeds.held_from = 2
    with vigie(*ingest_every(feeds, tmp_path)) as process:
        assert process.stdout is not None
        assert "cycle 1: 1 polls (0 failed), 3 new articles" in process.stdout.readline()
        assert feeds.held.wait(240)
        process.send_signal(number)
        said, complained = process.communicate(timeout=240)
    assert process.returncode == 0
    assert (complained, said.splitlines()[-1].partition(";")[0]) == ("", "stopped")
    assert ask(tmp_path / "data", "SELECT count(*) FROM articles") == [(3,)]
    assert ask(tmp_path / "data", "SELECT count(*) FROM fetches") == [(1,)]
    assert holder_of(tmp_path / "data", "ingest") is None


def test_signals_without_end_stop_it_as_cleanly_as_one() -> None:
    program = (
        "import os, signal, threading, time\n"
        "from datetime import timedelta\n"
        "from vigie.cli.every import repeat\n"
        "def signals():\n"
        "    while True:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "def work():\n"
        "    threading.Thread(target=signals, daemon=True).start()\n"
        "    time.sleep(600)\n"
        "repeat(work, timedelta(hours=1))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr, done.stdout.partition(";")[0]) == (0, "", "stopped")


def test_a_cycle_in_which_no_feed_is_due_leaves_no_run(feeds: Feeds, tmp_path: Path) -> None:
    scheduled = ingest_every(feeds, tmp_path)[:-1]
    with vigie(*scheduled) as process:
        assert process.stdout is not None
        assert "cycle 1: 1 polls (0 failed)" in process.stdout.readline()
        assert "cycle 2: no feed was due" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)
    assert ask(tmp_path / "data", "SELECT count(*) FROM runs") == [(1,)]


def test_a_second_process_is_told_who_is_there(feeds: Feeds, tmp_path: Path) -> None:
    arguments = ingest_every(feeds, tmp_path, every="1h")
    with vigie(*arguments) as first:
        assert first.stdout is not None
        assert "cycle 1" in first.stdout.readline()
        with vigie(*arguments) as second:
            said, complained = second.communicate(timeout=240)
    assert (second.returncode, said) == (1, "")
    assert f"(process {first.pid} on " in complained
    assert complained.count("\n") == 1


def test_a_folder_that_went_away_is_told_and_no_other_begun_in_its_place(feeds: Feeds, tmp_path: Path) -> None:
    with vigie(*ingest_every(feeds, tmp_path, every="4s")) as process:  # long enough for it to go between two cycles
        assert process.stdout is not None
        assert process.stderr is not None
        assert "cycle 1: 1 polls (0 failed), 3 new articles" in process.stdout.readline()
        (tmp_path / "data").rename(tmp_path / "unmounted")
        assert any("data: is no longer the folder that was locked at the start" in line for line in process.stderr)
        assert not (tmp_path / "data").exists()
        (tmp_path / "unmounted").rename(tmp_path / "data")
        feeds.step = 1
        assert any(", 1 new articles" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=240)
    assert ask(tmp_path / "data", "SELECT count(*) FROM articles") == [(4,)]


def test_a_time_that_is_none_is_wrong_use(feeds: Feeds, tmp_path: Path) -> None:
    with vigie(*ingest_every(feeds, tmp_path, every="soon")) as process:
        _, complained = process.communicate(timeout=240)
    assert process.returncode == 2
    assert "--every soon: is no length of time" in complained
    assert not (tmp_path / "data").exists()
