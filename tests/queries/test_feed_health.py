"""Feed health: each kind of trouble is told with its evidence and a remedy, and nothing unknown counts as trouble."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from vigie.queries import Parameters, ask
from vigie.schemas import Feed

LAST = date(2017, 6, 30)


def day(back: int, hour: int = 0) -> str:
    """A moment some days before the last one."""
    return f"{LAST - timedelta(days=back)} {hour:02}:00"


def watch(dataset, feed="alpha/all", new=10, days=29, **more):
    """Poll a feed daily up to the last day; `new` may be a function of the days back."""
    first = datetime.fromisoformat(day(days)).replace(tzinfo=UTC)
    for back in range(days, -1, -1):
        count = new(back) if callable(new) else new
        dataset.poll(feed, day(back), new=count, **{"first_polled_at": first, **more})


def problems(dataset, rows, feed="alpha/all"):
    con = dataset.open()
    found, french = (
        rows(ask(con, "feed-health", Parameters(until=LAST), language=language), "feed_id", "problem", "evidence", "remedy")
        for language in ("en", "fr")
    )
    for one, other in zip(found, french, strict=True):  # The same is said to French readers, with the same figures.
        assert one["problem"] == other["problem"]
        assert re.findall(r"\d+", one["evidence"]) == re.findall(r"\d+", other["evidence"])
        assert all((one[said] != other[said]) == bool(one[said]) for said in ("evidence", "remedy"))
    return {
        row["problem"]: row["evidence"] for row in found if row["feed_id"] == feed and (row["problem"], bool(row["remedy"]))
    }


def test_a_feed_that_goes_on_as_it_did_is_healthy(dataset, rows):
    watch(dataset, new=lambda back: 10 + back % 3)
    assert problems(dataset, rows) == {"healthy": ""}


def test_silent_is_below_the_mean_of_28_days_less_one_and_a_half_deviations(dataset, rows):
    watch(dataset, new=lambda back: 8 if back == 0 else 10 + back % 3)
    assert problems(dataset, rows) == {"silent": "8 new entries in 24 hours, where 11.0 a day are usual"}


def test_a_feed_that_is_often_quiet_is_not_silent_on_a_quiet_day(dataset, rows):
    watch(dataset, new=lambda back: 0 if back % 3 == 0 else 4)
    assert problems(dataset, rows) == {"healthy": ""}


def test_a_slow_feed_that_stops_is_silent_after_a_week(dataset, rows):
    watch(dataset, new=lambda back: 0 if back < 8 or back % 2 else 1)
    assert set(problems(dataset, rows)) == {"silent"}


def test_days_without_a_successful_poll_are_unknown_and_no_silence(dataset, rows):
    watch(dataset, new=10, days=8)
    assert problems(dataset, rows) == {"healthy": ""}


def test_failing_says_how_often_and_why(dataset, rows):
    watch(dataset)
    for hour in (6, 12, 18):
        more = {"status": 404, "error": "HTTP status 404 Not Found", "failures_in_a_row": hour // 6}
        dataset.poll("alpha/all", day(0, hour), "http-error", **more)
    assert problems(dataset, rows) == {"failing": "3 polls in a row: http-error, HTTP status 404 Not Found"}


def test_a_single_failure_is_no_trouble_yet(dataset, rows):
    watch(dataset, new=lambda back: 10 + back % 3)
    dataset.poll("alpha/all", day(0, 6), "network-error", failures_in_a_row=1)
    assert problems(dataset, rows) == {"healthy": ""}


def test_blocked_is_told_from_failing_and_by_vantage(dataset, rows):
    watch(dataset, new=lambda back: 10 + back % 3)
    dataset.poll("alpha/all", day(0, 6), "blocked", vantage="paris", status=451, error="HTTP status 451", failures_in_a_row=1)
    found = rows(dataset.ask("feed-health", until=LAST.isoformat()), "vantage", "problem")
    assert found == [{"vantage": "paris", "problem": "blocked"}, {"vantage": "local", "problem": "healthy"}]


def test_moved_empty_and_slow_feeds_are_told(dataset, rows):
    watch(dataset, new=0, moved_to="https://new.example/rss", duration=12.5)
    watch(dataset, "beta/all", new=0)
    dataset.poll("beta/all", day(0, 1), "empty")
    assert problems(dataset, rows) == {
        "moved": "permanent redirects lead to https://new.example/rss",
        "slow": "half of its polls take more than 12.5 s",
    }
    assert set(problems(dataset, rows, "beta/all")) == {"empty"}


@pytest.mark.parametrize(("language", "quality", "problem"), [("ru", "ok", "wrong-language"), ("fr", "ahead", "future-dated")])
def test_what_its_articles_show(dataset, rows, language, quality, problem):
    dataset.source("alpha", "fr")
    watch(dataset, new=0)
    for number in range(20):
        dataset.article(f"a{number}", "alpha", day(1), language=language, quality=quality)
    assert set(problems(dataset, rows)) == {problem}


def test_two_feeds_with_the_same_articles_are_duplicates(dataset, rows):
    watch(dataset, new=0)
    watch(dataset, "alpha/copy", new=0)
    for number in range(20):
        article = dataset.article(f"a{number}", "alpha", day(1))
        dataset.rows["sightings"].append(
            type(dataset.rows["sightings"][-1])(article.article_id, "alpha/copy", "alpha", article.fetched_at, "run-1")
        )
    assert problems(dataset, rows, "alpha/copy") == {"duplicate": "20 of its 20 articles of four weeks are in alpha/all too"}


def test_a_feed_that_fails_since_long_ago_is_told_of_with_its_last_success(dataset, rows):
    watch(dataset, "beta/all")
    brought = datetime.fromisoformat(day(100)).replace(tzinfo=UTC)
    dataset.poll("alpha/all", day(90), last_new_at=brought)
    dataset.poll("alpha/all", day(80), vantage="paris", last_new_at=None)
    for back in range(70, 60, -1):
        dataset.poll("alpha/all", day(back), "network-error", failures_in_a_row=71 - back, error="no answer")
    found = rows(
        ask(dataset.open(), "feed-health", Parameters(until=LAST)),
        "feed_id", "vantage", "problem", "since", "last_poll_at", "last_success_at", "last_new_at", "failures_in_a_row",
    )  # fmt: skip
    moments = {back: datetime.fromisoformat(day(back)).replace(tzinfo=UTC) for back in (90, 80, 70, 61)}
    assert [tuple(row.values())[1:] for row in found if row["feed_id"] == "alpha/all"] == [
        ("local", "failing", moments[70], moments[61], moments[90], brought, 10),
        ("paris", "healthy", None, moments[80], moments[80], None, 0),
    ]


def test_a_feed_that_was_taken_out_of_the_registry_is_neither_healthy_nor_ill(dataset, rows):
    dataset.rows["feeds"] = [Feed("alpha/all", "alpha", "https://x.example/a")]
    watch(dataset)
    for back in range(29, 9, -1):
        dataset.poll("alpha/world", day(back), "http-error" if back < 12 else "ok", new=5)
    told = problems(dataset, rows, "alpha/world")
    assert list(told) == ["dropped"]
    assert "taken out of the registry" in told["dropped"]
    assert list(problems(dataset, rows)) == ["healthy"]
