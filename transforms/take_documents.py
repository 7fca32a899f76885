"""Documents that are made before the graph runs, as those of an export, enter it as they are."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.schemas import FetchedDocument

__all__ = ["TakeDocuments"]


def _itself(document: FetchedDocument) -> FetchedDocument:
    return document


class TakeDocuments(beam.PTransform[PCollection[FetchedDocument], PCollection[FetchedDocument]]):
    """Hand on the documents that a chunk consists of."""

    def expand(self, input_or_inputs: PCollection[FetchedDocument]) -> PCollection[FetchedDocument]:
        """Wire it."""
        documents: PCollection[FetchedDocument] = input_or_inputs | "Take" >> beam.Map(_itself)
        return documents
