"""Kills on a Flink cluster of separate processes: whatever is killed, the figures are those of an undisturbed stream."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from runs import ask, rows
from stream.news_site import Site

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))
from flink_cluster import JOBS, TASK_MANAGERS, Cluster, wait_for

__all__ = ["flink_kills"]

_FEEDS, _ENTRIES, _EARLY = 6, 40, 3

#: What was tried, kills, rows lost, rows double, seconds.
Row = tuple[str, int, int, int, float]


@dataclass(slots=True)
class _Stream:
    """One stream on the cluster, and the site that it polls."""

    cluster: Cluster
    site: Site
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def submit(self, *options: str) -> str:
        """Send the job, by the command that a user gives, and leave it to the cluster."""
        sources = self.folder / "sources.yaml"
        sources.write_text(self.site.registry())
        before = set(self.jobs())
        where = ("--runner=FlinkRunner", f"--job_endpoint=localhost:{JOBS}", "--parallelism=2")
        paces = ("--poll_interval=2s", "--flush_every=3s", "--host_interval=0", "--allow_private_hosts")
        checkpoints = ("--checkpointing_interval=3000", "--externalized_checkpoints_enabled")
        command = [sys.executable, "-m", "vigie", "stream", f"--data={self.data}", f"--sources={sources}"]
        with (self.folder / "client.log").open("ab") as log:
            client = subprocess.Popen([*command, *where, *paces, *checkpoints, *options], stdout=log, stderr=log)
        try:
            wait_for(lambda: bool(self._running() - before) or client.poll() is not None, 240, "the job to run")
            [job] = self._running() - before
        finally:
            client.kill()  # A job on a cluster goes on without the program that sent it.
            client.wait()
        return job

    def jobs(self) -> dict[str, str]:
        """Each job's state."""
        told: list[dict[str, str]] = self.cluster.ask("/jobs")["jobs"]  # type: ignore[assignment]
        return {job["id"]: job["status"] for job in told}

    def _running(self) -> set[str]:
        return {job for job, status in self.jobs().items() if status == "RUNNING"}

    def cancel(self, job: str) -> None:
        self.cluster.ask(f"/jobs/{job}?mode=cancel", method="PATCH")
        wait_for(lambda: self.jobs()[job] == "CANCELED", 60, "the end of the job")

    def checkpoint(self, job: str) -> str:
        """Where the last whole checkpoint of a job lies."""
        latest = self.cluster.ask(f"/jobs/{job}/checkpoints")["latest"]["completed"]  # type: ignore[index]
        return str(latest["external_path"])

    def wait_for_polls(self, more: int) -> None:
        """Until the ledger has grown by so many rows."""
        goal = len(rows(self.data, "fetches")) + more
        wait_for(lambda: len(rows(self.data, "fetches")) >= goal, 240, f"{goal} rows of the ledger")

    def wait_for_all(self) -> None:
        """Until every entry is on disk, or has had ample time to be."""
        wait_for(lambda: self.site.visible() == _ENTRIES, 600, "the last entry")
        try:
            wait_for(lambda: self.figures()[0] >= _FEEDS * _ENTRIES, 90, "all entries on disk")
        except TimeoutError:
            """Then some are lost, as the figures say."""
        self.wait_for_polls(2 * _FEEDS)

    def figures(self) -> tuple[int, int, int]:
        """Articles, revisions and articles with a match, as the views count them."""
        if not rows(self.data, "articles", "title"):
            return 0, 0, 0
        [(articles, revisions, matched)] = ask(
            self.data,
            "SELECT (SELECT count(DISTINCT title) FROM articles), (SELECT count(*) FROM article_revisions),"
            " (SELECT count(DISTINCT title) FROM articles JOIN matches USING (article_id))",
        )
        return articles, revisions, matched


@contextmanager
def _stream(cluster: Cluster, every: float = 1.5) -> Iterator[_Stream]:
    folder = Path(tempfile.mkdtemp(prefix="vigie-flink-"))
    with Site(feeds=_FEEDS, entries=_ENTRIES, early=_EARLY, every=timedelta(seconds=every)) as site:
        yield _Stream(cluster, site, folder)
    shutil.rmtree(folder)


def _five_task_managers(stream: _Stream) -> int:
    job = stream.submit()
    for kill in range(5):
        stream.wait_for_polls(_FEEDS)
        victim = TASK_MANAGERS[kill % 2]
        stream.cluster.kill(victim)
        stream.cluster.start(victim)
    stream.wait_for_all()
    stream.cancel(job)
    return 5


def _worker_pool(stream: _Stream) -> int:
    job = stream.submit()
    stream.wait_for_polls(_FEEDS)
    stream.cluster.kill("worker-pool")
    stream.cluster.start("worker-pool")
    stream.wait_for_all()
    stream.cancel(job)
    return 1


def _job_manager(stream: _Stream) -> int:
    job = stream.submit()
    stream.wait_for_polls(3 * _FEEDS)
    wait_for(lambda: bool(stream.checkpoint(job)), 60, "a checkpoint")
    checkpoint = stream.checkpoint(job)
    stream.cluster.kill("job-manager")
    stream.cluster.start("job-manager")
    stream.cluster.wait_until_ready()
    again = stream.submit(f"--savepoint_path={checkpoint}")
    stream.wait_for_all()
    stream.cancel(again)
    return 1


def _from_nothing(stream: _Stream) -> int:
    job = stream.submit()
    stream.wait_for_polls(_FEEDS)
    stream.cancel(job)
    again = stream.submit()
    stream.wait_for_all()
    stream.cancel(again)
    return 1


def _stop_with_savepoint(stream: _Stream) -> int:
    job = stream.submit()
    stream.wait_for_polls(2 * _FEEDS)
    trigger = stream.cluster.ask(f"/jobs/{job}/stop", method="POST")["request-id"]

    def done() -> bool:
        return stream.cluster.ask(f"/jobs/{job}/savepoints/{trigger}")["status"]["id"] == "COMPLETED"  # type: ignore[index]

    wait_for(done, 120, "the savepoint")
    place = stream.cluster.ask(f"/jobs/{job}/savepoints/{trigger}")["operation"]["location"]  # type: ignore[index]
    again = stream.submit(f"--savepoint_path={place}")
    stream.wait_for_all()
    stream.cancel(again)
    return 1


_TRIALS: dict[str, Callable[[_Stream], int]] = {
    "Flink: kill -9 of a task manager, five times": _five_task_managers,
    "Flink: kill -9 of the Python worker pool": _worker_pool,
    "Flink: kill -9 of the job manager, again from the last checkpoint": _job_manager,
    "Flink: cancelled, again from nothing": _from_nothing,
    "Flink: stopped with a savepoint, again from it": _stop_with_savepoint,
}


def flink_kills(only: str = "") -> list[Row]:
    """Run the trials on a cluster that is started for them, and ended.

    Args:
        only: A part of the names of those to run; empty: all.
    """
    cluster = Cluster()
    cluster.up()
    found: list[Row] = []
    try:
        for what, trial in _TRIALS.items():
            if only not in what:
                continue
            began = time.monotonic()
            with _stream(cluster) as stream:
                tries = trial(stream)
                articles, revisions, matched = stream.figures()
            whole = _FEEDS * _ENTRIES
            lost = max(whole - articles, whole - matched)
            found.append((what, tries, lost, revisions - articles, time.monotonic() - began))
            sys.stderr.write(f"{found[-1]}\n")
    finally:
        cluster.down()
    return found


if __name__ == "__main__":
    flink_kills(*sys.argv[1:2])
