"""Topic files as text → what they declare; every fault noted with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from vigie.matching.model import ALL, Concept, Declared, Group, Guard, Mentioned, Near, Rule, Term, Topic, Weighed
from vigie.matching.places import Place, Problems, Reader

__all__ = ["read_files"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CONCEPT_KEYS = ("labels", "terms", "except", "include", "only_with", "never_with", "unless", "helper")
_TERM_KEYS = ("word", "inflect", "case", "title", "not_before", "not_after")
_GUARD_KEYS = ("after", "before", "byline", "within")
_TOPIC_KEYS = ("labels", "description", "source", "languages", "rule", "implies")
_RULE_OPTIONS = ("in", "name")
_RULE_KEYS = ("any", "all", "none", "at_least", "of", "near", "within", "ordered", "same_sentence")
_MORE_RULE_KEYS = ("concept", "min", "weights", "threshold", *_RULE_OPTIONS)
_SCOPES = ("title", "text", "lead")


def read_files(files: Iterable[tuple[str, str]], problems: Problems) -> tuple[Declared, dict[str, Any]]:
    """Read topic files.

    Args:
        files: Name and text of each.
        problems: Where faults are noted.

    Returns:
        What they declare, and the same as plain data, all files together: independent of comments, layout and file names.
    """
    concepts: dict[str, Concept] = {}
    topics: dict[str, Topic] = {}
    forms: dict[str, dict[str, tuple[str, ...]]] = {}
    plain: dict[str, Any] = {"concepts": {}, "topics": {}, "forms": {}}
    for name, text in files:
        root = Reader.of_text(text, name, problems)
        if root is None:
            continue
        sections = root.fields(("concepts", "topics", "forms"))
        for key, reader in sections.items():
            declared: dict[str, Any] = concepts if key == "concepts" else topics
            for identifier, value in reader.entries():
                if key == "forms":
                    _read_forms(identifier, value, forms, plain["forms"])
                    continue
                if not _ID.fullmatch(identifier):
                    value.problem("an id is of small letters, digits and hyphens, as `emmanuel-macron`")
                if identifier in declared:
                    value.problem(f"`{identifier}` is already defined at {declared[identifier].place}: rename or remove one")
                    continue
                read: Any = _read_concept if key == "concepts" else _read_topic
                declared[identifier] = read(identifier, value)
                plain[key][identifier] = value.plain()
    return Declared(concepts, topics, forms), plain


def _read_forms(
    language: str, reader: Reader, forms: dict[str, dict[str, tuple[str, ...]]], plain: dict[str, dict[str, Any]]
) -> None:
    for phrase, value in reader.entries():
        if phrase in forms.get(language, {}):
            value.problem("its forms are already given in another file: remove them here or there")
            continue
        written = value.text()
        forms.setdefault(language, {})[phrase] = tuple(form.strip() for form in written.split(",") if form.strip())
        plain.setdefault(language, {})[phrase] = written


def _labels(reader: Reader | None) -> Mapping[str, str]:
    if reader is None:
        return {}
    return {language: value.text() for language, value in reader.entries() if _is_language(language, value)}


def _is_language(language: str, reader: Reader) -> bool:
    if _LANGUAGE.fullmatch(language):
        return True
    reader.problem("here belongs a language code of two letters, as `fr`, or `all` for terms of every language")
    return False


def _names(reader: Reader | None) -> tuple[str, ...]:
    if reader is not None and reader.is_empty:
        reader.problem("says nothing: name what belongs here, or leave it out")
    return tuple(name for name in reader.texts() if name) if reader else ()


# Concepts.


def _read_concept(identifier: str, reader: Reader) -> Concept:
    fields = reader.fields(_CONCEPT_KEYS)
    terms, empty = _terms_by_language(fields.get("terms"))
    apart, _ = _terms_by_language(fields.get("except"))
    if not terms and "include" not in fields:
        reader.problem("has neither `terms` nor `include`: it could never be found")
    return Concept(
        id=identifier,
        labels=_labels(fields.get("labels")),
        place=reader.place,
        terms=tuple(terms),
        phrases_apart=tuple(apart),
        include=_names(fields.get("include")),
        only_with=_names(fields.get("only_with")),
        never_with=_names(fields.get("never_with")),
        unless=tuple(_read_guard(item) for item in fields["unless"].items()) if "unless" in fields else (),
        helper="helper" in fields and fields["helper"].flag(),
        no_terms=tuple(empty),
    )


def _terms_by_language(reader: Reader | None) -> tuple[list[Term], list[str]]:
    terms: list[Term] = []
    empty: list[str] = []
    for key, value in reader.entries() if reader else ():
        languages = tuple(part.strip() for part in key.split(","))
        if not all([part == ALL or _is_language(part, value) for part in languages]):
            continue
        if value.is_empty:
            value.problem("says nothing: list its terms, or write `[]` where the language needs none")
        items = value.items()
        if not items:
            empty.extend(languages)
        terms.extend(term for item in items if (term := _read_term(item, languages)) is not None)
    return terms, empty


def _read_term(reader: Reader, languages: tuple[str, ...]) -> Term | None:
    if reader.is_text:
        text = reader.text()
        return None if reader.is_empty else Term(text, languages, reader.place)
    fields = reader.fields(_TERM_KEYS)
    if ("word" in fields) == ("inflect" in fields):
        reader.problem("a term has either `word` (as it stands) or `inflect` (in all its case forms)")
        return None
    written = fields["word" if "word" in fields else "inflect"]
    text = written.text()
    return (
        None
        if written.is_empty
        else Term(
            text=text,
            languages=languages,
            place=reader.place,
            inflect="inflect" in fields,
            case="case" in fields and fields["case"].flag(),
            title="title" in fields and fields["title"].flag(),
            not_before=_names(fields.get("not_before")),
            not_after=_names(fields.get("not_after")),
        )
    )


def _read_guard(reader: Reader) -> Guard:
    fields = reader.fields(_GUARD_KEYS)
    kinds = [kind for kind in ("after", "before", "byline") if kind in fields]
    if len(kinds) != 1:
        reader.problem("says one of `after: CONCEPT`, `before: CONCEPT` or `byline: true`")
        return Guard("byline", (), 0, reader.place)
    kind = kinds[0]
    if kind == "byline" and not fields[kind].flag():
        fields[kind].problem("`byline` is `true`, or is left out")
    concepts = () if kind == "byline" else _names(fields[kind])
    return Guard(kind, concepts, fields["within"].number() if "within" in fields else 0, reader.place)


# Topics and rules.


def _read_topic(identifier: str, reader: Reader) -> Topic:
    fields = reader.fields(_TOPIC_KEYS, required=("labels", "description", "languages", "rule"))
    languages = _names(fields.get("languages"))
    for language in languages:
        _is_language(language, fields["languages"])
    return Topic(
        id=identifier,
        labels=_labels(fields.get("labels")),
        description=" ".join(fields["description"].text().split()) if "description" in fields else "",
        languages=languages,
        rule=_read_rule(fields["rule"]) if "rule" in fields else _no_rule(reader.place),
        place=reader.place,
        source=" ".join(fields["source"].text().split()) if "source" in fields else "",
        implies=_names(fields.get("implies")),
    )


def _no_rule(place: Place) -> Rule:
    """What stands for a rule that cannot be read, which is noted where it was tried: it names no concept."""
    return Mentioned(concept="", place=place)


def _read_rule(reader: Reader) -> Rule:
    if reader.is_empty:
        reader.problem("says nothing: write a concept's id, or a rule as `{any: [a, b]}`")
        return _no_rule(reader.place)
    if reader.is_text:
        return Mentioned(reader.text(), place=reader.place)
    fields = reader.fields((*_RULE_KEYS, *_MORE_RULE_KEYS))
    scope = fields["in"].text() if "in" in fields else ""
    if scope and scope not in _SCOPES:
        fields["in"].problem(f"`{scope}` is no part of an article; known are {', '.join(_SCOPES)}")
    name = fields["name"].text() if "name" in fields else ""
    rules: list[Rule] = [
        *(_read_group(kind, fields) for kind in ("all", "any", "at_least", "none") if kind in fields),
        *([_read_near(fields)] if "near" in fields else []),
        *([_read_weighed(fields)] if "weights" in fields else []),
        *([_read_mentioned(fields)] if "concept" in fields else []),
    ]
    for key, needs in (("of", "at_least"), ("within", "near"), ("ordered", "near"), ("same_sentence", "near")):
        if key in fields and needs not in fields:
            fields[key].problem(f"belongs beside `{needs}`, which is missing")
    for key, needs in (("min", "concept"), ("threshold", "weights")):
        if key in fields and needs not in fields:
            fields[key].problem(f"belongs beside `{needs}`, which is missing")
    if not rules:
        reader.problem("no rule: say a concept's id, or one of any, all, none, at_least, near, weights, concept")
        return _no_rule(reader.place)
    return Group("all", tuple(rules), len(rules), scope, name, reader.place)


def _read_group(kind: str, fields: Mapping[str, Reader]) -> Group:
    reader = fields[kind]
    if kind == "at_least":
        least = reader.number(least=1)
        rules = tuple(_read_rule(item) for item in fields["of"].items()) if "of" in fields else ()
    else:
        rules = tuple(_read_rule(item) for item in reader.items())
        least = len(rules) if kind == "all" else 1
    if not rules:
        reader.problem("names no rules" if kind != "at_least" else "needs a list of rules under `of`")
    return Group(kind, rules, least, place=reader.place)


def _read_near(fields: Mapping[str, Reader]) -> Near:
    reader = fields["near"]
    items = reader.items()
    slots = tuple(map(_names, items))
    if len(slots) < 2:
        reader.problem("needs at least two concepts, as `near: [france, russia]`")
    if any(not slot and not (item.is_mapping or item.is_text) for slot, item in zip(slots, items, strict=True)):
        reader.problem("has an empty list in it: name the concepts of which any may stand there, as `[france, paris]`")
    if "within" not in fields:
        reader.problem("needs `within`: how many words may stand between")
    return Near(
        slots=slots,
        within=fields["within"].number() if "within" in fields else 0,
        ordered="ordered" in fields and fields["ordered"].flag(),
        sentence="same_sentence" in fields and fields["same_sentence"].flag(),
        place=reader.place,
    )


def _read_weighed(fields: Mapping[str, Reader]) -> Weighed:
    reader = fields["weights"]
    rules = []
    for item in reader.items():
        parts = item.fields(("weight", "rule"), required=("weight", "rule"))
        if len(parts) == 2:
            rules.append((parts["weight"].decimal(), _read_rule(parts["rule"])))
    if "threshold" not in fields:
        reader.problem("needs `threshold`: the sum of weights from which on it holds")
    return Weighed(tuple(rules), fields["threshold"].decimal() if "threshold" in fields else 0.0, place=reader.place)


def _read_mentioned(fields: Mapping[str, Reader]) -> Mentioned:
    least = fields["min"].number(least=1) if "min" in fields else 1
    return Mentioned(fields["concept"].text(), least, place=fields["concept"].place)
