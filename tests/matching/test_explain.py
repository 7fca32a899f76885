"""Why a text is on a topic or is not, as a user reads it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.matching import load_topics, load_topics_text
from vigie.matching.explain import Explained, ExplainedTopic, Explainer
from vigie.matching.reasons import reason_for, shortfall

TOPICS = """\
concepts:
  macron: {labels: {en: Macron}, terms: {all: [Macron]}, except: {all: [Brigitte Macron]}}
  putin: {labels: {en: Putin}, terms: {all: [Putin, Poutine]}}
  war: {labels: {en: War}, terms: {en: [war], fr: [guerre], ru: []}}
  credit: {labels: {en: Credit}, terms: {all: [says]}, helper: true}
  tass:
    labels: {en: TASS}
    terms: {all: [{word: TASS, not_before: [Bar]}]}
    unless: [{before: credit}]
  rt: {labels: {en: RT}, terms: {all: [RT]}, only_with: [tass]}
  alert: {labels: {en: Alert}, terms: {all: [{word: Alert, title: true}]}}
topics:
  meeting:
    labels: {en: Meeting}
    description: They meet.
    languages: [en, fr]
    implies: [putin-at-all]
    rule: {all: [{near: [macron, putin], within: 3, same_sentence: true, ordered: true}], none: [war]}
  putin-at-all: {labels: {en: P}, description: P., languages: [en, fr], rule: {concept: putin, min: 3}}
  talks: {labels: {en: K}, description: K., languages: [en, fr], rule: {near: [macron, putin, war], within: 2}}
  media: {labels: {en: M}, description: M., languages: [en, fr], rule: {any: [tass, rt, {concept: war, in: title}]}}
  weighed:
    labels: {en: W}
    description: W.
    languages: [en]
    rule: {weights: [{rule: war, weight: 2}, {rule: putin, weight: 1}], threshold: 3}
  alerts: {labels: {en: A}, description: A., languages: [en], rule: {at_least: 2, of: [alert, macron, putin]}}
"""
EXPLAINER = Explainer(load_topics_text(TOPICS))
SHIPPED = load_topics()


def explain(text: str, title: str = "", language: str = "en") -> Explained:
    return EXPLAINER.explain(title, text, language)


def topic(name: str, text: str, title: str = "", language: str = "en") -> ExplainedTopic:
    return next(each for each in explain(text, title, language).topics if each.topic_id == name)


def lacks(name: str, text: str, title: str = "") -> str:
    return shortfall(topic(name, text, title).step)


def test_topic_that_fires_says_on_what() -> None:
    found = topic("meeting", "Macron received Putin.")
    assert found.outcome == "fires"
    assert reason_for(found.step) == (
        "`macron` … `putin` at most 3 words apart, in this order, in one sentence: “Macron”, “Putin”"
    )


def test_concept_that_is_missing_is_named() -> None:
    assert lacks("meeting", "Macron went home.") == "no `putin`"
    assert lacks("meeting", "Nothing.") == "no concept of its rule is found"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Macron went to see and to hear Putin.", "nearest 6 words apart, allowed are 3"),
        ("So said Macron. Then Putin came.", "a sentence ends between them"),
        ("Putin received Macron.", "in the other order"),
    ],
)
def test_distance_sentence_or_order_that_keeps_words_apart_is_named(text: str, why: str) -> None:
    assert why in lacks("meeting", text)


def test_of_three_words_the_two_that_are_too_far_are_told_and_not_the_ends_of_the_chain() -> None:
    assert topic("talks", "Macron spoke of war and of Putin.").outcome == "fires"
    assert "nearest 4 words apart, allowed are 2" in lacks("talks", "Macron spoke of war, and then he met Putin.")


def test_words_in_title_and_text_are_never_near() -> None:
    assert "never both in the title or both in the text" in lacks("meeting", "Putin came.", title="Macron")


def test_rule_that_is_ruled_out_says_by_what() -> None:
    assert lacks("meeting", "Macron received Putin. No war.") == "ruled out by `war`: “war”"


def test_count_that_falls_short_is_given() -> None:
    assert "found 1 of 3 times" in lacks("putin-at-all", "Putin.")


def test_place_in_which_a_concept_does_not_stand_is_named() -> None:
    assert "not found in the title, but elsewhere: “war”" in lacks("media", "It is war.")


def test_weights_are_added_up() -> None:
    assert topic("weighed", "Putin.").step.why == "what holds weighs 1"
    assert topic("weighed", "Putin and war.").outcome == "fires"


def test_implied_topic_names_the_one_that_implies_it() -> None:
    found = topic("putin-at-all", "Macron received Putin.")
    assert (found.outcome, found.why) == ("is implied", "by meeting")


def lost(text: str, language: str = "en", explainer: Explainer = EXPLAINER) -> dict[str, str]:
    return {each.concept: each.why for each in explainer.explain("", text, language).lost}


AGENCY = Explainer(
    load_topics_text(
        """
        concepts:
          agency: {labels: {en: Agency}, include: [alone], unless: [{after: said, within: 4}, {byline: true}]}
          alone: {helper: true, terms: {all: [Sputnik]}, only_with: [russia], except: {all: [Sputnik V]}}
          russia: {labels: {en: Russia}, terms: {all: [Russia]}, never_with: [film]}
          film: {labels: {en: Film}, terms: {all: [From Russia with Love]}}
          said: {helper: true, terms: {all: [according to]}}
        topics: {t: {labels: {en: T}, description: d, languages: [en], rule: agency}}
        """
    )
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Sputnik was refused.", "`alone`, which it includes: counts only in articles with `russia`"),
        ("Russia, according to Sputnik, won.", "stands after `said` within 4 words"),
        ("Russia sells Sputnik V.", "`alone`, which it includes: part of “Sputnik V”"),
        (
            "It won, according to Sputnik.",
            "stands after `said` within 4 words; `alone`, which it includes: counts only in articles with `russia`",
        ),
        ("Sputnik saw From Russia with Love.", "`alone`, which it includes: counts only in articles with `russia`"),
    ],
)
def test_what_does_not_count_for_what_its_part_asks_for_says_so_and_names_no_other_reason(text: str, why: str) -> None:
    assert lost(text, explainer=AGENCY)["agency"] == why


def test_what_counts_for_all_its_exceptions_is_not_lost() -> None:
    assert "agency" not in lost("Russia has Sputnik.", explainer=AGENCY)


def test_topic_in_another_language_says_which_it_has() -> None:
    found = topic("weighed", "Putin et la guerre.", language="fr")
    assert (found.outcome, found.why) == ("is not evaluated", "in texts in fr; it has terms in en")


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("Brigitte Macron came.", "Macron", "part of “Brigitte Macron”"),
        ("It rains, TASS says.", "TASS", "stands before `credit` directly"),
        ("At the TASS Bar.", "TASS", "`TASS` directly before `Bar`"),
        ("RT was there.", "RT", "counts only in articles with `tass`"),
        ("Alert was there.", "Alert", "`Alert` counts in titles only"),
    ],
)
def test_exception_that_takes_an_occurrence_away_is_named(text: str, words: str, why: str) -> None:
    [lost] = explain(text).lost
    assert (lost.words, text[lost.start : lost.end]) == (words, words)
    assert lost.why == why


def test_missing_concept_tells_of_the_exception_that_took_it_away() -> None:
    assert lacks("meeting", "Brigitte Macron met Putin.") == "no `macron` (“Macron” does not count: part of “Brigitte Macron”)"


def test_what_counts_is_not_among_what_is_lost() -> None:
    assert explain("TASS and RT met Macron.").lost == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["Macron", "Putin", "war", "TASS", "says", "RT", "Bar", "Brigitte", "Alert", ".", "x y", "\n"])),
    st.sampled_from(["en", "fr", "ru", "und"]),
)
def test_explanation_never_differs_from_the_match(words: list[str], language: str) -> None:
    explained = explain(" ".join(words), " ".join(words[:3]), language)
    fired = {match.topic_id for match in explained.result.matches}
    assert {each.topic_id for each in explained.topics if each.outcome in ("fires", "is implied")} == fired
    evaluated = [each for each in explained.topics if each.outcome != "is not evaluated"]
    assert {each.topic_id for each in evaluated if each.step.held} <= fired


def test_shipped_topics_are_explained_as_they_match() -> None:
    explainer = Explainer(SHIPPED)
    for title in (
        "Macron et Poutine parlent de la Syrie",
        "RT fined over Ukraine war claims, TASS reports",
        "Путин и санкции ЕС",
    ):
        for language in ("fr", "en", "ru", "und"):
            explained = explainer.explain(title, title, language)
            evaluated = [each for each in explained.topics if each.outcome != "is not evaluated"]
            held = {each.topic_id for each in evaluated if each.step.held}
            fired = {match.topic_id for match in explained.result.matches}
            implied = {each.topic_id for each in evaluated if each.outcome == "is implied"}
            assert held | implied == fired
