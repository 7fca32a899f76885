"""How files are put in place: whole or not at all, and what a disk that fails leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import at, item, rss, write_archive
from conftest import need
from runs import ingest

from vigie.errors import WorkError
from vigie.schemas import Failure
from vigie.storage import Dataset


def failure(message: str) -> Failure:
    return Failure("fetch", "outlet/all", "outlet", "key", "kind", message, "", at(0), "r")


def test_a_write_that_fails_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from vigie.storage import Dataset; from vigie.errors import WorkError; from test_placing import failure\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))\n"
        "try:\n"
        "    Dataset(Path(sys.argv[1])).write('failures', [failure(str(number)) for number in range(1_000)], run_id='r')\n"
        "except WorkError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )
    assert done.returncode == 0, done.stderr
    assert "cannot be written (File too large); what was committed before stands" in done.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the temporary one."""
    shared_memory = Path("/dev/shm")
    there = (
        shared_memory.is_dir() and shared_memory.stat().st_dev != tmp_path.stat().st_dev and os.access(shared_memory, os.W_OK)
    )
    need("other-disk", there, "no second file system that can be written to")
    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield Path(folder)


def test_a_table_on_another_disk_is_told_as_what_it_is(tmp_path: Path, other_disk: Path) -> None:
    (tmp_path / "failures").symlink_to(other_disk)
    with pytest.raises(WorkError, match=r"failures.*: is on another disk than .*; move the whole folder"):
        Dataset(tmp_path).write("failures", [failure("why")], run_id="r")
    assert list((tmp_path / ".tmp").iterdir()) == []


def test_a_power_cut_keeps_the_names_of_articles_where_it_keeps_the_ledgers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    flush = os.fsync

    def note(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    write_archive(tmp_path / "archive", [("outlet/all", 0, rss([item(1)]), 200)])
    ingest(tmp_path / "data", tmp_path / "archive")
    data = tmp_path / "data"
    [ledger] = (data / "fetches").glob("*/*.parquet")
    [articles] = (data / "articles").glob("*/*.parquet")
    ledgers_bytes = flushed.index(ledger.stat().st_ino)
    assert flushed.index(articles.stat().st_ino) < flushed.index(articles.parent.stat().st_ino) < ledgers_bytes
    assert flushed.index(articles.parent.parent.stat().st_ino) < ledgers_bytes
    assert ledger.parent.stat().st_ino in flushed[ledgers_bytes:]
