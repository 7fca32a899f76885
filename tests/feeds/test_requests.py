"""Which feeds are due, and with which validators they are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from builders import at

from vigie.feeds.draws import hashed_draw
from vigie.feeds.requests import due_requests, is_due, request_of
from vigie.ledger import FeedCursor
from vigie.schemas import Feed

MODIFIED = "Mon, 22 May 2017 06:00:00 GMT"
FEED = Feed("outlet/all", "outlet", "https://outlet.example/rss")


def cursor(**values: Any) -> FeedCursor:
    given = {
        "etag": 'W/"v1"',
        "last_modified": "Mon, 22 May 2017 06:00:00 GMT",
        "url": FEED.url,
        "next_poll_at": at(1),
        **values,
    }
    return FeedCursor(started_at=at(0), first_polled_at=at(0), succeeded_before=True, **given)


def always(purpose: str) -> float:
    return 0.5


def test_validators_are_sent_as_they_came() -> None:
    request = request_of(FEED, cursor(), now=at(1), draw=always)
    assert (request.etag, request.last_modified) == ('W/"v1"', MODIFIED)
    assert request.planned_at == at(1)


def test_one_poll_in_a_hundred_sends_none() -> None:
    polls = [request_of(FEED, cursor(), now=at(0) + timedelta(minutes=n), draw=hashed_draw) for n in range(20_000)]
    bare = sum(not request.etag and not request.last_modified for request in polls)
    assert 150 < bare < 250
    assert polls == [request_of(FEED, cursor(), now=at(0) + timedelta(minutes=n), draw=hashed_draw) for n in range(20_000)]


def test_validators_of_another_address_and_of_a_server_that_lies_are_not_sent() -> None:
    for bad in (cursor(url="https://outlet.example/old"), cursor(validators_lie=True)):
        request = request_of(FEED, bad, now=at(1), draw=always)
        assert (request.etag, request.last_modified) == ("", "")


def test_feed_is_due_when_its_time_has_come_or_it_has_a_new_address() -> None:
    assert is_due(FEED, None, at(0))
    assert not is_due(FEED, cursor(), at(0.9))
    assert is_due(FEED, cursor(), at(1))
    assert is_due(replace(FEED, url="https://outlet.example/new"), cursor(), at(0.9))


def test_schedule_can_be_ignored_but_not_what_a_server_asked() -> None:
    assert is_due(FEED, cursor(), at(0.1), ignore_schedule=True)
    told = cursor(retry_after=at(2), next_poll_at=at(2.5))
    assert not is_due(FEED, told, at(1.9), ignore_schedule=True)
    assert is_due(FEED, told, at(2), ignore_schedule=True)


def test_host_that_asked_to_be_left_alone_is_left_alone_with_all_its_feeds() -> None:
    other = Feed("outlet/sport", "outlet", "https://outlet.example/sport")
    elsewhere = Feed("outlet/blog", "outlet", "https://blog.example/rss")
    cursors = {FEED.feed_id: cursor(retry_after=at(2), next_poll_at=at(2)), other.feed_id: cursor(url=other.url)}
    feeds = [FEED, other, elsewhere]
    assert [r.feed_id for r in due_requests(feeds, cursors, at(1.5), ignore_schedule=True)] == ["outlet/blog"]
    assert len(due_requests(feeds, cursors, at(2))) == 3


def test_longest_due_are_asked_first() -> None:
    feeds = [Feed(f"outlet/{n}", "outlet", f"https://outlet.example/{n}") for n in range(3)]
    due = {feed.feed_id: cursor(url=feed.url, next_poll_at=at(hours)) for feed, hours in zip(feeds, (3, 1, 2), strict=True)}
    assert [request.feed_id for request in due_requests(feeds, due, at(5))] == ["outlet/1", "outlet/2", "outlet/0"]
