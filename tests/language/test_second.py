"""The second language: what a real part of a text is in, and what is not enough for one."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from builders import item, rss, write_archive
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import ask, ingest

from vigie.language import DetectedLanguage, LanguageDetector, LanguageInput
from vigie.schemas import Article
from vigie.schemas.arrow import from_table, schema_of

DETECTOR = LanguageDetector()

SENTENCES = {
    "fr": "Nous ne pouvons pas accepter que cette situation dure encore des mois.",
    "ru": "Мы не можем согласиться с тем, чтобы это положение длилось ещё месяцы.",
    "en": "We cannot accept that this situation should go on for months.",
    "de": "Wir können nicht hinnehmen, dass diese Lage noch monatelang andauert.",
    "uk": "Ми не можемо погодитися з тим, щоб це становище тривало ще місяцями.",
}
ARTICLES = {
    "fr": "Le ministre a répondu aux questions de la presse. La réunion avait duré deux heures. Rien n'a été signé.",
    "ru": "Министр ответил на вопросы журналистов. Встреча длилась два часа. Никаких документов не подписали.",
    "en": "The minister answered questions from the press. The meeting had lasted two hours. Nothing was signed.",
    "de": "Der Minister beantwortete die Fragen der Presse. Das Treffen dauerte zwei Stunden. Unterschrieben wurde nichts.",
    "uk": "Міністр відповів на запитання журналістів. Зустріч тривала дві години. Жодних документів не підписали.",
}


def detect(title: str, text: str = "", declared: str = "", source_languages: tuple[str, ...] = ()) -> DetectedLanguage:
    return DETECTOR.detect_batch([LanguageInput(title, text, declared, source_languages)])[0]


@pytest.mark.parametrize("main", ARTICLES)
@pytest.mark.parametrize("other", SENTENCES)
def test_a_sentence_in_another_language_is_the_second(main: str, other: str) -> None:
    found = detect("", f"{ARTICLES[main]} {SENTENCES[other]}")
    assert (found.language, found.second) == (main, "" if main == other else other)


@pytest.mark.parametrize("quoted", ["« {} »", "„{}“", '"{}"', "({})", "– {} –"])
def test_a_quotation_within_a_sentence_is_found_in_any_marks(quoted: str) -> None:
    text = f"Il a dit {quoted.format(SENTENCES['de'][:-1])} aux journalistes qui l'attendaient depuis le matin au palais."
    found = detect("Le ministre répond", text)
    assert (found.language, found.second) == ("fr", "de")


def test_title_and_text_may_be_in_two_languages() -> None:
    found = detect("Президент прибыл в Версаль на переговоры с французским коллегой", ARTICLES["fr"])
    assert {found.language, found.second} == {"fr", "ru"}
    assert detect("President arrives at Versailles for talks with his counterpart", ARTICLES["fr"]).second == "en"


@pytest.mark.parametrize(
    "name",
    [
        "The New York Times",
        "(Associated Press)",
        "Süddeutsche Zeitung.",
        "Gérard Depardieu, Brigitte Bardot, Jean-Paul Belmondo.",
        "« Harry Potter and the Philosopher's Stone ».",
        "Radio Free Europe/Radio Liberty.",
        "Deutsche Welle, Frankfurter Allgemeine Zeitung, Der Spiegel.",
        "(Photo by AFP)",
        "https://example.org/the-minister-has-answered-questions-from-the-press",
        "Conca dei Marini, Grotta dello Smeraldo.",
    ],
)
@pytest.mark.parametrize("main", ["ru", "fr", "en"])
def test_names_titles_and_credits_are_no_second_language(main: str, name: str) -> None:
    assert detect("", f"{ARTICLES[main]} {name}").second == ""


def test_a_few_foreign_words_are_no_second_language() -> None:
    assert detect("", f"{ARTICLES['fr']} « Нет, неправда », a-t-il dit.").second == ""
    assert detect("", f"{ARTICLES['ru']} C'est la vie.").second == ""


def test_of_several_the_language_with_most_letters_is_the_second() -> None:
    found = detect(
        "", f"{ARTICLES['fr']} {SENTENCES['fr']} {SENTENCES['fr']} {SENTENCES['en']} {SENTENCES['ru']} {SENTENCES['ru']}"
    )
    assert (found.language, found.second) == ("fr", "ru")


def test_the_language_with_most_letters_is_the_main_one_however_telling_the_other() -> None:
    assert detect("", f"{ARTICLES['ru']} {SENTENCES['uk']}").language == "ru"
    assert detect("", f"{ARTICLES['fr']} {SENTENCES['ru']}").language == "fr"
    assert detect("", f"{SENTENCES['fr']} {ARTICLES['ru']}").language == "ru"


@pytest.mark.parametrize("known", [("", ()), ("de", ("de",)), ("en", ())])
@pytest.mark.parametrize(
    "text",
    [
        "Bundeskanzler Merz: «We will stand with Ukraine as long as it takes», sagte er am Montag in Berlin vor Journalisten.",
        "Merz: «We will stand with Ukraine as long as it takes», sagte der Bundeskanzler am Montag in Berlin.",
    ],
)
def test_german_with_its_capitalised_nouns_does_not_lose_against_a_quotation(
    text: str, known: tuple[str, tuple[str, ...]]
) -> None:
    found = detect("", text, *known)
    assert (found.language, found.second) == ("de", "en")


def test_an_english_sentence_with_italian_names_is_english() -> None:
    assert detect("", f"{ARTICLES['en']} Another sight is a tranquil cave in Conca dei Marini.").second == ""


def test_a_text_of_no_known_language_has_no_second() -> None:
    georgian = "საქართველოს პრეზიდენტი პარიზში ჩავიდა და შეხვდა პრეზიდენტს. მოლაპარაკება ორ საათს გაგრძელდა და დასრულდა."
    assert detect("", f"{georgian} {georgian} {SENTENCES['fr']}") in (
        DetectedLanguage("und", 0.0),
        detect("", SENTENCES["fr"]),
    )


def test_it_does_not_depend_on_the_batch() -> None:
    texts = [LanguageInput("", f"{article} {sentence}") for article in ARTICLES.values() for sentence in SENTENCES.values()]
    assert DETECTOR.detect_batch(texts * 20) == [DETECTOR.detect_batch([text])[0] for text in texts] * 20


def test_it_is_stored_with_the_article(tmp_path: Path) -> None:
    items = [item(0, title="Réunion à Versailles", text=f"{ARTICLES['fr']} {SENTENCES['ru']}"), item(1, text=ARTICLES["en"])]
    ingest(tmp_path / "data", write_archive(tmp_path / "archive", [("outlet/all", 2.0, rss(items), 200)]))
    assert ask(tmp_path / "data", "SELECT language, second_language FROM articles ORDER BY ALL") == [("en", ""), ("fr", "ru")]


def test_articles_stored_before_there_was_a_second_language_can_be_read() -> None:
    old = schema_of(Article).remove(schema_of(Article).get_field_index("second_language")).empty_table()
    assert from_table(Article, old) == []
    assert {field.name: field.default for field in fields(Article)}["second_language"] == ""


PIECES = st.lists(
    st.sampled_from([*SENTENCES.values(), *ARTICLES.values(), "中国外交部发言人表示。", "«", "RT", "\n", "שלום"]), max_size=8
)


@given(PIECES, PIECES)
@settings(deadline=None)
def test_the_second_language_is_never_the_main_one(title: list[str], text: list[str]) -> None:
    found = detect(" ".join(title), " ".join(text))
    assert found.second != found.language
    assert not found.second or found.language != "und"
