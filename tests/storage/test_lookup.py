"""Entries looked up in the dataset are told as they would be with every article of their source at hand."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow.parquet as pq
from builders import at, document, entry, parsed

from vigie.identity import BodyKeys
from vigie.polls import Poll
from vigie.schemas import Entry, FetchedDocument
from vigie.schemas.tables import COMMIT_ORDER
from vigie.state import SourceState, take_poll
from vigie.storage import Dataset, load_cursors, load_states
from vigie.storage.known import states_at_cursors
from vigie.storage.lookup import Body, look_up

HOME = "https://outlet.example/"


def _commit(dataset: Dataset, poll: Poll, run: str) -> None:
    for table in COMMIT_ORDER:
        dataset.write(table, poll.rows(table), run_id=run)


def _body(state: SourceState, poll: FetchedDocument, entries: tuple[Entry, ...]) -> Body:
    return Body(state, poll, parsed(*entries), BodyKeys(entries, HOME))


def _looked_up(dataset: Dataset, *bodies: tuple[FetchedDocument, tuple[Entry, ...]]) -> SourceState:
    state = states_at_cursors(dataset, ["outlet"])["outlet"]
    look_up(dataset, [_body(state, poll, entries) for poll, entries in bodies])
    return state


def _some_entries(chance: random.Random) -> tuple[Entry, ...]:
    """Entries that share what no two should: links, guids, titles and days, or have none of them."""
    entries = []
    for _ in range(chance.randrange(1, 7)):
        links = [f"https://outlet.example/{chance.randrange(8)}"] * 6 + [HOME, "", "https://outlet.example/live"]
        url = chance.choice(links)
        entries.append(
            entry(
                chance.choice(["A", "B", "C", "Live", "Live", ""]),
                url=url,
                guid=chance.choice(["", "same", *map(str, range(6))]),
                text=chance.choice(["one", "two"]),
                published_at=chance.choice([None, at(0), at(30)]),
            )
        )
    return tuple(entries)


def test_polls_are_taken_alike_with_what_was_looked_up_and_with_all_that_is_known(tmp_path: Path) -> None:
    chance = random.Random(7)
    for story in range(6):
        dataset = Dataset(tmp_path / str(story))
        for hour in range(12):
            # Some runs bring polls that are older than those of the run before.
            begin, feeds = hour - chance.choice([0, 0, 3]), ["outlet/front", "outlet/all"]
            batch = [(document(begin + place / 10, feed=chance.choice(feeds)), _some_entries(chance)) for place in range(4)]
            whole = load_states(dataset, ["outlet"])["outlet"]
            part = _looked_up(dataset, *batch[: chance.randrange(1, 4)])
            for place, (poll, entries) in enumerate(batch):
                look_up(dataset, [_body(part, poll, entries)])
                taken = [take_poll(state, poll, parsed(*entries), homepage=HOME, run_id="run") for state in (whole, part)]
                assert taken[0] == taken[1], (story, hour, place)
                _commit(dataset, taken[0], f"run-{hour}-{place}")


def test_only_what_the_entries_may_be_is_read(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path)
    state = SourceState.empty("outlet")
    many = tuple(entry(f"Number {number}") for number in range(50))
    _commit(dataset, take_poll(state, document(0), parsed(*many), homepage=HOME, run_id="run"), "run")
    assert len(_looked_up(dataset, (document(1), (entry("Number 3"), entry("A new one")))).articles) == 1


def test_an_old_entry_that_comes_back_is_known(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path)
    for hour in range(5):
        entries = (entry(f"Number {hour}"),)
        state = _looked_up(dataset, (document(hour), entries))
        _commit(dataset, take_poll(state, document(hour), parsed(*entries), homepage=HOME, run_id="run"), f"run-{hour}")
    again = (entry("Number 0"),)
    poll = take_poll(_looked_up(dataset, (document(9), again)), document(9), parsed(*again), homepage=HOME, run_id="run")
    assert (poll.record.new, poll.record.known) == (0, 1)


def test_articles_whose_ledger_row_a_kill_prevented_are_known(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path)
    poll = take_poll(SourceState.empty("outlet"), document(0), parsed(entry("A")), homepage=HOME, run_id="run")
    dataset.write("articles", poll.rows("articles"), run_id="run")
    assert len(_looked_up(dataset, (document(1), (entry("A"),))).articles) == 1


def test_files_of_a_version_that_had_fewer_columns_tell_what_they_can(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path)
    before = entry("A", url="", guid="", published_at=at(0))
    poll = take_poll(SourceState.empty("outlet"), document(1), parsed(before), homepage=HOME, run_id="run")
    _commit(dataset, poll, "run")
    whole = load_cursors(dataset, ["outlet"])
    for table, lacking in (("fetches", "validators_lie"), ("articles", "title_and_day")):
        (path,) = dataset.files(table)
        pq.write_table(pq.ParquetFile(path).read().drop_columns([lacking]), path)
    assert load_cursors(dataset, ["outlet"]) == whole
    assert len(_looked_up(dataset, (document(2), (before,))).articles) == 1
