"""What can never be found or never hold is told; what can is not called so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import UsageError
from vigie.matching import load_topics_text
from vigie.matching.model import Concept, Declared, Group, Mentioned, Near, Rule, Term, Topic, Weighed
from vigie.matching.satisfiable import Solver
from vigie.matching.topic_set import TopicSet

CONCEPTS = """\
concepts:
  a: {labels: {en: A}, terms: {all: [alpha]}}
  b: {labels: {en: B}, terms: {all: [beta]}}
  live: {labels: {en: Live}, terms: {all: [{word: live, title: true}]}}
  french: {labels: {en: French}, terms: {fr: [bonjour]}}
  either: {labels: {en: Either}, include: [a, b]}
  beside: {labels: {en: Beside}, terms: {all: [sputnik]}, only_with: [a]}
"""


def faults(rule: str, more: str = "", languages: str = "en") -> list[str]:
    text = (
        f"{CONCEPTS}{more}topics:\n  t:\n    labels: {{en: T}}\n    description: d\n"
        f"    languages: [{languages}]\n    rule: {rule}\n"
    )
    try:
        load_topics_text(text, "mine.yaml", lint=True)
    except UsageError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    ("rule", "key", "why"),
    [
        ("{concept: live, in: text}", "rule.concept", "can never hold: `live` is never found in the text"),
        ("{near: [a, live], within: 3, in: text}", "rule.near", "`live` is never found in the text"),
        ("{near: [a, live], within: 3, none: [{concept: a, in: title}]}", "rule.none.1", "`a` is both required and ruled out"),
        ("{all: [a, {none: [{any: [a, b]}]}]}", "rule.all.2.none.1", "`a` is both required and ruled out"),
        ("{all: [{concept: a, in: title}, {none: [a]}]}", "rule.all.2.none.1", "`a` is both required and ruled out"),
        ("{all: [{concept: a, min: 3}], none: [{concept: a, min: 2}]}", "rule.none.1", "`a` is both required"),
        ("{all: [a, {all: [b, {none: [a]}]}]}", "rule.all.2.all.2.none.1", "`a` is both required and ruled out"),
        ("{all: [a], none: [either]}", "rule.none.1", "`either` is both required and ruled out"),
        ("{all: [beside], none: [a]}", "rule.none.1", "`a` is both required and ruled out"),
        ("{all: [a], none: [{concept: a, in: title}, {concept: a, in: text}]}", "rule", "its parts rule each other out"),
        ("{any: [b, {all: [a], none: [a]}]}", "rule.any.2.none.1", "`a` is both required and ruled out"),
        ("{any: [b, {concept: live, in: text}]}", "rule.any.2.concept", "`live` is never found in the text"),
        ("{any: [b, {all: [a, live]}], none: [a]}", "rule.any.2", "what it requires is ruled out beside it"),
        ("{at_least: 2, of: [a, b, {concept: live, in: text}]}", "rule.of.3.concept", "`live` is never found in the text"),
        ("{weights: [{weight: 1, rule: a}, {weight: 1, rule: {concept: live, in: text}}], threshold: 1}",
            "rule.weights.2.rule.concept", "`live` is never found in the text"),
    ],
)  # fmt: skip
def test_a_rule_or_part_of_one_that_can_never_hold_is_told(rule: str, key: str, why: str) -> None:
    [told] = faults(rule)
    assert told.startswith(f"mine.yaml:13: topics.t.{key}: can never hold")
    assert why in told


@pytest.mark.parametrize(
    "rule",
    [
        "{all: [a], none: [{concept: a, in: title}]}",
        "{all: [{concept: a, min: 2}], none: [{concept: a, min: 3}]}",
        "{all: [{any: [a, live]}], none: [{concept: a, in: text}]}",
        "{all: [either], none: [a]}",
        "{all: [a, beside]}",
        "{near: [a, live], within: 3}",
        "{all: [a], none: [{near: [a, b], within: 3}]}",
        "{all: [a, b], none: [{all: [{concept: a, in: title}, {concept: b, in: title}]}]}",
        "{weights: [{weight: 2, rule: a}, {weight: -1, rule: b}], threshold: 2}",
        "{all: [a], none: [{none: [b]}]}",
    ],
)
def test_a_rule_that_can_hold_is_no_fault(rule: str) -> None:
    assert faults(rule) == []


@pytest.mark.parametrize(
    ("concept", "why"),
    [
        (
            "{labels: {en: X}, terms: {en: [x]}, only_with: [a], never_with: [a]}",
            "`a` stands under `only_with` and under `never",
        ),
        (
            "{labels: {en: X}, terms: {en: [x]}, only_with: [french]}",
            "it counts only with `french`, never found in texts in its",
        ),
        ("{labels: {en: X}, include: [a], never_with: [either]}", "what it counts only with, never with"),
    ],
)
def test_a_concept_that_can_never_be_found_is_told_once(concept: str, why: str) -> None:
    [told] = faults("x", f"  x: {concept}\n")
    assert told.startswith("mine.yaml:8: concepts.x: can never be found: ")
    assert why in told


def test_a_concept_that_is_lost_in_one_language_that_a_topic_claims_is_told() -> None:
    concept = "  x: {labels: {en: X}, terms: {all: [x]}, only_with: [french]}\n"
    [told] = faults("x", concept, languages="fr, en")
    assert "concepts.x: can never be found in texts in en, which topic `t` claims: it counts only with `french`" in told


def test_a_topic_that_can_never_fire_in_a_language_that_it_claims_is_told() -> None:
    concept = "  x: {labels: {en: X}, terms: {fr: [x], en: []}}\n"
    [told] = faults("{all: [a, x]}", concept, languages="fr, en")
    assert "topics.t.rule: can never hold in texts in en, which the topic claims" in told


@pytest.mark.parametrize("key", ["not_before", "not_after"])
def test_an_exception_that_takes_every_word_is_told(key: str) -> None:
    told = faults("a", f"  x: {{labels: {{en: X}}, terms: {{en: [{{word: x, {key}: ['*']}}]}}}}\n")
    assert any(f"`x` can never match: `*` under `{key}` is no word" in line for line in told)


def test_a_topic_that_implies_one_in_fewer_languages_is_told() -> None:
    text = (
        f"{CONCEPTS}topics:\n"
        "  child: {labels: {en: C}, description: d, languages: [fr, en], rule: a, implies: [parent]}\n"
        "  parent: {labels: {en: P}, description: d, languages: [fr], rule: b}\n"
    )
    with pytest.raises(UsageError, match=r"mine\.yaml:9: topics\.child: implies `parent`, which does not claim en: let it"):
        load_topics_text(text, "mine.yaml", lint=True)


# Whatever the engine finds in some text can be found.

_NAMES = ("a", "b", "c", "d")
_SCOPES = st.sampled_from(["", "", "title", "text", "lead"])


def _groups(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(lambda rules, scope: Group("all", rules, len(rules), scope), several, _SCOPES),
        st.builds(lambda rules, scope: Group("any", rules, 1, scope), several, _SCOPES),
        st.builds(lambda rules: Group("none", rules, 1), several),
        st.builds(lambda rules, least: Group("at_least", rules, min(least, len(rules))), several, st.integers(1, 3)),
        st.builds(
            Weighed,
            st.lists(st.tuples(st.sampled_from([-1.0, 1.0, 2.0]), inner), min_size=1, max_size=3).map(tuple),
            st.sampled_from([1.0, 2.0, 3.0]),
        ),
    )


_RULES: st.SearchStrategy[Rule] = st.recursive(
    st.one_of(
        st.builds(Mentioned, st.sampled_from(_NAMES), st.integers(1, 2), _SCOPES),
        st.builds(
            lambda slots: Near(slots, 3),
            st.lists(st.sampled_from(_NAMES).map(lambda n: (n,)), min_size=2, max_size=2).map(tuple),
        ),
    ),
    _groups,
    max_leaves=6,
)


@st.composite
def _concepts(draw: st.DrawFn) -> dict[str, Concept]:
    made = {}
    for number, name in enumerate(_NAMES):
        before = st.lists(st.sampled_from(_NAMES[:number]), max_size=2, unique=True).map(tuple) if number else st.just(())
        include = draw(before)
        title, spoken = draw(st.booleans()), draw(st.sampled_from(["en", "en", "en", "fr"]))
        made[name] = Concept(
            name, {}, terms=(Term(f"{name}word", (spoken,), title=title),), include=include,
            only_with=draw(before) if draw(st.booleans()) else (), never_with=draw(before) if draw(st.booleans()) else (),
        )  # fmt: skip
    return made


_WORDS = st.lists(st.sampled_from(["aword", "bword", "cword", "dword", "x", "."]), max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(_concepts(), _RULES, st.lists(st.tuples(_WORDS, _WORDS, st.booleans()), min_size=5, max_size=15))
def test_no_rule_that_holds_on_some_text_is_called_one_that_never_does(
    concepts: dict[str, Concept], rule: Rule, texts: list[tuple[str, str, bool]]
) -> None:
    topic = Topic("t", {}, "", ("en",), rule)
    topics, solver = TopicSet(Declared(concepts, {"t": topic}, {}), {}), Solver(concepts, "en")
    for title, words, late in texts:
        found = topics.match(title, f"{'x ' * 30}{words}" if late else words, "en")
        if found.matches:
            assert solver.can_hold(rule)
        for mention in found.mentions:
            assert solver.can_be_found(mention.concept)
