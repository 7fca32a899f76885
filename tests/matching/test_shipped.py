"""The topics that come with vigie: what they find, and what they must not."""

from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
import yaml

from vigie.matching import TopicSet, load_topics
from vigie.matching.loading import forms_text
from vigie.registry import load_registry

TAUGHT = ("fr", "ru", "en", "de", "uk")
#: Concepts that stand for outlets, in mentions.
OUTLETS = {"rt", "sputnik", "tass", "ria-novosti", "rossiyskaya-gazeta", "vesti", "sna-news", "independent-russian-media"}

LANGUAGES = {
    "courrier-ys": "fr",
    "gazette-broceliande": "fr",
    "radio-thule": "fr",
    "volnograd-fr": "fr",
    "telegraf-lukomorya": "ru",
    "vecherny-kitezh": "ru",
    "volnograd-ru": "ru",
    "kurier-chumatskoho": "uk",
    "schildaer-morgenblatt": "de",
}  # The others write English.


@pytest.fixture(scope="module")
def topics() -> TopicSet:
    return load_topics()


def on(topics: TopicSet, text: str, language: str) -> set[str]:
    return {match.topic_id for match in topics.match("", text, language).matches}


def test_the_ten_topics_of_the_codebook_are_there_in_five_languages(topics: TopicSet) -> None:
    assert set(topics.topics) == {
        "franco-russian-relations",
        "state-media-disinformation",
        "election-interference",
        "ukraine-conflict",
        "ukraine-settlement",
        "syria",
        "sanctions-and-containment",
        "human-rights-in-russia",
        "western-policy-toward-russia",
        "counterterrorism-cooperation",
    }
    assert all(set(topic.languages) == {"fr", "ru", "en", "de", "uk"} for topic in topics.topics.values())


def test_the_shipped_topics_have_no_faults() -> None:
    assert load_topics(lint=True).version == load_topics().version


def test_the_written_case_forms_are_those_that_the_dictionary_gives() -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so case forms cannot be compared")
    written = resources.files("vigie.topics").joinpath("forms.yaml").read_text("utf-8")
    assert forms_text() == written, "run `vigie topics forms topics --out topics/forms.yaml`"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "À Versailles, Emmanuel Macron a reçu Vladimir Poutine."),
        ("fr", "Paris convoque l’ambassadeur de Russie."),
        ("ru", "Путин обсудил с Макроном ситуацию в регионе."),
        ("ru", "Франция выслала двух российских дипломатов."),
        ("en", "Macron told Putin that chemical weapons were a red line."),
        ("en", "The Trianon Dialogue met for the first time."),
        ("de", "Frankreichs Präsident telefonierte mit Wladimir Putin."),
        ("uk", "Президент Франції провів переговори з Путіним."),
    ],
)
def test_dealings_between_france_and_russia_are_found(topics: TopicSet, language: str, text: str) -> None:
    assert "franco-russian-relations" in on(topics, text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le Tour de France passera par les Alpes ; un coureur russe est forfait."),
        ("en", "The French Open: a Russian player meets her rival in the semi-final."),
        ("ru", "Сборная Франции по футболу сыграет с Россией на чемпионате мира."),
        ("en", "The market in Moscow, Idaho, welcomed a French baker from Paris, Texas."),
        ("de", "Frankreich, Spanien, Italien, Polen, Ungarn, Norwegen, Schweden, Finnland, Estland und am Ende Russland."),
        ("fr", "La poutine est à la carte d’un restaurant de Versailles."),
        ("uk", "У Парижі відкрилася виставка сирів."),
    ],
)
def test_france_and_russia_merely_both_present_are_not(topics: TopicSet, language: str, text: str) -> None:
    assert "franco-russian-relations" not in on(topics, text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The regulator Ofcom fined RT for breaking impartiality rules, Russia protested."),
        ("en", "Macron said that RT and Sputnik had spread lying propaganda."),
        ("fr", "Bruxelles interdit la diffusion de RT et de Sputnik dans l’Union."),
        ("fr", "La chaîne RT France perd sa licence."),
        ("ru", "В Киеве запретили вещание телеканала RT."),
        ("ru", "Фабрика троллей в Петербурге сменила вывеску."),
        ("de", "Die Medienanstalt untersagt dem russischen Sender RT DE die Verbreitung; er hatte keine Lizenz."),
        ("uk", "Російська пропаганда знову вигадала «розіп’ятого хлопчика»."),
    ],
)
def test_state_media_as_a_subject_are_found(topics: TopicSet, language: str, text: str) -> None:
    assert "state-media-disinformation" in on(topics, text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A volcano erupted in Kamchatka, Russia, TASS reports."),
        ("en", "The minister told Sputnik that Russia would build a bridge."),
        ("en", "A journalist was hurt in Moscow, according to the Russian news agency RIA Novosti."),
        ("en", "RT this and win a book from Russia: journalists love it"),
        ("en", "Russia registers Sputnik V; the vaccine was banned nowhere."),
        ("fr", "Un lac de Carélie vire au rose, selon Sputnik, qui cite une biologiste russe."),
        ("fr", "MOSCOU (Sputnik) – La Russie lance un brise-glace."),
        ("fr", "Le satellite Sputnik, lancé par Moscou en 1957."),
        ("ru", "На Камчатке проснулся вулкан, сообщает ТАСС со ссылкой на учёных."),
        ("ru", "МОСКВА, 3 июня. /ТАСС/. В Москве открылась выставка, рассказали журналистам."),
        ("ru", "Журналисты узнали о запуске спутника, передаёт РИА Новости."),
        ("de", "Laut der russischen Agentur TASS wurde die Brücke gesperrt."),
        ("uk", "У Москві сталася пожежа, повідомляє ТАСС."),
    ],
)
def test_a_source_credit_and_other_things_of_the_name_are_not(topics: TopicSet, language: str, text: str) -> None:
    assert "state-media-disinformation" not in on(topics, text, language)


_CONTENT = {  # Headlines as the press writes them from 2014 to today, invented, with all their topics.
    "de": {
        "Russische Drohnen treffen Wohnhaus in Odessa": "ukraine-conflict",
        "Zahl der Toten nach Angriff auf Charkiw steigt": "ukraine-conflict",
        "Trump und Putin telefonieren über Ende des Ukraine-Kriegs": (
            "ukraine-conflict ukraine-settlement western-policy-toward-russia"
        ),
        "Merz will Taurus-Lieferung an Kiew nicht ausschließen": "ukraine-conflict western-policy-toward-russia",
        "Nato verstärkt Ostflanke": "western-policy-toward-russia",
        "Tanker der Schattenflotte vor Rügen havariert": "sanctions-and-containment",
        "Moskauer Gericht verurteilt Kremlkritiker zu sieben Jahren Straflager": "human-rights-in-russia",
        "Doppelgänger-Kampagne: Gefälschte Seiten verbreiten Kreml-Propaganda": "state-media-disinformation",
        "Comey bestätigt Ermittlungen zu Russland-Kontakten von Trumps Team": "election-interference",
        "Al-Scharaa trifft Kurdenführer in Damaskus": "syria",
        "Ukrainische Sängerin vertritt Land beim Song Contest": "",
        "Nach Messerattacke: Syrer in Untersuchungshaft": "",
        "Koalitionsverhandlungen in Berlin stocken": "",
        "USA verhängen Sanktionen gegen Iran": "",
    },
    "uk": {
        "Росіяни вдарили по Харкову: є загиблі": "ukraine-conflict",
        "Окупанти обстріляли Нікополь з артилерії": "ukraine-conflict",
        "Сили ППО збили 60 шахедів": "ukraine-conflict",
        "Відбувся черговий обмін полоненими": "ukraine-conflict ukraine-settlement",
        "ТКГ у Мінську: сторони домовилися про режим тиші на Донбасі": "ukraine-conflict ukraine-settlement",
        "НАТО посилює східний фланг через загрозу з боку Росії": "western-policy-toward-russia",
        "Навальний помер у колонії": "human-rights-in-russia",
        "Російська пропаганда поширює фейк про мобілізацію жінок": "state-media-disinformation",
        "Росія втручалася у вибори в Молдові — Санду": "election-interference",
        "Асад утік до Москви": "syria",
        "У Києві відкрили нову станцію метро": "",
        "У Львові пройшов книжковий форум": "",
        "Верховна Рада ухвалила бюджет на освіту": "",
    },
    "ru": {
        "ВСУ обстреляли Шебекино, есть пострадавшие": "ukraine-conflict",
        "Пожар на НПЗ в Саратове после атаки дронов": "ukraine-conflict",
        "Стороны договорились об обмене пленными": "ukraine-conflict ukraine-settlement",
        "Уиткофф прилетел в Москву на переговоры с Путиным": "ukraine-conflict ukraine-settlement western-policy-toward-russia",
        "Евросоюз согласовал 20-й пакет санкций": "sanctions-and-containment western-policy-toward-russia",
        "Минюст внёс журналистку в реестр иноагентов": "human-rights-in-russia",
        "В Москве задержали участников одиночных пикетов": "human-rights-in-russia",
        "Россия и США обсудят сотрудничество в борьбе с терроризмом": "counterterrorism-cooperation",
        "Суд арестовал чиновника по делу о взятке": "",
        "Пьяный водитель насмерть сбил пешехода в Подмосковье": "",
        "Полиция задержала угонщика на юго-западе Москвы": "",
        "Крымские курорты готовятся к сезону": "",
    },
    "en": {
        "Ukraine drones hit oil refinery deep inside Russia": "ukraine-conflict",
        "Witkoff and Kushner meet Putin in Moscow over Ukraine peace plan": (
            "ukraine-conflict ukraine-settlement western-policy-toward-russia"
        ),
        "Russia labels rights group undesirable": "human-rights-in-russia",
        "Romania annuls presidential vote over Russian interference claims": "election-interference",
        "Sharaa's forces clash with Kurdish SDF near Aleppo": "syria",
        "North Korea hit with new UN sanctions": "",
        "Moscow zoo welcomes baby panda": "",
    },
    "fr": {
        "Une frappe russe fait dix morts à Kharkiv": "ukraine-conflict",
        "La marine française arraisonne un pétrolier de la flotte fantôme": (
            "franco-russian-relations sanctions-and-containment"
        ),
        "En Russie, les médias indépendants déclarés « agents de l’étranger »": "human-rights-in-russia",
        "L’Otan renforce son flanc oriental face à la Russie": "western-policy-toward-russia",
        "Macron et Poutine se sont entretenus au téléphone": "franco-russian-relations",
        "Bachar al-Assad a fui à Moscou": "syria",
        "Grève à la SNCF : négociations au point mort": "",
        "Un restaurant ukrainien ouvre à Lyon": "",
    },
}


@pytest.mark.parametrize(("language", "title"), [(language, title) for language in _CONTENT for title in _CONTENT[language]])
def test_headlines_of_ten_years_have_their_topics_and_no_others(topics: TopicSet, language: str, title: str) -> None:
    found = {match.topic_id for match in topics.match(title, "", language).matches}
    assert found == set(_CONTENT[language][title].split())


@pytest.mark.parametrize(
    ("language", "title", "topic"),
    [
        ("de", "Trilaterale Kontaktgruppe trifft sich in Minsk", "ukraine-settlement"),
        ("uk", "ТКГ у Мінську домовилася про обмін полоненими", "ukraine-settlement"),
        ("de", "Normandie-Vierer tagen in Berlin", "ukraine-settlement"),
        ("en", "Leaders revive “Normandy” format", "ukraine-settlement"),
        ("ru", "Встреча в «нормандском» формате прошла в Париже", "ukraine-settlement"),
        ("ru", "Франция отказала Sputnik в аккредитации", "state-media-disinformation"),
        ("uk", "Запорізька АЕС втратила лінію живлення", "ukraine-conflict"),
        ("fr", "L'UE abaisse le plafond du prix du pétrole russe", "sanctions-and-containment"),
        ("en", "Paris wants full and swift dialogue over all pending issues with Moscow", "franco-russian-relations"),
        ("en", "Paris demands full and swift dialogue over all pending issues with Moscow", "franco-russian-relations"),
        ("ru", "В Москве на выборах зафиксировали вброс бюллетеней", ""),
        ("uk", "Сирійського біженця затримали в Німеччині за напад із ножем", ""),
        ("ru", "Сирийский боксер выиграл турнир в Дубае", ""),
        ("en", "Footage broadcast by Rossiya 1 showed flooding in Orenburg", ""),
    ],
)
def test_formats_media_and_places_are_found_as_the_press_writes_them(
    topics: TopicSet, language: str, title: str, topic: str
) -> None:
    found = {match.topic_id for match in topics.match(title, "", language).matches}
    assert topic in found if topic else not found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Les agriculteurs souffrent depuis le début de la guerre en Ukraine, leurs coûts ont doublé."),
        ("en", "Flour costs have risen because of the war in Ukraine, bakers said."),
        ("ru", "С начала войны в Украине цены на хлеб выросли вдвое."),
        ("de", "Seit Beginn des Krieges in der Ukraine sind die Kosten der Bäcker gestiegen."),
        ("uk", "Через війну в Україні ціни на хліб зросли вдвічі."),
    ],
)
def test_a_war_that_dates_or_explains_something_else_is_no_news_of_it(topics: TopicSet, language: str, text: str) -> None:
    assert on(topics, text, language) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Un pirate informatique russe a été arrêté en Espagne, les États-Unis demandent son extradition."),
        ("fr", "Au Mémorial de la Shoah, une exposition de photographies."),
        ("en", "A Russian hacker was arrested in Spain on a warrant from Texas."),
        ("de", "Ein russischer Kapitän ist in Rostock festgenommen worden."),
    ],
)
def test_a_russian_in_a_cell_is_not_yet_persecuted(topics: TopicSet, language: str, text: str) -> None:
    assert "human-rights-in-russia" not in on(topics, text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "La Russie a condamné un journaliste à huit ans de prison."),
        ("en", "Russia has jailed three lawyers of an opposition leader."),
        ("de", "Russland hat einen Theaterregisseur zu sechs Jahren Haft verurteilt."),
        ("ru", "В Москве снова прошли акции против мобилизации, участников задерживали жестко."),
    ],
)
def test_those_tried_for_what_they_say_are(topics: TopicSet, language: str, text: str) -> None:
    assert "human-rights-in-russia" in on(topics, text, language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Plus de 15 000 civils tués depuis le début de la guerre en Ukraine, selon l'ONU"),
        ("en", "Millions of refugees fled because of the war in Ukraine"),
        ("de", "Haftbefehl gegen Putin wegen des Kriegs in der Ukraine"),
        ("uk", "Понад 6 млн українців виїхали через війну в Україні"),
        ("ru", "Олега Орлова приговорили к колонии"),
    ],
)
def test_harm_that_the_war_dates_and_trials_over_it_are_of_the_war(topics: TopicSet, language: str, title: str) -> None:
    assert "ukraine-conflict" in {match.topic_id for match in topics.match(title, "", language).matches}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ru", "Дмитрий Иванов назначен министром здравоохранения области"),
        ("ru", "Роман Иванов осужден за взятку"),
        ("ru", "В Казани открылся двухсотый магазин"),
        ("ru", "Банки обнуляют комиссии"),
        ("ru", "Мошенники обманывают россиян при покупке телевизоров"),
        ("de", "EU kauft weiter billiges Gas aus Russland"),
        ("de", "Stimmung in der EU: Wenig Angst vor Russland"),
        ("fr", "UE : les propos de Lavrov sur la Russie font rire"),
        ("en", "Germany arrests two men suspected of spying for Russia, media report"),
        ("en", "Gas prices rise because of the war in Ukraine"),
    ],
)
def test_names_and_words_that_mean_other_things_are_on_no_topic(topics: TopicSet, language: str, title: str) -> None:
    assert {match.topic_id for match in topics.match(title, "", language).matches} == set()


@pytest.mark.parametrize(
    ("language", "whose"),
    [("en", "US"), ("en", "EU"), ("ru", "США"), ("ru", "ЕС"), ("uk", "США"), ("uk", "ЄС")],
)
def test_decisions_on_sanctions_are_policy_whoever_of_the_west_takes_them(topics: TopicSet, language: str, whose: str) -> None:
    said = {
        "en": "{} extends sanctions against Russia",
        "ru": "{} продлили санкции против России",
        "uk": "{} продовжили санкції проти Росії",
    }
    title = said[language].format(whose)
    assert {match.topic_id for match in topics.match(title, "", language).matches} == {
        "sanctions-and-containment", "western-policy-toward-russia",
    }  # fmt: skip


def test_a_credited_outlet_is_a_mention_all_the_same(topics: TopicSet) -> None:
    result = topics.match("", "It rained in Russia, TASS reports.", "en")
    assert "tass" in {mention.concept for mention in result.mentions}


def test_on_the_sample_items_the_two_topics_of_the_mission_are_nearly_always_right(topics: TopicSet, repository: Path) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for file in sorted((repository / "sample_data" / "items").glob("*.yaml")):
        document = yaml.safe_load(file.read_text("utf-8"))
        for item in document["items"]:
            language = item.get("language") or LANGUAGES.get(document["source"], "en")
            found = {m.topic_id for m in topics.match(item["title"], item.get("text") or "", language).matches}
            for topic in ("franco-russian-relations", "state-media-disinformation"):
                counts[topic, f"{topic in found} {topic in item['topics']}"] += 1
    for topic in ("franco-russian-relations", "state-media-disinformation"):
        right, false, missed = (counts[topic, key] for key in ("True True", "True False", "False True"))
        assert right / (right + false) >= 0.9
        assert right / (right + missed) >= 0.9


def test_matching_real_headlines_slices_evidence_exactly(topics: TopicSet, shared: Path) -> None:
    import gzip
    import json

    for name in ("fr_2025-02", "ru_2026-01"):
        with gzip.open(shared / "data" / "headlines" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                for match in topics.match(item["title"], item["text"], item["lang"]).matches:
                    assert all(item[e.field][e.start : e.end] == e.text for e in match.evidence)


def test_each_russian_outlet_of_the_registry_is_found_by_its_name(topics: TopicSet) -> None:
    with resources.as_file(resources.files("vigie.sources") / "franco-russian.yaml") as path:
        registry = load_registry(path)
    # Institutions are no outlets. `Эхо` alone is a word, `Вести.Ru` is two alphabets: they count as the press writes them.
    quoted = {"Эхо": "«Эхо»", "Дождь": "«Дождь»", "Вести.Ru": "Вести.ру"}
    outlets = [
        source
        for source in registry.sources
        if (source.country == "RU" or source.independence[-1].value == "exile")
        and source.independence[-1].value != "institution"
        and set(source.languages) & set(TAUGHT)
    ]
    missed = [
        source.source_id
        for source in outlets
        if not any(
            mention.concept in OUTLETS
            for mention in topics.match(f"{quoted.get(source.name, source.name)} – Kremlin", "", source.languages[0]).mentions
        )
    ]
    assert outlets
    assert missed == []
