"""Floors under the accuracy on real texts of known language; the figures themselves come from benchmarks/language.py."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from vigie.language import LanguageDetector, LanguageInput

DETECTOR = LanguageDetector()


def texts_of(shared: Path, kind: str) -> list[tuple[str, str]]:
    return [
        (path.name.split(".")[1], line)
        for path in sorted((shared / "data" / "langid").glob(f"{kind}.*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def headlines_of(shared: Path) -> list[tuple[str, str]]:
    headlines = []
    for path in sorted((shared / "data" / "headlines").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            headlines += [(item["lang"], item["title"]) for item in map(json.loads, lines)]
    return headlines


def right(texts: list[tuple[str, str]], *, of_one_source: bool = False, declared: str = "") -> dict[str, list[bool]]:
    """For each language, which of its texts were told right."""
    inputs = [LanguageInput(text, "", declared, (language,) if of_one_source else ()) for language, text in texts]
    outcome: dict[str, list[bool]] = {}
    for (language, _), found in zip(texts, DETECTOR.detect_batch(inputs), strict=True):
        outcome.setdefault(language, []).append(found.language == language)
    return outcome


def share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes)


def overall(outcome: dict[str, list[bool]]) -> float:
    return share([each for outcomes in outcome.values() for each in outcomes])


def test_sentences_are_told_right_in_985_of_1000_and_no_main_language_falls_behind(shared: Path) -> None:
    outcome = right(texts_of(shared, "sentences"))
    assert overall(outcome) >= 0.985
    assert {language: share(outcome[language]) >= 0.97 for language in ("fr", "ru", "en", "de", "uk")} == dict.fromkeys(
        ("fr", "ru", "en", "de", "uk"), True
    )


@pytest.mark.parametrize("declared", ["en", "fr", "ru"])
def test_sentences_withstand_one_declared_language_for_all(shared: Path, declared: str) -> None:
    assert overall(right(texts_of(shared, "sentences"), declared=declared)) >= 0.98


def test_word_pairs_are_told_by_the_prior_of_their_source_and_mostly_without(shared: Path) -> None:
    pairs = texts_of(shared, "word-pairs")
    assert overall(right(pairs, of_one_source=True)) >= 0.95
    assert overall(right(pairs)) >= 0.78


def test_headlines_alone_are_told_right_in_98_of_100(shared: Path) -> None:
    outcome = right(headlines_of(shared))
    assert {language: share(told) >= 0.98 for language, told in outcome.items()} == {"fr": True, "ru": True}


def test_the_first_seven_words_of_sentences_are_told_right_in_97_of_100(shared: Path) -> None:
    openings = [(language, " ".join(line.split()[:7])) for language, line in texts_of(shared, "sentences")]
    outcome = right(openings)
    assert overall(outcome) >= 0.97
    assert min(share(outcome[language]) for language in ("fr", "ru", "en", "de", "uk")) >= 0.97


def test_of_texts_given_high_confidence_nearly_all_are_right(shared: Path) -> None:
    texts = [*texts_of(shared, "word-pairs"), *texts_of(shared, "single-words"), *headlines_of(shared)]
    found = DETECTOR.detect_batch([LanguageInput(text) for _, text in texts])
    sure = [told.language == language for (language, _), told in zip(texts, found, strict=True) if told.confidence >= 0.9]
    assert len(sure) > 1_000
    assert share(sure) >= 0.95
