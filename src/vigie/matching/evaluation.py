"""Rules over the concepts found in one article: whether they hold, and on what evidence.

What a rule needs to be found is known beforehand, as bits: a part is evaluated only where all of that was found. So a rule that
asks for nothing but concepts, each anywhere or in one part of the article, is decided without looking at any place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import NamedTuple

from vigie.matching.clauses import ALWAYS, Clauses, both, smallest
from vigie.matching.coding import Compared
from vigie.matching.found import Article, Asked
from vigie.matching.model import Mentioned, Near, Rule, Weighed
from vigie.matching.occurrences import same_sentence
from vigie.matching.terms import Span

__all__ = ["CompiledRule", "Hit", "Part", "compile_rule"]

#: Bits, of each number of which a rule needs at least one to be found: the quick look before it is evaluated.
Needs = tuple[int, ...]
_MOST_CHOICES = 64
_LETTERS = 40  # What stands farther apart than so many for each word is not near, without counting words.

Hit = tuple[int, int, int, str]  #: place in the folded text, concept, part of the rule
_Filled = tuple[int, int, int, int]  #: place, slot, concept


class CompiledRule(ABC):
    """A rule ready to be evaluated."""

    @abstractmethod
    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds, empty where it holds on an absence; None where it does not hold.

        It is asked only of an article in which there is what the rule :meth:`needs`.
        """

    @abstractmethod
    def negations(self) -> int:
        """How many absences stand within each other, at the most.

        With one or none, a rule holds on an article's beginning if what it held on lies there: nothing is present there that
        is not in the whole.
        """

    @abstractmethod
    def needs(self) -> Needs:
        """What must be found at the least for the rule to hold; nothing where it may hold on an absence."""

    @abstractmethod
    def clauses(self) -> Clauses:
        """Sets of concepts of which one must be found whole for the rule to hold: a necessary condition, no more."""


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
        return _Near(
            slots, rule.within, rule.ordered, rule.sentence, scope, _join(path, "near"), bits, _LETTERS * (rule.within + 1)
        )
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
        # What must be absent is soon seen, and is no evidence: it may come first.
        return _All(tuple(sorted(compiled, key=lambda part: not isinstance(part, _None))))
    if rule.least == 1:
        return _any_of(compiled, asked)
    return _AtLeast(tuple(map(Part.of, compiled)), rule.least)


class Part(NamedTuple):
    """A rule, and what has to be found for it to be worth a look."""

    needs: Needs
    rule: CompiledRule

    @classmethod
    def of(cls, rule: CompiledRule) -> Part:
        """A rule with what it needs."""
        return cls(rule.needs(), rule)

    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds in any article; None where it does not hold."""
        for bits in self.needs:
            if not bits & article.found:
                return None
        return self.rule.evaluate(article)


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
        return [(start, end, self.concept, self.path) for start, end in found]

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
    parts: tuple[CompiledRule, ...]

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        for rule in self.parts:
            found = rule.evaluate(article)
            if found is None:
                return None
            hits += found
        return hits

    def negations(self) -> int:
        return max(rule.negations() for rule in self.parts)

    def needs(self) -> Needs:
        return tuple(dict.fromkeys(bits for rule in self.parts for bits in rule.needs()))

    def clauses(self) -> Clauses:
        return both([rule.clauses() for rule in self.parts])


@dataclass(frozen=True, slots=True)
class _Any(CompiledRule):
    parts: tuple[Part, ...]
    by_concept: Mapping[int, tuple[int, ...]]  #: of each concept the parts to look at where it is found
    always: tuple[int, ...]  #: parts that may hold where nothing is found

    def evaluate(self, article: Article) -> list[Hit] | None:
        numbers = set(self.always)
        for concept in article.concepts:
            if concept in self.by_concept:
                numbers.update(self.by_concept[concept])
        hits: list[Hit] = []
        holds = False
        for number in sorted(numbers):
            found = self.parts[number].evaluate(article)
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
    return _Any(parts, by_concept, tuple(number for number, part in enumerate(parts) if not part.needs))


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


@dataclass(frozen=True, slots=True)
class _Near(CompiledRule):
    slots: tuple[frozenset[int], ...]
    within: int
    ordered: bool
    sentence: bool
    scope: str
    path: str
    bits: Needs
    reach: int  #: in characters, beyond which nothing is near

    def evaluate(self, article: Article) -> list[Hit] | None:
        steps = len(self.slots) - 1
        windows = self._windows(article) if 4 * steps * self.reach <= len(article.compared.codes) else None
        places: list[_Filled] = []
        for slot, concepts in enumerate(self.slots):
            before = len(places)
            for concept in concepts & article.concepts:
                found = article.of(concept, self.scope)
                if windows is not None:
                    found = _begin_within(found, windows)
                places += [(start, end, slot, concept) for start, end in found]
            if len(places) == before:
                return None
        places.sort()
        hits: dict[Hit, None] = {}
        for first in range(len(places) - 1):
            if places[first + 1][0] - places[first][1] <= self.reach:  # Else all that follows is too far as well.
                for start, end, _, concept in self._chain(article.compared, places, first):
                    hits[start, end, concept, self.path] = None
        return list(hits) or None

    def _windows(self, article: Article) -> list[Span]:
        """Around the places of the rarest slot, where alone a chain can be."""
        slots: list[list[Span]] = [
            [place for concept in slot & article.concepts for place in article.places[concept]] for slot in self.slots
        ]
        longest = max(end - start for places in slots for start, end in places)
        spread = (len(self.slots) - 1) * (self.reach + longest)
        windows: list[Span] = []
        for start, _ in sorted(min(slots, key=lambda places: len(places))):
            if windows and start - spread <= windows[-1][1]:
                windows[-1] = windows[-1][0], start + spread
            else:
                windows.append((start - spread, start + spread))
        return windows

    def _chain(self, compared: Compared, places: list[_Filled], first: int) -> list[_Filled]:
        """From one occurrence on to the next of another slot, until each slot is filled; empty where it breaks off."""
        here = places[first]
        if self.ordered and here[2] != 0:
            return []
        chain = [here]
        filled = {here[2]}
        for there in places[first + 1 :]:
            if there[0] < here[1]:
                continue  # They overlap: one word cannot fill two slots.
            if not self._is_near(compared, here, there):
                break
            slot = there[2]
            if slot == len(filled) if self.ordered else slot not in filled:
                chain.append(there)
                if len(chain) == len(self.slots):
                    return chain
                filled.add(slot)
                here = there
        return []

    def _is_near(self, compared: Compared, here: _Filled, there: _Filled) -> bool:
        end, start = here[1], there[0]
        if start - end > self.reach or here[0] < compared.title_end <= start:
            return False
        if not compared.is_within(self.within, end, start):
            return False
        return not self.sentence or same_sentence(
            compared.stored, compared.raw_span(*here[:2])[1], compared.raw_span(*there[:2])[0]
        )

    def negations(self) -> int:
        return 0

    def needs(self) -> Needs:
        return self.bits

    def clauses(self) -> Clauses:
        return both([frozenset(frozenset([c]) for c in slot) for slot in self.slots])


def _begin_within(places: Sequence[Span], windows: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for first, last in windows:
        kept += places[bisect_left(places, (first, 0)) : bisect_left(places, (last + 1, 0))]
    return kept


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
