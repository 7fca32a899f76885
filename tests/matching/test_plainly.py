"""The engine against the same thing done plainly: every mention, match, strength and piece of evidence."""

from __future__ import annotations

import gzip
import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_matching import Reference, plainly

from vigie.matching import TopicSet, load_topics, load_topics_text

LANGUAGES = ("fr", "ru", "en", "de", "uk", "und")


@pytest.fixture(scope="module")
def shipped() -> TopicSet:
    return load_topics()


@pytest.fixture(scope="module")
def reference(shipped: TopicSet) -> Reference:
    return Reference(shipped)


def test_sample_items_give_what_the_plain_way_gives(shipped: TopicSet, reference: Reference, repository: Path) -> None:
    items = []
    for file in sorted((repository / "sample_data" / "items").glob("*.yaml")):
        items += yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["items"]
    matches = 0
    for number, item in enumerate(items[::2]):
        title, text, language = str(item["title"]), str(item.get("text") or ""), LANGUAGES[number % len(LANGUAGES)]
        result = shipped.match(title, text, language)
        assert plainly(result) == reference.match(title, text, language), title
        matches += len(result.matches)
    assert matches > 30


def test_real_headlines_give_what_the_plain_way_gives(shipped: TopicSet, reference: Reference, shared: Path) -> None:
    for file in sorted((shared / "data" / "headlines").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for item in [json.loads(line) for line in lines][::16]:
                case = item["title"], item["text"], item["lang"]
                assert plainly(shipped.match(*case)) == reference.match(*case), case


def test_texts_crammed_with_terms_give_what_the_plain_way_gives(shipped: TopicSet, reference: Reference) -> None:
    random_ = random.Random(4)
    terms = sorted({form for forms in reference.forms.values() for form in forms})
    between = [" "] * 8 + [
        ", ",
        ". ",
        " – ",
        "-",
        "",
        "s ",
        "\n",
        "\u00a0",
        " (",
        ") ",
        "’",
        "  ",
        "\u00ad",
        "\u0301 ",
        " und ",
    ]
    for _ in range(150):
        words = [form for form in random_.choices(terms, k=random_.randint(3, 40))]
        pieces = [
            random_.choice((word, word.title(), word.upper(), word.replace(" ", "\u00a0"))) + random_.choice(between)
            for word in words
        ]
        title, text, language = "".join(pieces[:3]), "".join(pieces[3:]), random_.choice(LANGUAGES)
        assert plainly(shipped.match(title, text, language)) == reference.match(title, text, language), (title, text, language)


SMALL = load_topics_text(
    """
    concepts:
      a:
        labels: {en: A}
        terms: {all: [straße, "é*", {word: Ab, case: true}, "*й", a b, "a'b", "№ b", "*a*",
          {word: и, not_before: [ё], not_after: [a]}]}
        except: {all: [s a b]}
        unless: [{byline: true}, {after: s, within: 1}, {before: s, within: 2}]
      s: {helper: true, terms: {all: [s, {word: t, title: true}]}, except: {all: [s s]}}
      c: {labels: {en: C}, include: [a], terms: {en: [t]}, never_with: [x]}
      x: {helper: true, terms: {all: [xx, "漢*"]}, only_with: [s]}
    topics:
      t:
        labels: {en: T}
        description: d
        languages: [en]
        implies: [u]
        rule: {any: [{concept: a, min: 2}, {near: [a, s], within: 2, same_sentence: true}, {concept: a, in: title}]}
      u:
        labels: {en: U}
        description: d
        languages: [en]
        rule:
          any:
          - {all: [c], none: [{near: [s, a], within: 1, ordered: true}]}
          - {weights: [{rule: c, weight: 1}, {rule: {near: [s, c, a], within: 3}, weight: 2}], threshold: 2, in: lead}
    """
)
awkward = st.text(
    alphabet=st.sampled_from("sSßẞтtraeéÉ\u0301abAB Ии\u0306йёx漢№-—’(/).:\u00ad\u00a0\ufe0f😀\n\0\t"), max_size=60
)
texts = st.one_of(st.text(), awkward)


@settings(max_examples=500)
@given(texts, texts, st.sampled_from(["en", "und", "es"]))
@example("", "a  b, a \u00a0b, a\t b, a - b", "en")
@example("", "s " + "y" * 50 + " " + "y" * 45 + " éa", "en")
@example("", "s " + "y" * 70 + " " + "y" * 70 + " éa", "en")
def test_any_text_gives_what_the_plain_way_gives(title: str, text: str, language: str) -> None:
    assert plainly(SMALL.match(title, text, language)) == Reference(SMALL).match(title, text, language)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(["a", "s", "t", "xx", "a b", "s a b", "y", "y y y", "é", "s.", "Ab", "a  b"]), min_size=20, max_size=45
    ),
    st.sampled_from([" ", ", ", "-"]),
    st.sampled_from(["en", "und"]),
)
def test_what_lies_before_and_behind_the_lead_gives_what_the_plain_way_gives(
    words: list[str], between: str, language: str
) -> None:
    title, text = " ".join(words[:2]), between.join(words[2:])
    assert plainly(SMALL.match(title, text, language)) == Reference(SMALL).match(title, text, language)


def test_more_letters_than_there_are_codes_are_told_apart_all_the_same() -> None:
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 600)]  # One byte has 256 values.
    terms = ", ".join(f"{one}{other}" for one, other in zip(letters[::2], letters[1::2], strict=True))
    topics = load_topics_text(f"concepts: {{x: {{labels: {{en: X}}, terms: {{all: [{terms}]}}}}}}")
    text = " ".join(f"{one}{other}" for one, other in pairwise(letters))
    assert plainly(topics.match("", text, "en")) == Reference(topics).match("", text, "en")
    assert len(topics.match("", text, "en").mentions) == 300
