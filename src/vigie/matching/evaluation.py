"""Rules over the concepts found in one article: whether they hold, and on what evidence.

What a rule needs to be found is known beforehand, as bits: a part is evaluated only where all of that was found. So a rule that
asks for nothing but concepts, each anywhere or in one part of the article, is decided without looking at any place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from vigie.matching.clauses import ALWAYS, Clauses, both, smallest
from vigie.matching.found import Article, Asked
from vigie.matching.model import Mentioned, Near, Rule, Weighed
from vigie.matching.near import NearRule
from vigie.matching.rule import CompiledRule, Hit, Needs, Part

__all__ = ["compile_rule"]

_MOST_CHOICES = 64


def compile_rule(rule: Rule, numbers: Mapping[str, int], asked: Asked, path: str = "", scope: str = "") -> CompiledRule:
    """A rule over concept ids as one over their numbers.

    Args:
        rule: As it was read.
        numbers: The number of each concept.
        asked: Is told what the rule asks for.
        path: Which part of the topic's rule it is; a `name` in the rule replaces it.
        scope: The part of the article to which the rule around it is restricted.
    """
    path, scope = rule.name or path, rule.scope or scope
    if isinstance(rule, Mentioned):
        concept = numbers[rule.concept]
        return _Mentioned(concept, rule.least, scope, path, asked.bit(concept, scope))
    if isinstance(rule, Near):
        slots = tuple(frozenset(numbers[c] for c in slot) for slot in rule.slots)
        bits = tuple(sum(asked.bit(concept, scope) for concept in slot) for slot in slots)
        return NearRule(slots, rule.within, rule.ordered, rule.sentence, scope, _join(path, "near"), bits)
    if isinstance(rule, Weighed):
        weighed = []
        for index, (weight, inner) in enumerate(rule.rules, 1):
            weighed.append((weight, Part.of(compile_rule(inner, numbers, asked, _join(path, f"weights.{index}"), scope))))
        return _Weighed(tuple(weighed), rule.threshold)
    if rule.kind == "all" and len(rule.rules) == 1:
        return compile_rule(rule.rules[0], numbers, asked, path, scope)

    def inner_path(index: int) -> str:
        # `all` only joins what one mapping says; its parts are told apart by their own names.
        return path if rule.kind == "all" else _join(path, f"{rule.kind}.{index}")

    compiled = [compile_rule(r, numbers, asked, inner_path(i), scope) for i, r in enumerate(rule.rules, 1)]
    if rule.kind == "none":
        return _none_of(compiled)
    if rule.least == len(compiled):
        return _all_of(compiled)
    if rule.least == 1:
        return _any_of(compiled, asked)
    return _AtLeast(tuple(map(Part.of, compiled)), rule.least)


def _join(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


@dataclass(frozen=True, slots=True)
class _Mentioned(CompiledRule):
    concept: int
    least: int
    scope: str
    path: str
    bit: int

    def evaluate(self, article: Article) -> list[Hit] | None:
        found = article.of(self.concept, self.scope)
        if len(found) < self.least:
            return None
        return [((start, end, self.concept), self.path) for start, end in found]

    def negations(self) -> int:
        return 0

    def needs(self) -> Needs:
        return (self.bit,)

    def clauses(self) -> Clauses:
        return frozenset([frozenset([self.concept])])


@dataclass(frozen=True, slots=True)
class _None(CompiledRule):
    barred: int  #: bits of concepts that may not be found
    parts: tuple[Part, ...]  #: whatever else may not hold

    def evaluate(self, article: Article) -> list[Hit] | None:
        if self.barred & article.found:
            return None
        for part in self.parts:
            if part.evaluate(article) is not None:
                return None
        return []

    def negations(self) -> int:
        return 1 + max((part.rule.negations() for part in self.parts), default=0)

    def needs(self) -> Needs:
        return ()

    def clauses(self) -> Clauses:
        return ALWAYS


def _none_of(parts: Sequence[CompiledRule]) -> _None:
    barred, others = 0, []
    for part in parts:
        if isinstance(part, _Mentioned) and part.least == 1:
            barred |= part.bit
        else:
            others.append(Part.of(part))
    return _None(barred, tuple(others))


@dataclass(frozen=True, slots=True)
class _All(CompiledRule):
    barred: int  #: bits of concepts that may not be found
    parts: tuple[CompiledRule, ...]

    def evaluate(self, article: Article) -> list[Hit] | None:
        if self.barred & article.found:
            return None
        hits: list[Hit] = []
        for rule in self.parts:
            found = rule.evaluate(article)
            if found is None:
                return None
            hits += found
        return hits

    def negations(self) -> int:
        return max([1 if self.barred else 0, *(rule.negations() for rule in self.parts)])

    def needs(self) -> Needs:
        return tuple(dict.fromkeys(bits for rule in self.parts for bits in rule.needs()))

    def clauses(self) -> Clauses:
        return both([rule.clauses() for rule in self.parts])


def _all_of(rules: Sequence[CompiledRule]) -> _All:
    """What must be absent is soon seen, and is no evidence: it may come first."""
    barred, absences, others = 0, list[CompiledRule](), list[CompiledRule]()
    for rule in rules:
        if isinstance(rule, _None):
            barred |= rule.barred
            if rule.parts:
                absences.append(_None(0, rule.parts))
        else:
            others.append(rule)
    return _All(barred, (*absences, *others))


@dataclass(frozen=True, slots=True)
class _Any(CompiledRule):
    parts: tuple[Part, ...]
    by_concept: Mapping[int, tuple[int, ...]]  #: of each concept the parts to look at where it is found
    concepts: frozenset[int]  #: all these
    always: tuple[int, ...]  #: parts that may hold where nothing is found

    def evaluate(self, article: Article) -> list[Hit] | None:
        numbers = set(self.always)
        for concept in article.concepts & self.concepts:
            numbers.update(self.by_concept[concept])
        hits: list[Hit] = []
        holds = False
        for number in sorted(numbers):
            needs, rule = self.parts[number]
            for bits in needs:  # As Part.evaluate has it: written out, since no other part of a rule is asked so often.
                if not bits & article.found:
                    break
            else:
                found = rule.evaluate(article)
                if found is not None:
                    holds = True
                    hits += found
        return hits if holds else None

    def negations(self) -> int:
        return max(part.rule.negations() for part in self.parts)

    def needs(self) -> Needs:
        return _one_of([part.needs for part in self.parts])

    def clauses(self) -> Clauses:
        return smallest(frozenset().union(*(part.rule.clauses() for part in self.parts)))


def _any_of(rules: Sequence[CompiledRule], asked: Asked) -> _Any:
    parts = tuple(map(Part.of, rules))
    filed: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        if part.needs:
            for concept in asked.concepts(_rarest(part.needs)):
                filed.setdefault(concept, []).append(number)
    by_concept = {concept: tuple(numbers) for concept, numbers in filed.items()}
    return _Any(parts, by_concept, frozenset(by_concept), tuple(number for number, part in enumerate(parts) if not part.needs))


@dataclass(frozen=True, slots=True)
class _AtLeast(CompiledRule):
    parts: tuple[Part, ...]
    least: int

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        spare = len(self.parts) - self.least
        for part in self.parts:
            found = part.evaluate(article)
            if found is not None:
                hits += found
            elif spare == 0:
                return None
            else:
                spare -= 1
        return hits

    def negations(self) -> int:
        return max(part.rule.negations() for part in self.parts)

    def needs(self) -> Needs:
        return _one_of([part.needs for part in self.parts])

    def clauses(self) -> Clauses:
        every = [part.rule.clauses() for part in self.parts]
        if comb(len(every), self.least) <= _MOST_CHOICES:
            return smallest(frozenset().union(*(both(chosen) for chosen in combinations(every, self.least))))
        # At least one of any len - least + 1 of them holds: a condition weaker than the rule, and short.
        return smallest(frozenset().union(*every[: len(every) - self.least + 1]))


@dataclass(frozen=True, slots=True)
class _Weighed(CompiledRule):
    parts: tuple[tuple[float, Part], ...]
    threshold: float

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        total = 0.0
        for weight, part in self.parts:
            found = part.evaluate(article)
            if found is not None:
                total += weight
                hits += found
        return hits if total >= self.threshold else None

    def negations(self) -> int:
        return max(part.rule.negations() + (weight < 0) for weight, part in self.parts)

    def needs(self) -> Needs:
        return _one_of([part.needs for weight, part in self.parts if weight > 0])

    def clauses(self) -> Clauses:
        # A negative weight only makes it harder: without those, what is needed is less than enough at the most.
        positive = [(weight, part.rule.clauses()) for weight, part in self.parts if weight > 0]
        if 2 ** len(positive) > _MOST_CHOICES:
            return smallest(frozenset().union(*(clauses for _, clauses in positive)))
        enough: Clauses = frozenset()
        for size in range(1, len(positive) + 1):
            for chosen in combinations(positive, size):
                if sum(weight for weight, _ in chosen) >= self.threshold:
                    enough |= both([clauses for _, clauses in chosen])
        return smallest(enough)


def _rarest(needs: Needs) -> int:
    return min(needs, key=int.bit_count)


def _one_of(every: Sequence[Needs]) -> Needs:
    """What is needed where one of several rules has to hold: of each the narrowest thing alone is asked for."""
    together = 0
    for needs in every:
        if not needs:
            return ()
        together |= _rarest(needs)
    return (together,)
