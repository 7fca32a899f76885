"""Replay a dataset's stored bodies into a new dataset: the same graph, without the network.

The ledger says which bodies count and in what order they were taken, and is copied as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from vigie.clock import Clock
from vigie.errors import UsageError
from vigie.pipelines.chunks import Chunk
from vigie.pipelines.run import Job, Summary, execute, show
from vigie.queries.relations import column_list
from vigie.schemas import TABLES, FetchRecord, Option
from vigie.schemas.columns import from_rows
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset
from vigie.storage.connection import utc_connection
from vigie.storage.known import query
from vigie.transforms.read_raw import RawBatch, RawRef, ReadRaw

__all__ = ["lost_polls", "replay", "show_graph"]

#: Polls read from the raw table at a time, by one worker.
_BATCH = 100
#: A chunk ends at this many polls …
_CHUNK_POLLS = 1_000
#: … or this many bytes of bodies.
_CHUNK_BYTES = 32 * 2**20

#: What a replay takes over as it was: the ledger, last, and what people judged and asked to forget, which no body gives again.
_COPIED = ("overrides", "audits", "quality", "panels", "removals", "fetches")

#: What the graph writes.
_WRITTEN = tuple(table for table in COMMIT_ORDER if table != "fetches")

_PLAN = """
    SELECT f.feed_id, f.source_id, f.started_at, f.url, f.final_url, f.status, f.outcome, f.error, f.vantage, f.origin,
           f.run_id, f.bytes, min(r.filename) AS file
    FROM rows_of($fetches) AS f
    LEFT JOIN (SELECT feed_id, vantage, fetched_at, run_id, filename
               FROM rows_of($raw)) AS r
      ON r.feed_id = f.feed_id AND r.vantage = f.vantage AND r.fetched_at = f.started_at AND r.run_id = f.run_id
    GROUP BY ALL
    ORDER BY f.run_id, f.started_at, f.feed_id
"""


def replay(source: Dataset, job: Job, *, settings: Sequence[Option] = ()) -> Summary:
    """Make a dataset's articles and matches again from its raw bodies.

    Args:
        source: The dataset that is replayed; it is only read.
        job: Where to, and under which registry and topics.
        settings: The run's options, for its manifest.

    Raises:
        UsageError: There is nothing to replay, or the target is not empty.
    """
    if source.is_empty():
        raise UsageError(f"{source.root}: holds no polls to replay; see that --data names a dataset")
    if not job.dataset.is_empty():
        raise UsageError(f"{job.dataset.root}: is not empty; name a new folder with --into")
    with TemporaryDirectory(prefix="vigie-replay-") as folder:
        ledger = Dataset(Path(folder))
        return execute(
            job,
            "replay",
            _noted(source, ledger, _chunks(_plan(source))),
            ReadRaw,
            settings=settings,
            tables=_WRITTEN,
            finish=lambda: _copy(source, job.dataset, job.clock),
            ledger=folder,
        )


def _noted(source: Dataset, ledger: Dataset, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks, each when the ledger holds the polls of those before it, as when these were first taken."""
    columns = column_list(TABLES["fetches"])
    sql = f"SELECT {columns} FROM filled WHERE run_id IN (FROM runs) AND started_at BETWEEN $since AND $until"
    for number, chunk in enumerate(chunks):
        yield chunk
        refs = {(ref.feed_id, ref.run_id, ref.started_at) for batch in chunk.elements for ref in batch.refs}
        times = [at for _, _, at in refs]
        runs = pa.table({"run_id": sorted({run_id for _, run_id, _ in refs})})
        found = query(source, "fetches", sql, {"runs": runs}, since=min(times), until=max(times))
        rows = from_rows(FetchRecord, [dict(zip(TABLES["fetches"].columns, row, strict=True)) for row in found])
        noted = [row for row in rows if (row.feed_id, row.run_id, row.started_at) in refs]
        ledger.write("fetches", noted, run_id=f"chunk-{number:06}")


def lost_polls(source: Dataset) -> dict[str, int]:
    """Polls that brought a body which is gone, by feed: what only they brought, no replay gives again.

    Bodies go by `vigie compact --keep_raw` and by `vigie forget`; that is no error, but must be told.
    """
    lost = Counter(ref.feed_id for ref in _plan(source) if ref.file is None and ref.brought_body)
    return dict(sorted(lost.items()))


def show_graph(job: Job) -> str:
    """The graph that a replay would run, one step a line; nothing is run or written."""
    return show(job, ReadRaw, tables=_WRITTEN)


def _copy(source: Dataset, target: Dataset, clock: Clock) -> None:
    target.copy_tables(_COPIED, source, at=clock())


def _plan(source: Dataset) -> list[RawRef]:
    fetches = [str(path) for path in source.files("fetches")]
    raw = [str(path) for path in source.files("raw")]
    with utc_connection() as connection:
        sql = _PLAN if raw else _PLAN.replace("rows_of($raw)", "_NO_RAW")
        if not raw:
            connection.execute(
                "CREATE TEMP TABLE _NO_RAW (feed_id TEXT, vantage TEXT, fetched_at TIMESTAMPTZ, run_id TEXT, filename TEXT)"
            )
        parameters = {"fetches": fetches, "raw": raw} if raw else {"fetches": fetches}
        return [RawRef(*row) for row in connection.execute(sql, parameters).fetchall()]


def _chunks(refs: Sequence[RawRef]) -> Iterator[Chunk]:
    chunk: list[RawRef] = []
    size = 0
    for ref in refs:
        # Polls of one chunk are taken in order of time. Where a later run brought older polls, that order is not the one
        # in which they were taken, so such a run begins a chunk of its own.
        out_of_order = bool(chunk) and ref.run_id != chunk[-1].run_id and ref.started_at <= chunk[-1].started_at
        if chunk and (out_of_order or len(chunk) >= _CHUNK_POLLS or size + ref.bytes > _CHUNK_BYTES):
            yield _chunk_of(chunk)
            chunk, size = [], 0
        chunk.append(ref)
        size += ref.bytes
    if chunk:
        yield _chunk_of(chunk)


def _chunk_of(refs: Sequence[RawRef]) -> Chunk:
    batches = tuple(RawBatch(tuple(refs[start : start + _BATCH])) for start in range(0, len(refs), _BATCH))
    return Chunk(batches, len(refs), frozenset(ref.source_id for ref in refs))
