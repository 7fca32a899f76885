"""Fingerprint the texts of new articles, so that reprints can be found by a join."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.analysis import add_fingerprints
from vigie.polls import Poll

__all__ = ["FingerprintTexts"]


class FingerprintTexts(beam.PTransform[PCollection[Poll], PCollection[Poll]]):
    """Give each new article the fingerprint of its text; texts under 40 words have none."""

    def expand(self, input_or_inputs: PCollection[Poll]) -> PCollection[Poll]:
        """Wire it."""
        polls: PCollection[Poll] = input_or_inputs | "Fingerprint" >> beam.Map(add_fingerprints)
        return polls
