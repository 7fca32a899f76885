"""Captures of feeds by the Wayback Machine: told by path or index, addresses set right, nothing passed over in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import item, rss
from runs import ask, make_job

from vigie.errors import UsageError
from vigie.importing.captures import plan_captures
from vigie.importing.rewriting import undo_rewriting
from vigie.pipelines.import_history import import_captures
from vigie.pipelines.ingest import new_polls
from vigie.registry import Registry
from vigie.schemas import Feed, Source

STAMP = "20170529180000"
ONE = Feed("outlet/one", "outlet", "https://www.outlet.example/rss/one")
TWO = Feed("outlet/two", "outlet", "https://www.outlet.example/rss?section=two")
REGISTRY = Registry((Source("outlet", "The Outlet", feeds=(ONE, TWO)),))


def write(path: Path, content: str = "<rss/>") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "layout",
    [f"{STAMP}/outlet.example/rss/one", f"websites/www.outlet.example/{STAMP}/rss/one/index.html"],
    ids=["waybackpack", "wayback_machine_downloader"],
)
def test_folders_of_downloaders_tell_time_and_feed(tmp_path: Path, layout: str) -> None:
    write(tmp_path / layout)
    [ref] = plan_captures([tmp_path], REGISTRY)
    assert (ref.feed_id, ref.fetched_at, ref.status) == ("outlet/one", datetime(2017, 5, 29, 18, tzinfo=UTC), 200)
    assert (ref.origin, ref.capture) == ("wayback", STAMP)


def test_files_named_by_time_are_of_the_feed_that_is_named(tmp_path: Path) -> None:
    write(tmp_path / "one-20170530060000.xml")
    write(tmp_path / f"one-{STAMP}.xml")
    refs = plan_captures([tmp_path], REGISTRY, feed=TWO)
    assert [(ref.feed_id, ref.capture) for ref in refs] == [("outlet/two", STAMP), ("outlet/two", "20170530060000")]


def test_an_index_tells_address_and_status(tmp_path: Path) -> None:
    header = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    row = ["example,outlet)/rss", STAMP, "http://outlet.example/rss?section=two", "text/xml", "503", "X", "9"]
    write(tmp_path / "cdx.json", json.dumps([header, row]))
    write(tmp_path / f"{STAMP}.xml")
    [ref] = plan_captures([tmp_path], REGISTRY)
    assert (ref.feed_id, ref.status) == ("outlet/two", 503)


def test_what_is_not_read_is_told_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path / "readme.txt")
    write(tmp_path / "20171399000000.xml")
    write(tmp_path / STAMP / "other.example" / "feed")
    write(tmp_path / STAMP / "outlet.example" / "rss" / "one")
    notes: list[str] = []
    assert len(plan_captures([tmp_path], REGISTRY, notes=notes)) == 1
    assert len(notes) == 2
    assert any("1 file not read" in note and "http://other.example/feed is no feed of the registry" in note for note in notes)
    assert any("2 files not read" in note and "14 digits" in note for note in notes)


def test_two_files_of_one_feed_and_time_are_an_error_that_names_both(tmp_path: Path) -> None:
    write(tmp_path / "a" / f"{STAMP}.xml")
    write(tmp_path / "b" / f"{STAMP}.xml")
    with pytest.raises(UsageError, match=rf"b/{STAMP}.xml and .*a/{STAMP}.xml: both are the capture of outlet/one"):
        plan_captures([tmp_path], REGISTRY, feed=ONE)


def test_only_addresses_that_carry_the_captures_own_time_are_set_right() -> None:
    body = (
        f"http://web.archive.org/web/{STAMP}/https://outlet.example/1 "
        f"//web.archive.org/web/{STAMP}im_/https://outlet.example/2.jpg "
        f"/web/{STAMP}/http://outlet.example/3 "
        "https://web.archive.org/web/20160101000000/https://outlet.example/4"
    ).encode()
    restored, changed = undo_rewriting(body, STAMP)
    assert changed == 3
    assert restored.decode().split() == [
        "https://outlet.example/1",
        "https://outlet.example/2.jpg",
        "http://outlet.example/3",
        "https://web.archive.org/web/20160101000000/https://outlet.example/4",
    ]


def test_captures_become_polls_at_their_time_and_their_days_are_judged_like_any(tmp_path: Path) -> None:
    led = {"link": f"https://web.archive.org/web/{STAMP}/https://www.outlet.example/news/1"}
    write(tmp_path / "c" / f"{STAMP}.xml", rss([{**item(1), **led}]))
    write(tmp_path / "c" / "20170531180000.xml", rss([item(2), item(1)]))
    write(tmp_path / "c" / "20170602180000.xml", rss([item(9)]))
    for _ in range(2):  # the second time changes nothing
        job = make_job(tmp_path / "data", REGISTRY)
        import_captures(job, new_polls(job, plan_captures([tmp_path / "c"], REGISTRY, feed=ONE)))
    assert ask(tmp_path / "data", "SELECT DISTINCT command FROM runs") == [("import",)]
    assert ask(tmp_path / "data", "SELECT DISTINCT origin, vantage FROM stored.fetches") == [("wayback", "wayback")]
    assert ask(tmp_path / "data", "SELECT count(*) FROM stored.fetches") == [(3,)]
    urls = ask(tmp_path / "data", "SELECT url, origin FROM articles ORDER BY ALL")
    assert urls == [(f"https://{where}outlet.example/news/{n}", "wayback") for where, n in (("", 2), ("", 9), ("www.", 1))]
    states = ask(tmp_path / "data", "SELECT day(to_at), state FROM coverage ORDER BY to_at")
    assert states == [(31, "covered"), (2, "partial")]
