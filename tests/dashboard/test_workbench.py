"""The workbench holds against statements that mean harm: nothing written, nothing else read, time and memory bounded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from builders import item, rss

from vigie.dashboard.workbench import Bounds, run_bounded
from vigie.errors import UsageError

TIGHT = Bounds(seconds=2.0, memory_mib=256, rows=100)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of a few articles."""
    folder = tmp_path_factory.mktemp("workbench")
    (folder / "feed.xml").write_text(rss([item(number) for number in range(3)]))
    command = [sys.executable, "-m", "vigie", "ingest", "--from", folder / "feed.xml", "--data", folder / "data"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "data"


def test_statement_that_reads_gives_rows_version_and_no_more_than_it_may(data: Path) -> None:
    answer = run_bounded(str(data), "SELECT title FROM articles ORDER BY title", Bounds(rows=2))
    assert answer.table.num_rows == 2
    assert answer.notes == ("Only the first 2 rows: there are more.",)
    assert len(answer.data_version) == 12


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '{data}/x.csv'",
        "COPY articles TO '/tmp/x.parquet'",
        "EXPORT DATABASE '{data}/export'",
        "ATTACH '{data}/x.db'",
        "CREATE TABLE x AS SELECT 1",
        "WITH x AS (INSERT INTO sources SELECT * FROM sources RETURNING *) FROM x",
        "DROP VIEW articles",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "CHECKPOINT",
        "USE stored",
        "SELECT 1; DROP VIEW articles",
        "FROM '/etc/passwd'",
        "FROM 'http://127.0.0.1/x.parquet'",
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('{data}/articles')",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))",
        "FROM glob('/*')",
        "FROM query('SELECT 1')",
        "FROM duckdb_settings()",
        "FROM duckdb_secrets()",
        "SELECT getenv('HOME')",
        "DESCRIBE SELECT * FROM read_csv('/etc/passwd')",
    ],
)
def test_statement_that_does_more_than_read_the_views_is_refused(data: Path, statement: str) -> None:
    before = sorted(data.rglob("*"))
    with pytest.raises(UsageError) as refused:
        run_bounded(str(data), statement.format(data=data), TIGHT)
    assert "\n" not in str(refused.value)
    assert sorted(data.rglob("*")) == before


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM range(1000000000000)",
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
        "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
        "SELECT list(range) FROM range(2000000000)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)",
        "SELECT repeat('x', 100000000) FROM range(1000)",
    ],
    ids=["endless scan", "endless recursion", "one endless call", "huge list", "huge text", "huge rows"],
)
def test_statement_without_end_or_measure_is_stopped_and_told(data: Path, statement: str) -> None:
    with pytest.raises(UsageError, match=r"was stopped; ask for less|needs more memory"):
        run_bounded(str(data), statement, TIGHT)


def test_error_in_a_statement_is_one_line_that_names_it(data: Path) -> None:
    with pytest.raises(UsageError, match="nowhere") as told:
        run_bounded(str(data), "SELECT * FROM nowhere", TIGHT)
    assert "\n" not in str(told.value)
