"""One run: a sequence of bounded chunks through the graph, each committed, and the manifest that says what was done.

The in-memory runner holds all that crosses a group-by, so a long job is cut into chunks: memory does not grow with an
archive's size, and what a kill loses is one chunk's work, never its data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from apache_beam.options.pipeline_options import PipelineOptions

from vigie.clock import Clock, run_id_of, system_clock
from vigie.errors import UsageError
from vigie.matching import TopicSet, load_topics_text
from vigie.matching.measured import read_measured
from vigie.pipelines.chunks import Chunk, ChunkRunner, Reader, compose
from vigie.pipelines.describe import describe
from vigie.pipelines.evaluate import evaluate_pending
from vigie.pipelines.graph import Config
from vigie.pipelines.runner import runner_name
from vigie.registry import Registry, cited_outlets
from vigie.schemas import FORMAT_VERSION, Counter, Option, RunManifest
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset
from vigie.storage.counts import count_run
from vigie.storage.measures import store_quality
from vigie.transforms.match_topics import keep_compiled
from vigie.version import VERSION
from vigie.worker_process import Crew

__all__ = [
    "Job",
    "Summary",
    "execute",
    "refuse_other_topics",
    "show",
    "under_active_topics",
    "write_manifest",
    "write_versions",
]


@dataclass(frozen=True)
class Job:
    """What a run works with."""

    dataset: Dataset
    registry: Registry
    topics: TopicSet
    options: PipelineOptions
    clock: Clock = system_clock
    #: Processes that chunks are run in side by side; 1: this one.
    workers: int = 1
    #: Those of them that are there already.
    crew: Crew | None = None
    #: Told after each chunk how many polls it held.
    progress: Callable[[int], None] = field(default=lambda polls: None)


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
    reader: Callable[[], Reader] | None = None,
    *,
    settings: Sequence[Option] = (),
    tables: tuple[str, ...] = COMMIT_ORDER,
    finish: Callable[[], None] = lambda: None,
    ledger: str = "",
) -> Summary:
    """Run chunks and write the run's manifest.

    Args:
        job: See there.
        command: `ingest`, `import` or `replay`, for the manifest.
        chunks: The work, in the order in which polls were made; dealt to as many workers as the job has.
        reader: Makes the transform from a chunk's elements to fetched documents; None: they are packed polls.
        settings: The options of the run, for the manifest.
        tables: The tables that the graph writes.
        finish: Called when all chunks are committed, before the manifest is.
        ledger: The dataset whose ledger tells where feeds stand; empty: the job's.

    Raises:
        UsageError: The dataset was matched under other topics.
        WorkError: The dataset cannot be written to any more.
    """
    started_at = job.clock()
    run_id = run_id_of(started_at)
    job.dataset.prepare()
    write_versions(job, started_at)
    begun_under = job.topics.version
    with ChunkRunner(job.workers, job.options, job.progress, job.crew) as runner:
        for chunk in chunks:
            job = under_active_topics(job)
            keep_compiled(job.topics)
            runner.run(chunk, reader, replace(_config(job, chunk, run_id, tables), ledger=ledger))
    finish()
    job = under_active_topics(job)
    if job.topics.version != begun_under:  # Switched meanwhile: what came under the old version may have been missed.
        evaluate_pending(job.dataset, job.topics, job.options, run_id=run_id, clock=job.clock)
    counters = count_run(job.dataset, run_id, ledger_run="" if "fetches" in tables else "*")
    return write_manifest(job, command, run_id=run_id, started_at=started_at, counters=counters, settings=settings)


def write_manifest(
    job: Job, command: str, *, run_id: str, started_at: datetime, counters: Mapping[str, int], settings: Sequence[Option]
) -> Summary:
    """Write the manifest of a run that has done all else, and sum it up."""
    manifest = RunManifest(
        run_id=run_id,
        command=command,
        code_version=VERSION,
        format_version=FORMAT_VERSION,
        topics_version=job.topics.version,
        sources_version=job.registry.version,
        runner=runner_name(job.options),
        started_at=started_at,
        finished_at=job.clock(),
        options=tuple(settings),
        counters=tuple(Counter(name, value) for name, value in counters.items()),
    )
    job.dataset.write("runs", [manifest], run_id=run_id)
    return Summary(run_id, manifest.runner, started_at, manifest.finished_at, dict(counters))


def show(job: Job, reader: Callable[[], Reader] | None = None, *, tables: tuple[str, ...] = COMMIT_ORDER) -> str:
    """The graph that :func:`execute` would run for each chunk, one step a line; nothing is run or written."""
    chunk = Chunk((), 0, frozenset())
    return describe(compose(chunk, reader, _config(job, chunk, run_id_of(job.clock()), tables), job.options))


def _config(job: Job, chunk: Chunk, run_id: str, tables: tuple[str, ...]) -> Config:
    return Config(
        data=job.dataset.location,
        run_id=run_id,
        registry=job.registry.outlines(chunk.source_ids),
        topics_definition=job.topics.definition,
        topics_version=job.topics.version,
        source_ids=chunk.source_ids,
        tables=tables,
        clock=job.clock,
    )


def under_active_topics(job: Job) -> Job:
    """The job under the topics that the dataset is under now: `rematch` may have switched them since the last chunk."""
    active = job.dataset.active_version("topics")
    if active in ("", job.topics.version):
        return job
    return replace(job, topics=load_topics_text(job.dataset.read_version("topics")[0].definition))


def refuse_other_topics(job: Job) -> None:
    """See that a job's topics are those that its dataset is under.

    Raises:
        UsageError: They are others.
    """
    active = job.dataset.active_version("topics")
    if active and active != job.topics.version:
        raise UsageError(
            f"{job.dataset.root}: was matched under topics version {active}, and these are version {job.topics.version}; "
            "all its articles must be evaluated under one. Evaluate what is stored under the new ones and switch to them with "
            f"`vigie rematch --data {job.dataset.root}` and the same --topics, or make a new dataset with `vigie replay`"
        )


def write_topics(job: Job, at: datetime) -> None:
    """Put a dataset under a job's topics, with what was measured of them, if they are those that vigie ships."""
    job.dataset.write_version("topics", job.topics.records(), version=job.topics.version, at=at)
    store_quality(job.dataset, read_measured(job.topics.version), again=False)


def write_versions(job: Job, at: datetime) -> None:
    """Keep registry and topics beside the run, so that any of its figures can be computed again."""
    refuse_other_topics(job)
    version = job.registry.version
    if not job.dataset.active_version("topics"):
        write_topics(job, at)
    job.dataset.write_version("sources", job.registry.sources, version=version, at=at)
    job.dataset.write_version("feeds", job.registry.feeds, version=version, at=at)
    others = cited_outlets(job.registry)
    job.dataset.write_version("outlets", others.sources, version=others.version, at=at, may_be_empty=True)
