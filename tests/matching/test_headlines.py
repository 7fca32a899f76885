"""Headlines written before anyone looked at the topics' words, each for a class of errors that it showed."""

import pytest

from vigie.matching import TopicSet, load_topics

CONFLICT, SETTLEMENT = "ukraine-conflict", "ukraine-settlement"
POLICY, SANCTIONS, RIGHTS = "western-policy-toward-russia", "sanctions-and-containment", "human-rights-in-russia"
MEDIA, ELECTIONS, FRANCE = "state-media-disinformation", "election-interference", "franco-russian-relations"

#: What is done is told by who does it to whom: the title names both sides, in whatever words.
BOTH_SIDES = [
    ("en", "Kyiv and Moscow trade remains of 7,000 fallen", {CONFLICT, SETTLEMENT}),
    ("de", "Moskau und Kiew tauschen 1200 Gefangene", {CONFLICT, SETTLEMENT}),
    ("ru", "Мерц назвал Россию главной опасностью для Европы", {POLICY}),
    ("en", "Estonia's prime minister warns of Putin's patience", {POLICY}),
    ("fr", "Sébastien Lecornu : « La Russie nous teste tous les jours »", {FRANCE}),
    ("uk", "Умєров і Віткофф зустрілися в Маямі", {CONFLICT, SETTLEMENT}),
]
#: A deal, a format, a ship or a case by its name needs no Russia beside it.
BY_NAME = [
    ("fr", "Accord céréalier : la Russie claque la porte", {CONFLICT, SETTLEMENT}),
    ("ru", "Пасхальное перемирие продлилось тридцать часов", {CONFLICT, SETTLEMENT}),
    ("en", "Steele dossier source acquitted", {ELECTIONS}),
    ("de", "Muellers Bericht entlastet Trump nicht", {ELECTIONS}),
    ("en", "Paris court orders release of captain of suspected Russian shadow tanker", {FRANCE, SANCTIONS}),
    ("ru", "Свидетелю Иеговы из Абакана дали шесть лет", {RIGHTS}),
    ("en", "Trump orders Tomahawks at Shayrat airbase", {"syria"}),
    ("fr", "Conférence d'Astana : l'opposition boude les discussions", {"syria"}),
]
#: Regions, services and courts stand for Russia; a trade and a sentence beside them, for persecution.
REGIONS = [
    ("fr", "Témoins de Jéhovah : 8 ans de prison pour une réunion de prière à Sourgout", {RIGHTS}),
    ("en", "Chechen teacher abducted from St Petersburg flat", {RIGHTS}),
    ("fr", "WhatsApp et Telegram bridés : la Russie pousse ses citoyens vers la messagerie Max", {RIGHTS}),
    ("de", "Moskau dreht WhatsApp ab", {RIGHTS}),
    ("uk", "У Криму засудили кримського татарина до 17 років колонії", {RIGHTS, CONFLICT}),
    ("en", "Father of girl who drew anti-war picture is sentenced in absentia", {RIGHTS, CONFLICT}),
]
#: The war by its means: drones on refineries, arms promised, warrants, villages taken.
BY_ITS_MEANS = [
    ("de", "Drohnen treffen Raffinerie bei Rostow", {CONFLICT}),
    ("uk", "Швеція передасть Україні літаки Gripen", {CONFLICT, POLICY}),
    ("en", "ICC issues warrant for Putin over deported children", {CONFLICT}),
    ("fr", "Des soldats nord-coréens capturés racontent leur arrivée sur le front", {CONFLICT}),
    ("de", "Russland meldet Einnahme von Lyman", {CONFLICT}),
    ("ru", "Над регионами сбито 158 беспилотников", {CONFLICT}),
    ("fr", "Les Etats-Unis suspendent le partage de renseignement avec Kiev", {CONFLICT, POLICY}),
]
#: Bans and their evasion, in the words of trade.
TRADE = [
    ("uk", "Єврокомісія пропонує заборонити російський газ", {SANCTIONS, POLICY}),
    ("de", "Zollfahnder heben Schmuggelring auf: Lübecker lieferte Bauteile an russische Rüstungsfirmen", {SANCTIONS}),
    ("fr", "Le yacht d'Igor Setchine saisi à La Ciotat", {SANCTIONS}),
]
#: Offices, peoples and compounds of French and German press.
PRESS = [
    ("fr", "Ukrainiens et Américains reprennent leurs discussions à Berne", {CONFLICT, SETTLEMENT, POLICY}),
    ("de", "Kurden in Nordsyrien fürchten neue Vertreibung", {"syria"}),
    ("de", "Vier Kadyrow-Töchter auf der Sanktionsliste", {SANCTIONS}),
    ("de", "Russische Stellungen bei Robotyne aufgegeben", {CONFLICT}),
]
#: What looks alike and is on no topic.
NOTHING = [
    ("fr", "Le président de la République tchèque a rencontré Vladimir Poutine en 2019, il s'en explique"),
    ("fr", "À Kiev, la médiathèque rouvre après dix mois de travaux"),
    ("de", "Jeder zweite Syrer im Arbeitsmarkt angekommen"),
    ("de", "Moskauer Verein verfolgt ehrgeizige Pläne"),
    ("ru", "Пакистан и Индия обменялись ракетными ударами"),
    ("ru", "Первый канал объявил участников нового сезона «Голоса»"),
    ("ru", "Сириец открыл кебабную в Кёльне"),
    ("uk", "У Мінську відпустили політв’язнів"),
    ("ru", "Роскомнадзор предупредил об утечке данных клиентов аптечной сети"),
    ("en", "Moscow court sentences ex-deputy defence minister to 13 years for embezzlement"),
    ("fr", "« Macron, c'est Poutine en pire » : tollé après les propos d'un député LFI"),
    ("en", "UK energy price cap to rise again"),
    ("en", "Kamchatka volcano erupts, state news agency TASS said"),
    # Leaders, critics and parties that are named beside Russia, without anything between them.
    ("fr", "Poutine, Trump, Xi : le retour des hommes forts"),
    ("ru", "Трамп и Путин на карнавале в Дюссельдорфе"),
    ("ru", "Акунин пишет новую историю"),
    ("fr", "Bulgarie : le parti pro-russe reste dans l'opposition"),
    # Other quarrels, crimes and times.
    ("en", "American jailed in Russia for drug smuggling"),
    ("fr", "Deux adolescents arrêtés pour un braquage à Saint-Pétersbourg"),
    ("ru", "Репрессии 1937 года: рассекречены архивы"),
    ("fr", "Electricité : hausse des factures à cause de la guerre en Ukraine ?"),
    # Named in passing: parties at home, graft in Kyiv, what Russia does with China, everyday life of occupied places.
    ("ru", "В Донецке открыли каток"),
    ("ru", "Ветераны СВО получат бесплатную парковку в Перми"),
    ("ru", "Российские войска на параде в Минске"),
    ("fr", "Ukraine : l'ancien bras droit de Zelensky mis en cause pour corruption"),
    ("fr", "Sondage : 65 % des Français inquiets de la menace russe"),
    ("fr", "Berlin ouvre ses salles au cinéma russe en exil"),
    ("fr", "Edward Snowden, réfugié à Moscou, fête ses 40 ans"),
    # The same words for other things: lawyers who appeal, an ombudswoman at a camp, a fine for a casino, a digest.
    ("ru", "Омбудсмен Москалькова посетила детский лагерь"),
    ("ru", "Роскомнадзор заблокировал онлайн-казино"),
    ("ru", "Главное к утру вторника: удар по Харькову, саммит НАТО, морозы в Москве"),
    ("fr", "Affaire Palmade, procès Mazan, Navalny : les podcasts de la semaine"),
]

#: As the press of Ukraine and of Russia writes: an enemy without a name, sums of money, an alert, an answer to a poisoning.
OTHER_PRESS = [
    ("ru", "Норвегия выделит Украине еще 500 млн евро", {CONFLICT, POLICY}),
    ("uk", "Канада надасть Україні 200 млн доларів", {CONFLICT, POLICY}),
    ("ru", "В шести областях Украины объявлена воздушная тревога", {CONFLICT}),
    ("uk", "Ворог гатив по громаді всю ніч, є поранені", {CONFLICT}),
    ("uk", "Окупанти вдарили по Нікополю", {CONFLICT}),
    ("ru", "Минфин США разрешил Сербии закупать российскую нефть", {SANCTIONS, POLICY}),
    ("ru", "Евросоюз отозвал посла из-за отравления в Солсбери", {POLICY}),
    ("uk", "Три країни вислали дипломатів РФ через справу Скрипаля", {POLICY}),
    ("ru", "В Кремле заявили, что НАТО втягивается в украинский конфликт", {CONFLICT, POLICY}),
    ("uk", "ЄС запровадив вторинні санкції за обхід стелі цін на нафту", {SANCTIONS, POLICY}),
]
#: What the law of Russia bids a paper add to a name, a credit in quotation marks, a reporter, the weather.
CREDITS = [
    ("ru", "Певец Иван Алексеев (признан иноагентом) записал альбом"),
    ("ru", "«РИА Новости»: в Якутске открылась ярмарка"),
    ("ru", "Военкор показал новый мост через Обь"),
    ("ru", "Синоптики: в Крыму побит температурный рекорд"),
    ("uk", "Суд арештував майно мера Тернополя"),
]


@pytest.fixture(scope="module")
def topics() -> TopicSet:
    return load_topics()


def found_in(topics: TopicSet, language: str, title: str) -> set[str]:
    return {match.topic_id for match in topics.match(title, "", language).matches}


@pytest.mark.parametrize(
    ("language", "title", "expected"), [*BOTH_SIDES, *BY_NAME, *REGIONS, *BY_ITS_MEANS, *TRADE, *OTHER_PRESS, *PRESS]
)
def test_a_headline_is_on_its_topics_and_no_others(topics: TopicSet, language: str, title: str, expected: set[str]) -> None:
    assert found_in(topics, language, title) == expected


@pytest.mark.parametrize(("language", "title"), [*NOTHING, *CREDITS])
def test_a_headline_that_looks_alike_is_on_no_topic(topics: TopicSet, language: str, title: str) -> None:
    assert found_in(topics, language, title) == set()
