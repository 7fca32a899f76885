"""Count what a run wrote, from its files: the same audit that an analyst can make in SQL."""

from __future__ import annotations

import duckdb

from vigie.schemas import FetchOutcome
from vigie.storage.dataset import Dataset

__all__ = ["count_rows", "count_run"]


def count_run(dataset: Dataset, run_id: str, *, ledger_run: str = "") -> dict[str, int]:
    """Polls, entries by what became of them, and rows by table.

    Args:
        dataset: The dataset.
        run_id: The run.
        ledger_run: The run that wrote the ledger, where that is another; `*`: the whole ledger, as after a replay.
    """
    counters: dict[str, int] = {}
    with duckdb.connect() as connection:
        for table in ("raw", "failures", "mentions", "matches", "sightings", "articles"):
            files = [str(path) for path in dataset.files(table) if path.name.startswith(run_id)]
            counters[table] = _scalars(connection, "SELECT count(*)", files, 1)[0]
        ledger = "" if ledger_run == "*" else ledger_run or run_id
        fetches = [str(path) for path in dataset.files("fetches") if path.name.startswith(ledger)]
        names = ("entries", "new", "revised", "known", "failed")
        sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in names)
        successes = ", ".join(f"'{outcome}'" for outcome in FetchOutcome if outcome.succeeded)
        select = f"SELECT count(*), count_if(outcome IN ({successes})), {sums}"
        polls, succeeded, *entries = _scalars(connection, select, fetches, 2 + len(names))
    return {"polls": polls, "succeeded": succeeded, **dict(zip(names, entries, strict=True)), **counters}


def count_rows(dataset: Dataset, table: str) -> int:
    """The rows of a table's files, repetitions included: an upper bound, had without reading them."""
    with duckdb.connect() as connection:
        return _scalars(connection, "SELECT count(*)", [str(path) for path in dataset.files(table)], 1)[0]


def _scalars(connection: duckdb.DuckDBPyConnection, select: str, files: list[str], width: int) -> list[int]:
    if not files:
        return [0] * width
    row = connection.execute(f"{select} FROM read_parquet($files, hive_partitioning = false)", {"files": files}).fetchone()
    return [int(value) for value in row or ()]
