"""`vigie stream` on Prism, against a news site on loopback: what is fetched is on disk, once, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import need
from runs import ask, rows
from stream.news_site import Site

from vigie.pipelines.runner_options import prism_binary
from vigie.storage import Dataset


@pytest.fixture(autouse=True)
def prism() -> None:
    need("prism", prism_binary() is not None, "no program prism on PATH and no variable VIGIE_PRISM; see docs/deploy.md")


def command(data: Path, sources: Path, *options: str) -> list[str]:
    paces = ("--poll_interval=1s", "--flush_every=2s", "--host_interval=0", "--allow_private_hosts")
    where = ("--runner=PrismRunner", f"--data={data}", f"--sources={sources}")
    return [sys.executable, "-m", "vigie", "stream", *where, *paces, *options]


def stream(data: Path, sources: Path, *options: str) -> str:
    done = subprocess.run(command(data, sources, *options), capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def wait_for_rows(data: Path, table: str, number: int, process: subprocess.Popen[bytes]) -> None:
    """Until a running stream has written so many rows of a table."""
    deadline = time.monotonic() + 240
    while len(rows(data, table)) < number:
        assert process.poll() is None, "the stream ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.2)


def titles(site: Site) -> list[tuple[str]]:
    return sorted(
        (f"Macron meets Putin, says source {feed}, part {n}",) for feed in range(site.feeds) for n in range(site.entries)
    )


def test_a_stream_writes_every_entry_once_with_its_matches_and_every_poll(tmp_path: Path) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources.yaml"
    with Site() as site:
        sources.write_text(site.registry())
        with (tmp_path / "said").open("wb") as said:
            process = subprocess.Popen(command(data, sources), stdout=said, stderr=said)
        try:
            wait_for_rows(data, "articles", site.feeds * site.entries, process)  # files come while it runs
            process.send_signal(signal.SIGTERM)
            assert process.wait(240) == 0
        finally:
            process.kill()
        assert rows(data, "articles", "title") == titles(site)
        assert ask(data, "SELECT DISTINCT title FROM matches JOIN articles USING (article_id) ORDER BY ALL") == titles(site)
        assert Counter(rows(data, "fetches", "status")) == Counter(
            {(status,): sum(n for (_, s), n in site.answered.items() if s == status) for status in (200, 304)}
        )
    told = (tmp_path / "said").read_text()
    assert "on PrismRunner" in told
    assert "Traceback" not in told


def test_a_stream_that_is_stopped_writes_what_it_fetched_and_the_next_goes_on_from_there(tmp_path: Path) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources.yaml"
    with Site(every=timedelta(seconds=2)) as site:
        sources.write_text(site.registry())
        process = subprocess.Popen(command(data, sources, "--flush_every=1h"), stderr=subprocess.PIPE)
        while sum(map(len, site.asked.values())) < 6:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=240)
        assert process.returncode == 0, said
        assert len(rows(data, "fetches")) == sum(site.answered.values())
        unconditional = {feed: site.answered[feed, 200] for feed in range(site.feeds)}
        stream(data, sources, "--stop_after=6s")
        stream(data, sources, "--stop_after=12")
        assert ask(data, "SELECT title FROM articles ORDER BY ALL") == titles(site)
        assert rows(data, "articles", "title") == titles(site)
        assert len(rows(data, "fetches")) == sum(site.answered.values())
        assert all(unconditional.values())


def test_a_stream_that_is_stopped_while_it_starts_asks_nobody_and_ends(tmp_path: Path) -> None:
    with Site() as site:
        (tmp_path / "sources.yaml").write_text(site.registry())
        _, _, _, *arguments = command(tmp_path / "data", tmp_path / "sources.yaml")
        program = (
            "import os, signal\n"
            "from vigie.__main__ import main\n"
            "from vigie.pipelines import stream\n"
            "write_versions = stream.write_versions\n"
            "def stopped(*what):\n"
            "    os.kill(os.getpid(), signal.SIGTERM)\n"
            "    write_versions(*what)\n"
            "stream.write_versions = stopped\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=400, check=False
        )
    assert done.returncode == 0, done.stderr
    assert "stopping when what was fetched is written" in done.stderr
    assert site.asked == {}


def test_a_killed_stream_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources.yaml"
    with Site(every=timedelta(seconds=2)) as site:
        sources.write_text(site.registry())
        process = subprocess.Popen(command(data, sources), start_new_session=True)
        wait_for_rows(data, "fetches", site.feeds, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stream(data, sources, "--stop_after=14")
        assert ask(data, "SELECT title FROM articles ORDER BY ALL") == titles(site)
        assert ask(data, "SELECT count(*) FROM article_revisions") == [(len(titles(site)),)]
        assert ask(data, "SELECT DISTINCT title FROM matches JOIN articles USING (article_id) ORDER BY ALL") == titles(site)


def test_a_change_of_sources_is_taken_at_the_next_start(tmp_path: Path) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources.yaml"
    with Site(feeds=2, entries=3) as site:
        first, _, second = site.registry().partition("  - id: outlet-1")
        sources.write_text(first)
        stream(data, sources, "--stop_after=1")
        assert set(site.asked) == {0}
        sources.write_text(f"sources:\n  - id: outlet-1{second}")
        stream(data, sources, "--stop_after=1")
        assert {feed: len(times) for feed, times in site.asked.items()} == {0: 1, 1: 1}


def test_a_stream_into_a_bucket_goes_on_from_what_is_there(tmp_path: Path, bucket: str) -> None:
    data, sources = Path(f"s3://{bucket}/monitor"), tmp_path / "sources.yaml"
    with Site() as site:
        sources.write_text(site.registry())
        stream(data, sources, "--stop_after=3")
        assert {len(times) for times in site.asked.values()} == {3}
        stream(data, sources, f"--stop_after={site.entries}")
        copy = Dataset(data).pull()
        assert rows(copy, "articles", "title") == titles(site)
        assert len(rows(copy, "fetches")) == sum(site.answered.values())
        assert sum(n for (_, status), n in site.answered.items() if status == 304), "validators came from the bucket"
