"""Bounded ingestion: an archive of feed files, or each feed of a registry that is due, polled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from vigie.archive import PollRef
from vigie.feeds.polling import Poller
from vigie.feeds.requests import FetchRequest, due_requests
from vigie.packed import pack
from vigie.pipelines.chunks import Chunk, Dealer
from vigie.pipelines.run import Job, Summary, execute
from vigie.registry import Registry
from vigie.schemas import Feed, FetchedDocument, Option
from vigie.storage import load_cursors
from vigie.storage.known import known_bodies

__all__ = ["ingest_archive", "ingest_live", "new_polls", "plan_polls", "with_implicit_sources"]

#: A worker's chunk ends at this many polls …
_CHUNK_POLLS = 4_000
#: … or this many bytes of bodies: they are read one by one, and a chunk is what a kill costs …
_CHUNK_BYTES = 256 * 2**20
#: Live, where all bodies of a chunk are held, at this many polls, most of which bring none …
_LIVE_CHUNK_POLLS = 4_000
#: … or this many bytes (benchmarks/load.py tells what they take).
_LIVE_CHUNK_BYTES = 5 * 2**20
#: What the process that polls takes of the rest of the work, to each worker's 1.
_SHARE_BESIDE_POLLING = 0.85
#: A poll without a body is as much work as one with so many bytes.
_UNCHANGED_POLL = 1_000


def new_polls(job: Job, planned: Sequence[PollRef]) -> list[PollRef]:
    """Those of the planned polls that the dataset's ledger does not hold yet: reading an archive twice changes nothing."""
    known = known_bodies(job.dataset, {ref.feed_id for ref in planned})
    # A capture's body is set right when it is read, and has another size then.
    return [
        ref
        for ref in planned
        if (poll := (ref.feed_id, ref.vantage, ref.fetched_at)) not in known
        or (ref.size not in known[poll] and not ref.capture)
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
    return execute(job, command, _archive_chunks(planned, job.workers), settings=settings)


def ingest_live(job: Job, requests: Sequence[FetchRequest], poller: Poller, *, settings: Sequence[Option] = ()) -> Summary:
    """Make polls, conditionally from where the ledger says that each feed's cursor stands, and run them through the graph.

    They go through it in chunks, in the order in which they come in, while others are still waiting for their host's
    turn. They are made by this process alone, whatever the runner: only so is each host asked at its pace.

    Args:
        job: See there.
        requests: The polls, of :func:`plan_polls`.
        poller: Makes them; it may serve many calls, and hosts are paced over all of them.
        settings: The run's options, for its manifest.
    """
    return execute(job, "ingest", _live_chunks(poller, requests, job.workers), settings=settings)


def plan_polls(job: Job, feeds: Sequence[Feed], *, ignore_schedule: bool = False) -> list[FetchRequest]:
    """The polls that are due now, the longest due first.

    Args:
        job: See there.
        feeds: All feeds that are watched.
        ignore_schedule: Poll feeds that are not due, too, but not those whose host asked to be left alone.
    """
    now = job.clock()
    known = load_cursors(job.dataset, {feed.source_id for feed in feeds}, with_keys=False, now=now)
    cursors = {feed_id: cursor for of_source in known.values() for feed_id, cursor in of_source.items()}
    return due_requests(feeds, cursors, now, ignore_schedule=ignore_schedule)


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


def _archive_chunks(planned: Sequence[PollRef], workers: int) -> Iterator[Chunk]:
    dealer = Dealer([1.0] * workers)
    chunk: list[PollRef] = []
    size = 0
    for ref in planned:
        if chunk and (len(chunk) >= _CHUNK_POLLS * workers or size + ref.size > _CHUNK_BYTES * workers):
            yield from _archive_chunks_of(chunk, dealer)
            chunk, size = [], 0
        chunk.append(ref)
        size += ref.size
    if chunk:
        yield from _archive_chunks_of(chunk, dealer)


def _archive_chunks_of(refs: Sequence[PollRef], dealer: Dealer) -> Iterator[Chunk]:
    for worker, dealt in dealer.deal(refs, lambda ref: ref.source_id, lambda ref: ref.size):
        yield Chunk(pack(dealt), len(dealt), frozenset(ref.source_id for ref in dealt), worker)


def _live_chunks(poller: Poller, requests: Sequence[FetchRequest], workers: int) -> Iterator[Chunk]:
    dealer = Dealer([_SHARE_BESIDE_POLLING, *[1.0] * (workers - 1)])
    batches = poller.batches(requests, max_polls=_LIVE_CHUNK_POLLS * workers, max_bytes=_LIVE_CHUNK_BYTES * workers)
    with closing(batches):
        for documents in batches:
            chunks = [
                Chunk(pack(dealt), len(dealt), frozenset(document.source_id for document in dealt), worker)
                for worker, dealt in dealer.deal(documents, lambda document: document.source_id, _work_of)
            ]
            documents.clear()  # Packed they are a fifth of the size, and the chunks take their time.
            yield from chunks


def _work_of(document: FetchedDocument) -> int:
    return _UNCHANGED_POLL + len(document.body)
