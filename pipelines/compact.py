"""Make many small files few sorted ones: settle what was written since the last time, month by month.

No Beam is needed: a month fits one machine, DuckDB uses all its cores, and one rename, of the new generation's list of files,
puts everything in place. Readers see the files of one generation or of the next, with the small files that it has not
taken in; what a generation replaces stays for an hour, for whoever is still reading it. A compaction that is killed
has changed nothing: what it wrote is in no generation, and the next one removes it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from vigie.clock import Clock, run_id_of, system_clock
from vigie.errors import UsageError, WorkError
from vigie.queries.listing import Snapshot, list_files
from vigie.schemas import DERIVED, TABLES, FileState, Generation, SettledFile
from vigie.storage import Dataset
from vigie.storage.describing import described
from vigie.storage.locks import hold
from vigie.storage.placing import put_in_place
from vigie.storage.settling import ABOUT_ARTICLES, BY_MONTH, Settling

__all__ = ["KEPT", "Compaction", "compact"]

#: How long files that are not read any more stay for readers that began before.
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did."""

    #: Small files taken in.
    taken: int
    #: Settled files written, and the rows in them.
    written: int
    rows: int
    #: Files removed that nobody reads any more.
    removed: int


def compact(
    dataset: Dataset,
    *,
    keep_raw: timedelta | None = None,
    clock: Clock = system_clock,
    progress: Callable[[str], None] = lambda month: None,
) -> Compaction:
    """Settle all small files of a dataset. Where there are none, and nothing is to be removed, nothing is written.

    Args:
        dataset: The dataset; runs may be adding to it.
        keep_raw: For how long bodies are kept; None: for ever.
        clock: Tells how long files have not been read any more.
        progress: Told of each month that is settled.

    Raises:
        UsageError: There is no dataset, or a newer vigie wrote it.
        WorkError: A file cannot be read or written, or another compaction or a rematch is under way.
    """
    found = list_files(dataset.root, str(dataset.root))
    with hold(dataset.root, "compact", clock=clock):
        dataset.prepare()
        found = list_files(dataset.root.absolute(), str(dataset.root))
        job = _Job(dataset, found, clock, clock() - keep_raw if keep_raw is not None else None)
        removed = job.clean()
        small = [name for table in (*ABOUT_ARTICLES, *BY_MONTH) for name in found.fresh[table]]
        if not small and keep_raw is None:
            return Compaction(0, 0, 0, removed)
        try:
            job.settle(progress)
            if job.written or job.emptied:
                job.commit(small)
        except duckdb.Error as error:
            raise WorkError(
                f"{dataset.root}: cannot be compacted ({str(error).splitlines()[0]}); nothing was changed. Make room, or "
                "restore the file that is named from a copy, and run the same command again"
            ) from error
        return Compaction(len(small), len(job.written), sum(file.rows for file in job.written), removed)


@dataclass
class _Job:
    """One compaction under way."""

    dataset: Dataset
    found: Snapshot
    clock: Clock
    #: Bodies fetched before are not kept; None: all are.
    keep_since: datetime | None
    written: list[SettledFile] = field(default_factory=list)
    #: Tables and months of which nothing is left.
    emptied: set[tuple[str, str]] = field(default_factory=set)

    @property
    def _scratch(self) -> Path:
        return self.dataset.root / ".tmp" / "compact"

    def clean(self) -> int:
        """Remove what no reader can be reading any more, and what a compaction that was killed left behind."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        generation, now = self.found.generation, self.clock()
        kept = {file.file for file in generation.files if file.file not in generation.hidden or now - file.since < KEPT}
        gone = {self.dataset.root / name for name in generation.hidden - kept}
        gone |= {path for path in self._settled_on_disk() if self._name(path) not in kept}
        gone |= {path for path in self.dataset.fresh_files("settled") if path.name < _generation_kept(generation, now)}
        removed = sorted(path for path in gone if path.exists())
        for path in removed:
            path.unlink()
            if path.parent.name.startswith(("date=", "month=")) and not any(path.parent.iterdir()):
                path.parent.rmdir()
        return len(removed)

    def settle(self, progress: Callable[[str], None]) -> None:
        """Write the settled files of all months that something was added to."""
        self._scratch.mkdir(parents=True)
        settling = Settling(self.found, self._scratch)
        try:
            for month in settling.find_homes():
                progress(month)
                for name, (path, rows) in settling.settle_articles(month).items():
                    self._place(name, month, path, rows)
            for month in settling.uncounted_months():
                for name, (path, rows) in settling.count_articles(month).items():
                    self._place(name, month, path, rows)
            if settling.counted:
                self._place("output_hours", "", *settling.count_days())
            for table in BY_MONTH:
                keep_since = self.keep_since if table == "raw" else None
                for month in settling.months_of(table, keep_since):
                    self._place(table, month, *settling.settle_month(table, month, keep_since))
            if self.found.fresh["fetches"]:
                for name, (path, rows) in settling.settle_ledger().items():
                    self._place(name, "", path, rows)
        finally:
            settling.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def commit(self, small: Iterable[str]) -> None:
        """Write the generation: from then on readers take the new files."""
        now = self.clock()
        replaced = {(file.table_name, file.month) for file in self.written} | self.emptied
        files = list(self.written)
        for file in self.found.generation.files:
            outdated = file.table_name not in TABLES and file.table_name not in DERIVED  # what older versions worked out
            if file.state is FileState.SETTLED and (outdated or (file.table_name, file.month) in replaced):
                files.append(SettledFile(file.table_name, file.file, file.month, FileState.RETIRED, 0, now))
            elif file.state is FileState.SETTLED or (self.dataset.root / file.file).exists():
                files.append(file)
        for name in small:
            place = self._name(Path(name))
            files.append(SettledFile(place.split("/")[0], place, _month(place), FileState.COVERED, 0, now))
        files = described(self.dataset.root, files)
        files.sort(key=lambda file: (file.state, file.table_name, file.month, file.file))
        version = hashlib.sha256("\n".join(f"{file.file} {file.state}" for file in files).encode()).hexdigest()[:16]
        self.dataset.write_version("settled", files, version=version, at=now)

    def _place(self, name: str, month: str, path: Path, rows: int) -> None:
        if not rows:
            self.emptied.add((name, month))
            return
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()[:16]
        folder = self.dataset.root / name / (f"month={month}" if month else "")
        target = folder / f"{run_id_of(self.clock())}-{digest}.parquet"
        if self._name(target) in {file.file for file in self.found.generation.files}:
            raise UsageError(f"{target}: is there already; the clock stands still or goes back")
        try:
            put_in_place(path, target)
        except OSError as error:
            raise WorkError(
                f"{target}: cannot be written ({error.strerror}); nothing was changed: make room or mend its rights and run "
                "the same command again"
            ) from error
        self.written.append(SettledFile(name, self._name(target), month, FileState.SETTLED, rows, self.clock()))

    def _name(self, path: Path) -> str:
        root = self.dataset.root.absolute() if path.is_absolute() else self.dataset.root
        return path.relative_to(root).as_posix()

    def _settled_on_disk(self) -> list[Path]:
        tables = [name for name, table in TABLES.items() if table.partition_field]
        months = [path for name in (*tables, *DERIVED) for path in (self.dataset.root / name).glob("month=*/*.parquet")]
        return months + [path for name in DERIVED for path in (self.dataset.root / name).glob("*.parquet")]


def _month(name: str) -> str:
    """The month of a small file, by the folder of its day."""
    return name.rpartition("date=")[2][: len("2017-05")]


def _generation_kept(generation: Generation, now: datetime) -> str:
    """The name of the oldest generation file to keep: the newest, unless it is so young that another may still be read."""
    newest = datetime.strptime(generation.name.partition("-")[0], "%Y%m%dT%H%M%S%f%z") if generation.name else now
    return generation.name if now - newest >= KEPT else ""
