"""A dataset that stays open answers as one that was opened for the question: whatever was asked before, from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from runs import Clock

from vigie.pipelines.compact import compact
from vigie.queries import Answer, Parameters, ask, ask_once, keeping
from vigie.storage import Dataset

_ZONES = ("UTC", "Europe/Paris", "Asia/Kolkata")
_ASKED = [
    ("coverage", Parameters(topic=topic, tz=zone, since=date(2024, 3, day), until=date(2024, 3, 9), backlog=backlog))
    for zone in _ZONES
    for topic in (None, "relations")
    for day, backlog in ((2, False), (4, True))
]


@pytest.fixture
def watched(dataset):
    for source in ("alpha", "beta", "gamma"):
        dataset.source(source)
        dataset.watch(f"{source}/all", "2024-03-01", "2024-03-10")
        for day in range(2, 9):
            when = f"2024-03-{day:02} {3 * day % 24:02}:30"
            dataset.article(f"{source}-{day}", source, when, topic="relations" if day % 2 else None, backlog=day == 5)
    dataset.topic()
    return dataset


def _said(answer: Answer) -> object:
    return answer.table.to_pylist(), answer.notes, answer.parameters


def test_what_was_asked_before_changes_no_answer(watched):
    with watched.open() as con:
        kept = [_said(ask(con.cursor(), *asked)) for asked in (*_ASKED, *_ASKED)]
    for asked, first, again in zip(_ASKED, kept, kept[len(_ASKED) :], strict=False):
        with watched.open() as fresh:
            assert first == again == _said(ask(fresh, *asked)), asked


def test_threads_that_ask_in_many_zones_at_once_get_what_one_alone_gets(watched):
    with watched.open() as con:
        alone = [_said(ask(con.cursor(), *asked)) for asked in _ASKED]
    with watched.open() as con, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda asked: _said(ask(con.cursor(), *asked)), _ASKED)) == alone


def test_a_cursor_answers_when_the_dataset_it_is_of_was_let_go(watched):
    con = watched.open()
    cursor = con.cursor()
    expected = _said(ask(con, *_ASKED[-1]))
    del con
    assert _said(ask(cursor, *_ASKED[-1])) == expected


@pytest.mark.parametrize("most", [0, 4, 7])
def test_topics_that_are_asked_about_in_turn_get_the_same_answers_however_few_can_be_kept(dataset, monkeypatch, most):
    topics = ("relations", "elections", "sport")
    dataset.source("alpha")
    dataset.watch("alpha/all", "2024-03-01", "2024-03-10")
    for number, topic in enumerate((*topics, None) * 3):
        dataset.article(f"alpha-{number}", "alpha", f"2024-03-{2 + number % 7:02} 09:30", topic=topic)
    for topic in topics:
        dataset.topic(topic)
    asked = [
        ("coverage", Parameters(topic=topic, tz=zone)) for zone in ("UTC", "Asia/Tokyo") for topic in (*topics, *topics[:1])
    ]
    with dataset.open() as con:
        expected = [_said(ask(con.cursor(), *question)) for question in asked]
    assert [sum(row["articles"] for row in rows) for rows, *_ in expected] == [3] * len(asked)
    monkeypatch.setattr(keeping, "_MOST_HITS", most)
    monkeypatch.setattr(keeping, "_MOST_CELLS", most)
    with dataset.open() as con:
        assert [_said(ask(con.cursor(), *question)) for question in asked] == expected


@pytest.mark.parametrize("most", [0, 1_000])
def test_what_few_questions_read_is_the_same_when_it_is_kept_and_when_it_is_too_much_to_be(watched, monkeypatch, most):
    asked = [(name, Parameters()) for name in ("articles", "feed-health", "delay", "citations", "headline-edits")]
    monkeypatch.setattr(keeping, "_READ_BY_FEW", {})
    with watched.open() as con:
        expected = [_said(ask(con, *question)) for question in asked]
        assert expected[0][0]
    monkeypatch.undo()
    read_by_few = {view: (readers, most) for view, (readers, _) in keeping._READ_BY_FEW.items()}
    monkeypatch.setattr(keeping, "_READ_BY_FEW", read_by_few)
    with watched.open() as con:
        assert [_said(ask(con.cursor(), *question)) for question in (*asked, *asked)] == [*expected, *expected]
        kept = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'rows of %'").fetchall()
        assert kept == [(len(read_by_few) if most else 1,)]  # Of mentions there are none.


def test_settled_months_that_are_asked_about_in_turn_get_the_same_answers_however_few_can_be_kept(dataset, monkeypatch):
    dataset.source("alpha")
    dataset.watch("alpha/all", "2024-01-01", "2024-04-30")
    dataset.topic()
    for number in range(20):
        month, day = 1 + number % 4, 1 + number
        published = f"2024-{month:02}-{day:02} 09:30" if number % 6 else None
        fetched = f"2024-{min(month + number % 3, 4):02}-28 10:00"  # up to two months later
        dataset.article(f"alpha-{number}", "alpha", published, fetched=fetched, topic="relations" if number % 2 else None)
    dataset.article("alpha-1", "alpha", "2024-02-02 09:30", fetched="2024-04-29 10:00", title="Edited", revision="b")
    compact(Dataset(dataset.write()), clock=Clock(datetime(2024, 5, 2, tzinfo=UTC)))
    dataset.article("alpha-7", "alpha", "2024-03-30 09:30", fetched="2024-01-02 10:00")  # An older archive is read later.
    dataset.write()
    asked = [
        (name, Parameters(topic=topic, since=date(2024, month, 1), until=date(2024, month, 29)))
        for month in (2, 4, 1, 2)
        for name in ("date-quality", "articles", "first-seen", "delay", "headline-edits")
        for topic in (None, "relations")
        if topic or name != "first-seen"
    ]
    # One question alone keeps nothing, and looks into all months.
    expected = [_said(ask_once(dataset.root, *question)) for question in asked]
    listed = {(name, given.topic, given.since): len(rows) for (name, given), (rows, *_) in zip(asked, expected, strict=True)}
    assert min(rows for (name, topic, _), rows in listed.items() if (name, topic) == ("articles", None)) > 2
    assert sum(rows for (name, *_), rows in listed.items() if name == "headline-edits") > 0
    for most in (0, 6, 100):
        monkeypatch.setattr(keeping, "_MOST_FIRSTS", most)
        monkeypatch.setattr(keeping, "_MOST_INTERVALS", 10 * most)
        with dataset.open() as con:
            assert [_said(ask(con.cursor(), *question)) for question in asked] == expected, most
