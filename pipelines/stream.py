"""Unbounded ingestion: every feed polled whenever it is due, for as long as the job runs, by the graph that ingestion has."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import apache_beam as beam

from vigie.clock import run_id_of
from vigie.feeds.fetch import FetchLimits
from vigie.pipelines.describe import describe
from vigie.pipelines.evaluate import evaluate_pending
from vigie.pipelines.graph import Config, build
from vigie.pipelines.run import Job, Summary, write_manifest, write_versions
from vigie.pipelines.runner import make_pipeline, run_to_end
from vigie.pipelines.runner_options import ends_by_itself
from vigie.schemas import Feed, Option
from vigie.shards import Pace
from vigie.storage.counts import count_run
from vigie.storage.evaluations import pending_files
from vigie.transforms.gather_polls import FlushRule
from vigie.transforms.poll_continuously import PollContinuously, wait_for_stop

__all__ = ["Stream", "show", "stream"]


@dataclass(frozen=True)
class Stream:
    """What is streamed, and how."""

    feeds: Sequence[Feed]
    limits: FetchLimits
    pace: Pace
    flush: FlushRule


def _compose(pipeline: beam.Pipeline, job: Job, what: Stream, run_id: str) -> None:
    """Compose the graph: poll for ever, then what every pipeline does with what was fetched."""
    data = job.dataset.location
    source_ids = frozenset(feed.source_id for feed in what.feeds)
    registry = job.registry.outlines(source_ids)  # Workers are sent what they ask of it, and feeds once.
    poll = PollContinuously(registry, what.feeds, data=data, limits=what.limits, pace=what.pace, clock=job.clock)
    config = Config(
        data=data,
        run_id=run_id,
        registry=registry,
        topics_definition=job.topics.definition,
        topics_version=job.topics.version,
        source_ids=source_ids,
        clock=job.clock,
        flush=what.flush,
    )
    build(pipeline | "PollContinuously" >> poll, config)


def show(job: Job, what: Stream) -> str:
    """The graph that :func:`stream` would run, one step a line; nothing is run or written."""
    pipeline = make_pipeline(job.options)
    _compose(pipeline, job, what, run_id_of(job.clock()))
    return describe(pipeline)


def stream(
    job: Job,
    what: Stream,
    *,
    settings: Sequence[Option] = (),
    started: Callable[[str], None] = lambda run_id: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Poll feeds until the stream's pace says that it is over; without an end, until the job is stopped.

    Args:
        job: See there; its runner is one that runs unbounded pipelines.
        what: What is streamed, and how.
        settings: The run's options, for its manifest.
        started: Told the run's id when all is checked and the pipeline is about to start.
        sleep: Waits until what was fetched last is written, where a job does not end by itself.

    Raises:
        UsageError: The dataset was matched under other topics.
        WorkError: The dataset cannot be written to any more.
    """
    started_at = job.clock()
    run_id = run_id_of(started_at)
    job.dataset.prepare()
    write_versions(job, started_at)
    if pending_files(job.dataset, job.topics.version):  # Topics were switched while another stream was running.
        evaluate_pending(job.dataset, job.topics, job.options, run_id=run_id, clock=job.clock)
    pipeline = make_pipeline(job.options)
    _compose(pipeline, job, what, run_id)
    started(run_id)
    run_to_end(pipeline, until=None if ends_by_itself(job.options) else lambda: _wait_until_written(job, what, sleep))
    counters = count_run(job.dataset, run_id)
    return write_manifest(job, "stream", run_id=run_id, started_at=started_at, counters=counters, settings=settings)


def _wait_until_written(job: Job, what: Stream, sleep: Callable[[float], None]) -> None:
    """Return when the polling has been over for long enough that all it brought is on disk.

    How long the runner takes to hand it on hangs on the machine, so the ledger is asked: it grows until all is written.
    """
    pace, before = what.pace, None
    wait_for_stop((pace.until - job.clock()).total_seconds() if pace.until else None)
    sleep(pace.longest_pause + what.limits.total_seconds)
    while (written := job.dataset.fresh_files("fetches")) != before:
        before = written
        sleep(what.flush.seconds)
