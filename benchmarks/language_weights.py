"""Learn what each kind of evidence weighs in language detection, and test it on the half of the texts not learnt from.

    python benchmarks/language_weights.py FOLDER

FOLDER as in language_samples.py. A conditional logit: the probability of a language is its share of exp(weights · evidence +
prior), the evidence being sums of n-grams by length, of 3-grams in words with a capital, and of small words; one set of
weights for all languages of Latin and Cyrillic script. Newton's method on each half (by hash of the text), then accuracy and
calibration on the other, with these weights and with the rounded ones that ship (`vigie.language.weights`). The cost of
foreign letters and the prior are not learnt: the texts are of ten languages, news is of all.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from language_samples import KINDS, Sample, samples
from numpy.typing import NDArray

from vigie.language.posterior import THRESHOLD
from vigie.language.prior import log_prior
from vigie.language.reading import Prepared
from vigie.language.records import LanguageInput
from vigie.language.scripts import LANGUAGES_OF, SCRIPT_OF, Script, letter_scripts
from vigie.language.table import SCALE, build_table
from vigie.language.weights import LEARNT, Weights

Floats = NDArray[np.float64]

_NOTHING = Weights(ngrams=(0.0, 0.0, 0.0), names=(0.0, 0.0, 0.0), small_word=0.0, foreign_letter=0.0)
#: The kinds of evidence, each alone at weight one.
_FEATURES = {
    "1-grams": replace(_NOTHING, ngrams=(1.0, 0.0, 0.0)),
    "2-grams": replace(_NOTHING, ngrams=(0.0, 1.0, 0.0)),
    "3-grams": replace(_NOTHING, ngrams=(0.0, 0.0, 1.0)),
    "3-grams in names": replace(_NOTHING, names=(0.0, 0.0, 1.0)),
    "small words": replace(_NOTHING, small_word=1.0),
}
_SHIPPED = np.array([*LEARNT.ngrams, LEARNT.names[2], LEARNT.small_word])

#: Short texts count less, or their many errors would set the weights of long ones.
_IMPORTANCE = {"single-words": 0.3, "word-pairs": 0.7}


@dataclass(frozen=True)
class Evidence:
    """The texts of one script."""

    samples: list[Sample]
    #: text × feature × language.
    features: Floats
    #: text × language: prior and foreign letters, whose weights are given.
    given: Floats
    truth: NDArray[np.intp]
    importance: Floats

    def half(self, half: int) -> Evidence:
        """The texts of one half."""
        chosen = np.array([sample.half == half for sample in self.samples])
        kept = [sample for sample in self.samples if sample.half == half]
        return Evidence(kept, self.features[chosen], self.given[chosen], self.truth[chosen], self.importance[chosen])

    def probabilities(self, weights: Floats) -> Floats:
        """Text × language."""
        logits = np.einsum("f,tfl->tl", weights, self.features) + self.given
        odds: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        return odds


def main() -> None:
    """Learn, test, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    texts = samples(arguments.parse_args().folder)
    evidence = [_evidence(script, texts) for script in (Script.LATIN, Script.CYRILLIC)]
    for half in (0, 1):
        learning, testing = [each.half(half) for each in evidence], [each.half(1 - half) for each in evidence]
        weights = _learn(learning)
        print(
            f"\nlearnt from half {half}:",
            ", ".join(f"{name} {weight:.3f}" for name, weight in zip(_FEATURES, weights, strict=True)),
        )
        _report(f"half {1 - half}, weights of the other", testing, weights)
        _report(f"half {1 - half}, as shipped", testing, _SHIPPED)


def _evidence(script: Script, texts: list[Sample]) -> Evidence:
    languages = LANGUAGES_OF[script]
    read = [Prepared.of(LanguageInput(sample.text)).characters for sample in texts]
    own = [
        _letters(text, script) > len(text) / 3 and SCRIPT_OF[sample.language] == script
        for sample, text in zip(texts, read, strict=True)
    ]
    kept = [sample for sample, chosen in zip(texts, own, strict=True) if chosen]
    read = [text for text, chosen in zip(read, own, strict=True) if chosen]
    codes = np.frombuffer("".join(read).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.array([len(text) for text in read])
    starts = np.cumsum(lengths) - lengths

    def sums(weights: Weights) -> Floats:
        return build_table(script, weights).sums(codes, starts) / SCALE

    return Evidence(
        samples=kept,
        features=np.stack([sums(weights) for weights in _FEATURES.values()], axis=1),
        given=sums(replace(_NOTHING, foreign_letter=LEARNT.foreign_letter)) + log_prior(script, "", ()),
        truth=np.array([languages.index(sample.language) for sample in kept]),
        importance=np.array([_IMPORTANCE.get(sample.kind, 1.0) for sample in kept]),
    )


def _letters(text: str, script: Script) -> int:
    return int((letter_scripts()[[ord(character) for character in text]] == script).sum())


def _learn(evidence: list[Evidence]) -> Floats:
    weights = _SHIPPED.copy()
    for _ in range(20):
        gradient = np.zeros(len(weights))
        curvature = 1e-3 * np.eye(len(weights))
        for each in evidence:
            odds = each.probabilities(weights)
            expected = np.einsum("tl,tfl->tf", odds, each.features)
            told = each.features[np.arange(len(odds)), :, each.truth]
            gradient += each.importance @ (told - expected)
            spread = np.einsum("tl,tfl,tgl,t->fg", odds, each.features, each.features, each.importance, optimize=True)
            curvature += spread - np.einsum("tf,tg,t->fg", expected, expected, each.importance)
        weights += np.linalg.solve(curvature, gradient)
    return weights


def _report(title: str, evidence: list[Evidence], weights: Floats) -> None:
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    confidences: list[float] = []
    likeliest: list[bool] = []
    for each in evidence:
        odds = each.probabilities(weights)
        best, sure = odds.argmax(axis=1), odds.max(axis=1)
        for sample, told, confidence in zip(each.samples, (best == each.truth).tolist(), sure.tolist(), strict=True):
            confidences.append(confidence)
            likeliest.append(told)
            for language in ("all", sample.language):
                right[sample.kind, language].append(told and confidence >= THRESHOLD)
    print(f"  {title}")
    for kind in KINDS:
        shares = {language: outcome for (of, language), outcome in sorted(right.items()) if of == kind}
        print(f"    {kind:13}", " ".join(f"{language} {np.mean(told):.3f} ({len(told)})" for language, told in shares.items()))
    bins = np.minimum(np.array(confidences) * 10, 9).astype(int)
    print("    right by confidence", " ".join(f".{low} {np.array(likeliest)[bins == low].mean():.2f}" for low in range(3, 10)))


if __name__ == "__main__":
    main()
