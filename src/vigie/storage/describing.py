"""What the list of settled files says of each, so that who opens a dataset need not look into all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import duckdb

from vigie.queries.relations import SHAPE, file_list
from vigie.queries.settled_files import settled_rows
from vigie.schemas import TABLES, FileState, SettledFile

__all__ = ["described"]

#: Tables that may have rows whose article is not there yet.
_FOUND = ("sightings", "mentions", "matches")
#: Of tables whose month counts, the last moment that rows are of. Of articles it is when one was first seen: ten hours more do
#: no harm, since questions look for articles from two days before a period on (`month_from`, _articles.sql). Of counts it is
#: their day, a day earlier, since no date lies more than a day after a poll (`month_before`, _counts.sql).
_UNTIL = {
    "articles": "max(first_fetched_at) - INTERVAL 10 HOUR",
    "hit_quarters": "DATE '1970-01-01' + CAST(max(greatest(quarter, seen_quarter)) // 96 - 1 AS INTEGER)",
}


def described(root: Path, files: Iterable[SettledFile]) -> list[SettledFile]:
    """Files with their columns, their last month, and how many rows wait for their article; which say it stay as they are.

    Args:
        root: The dataset's folder.
        files: Of a generation; only those that are read are looked at.

    Raises:
        duckdb.Error: One cannot be read.
    """
    files = list(files)
    new = {str(root / file.file): file for file in files if file.state is FileState.SETTLED and not file.columns}
    if not new:
        return files
    columns: dict[str, str] = {}
    waiting: dict[str, int] = {}
    until: dict[str, str | None] = {}
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        shapes = (
            f"SELECT file_name, md5(CAST({SHAPE} AS VARCHAR)) FROM parquet_schema({file_list(list(new))}) GROUP BY file_name"
        )
        columns.update(con.execute(shapes).fetchall())
        for table in _FOUND:
            names = [name for name, file in new.items() if file.table_name == table]
            if names:
                rows = settled_rows(TABLES[table], names, more=", filename = true")
                counts = f"SELECT filename, count(*) FILTER (NOT committed) FROM ({rows}) GROUP BY filename"
                waiting.update(con.execute(counts).fetchall())
        for table, last in _UNTIL.items():
            found = [name for name, file in new.items() if file.table_name == table]
            if found:
                rows = f"read_parquet({file_list(found)}, filename = true, union_by_name = true, hive_partitioning = false)"
                until.update(
                    con.execute(f"SELECT filename, strftime({last}, '%Y-%m') FROM {rows} GROUP BY filename").fetchall()
                )
    told = {
        file.file: dataclasses.replace(
            file, columns=columns[name], until=until.get(name) or "", uncommitted=waiting.get(name, 0)
        )
        for name, file in new.items()
    }
    return [told.get(file.file, file) for file in files]
