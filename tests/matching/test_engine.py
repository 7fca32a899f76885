"""Terms, concepts and rules: what is found where, and on what evidence."""

import pickle
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.matching import MatchResult, TopicSet, load_topics_text


def topics(text: str) -> TopicSet:
    return load_topics_text(textwrap.dedent(text))


def concept(terms: str, more: str = "") -> TopicSet:
    """A set of the one concept `x`."""
    return topics(
        f"concepts:\n  x:\n    labels: {{en: X}}\n    terms: {terms}\n{textwrap.indent(textwrap.dedent(more), '    ')}"
    )


def found(result: MatchResult, title: str = "", text: str = "") -> list[str]:
    fields = {"title": title, "text": text}
    return [fields[m.field][m.start : m.end] for m in result.mentions]


def words(topic_set: TopicSet, text: str, language: str = "en") -> list[str]:
    return found(topic_set.match("", text, language), "", text)


@pytest.mark.parametrize(
    ("terms", "text", "expected"),
    [
        ("{en: [ban]}", "urban bans, a ban.", ["ban"]),
        ("{en: [Élysée]}", "à l’Élysée", ["Élysée"]),
        ("{en: [RIA Novosti]}", "RIA-Novosti, RIA\u00a0Novosti", ["RIA-Novosti", "RIA\u00a0Novosti"]),
        ("{en: ['sanction*']}", "Sanctions sanctioned, insanction", ["Sanctions", "sanctioned"]),
        ("{en: ['*sanktion']}", "Gegensanktion, Sanktionen", ["Gegensanktion"]),
        ("{en: [{word: RT, case: true}]}", "RT rt Rt", ["RT"]),
        ("{en: [{word: Sputnik, not_before: [V]}]}", "Sputnik V, Sputnik Vice", ["Sputnik"]),
        ("{en: [{word: 'gas*', not_before: ['price*']}]}", "Gasoline prices; gas price, gasoline fields", ["gasoline"]),
        ("{en: [{word: Minsk, not_after: ['Dynam*']}]}", "Dynamo (Minsk), in Minsk", ["Minsk"]),
        ("{en: [Versailles]}", "Ver\u00adsailles", ["Ver\u00adsailles"]),
        ("{en: [Russia Today]}", "In Russia. Today it rains", []),
        ("{en: [Russia Today]}", "Russia\nToday", []),
    ],
)
def test_a_term_finds_what_it_says(terms: str, text: str, expected: list[str]) -> None:
    assert words(concept(terms), text) == expected


def test_a_title_term_counts_in_titles_only() -> None:
    result = concept("{en: [{word: Live, title: true}]}").match("Live: talks", "Live from Paris", "en")
    assert [(m.field, m.start) for m in result.mentions] == [("title", 0)]


def test_inflected_terms_are_found_in_all_case_forms() -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    rule = concept("{ru: [{inflect: Минские соглашения}], uk: [{inflect: Володимир Путін}]}")
    assert words(rule, "о Минских соглашениях", "ru") == ["Минских соглашениях"]
    assert words(rule, "з Володимиром Путіним", "uk") == ["Володимиром Путіним"]


@pytest.mark.parametrize(
    ("language", "term", "text", "expected"),
    [
        ("uk", "Сирський", "Сирського з Сирським", ["Сирського", "Сирським"]),
        ("uk", "Олександр Сирський", "з Олександром Сирським", ["Олександром Сирським"]),
        ("uk", "Залужний", "посол Залужного", ["Залужного"]),
        ("ru", "Юлия Навальная", "встреча с Юлией Навальной", ["Юлией Навальной"]),
        ("ru", "Алексей Навальный", "смерть Алексея Навального", ["Алексея Навального"]),
        ("ru", "Навальная", "Навальную не пустили, но Навальный умер в колонии", ["Навальную"]),
        ("ru", "Ольга Скабеева", "программа Ольги Скабеевой", ["Ольги Скабеевой"]),
        ("ru", "Скабеева", "о Скабеевой", ["Скабеевой"]),
        ("ru", "Надеждин", "встреча с Надеждиным", ["Надеждиным"]),
        ("ru", "Горинов", "дело о Горинове и о гориновой роще", ["Горинове"]),
    ],
)
def test_surnames_are_inflected_as_surnames_in_their_own_gender(
    language: str, term: str, text: str, expected: list[str]
) -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    assert words(concept(f"{{{language}: [{{inflect: {term}}}]}}"), text, language) == expected


def test_an_adjective_alone_has_the_forms_of_all_genders() -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    rule = concept("{ru: [{inflect: пророссийский}], uk: [{inflect: проросійський}]}")
    assert words(rule, "пророссийская партия, пророссийских сил", "ru") == ["пророссийская", "пророссийских"]
    assert words(rule, "проросійська партія, проросійських сил", "uk") == ["проросійська", "проросійських"]


def test_words_that_the_dictionary_calls_slang_have_case_forms_too() -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    rule = concept("{ru: [{inflect: фейк}, {inflect: срочник}]}")
    assert words(rule, "фейками запугали срочников", "ru") == ["фейками", "срочников"]


def test_forms_written_in_the_file_need_no_dictionary() -> None:
    rule = topics(
        """
        concepts: {x: {labels: {en: X}, terms: {uk: [{inflect: Зюзя}]}}}
        forms: {uk: {Зюзя: "зюзя, зюзі, зюзею"}}
        """
    )
    assert words(rule, "із Зюзею", "uk") == ["Зюзею"]


def test_a_term_fires_in_texts_of_its_own_language_and_where_the_language_is_unknown() -> None:
    rule = concept("{fr: [Russie], all: [Macron]}")
    assert words(rule, "Russie Macron", "fr") == ["Russie", "Macron"]
    assert words(rule, "Russie Macron", "de") == ["Macron"]
    assert words(rule, "Russie Macron", "und") == ["Russie", "Macron"]


def test_phrases_under_except_take_out_the_words_within_them() -> None:
    assert words(concept("{en: [France]}", "except: {en: [Tour de France]}"), "Tour de France through France") == ["France"]


def test_the_longest_of_several_terms_of_a_concept_is_the_one_mention() -> None:
    assert words(concept("{en: [Minsk, Minsk agreements]}"), "the Minsk agreements") == ["Minsk agreements"]


COMPANY = """
concepts:
  letters: {helper: true, terms: {all: [{word: RT, case: true}]}, only_with: [russia], never_with: [retweet]}
  russia: {labels: {en: Russia}, terms: {en: [Russia]}}
  retweet: {helper: true, terms: {en: [retweet]}}
  rt: {labels: {en: RT}, include: [letters], terms: {en: [RT France]}}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RT this", []),
        ("RT of Russia", ["rt", "russia"]),
        ("RT France", ["rt"]),
        ("RT of Russia, a retweet", ["russia"]),
    ],
)
def test_a_concept_can_depend_on_its_company(text: str, expected: list[str]) -> None:
    assert [m.concept for m in load_topics_text(COMPANY).match("", text, "en").mentions] == expected


CREDIT = """
concepts:
  tass: {labels: {en: TASS}, terms: {all: [TASS]}}
  says: {helper: true, terms: {en: [according to]}}
  reports: {helper: true, terms: {en: [reports]}}
  subject:
    labels: {en: TASS as subject}
    include: [tass]
    unless: [{after: says, within: 2}, {before: reports}, {byline: true}]
topics:
  t: {labels: {en: T}, description: d, languages: [en], rule: subject}
"""


@pytest.mark.parametrize(
    ("title", "text", "subject"),
    [
        ("", "Berlin bans TASS for good", True),
        ("", "It rained, TASS reports.", False),
        ("", "It rained, according to the agency TASS.", False),
        ("", "According to experts. TASS denied it", True),
        ("", "It rained. (TASS)", False),
        ("", "MOSCOW, 3 June. /TASS/ It rained", False),
        ("It rained — TASS", "", False),
        ("TASS: it rained", "", False),
        ("«TASS»: it rained", "", False),
        ('"TASS": it rained', "", False),
        ("«TASS» goes off the air", "", True),
        ("Anti-TASS protest", "", True),
        ("according to", "TASS is banned", True),
    ],
)
def test_neighbours_tell_a_credit_from_a_subject(title: str, text: str, subject: bool) -> None:
    result = load_topics_text(CREDIT).match(title, text, "en")
    assert bool(result.matches) is subject
    assert "tass" in {m.concept for m in result.mentions}


LETTERS = """
concepts:
  a: {labels: {en: A}, terms: {en: [alpha]}}
  b: {labels: {en: B}, terms: {en: [beta]}}
  c: {labels: {en: C}, terms: {en: [gamma]}}
topics:
  t: {labels: {en: T}, description: d, languages: [en], rule: RULE}
"""


def fires(rule: str, text: str, title: str = "") -> bool:
    return bool(load_topics_text(LETTERS.replace("RULE", rule)).match(title, text, "en").matches)


@pytest.mark.parametrize(
    ("rule", "yes", "no"),
    [
        ("a", "alpha", "beta"),
        ("{any: [a, b]}", "beta", "gamma"),
        ("{all: [a, b]}", "beta alpha", "beta"),
        ("{all: [a], none: [b]}", "alpha", "alpha beta"),
        ("{at_least: 2, of: [a, b, c]}", "alpha gamma", "alpha alpha"),
        ("{concept: a, min: 2}", "alpha alpha", "alpha"),
        ("{near: [a, b], within: 2}", "beta one two alpha", "alpha one two three beta"),
        ("{near: [a, b], within: 2, ordered: true}", "alpha beta", "beta alpha"),
        ("{near: [a, b], within: 5, same_sentence: true}", "alpha of M. Beta", "alpha. Beta"),
        ("{near: [a, [b, c]], within: 0}", "alpha gamma", "alpha and gamma"),
        ("{near: [a, b, c], within: 1}", "beta x alpha x gamma", "beta x alpha x x gamma"),
        ("{near: [a, b, c], within: 2}", "alpha beta x beta x gamma", "alpha beta x x beta x gamma"),
        ("{near: [a, b, c], within: 2, ordered: true}", "alpha beta alpha beta x beta x gamma", "alpha gamma x beta alpha"),
        (
            "{weights: [{rule: a, weight: 1}, {rule: {concept: b, min: 2}, weight: 2}], threshold: 3}",
            "alpha beta beta",
            "beta beta",
        ),
        ("{all: [a, {any: [b, {all: [c], none: [b]}]}]}", "alpha gamma", "alpha"),
    ],
)
def test_a_rule_holds_where_it_should_and_only_there(rule: str, yes: str, no: str) -> None:
    assert fires(rule, yes)
    assert not fires(rule, no)


def test_a_rule_can_be_restricted_to_a_part_of_the_article() -> None:
    assert fires("{concept: a, in: title}", "", title="alpha")
    assert not fires("{concept: a, in: title}", "alpha")
    assert fires("{all: [a, b], in: lead}", "alpha " + "x " * 23 + "beta")
    assert not fires("{all: [a, b], in: lead}", "alpha " + "x " * 24 + "beta")


def test_near_does_not_reach_from_the_title_into_the_text() -> None:
    assert not fires("{near: [a, b], within: 5}", "beta", title="alpha")


def test_lead_says_whether_title_and_first_words_alone_are_enough() -> None:
    topic_set = load_topics_text(LETTERS.replace("RULE", "{all: [a, b]}"))
    late = topic_set.match("alpha", "x " * 25 + "beta", "en")
    early = topic_set.match("alpha", "x " * 24 + "beta", "en")
    assert [m.lead for m in late.matches + early.matches] == [False, True]
    assert [m.lead for m in late.mentions + early.mentions] == [True, False, True, True]


def test_strength_counts_each_concept_once_by_its_best_place() -> None:
    topic_set = load_topics_text(LETTERS.replace("RULE", "{any: [a, b, c]}"))
    (match,) = topic_set.match("alpha", "alpha beta " + "x " * 25 + "gamma gamma", "en").matches
    assert match.strength == 3 + 2 + 1


def test_evidence_names_the_part_of_the_rule_and_stands_in_order_of_place() -> None:
    topic_set = load_topics_text(LETTERS.replace("RULE", "{any: [{name: both, near: [a, b], within: 3}, c]}"))
    (match,) = topic_set.match("", "beta alpha gamma", "en").matches
    assert [(e.concept, e.rule, e.text) for e in match.evidence] == [
        ("b", "both.near", "beta"),
        ("a", "both.near", "alpha"),
        ("c", "any.2", "gamma"),
    ]


def test_a_topic_brings_those_it_implies_on_its_own_evidence() -> None:
    topic_set = topics(
        """
        concepts: {a: {labels: {en: A}, terms: {en: [alpha]}}, b: {labels: {en: B}, terms: {en: [beta]}}}
        topics:
          small: {labels: {en: S}, description: d, languages: [en], rule: a, implies: [middle]}
          middle: {labels: {en: M}, description: d, languages: [en], rule: b, implies: [wide]}
          wide: {labels: {en: W}, description: d, languages: [en], rule: b}
        """
    )
    result = topic_set.match("alpha", "", "en")
    assert [m.topic_id for m in result.matches] == ["middle", "small", "wide"]
    assert {e.text for m in result.matches for e in m.evidence} == {"alpha"}
    assert all(m.lead for m in result.matches)


def test_a_topic_is_not_evaluated_in_a_language_that_it_does_not_claim() -> None:
    topic_set = topics(
        """
        concepts: {a: {labels: {en: A}, terms: {all: [Macron]}}}
        topics: {t: {labels: {en: T}, description: d, languages: [fr], rule: a}}
        """
    )
    assert topic_set.match("Macron", "", "fr").matches
    assert topic_set.match("Macron", "", "und").matches
    assert not topic_set.match("Macron", "", "es").matches
    assert topic_set.match("Macron", "", "es").mentions


EVERYTHING = load_topics_text(
    """
    concepts:
      a:
        labels: {en: A}
        terms: {all: [straße, "é*", {word: Ab, case: true}, "*й", a b, {word: и, not_before: [ё], not_after: [a]}]}
        unless: [{byline: true}, {after: s, within: 1}]
      s: {helper: true, terms: {all: [s]}, except: {all: [s s]}}
    topics:
      t:
        labels: {en: T}
        description: d
        languages: [en]
        rule: {any: [{concept: a, min: 2}, {near: [a, s], within: 2, same_sentence: true}, {concept: a, in: title}]}
    """
)
texts = st.one_of(
    st.text(), st.text(alphabet=st.sampled_from("sSßßтtraeéÉ\u0301abAB Ии\u0306йё-—(/).:\u00ad\u00a0\n\0"), max_size=60)
)


@settings(max_examples=300)
@given(texts, texts, st.sampled_from(["en", "und", "es"]))
def test_evidence_slices_the_stored_text_exactly_whatever_the_text(title: str, text: str, language: str) -> None:
    result = EVERYTHING.match(title, text, language)
    fields = {"title": title, "text": text}
    for match in result.matches:
        assert match.evidence
        for e in match.evidence:
            assert e.text
            assert fields[e.field][e.start : e.end] == e.text
    for m in result.mentions:
        assert 0 <= m.start < m.end <= len(fields[m.field])


def test_a_topic_set_survives_pickling_and_its_definition_rebuilds_it() -> None:
    original = load_topics_text(
        COMPANY + CREDIT.split("topics:", maxsplit=1)[0].split("concepts:")[1] + "topics:" + CREDIT.split("topics:")[1]
    )
    for copy in (pickle.loads(pickle.dumps(original)), load_topics_text(original.definition)):
        assert copy == original
        assert copy.version == original.version
        assert copy.match("Berlin bans TASS", "RT of Russia", "en") == original.match("Berlin bans TASS", "RT of Russia", "en")


def test_comments_layout_and_order_do_not_change_the_version_and_a_term_does() -> None:
    one = topics("concepts: {a: {labels: {en: A}, terms: {en: [x, y]}}, b: {labels: {en: B}, terms: {en: [z]}}}")
    same = topics(
        """
        # A comment.
        concepts:
          b: {terms: {en: ["z"]}, labels: {en: B}}
          a:
            labels: {en: A}
            terms:
              en:
              - x
              - 'y'
        """
    )
    other = topics("concepts: {a: {labels: {en: A}, terms: {en: [x]}}, b: {labels: {en: B}, terms: {en: [z]}}}")
    assert one.version == same.version != other.version
    assert one == same != other
