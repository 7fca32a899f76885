"""Which files of a dataset hold its settled months, and which small files they stand for: its newest generation."""

import enum
import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vigie.schemas.columns import column

__all__ = ["DERIVED", "MONTHLY", "FileState", "Generation", "SettledFile", "newest_list", "read_generation"]

#: What compaction works out beside the tables, so that questions need not read all of them: the folder of each.
#:
#: - ``cursors``: of each feed the rows of the ledger that its cursor and its first days are read from;
#: - ``spans``: of each feed the times that its polls covered, neighbours that are alike joined to one;
#: - ``output_quarters``: first revisions, counted by source, language, backlog and quarter of an hour, UTC;
#: - ``output_hours``: the same by day, UTC, and how many of a day's are before each hour;
#: - ``hit_quarters``: those that a topic or a concept was found in, by quarter of an hour, UTC;
#: - ``origins``: the small files that settled articles came from, since evaluations name those.
DERIVED = ("cursors", "spans", "output_quarters", "output_hours", "hit_quarters", "origins")
#: Of these, what is worked out of each month's articles, and lies beside them.
MONTHLY = ("output_quarters", "hit_quarters", "origins")


class FileState(enum.StrEnum):
    """What a generation says of a file."""

    SETTLED = "settled"  # it is read
    COVERED = "covered"  # a small file whose rows are in a settled one: not read, and removed after an hour
    RETIRED = "retired"  # a settled file that another one replaced: not read, and removed after an hour


@dataclass(frozen=True, slots=True)
class SettledFile:
    """Table `settled`: one file that a compaction wrote or took in; this table's newest file is the generation that counts.

    Readers take the settled files it names and all small files but those it names: one rename changes what all of them see.
    """

    table_name: str = column("The table whose rows it holds, or the name of what was worked out from it.")
    file: str = column("Its path in the dataset's folder, with slashes.")
    month: str = column("The month of fetching, `YYYY-MM`; empty where it holds all.")
    state: FileState = column("settled: it is read; covered or retired: its rows are in a settled file.")
    rows: int = column("Rows in it; 0 where it is not read any more.")
    since: datetime = column("From when on it is in this state, UTC.")
    columns: str = column("Files in which it is the same have the same columns; empty: nobody looked.", default="")
    until: str = column("Of articles and counts: the last month, `YYYY-MM`, they are of; empty: nobody looked.", default="")
    uncommitted: int | None = column("Rows whose article is in no settled file; missing: nobody counted.", default=None)


@dataclass(frozen=True)
class Generation:
    """The state of a dataset's settled files."""

    #: The file that says so; empty for a dataset that was never compacted.
    name: str = ""
    files: tuple[SettledFile, ...] = ()

    def settled(self, table: str) -> list[SettledFile]:
        """The settled files of a table, in order of month."""
        return sorted(
            (file for file in self.files if file.table_name == table and file.state is FileState.SETTLED),
            key=lambda file: (file.month, file.file),
        )

    def are_alike(self, table: str) -> bool | None:
        """Whether all settled files of a table are known to have the same columns; None: that must be looked up."""
        columns = {file.columns for file in self.settled(table)}
        return None if "" in columns else len(columns) <= 1

    @functools.cached_property
    def hidden(self) -> frozenset[str]:
        """Files that are there and not to be read: their rows are in settled ones."""
        return frozenset(file.file for file in self.files if file.state is not FileState.SETTLED)


def read_generation(root: Path) -> Generation:
    """The newest generation of the dataset in a folder; an empty one where it was never compacted.

    Raises:
        OSError: Its file cannot be read.
        pyarrow.ArrowInvalid: Its file is no whole Parquet file.
    """
    path = newest_list(root)
    if path is None:
        return Generation()
    told = path.stat()
    return _read(path, told.st_size, told.st_mtime_ns)


def newest_list(root: Path) -> Path | None:
    """The file of the newest generation; None where the dataset was never compacted."""
    paths = (path for path in (root / "settled").glob("*.parquet") if not path.name.startswith((".", "_")))
    return max(paths, default=None)


@functools.lru_cache(maxsize=4)  # A run asks for each table, and again in each cycle.
def _read(path: Path, size: int, changed_at: int) -> Generation:
    """The generation that a file of this size and time tells of."""
    import pyarrow.parquet as pq  # Late: it takes a while, and a dataset that was never compacted does without.

    from vigie.schemas.arrow import from_table

    with pq.ParquetFile(path) as file:
        return Generation(path.name, tuple(from_table(SettledFile, file.read())))
