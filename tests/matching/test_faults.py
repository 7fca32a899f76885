"""A wrong file says where and why, and what would be right."""

import textwrap
from pathlib import Path

import pytest

from vigie.errors import UsageError
from vigie.matching import load_topics, load_topics_text

CONCEPTS = """\
concepts:
  a: {labels: {en: A}, terms: {en: [alpha], fr: [alpha]}}
  b: {labels: {en: B}, terms: {en: [beta], fr: [bêta]}}
"""


def faults(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        load_topics_text(textwrap.dedent(text), "mine.yaml", lint=True)
    return str(caught.value)


def with_rule(rule: str, more: str = "") -> str:
    return faults(
        f"{CONCEPTS}topics:\n  t:\n    labels: {{en: T}}\n    description: d\n    languages: [en, fr]\n    rule: {rule}\n{more}"
    )


def with_concept(body: str) -> str:
    return faults("concepts:\n  x:\n    labels: {en: X}\n" + textwrap.indent(textwrap.dedent(body), "    "))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("alfa", "mine.yaml:9: topics.t.rule: there is no concept `alfa`"),
        ("{near: [a, c], within: 3}", "there is no concept `c`"),
        ("{anny: [a]}", "topics.t.rule.anny: unknown key (did you mean `any`?)"),
        ("{near: [a, b]}", "needs `within`"),
        ("{near: [a], within: 2}", "needs at least two concepts"),
        ("{near: [[], a], within: 2}", "topics.t.rule.near: has an empty list in it: name the concepts"),
        ("{weights: [{rule: a, weight: 1}], threshold: nan}", "`nan` is no number that others can be compared with"),
        ("{at_least: 3, of: [a, b]}", "can never hold: at least 3 of 2 rules"),
        ("{weights: [{rule: a, weight: 1}], threshold: 2}", "can never hold: the weights add up to 1, the threshold is 2"),
        ("{all: [a], none: [a]}", "can never hold: `a` is both required and ruled out"),
        ("{any: [a, {all: [a, b]}]}", "is never decisive: `a` alone is enough"),
        ("{none: [a]}", "would fire on every article"),
        ("{concept: a, in: headline}", "`headline` is no part of an article; known are title, text, lead"),
        ("{all: [{concept: a, in: title}], in: text}", "says `in: title` within a rule that says `in: text`"),
        ("{concept: a, min: two}", "`two` is not a whole number"),
        ("{concept: a, within: 2}", "belongs beside `near`, which is missing"),
        ("{any: []}", "names no rules"),
        ("{name: x}", "no rule: say a concept's id"),
    ],
)
def test_a_wrong_rule_is_named(rule: str, message: str) -> None:
    assert message in with_rule(rule)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("terms: {en: ['…']}", "mine.yaml:4: concepts.x.terms.en.1: `…` can never match: it has neither letter nor digit"),
        ("terms: {en: ['a*b']}", "`*` stands at the beginning or the end"),
        ("terms: {en: ['EU-*']}", "hyphens and dashes count as spaces: `EU` finds `EU-…` too"),
        ("terms: {ru: [Pоссия]}", "mixes Latin and Cyrillic letters"),
        ("terms: {fr: [{inflect: sanction}]}", "no forms are generated for `fr`"),
        ("terms: {en: [alpha, Alpha]}", "`Alpha` is already found by `alpha` in line 4"),
        ("terms: {en: [alpha]}\nexcept: {en: [alpha]}", "`alpha` can never match: line 5 takes it out"),
        ("terms: {en: [alpha]}\nexcept: {en: [beta]}", "`beta` contains no term of `x`: it can never apply"),
        ("terms: {english: [alpha]}", "here belongs a language code of two letters"),
        ("terms: {en: [{word: a, inflect: b}]}", "either `word` (as it stands) or `inflect`"),
        ("terms: {en: [{word: a, cased: true}]}", "unknown key (did you mean `case`?)"),
        ("terms: {en: [{word: a, case: yes}]}", "`yes` is not `true` or `false`"),
        ("terms: {en: [a], fr: }", "mine.yaml:4: concepts.x.terms.fr: says nothing: list its terms, or write `[]`"),
        ("terms: {en: [a]}\ninclude:", "mine.yaml:5: concepts.x.include: says nothing: name what belongs here"),
        ("helper: true", "has neither `terms` nor `include`"),
        ("include: [y]", "there is no concept `y`"),
        ("include: [x]", "refers to itself by x → x"),
        ("terms: {en: [a]}\nunless: [{behind: x}]", "unknown key"),
        ("terms: {en: [a]}\nterms: {en: [b]}", "`terms` stands twice, first in line 4"),
        ("terms: alpha", "here belong `key: value` pairs"),
    ],
)
def test_a_wrong_concept_is_named(body: str, message: str) -> None:
    assert message in with_concept(body)


def test_a_word_that_has_no_case_forms_is_named() -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    assert "`читать` has no noun in the nominative" in with_concept("terms: {ru: [{inflect: читать}]}")


def test_a_concept_without_terms_in_a_language_that_the_topic_claims_is_named() -> None:
    message = faults(
        """\
        concepts:
          a: {labels: {en: A}, terms: {en: [alpha]}}
        topics:
          t: {labels: {en: T}, description: d, languages: [en, de], rule: a}
        """
    )
    assert "mine.yaml:2: concepts.a: has no terms in de, which topic `t` claims: add terms, or `de: []`" in message


def test_an_empty_list_says_that_a_language_needs_no_term() -> None:
    load_topics_text(
        """
        concepts: {a: {labels: {en: A}, terms: {en: [alpha], de: []}}}
        topics: {t: {labels: {en: T}, description: d, languages: [en, de], rule: a}}
        """
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("rules: a", ["4: topics.t.rules: unknown key (did you mean `rule`?)", "4: topics.t: `rule` is missing"]),
        ("rule: {in: title}", ["4: topics.t.rule: no rule: say a concept's id, or one of any, all, none"]),
        ("rule: ", ["4: topics.t.rule: says nothing: write a concept's id"]),
        ("rule: {any: [a, ~]}", ["4: topics.t.rule.any.2: says nothing: write a concept's id"]),
    ],
)
def test_a_missing_rule_is_named_where_it_is_missing_and_as_nothing_else(rule: str, message: list[str]) -> None:
    told = faults(
        "concepts:\n  a: {labels: {en: A}, terms: {en: [alpha]}}\ntopics:\n"
        f"  t: {{labels: {{en: T}}, description: d, languages: [en], {rule}}}\n"
    ).splitlines()
    assert len(told) == len(message)
    for each in message:
        assert any(line.startswith(f"mine.yaml:{each}") for line in told), told


def test_files_that_define_no_topic_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    for text in ("", "# nothing yet\n", CONCEPTS):
        file.write_text(text)
        with pytest.raises(UsageError, match=r"mine\.yaml: defines no topic; write one under `topics:`"):
            load_topics([file])


def test_every_fault_is_told_at_once_in_order_of_lines() -> None:
    message = with_rule("alfa", "    implies: [u]\n    colour: red\n")
    assert [line.split(": ", 1)[0] for line in message.splitlines()] == ["mine.yaml:5", "mine.yaml:9", "mine.yaml:11"]


def test_an_id_that_two_files_define_is_named_with_both_places(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(CONCEPTS)
    with pytest.raises(UsageError, match=r"two\.yaml:2: concepts\.a: `a` is already defined at .*one\.yaml:2"):
        load_topics([tmp_path])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"concepts: [", r"mine\.yaml:\d: no valid YAML"),
        (b"concepts: {a: \xff}", r"mine\.yaml:1: not UTF-8 text"),
        (b"consepts: {}", r"unknown key \(did you mean `concepts`\?\)"),
        (b"- a", "here belong `key: value` pairs"),
        (b"concepts: {a: {labels: {en: A}, terms: {no: [ja]}}}\ntopics: []", "here belong `key: value` pairs"),
        (b"a: &x 1\nb: *y", "no valid YAML"),
        (b"concepts: {a: \x00}", "no valid YAML"),
        (
            b"concepts:\n  a: &x {labels: {en: A}, terms: {en: [a]}, include: *x}",
            r"mine\.yaml:2: .*alias .* within what it stands",
        ),
        (b"concepts: " + b"[" * 5000 + b"]" * 5000, "nested more than 50 deep"),
    ],
)
def test_a_file_that_is_no_topic_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        load_topics([file])


def test_a_missing_file_and_an_empty_directory_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_topics([tmp_path / "none.yaml"])
    with pytest.raises(UsageError, match=r"holds no \*\.yaml file"):
        load_topics([tmp_path])
