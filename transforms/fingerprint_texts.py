"""Fingerprint the texts of new articles, so that reprints can be found by a join."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.pvalue import PCollection

from vigie.analysis import add_fingerprints
from vigie.polls import Polls

__all__ = ["FingerprintTexts"]


class FingerprintTexts(beam.PTransform[PCollection[Polls], PCollection[Polls]]):
    """Give each new article the fingerprint of its text; texts under 40 words have none."""

    def expand(self, input_or_inputs: PCollection[Polls]) -> PCollection[Polls]:
        """Wire it."""
        polls: PCollection[Polls] = input_or_inputs | "Fingerprint" >> beam.Map(add_fingerprints).with_output_types(Polls)
        return polls
