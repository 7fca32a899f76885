"""Rules over the concepts found in one article: whether they hold, and on what evidence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from vigie.matching.model import Mentioned, Near, Rule, Weighed
from vigie.matching.occurrences import Occurrence, same_sentence, words_between

__all__ = ["Article", "Clauses", "CompiledRule", "Hit", "compile_rule"]

#: Sets of concepts, of which a rule needs at least one to be found as a whole.
Clauses = frozenset[frozenset[int]]
_ALWAYS: Clauses = frozenset([frozenset()])
_MOST_CLAUSES = 2000

Hit = tuple[int, Occurrence, str]  #: concept, place, part of the rule


@dataclass(frozen=True, slots=True)
class Article:
    """What was found in one article."""

    stored: str
    folded: str
    occurrences: Mapping[int, Sequence[Occurrence]]

    def of(self, concept: int, scope: str) -> Sequence[Occurrence]:
        """A concept's occurrences in a part of the article."""
        found = self.occurrences.get(concept, ())
        if not scope or not found:
            return found
        if scope == "lead":
            return [o for o in found if o.in_lead]
        return [o for o in found if o.in_title == (scope == "title")]


class CompiledRule(ABC):
    """A rule ready to be evaluated."""

    @abstractmethod
    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds, empty where it holds on an absence; None where it does not hold."""

    @abstractmethod
    def clauses(self) -> Clauses:
        """Sets of concepts of which one must be found whole for the rule to hold: a necessary condition, no more."""


def compile_rule(rule: Rule, numbers: Mapping[str, int], path: str = "", scope: str = "") -> CompiledRule:
    """A rule over concept ids as one over their numbers.

    Args:
        rule: As it was read.
        numbers: The number of each concept.
        path: Which part of the topic's rule it is; a `name` in the rule replaces it.
        scope: The part of the article to which the rule around it is restricted.
    """
    path, scope = rule.name or path, rule.scope or scope
    if isinstance(rule, Mentioned):
        return _Mentioned(numbers[rule.concept], rule.least, scope, path)
    if isinstance(rule, Near):
        slots = tuple(frozenset(numbers[c] for c in slot) for slot in rule.slots)
        return _Near(slots, rule.within, rule.ordered, rule.sentence, scope, _join(path, "near"))
    if isinstance(rule, Weighed):
        parts = []
        for index, (weight, inner_rule) in enumerate(rule.rules, 1):
            parts.append((weight, compile_rule(inner_rule, numbers, _join(path, f"weights.{index}"), scope)))
        return _Weighed(tuple(parts), rule.threshold)
    if rule.kind == "all" and len(rule.rules) == 1:
        return compile_rule(rule.rules[0], numbers, path, scope)

    def part(index: int) -> str:
        # `all` only joins what one mapping says; its parts are told apart by their own names.
        return path if rule.kind == "all" else _join(path, f"{rule.kind}.{index}")

    inner = tuple(compile_rule(r, numbers, part(i), scope) for i, r in enumerate(rule.rules, 1))
    return _None(inner) if rule.kind == "none" else _Group(inner, rule.least)


def _join(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


@dataclass(frozen=True, slots=True)
class _Mentioned(CompiledRule):
    concept: int
    least: int
    scope: str
    path: str

    def evaluate(self, article: Article) -> list[Hit] | None:
        found = article.of(self.concept, self.scope)
        return [(self.concept, o, self.path) for o in found] if len(found) >= self.least else None

    def clauses(self) -> Clauses:
        return frozenset([frozenset([self.concept])])


@dataclass(frozen=True, slots=True)
class _None(CompiledRule):
    rules: tuple[CompiledRule, ...]

    def evaluate(self, article: Article) -> list[Hit] | None:
        return [] if all(rule.evaluate(article) is None for rule in self.rules) else None

    def clauses(self) -> Clauses:
        return _ALWAYS


@dataclass(frozen=True, slots=True)
class _Group(CompiledRule):
    rules: tuple[CompiledRule, ...]
    least: int

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        held = 0
        spare = len(self.rules) - self.least
        for rule in self.rules:
            found = rule.evaluate(article)
            if found is not None:
                held += 1
                hits.extend(found)
            elif spare == 0:
                return None
            else:
                spare -= 1
        return hits

    def clauses(self) -> Clauses:
        every = [rule.clauses() for rule in self.rules]
        if self.least == len(every):
            return _both(every)
        if self.least == 1:
            return _smallest(frozenset().union(*every))
        # At least one of any len - least + 1 of them holds: a condition weaker than the rule, and short.
        return _smallest(frozenset().union(*every[: len(every) - self.least + 1]))


@dataclass(frozen=True, slots=True)
class _Weighed(CompiledRule):
    rules: tuple[tuple[float, CompiledRule], ...]
    threshold: float

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        total = 0.0
        for weight, rule in self.rules:
            found = rule.evaluate(article)
            if found is not None:
                total += weight
                hits.extend(found)
        return hits if total >= self.threshold else None

    def clauses(self) -> Clauses:
        return _smallest(frozenset().union(*(rule.clauses() for weight, rule in self.rules if weight > 0)))


@dataclass(frozen=True, slots=True)
class _Near(CompiledRule):
    slots: tuple[frozenset[int], ...]
    within: int
    ordered: bool
    sentence: bool
    scope: str
    path: str

    def evaluate(self, article: Article) -> list[Hit] | None:
        places: list[tuple[Occurrence, int, int]] = []
        for slot, concepts in enumerate(self.slots):
            before = len(places)
            places.extend((o, slot, concept) for concept in concepts for o in article.of(concept, self.scope))
            if len(places) == before:
                return None
        places.sort()  # By place first of all: that is how occurrences are ordered.
        hits: dict[Hit, None] = {}
        for first in range(len(places)):
            for place in self._chain(article, places, first):
                hits[(place[2], place[0], self.path)] = None
        return list(hits) or None

    def _chain(
        self, article: Article, places: list[tuple[Occurrence, int, int]], first: int
    ) -> list[tuple[Occurrence, int, int]]:
        """From one occurrence on to the next of another slot, until each slot is filled; empty where it breaks off."""
        chain = [places[first]]
        filled = {places[first][1]}
        if self.ordered and filled != {0}:
            return []
        for place in places[first + 1 :]:
            here, there = chain[-1][0], place[0]
            if not self._is_near(article, here, there):
                if there.start >= here.end:
                    return []
                continue  # They overlap: one word cannot fill two slots.
            wanted = place[1] == len(filled) if self.ordered else place[1] not in filled
            if wanted:
                chain.append(place)
                filled.add(place[1])
                if len(filled) == len(self.slots):
                    return chain
        return []

    def _is_near(self, article: Article, here: Occurrence, there: Occurrence) -> bool:
        if there.start < here.end or here.in_title != there.in_title:
            return False
        if there.start - here.end > 40 * (self.within + 1) or (
            words_between(article.folded, here.end, there.start) > self.within
        ):
            return False
        return not self.sentence or same_sentence(article.stored, here.raw_end, there.raw_start)

    def clauses(self) -> Clauses:
        return _both([frozenset(frozenset([c]) for c in slot) for slot in self.slots])


def _both(every: Sequence[Clauses]) -> Clauses:
    """Conditions that must all be met; where that becomes too many sets, the shortest of them alone is kept."""
    needed = [clauses for clauses in every if clauses != _ALWAYS]
    if not needed:
        return _ALWAYS
    size = 1
    for clauses in needed:
        size *= len(clauses)
    if size > _MOST_CLAUSES:
        return min(needed, key=len)
    return _smallest(frozenset(frozenset().union(*choice) for choice in product(*needed)))


def _smallest(clauses: Clauses) -> Clauses:
    """Without the sets that contain another one."""
    if frozenset() in clauses:
        return _ALWAYS
    if len(clauses) > 300:  # Comparing each with each would take longer than it saves.
        return clauses
    return frozenset(c for c in clauses if not any(other < c for other in clauses))
