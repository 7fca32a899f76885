"""What a streaming worker keeps in memory is used only where it stands where the runner's state says."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import document, entry, parsed

from vigie.polls import Poll
from vigie.registry import Registry
from vigie.state import SourceState, take_poll
from vigie.storage import Dataset
from vigie.storage.source_states import Mark, SourceStates, not_on_disk
from vigie.taking import Taker


def now():  # type: ignore[no-untyped-def]
    return document(100).fetched_at


def take(state: SourceState, hours: float, *titles: str) -> Poll:
    entries = parsed(*(entry(title) for title in titles))
    return take_poll(state, document(hours), entries, homepage="https://outlet.example/", run_id="run")


def test_a_state_is_kept_from_poll_to_poll(tmp_path: Path) -> None:
    states = SourceStates(Dataset(tmp_path), ["outlet"], now)
    state = states.take("outlet", Mark(), lambda: [])
    mark = Mark().after(take(state, 0, "One"))
    states.keep("outlet", mark, state)
    assert states.take("outlet", mark, lambda: []) is state


def test_after_a_bundle_that_failed_the_state_is_made_again_from_the_polls_that_count(tmp_path: Path) -> None:
    states = SourceStates(Dataset(tmp_path), ["outlet"], now)
    state = states.take("outlet", Mark(), lambda: [])
    first = take(state, 0, "One")
    mark = Mark().after(first)
    states.keep("outlet", mark.after(take(state, 1, "One", "Two")), state)  # The runner takes this one back.
    again = states.take("outlet", mark, lambda: [first])
    assert again is not state
    poll = take(again, 1, "One", "Two")
    assert (poll.record.new, poll.record.known) == (1, 1)


def test_equal_numbers_of_other_polls_are_no_equal_standing(tmp_path: Path) -> None:
    states = SourceStates(Dataset(tmp_path), ["outlet"], now)
    one, other = SourceState.empty("outlet"), SourceState.empty("outlet")
    kept, told = Mark().after(take(one, 0, "One")), Mark().after(take(other, 0.5, "Two"))
    states.keep("outlet", kept, one)
    assert states.take("outlet", told, lambda: []) is not one


def test_what_is_on_disk_is_known_at_a_cold_start(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path)
    poll = take(SourceState.empty("outlet"), 0, "One")
    for table in ("sightings", "articles", "fetches"):
        dataset.write(table, poll.rows(table), run_id="run")
    state = SourceStates(dataset, ["outlet"], now).take("outlet", Mark(), lambda: [])
    later = take(state, 1, "One", "Two")
    assert (later.record.new, later.record.known) == (1, 1)
    assert not_on_disk(dataset, "outlet", [poll, later]) == [later]


@pytest.mark.parametrize("held", [0, 500_000])
def test_of_a_large_dataset_the_same_is_known_without_all_of_it_in_memory(
    tmp_path: Path, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.storage.source_states._HELD_AT_MOST", held)
    dataset = Dataset(tmp_path)
    old = take(SourceState.empty("outlet"), 0, *(f"Old {number}" for number in range(30)), "One")
    for table in ("sightings", "articles", "fetches"):
        dataset.write(table, old.rows(table), run_id="run")
    states, mark, recent = SourceStates(dataset, ["outlet"], now), Mark(), []
    shown = {1: ("One", "Two"), 2: ("One", "Two", "Three"), 3: ("Two", "Three", "Four")}
    taker = Taker(dataset, Registry(()), lambda fetched: parsed(*map(entry, shown[int(fetched.body)])), "run")
    counted = []
    for hour in shown:
        state = states.take("outlet", mark, recent.copy)
        (poll,) = taker.take(list(taker.read(state, [document(hour, body=str(hour).encode())])))
        counted.append((poll.record.new, poll.record.known))
        recent.append(poll)
        mark = mark.after(poll)
        if hour == 2:  # As after a restart, and after the runner's state was looked through.
            for table in ("sightings", "articles", "fetches"):
                dataset.write(table, [row for each in recent for row in each.rows(table)], run_id="run-2")
            mark, recent = Mark(mark.digest, 0, now()), []
        states.keep("outlet", mark, state)
    assert counted == [(1, 1), (1, 2), (1, 2)]
    assert len(state.articles) == (34 if held else 3)
