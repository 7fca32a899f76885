"""Count what a run wrote, from its files: the same audit that an analyst can make in SQL."""

from __future__ import annotations

import duckdb

from vigie.schemas import FetchOutcome
from vigie.storage.connection import utc_connection
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
    with utc_connection() as connection:
        for table in ("raw", "failures", "mentions", "matches", "sightings", "articles"):
            counters[table] = _scalars(connection, "SELECT count(*)", _files(dataset, table, run_id), 1, run_id)[0]
        ledger = "" if ledger_run == "*" else ledger_run or run_id
        fetches = _files(dataset, "fetches", ledger)
        names = ("entries", "new", "revised", "known", "failed")
        sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in names)
        successes = ", ".join(f"'{outcome}'" for outcome in FetchOutcome if outcome.succeeded)
        select = f"SELECT count(*), count_if(outcome IN ({successes})), {sums}"
        polls, succeeded, *entries = _scalars(connection, select, fetches, 2 + len(names), ledger)
    return {"polls": polls, "succeeded": succeeded, **dict(zip(names, entries, strict=True)), **counters}


def count_rows(dataset: Dataset, table: str) -> int:
    """The rows of a table's files, repetitions included: an upper bound, had without reading them."""
    with utc_connection() as connection:
        return _scalars(connection, "SELECT count(*)", [str(path) for path in dataset.files(table)], 1)[0]


def _files(dataset: Dataset, table: str, run_id: str) -> list[str]:
    """The files that hold rows of a run: its own, and what was settled since it began."""
    settled = {file.file for file in dataset.generation().settled(table)}
    return [
        str(path)
        for path in dataset.files(table)
        if path.name.startswith(run_id) or (path.name > run_id and path.relative_to(dataset.root).as_posix() in settled)
    ]


def _scalars(connection: duckdb.DuckDBPyConnection, select: str, files: list[str], width: int, run_id: str = "") -> list[int]:
    if not files:
        return [0] * width
    sql = f"{select} FROM rows_of($files)" + (" WHERE run_id = $run_id" if run_id else "")
    row = connection.execute(sql, {"files": files, **({"run_id": run_id} if run_id else {})}).fetchone()
    return [int(value) for value in row or ()]
