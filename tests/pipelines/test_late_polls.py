"""Polls that are read after newer ones: no figure depends on the order in which a feed's polls were read in."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import item, rss, write_archive
from runs import Clock, ask, ingest, make_job, replay_into

from vigie.archive import plan_archive
from vigie.pipelines.compact import compact
from vigie.pipelines.ingest import new_polls
from vigie.queries import open_dataset
from vigie.registry import Registry
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset, load_cursors
from vigie.storage.commits import commit_polls
from vigie.storage.known import states_at_cursors
from vigie.taking import Taker
from vigie.transforms.parse_feeds import ParseFeeds

#: Hours between the polls of a story, and how many entries its feeds show.
_STEP, _WINDOW = 12.0, 6
_POLLS = 24
Archived = tuple[str, float, str | bytes | None, int]


@functools.cache
def story() -> list[Archived]:
    """Twelve days of two feeds of one outlet, each with texts of its own: edits to and fro, a standstill, failures and gaps."""
    polls: list[Archived] = []
    for number in range(_POLLS):
        hours = 100 + number * _STEP
        shown = min(hours, 160) if hours < 240 else hours  # nothing new came for three days
        newest = int(shown // 4)
        entries = []
        for entry in range(newest, newest - _WINDOW, -1):
            told = item(
                entry, hours=entry * 4.0, title=f"Number {entry}, corrected" if entry % 5 == 0 and number % 3 == 1 else ""
            )
            entries.append({**told, "pubDate": ""} if entry % 7 == 3 else told)
        gone = number in (5, 17)
        polls.append(("outlet/all", hours, None if gone else rss(entries), 503 if gone else 200))
        if number % 2 and number > 6:
            teasers = [{**entry, "description": "In town."} for entry in entries[:3]]
            polls.append(("outlet/town", hours + number % 3 - 1, rss(teasers), 200))
    return sorted(polls, key=lambda poll: (poll[1], poll[0]))


_KNOWN = {
    "intervals": "FROM coverage ORDER BY ALL",
    "spans": "FROM coverage_spans ORDER BY ALL",
    "days": "FROM source_days('Europe/Paris') ORDER BY ALL",
    "feeds": "FROM feed_times ORDER BY ALL",
    "articles": "SELECT url, first_published_at, first_fetched_at, backlog FROM articles ORDER BY ALL",
    "revisions": "SELECT url, revision, title, fetched_at FROM article_revisions ORDER BY ALL",
    "sightings": "SELECT article_id, feed_id, first_seen FROM sightings ORDER BY ALL",
    "counts by quarter": "SELECT backlog, sum(articles) FROM tail.output_quarters GROUP BY ALL ORDER BY ALL",
    "counts by day": "SELECT backlog, day, sum(articles) AS n FROM tail.output_days GROUP BY ALL HAVING n <> 0 ORDER BY ALL",
}


def known(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What is known of intervals and days, and which articles count as backlog."""
    with open_dataset(data) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in _KNOWN.items()}


def read_in(folder: Path, *parts: list[Archived], compacting: bool = False) -> Path:
    """A dataset that read these polls part by part; their languages and topics are left out, and with them the graph."""
    dataset, clock = Dataset(folder / "data"), Clock(datetime(2026, 1, 1, tzinfo=UTC))
    registry = Registry(())
    for number, part in enumerate(parts):
        run_id = f"run-{number}"
        taker = Taker(dataset, registry, ParseFeeds(registry), run_id)
        planned = plan_archive([str(write_archive(folder / f"part-{number}", part))])
        state = states_at_cursors(dataset, ["outlet"])["outlet"]
        polls = list(taker.take(list(taker.read(state, planned))))
        commit_polls(dataset, polls, COMMIT_ORDER, run_id=run_id, topics_version="", clock=clock)
        clock.now += timedelta(days=1)
        if compacting:
            compact(dataset, clock=clock)
    return dataset.root


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What is known where the story was read at once."""
    return known(read_in(tmp_path_factory.mktemp("in-order"), story()))


def test_the_story_has_what_could_go_wrong(tmp_path: Path) -> None:
    data = read_in(tmp_path, story())
    told = known(data)
    assert {state for *_, state in told["days"]} == {"covered", "partial"}
    assert {state for *_, state in told["intervals"]} == {"covered", "partial"}
    assert {backlog for *_, backlog in told["articles"]} == {True, False}
    assert ask(data, "SELECT count(*) > 1 FROM fetches WHERE outcome = 'unchanged'") == [(True,)]
    assert ask(data, "SELECT count(*) > 2 FROM articles WHERE published_at IS NULL") == [(True,)]
    assert ask(data, "SELECT max(revision) > 2 FROM article_revisions") == [(True,)]


_ORDERS = {
    "the older half after the newer": lambda polls: [polls[18:], polls[:18]],
    "every second poll, then the others": lambda polls: [polls[::2], polls[1::2]],
    "every second poll, then all": lambda polls: [polls[::2], polls],
    "thirds from the last to the first": lambda polls: [polls[20:], polls[10:20], polls[:10]],
    "woven": lambda polls: [polls[1::3], polls[2::3], polls[0::3]],
    "a feed after the other": lambda polls: [[p for p in polls if p[0] == feed] for feed in ("outlet/all", "outlet/town")],
}


@pytest.mark.parametrize("order", _ORDERS)
@pytest.mark.parametrize("compacting", [False, True], ids=["small files", "compacted each time"])
def test_no_figure_depends_on_the_order_in_which_polls_were_read_in(
    tmp_path: Path, in_order: dict[str, list[tuple[Any, ...]]], order: str, compacting: bool
) -> None:
    found = known(read_in(tmp_path, *_ORDERS[order](story()), compacting=compacting))
    for name, rows in in_order.items():
        assert found[name] == rows, name


def test_a_replay_tells_the_same_of_polls_that_were_read_late_in_however_many_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.pipelines.replay._CHUNK_POLLS", 4)
    polls, data, clock = story(), tmp_path / "data", Clock()
    ingest(data, write_archive(tmp_path / "newer", polls[18:]), clock=clock)
    ingest(data, write_archive(tmp_path / "older", polls[8:18]), clock=clock)
    replay_into(data, tmp_path / "again")
    assert known(tmp_path / "again") == known(data)


def test_after_a_late_poll_a_feed_stands_at_what_it_showed_last(tmp_path: Path) -> None:
    before, between = rss([item(1), item(2)]), rss([item(2), item(3)])
    shown: list[Archived] = [("outlet/all", 0, before, 200), ("outlet/all", 4, before, 200)]
    late: list[Archived] = [("outlet/all", 2, between, 200)]
    for folder, compacting in ((tmp_path / "small", False), (tmp_path / "compacted", True)):
        dataset = Dataset(read_in(folder, shown, compacting=compacting))
        last = load_cursors(dataset, ["outlet"])["outlet"]["outlet/all"]
        read_in(folder, shown, late, compacting=compacting)
        cursor = load_cursors(dataset, ["outlet"])["outlet"]["outlet/all"]
        assert (cursor.keys, cursor.body_hash, cursor.anchor) == (last.keys, last.body_hash, last.anchor)


def test_polls_of_two_vantages_at_one_time_are_two_and_each_is_read_once(tmp_path: Path) -> None:
    here: list[Archived] = [("outlet/all", 0, None, 304)]
    data, archive = read_in(tmp_path, here), write_archive(tmp_path / "elsewhere", here)
    listed = archive / "polls.jsonl"
    listed.write_text(listed.read_text().replace('"status"', '"vantage": "elsewhere", "status"'))
    planned = plan_archive([str(archive), str(tmp_path / "part-0")])
    assert [poll.vantage for poll in new_polls(make_job(data), planned)] == ["elsewhere"]


def test_nothing_changed_up_to_a_poll_that_was_not_modified_and_read_before_any_body(tmp_path: Path) -> None:
    data = read_in(tmp_path, [("outlet/all", 5, None, 304)], [("outlet/all", 0, rss([item(1)]), 200)])
    assert ask(data, "SELECT state FROM coverage") == [("covered",)]
