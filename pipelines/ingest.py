"""Bounded ingestion: an archive of feed files, or each feed of a registry polled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from vigie.archive import PollRef
from vigie.feeds.fetch import FetchLimits
from vigie.feeds.requests import FetchRequest
from vigie.pipelines.run import Chunk, Job, Summary, execute
from vigie.registry import Registry
from vigie.schemas import Feed, Option
from vigie.storage import load_cursors
from vigie.storage.known import known_bodies
from vigie.transforms.poll_feeds import PollFeeds
from vigie.transforms.read_archive import ReadArchive

__all__ = ["ingest_archive", "ingest_live", "new_polls", "with_implicit_sources"]

#: A chunk ends at this many polls …
_CHUNK_POLLS = 1_000
#: … or this many bytes of bodies, several times which the in-memory runner holds …
_CHUNK_BYTES = 32 * 2**20
#: … or, live, at this many feeds, whose bodies are not known beforehand.
_CHUNK_FEEDS = 200


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
    return execute(job, command, _archive_chunks(planned), ReadArchive, settings=settings)


def ingest_live(job: Job, feeds: Sequence[Feed], limits: FetchLimits, *, settings: Sequence[Option] = ()) -> Summary:
    """Poll each feed once, conditionally, from where the ledger says its cursor stands."""
    return execute(job, "ingest", _live_chunks(job, feeds), lambda: PollFeeds(limits, job.clock), settings=settings)


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
    return Chunk(tuple(refs), len(refs), frozenset(ref.source_id for ref in refs))


def _live_chunks(job: Job, feeds: Sequence[Feed]) -> Iterator[Chunk]:
    cursors = load_cursors(job.dataset, {feed.source_id for feed in feeds})
    batches: dict[str, list[FetchRequest]] = {}
    for feed in feeds:
        cursor = cursors.get(feed.source_id, {}).get(feed.feed_id)
        batches.setdefault(urlsplit(feed.url).hostname or "", []).append(
            FetchRequest(
                feed_id=feed.feed_id,
                source_id=feed.source_id,
                url=feed.url,
                etag=cursor.etag if cursor else "",
                last_modified=cursor.last_modified if cursor else "",
            )
        )
    batch: list[FetchRequest] = []
    for host in sorted(batches):  # All feeds of a host stay in one batch: that is where requests to it are kept apart.
        batch.extend(batches[host])
        if len(batch) >= _CHUNK_FEEDS:
            yield _live_chunk(batch)
            batch = []
    if batch:
        yield _live_chunk(batch)


def _live_chunk(batch: list[FetchRequest]) -> Chunk:
    return Chunk((tuple(batch),), len(batch), frozenset(request.source_id for request in batch))
