"""Which article an entry is: the complaints that BEHAVIOURS collects, each as a poll or two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import at, document, entry, parsed

from vigie.feeds.parse import ParsedDocument
from vigie.polls import Poll
from vigie.schemas import Entry, FetchOutcome, Header
from vigie.state import MAX_REVISIONS, SourceState, is_unchanged, take_poll


@pytest.fixture
def state() -> SourceState:
    return SourceState.empty("outlet")


def poll(state: SourceState, hours: float, *entries: Entry, feed: str = "outlet/all") -> Poll:
    return take_poll(state, document(hours, feed=feed), parsed(*entries), homepage="https://outlet.example/", run_id="run")


def counts(poll: Poll) -> tuple[int, int, int]:
    return poll.record.new, poll.record.revised, poll.record.known


def test_entry_that_stays_in_the_feed_is_one_article(state: SourceState) -> None:
    first = poll(state, 0, entry("A"), entry("B"))
    second = poll(state, 1, entry("B"), entry("A"), entry("C"))
    assert counts(first) == (2, 0, 0)
    assert counts(second) == (1, 0, 2)


def test_edited_headline_is_a_revision_and_not_an_article(state: SourceState) -> None:
    poll(state, 0, entry("A", url="https://outlet.example/1"))
    second = poll(state, 1, entry("A, corrected", url="https://outlet.example/1"))
    assert counts(second) == (0, 1, 0)
    assert second.articles[0].article_id in state.articles.by_id


def test_headline_that_is_changed_back_makes_three_revisions(state: SourceState) -> None:
    url = "https://outlet.example/1"
    told = [poll(state, hours, entry(title, url=url)) for hours, title in enumerate(["A", "B", "A"])]
    assert [counts(p) for p in told] == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    assert len({p.articles[0].article_id for p in told}) == 1


def test_guid_repeated_for_every_entry_of_a_body_is_no_key(state: SourceState) -> None:
    first = poll(state, 0, *(entry(title, guid="same") for title in "ABC"))
    second = poll(state, 1, *(entry(title, guid="same") for title in "ABCD"))
    assert counts(first) == (3, 0, 0)
    assert counts(second) == (1, 0, 3)


def test_guid_that_comes_back_for_another_article_does_not_merge_them(state: SourceState) -> None:
    first = poll(state, 0, entry("A", guid="story", published_at=at(0)))
    second = poll(state, 5, entry("B", guid="story", published_at=at(4)))
    assert first.articles[0].article_id != second.articles[0].article_id
    assert counts(second) == (1, 0, 0)


def test_guid_that_changes_at_each_poll_makes_no_new_article(state: SourceState) -> None:
    poll(state, 0, entry("A", guid="1", url="https://outlet.example/a"))
    assert counts(poll(state, 1, entry("A", guid="2", url="https://outlet.example/a"))) == (0, 0, 1)


def test_address_renamed_after_a_headline_edit_is_the_same_article_by_its_guid_and_time(state: SourceState) -> None:
    poll(state, 0, entry("Old headline", guid="g", url="https://outlet.example/old-headline"))
    renamed = poll(state, 1, entry("New headline", guid="g", url="https://outlet.example/new-headline"))
    assert counts(renamed) == (0, 1, 0)


def test_article_in_three_sections_is_one_article_seen_in_three_feeds(state: SourceState) -> None:
    url = "https://outlet.example/a"
    polls = [poll(state, 0, entry("A", url=url), feed=f"outlet/{name}") for name in ("europe", "front", "world")]
    assert [counts(p) for p in polls] == [(1, 0, 0), (0, 0, 1), (0, 0, 1)]
    assert [p.sightings[0].feed_id for p in polls] == ["outlet/europe", "outlet/front", "outlet/world"]
    assert len({p.sightings[0].article_id for p in polls}) == 1


def test_two_sections_with_two_teasers_do_not_revise_each_other(state: SourceState) -> None:
    url = "https://outlet.example/a"
    for hours in range(3):
        front = poll(state, hours, entry("A", url=url, text="Long."), feed="outlet/front")
        world = poll(state, hours, entry("A", url=url, text="Short."), feed="outlet/world")
    assert counts(front) == (0, 0, 1)
    assert counts(world) == (0, 0, 1)


def test_one_link_for_all_entries_leaves_them_apart(state: SourceState) -> None:
    link = "https://outlet.example/live"
    first = poll(state, 0, entry("A", url=link), entry("B", url=link))
    second = poll(state, 1, entry("C", url=link), entry("A", url=link), entry("B", url=link))
    assert counts(first) == (2, 0, 0)
    assert counts(second) == (1, 0, 2)


def test_home_page_as_link_names_no_article(state: SourceState) -> None:
    home = "https://outlet.example/"
    poll(state, 0, entry("A", url=home))
    assert counts(poll(state, 1, entry("B", url=home))) == (1, 0, 0)


def test_entry_without_link_and_guid_is_known_by_title_and_date(state: SourceState) -> None:
    bare = {"url": "", "canonical_url": ""}
    poll(state, 0, entry("A", **bare), entry("B", **bare))
    assert counts(poll(state, 1, entry("A", **bare), entry("A", **bare, published_at=at(30)))) == (1, 0, 1)


def test_entry_without_link_stays_one_article_beside_another_of_its_title_and_day(state: SourceState) -> None:
    both = (entry("A", url="", canonical_url=""), entry("A", url="https://outlet.example/a"))
    first, *later = [poll(state, hours, *both) for hours in range(3)]
    assert first.record.new == len(state.articles)
    assert [counts(p) for p in later] == [(0, 0, 2), (0, 0, 2)]


def test_entry_listed_twice_in_one_body_is_counted_as_known(state: SourceState) -> None:
    twice = poll(state, 0, entry("A"), entry("A"))
    assert counts(twice) == (1, 0, 1)


def test_feed_that_embeds_the_clock_stops_making_revisions(state: SourceState) -> None:
    for hours in range(MAX_REVISIONS + 10):
        last = poll(state, hours, entry("A", url="https://outlet.example/a", text=f"It is {hours} o'clock."))
    assert counts(last) == (0, 0, 1)
    assert len(next(iter(state.articles.by_id.values())).revisions) == MAX_REVISIONS


def test_taking_the_same_polls_again_finds_everything_known(state: SourceState) -> None:
    story = [(0, ("A", "B")), (1, ("A edited", "B")), (2, ("A", "B", "C"))]

    def run() -> list[tuple[int, int, int]]:
        return [
            counts(poll(state, hours, *(entry(t, url=f"https://outlet.example/{t[0]}") for t in titles)))
            for hours, titles in story
        ]

    assert run() == [(2, 0, 0), (0, 1, 1), (1, 1, 1)]
    assert run() == [(0, 0, 2), (0, 0, 2), (0, 0, 3)]


def test_older_poll_taken_late_gives_an_earlier_first_revision(state: SourceState) -> None:
    url = "https://outlet.example/a"
    poll(state, 5, entry("A, edited", url=url))
    late = poll(state, 0, entry("A", url=url, published_at=at(-1)))
    assert counts(late) == (0, 1, 0)
    assert next(iter(state.articles.by_id.values())).first.fetched_at == at(0)
    assert late.record.anchor_present is None


@pytest.mark.parametrize("hours", [1, 2], ids=["the same poll of an archive", "the next live poll"])
def test_poll_after_a_kill_tells_what_had_arrived_since_the_last_one_in_the_ledger(state: SourceState, hours: float) -> None:
    poll(state, 0, entry("A", published_at=at(-1)))
    poll(state, 0, entry("B, a teaser", url="https://outlet.example/b"), feed="outlet/town")
    in_ledger = dict(state.cursors)
    shown = entry("A", published_at=at(-1)), entry("B", url="https://outlet.example/b"), entry("C", published_at=at(0.5))
    undisturbed = poll(state, 1, *shown)
    state.cursors = in_ledger  # Its row of the ledger was not written any more.
    again = poll(state, hours, *shown)
    assert again.record.anchor == undisturbed.record.anchor
    assert counts(again) == (0, 0, 3)


def test_ids_do_not_depend_on_which_run_saw_the_article(state: SourceState) -> None:
    here = poll(state, 0, entry("A"))
    there = poll(SourceState.empty("outlet"), 50, entry("B"), entry("A"))
    assert here.articles[0].article_id == there.articles[1].article_id


class TestLedger:
    def test_anchor_is_present_while_the_window_has_not_turned_over(self, state: SourceState) -> None:
        poll(state, 0, entry("A"))
        poll(state, 1, entry("B"), entry("A"))
        still = poll(state, 2, entry("C"), entry("B"))
        turned = poll(state, 3, entry("E"), entry("D"))
        assert still.record.anchor_present is True
        assert turned.record.anchor_present is False

    def test_poll_that_shares_an_old_entry_but_lost_the_last_one_is_not_covered(self, state: SourceState) -> None:
        poll(state, 0, entry("A"))
        poll(state, 1, entry("B"), entry("A"))
        lost = poll(state, 2, entry("C"), entry("A"))
        assert lost.record.anchor_present is False

    def test_anchor_is_the_newest_of_those_that_arrived_together_wherever_it_stands(self, state: SourceState) -> None:
        poll(
            state,
            0,
            entry("Pinned", published_at=at(-500)),
            entry("Old", published_at=at(-9)),
            entry("New", published_at=at(-1)),
        )
        turned = poll(state, 1, entry("Pinned", published_at=at(-500)), entry("Newer", published_at=at(1)))
        oldest_first = poll(state, 2, entry("Newer", published_at=at(1)), entry("Newest", published_at=at(2)))
        assert turned.record.anchor_present is False
        assert oldest_first.record.anchor_present is True

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [(FetchOutcome.NETWORK_ERROR, 200), (FetchOutcome.HTTP_ERROR, 503), (FetchOutcome.TOO_LARGE, 200)],
    )
    def test_validators_of_a_body_that_was_not_had_are_not_sent_back(
        self, state: SourceState, outcome: FetchOutcome, status: int
    ) -> None:
        validators = [(Header("etag", f'"v{n}"'), Header("last-modified", f"day {n}")) for n in (1, 2)]
        take_poll(state, document(0, headers=validators[0]), parsed(entry("A")), homepage="", run_id="r")
        broken = document(1, headers=validators[1], body=b"", outcome=outcome, status=status)
        failed = take_poll(state, broken, None, homepage="", run_id="r")
        page = take_poll(
            state, document(2, headers=validators[1]), parsed(outcome=FetchOutcome.NOT_A_FEED), homepage="", run_id="r"
        )
        for record in (failed.record, page.record):
            assert (record.etag, record.last_modified) == ('"v1"', "day 1")

    def test_after_a_body_that_broke_off_no_validators_are_sent(self, state: SourceState) -> None:
        headers = (Header("etag", '"v1"'),)
        cut = ParsedDocument((entry("A"),), (), FetchOutcome.OK, warning="not well-formed: no element found", total=1)
        broken = take_poll(state, document(0, headers=headers), cut, homepage="", run_id="r")
        assert broken.record.outcome is FetchOutcome.OK
        assert (broken.record.etag, broken.record.last_modified) == ("", "")

    def test_both_validators_are_those_of_the_last_whole_answer_though_its_body_is_the_same(self, state: SourceState) -> None:
        both, one = (Header("etag", '"v1"'), Header("last-modified", "day 1")), (Header("last-modified", "day 2"),)
        take_poll(state, document(0, headers=both, body=b"x"), parsed(entry("A")), homepage="", run_id="r")
        again = take_poll(state, document(1, headers=one, body=b"x"), None, homepage="", run_id="r").record
        assert (again.outcome, again.etag, again.last_modified) == (FetchOutcome.UNCHANGED, "", "day 2")
        nothing = document(2, status=304, body=b"", outcome=FetchOutcome.NOT_MODIFIED)
        kept = take_poll(state, nothing, None, homepage="", run_id="r").record
        assert (kept.etag, kept.last_modified) == ("", "day 2")

    def test_same_body_is_unchanged_and_is_not_read_again(self, state: SourceState) -> None:
        first = take_poll(state, document(0, body=b"x"), parsed(entry("A")), homepage="", run_id="run")
        again = take_poll(state, document(1, body=b"x"), parsed(entry("A")), homepage="", run_id="run")
        assert again.record.outcome is FetchOutcome.UNCHANGED
        assert again.raw is None
        assert again.record.entry_keys == ()
        assert again.record.anchor == first.record.anchor
        assert again.record.anchor_present is True

    def test_same_body_needs_no_parsing(self, state: SourceState) -> None:
        assert not is_unchanged(state, document(0, body=b"x"))
        take_poll(state, document(0, body=b"x"), parsed(entry("A")), homepage="", run_id="run")
        repeated = document(1, body=b"x")
        assert is_unchanged(state, repeated)
        again = take_poll(state, repeated, None, homepage="", run_id="run")
        assert (again.record.outcome, again.record.entries) == (FetchOutcome.UNCHANGED, 0)
        assert not is_unchanged(state, document(2, body=b"y"))
        assert not is_unchanged(state, document(0.5, body=b"x"))  # older than the last one, and so not its repetition

    def test_body_that_could_not_be_read_is_tried_again(self, state: SourceState) -> None:
        page = parsed(outcome=FetchOutcome.NOT_A_FEED)
        take_poll(state, document(0, body=b"<html>"), page, homepage="", run_id="run")
        assert not is_unchanged(state, document(1, body=b"<html>"))

    def test_failed_poll_keeps_the_cursor_and_counts_up(self, state: SourceState) -> None:
        poll(state, 0, entry("A"))
        failing = {"status": 503, "outcome": FetchOutcome.HTTP_ERROR, "error": "HTTP status 503"}
        failed = [take_poll(state, document(h, **failing), None, homepage="", run_id="r") for h in (1, 2)]
        after = poll(state, 3, entry("B"), entry("A"))
        assert [f.record.failures_in_a_row for f in failed] == [1, 2]
        assert failed[0].failures[0].stage == "fetch"
        assert after.record.failures_in_a_row == 0
        assert after.record.anchor_present is True

    def test_unchanged_poll_after_a_change_still_knows_what_the_body_held(self, state: SourceState) -> None:
        url = "https://outlet.example/a"
        take_poll(state, document(0, body=b"1"), parsed(entry("A", url=url)), homepage="", run_id="r")
        take_poll(state, document(1, body=b"1"), parsed(entry("A", url=url)), homepage="", run_id="r")
        edited = take_poll(state, document(2, body=b"2"), parsed(entry("B", url=url)), homepage="", run_id="r")
        assert edited.record.revised == 1

    def test_entries_of_a_first_poll_are_backlog_and_later_ones_are_not(self, state: SourceState) -> None:
        first = poll(state, 0, entry("Old", published_at=at(-300)), entry("Undated", published_at=None))
        second = poll(state, 4, entry("New", published_at=at(1)), entry("Late undated", published_at=None))
        assert [article.backlog for article in first.articles] == [True, True]
        assert [article.backlog for article in second.articles] == [False, False]

    def test_revision_keeps_the_date_and_backlog_of_the_first(self, state: SourceState) -> None:
        url = "https://outlet.example/a"
        poll(state, 0, entry("A", url=url, published_at=at(-1)))
        edited = poll(state, 5, entry("B", url=url, published_at=at(5) - timedelta(minutes=1)))
        assert edited.articles[0].first_published_at == at(-1)
        assert edited.articles[0].backlog is True
