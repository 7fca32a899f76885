"""The rows that a figure is computed from, as a dataset of their own: smaller, and without what the figure does not need.

What a question reads is not known beforehand, so it is tried: first the articles of the period and its surroundings without
their texts, then with them, then all that there is of the sources. The first extract that gives the same answer is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.schemas import FORMAT_VERSION, TABLES
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset

__all__ = ["ATTEMPTS", "Attempt", "write_extract"]

#: Days before and after a period that questions look at: eight weeks of baseline, windows around an event.
_BEFORE, _AFTER = timedelta(days=120), timedelta(days=60)
#: Tables that no question reads, and the list of files that a compaction wrote, which an extract has none of.
_NEVER = ("raw", "failures", "settled")


@dataclass(frozen=True)
class Attempt:
    """How much an extract takes."""

    texts: bool
    whole_time: bool


#: From the least to all.
ATTEMPTS = (Attempt(False, False), Attempt(True, False), Attempt(False, True), Attempt(True, True))


def write_extract(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    folder: Path,
    *,
    sources: Sequence[str],
    period: tuple[date, date] | None,
    attempt: Attempt,
) -> None:
    """Write an extract of an opened dataset as a dataset.

    Args:
        con: The dataset, opened.
        dataset: The same, for the tables that have versions: they are taken whole.
        folder: Where to; is made.
        sources: The sources whose rows are taken.
        period: First and last day of the figure; None: it has none, and rows of all times are taken.
        attempt: How much is taken.
    """
    since, until = date.min, date.max
    if period is not None and not attempt.whole_time:
        since, until = period[0] - _BEFORE, period[1] + _AFTER
    values = {"sources": list(sources), "since": since, "until": until}
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE frozen_articles AS
        SELECT DISTINCT article_id FROM stored.articles
        WHERE list_contains(CAST($sources AS VARCHAR[]), source_id)
            AND (CAST(published_at AS DATE) BETWEEN $since AND $until OR CAST(fetched_at AS DATE) BETWEEN $since AND $until)
        """,
        values,
    )
    for name in COMMIT_ORDER:
        if name not in _NEVER:
            rows = con.sql(_select(name, attempt), params=values if name == "fetches" else None)
            _write(folder, name, rows.to_arrow_table())
    _write(folder, "runs", con.sql(_select("runs", attempt)).to_arrow_table())
    for table in TABLES.values():
        if table.partition_field is None and table.name not in _NEVER:
            for path in dataset.files(table.name):
                target = folder / table.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())


def _select(name: str, attempt: Attempt) -> str:
    columns = ", ".join(f'"{column}"' for column in TABLES[name].schema.names)
    if name == "runs":
        return f"SELECT {columns} FROM stored.runs ORDER BY ALL"
    if name == "fetches":
        # What was in each body is for going on polling, and no question reads it.
        return (
            f"SELECT {columns} FROM (SELECT * REPLACE ([] AS entry_keys) FROM stored.fetches)"
            " WHERE list_contains(CAST($sources AS VARCHAR[]), source_id)"
            " AND CAST(started_at AS DATE) BETWEEN $since AND $until ORDER BY ALL"
        )
    rows = f"stored.{name}"
    if name == "articles" and not attempt.texts:
        rows = "(SELECT * REPLACE ('' AS text, [] AS links, [] AS authors) FROM stored.articles)"
    return f"SELECT {columns} FROM {rows} SEMI JOIN frozen_articles USING (article_id) ORDER BY ALL"


def _write(folder: Path, name: str, rows: pa.Table) -> None:
    metadata = {**(rows.schema.metadata or {}), b"vigie.format_version": str(FORMAT_VERSION).encode()}
    for day, part in _by_day(rows, TABLES[name].partition_field or ""):
        target = folder / name / f"date={day}" / "frozen.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(part.replace_schema_metadata(metadata), target, compression="zstd")


def _by_day(rows: pa.Table, field: str) -> Iterator[tuple[date, pa.Table]]:
    days = pc.cast(pc.cast(rows[field], pa.timestamp("us")), pa.date32())  # the same moment without its zone: UTC
    for day in sorted(pc.unique(days).to_pylist()):
        yield day, rows.filter(pc.equal(days, day))
