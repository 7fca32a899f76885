"""Archives on disk: which polls they hold, and what each says of itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import at, item, rss, write_archive

from vigie.archive import plan_archive, read_poll
from vigie.errors import UsageError
from vigie.feeds.parse import MAX_BODY_BYTES
from vigie.schemas import FetchOutcome


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """A folder of feed files without a list of polls."""
    folder = tmp_path / "my feeds"
    folder.mkdir()
    for name in ("Le Monde.xml", "b.json", ".hidden"):
        (folder / name).write_text(rss([item(1)]))
        os.utime(folder / name, (1_495_000_000, 1_495_000_000))
    return folder


def test_without_a_list_each_file_is_a_feed_polled_at_the_files_time(loose: Path) -> None:
    refs = plan_archive([str(loose)])
    assert [ref.feed_id[: -len("-123456/file")] for ref in refs] == ["my-feeds-b-json", "my-feeds-le-monde-xml"]
    assert {ref.fetched_at for ref in refs} == {datetime.fromtimestamp(1_495_000_000, UTC)}
    assert {ref.status for ref in refs} == {200}


def test_a_files_feed_is_the_same_however_it_is_named(loose: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(loose)
    named = [plan_archive([pattern]) for pattern in ("b.json", "*.json", str(loose / "b.json"))]
    assert named[0] == named[1] == named[2] == [ref for ref in plan_archive(["."]) if ref.path.endswith("b.json")]


def test_a_list_of_polls_says_what_the_files_are(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 2, "x", 200), ("o/a", 1, None, 304), ("o/b", 1, "y", 503)])
    (folder / "stray.xml").write_text("not listed")
    refs = plan_archive([str(folder)])
    assert [(ref.feed_id, ref.fetched_at, ref.status) for ref in refs] == [
        ("o/a", at(1), 304),
        ("o/b", at(1), 503),
        ("o/a", at(2), 200),
    ]
    assert [read_poll(ref).outcome for ref in refs] == [FetchOutcome.NOT_MODIFIED, FetchOutcome.HTTP_ERROR, FetchOutcome.OK]


def test_files_that_a_list_passes_over_are_told(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 2, "x", 200)])
    (folder / "stray.xml").write_text("not listed")
    notes: list[str] = []
    plan_archive([str(folder)], notes)
    assert len(notes) == 1
    assert "stray.xml" in notes[0]


def test_two_files_for_one_poll_are_refused(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 2, "x", 200), ("o/a", 2, "y", 200)])
    with pytest.raises(UsageError, match=r"0001\.xml.*both are the poll of o/a"):
        plan_archive([str(folder)])


def test_each_path_is_a_feed_of_its_own_whatever_its_letters(tmp_path: Path) -> None:
    names = ("лента.xml", "новости.xml", "a b.xml", "a-b.xml", "one/flux/x.xml", "two/flux/x.xml")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(rss([item(1)]))
    assert len({ref.feed_id for ref in plan_archive([str(tmp_path)])}) == len(names)


def test_a_list_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 2, "x", 200)])
    (folder / "polls.jsonl").write_text((folder / "polls.jsonl").read_text(), encoding="utf-8-sig")
    assert [ref.feed_id for ref in plan_archive([str(folder)])] == ["o/a"]


def test_one_file_of_a_listed_folder_keeps_what_the_list_says_of_it(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 2, "x", 200), ("o/b", 1, "y", 200)])
    (ref,) = plan_archive([str(folder / "0001.xml")])
    assert (ref.feed_id, ref.fetched_at) == ("o/b", at(1))


def test_the_same_folder_named_twice_is_read_once(loose: Path) -> None:
    assert plan_archive([str(loose), str(loose / "b.json")]) == plan_archive([str(loose)])


def test_a_listed_file_that_is_missing_is_a_failed_poll(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "polls", [("o/a", 1, "x", 200)])
    (folder / "0000.xml").unlink()
    document = read_poll(plan_archive([str(folder)])[0])
    assert document.outcome is FetchOutcome.NETWORK_ERROR
    assert "0000.xml: cannot be read" in document.error


def test_a_file_over_the_limit_is_not_read_into_memory(tmp_path: Path) -> None:
    with (tmp_path / "huge.xml").open("wb") as file:
        file.truncate(MAX_BODY_BYTES + 1)
    document = read_poll(plan_archive([str(tmp_path / "huge.xml")])[0])
    assert document.outcome is FetchOutcome.TOO_LARGE
    assert document.body == b""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "polls.jsonl:1: "),
        ("[]", "not a JSON object"),
        ('{"fetched_at": "2017-05-29T00:00:00Z"}', "'feed_id' is missing"),
        ('{"feed_id": "a/b", "fetched_at": "yesterday"}', "yesterday"),
        ('{"feed_id": "a/b", "fetched_at": "0001-01-01T00:00:00+05:00"}', "no time at which"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "status": "200"}', "status '200'"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "status": 1e400}', "status inf"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "file": "a\\u0000b"}', "cannot be stored"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "url": "\\ud800"}', "cannot be stored"),
        ('{"feed_id": "", "fetched_at": "2017-05-29T00:00:00Z"}', "feed_id ''"),
        ('{"feed_id": null, "fetched_at": "2017-05-29T00:00:00Z"}', "feed_id None"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00"}', "names no zone"),
        ('{"feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "fiel": "x"}', "unknown key 'fiel'"),
    ],
)
def test_a_wrong_list_is_told_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "polls.jsonl").write_text(line + "\n")
    with pytest.raises(UsageError, match=r"polls\.jsonl:1: ") as told:
        plan_archive([str(tmp_path)])
    assert says in str(told.value)
