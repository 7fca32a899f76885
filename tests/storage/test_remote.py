"""A dataset in an object store, on an S3-compatible server on loopback: the same files, in the same order, as in a folder."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from builders import item, rss, write_archive
from runs import Clock, ingest, rows
from typer.testing import CliRunner

from vigie.cli.app import make_app
from vigie.errors import UsageError
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset
from vigie.storage.remote import remote_of


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    told = "Emmanuel Macron told Vladimir Putin at Versailles that RT and Sputnik had spread lying propaganda."
    one, two = item(1, text=told), item(2)
    return write_archive(tmp_path / "archive", [("outlet/all", 0, rss([one]), 200), ("outlet/all", 10, rss([two, one]), 200)])


def objects(bucket: str) -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="monitor/")
    return [entry["Key"] for entry in listed.get("Contents", [])]


def vigie(*arguments: str) -> str:
    done = CliRunner().invoke(make_app(), arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_dataset_in_a_bucket_holds_what_one_in_a_folder_does(bucket: str, archive: Path, tmp_path: Path) -> None:
    ingest(tmp_path / "folder", archive)
    ingest(Path(f"s3://{bucket}/monitor"), archive)
    local = {path.relative_to(tmp_path / "folder").as_posix() for path in (tmp_path / "folder").rglob("date=*/*.parquet")}
    assert local <= {name.removeprefix("monitor/") for name in objects(bucket)}
    shutil.rmtree(tmp_path / "cache")  # As on another machine.
    copy = Dataset(Path(f"s3://{bucket}/monitor")).pull()
    for table in COMMIT_ORDER:
        assert rows(copy, table) == rows(tmp_path / "folder", table)


def test_a_run_goes_on_from_what_is_in_the_bucket(bucket: str, archive: Path, tmp_path: Path) -> None:
    data = Path(f"s3://{bucket}/monitor")
    assert ingest(data, archive).counters["new"] == 2
    shutil.rmtree(tmp_path / "cache")
    later = Clock(datetime(2026, 1, 2, tzinfo=UTC))
    assert ingest(data, archive, clock=later).counters["polls"] == 0


def test_objects_appear_in_the_order_that_a_kill_cannot_break(
    bucket: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vigie.storage.remote import Remote

    written: list[str] = []
    push = Remote.push

    def noting(self: Remote, name: str, content: bytes) -> None:
        push(self, name, content)
        written.append(name.partition("/")[0])

    monkeypatch.setattr(Remote, "push", noting)
    ingest(Path(f"s3://{bucket}/monitor"), archive)
    assert [table for table in written if table in COMMIT_ORDER] == [table for table in COMMIT_ORDER if table in written]


def test_questions_are_asked_of_a_bucket_too(bucket: str, archive: Path) -> None:
    place = f"s3://{bucket}/monitor"
    vigie("ingest", "--from", str(archive), "--data", place)
    assert "2" in vigie("sql", "SELECT count(*) FROM articles", "--data", place)


def test_a_bucket_that_is_not_there_is_told_before_anything_is_done(bucket: str, archive: Path) -> None:
    with pytest.raises(UsageError, match=r"s3://no-such-bucket/monitor: cannot be written to .* name a bucket that exists"):
        ingest(Path("s3://no-such-bucket/monitor"), archive)


@pytest.mark.parametrize("command", [("compact",), ("forget", "--source", "x")])
def test_what_replaces_files_is_refused_for_a_bucket(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(make_app(), [*command, "--data", "s3://bucket/monitor"])
    assert done.exit_code == 2
    assert "copy the bucket" in done.output


def test_a_folder_is_no_bucket(tmp_path: Path) -> None:
    assert remote_of(tmp_path) is None
    assert str(remote_of(Path("s3://bucket/a/b"))) == "s3://bucket/a/b"
