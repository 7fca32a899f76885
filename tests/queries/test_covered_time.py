"""METHOD, "Time that was covered": which days of a source are covered, partial or unknown."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest

from vigie.queries import open_dataset
from vigie.schemas import Feed, Panel


def days(dataset, zone: str = "UTC", source: str = "alpha") -> dict[str, str]:
    con = dataset.open()
    found = con.execute("SELECT day::VARCHAR, state FROM source_days($zone) WHERE source_id = $source ORDER BY day",
                        {"zone": zone, "source": source}).fetchall()  # fmt: skip
    return {day[5:]: state for day, state in found}


def test_a_day_between_polls_that_share_the_anchor_is_covered(dataset):
    dataset.poll("alpha/all", "2017-05-22 10:00", anchor=None)
    dataset.poll("alpha/all", "2017-05-24 10:00", anchor=True)
    assert days(dataset) == {"05-22": "partial", "05-23": "covered", "05-24": "partial"}


def test_a_day_between_polls_of_which_the_later_lost_the_anchor_is_partial(dataset):
    dataset.poll("alpha/all", "2017-05-22 10:00", anchor=None)
    dataset.poll("alpha/all", "2017-05-24 10:00", anchor=False)
    assert days(dataset)["05-23"] == "partial"


@pytest.mark.parametrize("outcome", ["unchanged", "not-modified"])
def test_an_unchanged_body_covers_the_time_since_the_last_poll_without_an_anchor(dataset, outcome):
    dataset.poll("alpha/all", "2017-05-22", anchor=None)
    dataset.poll("alpha/all", "2017-05-23", outcome, anchor=None)
    assert days(dataset)["05-22"] == "covered"


@pytest.mark.parametrize("outcome", ["http-error", "network-error", "not-a-feed", "too-large", "refused"])
def test_a_failed_poll_covers_nothing_and_breaks_nothing(dataset, outcome):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.poll("alpha/all", "2017-05-23 12:00", outcome, anchor=None)
    dataset.poll("alpha/all", "2017-05-25")
    dataset.poll("alpha/all", "2017-05-27", outcome, anchor=None)
    assert days(dataset) == {
        "05-22": "covered", "05-23": "covered", "05-24": "covered", "05-25": "unknown", "05-26": "unknown", "05-27": "unknown",
    }  # fmt: skip


def test_a_single_poll_covers_no_day(dataset):
    dataset.poll("alpha/all", "2017-05-22 10:00")
    assert days(dataset) == {"05-22": "unknown"}


def test_a_day_of_which_one_hour_is_missing_is_partial(dataset):
    dataset.poll("alpha/all", "2017-05-22 00:00")
    dataset.poll("alpha/all", "2017-05-22 12:00", anchor=True)
    dataset.poll("alpha/all", "2017-05-22 13:00", anchor=False)
    dataset.poll("alpha/all", "2017-05-23 00:00", anchor=True)
    assert days(dataset)["05-22"] == "partial"


def test_a_source_is_covered_when_all_its_feeds_are(dataset):
    dataset.watch("alpha/front", "2017-05-22", "2017-05-25")
    dataset.poll("alpha/world", "2017-05-22")
    dataset.poll("alpha/world", "2017-05-23", anchor=True)
    dataset.poll("alpha/world", "2017-05-24", anchor=False)
    assert days(dataset) == {"05-22": "covered", "05-23": "partial", "05-24": "partial", "05-25": "unknown"}


def test_days_before_a_feed_begins_are_judged_by_the_other_feeds(dataset):
    dataset.watch("alpha/front", "2017-05-22", "2017-05-27")
    dataset.poll("alpha/world", "2017-05-24 10:00")
    dataset.poll("alpha/world", "2017-05-27 10:00", anchor=True)
    assert days(dataset) == {
        "05-22": "covered", "05-23": "covered", "05-24": "partial", "05-25": "covered", "05-26": "covered", "05-27": "partial",
    }  # fmt: skip


def test_a_source_that_was_polled_without_success_is_unknown_and_takes_nothing_from_others(dataset):
    dataset.watch("alpha/all", "2017-05-22", "2017-05-23")
    dataset.poll("beta/all", "2017-05-22", "http-error", anchor=None)
    assert days(dataset, source="beta") == {"05-22": "unknown", "05-23": "unknown"}
    assert days(dataset)["05-22"] == "covered"


def test_days_are_cut_in_the_named_zone_also_where_summer_time_begins(dataset):
    # In Paris, 26 March 2017 lasted from 25 March 23:00 to 26 March 22:00 UTC: 23 hours.
    dataset.poll("alpha/all", "2017-03-25 23:00")
    dataset.poll("alpha/all", "2017-03-26 22:00", anchor=True)
    assert days(dataset, "Europe/Paris")["03-26"] == "covered"
    assert days(dataset, "UTC") == {"03-25": "partial", "03-26": "partial"}


def test_every_interval_between_successful_polls_has_its_state(dataset):
    dataset.poll("alpha/all", "2017-05-22 10:00", anchor=None)
    dataset.poll("alpha/all", "2017-05-22 12:00", anchor=True)
    dataset.poll("alpha/all", "2017-05-22 13:00", "http-error", anchor=None)
    dataset.poll("alpha/all", "2017-05-22 14:00", anchor=False)
    dataset.poll("alpha/all", "2017-05-22 15:00", "empty", anchor=None)
    found = dataset.open().execute("SELECT hour(from_at), hour(to_at), state FROM coverage ORDER BY 1").fetchall()
    assert found == [(10, 12, "covered"), (12, 14, "partial"), (14, 15, "partial")]


@pytest.mark.parametrize("moment", ["2017-05-22 12:00", "2017-05-25", "2017-06-14 06:00", "2017-06-20", "2017-07-01"])
def test_what_was_known_of_days_at_a_moment_is_what_the_polls_before_it_tell_alone(dataset, moment):
    dataset.watch("alpha/front", "2017-05-22", "2017-06-18")
    dataset.poll("alpha/world", "2017-05-22 10:00", anchor=None)  # silent for three weeks, and failing after that
    dataset.poll("alpha/world", "2017-06-13 10:00", anchor=False)
    dataset.poll("alpha/world", "2017-06-15", "http-error", anchor=None)
    dataset.poll("beta/all", "2017-05-23", "http-error", anchor=None)  # never seen before June
    dataset.watch("beta/all", "2017-06-02", "2017-06-05")
    dataset.watch("gamma/all", "2017-06-10", "2017-06-19")
    asked = "SELECT source_id, day, state FROM {} ORDER BY ALL"
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    known = dataset.open().execute(asked.format("known_days($moment, 'UTC')"), {"moment": at}).fetchall()
    alone = open_dataset(dataset.write(), known_by=at).execute(asked.format("source_days('UTC')")).fetchall()
    assert known == alone != []


def test_a_feed_that_was_taken_out_of_the_registry_takes_nothing_from_the_days_after_its_last_poll(dataset):
    dataset.rows["feeds"] = [
        Feed("alpha/front", "alpha", "https://x.example/f"),
        Feed("alpha/world", "alpha", "https://x.example/w"),
    ]
    dataset.watch("alpha/front", "2017-05-22", "2017-05-27")
    dataset.watch("alpha/world", "2017-05-22", "2017-05-24")
    dataset.poll("alpha/world", "2017-05-24 12:00")
    dataset.write()
    assert set(days(dataset).values()) == {"covered", "partial", "unknown"}
    assert days(dataset)["05-25"] == "partial"  # The registry has it polled, and no poll came.
    dataset.rows["feeds"] = [Feed("alpha/front", "alpha", "https://x.example/f")]
    expected = {
        "05-22": "covered", "05-23": "covered", "05-24": "partial", "05-25": "covered", "05-26": "covered", "05-27": "unknown",
    }  # fmt: skip
    assert days(dataset) == expected
    assert days(dataset, "Etc/GMT+12")["05-25"] == "covered"  # also where days are worked out in another zone


def test_a_registry_without_a_source_says_nothing_of_its_feeds(dataset):
    dataset.rows["feeds"] = [Feed("beta/all", "beta", "https://x.example/b")]
    dataset.watch("alpha/front", "2017-05-22", "2017-05-27")
    dataset.watch("alpha/world", "2017-05-22", "2017-05-24")
    assert days(dataset)["05-25"] == "partial"


def test_days_after_a_feed_was_taken_out_are_the_same_in_runs_and_in_plain_words(dataset):
    dataset.rows["feeds"] = [Feed("alpha/front", "alpha", "https://x.example/f")]
    dataset.watch("alpha/front", "2017-05-22", "2017-05-27")
    dataset.watch("alpha/world", "2017-05-23", "2017-05-24")
    dataset.poll("alpha/never", "2017-05-23", "http-error", anchor=None)
    con = dataset.open()
    runs = con.execute("FROM source_days('UTC') ORDER BY ALL").fetchall()
    assert runs == con.execute("FROM worked_days('UTC') ORDER BY ALL").fetchall()
    assert {state for *_, state in runs} == {"covered", "partial", "unknown"}


def test_shares_leave_out_days_on_which_a_member_of_the_panel_was_covered_in_part(dataset, rows):
    dataset.topic("relations", "fr")
    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-25")
    dataset.rows["fetches"] = [
        dataclasses.replace(poll, anchor_present=False)
        if poll.feed_id == "beta/all" and poll.started_at.date() == date(2017, 5, 24)
        else poll
        for poll in dataset.rows["fetches"]
    ]
    for day in ("23", "24"):
        dataset.article(f"on{day}", "alpha", f"2017-05-{day} 10:00", topic="relations")
        dataset.article(f"off{day}", "beta", f"2017-05-{day} 10:00")
    panel = Panel("p", "1", sources=("alpha", "beta"))
    answer = dataset.ask("coverage", topic="relations", panel=panel, since="2017-05-23", until="2017-05-24")
    assert rows(answer, "articles", "share_of_output", "share_days") == [
        {"articles": 1, "share_of_output": None, "share_days": 0},
        {"articles": 1, "share_of_output": 0.5, "share_days": 1},
    ]
