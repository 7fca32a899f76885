"""What each kind of evidence weighs: nats of a language's odds, learnt from texts of known language.

langdetect takes overlapping n-grams for independent witnesses of equal worth, and is certain after three words. Weighed as
below, the sums give probabilities. The weights are those of a conditional logit, rounded (benchmarks/language_weights.py):
fitted on one half of the texts, they serve the other half as well; figures in docs/language.md.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LEARNT", "Weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each kind of evidence."""

    #: Share of the evidence of 1-, 2- and 3-grams that is believed.
    ngrams: tuple[float, float, float]
    #: The same in words with a capital: names are foreign in every language's news.
    names: tuple[float, float, float]
    #: Nats that a small word (`words.SMALL_WORDS`) adds to each language that has it.
    small_word: float
    #: Nats that a letter takes from a language which is never written with it.
    foreign_letter: float


LEARNT = Weights(ngrams=(0.10, 0.16, 0.36), names=(0.0, 0.0, 0.25), small_word=3.0, foreign_letter=2.0)
