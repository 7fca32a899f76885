"""A dataset: a folder of Parquet files, which is all the state there is.

Files become visible whole: they are written under a hidden name in the dataset's own file system and then renamed.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import multiprocessing
import operator
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.errors import UsageError, WorkError
from vigie.schemas import FORMAT_VERSION, TABLES, Generation, Table, read_generation
from vigie.schemas.arrow import from_table, to_table
from vigie.storage.placing import put_in_place
from vigie.storage.remote import remote_of
from vigie.version import VERSION

__all__ = ["Dataset"]

_SCRATCH = ".tmp"
#: The tables that say what a dataset knows already.
_STATE = ("articles", "sightings", "fetches")
#: Moments in file names, UTC: they sort in order of time.
_STAMP = "%Y%m%dT%H%M%S%fZ"
#: Bytes of bodies that are compressed together.
_PAGE_OF_BODIES = 4 * 2**20


class Dataset:
    """The folder that ``--data`` names.

    Example:
        >>> dataset = Dataset(Path("data"))
        >>> dataset.files("articles")
        []
    """

    def __init__(self, root: Path) -> None:
        """Name a folder, here or in an object store (`s3://…`); nothing is read or made yet."""
        self._remote = remote_of(root)
        self.root = self._remote.copy if self._remote else Path(root)

    def __repr__(self) -> str:
        """Name the folder."""
        return f"Dataset({self.location!r})"

    @property
    def location(self) -> str:
        """What names the same dataset in another process, on other machines too where the folder is common to them."""
        return str(self._remote or self.root.resolve())

    def pull(self) -> Path:
        """Where files of all tables can be read: the folder, or a copy of it as it is now."""
        if self._remote:
            self._remote.pull()
        return self.root

    def files(self, table: str) -> list[Path]:
        """The files that a table's rows are in, the settled months first, then small files in order of name."""
        generation = self.generation()
        return [self.root / file.file for file in generation.settled(table)] + self.fresh_files(table, generation)

    def fresh_files(self, table: str, generation: Generation | None = None) -> list[Path]:
        """The small files of a table that no compaction has taken in, in order of name.

        Args:
            table: The table.
            generation: The settled files beside which they are read; None: the newest.
        """
        if self._remote:
            self._remote.pull(table)
        hidden = (generation or self.generation()).hidden
        pattern = "date=*/*.parquet" if TABLES[table].partition_field else "*.parquet"
        visible = (path for path in (self.root / table).glob(pattern) if not path.name.startswith((".", "_")))
        return sorted(path for path in visible if path.relative_to(self.root).as_posix() not in hidden)

    def generation(self) -> Generation:
        """The settled files that count now."""
        try:
            return read_generation(self.root)
        except (OSError, pa.ArrowInvalid) as error:
            raise UsageError(
                f"{self.root / 'settled'}: its newest file cannot be read ({str(error).splitlines()[0]}); "
                "restore it from a copy"
            ) from error

    def is_empty(self) -> bool:
        """Whether no poll was ever committed to it."""
        return not self.files("fetches")

    def prepare(self) -> None:
        """Make the folder, and see that it can be written to.

        Raises:
            UsageError: It cannot.
        """
        self.check_format()
        if self._remote:
            self._remote.probe()
        scratch = self.root / _SCRATCH
        try:
            scratch.mkdir(parents=True, exist_ok=True)
            probe = scratch / f"probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise UsageError(
                f"{self.root}: cannot be written to ({error.strerror}); name another folder with --data DIR, or mend its rights"
            ) from error

    def check_format(self) -> None:
        """See that the files a run goes on from, and the last of each other table, are of the format it reads and writes.

        Raises:
            UsageError: They are of another, or are no whole Parquet files.
        """
        for name in TABLES:
            files = self.files(name)
            for path in files if name in _STATE else files[-1:]:
                try:
                    found = _footer(path).format
                except (OSError, pa.ArrowInvalid) as error:
                    raise UsageError(
                        f"{path}: is no whole Parquet file; restore it from a copy, or move it away and make the dataset "
                        f"again from its stored bodies with `vigie replay --data {self.root} --into NEW`"
                    ) from error
                if found != str(FORMAT_VERSION):
                    raise UsageError(
                        f"{path}: is of format {found}, and vigie {VERSION} reads and writes format {FORMAT_VERSION}; use the "
                        "vigie that wrote it, or read the feeds again into a new folder"
                    )

    def have_all_columns(self, table: str, paths: Iterable[Path]) -> bool:
        """Whether files of a table have all the columns that it has by now: files of earlier versions lack some.

        False, too, where one cannot be read, which reading its rows tells.
        """
        needed = set(TABLES[table].schema.names)
        try:
            return all(needed <= _footer(path).columns for path in paths)
        except (OSError, pa.ArrowInvalid):
            return False

    def write(self, name: str, rows: Iterable[Any], *, run_id: str) -> list[Path]:
        """Write rows of a table, one file a day of its partition field.

        A file's name holds the hash of its content, so that a repeated attempt of the same run leaves one file.

        Raises:
            WorkError: The disk is full or the folder cannot be written to.
        """
        table = TABLES[name]
        by_day: dict[str, list[Any]] = {}
        moment_of = operator.attrgetter(str(table.partition_field))
        for row in rows:
            by_day.setdefault(_partition(moment_of(row)), []).append(row)
        days = sorted(by_day.items())
        return [self._commit(table, to_table(table.row, in_day), f"{name}/{day}", run_id) for day, in_day in days]

    def write_version(
        self, name: str, rows: Sequence[Any], *, version: str, at: datetime, may_be_empty: bool = False
    ) -> Path | None:
        """Write one version of a table that has versions rather than days; nothing where that version is the newest already.

        Args:
            name: The table.
            rows: All its rows.
            version: Hash of what the rows say.
            at: When it was loaded, UTC; the newest is the one that views show.
            may_be_empty: Whether a version without rows is one: it withdraws those of the version before.
        """
        if not rows and not may_be_empty:
            return None
        if self.active_version(name) == version:
            return None
        table = TABLES[name]
        stem = f"{self._stamp_after_all(name, at)}-{version}"
        return self._commit(table, to_table(table.row, rows), name, "", stem=stem)

    def _stamp_after_all(self, name: str, at: datetime) -> str:
        """A moment as file names have it, later than that of any version there: a clock that lags must not hide one."""
        for path in self.files(name)[-1:]:
            newest = datetime.strptime(path.stem.partition("-")[0], _STAMP).replace(tzinfo=UTC)
            at = max(at, newest + timedelta(microseconds=1))
        return at.astimezone(UTC).strftime(_STAMP)

    def active_version(self, name: str) -> str:
        """The version of a versioned table that was loaded last; empty where there is none."""
        latest = self.files(name)[-1:]
        return latest[0].stem.partition("-")[2] if latest else ""

    def read_version(self, name: str) -> list[Any]:
        """The rows of the version that was loaded last."""
        latest = self.files(name)[-1:]
        return from_table(TABLES[name].row, pq.ParquetFile(latest[0]).read()) if latest else []

    def copy_tables(self, names: Sequence[str], source: Dataset, *, at: datetime) -> None:
        """Take over tables' files from another dataset as they are, with what was worked out from them, table by table.

        Args:
            names: The tables, in the order in which they are taken over.
            source: The other dataset.
            at: When, UTC.
        """
        generation = source.generation()
        every = []
        for name in names:
            worked_out = ("cursors", "spans") if name == "fetches" else ()
            settled = [file for table in (name, *worked_out) for file in generation.settled(table)]
            for path in [*(source.root / file.file for file in settled), *source.fresh_files(name, generation)]:
                self._place(path.read_bytes(), self.root / path.relative_to(source.root))
            every += settled
        self.write_version("settled", every, version=generation.name.partition("-")[2].removesuffix(".parquet"), at=at)

    def _commit(self, table: Table, rows: pa.Table, directory: str, run_id: str, *, stem: str = "") -> Path:
        metadata = {
            **(rows.schema.metadata or {}),
            b"vigie.table": table.name.encode(),
            b"vigie.format_version": str(FORMAT_VERSION).encode(),
            b"vigie.writer": f"vigie {VERSION}".encode(),
        }
        buffer = pa.BufferOutputStream()
        # A dictionary and the smallest and largest of bodies would take as long as all else, and be of no use.
        told = [field.name for field in rows.schema if not pa.types.is_large_binary(field.type)]
        whole = len(told) == len(rows.schema)
        pq.write_table(
            rows.replace_schema_metadata(metadata),
            buffer,
            compression="zstd",
            use_dictionary=whole or told,
            write_statistics=whole or told,
            # Polls of a feed stand beside each other, so that bodies repeat the one before: what looks far enough back saves
            # a third of their room, in the same time.
            compression_level=None if whole else 3,
            data_page_size=None if whole else _PAGE_OF_BODIES,
        )
        content = buffer.getvalue().to_pybytes()
        stem = stem or f"{run_id}-{hashlib.sha256(content).hexdigest()[:16]}"
        return self._place(content, self.root / directory / f"{stem}.parquet")

    def _place(self, content: bytes, target: Path) -> Path:
        if self._remote:
            self._remote.push(target.relative_to(self.root).as_posix(), content)
        scratch = (
            self.root / _SCRATCH / f"{_holder()}-{os.getpid()}-{target.parent.parent.name}-{target.parent.name}-{target.name}"
        )
        try:
            scratch.parent.mkdir(parents=True, exist_ok=True)
            with scratch.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # The name must not survive a power cut that the bytes do not.
            put_in_place(scratch, target)
        except OSError as error:
            with suppress(OSError):  # On a full disk the half of it would take the room of what comes next.
                scratch.unlink(missing_ok=True)
            if error.errno == errno.EXDEV:
                raise WorkError(
                    f"{target.parent}: is on another disk than {self.root}, so nothing can be put in place there by a rename; "
                    "move the whole folder of the dataset to that disk"
                ) from error
            raise WorkError(
                f"{target}: cannot be written ({error.strerror}); what was committed before stands: "
                "make room or mend its rights and run the same command again"
            ) from error
        return target


class _Footer(NamedTuple):
    """What a file says of itself."""

    #: The format that it is of.
    format: str
    columns: frozenset[str]


def _footer(path: Path) -> _Footer:
    told = path.stat()
    return _footer_of(path, told.st_size, told.st_mtime_ns)


@functools.lru_cache(maxsize=10_000)  # Each cycle of a process looks at the files of those before.
def _footer_of(path: Path, size: int, changed_at: int) -> _Footer:
    """What a file of this size and time says."""
    footer = pq.read_metadata(path)
    said: dict[bytes, bytes] = footer.metadata or {}
    return _Footer(said.get(b"vigie.format_version", b"0").decode(), frozenset(footer.schema.to_arrow_schema().names))


@functools.lru_cache(maxsize=1_000)  # All rows of a poll share their moment.
def _partition(at: datetime) -> str:
    return f"date={at.astimezone(UTC).date().isoformat()}"


def _holder() -> int:
    """The process that holds the dataset's lock: a worker writes for the one that started it."""
    started_by = multiprocessing.parent_process()
    return os.getpid() if started_by is None or started_by.pid is None else started_by.pid
