"""Bounded ingestion: an archive of feed files, or each feed of a registry that is due, polled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from vigie.archive import PollRef
from vigie.feeds.polling import Poller
from vigie.feeds.requests import FetchRequest, due_requests
from vigie.packed import pack
from vigie.pipelines.run import Chunk, Job, Summary, execute, show
from vigie.registry import Registry
from vigie.schemas import Feed, Option
from vigie.storage import load_cursors
from vigie.storage.known import known_bodies

__all__ = ["ingest_archive", "ingest_live", "new_polls", "plan_polls", "show_graph", "with_implicit_sources"]

#: A chunk ends at this many polls …
_CHUNK_POLLS = 4_000
#: … or this many bytes of bodies: they are read one by one, and a chunk is what a kill costs …
_CHUNK_BYTES = 256 * 2**20
#: Live, where all bodies of a chunk are held, at this many polls, most of which bring none …
_LIVE_CHUNK_POLLS = 4_000
#: … or this many bytes: measured, 12 MB of bodies with 20,000 entries take 220 MiB (benchmarks/load.py).
_LIVE_CHUNK_BYTES = 12 * 2**20


def new_polls(job: Job, planned: Sequence[PollRef]) -> list[PollRef]:
    """Those of the planned polls that the dataset's ledger does not hold yet: reading an archive twice changes nothing."""
    known = known_bodies(job.dataset)
    # A capture's body is set right when it is read, and has another size then.
    return [
        ref
        for ref in planned
        if (at := (ref.feed_id, ref.fetched_at)) not in known or (known[at] != ref.size and not ref.capture)
    ]


def ingest_archive(
    job: Job, planned: Sequence[PollRef], *, settings: Sequence[Option] = (), command: str = "ingest"
) -> Summary:
    """Run archived polls through the graph.

    Args:
        job: See there.
        planned: The polls, in the order in which they were made.
        settings: The run's options, for its manifest.
        command: What the manifest calls it.
    """
    job = replace(job, registry=with_implicit_sources(job.registry, planned))
    return execute(job, command, _archive_chunks(planned), settings=settings)


def ingest_live(
    job: Job,
    feeds: Sequence[Feed],
    poller: Poller,
    *,
    ignore_schedule: bool = False,
    settings: Sequence[Option] = (),
) -> Summary:
    """Poll each feed that is due, conditionally, from where the ledger says its cursor stands.

    Polls go through the graph in chunks, in the order in which they come in, while others are still waiting for their
    host's turn. They are made by this process alone, whatever the runner: only so is each host asked at its pace.

    Args:
        job: See there.
        feeds: All feeds that are watched.
        poller: Polls them; it may serve many calls, and hosts are paced over all of them.
        ignore_schedule: Poll feeds that are not due, too, but not those whose host asked to be left alone.
        settings: The run's options, for its manifest.
    """
    requests = plan_polls(job, feeds, ignore_schedule=ignore_schedule)
    return execute(job, "ingest", _live_chunks(poller, requests), settings=settings)


def show_graph(job: Job) -> str:
    """The graph that an ingest, of an archive or live, would run, one step a line; nothing is run or written."""
    return show(job)


def plan_polls(job: Job, feeds: Sequence[Feed], *, ignore_schedule: bool = False) -> list[FetchRequest]:
    """The polls that are due now, the longest due first."""
    known = load_cursors(job.dataset, {feed.source_id for feed in feeds})
    cursors = {feed_id: cursor for of_source in known.values() for feed_id, cursor in of_source.items()}
    return due_requests(feeds, cursors, job.clock(), ignore_schedule=ignore_schedule)


def with_implicit_sources(registry: Registry, planned: Iterable[PollRef]) -> Registry:
    """The registry with each source and feed that an archive names and it lacks, so that nothing is without a name."""
    feeds: dict[str, dict[str, Feed]] = {}
    for ref in planned:
        if not registry.has_feed(ref.feed_id):
            feeds.setdefault(ref.source_id, {}).setdefault(ref.feed_id, Feed(ref.feed_id, ref.source_id, ref.url))
    grown = []
    for source_id, missing in sorted(feeds.items()):
        source = registry.source_or_implicit(source_id)
        grown.append(replace(source, feeds=(*source.feeds, *missing.values())))
    return registry.merged(Registry(tuple(grown))) if grown else registry


def _archive_chunks(planned: Sequence[PollRef]) -> Iterator[Chunk]:
    chunk: list[PollRef] = []
    size = 0
    for ref in planned:
        if chunk and (len(chunk) >= _CHUNK_POLLS or size + ref.size > _CHUNK_BYTES):
            yield _chunk_of(chunk)
            chunk, size = [], 0
        chunk.append(ref)
        size += ref.size
    if chunk:
        yield _chunk_of(chunk)


def _chunk_of(refs: Sequence[PollRef]) -> Chunk:
    return Chunk(pack(refs), len(refs), frozenset(ref.source_id for ref in refs))


def _live_chunks(poller: Poller, requests: Sequence[FetchRequest]) -> Iterator[Chunk]:
    batches = poller.batches(requests, max_polls=_LIVE_CHUNK_POLLS, max_bytes=_LIVE_CHUNK_BYTES)
    with closing(batches):
        for documents in batches:
            yield Chunk(pack(documents), len(documents), frozenset(document.source_id for document in documents))
