"""Retention and erasure: what is removed is in no file, figures stay, and a mark says so."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import item, rss, write_archive
from runs import Clock, ask, ingest

from vigie.cli.app import run
from vigie.cli.compact import forget as forget_command
from vigie.pipelines.compact import compact
from vigie.queries import Parameters, open_dataset
from vigie.queries import ask as ask_question
from vigie.queries.answers import audit
from vigie.storage import Dataset

SECRET = "Emmanuel Macron and Vladimir Putin met Zoltan Unforgettable at Versailles."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three polls: one article that must go, one of the same body, and one that came without it."""
    told = item(1, title="Zoltan Unforgettable in Versailles", text=SECRET)
    polls = [("outlet/all", 0, rss([told, item(2)]), 200), ("outlet/all", 10, rss([item(3)]), 200)]
    ingest(tmp_path / "data", write_archive(tmp_path / "archive", polls))
    return tmp_path / "data"


def forget(data: Path, url: str | None = None, *, source: str | None = None, reason: str = "") -> None:
    forget_command(url, source, reason, data)


def run_command(arguments: list[str]) -> None:
    with contextlib.suppress(SystemExit):
        run(arguments)


def _now(hours: float) -> Clock:
    return Clock(datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=hours))


def _holding(data: Path, word: str) -> list[str]:
    """The files in which a word can be read."""
    files = sorted(data.rglob("*.parquet"))
    return [str(file.relative_to(data)) for file in files if word in str(pq.ParquetFile(file).read().to_pylist())]


@pytest.mark.parametrize("settled_before", [False, True])
def test_a_forgotten_article_is_in_no_file_and_still_counts(
    data: Path, settled_before: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if settled_before:
        compact(Dataset(data), clock=_now(0))
    counts = "SELECT count(*), count(DISTINCT article_id) FROM matches"
    before = ask(data, counts), ask(data, "SELECT count(*) FROM mentions"), ask(data, "SELECT count(*) FROM articles")
    assert _holding(data, "Unforgettable")
    forget(data, "https://outlet.example/news/1", reason="asked by its subject")
    assert "marked   1 article" in capsys.readouterr().out
    compact(Dataset(data), clock=_now(1))
    compact(Dataset(data), clock=_now(3))
    assert _holding(data, "Unforgettable") == []
    assert _holding(data, "Number 3 on the town council")
    assert (ask(data, counts), ask(data, "SELECT count(*) FROM mentions"), ask(data, "SELECT count(*) FROM articles")) == before
    assert ask(data, "SELECT title, text, url FROM articles WHERE title = ''") == [("", "", "https://outlet.example/news/1")]
    assert ask(data, "SELECT reason FROM removals") == [("asked by its subject",)]
    assert ask(data, "SELECT count(*) FROM stored.raw") == [(1,)]
    notes = ask_question(open_dataset(data), "coverage", Parameters(backlog=True)).notes
    assert any(note.startswith("Text removed on request: 1 article of the period") for note in notes)


def test_a_forgotten_article_does_not_come_back_with_the_next_poll(data: Path, tmp_path: Path) -> None:
    forget(data, "https://outlet.example/news/1")
    compact(Dataset(data), clock=_now(1))
    again = item(1, title="Zoltan Unforgettable in Versailles", text=SECRET)
    polls = [("outlet/all", 20, rss([again, item(4)]), 200)]
    ingest(data, write_archive(tmp_path / "more", polls), clock=Clock(datetime(2026, 2, 2, tzinfo=UTC)))
    for hours in (48, 50):
        compact(Dataset(data), clock=_now(hours))
    assert _holding(data, "Unforgettable") == []
    assert ask(data, "SELECT count(*) FROM articles") == [(4,)]


def test_an_edit_of_a_forgotten_article_is_counted_and_its_words_are_never_written(data: Path, tmp_path: Path) -> None:
    forget(data, "https://outlet.example/news/1")
    compact(Dataset(data), clock=_now(1))
    edited = item(1, title="Zoltan Unmentionable in Versailles", text=f"{SECRET} Unmentionable.")
    polls = [("outlet/all", 20, rss([edited, item(4)]), 200)]
    ingest(data, write_archive(tmp_path / "more", polls), clock=Clock(datetime(2026, 2, 2, tzinfo=UTC)))
    assert _holding(data, "Unmentionable") == []
    revisions = (
        "SELECT revision, title, text FROM article_revisions WHERE url = 'https://outlet.example/news/1' ORDER BY revision"
    )
    assert ask(data, revisions) == [(1, "", ""), (2, "", "")]
    assert ask(data, "SELECT revised, new FROM fetches ORDER BY started_at DESC LIMIT 1") == [(1, 1)]
    assert ask(data, "SELECT title <> '' FROM articles WHERE url = 'https://outlet.example/news/4'") == [(True,)]


@pytest.mark.parametrize("named", [{"url": "https://outlet.example/news/1"}, {"source": "outlet"}], ids=["article", "source"])
def test_no_audit_finds_fault_with_what_is_left_of_a_forgotten_text(data: Path, named: dict[str, str]) -> None:
    forget(data, **named)
    for hours in (None, 1, 3):
        if hours is not None:
            compact(Dataset(data), clock=_now(hours))
        with open_dataset(data) as connection:
            assert audit(connection) == {}
            [(mentions,)] = connection.sql("SELECT count(*) FROM mentions").fetchall()
            assert mentions > 0


def test_a_forgotten_source_keeps_its_counts_alone(data: Path) -> None:
    forget(data, source="outlet")
    compact(Dataset(data), clock=_now(1))
    compact(Dataset(data), clock=_now(3))
    assert _holding(data, "Unforgettable") == _holding(data, "town council") == []
    assert ask(data, "SELECT count(*), sum(text_words) > 0 FROM articles") == [(3, True)]


def test_replay_tells_by_feed_which_polls_are_gone_and_keeps_the_mark(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command(["replay", "--data", str(data), "--into", str(tmp_path / "whole")])
    assert "were removed" not in capsys.readouterr().err
    forget(data, "https://outlet.example/news/1")
    for hours in (1, 3):
        compact(Dataset(data), clock=_now(hours))
    run_command(["replay", "--data", str(data), "--into", str(tmp_path / "again")])
    told = capsys.readouterr().err
    assert "The bodies of 1 poll were removed" in told
    assert "will be missing: outlet/all (1)\n" in told
    again = tmp_path / "again"
    assert ask(again, "SELECT url FROM articles") == [("https://outlet.example/news/3",)]
    assert ask(again, "SELECT count(*) FROM removals") == [(1,)]
    # A body that was removed is no failure, and the ledger is as it was.
    assert ask(again, "SELECT count(*) FROM failures") == [(0,)]
    assert ask(again, "SELECT count(*) FROM fetches") == ask(data, "SELECT count(*) FROM fetches")


def test_bodies_are_kept_for_as_long_as_is_said(tmp_path: Path) -> None:
    polls = [("outlet/all", hours, rss([item(hours)]), 200) for hours in (0, 24 * 20, 24 * 40)]
    data = tmp_path / "data"
    ingest(data, write_archive(tmp_path / "archive", polls))
    whole = ask(data, "SELECT count(*) FROM articles"), ask(data, "SELECT count(*) FROM fetches")
    late = Clock(datetime(2017, 7, 5, tzinfo=UTC))
    assert compact(Dataset(data), keep_raw=timedelta(days=30), clock=late).written
    assert ask(data, "SELECT min(fetched_at)::DATE::VARCHAR, count(*) FROM raw") == [("2017-06-11", 2)]
    assert compact(Dataset(data), keep_raw=timedelta(days=30), clock=late).written == 0
    compact(Dataset(data), keep_raw=timedelta(days=1), clock=late)
    assert ask(data, "SELECT count(*) FROM raw") == [(0,)]
    assert (ask(data, "SELECT count(*) FROM articles"), ask(data, "SELECT count(*) FROM fetches")) == whole


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["forget"], "name one of them"),
        (["forget", "https://nowhere.example/1"], "no article of"),
        (["compact", "--keep_raw", "soon"], "is no number of days"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_one_line(data: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run([*arguments, "--data", str(data)])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
