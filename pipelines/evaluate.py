"""Evaluate stored articles under a version of the topics: all files that no run has evaluated under it yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from vigie.clock import Clock
from vigie.errors import WorkError
from vigie.matching import TopicSet
from vigie.pipelines.describe import describe
from vigie.pipelines.runner import make_pipeline, run_to_end
from vigie.storage import Dataset
from vigie.storage.evaluations import ArticlesFile, pending_files
from vigie.transforms.match_articles import MatchArticles
from vigie.transforms.read_articles import ReadArticles
from vigie.transforms.write_evaluations import WriteEvaluations

__all__ = ["evaluate_pending", "show_graph"]

#: A chunk ends at this many files …
_CHUNK_FILES = 1_000
#: … or this many bytes of compressed articles. They pass through some at a time: a chunk bounds what a kill costs.
_CHUNK_BYTES = 32 * 2**20


def evaluate_pending(
    dataset: Dataset,
    topics: TopicSet,
    options: PipelineOptions,
    *,
    run_id: str,
    clock: Clock,
    progress: Callable[[int], None] = lambda files: None,
) -> None:
    """Evaluate what is stored and not evaluated, until a look finds nothing left: a run that polls meanwhile adds files.

    Args:
        dataset: The dataset.
        topics: The topics.
        options: Beam's.
        run_id: The run.
        clock: Tells when a match was made.
        progress: Told after each chunk how many files it held.

    Raises:
        WorkError: The dataset cannot be written to any more, or a file cannot be evaluated.
    """
    before: list[ArticlesFile] = []
    while pending := pending_files(dataset, topics.version):
        if pending == before:
            raise WorkError(f"{pending[0].path(dataset)}: was not evaluated to its end; run the same command again")
        for chunk in _chunks(pending):
            run_to_end(_pipeline(dataset, topics, options, chunk, run_id=run_id, clock=clock))
            progress(len(chunk))
        before = pending


def show_graph(dataset: Dataset, topics: TopicSet, options: PipelineOptions, *, run_id: str, clock: Clock) -> str:
    """The graph that an evaluation would run, one step a line; nothing is run or written."""
    return describe(_pipeline(dataset, topics, options, (), run_id=run_id, clock=clock))


def _pipeline(
    dataset: Dataset,
    topics: TopicSet,
    options: PipelineOptions,
    files: Sequence[ArticlesFile],
    *,
    run_id: str,
    clock: Clock,
) -> beam.Pipeline:
    data = dataset.location
    pipeline = make_pipeline(options)
    _ = (
        pipeline
        | "Plan" >> beam.Create(files, reshuffle=False)
        | "SpreadPlan" >> beam.Reshuffle()
        | "ReadArticles" >> ReadArticles(data)
        | "MatchArticles" >> MatchArticles(topics.version, topics.definition, run_id, clock)
        | "WriteEvaluations" >> WriteEvaluations(data, run_id, topics.version, clock)
    )
    return pipeline


def _chunks(files: Sequence[ArticlesFile]) -> Iterator[list[ArticlesFile]]:
    chunk: list[ArticlesFile] = []
    size = 0
    for file in files:
        if chunk and (len(chunk) >= _CHUNK_FILES or size + file.size > _CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(file)
        size += file.size
    if chunk:
        yield chunk
