"""`vigie ingest` over HTTP: recorded feeds on a virtual clock, polled when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from builders import at, item, rss
from runs import make_job, rows
from server import FeedServer, RecordedFeed, Reply, html, never_changes, recorded_feeds, redirect, status

from vigie.feeds.limits import FetchLimits
from vigie.feeds.polling import Poller
from vigie.feeds.requests import FetchRequest, request_of
from vigie.pipelines.ingest import ingest_live, plan_polls
from vigie.pipelines.run import Summary
from vigie.registry import Registry
from vigie.schemas import Feed, Source
from vigie.storage import load_cursors

LIMITS = FetchLimits(allow_private_hosts=True, host_interval=0.0, vantage="lyon")


class Clock:
    """The time of a story; no two moments are one. Workers have copies of it."""

    def __init__(self) -> None:
        self.now = at(0)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


class Story:
    """A dataset and a server, both on one clock that a test moves."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = Clock()
        self.server = FeedServer(hosts=3, clock=self.clock)
        self.feeds: dict[str, Feed] = {}

    def watch(self, feed_id: str, url: str) -> None:
        self.feeds[feed_id] = Feed(feed_id, feed_id.partition("/")[0], url)

    def ingest(self, hours: float | None = None, *, ignore_schedule: bool = False) -> Summary:
        """One cycle, some hours into the story."""
        self.clock.now = self.clock.now if hours is None else at(hours)
        sources = {feed.source_id for feed in self.feeds.values()}
        registry = Registry(
            tuple(Source(s, s, feeds=tuple(f for f in self.feeds.values() if f.source_id == s)) for s in sorted(sources))
        )
        job = make_job(self.data, registry, clock=self.clock)
        with Poller(LIMITS, self.clock) as poller:
            return ingest_live(job, plan_polls(job, list(self.feeds.values()), ignore_schedule=ignore_schedule), poller)

    def ledger(self, columns: str) -> list[tuple[object, ...]]:
        return [row[1:] for row in rows(self.data, "fetches", f"started_at, {columns}")]

    def is_drawn(self, now: datetime) -> bool:
        """Whether the polls planned at the clock's next reading after `now` are unconditional."""
        cursors = load_cursors(make_job(self.data).dataset, [feed.source_id for feed in self.feeds.values()])
        requests = (
            request_of(feed, cursors[feed.source_id].get(feed.feed_id), now=now + timedelta(microseconds=1))
            for feed in self.feeds.values()
        )
        return not any(request.etag for request in requests)

    def due(self) -> list[FetchRequest]:
        return plan_polls(make_job(self.data, clock=self.clock), list(self.feeds.values()))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    found = Story(tmp_path / "data")
    with found.server:
        yield found


def body(*numbers: int) -> bytes:
    return rss([item(n) for n in numbers]).encode()


def test_feed_is_polled_when_it_is_due_conditionally_and_learnt_from(story: Story) -> None:
    feed = RecordedFeed.of([(at(0), body(1, 2)), (at(1), body(1, 2, 3))])
    story.watch("outlet/all", story.server.serve(feed))
    assert story.ingest(0.01).counters["new"] == 2
    assert story.ingest(0.1).counters["polls"] == 0
    assert story.ingest(0.5).counters["polls"] == 1
    assert story.ingest(3).counters["new"] == 1
    assert story.ledger("outcome, entries, new, interval > 0, next_poll_at > started_at, vantage") == [
        ("ok", 2, 2, True, True, "lyon"),
        ("not-modified", 0, 0, True, True, "lyon"),
        ("ok", 3, 1, True, True, "lyon"),
    ]
    score = story.server.score
    assert (score.conditional, score.unconditional_repeats, score.invented, score.out_of_order) == (2, 0, 0, 0)


def test_recorded_feeds_are_collected_whole_and_politely(story: Story, repository: Path) -> None:
    whole = recorded_feeds(repository / "sample_data" / "feeds")
    recorded = {
        name: RecordedFeed(whole[name].times[:5], whole[name].bodies[:5])
        for name in ("laputa-presse/wire", "radio-thule/headlines")
    }
    for host, (feed_id, feed) in enumerate(recorded.items()):
        story.watch(feed_id, story.server.serve(feed, host=host))
    begun, ended = min(feed.times[0] for feed in recorded.values()), max(feed.times[-1] for feed in recorded.values())
    days = range(1, 2 + (ended - begun).days)
    for story.clock.now in [begun + timedelta(minutes=4 * n) for n in range(6)] + [begun + timedelta(days=n) for n in days]:
        story.ingest()
    published = {
        entry.get("id") or entry.link
        for feed in recorded.values()
        for body in feed.bodies
        for entry in feedparser.parse(body).entries
    }
    assert {guid or url for guid, url in rows(story.data, "articles", "guid, url")} == published
    score = story.server.score
    assert (score.invented, score.out_of_order, score.cookies, score.referrers) == (0, 0, 0, 0)
    assert score.unconditional_repeats <= 0.05 * len(score.requests)
    assert score.conditional >= score.statuses[304] > 0
    assert min(interval for request in score.requests for interval in score.intervals(request.page)) >= timedelta(minutes=5)


def test_every_feed_is_polled_now_where_the_schedule_is_ignored_but_not_before_retry_after(story: Story) -> None:
    story.watch("outlet/all", story.server.serve(RecordedFeed.of([(at(0), body(1))])))
    story.watch("busy/all", story.server.serve(status(503, Retry_After="7200"), host=1))
    assert story.ingest(0.01).counters["polls"] == 2
    assert story.ingest(0.02).counters["polls"] == 0
    assert story.ingest(0.03, ignore_schedule=True).counters["polls"] == 1
    assert story.ingest(2.5, ignore_schedule=True).counters["polls"] == 2
    assert story.server.score.before_retry_after == 0


def test_clock_that_was_a_year_ahead_keeps_no_feed_from_being_polled_once_it_is_right(story: Story) -> None:
    story.watch("outlet/all", story.server.serve(RecordedFeed.of([(at(0), body(1)), (at(1), body(1, 2))])))
    story.watch("busy/all", story.server.serve(status(503, Retry_After="7200"), host=1))
    assert story.ingest(24 * 365).counters["polls"] == 2
    assert story.ingest(0.5).counters["polls"] == 2
    assert story.ingest(0.51).counters["polls"] == 0
    assert story.ingest(1.1).counters["polls"] == 1
    assert story.ingest(2.9).counters["polls"] == 2


def test_ledger_tells_blocked_from_down_and_moved(story: Story) -> None:
    story.watch("law/all", story.server.serve(status(451), "/law"))
    story.watch("gate/all", story.server.serve(html("Access denied"), "/gate"))
    story.watch("down/all", "http://127.0.0.1:9/feed")
    new = story.server.serve(RecordedFeed.of([(at(0), body(1))]), "/new")
    story.watch("moved/all", story.server.serve(redirect(new, 301), "/old"))
    story.ingest(0.01)
    assert set(story.ledger("feed_id, outcome, failures_in_a_row, moved_to")) == {
        ("down/all", "network-error", 1, ""),
        ("gate/all", "blocked", 1, ""),
        ("law/all", "blocked", 1, ""),
        ("moved/all", "ok", 0, new),
    }


def test_body_that_changed_under_the_same_validators_ends_the_trust_in_them(story: Story) -> None:
    story.watch("outlet/all", story.server.serve(never_changes(body(1))))
    story.ingest(0.01)
    # From now on whoever sends that validator is told that nothing has changed.
    lying = never_changes(body(1, 2))
    story.server.serve(lambda request: status(304) if "if-none-match" in request.headers else lying)
    assert story.ingest(1).counters["new"] == 0
    story.clock.now = next(now for n in range(10_000) if story.is_drawn(now := at(30) + timedelta(seconds=n)))
    assert story.ingest().counters["new"] == 1
    assert story.ledger("unconditional, validators_lie") == [(True, False), (False, False), (True, True)]
    assert story.ingest(60).counters["polls"] == 1
    assert "if-none-match" not in story.server.score.requests[-1].headers


def test_kill_between_fetching_and_writing_loses_nothing(story: Story) -> None:
    story.watch("outlet/all", story.server.serve(RecordedFeed.of([(at(0), body(1, 2))])))
    with Poller(LIMITS, story.clock) as poller:  # Fetched, and never written.
        assert list(poller.batches(story.due()))
    assert story.ingest(0.1).counters["new"] == 2


def test_one_feed_of_two_fails_and_the_other_is_taken(story: Story) -> None:
    story.watch("good/all", story.server.serve(RecordedFeed.of([(at(0), body(1))]), host=0))
    story.watch("bad/all", story.server.serve(Reply(body=body(2), declared_length=9_999, then_close=True), host=1))
    counted = story.ingest(0.01).counters
    assert (counted["polls"], counted["succeeded"], counted["new"], counted["failures"]) == (2, 1, 1, 1)


def test_a_body_in_another_charset_than_its_headers_say_is_read_as_it_was_written(story: Story) -> None:
    said = rss([item(1, title="Макрон принял Путина в Версале", text="Переговоры длились три часа.")])
    cyrillic = said.replace("utf-8", "windows-1251").encode("windows-1251")
    headers = {"Content-Type": "application/rss+xml; charset=utf-8"}
    story.watch("outlet/all", story.server.serve(Reply(body=cyrillic, headers=headers)))
    assert story.ingest(0.01).counters["new"] == 1
    assert rows(story.data, "articles", "title") == [("Макрон принял Путина в Версале",)]


def test_an_entity_bomb_costs_its_own_poll_and_no_other(story: Story) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = body(1).replace(b"<rss", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]><rss'.encode()).replace(b"Number 1", b"&l11;")
    story.watch("bomb/all", story.server.serve(Reply(body=bomb), host=0))
    story.watch("good/all", story.server.serve(Reply(body=body(2)), host=1))
    story.ingest(0.01)
    assert ("good",) in rows(story.data, "articles", "source_id")
    assert all(len(text) < 10_000 for (text,) in rows(story.data, "articles", "title || text"))
    assert ("bomb/all", "ok") in rows(story.data, "fetches", "feed_id, outcome")


def test_figures_do_not_depend_on_how_polls_were_cut_into_chunks(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.pipelines.ingest._LIVE_CHUNK_POLLS", 2)
    for n in range(5):
        page = RecordedFeed.of([(at(0), body(1, 2, 10 + n))])
        story.watch(f"outlet/{n}", story.server.serve(page, f"/{n}", host=n % 3))
    counted = story.ingest(0.01).counters
    assert (counted["polls"], counted["new"], counted["known"]) == (5, 7, 8)
    assert story.ingest(1).counters["new"] == 0
