"""Make settled files of small ones: sorted, without repetitions, with the flags that let views read them as they are.

All rows about an article lie in the month in which it was first settled, its *home*: so a month's file is settled by
itself, and what a later revision changes (which revision is the newest, which the first) is changed in one file. A row is
left out only where another is equal to it but for the run that wrote it: whatever comes later is resolved as if
nothing had been settled.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from vigie.queries.definitions import Definitions, statements_of
from vigie.queries.listing import Snapshot
from vigie.queries.relations import BY_DAY, column_list, file_list, literal, moment, read_sql, relation
from vigie.queries.settled_files import FILE_OF_ARTICLES, derived_rows, month_of, settled_rows
from vigie.queries.stages import define_tables
from vigie.schemas import FORMAT_VERSION, TABLES
from vigie.storage.erasure import create_removals, months_to_erase, without_removed
from vigie.storage.settling_sql import ABOUT_ARTICLES, COUNT, COUNTED, DAYS, EXTRA, FIRSTS, HOME, ORIGINS, SETTLE, STRAYS
from vigie.version import VERSION

__all__ = ["ABOUT_ARTICLES", "BY_MONTH", "Settling"]

#: The tables that are settled by the month of their own day.
BY_MONTH = ("raw", "failures", "fetches", "evaluations", "runs", "removals")
#: Rows of a group: small, so that statistics prune; bodies are large, and few at a time are held; what is
#: counted of one topic is a small part of a month.
_GROUP_ROWS = {"raw": 500, "hit_quarters": 4_096}
_MEMORY = "1GB"
_OLD = {"article_key": "UBIGINT", "committed": "BOOLEAN", "filename": "VARCHAR"}


@dataclass
class Settling:
    """One compaction's connection to DuckDB, and what it learnt of where articles are at home."""

    #: The files that are settled: all there are.
    found: Snapshot
    #: Where files lie until they are whole.
    scratch: Path
    con: duckdb.DuckDBPyConnection = field(init=False)
    #: The months whose articles were counted anew.
    counted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Connect, with memory bounded: what does not fit goes to the scratch folder."""
        self.con = duckdb.connect()
        self.con.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{_MEMORY}'; SET parquet_metadata_cache = true")
        self.con.execute("SET preserve_insertion_order = false")  # Every file that is written says its order.
        self.con.execute(f"SET temp_directory = {literal(str(self.scratch))}")
        self.con.execute("CREATE SCHEMA settled; CREATE SCHEMA fresh; CREATE SCHEMA tail; CREATE SCHEMA cubes")
        self.con.execute(statements_of(read_sql("_tail.sql"))["key_of"])

    def close(self) -> None:
        """Give the connection up."""
        self.con.close()

    def find_homes(self) -> list[str]:
        """Find out in which months the articles that small files tell of are at home.

        Returns:
            The months that have to be settled anew.
        """
        removals = [*self.found.settled("removals"), *self.found.fresh["removals"]]
        create_removals(self.con, removals, [*self.found.settled("fetches"), *self.found.fresh["fetches"]])
        for table in ABOUT_ARTICLES:
            self.con.execute(f"CREATE VIEW new_{table} AS {self._new(table)}")
            self.con.execute(f"CREATE VIEW old_{table} AS {self._old(table)}")
        self.con.execute(HOME)
        self.con.execute(STRAYS)
        for table in ABOUT_ARTICLES:
            self.con.execute(
                f"CREATE TABLE strays_{table} AS SELECT n.* EXCLUDE (month), s.month FROM new_{table} AS n"
                " JOIN strays AS s ON s.article_key = n.article_key WHERE s.month <> n.month"
            )
        months = {month for (month,) in self.con.execute("SELECT DISTINCT month FROM home").fetchall()}
        if self.found.fresh["removals"]:  # What was asked before is out of every settled file already.
            months.update(months_to_erase(self.con, "articles", "FROM old_articles"))
        return sorted(months)

    def settle_articles(self, month: str) -> dict[str, tuple[Path, int]]:
        """Settle all rows about the articles that are at home in a month.

        Returns:
            Of each table, and of what is worked out beside them, the file and its rows; still in the scratch folder.
        """
        made = {}
        for table in ABOUT_ARTICLES:
            kept = f"{column_list(TABLES[table])}, article_key{EXTRA[table]}"
            rows = (
                f"SELECT n.* EXCLUDE (month) FROM ({self._new(table, month)}) AS n SEMI JOIN"
                f" (FROM home WHERE month = {literal(month)}) AS h ON h.article_key = n.article_key"
                f" UNION ALL BY NAME SELECT * EXCLUDE (month) FROM strays_{table} WHERE month = {literal(month)}"
                f" UNION ALL BY NAME SELECT {kept} FROM ({self._old(table, month)})"
            )
            self.con.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS {without_removed(table, rows)}")
            made[table] = self.write(table, month, SETTLE[table])
            if table == "articles":
                path = file_list([str(made[table][0])])
                self.con.execute(f"CREATE OR REPLACE TEMP VIEW settled_articles AS FROM read_parquet({path})")
                self.con.execute(f"CREATE OR REPLACE TEMP TABLE firsts AS {FIRSTS}")
        made["origins"] = self.write("origins", month, ORIGINS)
        return made | self._count(month, {table: [str(made[table][0])] for table in COUNTED})

    def uncounted_months(self) -> list[str]:
        """The months that stay as they are, and of which an older compaction has not counted the articles."""
        months = {file.month for file in self.found.generation.settled("articles")}
        for name in COUNT:
            months -= {file.month for file in self.found.generation.settled(name)}
        return sorted(months - self.counted)

    def count_articles(self, month: str) -> dict[str, tuple[Path, int]]:
        """Count the settled articles of a month; the files are still in the scratch folder."""
        return self._count(month, {table: self.found.settled(table, month) for table in COUNTED})

    def _count(self, month: str, files: dict[str, list[str]]) -> dict[str, tuple[Path, int]]:
        for table, names in files.items():
            self.con.execute(f"CREATE OR REPLACE VIEW settled.{table} AS {settled_rows(TABLES[table], names)}")
        if not self.counted:
            self._show_quarters([])
            self.con.execute(read_sql("_cubes.sql"))
        made = {name: self.write(name, month, select) for name, select in COUNT.items()}
        self._show_quarters([str(made["output_quarters"][0])])
        kept = "INSERT INTO day_cells" if self.counted else "CREATE TABLE day_cells AS"
        self.con.execute(f"{kept} FROM cubes.output_hours")
        self.counted.add(month)
        return made

    def count_days(self) -> tuple[Path, int]:
        """Count the articles of all months by day; the file is still in the scratch folder."""
        settled = self.found.generation.settled("output_quarters")
        self._show_quarters([str(self.found.root / file.file) for file in settled if file.month not in self.counted])
        return self.write("output_hours", "", DAYS)

    def _show_quarters(self, files: list[str]) -> None:
        self.con.execute(f"CREATE OR REPLACE VIEW settled.output_quarters AS {derived_rows('output_quarters', files)}")

    def months_of(self, table: str, keep_since: datetime | None = None) -> list[str]:
        """The months of a table that is settled by its own days, to which something was added or of which something goes."""
        months = {name.rpartition("date=")[2][: len("2017-05")] for name in self.found.fresh[table]}
        settled = relation(TABLES[table], self.found.settled(table), "hive_partitioning = false")
        rows = f"SELECT *, strftime(\"{TABLES[table].partition_field}\", '%Y-%m') AS month FROM ({settled})"
        if self.found.fresh["removals"] and table in ("raw", "failures"):
            months.update(months_to_erase(self.con, table, rows))
        if keep_since is not None:
            old = f"SELECT DISTINCT month FROM ({rows}) WHERE fetched_at < {moment(keep_since)}"
            months.update(month for (month,) in self.con.execute(old).fetchall())
        return sorted(months)

    def settle_month(self, table: str, month: str, keep_since: datetime | None = None) -> tuple[Path, int]:
        """Settle a table's rows of one month of its own days; the file is still in the scratch folder.

        Args:
            table: The table.
            month: The month.
            keep_since: Of table `raw` only bodies fetched since then are kept.
        """
        columns = column_list(TABLES[table])
        new = relation(TABLES[table], self._files(table, month), "hive_partitioning = false")
        old = relation(TABLES[table], self.found.settled(table, month), "hive_partitioning = false")
        rows = without_removed(table, f"SELECT {columns} FROM ({new}) UNION ALL SELECT {columns} FROM ({old})")
        kept = f" WHERE fetched_at >= {moment(keep_since)}" if keep_since is not None else ""
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS FROM ({rows}){kept}")
        return self.write(table, month, SETTLE[table])

    def write(self, name: str, month: str, select: str) -> tuple[Path, int]:
        """Write what a SELECT gives as one file, in its order."""
        path = self.scratch / f"{name}-{month}.parquet"
        metadata = {
            "vigie.table": name,
            "vigie.format_version": str(FORMAT_VERSION),
            "vigie.writer": f"vigie {VERSION}",
        }
        stated = ", ".join(f"{literal(key)}: {literal(value)}" for key, value in metadata.items())
        [(rows,)] = self.con.execute(
            f"COPY ({select}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd,"
            f" ROW_GROUP_SIZE {_GROUP_ROWS.get(name, 20_480)}, KV_METADATA {{{stated}}})"
        ).fetchall()
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return path, int(rows)

    def settle_ledger(self) -> dict[str, tuple[Path, int]]:
        """Work out every feed's cursor, and the times that its polls covered, from what was so far and the new polls."""
        definitions = Definitions(self.con, str(self.found.root))
        define_tables(definitions, self.con, self.found, None, check=lambda table: None)
        for name in ("_views.sql", "_ledger.sql", "_cursors.sql"):
            definitions.add_script(read_sql(name))
        definitions.create_for("FROM tail.cursors JOIN tail.spans")
        return {
            "cursors": self.write("cursors", "", "FROM tail.cursors ORDER BY source_id, feed_id, started_at, run_id"),
            "spans": self.write("spans", "", "FROM tail.spans ORDER BY source_id, feed_id, from_at"),
        }

    def _files(self, table: str, month: str | None = None) -> list[str]:
        """The small files of a table, of one month of fetching if named."""
        folder = str(self.found.root / table / f"date={month or ''}")
        return [name for name in self.found.fresh[table] if name.startswith(folder)]

    def _new(self, table: str, month: str | None = None) -> str:
        """The rows of a table's small files with their article's key, their month, and of articles their file."""
        missing = ", CAST(NULL AS DATE) AS date, CAST(NULL AS VARCHAR) AS filename"
        rows = relation(TABLES[table], self._files(table, month), f"{BY_DAY}, filename = true", missing)
        place = f", {FILE_OF_ARTICLES} AS file" if EXTRA[table] else ""
        return (
            f"SELECT {column_list(TABLES[table])}, key_of(article_id) AS article_key,"
            f" strftime(date, '%Y-%m') AS month{place} FROM ({rows})"
        )

    def _old(self, table: str, month: str | None = None) -> str:
        """The rows of a table's settled files with key, month and flag."""
        missing = "".join(f", CAST(NULL AS {kind}) AS {name}" for name, kind in _OLD.items()) + EXTRA[table].replace(
            ", ", ", CAST(NULL AS VARCHAR) AS "
        )
        files = self.found.settled(table, month)
        rows = relation(TABLES[table], files, "hive_partitioning = false, filename = true", missing)
        return f"SELECT *, {month_of(files)} AS month FROM ({rows})"
