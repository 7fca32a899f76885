"""Rules over the concepts found in one article: whether they hold, and on what evidence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from typing import NamedTuple

from vigie.matching.coding import Compared
from vigie.matching.model import Mentioned, Near, Rule, Weighed
from vigie.matching.occurrences import Occurrence, same_sentence
from vigie.matching.terms import Span

__all__ = ["Article", "Clauses", "CompiledRule", "Hit", "compile_rule"]

#: Sets of concepts as bits, of each of which a rule needs at least one to be found: the quick look before it is evaluated.
Needs = tuple[int, ...]
#: Sets of concepts, of which a rule needs at least one to be found as a whole.
Clauses = frozenset[frozenset[int]]
_ALWAYS: Clauses = frozenset([frozenset()])
_MOST_CLAUSES = 2000
_MOST_CHOICES = 64
_LETTERS = 40  # What stands farther apart than so many for each word is not near, without counting words.

Hit = tuple[int, Occurrence, str]  #: concept, place, part of the rule
_Filled = tuple[Occurrence, int, int]  #: place, slot, concept


class Article:
    """What was found in one article.

    Args:
        compared: Its title and text.
        places: Where each concept was found, in order.
        lead: Offset in the stored text where the lead ends.
    """

    __slots__ = ("_lead", "_occurrences", "compared", "found", "places")

    def __init__(self, compared: Compared, places: Mapping[int, Sequence[Span]], lead: int) -> None:
        """Note as bits which concepts were found."""
        self.compared = compared
        self.places = places
        self._lead = lead
        self._occurrences: dict[int, Sequence[Occurrence]] = {}
        self.found = 0
        for concept in places:
            self.found |= 1 << concept

    def has(self, needs: Needs) -> bool:
        """Whether enough was found for a rule to be worth evaluating."""
        for concepts in needs:  # noqa: SIM110 - `all` over a generator takes three times as long, and this is asked most
            if not concepts & self.found:
                return False
        return True

    def of(self, concept: int, scope: str = "", windows: Sequence[Span] | None = None) -> Sequence[Occurrence]:
        """A concept's occurrences in a part of the article; where windows are given, only those that begin within one."""
        if windows is not None:
            found = self._occurrences_at(_begin_within(self.places.get(concept, ()), windows))
        elif concept in self._occurrences:
            found = self._occurrences[concept]
        else:
            found = self._occurrences[concept] = self._occurrences_at(self.places.get(concept, ()))
        if not scope or not found:
            return found
        if scope == "lead":
            return [o for o in found if o.in_lead]
        return [o for o in found if o.in_title == (scope == "title")]

    def in_lead(self) -> Article | None:
        """The article as if it had title and first words alone; None where it has nothing else that counts."""
        if self._lead >= len(self.compared.stored):
            return None
        kept: dict[int, Sequence[Span]] = {}
        whole = True
        for concept, places in self.places.items():
            inside = places
            if self.compared.raw_span(*places[-1])[1] > self._lead:  # They are in order.
                inside = [place for place in places if self.compared.raw_span(*place)[1] <= self._lead]
                whole = False
            if inside:
                kept[concept] = inside
        return None if whole else Article(self.compared, kept, self._lead)

    def _occurrences_at(self, places: Sequence[Span]) -> Sequence[Occurrence]:
        title_end, lead = self.compared.title_end, self._lead
        raw = places if self.compared.is_aligned else [self.compared.raw_span(*place) for place in places]
        return [
            Occurrence(start, end, first, last, start < title_end, last <= lead)
            for (start, end), (first, last) in zip(places, raw, strict=True)
        ]


def _begin_within(places: Sequence[Span], windows: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for first, last in windows:
        kept += places[bisect_left(places, (first, 0)) : bisect_left(places, (last + 1, 0))]
    return kept


class CompiledRule(ABC):
    """A rule ready to be evaluated."""

    @abstractmethod
    def evaluate(self, article: Article) -> list[Hit] | None:
        """The evidence on which the rule holds, empty where it holds on an absence; None where it does not hold."""

    @abstractmethod
    def needs(self) -> Needs:
        """What must be found at the least for the rule to hold; nothing where it may hold on an absence."""

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
        weighed = []
        for index, (weight, inner_rule) in enumerate(rule.rules, 1):
            weighed.append((weight, _part(compile_rule(inner_rule, numbers, _join(path, f"weights.{index}"), scope))))
        return _Weighed(tuple(weighed), rule.threshold)
    if rule.kind == "all" and len(rule.rules) == 1:
        return compile_rule(rule.rules[0], numbers, path, scope)

    def inner_path(index: int) -> str:
        # `all` only joins what one mapping says; its parts are told apart by their own names.
        return path if rule.kind == "all" else _join(path, f"{rule.kind}.{index}")

    parts = tuple(_part(compile_rule(r, numbers, inner_path(i), scope)) for i, r in enumerate(rule.rules, 1))
    return _None(parts) if rule.kind == "none" else _Group(parts, rule.least)


class _Part(NamedTuple):
    """A rule within another, and what has to be found for it to be worth a look."""

    needs: Needs
    rule: CompiledRule


def _part(rule: CompiledRule) -> _Part:
    return _Part(rule.needs(), rule)


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

    def needs(self) -> Needs:
        return (1 << self.concept,)

    def clauses(self) -> Clauses:
        return frozenset([frozenset([self.concept])])


@dataclass(frozen=True, slots=True)
class _None(CompiledRule):
    parts: tuple[_Part, ...]

    def evaluate(self, article: Article) -> list[Hit] | None:
        for needs, rule in self.parts:
            if article.has(needs) and rule.evaluate(article) is not None:
                return None
        return []

    def needs(self) -> Needs:
        return ()

    def clauses(self) -> Clauses:
        return _ALWAYS


@dataclass(frozen=True, slots=True)
class _Group(CompiledRule):
    parts: tuple[_Part, ...]
    least: int

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        spare = len(self.parts) - self.least
        for needs, rule in self.parts:
            found = rule.evaluate(article) if article.has(needs) else None
            if found is not None:
                hits.extend(found)
            elif spare == 0:
                return None
            else:
                spare -= 1
        return hits

    def needs(self) -> Needs:
        every = [part.needs for part in self.parts]
        if self.least == len(every):
            return tuple(dict.fromkeys(concepts for needs in every for concepts in needs))
        return _any_of(every)

    def clauses(self) -> Clauses:
        every = [part.rule.clauses() for part in self.parts]
        if self.least == len(every):
            return _both(every)
        if self.least == 1:
            return _smallest(frozenset().union(*every))
        if comb(len(every), self.least) <= _MOST_CHOICES:
            return _smallest(frozenset().union(*(_both(chosen) for chosen in combinations(every, self.least))))
        # At least one of any len - least + 1 of them holds: a condition weaker than the rule, and short.
        return _smallest(frozenset().union(*every[: len(every) - self.least + 1]))


@dataclass(frozen=True, slots=True)
class _Weighed(CompiledRule):
    parts: tuple[tuple[float, _Part], ...]
    threshold: float

    def evaluate(self, article: Article) -> list[Hit] | None:
        hits: list[Hit] = []
        total = 0.0
        for weight, (needs, rule) in self.parts:
            found = rule.evaluate(article) if article.has(needs) else None
            if found is not None:
                total += weight
                hits.extend(found)
        return hits if total >= self.threshold else None

    def needs(self) -> Needs:
        return _any_of([part.needs for weight, part in self.parts if weight > 0])

    def clauses(self) -> Clauses:
        # A negative weight only makes it harder: without those, what is needed is less than enough at the most.
        positive = [(weight, part.rule.clauses()) for weight, part in self.parts if weight > 0]
        if 2 ** len(positive) > _MOST_CHOICES:
            return _smallest(frozenset().union(*(clauses for _, clauses in positive)))
        enough: Clauses = frozenset()
        for size in range(1, len(positive) + 1):
            for chosen in combinations(positive, size):
                if sum(weight for weight, _ in chosen) >= self.threshold:
                    enough |= _both([clauses for _, clauses in chosen])
        return _smallest(enough)


@dataclass(frozen=True, slots=True)
class _Near(CompiledRule):
    slots: tuple[frozenset[int], ...]
    within: int
    ordered: bool
    sentence: bool
    scope: str
    path: str

    def evaluate(self, article: Article) -> list[Hit] | None:
        windows = self._windows(article)
        if windows is not None and not all(self._begins_within(slot, article, windows) for slot in self.slots):
            return None
        places: list[_Filled] = []
        for slot, concepts in enumerate(self.slots):
            before = len(places)
            for concept in concepts:
                if article.found >> concept & 1:
                    places += [(o, slot, concept) for o in article.of(concept, self.scope, windows)]
            if len(places) == before:
                return None
        places.sort()  # By place first of all: that is how occurrences are ordered.
        hits: dict[Hit, None] = {}
        reach = self._reach()
        for first in range(len(places) - 1):
            if places[first + 1][0].start - places[first][0].end > reach:
                continue  # Too far, and so is all that follows: seen before anything else is looked at.
            for place in self._chain(article, places, first):
                hits[(place[2], place[0], self.path)] = None
        return list(hits) or None

    def _windows(self, article: Article) -> list[Span] | None:
        """Around the places of the rarest slot, where alone a chain can be; None where that is no small part of the text."""
        steps = len(self.slots) - 1
        if 4 * steps * self._reach() > len(article.compared.codes):
            return None
        slots: list[list[Span]] = [
            [place for concept in slot if article.found >> concept & 1 for place in article.places[concept]]
            for slot in self.slots
        ]
        spread = steps * (self._reach() + max((end - start for places in slots for start, end in places), default=0))
        rarest: Sequence[Span] = min(slots, key=len)
        windows: list[Span] = []
        for start, _ in sorted(rarest):
            if windows and start - spread <= windows[-1][1]:
                windows[-1] = windows[-1][0], start + spread
            else:
                windows.append((start - spread, start + spread))
        return windows

    @staticmethod
    def _begins_within(slot: frozenset[int], article: Article, windows: list[Span]) -> bool:
        return any(_begin_within(article.places[concept], windows) for concept in slot if article.found >> concept & 1)

    def _chain(self, article: Article, places: list[_Filled], first: int) -> list[_Filled]:
        """From one occurrence on to the next of another slot, until each slot is filled; empty where it breaks off."""
        chain = [places[first]]
        filled = {places[first][1]}
        if self.ordered and filled != {0}:
            return []
        here = places[first][0]
        for at in range(first + 1, len(places)):
            there, slot, _ = places[at]
            if there.start < here.end:
                continue  # They overlap: one word cannot fill two slots.
            if not self._is_near(article, here, there):
                return []
            if slot == len(filled) if self.ordered else slot not in filled:
                chain.append(places[at])
                filled.add(slot)
                here = there
                if len(filled) == len(self.slots):
                    return chain
        return []

    def _reach(self) -> int:
        return _LETTERS * (self.within + 1)

    def _is_near(self, article: Article, here: Occurrence, there: Occurrence) -> bool:
        if here.in_title != there.in_title or there.start - here.end > self._reach():
            return False
        if not article.compared.is_within(self.within, here.end, there.start):
            return False
        return not self.sentence or same_sentence(article.compared.stored, here.raw_end, there.raw_start)

    def needs(self) -> Needs:
        return tuple(sum(1 << concept for concept in slot) for slot in self.slots)

    def clauses(self) -> Clauses:
        return _both([frozenset(frozenset([c]) for c in slot) for slot in self.slots])


def _any_of(every: Sequence[Needs]) -> Needs:
    """What is needed where one of several rules has to hold: of each the first thing alone is asked for."""
    together = 0
    for needs in every:
        if not needs:
            return ()
        together |= needs[0]
    return (together,)


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
