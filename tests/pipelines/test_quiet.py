"""Cycles in which no article was brought: written without a graph, and the same as with one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import item, rss, write_archive
from runs import Clock, ingest, rows

from vigie.packed import PackedPolls
from vigie.pipelines import chunks
from vigie.polls import Poll
from vigie.quiet import Cursors, take_quiet
from vigie.schemas import TABLES
from vigie.taking import Taker

ArchivedPoll = tuple[str, float, str | bytes | None, int]

FIRST: list[ArchivedPoll] = [("outlet/all", 0, rss([item(1)]), 200), ("other/all", 0, rss([item(2)]), 200)]
NOTHING_NEW: list[ArchivedPoll] = [
    ("outlet/all", 1, rss([item(1)]), 200),
    ("outlet/town", 1, "", 304),
    ("outlet/all", 2, "<html>gone</html>", 503),
    ("outlet/all", 3, rss([item(1)]), 200),
    ("other/all", 3, "", 304),
]
KNOWN_ONLY: list[ArchivedPoll] = [
    ("outlet/all", 4, rss([item(1)]) + "<!-- 4 o'clock -->", 200),
    ("outlet/all", 5, rss([item(1)], title="An outlet, after five"), 200),
    ("other/all", 5, "<html>The feed has moved</html>", 200),
]
WRITTEN = ("raw", "failures", "mentions", "matches", "sightings", "articles", "fetches")
_OF_THE_RUN = ("run_id", "matched_at")


def stored(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    without = {table: tuple(name for name in _OF_THE_RUN if name in TABLES[table].schema.names) for table in WRITTEN}
    return {table: rows(data, table, without=without[table]) for table in WRITTEN}


def later() -> Clock:
    return Clock(datetime(2026, 1, 2, tzinfo=UTC))


def leave_all(elements: Sequence[PackedPolls], taker: Taker) -> tuple[list[Poll], list[PackedPolls], Cursors | None]:
    return [], list(elements), None


@pytest.mark.parametrize("polls", [NOTHING_NEW, [*NOTHING_NEW, *KNOWN_ONLY]])
def test_a_cycle_that_brought_no_article_is_written_without_a_graph_as_the_graph_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, polls: list[ArchivedPoll]
) -> None:
    for way in ("graph", "quiet"):
        ingest(tmp_path / way, write_archive(tmp_path / f"first-{way}", FIRST))
    second = write_archive(tmp_path / "second", polls)
    with monkeypatch.context() as patched:
        patched.setattr(chunks, "take_quiet", leave_all)
        by_graph = ingest(tmp_path / "graph", second, clock=later())
    monkeypatch.setattr(chunks, "compose", _no_graph)
    summary = ingest(tmp_path / "quiet", second, clock=later())
    assert stored(tmp_path / "quiet") == stored(tmp_path / "graph")
    assert summary.counters == by_graph.counters
    assert summary.counters["polls"] == len(polls)


def test_an_earlier_poll_that_comes_late_is_taken_beside_a_feed_that_repeats_itself(tmp_path: Path) -> None:
    first: list[ArchivedPoll] = [("outlet/all", 0, rss([item(1)]), 200), ("outlet/town", 4, rss([item(1)], title="Town"), 200)]
    late: list[ArchivedPoll] = [
        ("outlet/all", 3, rss([item(1)]) + "<!-- 3 o'clock -->", 200),
        ("outlet/town", 1, rss([item(1)], title="Town"), 200),
    ]
    ingest(tmp_path / "at-once", write_archive(tmp_path / "all", [*first, *late]))
    ingest(tmp_path / "in-two", write_archive(tmp_path / "first", first))
    summary = ingest(tmp_path / "in-two", write_archive(tmp_path / "second", late), clock=later())
    assert summary.counters["polls"] == 2
    assert [row[0] for row in rows(tmp_path / "in-two", "articles")] == [
        row[0] for row in rows(tmp_path / "at-once", "articles")
    ]


def _no_graph(*arguments: object) -> None:
    raise AssertionError(arguments)


def test_a_source_that_brought_an_article_goes_through_the_graph_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = [*NOTHING_NEW, ("outlet/all", 4, rss([item(3), item(1)]), 200), ("outlet/all", 5, rss([item(3), item(1)]), 200)]
    ingest(tmp_path / "at-once", write_archive(tmp_path / "all", [*FIRST, *second]))
    ingest(tmp_path / "in-two", write_archive(tmp_path / "first", FIRST))
    left: list[str] = []

    def watched(elements: Sequence[PackedPolls], taker: Taker) -> tuple[list[Poll], list[PackedPolls], Cursors | None]:
        quiet, rest, cursors = take_quiet(elements, taker)
        left.extend(packed.source_id for packed in rest)
        return quiet, rest, cursors

    monkeypatch.setattr(chunks, "take_quiet", watched)
    ingest(tmp_path / "in-two", write_archive(tmp_path / "second", second))
    assert stored(tmp_path / "in-two") == stored(tmp_path / "at-once")
    assert left == ["outlet"]


def _life(chance: random.Random, cycles: int) -> Iterator[list[ArchivedPoll]]:
    """Cycles of six feeds of three sources: sections that share items, edits, links and guids given twice, failures."""
    feeds = {f"outlet-{number}/{section}": [1, 2, 3] for number in range(3) for section in ("all", "town")}
    titles: dict[tuple[str, int], str] = {}
    highest = 10
    for cycle in range(cycles):
        polls: list[ArchivedPoll] = []
        for place, (feed, shown) in enumerate(feeds.items()):
            busy = cycle % 2 == 1  # Every other cycle brings nothing but known entries and failures.
            quiet = ("known", "known", "304", "html", "503") if cycle else ("known",)
            event = chance.choice(("new", "edit", "drop", "twin", "304") if busy else quiet)
            if event == "new":
                highest += 1
                shown.insert(0, highest)
            elif event == "edit":
                titles[feed, shown[0]] = f"Edited in cycle {cycle}"
            elif event == "drop":
                del shown[2:]
            items = [item(number, title=titles.get((feed, number), "")) for number in shown]
            if event == "twin":
                items.append({**items[0], "title": f"Another under one link, {cycle}"})
            body = rss(items, title=f"Cycle {cycle}")
            bodies: dict[str, ArchivedPoll] = {
                "304": (feed, cycle + place / 100, "", 304),
                "503": (feed, cycle + place / 100, "<html>gone</html>", 503),
                "html": (feed, cycle + place / 100, f"<html>not here, {cycle}</html>", 200),
            }
            polls.append(bodies.get(event, (feed, cycle + place / 100, body, 200)))
        yield polls


def test_a_life_of_edits_twins_and_failures_is_written_as_the_graph_alone_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def watched(elements: Sequence[PackedPolls], taker: Taker) -> tuple[list[Poll], list[PackedPolls], Cursors | None]:
        quiet, rest, cursors = take_quiet(elements, taker)
        read.extend(1 if poll.raw is not None else 0 for poll in quiet)
        return quiet, rest, cursors

    for cycle, polls in enumerate(_life(random.Random(7), 5)):
        folder = write_archive(tmp_path / f"cycle-{cycle}", polls)
        for way, taking in (("graph", leave_all), ("quiet", watched)):
            monkeypatch.setattr(chunks, "take_quiet", taking)
            ingest(tmp_path / way, folder, clock=Clock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=cycle)))
    assert stored(tmp_path / "quiet") == stored(tmp_path / "graph")
    assert sum(read) >= 3  # Changed bodies were written without a graph.
    assert {row[0] for row in rows(tmp_path / "quiet", "fetches", "revised > 0")} == {False, True}
