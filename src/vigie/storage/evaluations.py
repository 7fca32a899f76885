"""Which files of articles were evaluated under which version of the topics: what is left to do, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
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

    #: Its place in the table's folder: of a small file what :attr:`vigie.schemas.Evaluation.file` has; a settled one holds
    #: the rows of several such.
    file: str
    #: Bytes on disk.
    size: int

    def path(self, dataset: Dataset) -> Path:
        """Where it lies."""
        return dataset.root / "articles" / self.file


def pending_files(dataset: Dataset, topics_version: str) -> list[ArticlesFile]:
    """The files of articles that were not evaluated under a version, in order of name."""
    done = _evaluated(dataset, topics_version)
    generation = dataset.generation()
    settled = [dataset.root / file.file for file in generation.settled("articles")]
    origins = _origins(settled)
    files = [path for path in settled if not done.issuperset(origins[_place(dataset, path)])]
    files += [path for path in dataset.fresh_files("articles", generation) if _place(dataset, path) not in done]
    return [ArticlesFile(_place(dataset, path), path.stat().st_size) for path in files]


def record_evaluations(
    dataset: Dataset, files: Sequence[Path], topics_version: str, *, run_id: str, at: datetime
) -> Sequence[Path]:
    """Say of files of articles that they were evaluated; to be called when their mentions and matches are in place.

    Args:
        dataset: The dataset.
        files: The files.
        topics_version: Under which version.
        run_id: The run.
        at: When, UTC.
    """
    held: dict[str, int] = {}
    settled = [path for path in files if path.parent.name.startswith("month=")]
    for origins in _origins(settled).values():
        held.update(origins)
    held.update({_place(dataset, path): pq.read_metadata(path).num_rows for path in files if path not in settled})
    rows = [Evaluation(topics_version, file, articles, run_id, at) for file, articles in sorted(held.items())]
    return dataset.write("evaluations", rows, run_id=run_id)


def count_evaluated(dataset: Dataset, run_id: str) -> tuple[int, int]:
    """How many files and how many article revisions a run evaluated."""
    files = [str(path) for path in dataset.files("evaluations") if path.name.startswith(run_id)]
    if not files:
        return 0, 0
    sql = """
        SELECT count(*), coalesce(sum(articles), 0)::BIGINT
        FROM (SELECT DISTINCT topics_version, file, articles FROM rows_of($files))
    """
    with utc_connection() as connection:
        [(number, articles)] = connection.execute(sql, {"files": files}).fetchall()
    return number, articles


def _origins(settled: Sequence[Path]) -> dict[str, dict[str, int]]:
    """Of each settled file of articles the small files that its rows came from, and how many from each."""
    origins: dict[str, dict[str, int]] = {"/".join(path.parts[-2:]): {} for path in settled}
    if settled:
        sql = "SELECT filename, file, count(*) FROM rows_of($files) GROUP BY ALL"
        with utc_connection() as connection:
            rows = connection.execute(sql, {"files": [str(path) for path in settled]}).fetchall()
        for name, file, articles in rows:
            origins["/".join(Path(name).parts[-2:])][file] = articles
    return origins


def _evaluated(dataset: Dataset, topics_version: str) -> set[str]:
    files = [str(path) for path in dataset.files("evaluations")]
    if not files:
        return set()
    sql = "SELECT DISTINCT file FROM rows_of($files) WHERE topics_version = $version"
    with utc_connection() as connection:
        return {file for (file,) in connection.execute(sql, {"files": files, "version": topics_version}).fetchall()}


def _place(dataset: Dataset, path: Path) -> str:
    return path.relative_to(dataset.root / "articles").as_posix()
