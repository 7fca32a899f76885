"""What is wrong with declared topics beyond their spelling: what could never be found, never hold, or always would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vigie.matching.inflection import fault_of
from vigie.matching.model import ALL, Concept, Declared, Group, Mentioned, Near, Rule, Term, Topic, Weighed
from vigie.matching.normalise import fold
from vigie.matching.occurrences import ordered_concepts
from vigie.matching.places import Place, Problems, closest
from vigie.matching.terms import folded_forms, open_sides

__all__ = ["check", "concepts_of", "languages_of"]

_Forms = Mapping[str, Mapping[str, Sequence[str]]]


def check(declared: Declared, problems: Problems) -> None:
    """Note every fault of a set of concepts and topics.

    Args:
        declared: What the files declare.
        problems: Where faults are noted.
    """
    for concept in declared.concepts.values():
        _check_references(concept, declared, problems)
        _check_terms(concept, declared.forms, problems)
    for circle in ordered_concepts(declared.concepts)[1]:
        problems.add(declared.concepts[circle[0]].place, f"refers to itself by {' → '.join(circle)}: take one step out")
    for topic in declared.topics.values():
        _check_topic(topic, declared, problems)


def concepts_of(rule: Rule) -> Iterator[tuple[str, Place]]:
    """Every concept that a rule names, with the place where it does."""
    if isinstance(rule, Mentioned):
        yield rule.concept, rule.place
    elif isinstance(rule, Near):
        for slot in rule.slots:
            for concept in slot:
                yield concept, rule.place
    else:
        for inner in rule.rules if isinstance(rule, Group) else (r for _, r in rule.rules):
            yield from concepts_of(inner)


def languages_of(identifier: str, concepts: Mapping[str, Concept], seen: frozenset[str] = frozenset()) -> set[str]:
    """The languages in which a concept can be found or needs no term; `all` among them where it has terms for every one."""
    if identifier not in concepts or identifier in seen:
        return {ALL}  # Unknown concepts and circles are reported as such.
    concept = concepts[identifier]
    found = set(concept.no_terms)
    for term in concept.terms:
        found.update(term.languages)
    for included in concept.include:
        found |= languages_of(included, concepts, seen | {identifier})
    return found


# Concepts.


def _check_references(concept: Concept, declared: Declared, problems: Problems) -> None:
    if "en" not in concept.labels and not concept.helper:
        problems.add(
            concept.place, "has no English label: give `labels: {en: …}`, or `helper: true` where it only serves rules"
        )
    for reference in concept.references():
        if reference not in declared.concepts:
            problems.add(concept.place, _unknown(reference, declared.concepts))
    for guard in concept.unless:
        if guard.kind != "byline" and not guard.concepts:
            problems.add(guard.place, f"`{guard.kind}` names no concept")


def _unknown(concept: str, known: Mapping[str, Concept]) -> str:
    return f"there is no concept `{concept}`{closest(concept, known)}"


def _check_terms(concept: Concept, forms: _Forms, problems: Problems) -> None:
    for term in (*concept.terms, *concept.phrases_apart):
        fault = fault_of(term) or _fault_of_exceptions(term)
        if fault:
            problems.add(term.place, f"`{term.text}` can never match: {fault}")
    _check_repeated(concept, forms, problems)
    for phrase in concept.phrases_apart:
        inside = [f for term in concept.terms if _shares_language(term, phrase) for f in folded_forms(term, forms)]
        mine = folded_forms(phrase, forms)
        if inside and mine and not any(form in whole for form in inside for whole in mine):
            problems.add(phrase.place, f"`{phrase.text}` contains no term of `{concept.id}`: it can never apply")
        for term in concept.terms:
            if not term.case and _covers(phrase, term) and set(folded_forms(term, forms)) <= set(mine):
                problems.add(
                    term.place, f"`{term.text}` can never match: line {phrase.place.line} takes it out as an exception"
                )


def _fault_of_exceptions(term: Term) -> str:
    """Why a term is kept from matching by what may not stand beside it; empty where it is not."""
    for key, texts in (("not_before", term.not_before), ("not_after", term.not_after)):
        for text in texts:
            if not fold(text.strip("*")).strip():
                return f"`{text}` under `{key}` is no word, and would stand beside every one: name words"
    return ""


def _shares_language(one: Term, other: Term) -> bool:
    return ALL in (*one.languages, *other.languages) or bool(set(one.languages) & set(other.languages))


def _covers(wide: Term, narrow: Term) -> bool:
    return ALL in wide.languages or set(narrow.languages) <= set(wide.languages)


def _check_repeated(concept: Concept, forms: _Forms, problems: Problems) -> None:
    """Note terms that are written twice, as far as comparison goes: case, accents typed otherwise and hyphens do not count."""
    firsts: dict[tuple[str, bool, bool], Term] = {}
    for term in concept.terms:
        left, right, core = open_sides(term.text)
        if term.case or term.title or term.not_before or term.not_after:
            continue
        for form in folded_forms(term, forms):
            first = firsts.setdefault((form, left, right), term)
            if first is not term and _covers(first, term) and form == fold(core).strip():
                problems.add(term.place, f"`{term.text}` is already found by `{first.text}` in line {first.place.line}")


# Topics.


def _check_topic(topic: Topic, declared: Declared, problems: Problems) -> None:
    if "en" not in topic.labels:
        problems.add(topic.place, "has no English label: give `labels: {en: …}`")
    if not topic.languages:
        problems.add(topic.place, "names no languages: say those for which its concepts have terms")
    for concept, place in concepts_of(topic.rule):
        if not concept:
            continue  # What stands there could not be read, which is noted.
        if concept not in declared.concepts:
            problems.add(place, _unknown(concept, declared.concepts))
            continue
        known = languages_of(concept, declared.concepts)
        missing = [] if ALL in known else [language for language in topic.languages if language not in known]
        if missing:
            problems.add(
                declared.concepts[concept].place,
                f"has no terms in {', '.join(missing)}, which topic `{topic.id}` claims: add terms, or `{missing[0]}: []` "
                "where the language needs none",
            )
    _check_rule(topic.rule, "", problems)
    for implied in topic.implies:
        if implied not in declared.topics:
            problems.add(topic.place, f"implies `{implied}`, and there is no such topic{closest(implied, declared.topics)}")
            continue
        lacking = [language for language in topic.languages if language not in declared.topics[implied].languages]
        if lacking:
            problems.add(topic.place, f"implies `{implied}`, which does not claim {', '.join(lacking)}: let it claim them too")
    if topic.id in _implied(topic.id, declared.topics):
        problems.add(topic.place, "implies itself, by way of others: take one step out")


def _implied(topic: str, topics: Mapping[str, Topic]) -> set[str]:
    """All topics that a topic implies, through others too."""
    found: set[str] = set()
    waiting = [topic]
    while waiting:
        current = topics.get(waiting.pop())
        for implied in current.implies if current else ():
            if implied not in found:
                found.add(implied)
                waiting.append(implied)
    return found


def _check_rule(rule: Rule, scope: str, problems: Problems) -> None:
    if scope and rule.scope and rule.scope != scope:
        problems.add(rule.place, f"says `in: {rule.scope}` within a rule that says `in: {scope}`: keep one")
    scope = rule.scope or scope
    if isinstance(rule, Weighed):
        best = sum(weight for weight, _ in rule.rules if weight > 0)
        if rule.threshold > best:
            problems.add(rule.place, f"can never hold: the weights add up to {best:g}, the threshold is {rule.threshold:g}")
        if rule.threshold <= 0:
            problems.add(rule.place, "always holds: the threshold must be above 0")
        for _, inner in rule.rules:
            _check_rule(inner, scope, problems)
    elif isinstance(rule, Group):
        _check_group(rule, problems)
        for inner in rule.rules:
            _check_rule(inner, scope, problems)


def _check_group(group: Group, problems: Problems) -> None:
    if group.least > len(group.rules):
        problems.add(group.place, f"can never hold: at least {group.least} of {len(group.rules)} rules")
    if group.kind == "any":
        enough = {single: rule for rule in group.rules if (single := _single(rule))}
        for rule in group.rules:
            for concept in _needed(rule):
                other = enough.get(concept, rule)
                if other is not rule:
                    problems.add(rule.place, f"is never decisive: `{concept}` alone is enough, in line {other.place.line}")


def _single(rule: Rule) -> str:
    """The concept that alone makes a rule hold, wherever it stands; empty where there is none."""
    if isinstance(rule, Group) and len(rule.rules) == 1 and rule.kind != "none" and not rule.scope:
        return _single(rule.rules[0])
    return rule.concept if isinstance(rule, Mentioned) and rule.least == 1 and not rule.scope else ""


def _needed(rule: Rule) -> set[str]:
    """Concepts without which a rule cannot hold."""
    if isinstance(rule, Mentioned):
        return {rule.concept}
    if isinstance(rule, Near):
        return {slot[0] for slot in rule.slots if len(slot) == 1}
    if isinstance(rule, Group) and rule.kind == "all":
        return {concept for inner in rule.rules for concept in _needed(inner)}
    return set()
