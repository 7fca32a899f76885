"""History into a dataset: captures as archived polls, exports as documents of their own, both through the one graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vigie.archive import PollRef
from vigie.importing.exports import Export
from vigie.packed import pack
from vigie.pipelines.chunks import Chunk
from vigie.pipelines.ingest import ingest_archive
from vigie.pipelines.run import Job, Summary, execute
from vigie.registry import Registry
from vigie.schemas import FetchedDocument, Option
from vigie.storage.known import known_bodies

__all__ = ["import_captures", "import_export"]

#: A chunk ends at this many bytes of documents, or this many of them.
_CHUNK_BYTES = 16 * 2**20
_CHUNK_DOCUMENTS = 1_000


def import_captures(job: Job, planned: Sequence[PollRef], *, settings: Sequence[Option] = ()) -> Summary:
    """Run captures through the graph, as the polls that they are."""
    return ingest_archive(job, planned, settings=settings, command="import")


def import_export(job: Job, export: Export, *, settings: Sequence[Option] = ()) -> Summary:
    """Run an export's rows through the graph. What the dataset's ledger holds of it already is passed over."""
    grown = []
    for feed in export.feeds:
        source = job.registry.source_or_implicit(feed.source_id)
        if feed not in source.feeds:
            grown.append(replace(source, feeds=(*source.feeds, feed)))
    job = replace(job, registry=job.registry.merged(Registry(tuple(grown)))) if grown else job
    return execute(job, "import", _chunks(job, export), settings=settings)


def _chunks(job: Job, export: Export) -> Iterator[Chunk]:
    known = known_bodies(job.dataset, {feed.feed_id for feed in export.feeds})
    # Read again, from a copy of another time too, it is what was read first: else its days would be stated twice.
    made_at = min((at for *_, at in known), default=None)
    chunk: list[FetchedDocument] = []
    size = 0
    for document in export.documents(made_at):
        if (document.feed_id, document.vantage, document.fetched_at) in known:
            continue
        if chunk and (size + len(document.body) > _CHUNK_BYTES or len(chunk) >= _CHUNK_DOCUMENTS):
            yield _chunk_of(chunk)
            chunk, size = [], 0
        chunk.append(document)
        size += len(document.body)
    if chunk:
        yield _chunk_of(chunk)


def _chunk_of(documents: Sequence[FetchedDocument]) -> Chunk:
    return Chunk(pack(documents), len(documents), frozenset(document.source_id for document in documents))
