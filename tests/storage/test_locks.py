"""Locks: one process a kind of work, told who is there; what died or was copied holds nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.errors import UsageError, WorkError
from vigie.storage.locks import hold, holder_of

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 1, 1, 14, 30, tzinfo=UTC)


@contextmanager
def another_process(data: Path, role: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock until its input ends."""
    code = (
        "import sys; from pathlib import Path; from vigie.storage.locks import hold\n"
        "with hold(Path(sys.argv[1]), sys.argv[2], command='vigie ingest --every 15m'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(data), role]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_of_a_kind_is_told_who_holds_the_folder_since_when_and_what_to_do(tmp_path: Path) -> None:
    with (
        hold(tmp_path, "ingest", clock=lambda: NOON, command="vigie ingest --every 15m"),
        pytest.raises(WorkError) as told,
        hold(tmp_path, "stream", clock=lambda: LATER),
    ):
        pass
    line = str(told.value)
    assert f"`vigie ingest --every 15m` (process {os.getpid()} on " in line
    assert "since 2026-01-01 12:00:00 UTC, for 2 hours" in line
    assert f"`kill {os.getpid()}`" in line


@pytest.mark.parametrize(
    ("first", "second"), [("ingest", "ingest"), ("ingest", "replay"), ("stream", "ingest"), ("compact", "rematch")]
)
def test_two_of_a_kind_do_not_run_together_in_two_processes(tmp_path: Path, first: str, second: str) -> None:
    with another_process(tmp_path, first), pytest.raises(WorkError, match="is in use"), hold(tmp_path, second):
        pass


@pytest.mark.parametrize(("first", "second"), [("ingest", "compact"), ("stream", "rematch")])
def test_one_that_adds_and_one_that_works_over_the_stored_run_together(tmp_path: Path, first: str, second: str) -> None:
    with another_process(tmp_path, first), hold(tmp_path, second):
        assert (tmp_path / ".locks").is_dir()


def test_a_lock_ends_with_its_block_also_when_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path, "ingest"):
        raise ZeroDivisionError
    assert holder_of(tmp_path, "ingest") is None
    with hold(tmp_path, "ingest"):
        assert holder_of(tmp_path, "ingest") is not None


def test_a_process_that_was_killed_holds_nothing_and_its_half_written_files_go(tmp_path: Path) -> None:
    with another_process(tmp_path, "ingest") as process:
        half = tmp_path / ".tmp" / f"{process.pid}-articles-date=2026-01-01-x.parquet"
        others = tmp_path / ".tmp" / "1-articles-date=2026-01-01-x.parquet"
        half.parent.mkdir()
        half.write_bytes(b"PAR1")
        others.write_bytes(b"PAR1")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with hold(tmp_path, "ingest"):
        assert not half.exists()
        assert others.exists()


def test_what_a_process_gave_up_writing_goes_when_it_lets_go(tmp_path: Path) -> None:
    half = tmp_path / ".tmp" / f"{os.getpid()}-{os.getpid()}-raw-date=2026-01-01-x.parquet"
    with hold(tmp_path, "ingest") as lock:
        half.parent.mkdir()
        half.write_bytes(b"PAR1")
        lock.let_go()
        assert not half.exists()


@pytest.mark.parametrize("now", ["nothing", "another folder", "the old one, restored", "a folder in use again"])
def test_a_folder_that_is_no_longer_the_one_that_was_locked_is_told(tmp_path: Path, now: str) -> None:
    data = tmp_path / "data"
    with hold(data, "ingest") as lock:
        lock.check()
        data.rename(tmp_path / "old")
        if now == "another folder":
            data.mkdir()
        elif now == "the old one, restored":
            shutil.copytree(tmp_path / "old", data)
        elif now == "a folder in use again":
            with hold(data, "ingest"):
                pass
        with pytest.raises(WorkError, match=r"data: is no longer the folder that was locked at the start"):
            lock.check()
        shutil.rmtree(data, ignore_errors=True)
        (tmp_path / "old").rename(data)
        lock.check()


def test_a_folder_copied_while_it_was_in_use_is_free(tmp_path: Path) -> None:
    with hold(tmp_path / "data", "ingest"):
        _move_elsewhere(tmp_path / "data")
        shutil.copytree(tmp_path / "data", tmp_path / "copy")
        with hold(tmp_path / "copy", "ingest"):
            pass


def _move_elsewhere(data: Path) -> Path:
    """Make a lock file say that a process of another machine holds it."""
    path = data / ".locks" / "ingest.lock"
    details = json.loads(path.read_text())
    path.write_text(json.dumps({**details, "host": "elsewhere", "boot": "another"}))
    return path


def _left_by_another_machine(data: Path) -> Path:
    """A lock file as a process of another machine leaves it where the mount's locks do not reach this one."""
    with hold(data, "ingest", clock=lambda: NOON):
        path = _move_elsewhere(data)
        content = path.read_text()
    path.write_text(content)
    return path


def test_a_holder_on_another_machine_is_believed_while_it_shows_signs_of_life(tmp_path: Path) -> None:
    path = _left_by_another_machine(tmp_path)
    for _ in range(2):
        with pytest.raises(WorkError, match=r"in use on another machine: .* on elsewhere"), hold(tmp_path, "ingest"):
            pass
    seconds = path.stat().st_mtime - 301
    os.utime(path, (seconds, seconds))
    with hold(tmp_path, "ingest"):
        holder = holder_of(tmp_path, "ingest")
    assert holder is not None
    assert holder.pid == os.getpid()


def test_a_lock_file_that_is_no_record_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / ".locks").mkdir()
    (tmp_path / ".locks" / "ingest.lock").write_bytes(b'{"pid": 1')
    with hold(tmp_path, "ingest"):
        pass


def test_a_folder_that_cannot_be_made_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file: cannot be written to"), hold(tmp_path / "file", "ingest"):
        pass
