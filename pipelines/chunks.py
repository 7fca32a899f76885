"""The chunks of a run through the graph: one after the other in this process, or some of them in workers beside it.

Workers are processes with an in-memory runner of their own. All polls of a source go to one of them, in order, so that what
one chunk of it wrote is known to the next.
"""

from __future__ import annotations

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.pvalue import PCollection

from vigie.errors import WorkError
from vigie.fingerprint import MIN_WORDS, fingerprint_texts
from vigie.heap import collect_seldom, give_back, use_one_arena
from vigie.language import LanguageDetector, LanguageInput
from vigie.matching import TopicSet
from vigie.packed import hold
from vigie.pipelines.graph import Config, build
from vigie.pipelines.runner import make_pipeline, run_to_end, runner_name
from vigie.pipelines.runner_options import is_default_runner
from vigie.quiet import Cursors, take_quiet
from vigie.schemas import FetchedDocument
from vigie.storage import Dataset
from vigie.storage.commits import commit_polls
from vigie.storage.connection import keep_little
from vigie.storage.known import states_at_cursors
from vigie.taking import Taker
from vigie.transforms.match_topics import compiled, keep_compiled
from vigie.transforms.parse_feeds import ParseFeeds
from vigie.worker_process import Crew, Worker

__all__ = ["Chunk", "ChunkRunner", "Dealer", "Reader", "compose", "load_tables"]

T = TypeVar("T")

#: A transform from a chunk's elements to fetched documents.
Reader = beam.PTransform[PCollection[Any], PCollection[FetchedDocument]]

#: Chunks that a worker has or that wait for it: the next is there when it has done one, and no more are held.
_AT_A_WORKER = 2


@dataclass(frozen=True)
class Chunk:
    """A bounded part of a run."""

    #: Packed polls, or what a reader makes fetched documents of.
    elements: Sequence[Any]
    polls: int
    source_ids: frozenset[str]
    #: Who runs it; 0 is this process.
    worker: int = 0


class Dealer:
    """Deals sources to workers: the largest first, each to the worker that is furthest from its share, and there it stays.

    Args:
        shares: Of the work, of each worker.
    """

    def __init__(self, shares: Sequence[float]) -> None:
        """Nothing is dealt yet."""
        self._shares = shares
        self._given = [0.0] * len(shares)
        self._worker_of: dict[str, int] = {}

    def deal(
        self, items: Sequence[T], source_of: Callable[[T], str], work_of: Callable[[T], int]
    ) -> Iterator[tuple[int, list[T]]]:
        """The workers that items go to, with their items in order; this process comes last, for it works while it runs them.

        Args:
            items: Any work of some sources.
            source_of: Names an item's source.
            work_of: Tells how much work it is, in any unit.
        """
        self._give(items, source_of, work_of)
        dealt: list[list[T]] = [[] for _ in self._shares]
        for item in items:
            dealt[self._worker_of[source_of(item)]].append(item)
        for worker in range(len(dealt) - 1, -1, -1):
            if dealt[worker]:
                yield worker, dealt[worker]

    def _give(self, items: Iterable[T], source_of: Callable[[T], str], work_of: Callable[[T], int]) -> None:
        """Find each source its worker: those that have one stay there, so that they are counted first."""
        work: Counter[str] = Counter()
        for item in items:
            work[source_of(item)] += work_of(item)
        for source_id in sorted(work, key=lambda source_id: (source_id not in self._worker_of, -work[source_id])):
            worker = self._worker_of.setdefault(source_id, self._given.index(min(self._given)))
            self._given[worker] += work[source_id] / self._shares[worker]


def load_tables(topics: TopicSet) -> None:
    """Load what running chunks would load and keep: workers that this process is copied to afterwards share it."""
    keep_compiled(topics)
    texts = ["le " * MIN_WORDS, "и " * MIN_WORDS]  # in each script that most feeds are written in
    LanguageDetector().detect_batch([LanguageInput("", text) for text in texts])
    fingerprint_texts(texts)


class ChunkRunner:
    """Runs chunks; to be used in `with`, which waits for those under way.

    Args:
        workers: Processes that run them, this one among them.
        options: Beam's.
        done: Told after each chunk how many polls it held.
        crew: Processes that are there already; they are taken first, and left as they are.
    """

    def __init__(self, workers: int, options: PipelineOptions, done: Callable[[int], None], crew: Crew | None = None) -> None:
        """Start no process yet."""
        use_one_arena()
        collect_seldom()
        if not gc.get_freeze_count():  # Once: what a later cycle of many left over must not stay for good.
            gc.freeze()  # What is loaded by now stays, and need not be looked through after each chunk.
        self._crew = crew
        self._options = options
        self._done = done
        there = crew.workers[: workers - 1] if crew is not None else ()
        self._own = [Worker() for _ in range(workers - 1 - len(there))]
        self._workers = [*there, *self._own]
        self._under_way: list[deque[tuple[Future[None], int]]] = [deque() for _ in self._workers]

    def __enter__(self) -> Self:
        """The runner itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        """Wait for the chunks under way; after an error, those that only waited are given up."""
        try:
            if kind is None:
                for under_way in self._under_way:
                    self._settle(under_way, 0)
        finally:
            left = [future for under_way in self._under_way for future, _ in under_way]
            wait([future for future in left if not future.cancel()])
            for worker in self._own:
                worker.close()
            if self._crew is None:  # Else it is shared with the crew, as long as nobody looks.
                gc.unfreeze()

    def run(self, chunk: Chunk, reader: Callable[[], Reader] | None, config: Config) -> None:
        """Run a chunk, or hand it to its worker and return while it is under way.

        Raises:
            WorkError: This or an earlier chunk met with something that the user can see to.
        """
        if chunk.worker == 0:
            _run(chunk, reader, config, self._options, alone=not self._workers)
            self._done(chunk.polls)
            return
        worker, under_way = self._workers[chunk.worker - 1], self._under_way[chunk.worker - 1]
        self._settle(under_way, _AT_A_WORKER - 1)
        under_way.append((worker.submit(_run, chunk, reader, config, self._options, alone=False), chunk.polls))

    def _settle(self, under_way: deque[tuple[Future[None], int]], left: int) -> None:
        """Wait until only so many are under way."""
        while len(under_way) > left:
            future, polls = under_way.popleft()
            try:
                future.result()
            except BrokenProcessPool as error:
                raise WorkError(
                    "a process that worked on polls was ended from outside, perhaps for want of memory; what was committed"
                    " before stands: run the same command again, with --workers 1 where memory is short"
                ) from error
            self._done(polls)


def compose(chunk: Chunk, reader: Callable[[], Reader] | None, config: Config, options: PipelineOptions) -> beam.Pipeline:
    """The pipeline of one chunk."""
    pipeline = make_pipeline(options)
    planned = pipeline | "Plan" >> beam.Create(chunk.elements, reshuffle=False)
    build(planned | "Fetch" >> reader() if reader is not None else planned, config)
    return pipeline


def _run(chunk: Chunk, reader: Callable[[], Reader] | None, config: Config, options: PipelineOptions, *, alone: bool) -> None:
    keep_little(one_thread=not alone)
    cursors = None
    if reader is None and runner_name(options).startswith("DirectRunner"):  # Others read bodies where they run.
        chunk, cursors = _write_quiet(chunk, config)
        config = replace(config, source_ids=chunk.source_ids)
    if chunk.elements:
        with _kept_here(chunk, reader, config, options, cursors) as (kept, config):
            run_to_end(compose(kept, reader, config, options))
    give_back()


@contextmanager
def _kept_here(
    chunk: Chunk, reader: Callable[[], Reader] | None, config: Config, options: PipelineOptions, cursors: Cursors | None
) -> Iterator[tuple[Chunk, Config]]:
    """The chunk for a runner in this process, by names of what is kept here: Beam compresses, at length, what it is sent."""
    if not is_default_runner(options):
        yield chunk, config
        return
    compiled(config.topics_version, config.topics_definition)
    config = replace(config, topics_definition="")
    if reader is not None:
        yield chunk, config
        return
    states = states_at_cursors(Dataset(Path(config.data)), chunk.source_ids, cursors)
    with hold(chunk.elements, states) as elements:
        yield replace(chunk, elements=elements), replace(config, source_ids=frozenset())


def _write_quiet(chunk: Chunk, config: Config) -> tuple[Chunk, Cursors | None]:
    """Write the polls of a chunk's sources that brought no article; what is left needs the graph."""
    dataset = Dataset(Path(config.data))
    taker = Taker(dataset, config.registry, ParseFeeds(config.registry), config.run_id)
    quiet, rest, cursors = take_quiet(chunk.elements, taker)
    if not quiet:
        return chunk, cursors
    commit_polls(dataset, quiet, config.tables, run_id=config.run_id, topics_version=config.topics_version, clock=config.clock)
    left = replace(
        chunk,
        elements=tuple(rest),
        polls=chunk.polls - len(quiet),
        source_ids=frozenset(packed.source_id for packed in rest),
    )
    return left, cursors
