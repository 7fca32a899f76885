"""The second language of a text: one that a whole sentence or quotation of it is in.

A part of a text (`reading.Reading`) counts when it has `MIN_LETTERS` letters, enough of them in words without a capital, and
its own language is another than the text's with a probability of `MIN_PROBABILITY`, though the text's was expected. So names,
titles and credits ("The New York Times", "Associated Press") are no second language, nor is a sentence that happens to
look Spanish in an Italian article.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vigie.language.posterior import THRESHOLD, likeliest, probabilities, spelling_fit
from vigie.language.prior import log_prior
from vigie.language.reading import Reading
from vigie.language.records import UNDETERMINED, DetectedLanguage
from vigie.language.scripts import LANGUAGES_OF, Script
from vigie.language.table import SCALE, ngram_table

__all__ = ["MIN_LETTERS", "OtherPart", "other_parts", "parts_in_other_scripts", "settle"]

#: Letters of the shortest part that counts: some four words.
MIN_LETTERS = 25
#: So many of them stand in words that do not begin with a capital.
MIN_PLAIN_LETTERS = 15
#: So many in German, which writes its nouns with a capital, and in a language that the feed or the source names.
_MIN_PLAIN_LETTERS_EXPECTED = 8
_CAPITALISED_NOUNS = frozenset(("de",))
MIN_PROBABILITY = 0.9
#: Nats for the text's main language when one of its parts is judged: few parts of real articles are in another.
MAIN_EXPECTED = 7.0

_WORD = re.compile(r"[^\W\d_]+")

#: A part, the language that it is in, and how many letters it has.
OtherPart = tuple[int, str, int]


def other_parts(
    reading: Reading,
    script: Script,
    *,
    parts: NDArray[np.intp],
    sums: NDArray[np.int32],
    prior: NDArray[np.float64],
    main: NDArray[np.intp],
) -> Iterator[OtherPart]:
    """Those among some parts that are in another language of the same script than their text.

    Args:
        reading: The texts.
        script: The script of the parts.
        parts: Which parts, ascending.
        sums: part × language → evidence, as `NgramTable.sums` gives it.
        prior: part × language → nats expected of its text.
        main: The column of the language of each part's text; -1 for one in another script.
    """
    expected = prior.copy()
    same = np.flatnonzero(main >= 0)
    expected[same, main[same]] += MAIN_EXPECTED
    best, probability = likeliest(sums / SCALE + expected)
    chosen = np.flatnonzero((best != main) & (probability >= MIN_PROBABILITY))
    if not len(chosen):
        return
    table = ngram_table(script)
    probability[chosen] *= spelling_fit(table, *reading.joined(parts[chosen]), best[chosen])
    for place in chosen.tolist():
        part = int(parts[place])
        language = table.languages[best[place]]
        if probability[place] >= MIN_PROBABILITY and _is_plain(reading, part, language):
            yield part, language, int(reading.letters[part, script])


def parts_in_other_scripts(reading: Reading, scripts: NDArray[np.intp]) -> Iterator[OtherPart]:
    """The parts that are not in their text's main script, which is given for each text."""
    main = reading.letters[np.arange(len(reading.text_of)), scripts[reading.text_of]]
    for script, languages in LANGUAGES_OF.items():
        letters = reading.letters[:, script]
        parts = np.flatnonzero((letters >= MIN_LETTERS) & (letters > main) & (scripts[reading.text_of] != script))
        if not len(parts) or not languages:
            continue
        if len(languages) == 1:
            for part in parts.tolist():
                if _is_plain(reading, part, languages[0]):
                    yield part, languages[0], int(letters[part])
            continue
        sums = ngram_table(script).sums(*reading.joined(parts))
        prior = _prior(reading, script, parts)
        yield from other_parts(reading, script, parts=parts, sums=sums, prior=prior, main=np.full(len(parts), -1))


def settle(reading: Reading, detected: Sequence[DetectedLanguage], others: Sequence[OtherPart]) -> dict[int, DetectedLanguage]:
    """What is told of each text that has parts in another language than was detected.

    The main language is then the one with most letters: evidence sums up to whichever of two languages is easier to tell, as
    Ukrainian is by its letters. Where that makes another the main one, its share of the letters is its confidence.
    """
    letters: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for part, language, count in others:
        letters[int(reading.text_of[part])][language] += count
    texts = [text for text in sorted(letters) if detected[text].language != UNDETERMINED]
    if not texts:
        return {}
    settled = {}
    for text, expected in zip(texts, _letters_by_language(reading, texts), strict=True):
        found = detected[text]
        main = max(sorted({found.language, *letters[text]}), key=expected.__getitem__)
        share = round(expected[main] / expected.total(), 4)
        if main != found.language and share >= THRESHOLD:
            letters[text][found.language] = int(expected[found.language])
            found = DetectedLanguage(main, share)
        rest = {
            language: count for language, count in letters[text].items() if language != found.language and count >= MIN_LETTERS
        }
        settled[text] = replace(found, second=max(sorted(rest), key=rest.__getitem__, default=""))
    return settled


def _letters_by_language(reading: Reading, texts: list[int]) -> list[Counter[str]]:
    """How many letters of each of some texts are probably in each language, every part being judged on its own."""
    found: list[Counter[str]] = [Counter() for _ in texts]
    asked = np.isin(reading.text_of, texts)
    for script, languages in LANGUAGES_OF.items():
        parts = np.flatnonzero(asked & (reading.letters[:, script] > 0))
        if not len(parts) or not languages:
            continue
        shares = np.ones((len(parts), 1))
        if len(languages) > 1:
            shares = probabilities(ngram_table(script).sums(*reading.joined(parts)) / SCALE + _prior(reading, script, parts))
        rows = np.searchsorted(texts, reading.text_of[parts])
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        expected = np.add.reduceat(shares * reading.letters[parts, script][:, np.newaxis], firsts, axis=0)
        for row, counts in zip(rows[firsts].tolist(), expected.tolist(), strict=True):
            found[row].update(dict(zip(languages, counts, strict=True)))
    return found


def _prior(reading: Reading, script: Script, parts: NDArray[np.intp]) -> NDArray[np.float64]:
    texts = [reading.texts[text] for text in reading.text_of[parts].tolist()]
    return np.stack([log_prior(script, text.declared, text.source_languages) for text in texts])


def _is_plain(reading: Reading, part: int, language: str) -> bool:
    """Whether a part in a language is more than names and titles."""
    text = reading.texts[reading.text_of[part]]
    expected = language in _CAPITALISED_NOUNS or language in (text.declared, *text.source_languages)
    plain = sum(len(word) for word in _WORD.findall(reading.characters(part)) if not word[0].isupper())
    return plain >= (_MIN_PLAIN_LETTERS_EXPECTED if expected else MIN_PLAIN_LETTERS)
