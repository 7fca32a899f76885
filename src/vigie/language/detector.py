"""The detector: script first, then langdetect's model among the script's languages, then the prior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vigie.language.posterior import THRESHOLD, likeliest, spelling_fit
from vigie.language.prior import expected_scripts, log_prior
from vigie.language.reading import Prepared, Reading
from vigie.language.records import UNDETERMINED, DetectedLanguage, LanguageInput
from vigie.language.scripts import LANGUAGES_OF, Script
from vigie.language.second import MIN_LETTERS, OtherPart, other_parts, parts_in_other_scripts, settle
from vigie.language.table import SCALE, ngram_table

__all__ = ["LanguageDetector"]

#: Characters read at once: as many as keep the intermediate arrays in the processor's cache.
_CHUNK = 40_000

#: How much a Latin letter counts against one of another script: names, brands and addresses in Latin letters stand in texts
#: of every language, the other way round is rare.
_LATIN_WEIGHT = 0.5
#: Share of the letters from which on a script is the main one without any doubt; below, confidence sinks in proportion.
_CLEAR_SHARE = 0.75
#: How much more the letters of a script count that the feed or the source is written in.
_EXPECTED_SCRIPT = 2.0


class LanguageDetector:
    """Tells the language of articles.

    Deterministic: the answer for a text depends on that text and its prior only, not on the batch it comes in, the run or
    the machine. It never raises, whatever the texts hold. An instance keeps nothing; the tables (built at first use, 0.3 s)
    belong to the process, so that it can be sent to workers as it is.
    """

    def detect_batch(self, texts: Sequence[LanguageInput]) -> list[DetectedLanguage]:
        """The language of each text, in order."""
        detected: list[DetectedLanguage] = []
        for chunk in _chunks(texts):
            detected.extend(_detect(chunk))
        return detected


def _chunks(texts: Sequence[LanguageInput]) -> Iterator[list[Prepared]]:
    chunk: list[Prepared] = []
    size = 0
    for text in map(Prepared.of, texts):
        chunk.append(text)
        size += len(text.characters)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _detect(chunk: list[Prepared]) -> list[DetectedLanguage]:
    reading = Reading.of(chunk)
    scripts, shares = _main_scripts(reading)
    detected = [DetectedLanguage(UNDETERMINED, 0.0)] * len(chunk)
    others: list[OtherPart] = []
    for script in map(Script, np.unique(scripts).tolist()):
        if LANGUAGES_OF[script]:
            texts = np.flatnonzero(scripts == script)
            columns, probabilities, parts = _detect_script(reading, script, texts)
            confidences = np.round(probabilities * shares[texts], 4).tolist()
            for text, column, confidence in zip(texts.tolist(), columns.tolist(), confidences, strict=True):
                known = LANGUAGES_OF[script][column] if confidence >= THRESHOLD else UNDETERMINED
                detected[text] = DetectedLanguage(known, confidence)
            others.extend(parts)
    others.extend(parts_in_other_scripts(reading, scripts))
    for text, found in settle(reading, detected, others).items():
        detected[text] = found
    return detected


def _main_scripts(reading: Reading) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each text's main script, and how surely it is the main one (1 unless another has nearly as many letters)."""
    weighed = np.add.reduceat(reading.letters, _firsts(reading.text_of), axis=0).astype(np.float64)
    weighed[:, Script.NONE] = 0
    weighed[:, Script.LATIN] *= _LATIN_WEIGHT
    for place in np.flatnonzero(np.count_nonzero(weighed, axis=1) > 1).tolist():
        text = reading.texts[place]
        for script in expected_scripts(text.declared, text.source_languages):
            weighed[place, script] *= _EXPECTED_SCRIPT
    main = weighed.argmax(axis=1)
    share = weighed[np.arange(len(weighed)), main] / np.maximum(weighed.sum(axis=1), _LATIN_WEIGHT)
    return main, np.minimum(1.0, share / _CLEAR_SHARE)


def _detect_script(
    reading: Reading, script: Script, texts: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64], list[OtherPart]]:
    """The likeliest language of each of some texts in one script (its column), its probability, and parts in others."""
    if len(LANGUAGES_OF[script]) == 1:
        return np.zeros(len(texts), dtype=np.intp), np.ones(len(texts)), []
    prior = np.stack(
        [log_prior(script, reading.texts[text].declared, reading.texts[text].source_languages) for text in texts.tolist()]
    )
    table = ngram_table(script)
    parts = np.flatnonzero(np.isin(reading.text_of, texts))
    codes, starts = reading.joined(parts)
    sums = table.sums(codes, starts)
    firsts = _firsts(reading.text_of[parts])
    best, probability = likeliest(np.add.reduceat(sums, firsts, axis=0) / SCALE + prior)
    probability *= spelling_fit(table, codes, starts[firsts], best)

    row = np.repeat(np.arange(len(texts)), np.diff(firsts, append=len(parts)))
    alone = np.diff(firsts, append=len(parts)) == 1
    long = np.flatnonzero((reading.letters[parts, script] >= MIN_LETTERS) & ~alone[row])
    others = other_parts(reading, script, parts=parts[long], sums=sums[long], prior=prior[row[long]], main=best[row[long]])
    return best, probability, list(others)


def _firsts(text_of: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first part of each text."""
    return np.flatnonzero(np.diff(text_of, prepend=-1))
