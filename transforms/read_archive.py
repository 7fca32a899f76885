"""Read archived polls from disk: what :mod:`vigie.archive` planned becomes fetched documents."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.archive import PollRef, read_poll
from vigie.schemas import FetchedDocument

__all__ = ["ReadArchive"]


class _ReadPollFn(beam.DoFn):
    def __init__(self) -> None:
        """Hold nothing."""

    def process(self, element: PollRef) -> Iterator[FetchedDocument]:
        yield read_poll(element)


class ReadArchive(beam.PTransform[PCollection[PollRef], PCollection[FetchedDocument]]):
    """Read each planned poll's body.

    Bounded as its input is; a file that cannot be read becomes a failed poll.
    """

    def expand(self, input_or_inputs: PCollection[PollRef]) -> PCollection[FetchedDocument]:
        """Wire it."""
        documents: PCollection[FetchedDocument] = input_or_inputs | "ReadBodies" >> beam.ParDo(_ReadPollFn())
        return documents
