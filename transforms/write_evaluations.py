"""Write what an evaluation found, and only then that it was made.

mentions, matches, evaluations: a file that is said to be evaluated has all its matches, so a run that was killed anywhere
goes on from there, and what it had written of a file without saying so is written again and read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from vigie.clock import Clock
from vigie.storage import Dataset
from vigie.storage.evaluations import ArticlesFile, record_evaluations
from vigie.transforms.match_articles import EvaluatedBatch

__all__ = ["WriteEvaluations"]

#: Files of mentions and matches are written when this many rows have gathered.
_MAX_ROWS = 50_000

#: Of one file: articles evaluated and now on disk, and how many it holds.
_Part = tuple[str, tuple[int, int]]


class _WriteFoundFn(beam.DoFn):
    def __init__(self, data: str, run_id: str) -> None:
        self._dataset = Dataset(Path(data))
        self._run_id = run_id
        self._batches: list[EvaluatedBatch] = []
        self._rows = 0

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._batches, self._rows = [], 0

    def process(self, element: EvaluatedBatch) -> Iterator[_Part]:
        self._batches.append(element)
        self._rows += 1 + len(element.mentions) + len(element.matches)
        if self._rows >= _MAX_ROWS:
            yield from self._flush()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = GlobalWindow()
        for part in self._flush():
            yield WindowedValue(part, window.max_timestamp(), (window,))

    def _flush(self) -> list[_Part]:
        batches, self._batches, self._rows = self._batches, [], 0
        self._dataset.write("mentions", (row for batch in batches for row in batch.mentions), run_id=self._run_id)
        self._dataset.write("matches", (row for batch in batches for row in batch.matches), run_id=self._run_id)
        return [(batch.file, (batch.articles, batch.total)) for batch in batches]


class _RecordFn(beam.DoFn):
    def __init__(self, data: str, run_id: str, topics_version: str, clock: Clock) -> None:
        self._dataset = Dataset(Path(data))
        self._run_id = run_id
        self._topics_version = topics_version
        self._clock = clock
        self._files: list[str] = []

    def start_bundle(self) -> None:
        self._files = []

    def process(self, element: tuple[str, Iterable[tuple[int, int]]]) -> Iterator[str]:
        file, parts = element
        counted = list(parts)
        if sum(articles for articles, _ in counted) >= max(total for _, total in counted):
            self._files.append(file)
            yield file

    def finish_bundle(self) -> None:
        paths = [ArticlesFile(file, 0).path(self._dataset) for file in self._files]
        record_evaluations(self._dataset, paths, self._topics_version, run_id=self._run_id, at=self._clock())


class WriteEvaluations(beam.PTransform[PCollection[EvaluatedBatch], PCollection[str]]):
    """Write mentions and matches to Parquet, then a row for each file of articles that was evaluated whole.

    At least once, so that reads remove repetitions. Only counts cross the group-by; its output is the files done.

    Args:
        data: The dataset's folder.
        run_id: The run.
        topics_version: Under which the articles were evaluated.
        clock: Tells when.
    """

    def __init__(self, data: str, run_id: str, topics_version: str, clock: Clock) -> None:
        """Keep the arguments."""
        super().__init__()
        self._write = _WriteFoundFn(data, run_id)
        self._record = _RecordFn(data, run_id, topics_version, clock)

    def expand(self, input_or_inputs: PCollection[EvaluatedBatch]) -> PCollection[str]:
        """Wire it."""
        files: PCollection[str] = (
            input_or_inputs
            | "WriteFound" >> beam.ParDo(self._write)
            | "GroupByFile" >> beam.GroupByKey()
            | "Record" >> beam.ParDo(self._record)
        )
        return files
