"""`ingest`, `replay` and `rematch` on Prism and on Flink: the rows are those that the in-memory runner writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import item, rss, write_archive
from conftest import need
from runs import ingest, replay_into, rows

from vigie.pipelines.runner_options import prism_binary
from vigie.schemas.tables import COMMIT_ORDER

#: What differs between two runs of the same work.
_OF_THE_RUN = ("run_id", "matched_at")


@pytest.fixture(params=["PrismRunner", "FlinkRunner"])
def run(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Runs a command of vigie on another runner than the in-memory one, and gives what it says."""
    options = [f"--runner={request.param}"]
    if request.param == "PrismRunner":
        need("prism", prism_binary() is not None, "no program prism on PATH and no variable VIGIE_PRISM; see docs/deploy.md")
    else:
        address = request.getfixturevalue("job_server")
        options += [f"--job_endpoint={address}", "--environment_type=LOOPBACK", "--parallelism=1"]

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "vigie", *arguments, *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == 0, done.stderr
        assert f"on {request.param}" in done.stdout or arguments[0] == "rematch"
        return done.stdout

    return run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Polls of two feeds of one outlet and one of another: new entries, an edit, a section, a failure."""
    told = "Emmanuel Macron told Vladimir Putin at Versailles that RT and Sputnik had spread lying propaganda."
    one, two, three = item(1, text=told), item(2), item(3, text=told, hours=20)
    edited = item(1, title="Number 1 on the town council, corrected", text=told)
    return write_archive(
        tmp_path / "archive",
        [
            ("outlet/all", 0, rss([one]), 200),
            ("other/all", 5, rss([three]), 200),
            ("outlet/all", 10, rss([two, edited]), 200),
            ("outlet/town", 10, rss([two]), 200),
            ("outlet/town", 25, "<html><body>Service unavailable</body></html>", 503),
            ("outlet/all", 30, rss([three, two, one]), 200),
        ],
    )


def test_ingest_and_replay_write_the_rows_of_the_in_memory_runner(
    tmp_path: Path, archive: Path, run: Callable[..., str]
) -> None:
    here, there, again = tmp_path / "in-memory", tmp_path / "there", tmp_path / "again"
    ingest(here, archive)
    run("ingest", "--from", str(archive), "--data", str(there))
    replay_into(here, tmp_path / "replayed")
    run("replay", "--data", str(there), "--into", str(again))
    for table in COMMIT_ORDER:
        expected = rows(here, table, without=_OF_THE_RUN)
        assert rows(there, table, without=_OF_THE_RUN) == expected
        assert rows(again, table, without=_OF_THE_RUN) == rows(tmp_path / "replayed", table, without=_OF_THE_RUN)
    assert rows(there, "matches")


def test_rematch_finds_what_ingest_under_the_same_topics_finds(tmp_path: Path, archive: Path, run: Callable[..., str]) -> None:
    topics = tmp_path / "bridges.yaml"
    topics.write_text(
        "concepts:\n  bridge:\n    labels: {en: Bridge}\n    terms: {en: [bridge]}\n"
        "topics:\n  bridges:\n    labels: {en: Bridges}\n    description: Bridges.\n    languages: [en]\n    rule: bridge\n"
    )
    fresh, changed = tmp_path / "fresh", tmp_path / "changed"
    run("ingest", "--from", str(archive), "--data", str(fresh), "--topics", str(topics))
    ingest(changed, archive)
    before = len(rows(changed, "matches"))
    run("rematch", "--data", str(changed), "--topics", str(topics))
    slim = "article_id || ' ' || revision_hash || ' ' || topic_id"
    assert rows(changed, "matches", slim)
    new = {row for row in rows(changed, "matches", slim) if row[0].endswith("bridges")}
    assert new == set(rows(fresh, "matches", slim))
    assert len(rows(changed, "matches")) == before + len(new)
