"""Why a text is on a topic, or is not: each part of each rule, what it held on or failed on, and what exceptions took away.

A slow second way beside the engine that needs nothing of its inside: every concept and near-rule that a topic asks for is made
a topic of its own and the engine is asked for all of them, so what is explained is what the engine does. What an exception
takes away is found by leaving it out.

Example:
    >>> explained = Explainer(load_topics()).explain("", "Sputnik V reached Paris.", "en")
    >>> [topic.outcome for topic in explained.topics if topic.topic_id == "state-media-disinformation"]
    ['does not fire']
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.matching.exceptions import Lost, LostFinder
from vigie.matching.lint import concepts_of
from vigie.matching.model import Declared, Group, Mentioned, Near, Rule, Topic, Weighed
from vigie.matching.nearness import why_not_near
from vigie.matching.topic_set import UNDETERMINED, FoundConcept, FoundTopic, MatchResult, TopicSet
from vigie.schemas import Evidence

__all__ = ["Explained", "ExplainedTopic", "Explainer", "Step"]

#: Words of the text that an explanation quotes at a time.
_MOST = 4
_FIRES, _NOT, _LANGUAGE, _IMPLIED = "fires", "does not fire", "is not evaluated", "is implied"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a rule and what became of it.

    Attributes:
        kind: `all`, `any`, `none`, `at_least`, `weights`; of a part without parts `concept` or `near`.
        rule: What it asks for, in words.
        held: Whether it holds.
        why: What it held on, or what it failed on.
        touched: Whether any concept that it names is found at all.
        steps: Its own parts.
    """

    kind: str
    rule: str
    held: bool
    why: str = ""
    touched: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedTopic:
    """A topic and how its rule fared.

    Attributes:
        topic_id: The topic.
        outcome: `fires`, `does not fire`, `is implied`, `is not evaluated`.
        why: By which topic it is implied, or in which languages alone it is evaluated.
        step: Its whole rule.
    """

    topic_id: str
    outcome: str
    why: str
    step: Step


@dataclass(frozen=True, slots=True)
class Explained:
    """All that is found in a text, and all that is not and why."""

    title: str
    text: str
    language: str
    result: MatchResult
    topics: tuple[ExplainedTopic, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A rule with the scope of the rules around it, and the topic that stands for it where it is a leaf."""

    rule: Rule
    scope: str
    leaf: str = ""
    parts: tuple[_Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What the engine finds in one text."""

    title: str
    text: str
    language: str
    concepts: Mapping[str, Sequence[FoundConcept]]
    leaves: Mapping[str, FoundTopic]
    lost: Mapping[str, Sequence[Lost]]

    def quoted(self, places: Sequence[FoundConcept | Evidence]) -> str:
        """What stands at some places, each once and the first few alone."""
        fields = {"title": self.title, "text": self.text}
        words = list(dict.fromkeys(" ".join(fields[p.field][p.start : p.end].split()) for p in places))
        more = f" and {len(words) - _MOST} more" if len(words) > _MOST else ""
        return ", ".join(f"“{word}”" for word in words[:_MOST]) + more

    def of(self, concept: str, scope: str) -> list[FoundConcept]:
        found = self.concepts.get(concept, ())
        if scope == "lead":
            return [place for place in found if place.lead]
        return [place for place in found if not scope or place.field == scope]


class Explainer:
    """Explains texts by one set of topics.

    Args:
        topics: The topics.
    """

    def __init__(self, topics: TopicSet) -> None:
        """Compile the set again with every part of its rules as a topic."""
        self._topics = topics
        self._lost = LostFinder(topics)
        self._leaves: dict[str, Topic] = {}
        self._rules = {identifier: self._part(topic.rule, "") for identifier, topic in sorted(topics.topics.items())}
        shown = {i: dataclasses.replace(concept, helper=False) for i, concept in topics.concepts.items()}
        self._parts = TopicSet(Declared(shown, self._leaves, topics.forms), {})

    def explain(self, title: str, text: str, language: str) -> Explained:
        """Explain one text.

        Args:
            title: Plain text.
            text: Plain text.
            language: ISO 639-1 code, or `und`.
        """
        parts = self._parts.match(title, text, language)
        concepts: dict[str, list[FoundConcept]] = {}
        for mention in parts.mentions:
            concepts.setdefault(mention.concept, []).append(mention)
        lost: dict[str, list[Lost]] = {}
        for each in self._lost.find(parts.mentions, title, text, language):
            lost.setdefault(each.concept, []).append(each)
        found = _Found(title, text, language, concepts, {m.topic_id: m for m in parts.matches}, lost)
        result = self._topics.match(title, text, language)
        topics = tuple(self._topic(identifier, part, found, result) for identifier, part in self._rules.items())
        return Explained(title, text, language, result, topics, tuple(each for some in lost.values() for each in some))

    def _part(self, rule: Rule, scope: str) -> _Part:
        scope = rule.scope or scope
        if isinstance(rule, Mentioned | Near):
            leaf = f"leaf-{len(self._leaves)}"
            asked = Group("all", (rule,), 1, scope=scope)
            self._leaves[leaf] = Topic(leaf, {}, "", self._topics.languages, asked)
            return _Part(rule, scope, leaf)
        inner = rule.rules if isinstance(rule, Group) else tuple(r for _, r in rule.rules)
        return _Part(rule, scope, parts=tuple(self._part(each, scope) for each in inner))

    def _topic(self, identifier: str, part: _Part, found: _Found, result: MatchResult) -> ExplainedTopic:
        topic = self._topics.topics[identifier]
        step = self._step(part, found)
        if found.language not in (*topic.languages, UNDETERMINED):
            why = f"in texts in {found.language}; it has terms in {', '.join(topic.languages)}"
            return ExplainedTopic(identifier, _LANGUAGE, why, step)
        fired = {match.topic_id: match for match in result.matches}
        if identifier not in fired:
            return ExplainedTopic(identifier, _NOT, "", step)
        if step.held:
            match = fired[identifier]
            where = "title and first 25 words alone suffice" if match.lead else "title and first 25 words alone do not suffice"
            return ExplainedTopic(identifier, _FIRES, f"strength {match.strength:g}; {where}", step)
        implying = sorted(other.topic_id for other in result.matches if identifier in self._implied(other.topic_id))
        return ExplainedTopic(identifier, _IMPLIED, f"by {', '.join(implying)}", step)

    def _implied(self, identifier: str) -> set[str]:
        implied = set(self._topics.topics[identifier].implies)
        return implied.union(*(self._implied(other) for other in implied))

    def _step(self, part: _Part, found: _Found) -> Step:
        rule = part.rule
        touched = any(found.concepts.get(concept) for concept, _ in concepts_of(rule))
        name = f"{rule.name}: " if rule.name else ""
        where = f" in {rule.scope}" if rule.scope else ""
        if isinstance(rule, Mentioned):
            text, why = self._mentioned(rule, part, found)
            return Step("concept", f"{name}{text}{where}", part.leaf in found.leaves, why, touched)
        if isinstance(rule, Near):
            text, why = self._near(rule, part, found)
            return Step("near", f"{name}{text}{where}", part.leaf in found.leaves, why, touched)
        steps = tuple(self._step(inner, found) for inner in part.parts)
        if isinstance(rule, Weighed):
            total = sum(weight for (weight, _), step in zip(rule.rules, steps, strict=True) if step.held)
            text = f"{name}weights of at least {rule.threshold:g}{where}"
            return Step("weights", text, total >= rule.threshold, f"what holds weighs {total:g}", touched, steps)
        count = sum(step.held for step in steps)
        if rule.kind == "none":
            barred = ", ".join(step.rule for step in steps[:_MOST]) + (", …" if len(steps) > _MOST else "")
            return Step("none", f"{name}none of {barred}{where}", count == 0, "", touched, steps)
        if rule.kind == "all" and len(steps) == 1:
            return dataclasses.replace(steps[0], rule=f"{name}{steps[0].rule}{where}")
        text = {"all": "all of", "any": "any of"}.get(rule.kind, f"at least {rule.least} of")
        why = f"{count} of {len(steps)} hold" if len(steps) > 1 else ""
        return Step(rule.kind, f"{name}{text}{where}", count >= rule.least, why, touched, steps)

    def _mentioned(self, rule: Mentioned, part: _Part, found: _Found) -> tuple[str, str]:
        text = f"`{rule.concept}`" + (f" at least {rule.least} times" if rule.least > 1 else "")
        places = found.of(rule.concept, part.scope)
        if part.leaf in found.leaves:
            return text, found.quoted(places)
        if places:
            return text, f"found {len(places)} of {rule.least} times: {found.quoted(places)}"
        elsewhere = found.concepts.get(rule.concept, ())
        if elsewhere:
            return text, f"not found in the {part.scope}, but elsewhere: {found.quoted(elsewhere)}"
        return text, _missing((rule.concept,), found)

    def _near(self, rule: Near, part: _Part, found: _Found) -> tuple[str, str]:
        slots = " … ".join(_slot(slot) for slot in rule.slots)
        order, sentence = (", in this order" if rule.ordered else ""), (", in one sentence" if rule.sentence else "")
        text = f"{slots} at most {rule.within} words apart{order}{sentence}"
        places = [[place for concept in slot for place in found.of(concept, part.scope)] for slot in rule.slots]
        if part.leaf in found.leaves:
            return text, found.quoted(found.leaves[part.leaf].evidence)
        missing = [slot for slot, some in zip(rule.slots, places, strict=True) if not some]
        if missing:
            return text, "; ".join(_missing(slot, found) for slot in missing)
        why = why_not_near(rule, places, found.title, found.text)
        return text, f"{why}: {' … '.join(found.quoted(some) for some in places)}"


def _slot(concepts: Sequence[str]) -> str:
    shown = " or ".join(f"`{concept}`" for concept in concepts[:3])
    return f"({shown} or {len(concepts) - 3} more)" if len(concepts) > 3 else shown


def _missing(concepts: Sequence[str], found: _Found) -> str:
    taken = [f"“{each.words}” does not count: {each.why}" for concept in concepts for each in found.lost.get(concept, ())]
    text = f"no {_slot(concepts)}"
    return f"{text} ({'; '.join(taken[:3])})" if taken else text
