"""Which files of articles were evaluated under which version of the topics: what is left to do, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from vigie.schemas import Evaluation
from vigie.storage.connection import utc_connection
from vigie.storage.dataset import Dataset

__all__ = ["ArticlesFile", "count_evaluated", "pending_files", "record_evaluations"]


@dataclass(frozen=True, slots=True)
class ArticlesFile:
    """One file of table `articles`."""

    #: Its place in the table's folder, as :attr:`vigie.schemas.Evaluation.file` has it.
    file: str
    #: Bytes on disk.
    size: int

    def path(self, dataset: Dataset) -> Path:
        """Where it lies."""
        return dataset.root / "articles" / self.file


def pending_files(dataset: Dataset, topics_version: str) -> list[ArticlesFile]:
    """The files of articles that were not evaluated under a version, in order of name."""
    done = _evaluated(dataset, topics_version)
    files = ((_place(dataset, path), path) for path in dataset.files("articles"))
    return [ArticlesFile(file, path.stat().st_size) for file, path in files if file not in done]


def record_evaluations(
    dataset: Dataset, files: Iterable[Path], topics_version: str, *, run_id: str, at: datetime
) -> Sequence[Path]:
    """Say of files of articles that they were evaluated; to be called when their mentions and matches are in place.

    Args:
        dataset: The dataset.
        files: The files.
        topics_version: Under which version.
        run_id: The run.
        at: When, UTC.
    """
    rows = [
        Evaluation(topics_version, _place(dataset, path), pq.read_metadata(path).num_rows, run_id, at) for path in sorted(files)
    ]
    return dataset.write("evaluations", rows, run_id=run_id)


def count_evaluated(dataset: Dataset, run_id: str) -> tuple[int, int]:
    """How many files and how many article revisions a run evaluated."""
    files = [str(path) for path in dataset.files("evaluations") if path.name.startswith(run_id)]
    if not files:
        return 0, 0
    sql = """
        SELECT count(*), coalesce(sum(articles), 0)::BIGINT
        FROM (SELECT DISTINCT topics_version, file, articles FROM read_parquet($files, hive_partitioning = false))
    """
    with utc_connection() as connection:
        [(number, articles)] = connection.execute(sql, {"files": files}).fetchall()
    return number, articles


def _evaluated(dataset: Dataset, topics_version: str) -> set[str]:
    files = [str(path) for path in dataset.files("evaluations")]
    if not files:
        return set()
    sql = "SELECT DISTINCT file FROM read_parquet($files, hive_partitioning = false) WHERE topics_version = $version"
    with utc_connection() as connection:
        return {file for (file,) in connection.execute(sql, {"files": files, "version": topics_version}).fetchall()}


def _place(dataset: Dataset, path: Path) -> str:
    return path.relative_to(dataset.root / "articles").as_posix()
