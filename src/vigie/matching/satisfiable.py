"""Whether there can be an article on which a rule holds, in one language: a search through what its concepts allow.

What is given up makes the answer more often yes, never more often no: that a rule *can* hold is not proved, that it cannot is.
Places are told apart as title, lead and rest alone; how far words stand apart is not looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from vigie.matching.model import ALL, Concept, Mentioned, Near, Rule, Weighed

__all__ = ["Solver"]

_TITLE, _LEAD, _REST = 1, 2, 4
_TEXT = _LEAD | _REST
_ANYWHERE = _TITLE | _TEXT
_AREAS = {"": _ANYWHERE, "title": _TITLE, "text": _TEXT, "lead": _TITLE | _LEAD}
#: Choices of several rules that are looked at one by one; where there are more, the choice is taken to be possible.
_MOST_CHOICES = 64
#: Steps after which a rule is taken to be satisfiable.
_MOST_STEPS = 5_000


@dataclass(frozen=True, slots=True)
class _Found:
    """A concept stands at least so many times in some areas."""

    concept: str
    areas: int
    least: int = 1


@dataclass(frozen=True, slots=True)
class _Absent:
    """A concept stands fewer than so many times in some areas."""

    concept: str
    areas: int
    least: int = 1


@dataclass(frozen=True, slots=True)
class _Choice:
    """All goals of one of several lists are reached."""

    choices: tuple[tuple[_Goal, ...], ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A rule holds in some areas, or does not hold."""

    rule: Rule
    areas: int
    wanted: bool = True


_Goal = _Found | _Absent | _Choice | _Held
_Choices = Sequence[tuple[_Goal, ...]]


class Solver:
    """Tells of rules over some concepts whether they can hold in texts of one language.

    Args:
        concepts: All concepts. Of one that is referred to and is not there nothing is asked.
        language: ISO 639-1 code.
    """

    def __init__(self, concepts: Mapping[str, Concept], language: str) -> None:
        """Note where the concepts' own terms can stand, and what is found with each of them."""
        self._concepts = concepts
        self._own = {identifier: _areas_of(concept, language) for identifier, concept in concepts.items()}
        self._includers: dict[str, list[str]] = defaultdict(list)
        for concept in concepts.values():
            if not (concept.phrases_apart or concept.only_with or concept.never_with or concept.unless):
                for included in concept.include:
                    self._includers[included].append(concept.id)
        self._steps = 0

    def can_hold(self, rule: Rule, scope: str = "") -> bool:
        """Whether a rule can hold within a part of an article."""
        return self._can_reach([_Held(rule, _AREAS[scope])])

    def can_be_found(self, concept: str) -> bool:
        """Whether a concept can be found at all."""
        return self._can_reach([_Found(concept, _ANYWHERE)])

    def _can_reach(self, goals: list[_Goal]) -> bool:
        self._steps = 0
        return self._reach(goals, [], frozenset())

    def _reach(self, goals: list[_Goal], open_choices: list[_Choices], facts: frozenset[_Found | _Absent]) -> bool:
        """Reach goals that leave no choice, then try each way to reach the one that leaves the fewest."""
        open_choices = list(open_choices)
        while goals and self._steps < _MOST_STEPS:
            self._steps += 1
            goal = goals.pop()
            if isinstance(goal, _Found | _Absent):
                if goal in facts:
                    continue
                facts |= {goal}
                if not _agree(goal, facts):
                    return False
                if isinstance(goal, _Found):
                    goals += self._follows(goal)
                continue
            choices = goal.choices if isinstance(goal, _Choice) else _ways(goal)
            if not choices:
                return False
            if len(choices) == 1:
                goals += choices[0]
            else:
                open_choices.append(choices)
        if not open_choices or self._steps >= _MOST_STEPS:
            return True
        fewest = min(open_choices, key=len)
        rest = [choices for choices in open_choices if choices is not fewest]
        return any(self._reach(list(way), rest, facts) for way in fewest)

    def _follows(self, found: _Found) -> list[_Goal]:
        """What must be so as well where a concept stands."""
        if found.concept not in self._concepts:
            return []
        concept, own = self._concepts[found.concept], self._own[found.concept]
        # A longer term may begin in the lead and end behind it.
        areas = found.areas | _TEXT if found.areas & _TEXT else found.areas
        follows: list[_Goal] = [_Found(includer, areas) for includer in self._includers[concept.id]]
        follows += [_Absent(other, _ANYWHERE) for other in concept.never_with]
        if concept.only_with:
            follows.append(_Choice(tuple((_Found(other, _ANYWHERE),) for other in concept.only_with)))
        if found.areas & ~own:  # Its own terms cannot stand everywhere that is asked for.
            ways: list[tuple[_Goal, ...]] = [(_Found(other, found.areas),) for other in concept.include]
            if found.areas & own:
                ways.insert(0, (_Found(concept.id, found.areas & own, found.least),))
            follows.append(_Choice(tuple(ways)))
        return follows


def _areas_of(concept: Concept, language: str) -> int:
    """Where a concept's own terms can stand."""
    spoken = [term for term in concept.terms if language in term.languages or ALL in term.languages]
    return 0 if not spoken else _TITLE if all(term.title for term in spoken) else _ANYWHERE


def _agree(new: _Found | _Absent, facts: frozenset[_Found | _Absent]) -> bool:
    """Whether what is newly asked of a concept goes with what was asked of it before."""
    about = [fact for fact in facts if fact.concept == new.concept]
    absent = [fact for fact in about if isinstance(fact, _Absent)]
    nowhere = 0
    for fact in absent:
        if fact.least == 1:
            nowhere |= fact.areas
    return not any(
        not fact.areas & ~nowhere or any(not fact.areas & ~other.areas and fact.least >= other.least for other in absent)
        for fact in about
        if isinstance(fact, _Found)
    )


def _ways(goal: _Held) -> _Choices:
    """The ways in which a rule can be made to hold, or not to hold."""
    rule = goal.rule
    areas = _AREAS[rule.scope] if rule.scope else goal.areas
    if isinstance(rule, Mentioned):
        return [((_Found if goal.wanted else _Absent)(rule.concept, areas, rule.least),)]
    if isinstance(rule, Near):
        return _ways_of_near(rule, areas) if goal.wanted else [()]  # What is found may still stand too far apart.
    if isinstance(rule, Weighed):
        return _ways_of_weights(rule, areas) if goal.wanted else [()]
    parts = [_Held(inner, areas, goal.wanted) for inner in rule.rules]
    if rule.kind == "none":
        barred = tuple(_Held(inner, areas, not goal.wanted) for inner in rule.rules)
        return [barred] if goal.wanted else [(each,) for each in barred]
    least = rule.least if goal.wanted else max(0, len(parts) - rule.least + 1)
    if least > len(parts):
        return []
    return list(combinations(parts, least)) if comb(len(parts), least) <= _MOST_CHOICES or least == 1 else [()]


def _ways_of_near(rule: Near, areas: int) -> _Choices:
    """All slots are filled in the title, or all in the text."""
    fields = [field & areas for field in (_TITLE, _TEXT) if field & areas]
    return [tuple(_Choice(tuple((_Found(c, field),) for c in slot)) for slot in rule.slots) for field in fields]


def _ways_of_weights(rule: Weighed, areas: int) -> _Choices:
    """The rules that weigh enough together, those of negative weight left aside."""
    weights = [(weight, _Held(inner, areas)) for weight, inner in rule.rules if weight > 0]
    if 2 ** len(weights) > _MOST_CHOICES:
        return [()]
    chosen = (some for size in range(1, len(weights) + 1) for some in combinations(weights, size))
    return [tuple(held for _, held in some) for some in chosen if sum(weight for weight, _ in some) >= rule.threshold]
