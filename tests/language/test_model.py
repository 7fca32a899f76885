"""The table against langdetect's own code, and the tags that feeds declare."""

from __future__ import annotations

import langdetect
import numpy as np
import pytest
from langdetect.utils.ngram import NGram

from vigie.language import LanguageDetector, LanguageInput
from vigie.language.profiles import load_profile
from vigie.language.scripts import LANGUAGES_OF, SCRIPT_OF, Script
from vigie.language.table import SCALE, ngram_table
from vigie.language.tags import language_of_tag

PLAIN = {
    "fr": "la chaîne publique russe diffuse depuis des années en plusieurs langues",
    "en": "the talks were described as frank by both sides, though nothing was signed",
    "de": "die gespräche dauerten länger als geplant, ein ergebnis gibt es nicht",
    "es": "el presidente recibió a su homólogo en el palacio de las afueras de la ciudad",
    "it": "il presidente ha incontrato la stampa dopo il vertice nella capitale",
    "pl": "prezydent spotkał się z dziennikarzami po zakończeniu szczytu w stolicy",
    "ru": "переговоры длились дольше, чем планировалось, документов не подписали",
    "bg": "разговорите продължиха по-дълго от очакваното, но няма подписани документи",
}


def evidence_by_langdetect(text: str, language: str) -> float:
    """The library's own reading of a text, character by character, summed over all n-grams."""
    profile = load_profile(language)
    weight = dict(zip(profile.counts, profile.evidence().tolist(), strict=True))
    ngrams = NGram()
    total = 0.0
    for character in text + " ":
        ngrams.add_char(character)
        total += sum(weight.get(ngram, 0.0) for length in (1, 2, 3) if (ngram := ngrams.get(length)))
    return total


@pytest.mark.parametrize("language", PLAIN)
def test_the_table_sums_what_langdetect_reads(language: str) -> None:
    text = PLAIN[language]
    table = ngram_table(SCRIPT_OF[language])
    codes = np.frombuffer((text + " ").encode("utf-32-le"), dtype=np.uint32)
    sums = table.sums(codes, np.array([0]))[0] / SCALE
    for candidate in set(table.languages) & PLAIN.keys():
        misspelt = table.foreign_share(codes, np.array([0]), np.array([table.languages.index(candidate)]))[0]
        if misspelt == 0:  # letters that a language does not write cost it more than the library says
            assert sums[table.languages.index(candidate)] == pytest.approx(evidence_by_langdetect(text, candidate), abs=0.1)


@pytest.mark.parametrize("language", PLAIN)
def test_on_clear_texts_the_ranking_is_langdetects(language: str) -> None:
    langdetect.DetectorFactory.seed = 0
    assert langdetect.detect_langs(PLAIN[language])[0].lang == language
    assert LanguageDetector().detect_batch([LanguageInput(PLAIN[language])])[0].language == language


def test_every_profile_of_the_library_is_a_candidate() -> None:
    langdetect.detect("warm up")
    library = {"zh" if name.startswith("zh") else name for name in langdetect.detector_factory._factory.get_lang_list()}
    assert set(SCRIPT_OF) == library
    assert sum(map(len, LANGUAGES_OF.values())) == len(library)


def test_words_in_capitals_say_less_than_words_in_small_letters() -> None:
    table = ngram_table(Script.LATIN)
    codes = np.frombuffer("der Minister UNESCO ".encode("utf-32-le"), dtype=np.uint32)
    small, name, abbreviation = table.sums(codes, np.array([0, 4, 13]))[:, table.languages.index("de")]
    assert small / 3 > name / 8 > abbreviation / 6 > 0


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"),
        ("fr-FR", "fr"),
        ("en_US", "en"),
        ("EN-gb", "en"),
        ("Russian", "ru"),
        ("русский", "ru"),
        ("rus", "ru"),
        ("ua", "uk"),
        ("de-at ", "de"),
        ("zh-Hant-TW", "zh"),
        ("nb-NO", "no"),
        ("sr", "sr"),
        ("", ""),
        ("-", ""),
        ("unknown", ""),
        ("x" * 1_000_000, ""),
    ],
)
def test_declared_languages_are_understood_in_any_spelling(tag: str, language: str) -> None:
    assert language_of_tag(tag) == language
