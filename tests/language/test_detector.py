"""What a user of the detector notices: right languages, honest doubt, the same answer every time."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.language import UNDETERMINED, DetectedLanguage, LanguageDetector, LanguageInput

DETECTOR = LanguageDetector()

HEADLINES = {
    "fr": "Emmanuel Macron a reçu Vladimir Poutine au château de Versailles",
    "ru": "Президент России прибыл в Версаль на переговоры с Макроном",
    "en": "French president confronts Putin over state media at joint press conference",
    "de": "Der französische Präsident kritisiert die russischen Staatssender scharf",
    "uk": "Президент України зустрівся з канцлером Німеччини у Берліні",
}


def detect(title: str, text: str = "", declared: str = "", source_languages: tuple[str, ...] = ()) -> DetectedLanguage:
    return DETECTOR.detect_batch([LanguageInput(title, text, declared, source_languages)])[0]


@pytest.mark.parametrize("language", HEADLINES)
def test_a_headline_in_each_of_the_five_languages_is_told_without_any_prior(language: str) -> None:
    found = detect(HEADLINES[language])
    assert found.language == language
    assert found.confidence > 0.9


@pytest.mark.parametrize("language", HEADLINES)
@pytest.mark.parametrize("wrong", ["en-US", "fr", "ru_RU", "uk"])
def test_a_wrongly_declared_language_does_not_win_over_clear_evidence(language: str, wrong: str) -> None:
    assert detect(HEADLINES[language], declared=wrong).language == language


@pytest.mark.parametrize(
    ("language", "wrong"), [("ru", "uk"), ("uk", "ru"), ("ru", "bg"), ("fr", "en"), ("en", "fr"), ("de", "en")]
)
def test_even_source_and_declaration_wrong_together_lose_against_a_sentence(language: str, wrong: str) -> None:
    assert detect(HEADLINES[language], declared=wrong, source_languages=(wrong,)).language == language


#: Headlines without small words, or with words that another of the languages has as such ("war", "die", "face").
TERSE = {
    "en": (
        "Macron urges Putin: end Ukraine war",
        "Ukraine war briefing: Zelenskyy visits Berlin",
        "Ukraine war: Merz, Macron visit Kyiv",
        "Five die in Kharkiv strike",
        "Moscow court labels LGBT movement extremist",
        "Zelensky meets Merz, seeks Taurus missiles",
        "Dozens die in Gaza hospital strike",
        "Ukraine grain deal expires",
        "Tech giants face EU fine",
        "War enters fourth year",
        "Hungary blocks Ukraine loan",
        "NATO jets scrambled over Baltic",
    ),
    "fr": (
        "Moscou dément",
        "Otan : Trump menace",
        "Guerre en Ukraine : Zelensky attendu à Paris",
        "Donbass : offensive russe",
        "Zelensky demande des Patriot",
        "Grève SNCF : trafic perturbé",
        "Biélorussie : prisonniers libérés",
        "Kadyrov réapparaît",
    ),
    "de": (
        "Putin warnt Nato",
        "Trump droht Europa",
        "Desinformation: Faeser warnt",
        "Pistorius fordert Milliarden",
        "Ukraine-Krieg: Selenskyj fordert Taurus",
        "Russische Oligarchen klagen",
        "Kremlkritiker Nawalny gestorben",
        "Alter Krieg",
    ),
}


@pytest.mark.parametrize(("language", "headline"), [(language, each) for language in TERSE for each in TERSE[language]])
def test_a_terse_headline_of_the_press_is_told_without_any_prior_and_with_that_of_its_source(
    language: str, headline: str
) -> None:
    assert detect(headline).language == language
    assert detect(headline, "", language, (language,)).language == language


@pytest.mark.parametrize("headline", ["Soldiers die in Bakhmut", "Five die in Kharkiv strike", "Kyiv mayor urges calm"])
def test_a_terse_headline_is_never_told_with_high_confidence_for_a_homograph(headline: str) -> None:
    found = detect(headline)
    assert found.language == "en" or found.confidence < 0.6
    assert detect(headline, "", "en", ("en",)).language == "en"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "12:30", "😀😀 🇫🇷", "— … «»", "https://example.org/politique/macron", "a@example.org"]
)
def test_a_text_without_letters_is_undetermined_whatever_the_source(text: str) -> None:
    assert detect(text, declared="fr", source_languages=("fr",)) == DetectedLanguage(UNDETERMINED, 0.0)


@pytest.mark.parametrize(("headline", "language"), [("Live", "fr"), ("Wetter", "de"), ("Президент", "uk"), ("Президент", "ru")])
def test_a_monolingual_source_decides_a_headline_that_could_be_anything(headline: str, language: str) -> None:
    alone = detect(headline)
    of_the_source = detect(headline, source_languages=(language,))
    assert of_the_source.language == language
    assert of_the_source.confidence > max(0.7, alone.confidence)


@pytest.mark.parametrize("headline", ["Live", "Macron", "Sport", "RT"])
def test_a_word_of_many_languages_is_undetermined_without_prior_rather_than_guessed(headline: str) -> None:
    found = detect(headline)
    assert found.language == UNDETERMINED
    assert 0 < found.confidence < 0.4


@pytest.mark.parametrize(
    ("word", "language"), [("Київ", "uk"), ("Санкції", "uk"), ("Україна", "uk"), ("Выборы", "ru"), ("Объезд", "ru")]
)
def test_letters_of_one_alphabet_only_decide_within_a_word(word: str, language: str) -> None:
    assert detect(word).language == language


@pytest.mark.parametrize(
    "text",
    [
        "Лукашэнка сустрэўся з прэзідэнтам Украіны ў Мінску",  # Belarusian
        "Қазақстан Республикасының Президенті халыққа жолдауын жариялады",  # Kazakh
        "საქართველოს პრეზიდენტი პარიზში ჩავიდა",  # Georgian
    ],
)
def test_a_language_without_a_profile_is_not_taken_for_its_neighbour(text: str) -> None:
    assert detect(text).language == UNDETERMINED


def test_names_in_latin_letters_do_not_make_a_russian_headline_english() -> None:
    assert detect("Apple iPhone 15 Pro Max: первый обзор нового смартфона").language == "ru"
    assert detect("Apple iPhone 15 Pro Max: обзор", source_languages=("ru",)).language == "ru"


def test_a_foreign_quotation_does_not_change_the_language_of_the_article() -> None:
    text = "Le président russe a répondu « Нет, это неправда » aux journalistes qui l'interrogeaient à Versailles."
    assert detect("Poutine à Versailles", text).language == "fr"


def test_title_and_text_are_judged_together() -> None:
    assert detect("RT", "La chaîne est accusée de diffuser de la propagande pendant la campagne.").language == "fr"


def test_headlines_in_capitals_are_read_too() -> None:
    assert detect("МАКРОН ПРИНЯЛ ПУТИНА В ВЕРСАЛЕ").language == "ru"
    assert detect("MACRON REÇOIT POUTINE À VERSAILLES POUR UNE PREMIÈRE RENCONTRE").language == "fr"


def test_accents_written_apart_and_soft_hyphens_change_nothing() -> None:
    whole = detect("La sécurité des élections préoccupe la majorité")
    assert detect("La se\u0301curite\u0301 des e\u0301lections pre\u0301occupe la majo\u00adrite\u0301") == whole
    assert detect("Замок закрыт") == detect("За\u0301мок закры\u0301т")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ελλάδα", "el"),
        ("שלום עולם", "he"),
        ("한국 대통령이 프랑스를 방문했다", "ko"),
        ("中国外交部发言人表示", "zh"),
        ("フランスの大統領がロシアを訪問した", "ja"),
        ("الرئيس الفرنسي يستقبل نظيره الروسي", "ar"),
        ("फ्रांस के राष्ट्रपति ने रूस की यात्रा की", "hi"),
    ],
)
def test_other_scripts_have_their_own_candidates(text: str, language: str) -> None:
    assert detect(text).language == language


def test_the_answer_does_not_depend_on_the_batch() -> None:
    texts = [
        LanguageInput(title[start:], title * repeat, declared)
        for title in [*HEADLINES.values(), "", "中国 Live", "Sport 😀"]
        for start in range(6)
        for repeat in (0, 1, 70)
        for declared in ("", "en")
    ]
    together = DETECTOR.detect_batch(texts)
    assert together == [DETECTOR.detect_batch([text])[0] for text in texts]
    assert together[::-1] == DETECTOR.detect_batch(texts[::-1])


def test_the_answer_does_not_depend_on_the_process() -> None:
    script = (
        "import sys; from vigie.language import *\n"
        "texts = [LanguageInput(line) for line in sys.stdin.buffer.read().decode().splitlines()]\n"
        "print(LanguageDetector().detect_batch(texts))"
    )
    lines = [*HEADLINES.values(), "Live", "Президент", "Санкции"]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, "-c", script], input="\n".join(lines).encode(), env=environment, capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == str(DETECTOR.detect_batch([LanguageInput(line) for line in lines]))


def test_a_detector_can_be_sent_to_a_worker() -> None:
    text = [LanguageInput(HEADLINES["ru"])]
    assert pickle.loads(pickle.dumps(DETECTOR)).detect_batch(text) == DETECTOR.detect_batch(text)
    assert len(pickle.dumps(DETECTOR)) < 1_000


def test_no_texts_give_no_languages() -> None:
    assert DETECTOR.detect_batch([]) == []


ANY_CHARACTERS = st.text(st.characters(exclude_categories=()), max_size=60)


@given(ANY_CHARACTERS, ANY_CHARACTERS, ANY_CHARACTERS, st.lists(ANY_CHARACTERS, max_size=3))
@settings(deadline=None)
def test_no_text_and_no_declaration_makes_it_raise(title: str, text: str, declared: str, languages: list[str]) -> None:
    found = detect(title, text, declared, tuple(languages))
    assert 0.0 <= found.confidence <= 1.0
    assert found.language == UNDETERMINED or found.confidence >= 0.4


@pytest.mark.parametrize(
    "piece", ["а", "a@", "https://", "\ud800", "\x00", "e\u0301", "A ", "ы i", "漢", "\U0001f600", "\u1160"]
)
def test_megabytes_of_anything_do_not_make_it_raise(piece: str) -> None:
    huge = piece * (2_000_000 // len(piece))
    assert 0.0 <= detect(huge, huge, huge).confidence <= 1.0
