"""Cycles in which nothing was brought: written without a graph, and the same as with one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import item, rss, write_archive
from runs import Clock, ingest, rows

from vigie.pipelines import run

FIRST = [("outlet/all", 0, rss([item(1)]), 200), ("other/all", 0, rss([item(2)]), 200)]
NOTHING_NEW = [
    ("outlet/all", 1, rss([item(1)]), 200),
    ("outlet/town", 1, "", 304),
    ("outlet/all", 2, "<html>gone</html>", 503),
    ("outlet/all", 3, rss([item(1)]), 200),
    ("other/all", 3, "", 304),
]
WRITTEN = ("fetches", "failures", "raw", "articles", "sightings")


def stored(data: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(data, table, without=("run_id",)) for table in WRITTEN}


def test_a_cycle_that_brought_nothing_is_written_as_the_graph_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(tmp_path / "at-once", write_archive(tmp_path / "all", [*FIRST, *NOTHING_NEW]))
    ingest(tmp_path / "in-two", write_archive(tmp_path / "first", FIRST))
    monkeypatch.setattr(run, "ChunkRunner", _NoGraph)
    later = Clock(datetime(2026, 1, 2, tzinfo=UTC))
    summary = ingest(tmp_path / "in-two", write_archive(tmp_path / "second", NOTHING_NEW), clock=later)
    assert stored(tmp_path / "in-two") == stored(tmp_path / "at-once")
    assert (summary.counters["polls"], summary.counters["succeeded"], summary.counters["failures"]) == (5, 4, 1)


class _NoGraph(run.ChunkRunner):
    """A runner that must not be asked to run anything."""

    def run(self, chunk: object, reader: object, config: object) -> None:
        raise AssertionError(chunk)


def test_a_source_that_brought_something_goes_through_the_graph_whole(tmp_path: Path) -> None:
    later = [*NOTHING_NEW, ("outlet/all", 4, rss([item(3), item(1)]), 200), ("outlet/all", 5, rss([item(3), item(1)]), 200)]
    ingest(tmp_path / "at-once", write_archive(tmp_path / "all", [*FIRST, *later]))
    ingest(tmp_path / "in-two", write_archive(tmp_path / "first", FIRST))
    ingest(tmp_path / "in-two", write_archive(tmp_path / "second", later))
    assert stored(tmp_path / "in-two") == stored(tmp_path / "at-once")
