"""Chunks that are dealt to workers beside this process: same figures, and no worker outlives who started it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from builders import item, rss
from runs import make_job, rows

from vigie.archive import plan_archive
from vigie.errors import WorkError
from vigie.packed import hold, pack
from vigie.pipelines.chunks import Dealer
from vigie.pipelines.ingest import ingest_archive
from vigie.schemas import TABLES
from vigie.state import SourceState
from vigie.worker_process import Crew, Worker

_RUN = ("run_id", "matched_at", "at", "file")


def _archive(folder: Path) -> Path:
    folder.mkdir()
    for number in range(12):
        items = [item(10 * number + place, title=f"Macron at summit {number}, day {place}") for place in range(4)]
        (folder / f"outlet-{number}.xml").write_text(rss(items), encoding="utf-8")
    return folder


def test_two_workers_write_what_one_writes(tmp_path: Path) -> None:
    planned = plan_archive([str(_archive(tmp_path / "feeds"))])
    for workers in (1, 2):
        ingest_archive(make_job(tmp_path / f"by-{workers}", workers=workers), planned)
    for table in ("articles", "sightings", "mentions", "matches", "raw", "fetches"):
        without = tuple(name for name in _RUN if name in TABLES[table].schema.names)
        one, two = (rows(tmp_path / f"by-{workers}", table, without=without) for workers in (1, 2))
        assert one == two, table
    files = {path.name.split("-")[-1] for path in (tmp_path / "by-2").glob("articles/*/*.parquet")}
    assert len(files) == 2  # each wrote its own


def test_held_polls_are_read_by_whoever_has_their_place_and_given_up_after_their_run(tmp_path: Path) -> None:
    packed = pack(plan_archive([str(_archive(tmp_path / "feeds"))]))
    with hold(packed) as held:
        passed_on = pickle.loads(pickle.dumps(held))
        assert [each.polls() for each in passed_on] == [each.polls() for each in packed]
        assert len(pickle.dumps(held)) < len(pickle.dumps(packed))
    with pytest.raises(KeyError):
        passed_on[0].polls()


def test_what_is_known_of_a_held_source_is_taken_once_so_that_a_retry_reads_what_is_committed(tmp_path: Path) -> None:
    packed = pack(plan_archive([str(_archive(tmp_path / "feeds"))]))
    known = SourceState.empty(packed[0].source_id)
    with hold(packed, {known.articles.source_id: known}) as held:
        first, second = pickle.loads(pickle.dumps(held))[:2]
        assert first.take_state() is known
        assert first.take_state() is None
        assert second.take_state() is None


def test_a_source_stays_with_its_worker_and_all_get_their_share() -> None:
    dealer = Dealer([0.5, 1.0])
    work = [(f"outlet-{number % 30}", 10) for number in range(300)]
    given: dict[int, int] = {}
    owners: dict[str, set[int]] = {}
    for start in range(0, 300, 60):
        for worker, items in dealer.deal(work[start : start + 60], lambda each: each[0], lambda each: each[1]):
            given[worker] = given.get(worker, 0) + len(items)
            for source, _ in items:
                owners.setdefault(source, set()).add(worker)
    assert all(len(workers) == 1 for workers in owners.values())
    assert given == {0: 100, 1: 200}


def test_an_error_that_a_worker_meets_is_the_commands(tmp_path: Path) -> None:
    worker = Worker()
    try:
        problem = worker.submit(_fail).exception()
    finally:
        worker.close()
    assert isinstance(problem, WorkError)
    assert str(problem) == "the disk is full"


def test_a_worker_that_was_killed_is_replaced_when_there_is_work_again() -> None:
    worker = Worker()
    try:
        with pytest.raises(BrokenProcessPool):
            worker.submit(os.kill, worker.submit(os.getpid).result(), signal.SIGKILL).result()
        assert worker.submit(max, 1, 2).result() == 2
    finally:
        worker.close()


def test_a_crew_that_is_there_already_writes_what_one_process_writes_in_each_run(tmp_path: Path) -> None:
    folder = _archive(tmp_path / "feeds")
    planned = plan_archive([str(folder)])
    with Crew(1) as crew:
        for name in ("by-crew", "again-by-crew"):
            ingest_archive(make_job(tmp_path / name, workers=2, crew=crew), planned)
    ingest_archive(make_job(tmp_path / "by-one"), planned)
    for table in ("articles", "sightings", "mentions", "matches", "raw", "fetches"):
        without = tuple(name for name in _RUN if name in TABLES[table].schema.names)
        expected = rows(tmp_path / "by-one", table, without=without)
        assert rows(tmp_path / "by-crew", table, without=without) == expected, table
        assert rows(tmp_path / "again-by-crew", table, without=without) == expected, table


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
def test_two_workers_of_the_command_write_what_one_process_writes(tmp_path: Path) -> None:
    folder = _archive(tmp_path / "feeds")
    ingest = [sys.executable, "-m", "vigie", "ingest", "--from", str(folder), "--workers", "2", "--data"]
    done = subprocess.run([*ingest, str(tmp_path / "by-two")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ingest_archive(make_job(tmp_path / "by-one"), plan_archive([str(folder)]))
    for table in ("articles", "matches", "raw"):
        without = tuple(name for name in _RUN if name in TABLES[table].schema.names)
        expected = rows(tmp_path / "by-one", table, without=without)
        assert rows(tmp_path / "by-two", table, without=without) == expected, table
    assert len(list((tmp_path / "by-two").glob("articles/*/*.parquet"))) == 2  # each process wrote its own


def test_the_largest_source_does_not_come_last_to_a_worker_that_has_its_share() -> None:
    work = [("small-1", 3), ("small-2", 3), ("large", 6), ("small-3", 2), ("small-4", 2)]
    dealt = {worker: items for worker, items in Dealer([1.0, 1.0]).deal(work, lambda each: each[0], lambda each: each[1])}
    assert sorted(sum(size for _, size in items) for items in dealt.values()) == [8, 8]


def _fail() -> None:
    raise WorkError("the disk is full")


@pytest.mark.parametrize("workers", ["[Worker()]", "Crew(2).workers"])
def test_workers_end_when_the_process_that_started_them_is_killed(workers: str) -> None:
    program = (
        "import os, time\n"
        "from vigie.worker_process import Crew, Worker\n"
        "if __name__ == '__main__':\n"
        f"    workers = {workers}\n"
        "    print(*[worker.submit(os.getpid).result() for worker in workers], flush=True)\n"
        "    for worker in workers:\n"
        "        worker.submit(time.sleep, 600)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pids = [int(pid) for pid in process.stdout.readline().split()]
        os.kill(process.pid, signal.SIGKILL)
    assert pids
    assert all(map(_ends, pids))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
def test_a_crew_has_loaded_what_the_process_that_started_it_had() -> None:
    program = (
        "import sys\n"
        "from vigie.worker_process import Crew\n"
        "from vigie.pipelines import ingest\n"
        "def loaded():\n"
        "    return 'vigie.pipelines.ingest' in sys.modules\n"
        "with Crew(2) as crew:\n"
        "    print(*(worker.submit(loaded).result() for worker in crew.workers))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("True True\n", 0), done.stderr


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False
