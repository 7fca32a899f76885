"""The table against langdetect's own code, and the tags that feeds declare."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import langdetect
import numpy as np
import pytest
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray

from vigie.language import LanguageDetector, LanguageInput
from vigie.language.press_words import PRESS_WORDS
from vigie.language.profiles import load_profile
from vigie.language.scripts import LANGUAGES_OF, SCRIPT_OF, Script
from vigie.language.table import SCALE, NgramTable, _paired, _unpaired, build_table, ngram_table
from vigie.language.tags import language_of_tag
from vigie.language.weights import LEARNT, Weights
from vigie.language.words import SMALL_WORDS


def code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


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


def evidence_by_langdetect(text: str, language: str, length: int) -> float:
    """The library's own reading of a text, character by character, summed over all n-grams of a length."""
    profile = load_profile(language)
    weight = dict(zip(profile.counts, profile.evidence().tolist(), strict=True))
    ngrams = NGram()
    total = 0.0
    for character in text + " ":
        ngrams.add_char(character)
        total += weight.get(ngrams.get(length) or "", 0.0)
    return total


NOTHING = Weights(ngrams=(0.0, 0.0, 0.0), names=(0.0, 0.0, 0.0), small_word=0.0, foreign_letter=0.0)


@cache
def table_of(script: Script, length: int) -> NgramTable:
    return build_table(script, replace(NOTHING, ngrams=tuple(float(each == length) for each in (1, 2, 3))))


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("language", PLAIN)
def test_the_table_sums_what_langdetect_reads(language: str, length: int) -> None:
    text = PLAIN[language]
    table = table_of(SCRIPT_OF[language], length)
    sums = table.sums(code_points(text + " "), np.array([0]))[0] / SCALE
    for candidate in set(table.languages) & PLAIN.keys():
        assert sums[table.languages.index(candidate)] == pytest.approx(
            evidence_by_langdetect(text, candidate, length), abs=0.02
        )


def test_the_shipped_table_is_the_weighed_sum_of_what_langdetect_reads_and_of_the_words_told() -> None:
    text, language = "la chaîne publique russe diffuse depuis des années", "fr"
    read = sum(share * evidence_by_langdetect(text, language, length) for length, share in enumerate(LEARNT.ngrams, start=1))
    told = {*SMALL_WORDS[language].split(), *PRESS_WORDS[language].split()}
    small = sum(word in told for word in text.split())
    assert (small, "russe" in told) == (4, True)
    table = ngram_table(Script.LATIN)
    sums = table.sums(code_points(text + " "), np.array([0]))[0] / SCALE
    assert sums[table.languages.index(language)] == pytest.approx(read + small * LEARNT.small_word, abs=0.02)


def test_sums_of_two_languages_in_one_integer_are_told_apart_whatever_their_signs() -> None:
    rows = np.random.default_rng(7).integers(-2_000_000, 2_000_000, (500, 5), dtype=np.int32)
    sums = np.add.reduceat(_paired(rows), [0, 1, 200])
    assert _unpaired(sums, 5).tolist() == np.add.reduceat(rows, [0, 1, 200]).tolist()


def found_words(text: str, script: Script = Script.LATIN) -> list[int]:
    """Where small words are found in a text."""
    table = ngram_table(script)
    codes = code_points(text + "\n")
    places, _ = table.lexicon.find(codes, table.alphabet.symbols[codes].astype(np.int32))
    return places.tolist()


def test_small_words_are_found_whole_and_whatever_their_case() -> None:
    assert found_words("The theatre THE the,the") == [0, 16, 20]
    assert found_words("") == found_words(" ") == found_words("'") == []
    assert found_words("Их ихтиология", Script.CYRILLIC) == [0]


def test_an_apostrophe_belongs_to_the_small_word_on_its_one_side() -> None:
    assert found_words("l'Élysée l’été") == [0, 9]
    assert found_words("Macron’s Putin's") == [7, 15]
    assert found_words("dell'arte aujourd'hui") == [0]


def test_a_small_word_tells_for_every_language_that_has_it() -> None:
    table = build_table(Script.LATIN, replace(NOTHING, small_word=1.0))
    sums = table.sums(code_points("ihre dans dans zzz "), np.array([0, 5, 15]))
    told = [{language for language, value in zip(table.languages, row.tolist(), strict=True) if value} for row in sums]
    assert told == [{"de"}, {"fr"}, set()]
    assert sums[1].max() == 2 * SCALE


def test_words_of_two_languages_tell_neither_from_the_other() -> None:
    table = build_table(Script.LATIN, replace(NOTHING, small_word=1.0))
    for word, languages in {"war": {"de", "en"}, "die": {"de", "en", "nl", "af"}, "but": {"en", "fr"}}.items():
        sums = table.sums(code_points(f"{word} "), np.array([0]))[0]
        assert languages <= {language for language, told in zip(table.languages, sums.tolist(), strict=True) if told}, word


def test_a_word_of_headlines_is_told_of_one_language_only() -> None:
    for language, words in PRESS_WORDS.items():
        others = {
            word
            for lists in (SMALL_WORDS, PRESS_WORDS)
            for other, listed in lists.items()
            if other != language
            for word in listed.split()
        }
        assert not others & set(words.split()), language


def test_every_small_word_and_word_of_headlines_can_be_found_and_is_written_once() -> None:
    for language in SMALL_WORDS:
        words = f"{SMALL_WORDS[language]} {PRESS_WORDS.get(language, '')}"
        assert len(set(words.split())) == len(words.split()), language
        for word in words.split():
            text = f"x{word}" if word.startswith("'") else f"{word}x" if word.endswith("'") else word
            assert found_words(text, SCRIPT_OF[language]), (language, word)


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
    small, name, abbreviation = table.sums(code_points("stunde Stunde STUNDE "), np.array([0, 7, 14]))
    column = table.languages.index("de")
    assert small[column] > name[column] > abbreviation[column]


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
