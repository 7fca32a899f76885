"""Read bodies back from the raw table, so that what was fetched once can be analysed again without the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.schemas import FetchedDocument, FetchOutcome, Header
from vigie.storage.connection import utc_connection

__all__ = ["RawBatch", "RawRef", "ReadRaw"]

#: What a body was found to be when it was read; whether it could be fetched is all that its document says.
_READ = {FetchOutcome.OK, FetchOutcome.EMPTY, FetchOutcome.NOT_A_FEED}

_BODIES = """
    SELECT feed_id, fetched_at, run_id, headers, body FROM rows_of($files)
    WHERE fetched_at BETWEEN $since AND $until AND list_contains($feeds, feed_id)
"""


@dataclass(frozen=True, slots=True)
class RawRef:
    """One poll of a ledger, with the file of the raw table that holds its body, if it brought one."""

    feed_id: str
    source_id: str
    started_at: datetime
    url: str
    final_url: str
    status: int | None
    outcome: str
    error: str
    vantage: str
    origin: str
    run_id: str
    bytes: int
    file: str | None

    @property
    def brought_body(self) -> bool:
        """Whether it brought a body that was kept at first."""
        return FetchOutcome(self.outcome) in (*_READ, FetchOutcome.EXPORT)


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Polls whose bodies are read together."""

    refs: tuple[RawRef, ...]


class _ReadBatchFn(beam.DoFn):
    def __init__(self) -> None:
        """Hold nothing."""

    def process(self, element: RawBatch) -> Iterator[FetchedDocument]:
        bodies = _read_bodies(element.refs)
        for ref in element.refs:
            headers, body = bodies.get((ref.feed_id, ref.started_at, ref.run_id), ([], b""))
            # A body that was removed is none that could not be read: nothing is known of it any more.
            gone = ref.file is None and ref.brought_body
            outcome = FetchOutcome.UNCHANGED if gone else FetchOutcome(ref.outcome)
            yield FetchedDocument(
                feed_id=ref.feed_id,
                source_id=ref.source_id,
                url=ref.url,
                final_url=ref.final_url,
                fetched_at=ref.started_at,
                status=ref.status,
                headers=tuple(Header(header["name"], header["value"]) for header in headers),
                body=body,
                outcome=FetchOutcome.OK if outcome in _READ else outcome,
                error="" if outcome.succeeded or outcome in _READ else ref.error,
                vantage=ref.vantage,
                origin=ref.origin,
            )


def _read_bodies(refs: tuple[RawRef, ...]) -> dict[tuple[str, datetime, str], tuple[list[dict[str, str]], bytes]]:
    files = sorted({ref.file for ref in refs if ref.file})
    if not files:
        return {}
    times = [ref.started_at for ref in refs]
    parameters = {"files": files, "since": min(times), "until": max(times), "feeds": sorted({ref.feed_id for ref in refs})}
    with utc_connection() as connection:
        rows = connection.execute(_BODIES, parameters).fetchall()
    return {(feed_id, at, run_id): (headers, bytes(body)) for feed_id, at, run_id, headers, body in rows}


class ReadRaw(beam.PTransform[PCollection[RawBatch], PCollection[FetchedDocument]]):
    """Read each batch's bodies; a poll that brought none comes out as the ledger has it."""

    def expand(self, input_or_inputs: PCollection[RawBatch]) -> PCollection[FetchedDocument]:
        """Wire it."""
        spread = input_or_inputs | "SpreadBatches" >> beam.Reshuffle()
        documents: PCollection[FetchedDocument] = spread | "ReadBodies" >> beam.ParDo(_ReadBatchFn())
        return documents
