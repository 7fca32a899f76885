"""Documents that are made before the graph runs, as those of live polls and exports, enter it packed.

Beam serialises what a graph starts from several times over and compresses it slowly (bz2). Packed they are a fifth of the
size, and bytes, which are serialised as they are.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.schemas import FetchedDocument

__all__ = ["TakeDocuments", "packed"]

#: The fastest of zlib's levels.
_LEVEL = 1


def packed(documents: Iterable[FetchedDocument]) -> tuple[bytes, ...]:
    """The documents in the form in which :class:`TakeDocuments` takes them."""
    return tuple(zlib.compress(pickle.dumps(document), _LEVEL) for document in documents)


def _unpacked(document: bytes) -> FetchedDocument:
    unpacked: FetchedDocument = pickle.loads(zlib.decompress(document))
    return unpacked


class TakeDocuments(beam.PTransform[PCollection[bytes], PCollection[FetchedDocument]]):
    """Hand on the documents that a chunk consists of, :func:`packed`."""

    def expand(self, input_or_inputs: PCollection[bytes]) -> PCollection[FetchedDocument]:
        """Wire it."""
        documents: PCollection[FetchedDocument] = input_or_inputs | "Take" >> beam.Map(_unpacked)
        return documents
