"""A shard of hosts that polls itself, without Beam and without a network: which feeds are due, and when it looks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from builders import document, item, rss

from vigie.feeds.parse import parse_document
from vigie.schemas import Feed, FetchedDocument, FetchOutcome
from vigie.shards import Pace, Standing, after_round, due_round, is_over, next_round_at, shard_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PACE = Pace(host_interval=5, poll_interval=60)


def feed(name: str, host: str = "") -> Feed:
    return Feed(name, name.partition("/")[0], f"https://{host or name.partition('/')[0]}.example/{name}.xml")


def parse(fetched: FetchedDocument):  # type: ignore[no-untyped-def]
    return parse_document(fetched, time_zone="UTC", homepage="") if fetched.outcome is FetchOutcome.OK else None


def polled(feeds: list[Feed], standing: Standing, now: datetime, pace: Pace = PACE, body: str = "") -> Standing:
    """The standing after a round in which every feed that was due gave a body."""
    requests = due_round(feeds, standing, pace, now)
    by_id = {feed.feed_id: feed for feed in feeds}
    documents = [
        FetchedDocument(r.feed_id, r.source_id, by_id[r.feed_id].url, now, body=(body or rss([item(1)])).encode())
        for r in requests
    ]
    return after_round(standing, requests, documents, pace, parse, now=now)


def asked(feeds: list[Feed], standing: Standing, now: datetime, pace: Pace = PACE) -> list[str]:
    return [request.feed_id for request in due_round(feeds, standing, pace, now)]


def test_a_round_asks_each_host_once_and_the_next_feed_of_it_when_it_has_rested() -> None:
    feeds = [feed("a/one"), feed("a/two"), feed("b/one")]
    assert sorted(name[0] for name in asked(feeds, Standing(), NOW)) == ["a", "b"]
    standing = polled(feeds, Standing(), NOW)
    assert asked(feeds, standing, NOW + timedelta(seconds=4)) == []
    assert next_round_at(feeds, standing, PACE, NOW) == NOW + timedelta(seconds=5)
    assert asked(feeds, standing, NOW + timedelta(seconds=5)) == ["a/two"]


def test_a_feed_is_asked_again_when_its_interval_is_over_with_the_validators_of_its_last_answer() -> None:
    feeds = [feed("a/one")]
    requests = due_round(feeds, Standing(), PACE, NOW)
    headers = document(0).headers
    answer = FetchedDocument("a/one", "a", feeds[0].url, NOW, headers=headers, body=rss([item(1)]).encode())
    standing = after_round(Standing(), requests, [answer], PACE, parse, now=NOW)
    assert asked(feeds, standing, NOW + timedelta(seconds=59)) == []
    assert asked(feeds, standing, NOW + timedelta(seconds=60)) == ["a/one"]


def test_without_an_interval_the_learnt_rhythm_decides() -> None:
    feeds, pace = [feed("a/one")], Pace(host_interval=5)
    standing = polled(feeds, Standing(), NOW, pace)
    due = standing.cursors["a/one"].next_poll_at
    assert due is not None
    assert due > NOW + timedelta(minutes=4)
    assert asked(feeds, standing, due - timedelta(seconds=1), pace) == []
    assert asked(feeds, standing, due, pace) == ["a/one"]


def test_a_shard_looks_again_after_the_longest_pause_even_if_nothing_is_due() -> None:
    feeds = [feed("a/one")]
    standing = polled(feeds, Standing(), NOW)
    assert next_round_at(feeds, standing, PACE, NOW) == NOW + timedelta(seconds=PACE.longest_pause)
    assert next_round_at([], Standing(), PACE, NOW) == NOW + timedelta(seconds=PACE.longest_pause)


def test_a_shard_does_not_look_again_for_the_feeds_of_a_host_that_asked_for_rest() -> None:
    feeds = [feed("a/one"), feed("a/two")]
    (request, *_) = due_round(feeds, Standing(), PACE, NOW)
    rest = NOW + timedelta(seconds=12)
    refusal = FetchedDocument(
        request.feed_id, "a", request.url, NOW, status=429, outcome=FetchOutcome.HTTP_ERROR, retry_after=rest
    )
    standing = after_round(Standing(), [request], [refusal], PACE, parse, now=NOW)
    later = NOW + timedelta(seconds=6)
    assert asked(feeds, standing, later) == []
    assert next_round_at(feeds, standing, PACE, later) == rest
    assert asked(feeds, standing, rest) == ["a/two"]


def test_a_poll_that_was_not_made_counts_as_none_and_is_tried_again_when_its_domain_has_rested() -> None:
    feeds, once = [feed("a/one")], Pace(host_interval=5, polls=1)
    standing = after_round(Standing(), due_round(feeds, Standing(), once, NOW), [], once, parse, now=NOW)
    assert not is_over(feeds, standing, once, NOW)
    assert next_round_at(feeds, standing, once, NOW) == NOW + timedelta(seconds=5)
    assert asked(feeds, standing, NOW + timedelta(seconds=5), once) == ["a/one"]


def test_a_feed_that_joins_is_asked_at_once_and_one_that_left_no_more() -> None:
    standing = polled([feed("a/one")], Standing(), NOW)
    assert asked([feed("b/one")], standing, NOW + timedelta(seconds=1)) == ["b/one"]


def test_a_stream_ends_after_so_many_polls_of_each_feed_or_at_a_time() -> None:
    feeds, twice = [feed("a/one"), feed("b/one")], Pace(host_interval=0, poll_interval=1, polls=2)
    standing = polled(feeds, Standing(), NOW, twice)
    assert not is_over(feeds, standing, twice, NOW)
    standing = polled(feeds, standing, NOW + timedelta(seconds=1), twice)
    assert is_over(feeds, standing, twice, NOW)
    assert asked(feeds, standing, NOW + timedelta(hours=1), twice) == []
    until = Pace(until=NOW)
    assert is_over(feeds, Standing(), until, NOW)
    assert not is_over(feeds, Standing(), until, NOW - timedelta(seconds=1))


def test_all_feeds_of_a_host_are_in_one_shard() -> None:
    shards = {shard_of(f"https://host.example/{number}.xml", 16) for number in range(50)}
    spread = {shard_of(f"https://host-{number}.example/", 16) for number in range(200)}
    assert len(shards) == 1
    assert spread == set(range(16))


def test_the_hosts_of_a_registered_domain_are_in_one_shard_and_one_of_them_is_asked_a_round() -> None:
    hosts = [f"https://{name}.outlet.example/rss" for name in ("www", "world", "sport", "feeds")]
    assert len({shard_of(url, 16) for url in hosts}) == 1
    feeds = [Feed(f"a/{number}", "a", url) for number, url in enumerate(hosts)]
    assert len(asked(feeds, Standing(), NOW)) == 1
    standing = polled(feeds, Standing(), NOW)
    assert asked(feeds, standing, NOW + timedelta(seconds=4)) == []
    assert len(asked(feeds, standing, NOW + timedelta(seconds=5))) == 1
