"""What bad use gets: one clear line that names the thing and the remedy, exit code 2, nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import item, rss


def vigie(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "outlet.xml").write_text(rss([item(1), item(2)]))
    return tmp_path / "feeds"


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ingest", "--from", "nowhere"), "nowhere: no such file or folder"),
        (("ingest", "--from", "feeds", "--no_such_option=1"), "--no_such_option"),
        (("ingest", "--from", "feeds", "stray"), "stray: no such option"),
        (("ingest", "--from", "feeds", "--runner=Nonsense"), "--runner=Nonsense: Beam has no such runner"),
        (("ingest", "--from", "feeds", "--direct_num_workers=abc"), "--direct_num_workers"),
        (("ingest", "--from", "feeds", "--vantage=home"), "--vantage: is for polling"),
        (("query", "coverage", "--since", "0001-01-01"), "--since 0001-01-01"),
        (("ingest", "--from", "feeds", "--sources", "broken.yaml"), "broken.yaml:"),
        (("ingest", "--from", "feeds", "--topics", "broken.yaml"), "broken.yaml:"),
        (("ingest", "--from", "feeds", "--sources", "missing.yaml"), "missing.yaml"),
        (("ingest", "--from", "polls"), "polls.jsonl:2: "),
        (("replay", "--into", "copy"), "holds no polls to replay"),
        (("query", "coverage"), "data"),
        (("query", "nonsense"), "nonsense"),
        (("sql", "SELECT 1"), "data"),
        (("demo", "--data", "feeds/outlet.xml"), "outlet.xml"),
        (("nonsense",), "nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_is_told_in_one_line_and_writes_nothing(
    tmp_path: Path, feeds: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "broken.yaml").write_text("sources:\n- id: [\n")
    (tmp_path / "polls").mkdir()
    good = '{"file": null, "feed_id": "a/b", "fetched_at": "2017-05-29T00:00:00Z", "status": 304}'
    (tmp_path / "polls" / "polls.jsonl").write_text(f"{good}\n{good.replace('00Z', '00')}\n")
    done = vigie(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists() or _files(tmp_path / "data") == []


def test_output_that_cannot_be_written_is_told(tmp_path: Path, feeds: Path) -> None:
    (tmp_path / "occupied").write_text("a file, not a folder")
    done = vigie("ingest", "--from", feeds, "--data", tmp_path / "occupied" / "data", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be written to" in done.stderr
    assert "--data DIR" in done.stderr


def test_polling_asks_only_the_feeds_of_the_registry_named_and_fails_when_none_answers(tmp_path: Path, feeds: Path) -> None:
    vigie("ingest", "--from", feeds, cwd=tmp_path)
    registry = tmp_path / "mine.yaml"
    registry.write_text("sources:\n- {id: a, name: A, feeds: [{id: all, url: 'http://127.0.0.1:9/feed'}]}\n")
    done = vigie("ingest", "--sources", registry, cwd=tmp_path)
    assert done.returncode == 1
    assert "none of 1 polls could be read" in done.stderr
    assert vigie("ingest", "--ignore_schedule", cwd=tmp_path).stdout.splitlines()[0].split()[:2] == ["polls", "1"]


def test_dataset_of_another_format_or_cut_off_is_not_written_to(tmp_path: Path, feeds: Path) -> None:
    vigie("ingest", "--from", feeds, cwd=tmp_path)
    (path,) = (tmp_path / "data" / "articles").rglob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    cut = vigie("ingest", "--from", feeds, cwd=tmp_path)
    table = pq.read_table(pa.BufferReader(whole))
    pq.write_table(table.replace_schema_metadata({"vigie.format_version": "99"}), path)
    newer = vigie("ingest", "--from", feeds, cwd=tmp_path)
    assert (cut.returncode, newer.returncode) == (2, 2)
    assert "no whole Parquet file" in cut.stderr
    assert "format 99" in newer.stderr


def test_replay_tells_what_it_made(tmp_path: Path, feeds: Path) -> None:
    vigie("ingest", "--from", feeds, cwd=tmp_path)
    done = vigie("replay", "--into", "again", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2].split()[:2] == ["articles", "2"]


def test_the_same_files_read_twice_are_said_to_be_known(tmp_path: Path, feeds: Path) -> None:
    first = vigie("ingest", "--from", feeds, cwd=tmp_path)
    again = vigie("ingest", "--from", feeds, cwd=tmp_path)
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert "1 of 1 polls are in data already" in again.stderr
    count = vigie("sql", "SELECT count(*) AS articles FROM articles", "--format", "csv", cwd=tmp_path)
    assert count.stdout.split() == ["articles", "2"]


def test_data_folder_comes_from_the_variable(tmp_path: Path, feeds: Path) -> None:
    done = vigie("ingest", "--from", feeds, cwd=tmp_path, VIGIE_DATA=str(tmp_path / "elsewhere"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "elsewhere" / "articles").is_dir()


def test_direct_runner_is_the_in_memory_one_and_says_so(tmp_path: Path, feeds: Path) -> None:
    done = vigie("ingest", "--from", feeds, "--runner=DirectRunner", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "DirectRunner (in-memory)" in done.stdout


def test_other_topics_are_refused_in_a_matched_dataset(tmp_path: Path, feeds: Path) -> None:
    vigie("ingest", "--from", feeds, cwd=tmp_path)
    topics = tmp_path / "topics.yaml"
    topics.write_text(
        "concepts:\n  bridge:\n    labels: {en: bridge}\n    terms:\n      en: [bridge]\n"
        "topics:\n  bridges:\n    labels: {en: Bridges}\n    description: About bridges.\n    source: invented\n"
        "    languages: [en]\n    rule: {concept: bridge}\n"
    )
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other.xml").write_text(rss([item(3)]))
    done = vigie("ingest", "--from", "more", "--topics", topics, cwd=tmp_path)
    assert done.returncode == 2
    assert "vigie replay" in done.stderr
