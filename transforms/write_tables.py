"""Write whole polls to the dataset's tables, in the one order in which a kill loses nothing.

raw, failures, mentions, matches, sightings, articles, ledger: what is known (an article) must have its matches, and what
the ledger calls done must be on disk. The sink receives whole polls, so it can keep that order on every runner. Right after
a file of articles it is recorded under which topics they were evaluated (table `evaluations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from vigie.clock import Clock, system_clock
from vigie.polls import Poll, Polls
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset
from vigie.storage.commits import commit_polls
from vigie.transforms.gather_polls import FlushRule, GatherPolls

__all__ = ["Commit", "WriteTables"]

#: A file set is written when this many rows have gathered …
_MAX_ROWS = 20_000
#: … or this many bytes of bodies and texts.
_MAX_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Commit:
    """One flush of the sink: these files are in place."""

    polls: int
    files: tuple[str, ...]


class _WriteFn(beam.DoFn):
    def __init__(self, data: str, run_id: str, tables: Sequence[str], topics_version: str, clock: Clock) -> None:
        self._dataset = Dataset(Path(data))
        self._run_id = run_id
        self._tables = tuple(tables)
        self._topics_version = topics_version
        self._clock = clock
        self._polls: list[Poll] = []
        self._rows = 0
        self._bytes = 0

    def start_bundle(self) -> None:
        # What a failed bundle gathered will come again with its retry.
        self._polls, self._rows, self._bytes = [], 0, 0

    def process(self, element: Polls) -> Iterator[Commit]:
        for poll in element:
            self._polls.append(poll)
            self._rows += 1 + len(poll.articles) + len(poll.mentions) + len(poll.matches)
            self._bytes += len(poll.raw.body) if poll.raw is not None else 0
            self._bytes += sum(len(article.text) for article in poll.articles)
            if self._rows >= _MAX_ROWS or self._bytes >= _MAX_BYTES:
                yield self._flush()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if self._polls:
            window = GlobalWindow()
            yield WindowedValue(self._flush(), window.max_timestamp(), (window,))

    def _flush(self) -> Commit:
        polls, self._polls, self._rows, self._bytes = self._polls, [], 0, 0
        written = commit_polls(
            self._dataset,
            polls,
            self._tables,
            run_id=self._run_id,
            topics_version=self._topics_version,
            clock=self._clock,
        )
        return Commit(len(polls), tuple(map(str, written)))


class WriteTables(beam.PTransform[PCollection[Polls], PCollection[Commit]]):
    """Write polls to Parquet, atomically and in order; at least once, so that reads remove repetitions.

    Of a bounded input what a bundle holds is written at its end, or before that when much has come. An unbounded one comes
    in bundles of single polls, so they are gathered first.

    Args:
        data: The dataset's folder.
        run_id: The run.
        tables: The tables to write; a replay, which takes over the ledger as it was, leaves that out.
        topics_version: Under which the polls' articles were evaluated.
        clock: Tells when they were.
        flush: When polls of an unbounded input are written.
    """

    def __init__(
        self,
        data: str,
        run_id: str,
        tables: Sequence[str] = COMMIT_ORDER,
        *,
        topics_version: str,
        clock: Clock = system_clock,
        flush: FlushRule | None = None,
    ) -> None:
        """Keep the arguments."""
        super().__init__()
        self._gather = GatherPolls(flush or FlushRule())
        self._fn = _WriteFn(data, run_id, [table for table in COMMIT_ORDER if table in set(tables)], topics_version, clock)

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Commit]:
        """Wire it."""
        polls = input_or_inputs if input_or_inputs.is_bounded else input_or_inputs | "GatherPolls" >> self._gather
        commits: PCollection[Commit] = polls | "Write" >> beam.ParDo(self._fn)
        return commits
