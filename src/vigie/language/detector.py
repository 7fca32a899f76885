"""The detector: script first, then langdetect's model among the script's languages, then the prior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.language.cleaning import TEXT_LIMIT, TITLE_LIMIT, clean
from vigie.language.prior import expected_scripts, log_prior
from vigie.language.records import UNDETERMINED, DetectedLanguage, LanguageInput
from vigie.language.scripts import LANGUAGES_OF, Script, letter_scripts
from vigie.language.table import SCALE, ngram_table
from vigie.language.tags import language_of_tag

__all__ = ["LanguageDetector"]

#: Share of the n-grams' summed evidence that is believed: the model takes overlapping n-grams for independent witnesses, and
#: would be certain after three words. With this share the confidence is a probability, as measured on 9,000 sentences, word
#: pairs and words of ten languages and 3,800 real headlines: from .5 to .6 50 % are right, from .7 to .8 73 %, from .9 on 99 %.
TEMPER = 0.25

#: Below this confidence the answer is `und`: one in three given .3 to .4 would be right.
THRESHOLD = 0.4

#: Characters read at once: as many as keep the intermediate arrays in the processor's cache.
_CHUNK = 40_000

#: How much a Latin letter counts against one of another script: names, brands and addresses in Latin letters stand in texts
#: of every language, the other way round is rare.
_LATIN_WEIGHT = 0.5
#: Share of the letters from which on a script is the main one without any doubt; below, confidence sinks in proportion.
_CLEAR_SHARE = 0.75
#: How much more the letters of a script count that the feed or the source is written in.
_EXPECTED_SCRIPT = 2.0

#: Shares of letters foreign to the likeliest language at which confidence begins to sink, and is nothing: Belarusian, Kazakh
#: and other languages without a profile would else be taken for the nearest that has one.
_FOREIGN_LETTERS_SOME = 0.03
_FOREIGN_LETTERS_MOST = 0.06


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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """One text as it will be read, and the ISO 639-1 codes that are known about it ("" for none)."""

    characters: str
    declared: str
    source_languages: tuple[str, ...]

    @classmethod
    def of(cls, text: LanguageInput) -> _Prepared:
        return cls(
            characters=f"{clean(text.title, TITLE_LIMIT)}\n{clean(text.text, TEXT_LIMIT)}\n",
            declared=language_of_tag(text.declared),
            source_languages=tuple(map(language_of_tag, text.source_languages)),
        )


def _chunks(texts: Sequence[LanguageInput]) -> Iterator[list[_Prepared]]:
    chunk: list[_Prepared] = []
    size = 0
    for text in map(_Prepared.of, texts):
        chunk.append(text)
        size += len(text.characters)
        if size >= _CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _detect(chunk: list[_Prepared]) -> list[DetectedLanguage]:
    codes = np.frombuffer("".join(text.characters for text in chunk).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(text.characters) for text in chunk])
    scripts, shares = _main_scripts(chunk, codes, lengths)
    detected = [DetectedLanguage(UNDETERMINED, 0.0)] * len(chunk)
    for script in map(Script, np.unique(scripts).tolist()):
        if not LANGUAGES_OF[script]:
            continue
        members = scripts == script
        own = codes if members.all() else codes[np.repeat(members, lengths)]
        places = np.flatnonzero(members)
        prior = np.stack([log_prior(script, chunk[place].declared, chunk[place].source_languages) for place in places])
        languages, confidences = _posterior(script, own, lengths[members], prior)
        confidences = np.round(confidences * shares[members], 4)
        for place, language, confidence in zip(places.tolist(), languages, confidences.tolist(), strict=True):
            known = language if confidence >= THRESHOLD else UNDETERMINED
            detected[place] = DetectedLanguage(known, confidence)
    return detected


def _main_scripts(
    chunk: list[_Prepared], codes: NDArray[np.uint32], lengths: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Each text's main script, and how surely it is the main one (1 unless another has nearly as many letters)."""
    text_of = np.repeat(np.arange(len(chunk)) * len(Script), lengths)
    counts = np.bincount(text_of + letter_scripts()[codes], minlength=len(chunk) * len(Script))
    weighed = counts.reshape(len(chunk), len(Script)).astype(np.float64)
    weighed[:, Script.NONE] = 0
    weighed[:, Script.LATIN] *= _LATIN_WEIGHT
    for place in np.flatnonzero(np.count_nonzero(weighed, axis=1) > 1).tolist():
        for script in expected_scripts(chunk[place].declared, chunk[place].source_languages):
            weighed[place, script] *= _EXPECTED_SCRIPT
    main = weighed.argmax(axis=1)
    share = weighed[np.arange(len(chunk)), main] / np.maximum(weighed.sum(axis=1), _LATIN_WEIGHT)
    return main, np.minimum(1.0, share / _CLEAR_SHARE)


def _posterior(
    script: Script, codes: NDArray[np.uint32], lengths: NDArray[np.intp], prior: NDArray[np.float64]
) -> tuple[list[str], NDArray[np.float64]]:
    """The likeliest language of each text and its probability."""
    languages = LANGUAGES_OF[script]
    if len(languages) == 1:
        return [languages[0]] * len(lengths), np.ones(len(lengths))
    starts = np.cumsum(lengths) - lengths
    table = ngram_table(script)
    logits = table.sums(codes, starts) * (TEMPER / SCALE) + prior
    best = logits.argmax(axis=1)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    misfit = table.foreign_share(codes, starts, best)
    fit = np.clip((_FOREIGN_LETTERS_MOST - misfit) / (_FOREIGN_LETTERS_MOST - _FOREIGN_LETTERS_SOME), 0.0, 1.0)
    return [languages[column] for column in best.tolist()], fit / odds
