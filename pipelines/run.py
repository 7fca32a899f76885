"""One run: a sequence of bounded chunks through the graph, each committed, and the manifest that says what was done.

The in-memory runner holds all that crosses a group-by, so a long job is cut into chunks: memory does not grow with an
archive's size, and what a kill loses is one chunk's work, never its data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.pvalue import PCollection

from vigie.clock import Clock, run_id_of, system_clock
from vigie.errors import UsageError, WorkError
from vigie.matching import TopicSet
from vigie.pipelines.graph import Config, build
from vigie.pipelines.runner import make_pipeline, runner_name
from vigie.registry import Registry
from vigie.schemas import FORMAT_VERSION, Counter, FetchedDocument, Option, RunManifest
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset
from vigie.storage.counts import count_run
from vigie.version import VERSION

__all__ = ["Chunk", "Job", "Summary", "execute"]

#: A transform from a chunk's elements to fetched documents.
Reader = beam.PTransform[PCollection[Any], PCollection[FetchedDocument]]


@dataclass(frozen=True)
class Job:
    """What a run works with."""

    dataset: Dataset
    registry: Registry
    topics: TopicSet
    options: PipelineOptions
    clock: Clock = system_clock
    #: Told after each chunk how many polls it held.
    progress: Callable[[int], None] = field(default=lambda polls: None)


@dataclass(frozen=True)
class Chunk:
    """A bounded part of a run: what to create, and the transform that makes fetched documents of it."""

    elements: Sequence[Any]
    polls: int
    source_ids: frozenset[str]


@dataclass(frozen=True)
class Summary:
    """What a run did."""

    run_id: str
    runner: str
    started_at: datetime
    finished_at: datetime
    counters: dict[str, int]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished_at - self.started_at).total_seconds()


def execute(
    job: Job,
    command: str,
    chunks: Iterable[Chunk],
    reader: Callable[[], Reader],
    *,
    settings: Sequence[Option] = (),
    tables: tuple[str, ...] = COMMIT_ORDER,
    finish: Callable[[], None] = lambda: None,
) -> Summary:
    """Run chunks one after the other and write the run's manifest.

    Args:
        job: See there.
        command: `ingest` or `replay`, for the manifest.
        chunks: The work, in the order in which polls were made.
        reader: Makes the transform from a chunk's elements to fetched documents.
        settings: The options of the run, for the manifest.
        tables: The tables that the graph writes.
        finish: Called when all chunks are committed, before the manifest is.

    Raises:
        UsageError: The dataset was matched under other topics.
        WorkError: The dataset cannot be written to any more.
    """
    started_at = job.clock()
    run_id = run_id_of(started_at)
    job.dataset.prepare()
    _write_versions(job, started_at)
    for chunk in chunks:
        config = Config(
            data=str(job.dataset.root.resolve()),
            run_id=run_id,
            registry=job.registry,
            topics_definition=job.topics.definition,
            source_ids=chunk.source_ids,
            tables=tables,
            clock=job.clock,
        )
        _run_chunk(job, chunk, reader(), config)
        job.progress(chunk.polls)
    finish()
    counters = count_run(job.dataset, run_id)
    finished_at = job.clock()
    manifest = RunManifest(
        run_id=run_id,
        command=command,
        code_version=VERSION,
        format_version=FORMAT_VERSION,
        topics_version=job.topics.version,
        sources_version=job.registry.version,
        runner=runner_name(job.options),
        started_at=started_at,
        finished_at=finished_at,
        options=tuple(settings),
        counters=tuple(Counter(name, value) for name, value in counters.items()),
    )
    job.dataset.write("runs", [manifest], run_id=run_id)
    return Summary(run_id, manifest.runner, started_at, finished_at, counters)


def _run_chunk(job: Job, chunk: Chunk, reader: Reader, config: Config) -> None:
    pipeline = make_pipeline(job.options)
    fetched = (
        pipeline | "Plan" >> beam.Create(chunk.elements, reshuffle=False) | "SpreadPlan" >> beam.Reshuffle() | "Fetch" >> reader
    )
    build(fetched, config)
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:
        # Runners wrap what a worker raised, at worst into text; the user is told the line that was meant for them.
        if "WorkError" in type(error).__name__ or "WorkError" in str(error):
            raise WorkError(str(error).rpartition("WorkError: ")[2].splitlines()[0].partition(" [while running")[0]) from error
        raise


def _write_versions(job: Job, at: datetime) -> None:
    """Keep registry and topics beside the run, so that any of its figures can be computed again."""
    active = job.dataset.active_version("topics")
    if active and active != job.topics.version:
        raise UsageError(
            f"{job.dataset.root}: was matched under topics version {active}, and these are version {job.topics.version}; "
            "a dataset has one. Make a new dataset from its stored feeds: "
            f"`vigie replay --data {job.dataset.root} --into NEW`, with --topics or --current_topics"
        )
    version = job.registry.version
    job.dataset.write_version("topics", job.topics.records(), version=job.topics.version, at=at)
    job.dataset.write_version("sources", job.registry.sources, version=version, at=at)
    job.dataset.write_version("feeds", job.registry.feeds, version=version, at=at)
