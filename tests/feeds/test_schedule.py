"""When a feed is polled next: its rhythm, what it and its server ask for, and failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from builders import at, document
from hypothesis import given
from hypothesis import strategies as st

from vigie.feeds.rhythm import CEILING, FLOOR, START, Rhythm, usual_interval
from vigie.feeds.schedule import Plan, Sighted, plan_next
from vigie.schemas import FetchOutcome, Header

DAY = 86_400.0
_SIGHTED = ("arrived", "window", "overlapped", "asked_interval")


def poll(
    before: Plan | None, hours: float, *, outcome: FetchOutcome = FetchOutcome.OK, chance: float = 0.0, **values: Any
) -> Plan:
    """One more poll, some hours after the first; what is sighted and what the document says by name."""
    seen = {name: values.pop(name) for name in _SIGHTED if name in values}
    sighted = Sighted(first_polled_at=at(0), **seen)
    asked = document(hours, outcome=outcome, **values)
    return plan_next(before.standing if before else None, asked, outcome, sighted, draw=lambda purpose: chance)


def live(*, every: float, arrived: int, window: int, hours: float, before: Plan | None = None, start: float = 0.0) -> Plan:
    """A feed polled at equal times, which brings as many new entries each time."""
    plan = before or poll(None, start, window=window, arrived=window)
    for number in range(1, int(hours / every) + 1):
        plan = poll(plan, start + number * every, window=window if arrived else None, arrived=arrived)
    return plan


def test_feed_of_which_nothing_is_known_is_polled_again_after_a_quarter_of_an_hour() -> None:
    plan = poll(None, 0, window=30, arrived=30)
    assert plan.next_poll_at == at(0.25)
    assert plan.standing.interval == START


def test_polls_of_a_busy_feed_overlap_by_half_its_window() -> None:
    plan = live(every=0.25, arrived=10, window=20, hours=6)
    turned_over = 20 / 40 * 3_600  # forty entries an hour, of which twenty are shown
    assert plan.standing.interval <= turned_over / 2


def test_feed_that_had_a_burst_is_polled_for_the_next_one_days_later() -> None:
    before = live(every=0.5, arrived=0, window=20, hours=48)
    burst = poll(before, 49, window=20, arrived=15)
    after, calm = (live(every=0.5, arrived=0, window=20, hours=48, before=plan, start=49) for plan in (burst, before))
    assert after.standing.interval < calm.standing.interval / 2


def test_window_that_went_by_unseen_makes_the_next_poll_earlier() -> None:
    usual = live(every=1, arrived=1, window=20, hours=24)
    seen, missed = (poll(usual, 25, arrived=20, window=20, overlapped=overlapped) for overlapped in (True, False))
    assert missed.standing.interval < seen.standing.interval < usual.standing.interval


def test_silent_feed_is_polled_ever_less_but_once_a_day() -> None:
    plan = poll(None, 0, window=10, arrived=10)
    intervals = []
    hours = 0.0
    for _ in range(120):
        hours += plan.standing.interval / 3_600
        plan = poll(plan, hours)
        intervals.append(plan.standing.interval)
    assert intervals == sorted(intervals)
    assert intervals[-1] == CEILING


@given(window=st.integers(0, 2_000), rate=st.floats(0, 1e6), peak=st.floats(0, 1e6))
def test_interval_is_never_below_five_minutes_nor_above_a_day(window: int, rate: float, peak: float) -> None:
    assert FLOOR <= usual_interval(Rhythm(window, rate, peak)) <= CEILING


@pytest.mark.parametrize(
    ("values", "minutes"),
    [
        ({"asked_interval": 3_600.0, "window": 30}, 60),
        ({"asked_interval": 60.0, "window": 30}, 15),
        ({"headers": (Header("cache-control", "public, max-age=1800"),), "window": 30}, 30),
        ({"headers": (Header("cache-control", "s-max-age=9, max-age=604800"),), "window": 30}, 180),
        ({"asked_interval": 604_800.0, "window": 30}, 180),
    ],
    ids=["ttl", "short ttl", "max-age", "a week's max-age", "a week's ttl"],
)
def test_feed_is_never_polled_faster_than_it_asks_up_to_a_few_hours(values: dict[str, Any], minutes: int) -> None:
    assert poll(None, 0, **values).next_poll_at == at(minutes / 60)


def test_what_a_body_asked_for_holds_while_the_server_says_not_modified() -> None:
    asked = poll(None, 0, asked_interval=7_200.0, window=30)
    unchanged = poll(asked, 2, outcome=FetchOutcome.NOT_MODIFIED, status=304)
    assert unchanged.next_poll_at == at(4)
    changed = poll(unchanged, 4, window=30, arrived=8)
    assert changed.next_poll_at < at(6)


def test_server_that_names_a_time_is_left_alone_until_then_and_a_while() -> None:
    plan = poll(None, 0, outcome=FetchOutcome.HTTP_ERROR, status=429, retry_after=at(5), chance=0.5)
    assert plan.next_poll_at == at(5.5)
    plan = poll(None, 0, outcome=FetchOutcome.HTTP_ERROR, status=503, retry_after=at(5), chance=0.5)
    assert plan.next_poll_at == at(5)


def test_server_that_names_a_year_is_asked_again_after_a_week() -> None:
    plan = poll(None, 0, outcome=FetchOutcome.HTTP_ERROR, status=503, retry_after=at(24 * 365))
    assert plan.next_poll_at == at(24 * 7)


@pytest.mark.parametrize(
    ("outcome", "status", "temporary", "steps"),
    [
        (FetchOutcome.NOT_A_FEED, 200, False, [2, 3, 4]),
        (FetchOutcome.HTTP_ERROR, 410, False, [2, 3, 4]),
        (FetchOutcome.BLOCKED, 403, False, [2, 3, 4]),
        (FetchOutcome.HTTP_ERROR, 404, False, [1.5, 2, 2.5]),
        (FetchOutcome.HTTP_ERROR, 500, False, [1.5, 2, 2.5]),
        (FetchOutcome.NETWORK_ERROR, None, False, [1.5, 2, 2.5]),
        (FetchOutcome.NETWORK_ERROR, None, True, [1.25, 1.5, 1.75]),
    ],
)
def test_failures_lengthen_the_wait_step_by_step(
    outcome: FetchOutcome, status: int | None, temporary: bool, steps: list[float]
) -> None:
    plan, hours = poll(None, 0, window=20, arrived=20), 0.25
    for step in steps:
        plan = poll(plan, hours, outcome=outcome, status=status, temporary=temporary)
        assert plan.next_poll_at == at(hours) + timedelta(seconds=START * step)
        hours += 5


def test_feeds_that_failed_together_come_back_apart() -> None:
    early, late = (poll(None, 0, outcome=FetchOutcome.NETWORK_ERROR, status=None, chance=chance) for chance in (0.0, 0.8))
    assert early.next_poll_at < late.next_poll_at < early.next_poll_at + timedelta(seconds=START)


def test_dead_feed_is_asked_once_a_month_and_a_single_success_forgives_it() -> None:
    plan, hours = poll(None, 0, window=20, arrived=20), 0.25
    for _ in range(10_000):
        plan = poll(plan, hours, outcome=FetchOutcome.HTTP_ERROR, status=410)
        wait = (plan.next_poll_at - at(hours)).total_seconds()
        assert wait <= (DAY if plan.standing.backoff <= 30 else 30 * DAY)
        hours += wait / 3_600
        if wait == 30 * DAY:
            break
    else:
        pytest.fail("a month's wait was never reached")
    revived = poll(plan, hours, window=20, arrived=20)
    assert revived.next_poll_at <= at(hours + 24)
    assert revived.standing.backoff == 0
