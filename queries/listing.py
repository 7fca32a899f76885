"""Which files a dataset consists of at one moment: a snapshot that holds together while pipelines write.

The generation is read first: what it hides stays for an hour, so everything it names is there. Then the ledger is listed,
and after it the tables that a pipeline writes before the ledger: whatever the ledger names is in the snapshot.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vigie.errors import NoDataset, UsageError
from vigie.queries.relations import escape, literal
from vigie.schemas import MONTHLY, TABLES, Generation, SettledFile, newest_list, read_generation
from vigie.schemas.columns import from_rows, moment_of
from vigie.schemas.tables import COMMIT_ORDER

__all__ = ["Snapshot", "list_files"]

#: Bytes of small files that are read in a moment, and all at once sooner than as far as statements need them.
_SMALL = 4 * 2**20


@dataclass(frozen=True)
class Snapshot:
    """The files of a dataset at one moment."""

    root: Path
    generation: Generation
    #: Of each table its files that no compaction has taken in, in order of name.
    fresh: dict[str, list[str]]

    def settled(self, name: str, month: str | None = None) -> list[str]:
        """The settled files of a table, or of what is worked out beside the tables; of one month if named."""
        found = self.generation.settled(name)
        return [os.path.join(self.root, *file.file.split("/")) for file in found if month is None or file.month == month]

    def waiting(self, name: str) -> list[str]:
        """The settled files of a table that may have rows whose article is in none."""
        found = self.generation.settled(name)
        return [os.path.join(self.root, *file.file.split("/")) for file in found if file.uncommitted != 0]

    def later_months(self, name: str) -> dict[str, str] | None:
        """Months whose settled rows are of later ones, too, and the last of these; None: of some that is not known."""
        found = self.generation.settled(name)
        return {file.month: file.until for file in found if file.until > file.month} if all(f.until for f in found) else None

    def has_cube(self, name: str) -> bool:
        """Whether all settled articles are in what compaction counted under a name."""
        settled, counted = self.generation.settled("articles"), self.generation.settled(name)
        return {file.month for file in counted} >= ({file.month for file in settled} if name in MONTHLY else {""})

    def is_small(self) -> bool:
        """Whether nothing is settled, and all but the bodies fits into few bytes."""
        if self.generation.name:
            return False
        left = _SMALL
        for name in (name for table, names in self.fresh.items() if table != "raw" for name in names):
            left -= os.path.getsize(name)
            if left < 0:
                return False
        return True

    @property
    def version(self) -> str:
        """Files never change once they are there, so their names tell the state of the data, wherever the folder lies."""
        digest = hashlib.blake2b(digest_size=6)
        before = len(os.path.join(self.root, ""))
        for names in self.fresh.values():
            for name in names:
                digest.update(name[before:].encode("utf-8", "surrogateescape") + b"\n")
        return digest.hexdigest()

    @property
    def files(self) -> list[str]:
        """All of them."""
        settled = [
            os.path.join(self.root, *f.file.split("/")) for f in self.generation.files if f.file not in self.generation.hidden
        ]
        return [*(name for names in self.fresh.values() for name in names), *settled]


def list_files(root: Path, shown: str, con: duckdb.DuckDBPyConnection | None = None) -> Snapshot:
    """List the files of the dataset in a folder.

    Args:
        root: The folder.
        shown: What the user calls it.
        con: Reads the list of settled files, which Arrow, that takes longer to load, else does.

    Raises:
        NoDataset: There is no such folder, or no dataset in it.
        UsageError: It is a file, or cannot be read.
    """
    remedy = f"make one with `vigie ingest --from FILES --data {shown}`, or `vigie demo`, or name another with --data"
    if not root.exists():
        raise NoDataset(f"{shown}: there is no such folder; {remedy}")
    if not root.is_dir():
        raise UsageError(f"{shown}: is a file, not the folder of a dataset; {remedy}")
    # Topics are switched when all is evaluated under them: a version that is listed has its matches, listed after it.
    ledger, *before_it = reversed(COMMIT_ORDER)
    written_last_first = ("settled", "runs", ledger, "topics", "evaluations", *before_it)
    order = (*written_last_first, *(name for name in TABLES if name not in written_last_first))
    try:
        generation = _generation(root, con)
        fresh = {name: _fresh_files(root, name, generation) for name in order}
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read ({error.strerror}); check its permissions") from error
    if not any(fresh.values()):
        raise NoDataset(f"{shown}: no dataset is in this folder (no articles, no ledger); {remedy}")
    return Snapshot(root, generation, fresh)


def _generation(root: Path, con: duckdb.DuckDBPyConnection | None) -> Generation:
    try:
        return read_generation(root) if con is None else _generation_by(con, newest_list(root))
    except (ValueError, duckdb.Error) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise UsageError(
            f"{root / 'settled'}: its newest file cannot be read ({str(error).splitlines()[0]}); restore it from a copy"
        ) from error


def _generation_by(con: duckdb.DuckDBPyConnection, path: Path | None) -> Generation:
    """The generation that a file tells of. Its moments come as numbers, since for their zone DuckDB would load pytz."""
    if path is None:
        return Generation()
    listed = f"read_parquet({literal(escape(str(path)))}, hive_partitioning = false)"
    cursor = con.execute(f"SELECT * REPLACE (epoch_us(since) AS since) FROM {listed}")
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["since"] = moment_of(row["since"])
    return Generation(path.name, tuple(from_rows(SettledFile, rows)))


def _fresh_files(root: Path, name: str, generation: Generation) -> list[str]:
    if name == "settled":
        return [str(root / name / generation.name)] if generation.name else []
    if TABLES[name].partition_field is None:
        return _parquet_files(root / name)
    days = sorted(entry.name for entry in _scan(root / name) if entry.name.startswith("date=") and entry.is_dir())
    return [
        path
        for day in days
        for path in _parquet_files(root / name / day)
        if f"{name}/{day}/{os.path.basename(path)}" not in generation.hidden
    ]


def _parquet_files(folder: Path) -> list[str]:
    """Without files that are still being written, or no data."""
    return sorted(
        entry.path for entry in _scan(folder) if entry.name.endswith(".parquet") and not entry.name.startswith((".", "_"))
    )


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.exists():
        return []
    with os.scandir(folder) as entries:
        return list(entries)
