"""From terms found to concepts found: phrases apart, included concepts, and what beside them makes them not count."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from vigie.matching.coding import Compared
from vigie.matching.model import Concept
from vigie.matching.terms import Span

__all__ = ["ConceptGraph", "ordered_concepts", "same_sentence"]

_start, _end = itemgetter(0), itemgetter(1)
#: The end of a sentence: a stop, then space, then what may begin one. Initials, as in `M. Macron`, end none.
_SENTENCE_END = re.compile(
    r"(?<!\b\w)(?<!\bMr|\bDr|\bSt|\bгг|\bим)(?<!\bMrs|\bMme|\bbzw)"
    r"[.!?…]+[\"'»”’)\]]*\s+(?=[^\w\s]*[^\W\d_a-zа-яёїієґß-ÿ])|\n"
)
_STOP = re.compile(r"[.!?…\n]")
_BEFORE_BYLINE = frozenset("(/|[©—–-")
_AFTER_BYLINE = frozenset(")/|]—–-")
_OPENING, _CLOSING = frozenset('«„“"'), frozenset('»“”"')


def same_sentence(stored: str, start: int, end: int) -> bool:
    """Whether no sentence ends between two places of the stored text."""
    if _STOP.search(stored, start, end) is None:  # Nearly always so, and sooner seen.
        return True
    found = _SENTENCE_END.search(stored, start, end + 2)  # The letter that begins the next sentence may stand at `end`.
    return found is None or found.end() > end


def ordered_concepts(concepts: Mapping[str, Concept]) -> tuple[list[Concept], list[list[str]]]:
    """The concepts in an order in which each follows all that it refers to, and the circles that stand in its way."""
    order: list[Concept] = []
    state: dict[str, int] = {}
    circles: list[list[str]] = []

    def visit(identifier: str, path: list[str]) -> None:
        if state.get(identifier) == 2:
            return
        if state.get(identifier) == 1:
            circles.append([*path[path.index(identifier) :], identifier])
            return
        state[identifier] = 1
        for reference in concepts[identifier].references():
            if reference in concepts:
                visit(reference, [*path, identifier])
        state[identifier] = 2
        order.append(concepts[identifier])

    for identifier in sorted(concepts):
        visit(identifier, [])
    return order, circles


@dataclass(frozen=True, slots=True)
class _Guard:
    kind: str
    concepts: tuple[int, ...]
    within: int


class _Conditions(NamedTuple):
    only_with: frozenset[int]
    never_with: frozenset[int]
    unless: tuple[_Guard, ...]

    def are_met(self, found: Mapping[int, list[Span]]) -> bool:
        """Whether the concept may count at all in an article in which these were found."""
        if self.only_with and self.only_with.isdisjoint(found):
            return False
        return self.never_with.isdisjoint(found)


class ConceptGraph:
    """The concepts in an order in which each follows all that it refers to.

    Args:
        concepts: As :func:`ordered_concepts` orders them.
        needed: Numbers of the concepts that are asked for; others are looked at only where these refer to them.

    Attributes:
        wanted: Numbers of all that are looked at.
    """

    def __init__(self, concepts: Sequence[Concept], needed: Container[int]) -> None:
        """Number the concepts and resolve what they refer to."""
        numbers = {concept.id: number for number, concept in enumerate(concepts)}
        references = [[numbers[reference] for reference in concept.references()] for concept in concepts]
        wanted: set[int] = set()
        for number in range(len(concepts) - 1, -1, -1):  # What refers to a concept comes before it here.
            if number in needed or number in wanted:
                wanted.update((number, *references[number]))
        includers: list[list[int]] = [[] for _ in concepts]
        reached: list[set[int]] = [{number} & wanted for number in range(len(concepts))]
        for number in range(len(concepts) - 1, -1, -1):  # An includer follows what it includes, so its own are known.
            if number in wanted:
                for included in dict.fromkeys(numbers[each] for each in concepts[number].include):
                    includers[included].append(number)
                    reached[included] |= reached[number]

        def of(ids: Sequence[str]) -> frozenset[int]:
            return frozenset(numbers[i] for i in ids)

        def conditions(concept: Concept) -> _Conditions | None:
            guards = tuple(
                _Guard(guard.kind, tuple(numbers[i] for i in guard.concepts), guard.within) for guard in concept.unless
            )
            made = _Conditions(of(concept.only_with), of(concept.never_with), guards)
            return made if any(made) else None

        #: Of each concept what must be so for it to count, and the concepts of which it is a part.
        self._nodes = tuple((conditions(concept), tuple(includers[number])) for number, concept in enumerate(concepts))
        self.wanted = frozenset(wanted)
        self._reached = tuple(map(frozenset, reached))

    def reached(self, found: Iterable[int]) -> frozenset[int]:
        """The concepts that may occur where terms of some were found: these, and those of which they are parts."""
        return frozenset().union(*[self._reached[concept] for concept in found])

    def resolve(
        self, found: Mapping[int, list[Span]], apart: Mapping[int, list[Span]], compared: Compared
    ) -> dict[int, list[Span]]:
        """Which concepts occur where, in order of place, longest first and none of one concept within another.

        Args:
            found: Terms by concept.
            apart: Phrases, by concept, within which its terms do not count.
            compared: Title and text.
        """
        result: dict[int, list[Span]] = {}
        gathered = dict(found)
        for number in sorted(self.reached(found)):
            places = gathered.get(number)
            if places is None:
                continue
            if apart and number in apart:
                places = [p for p in places if not any(a[0] <= p[0] and p[1] <= a[1] for a in apart[number])]
            conditions, includers = self._nodes[number]
            if conditions is not None and not conditions.are_met(result):
                continue
            if len(places) > 1:
                places = _longest(places)
            if conditions is not None:
                for guard in conditions.unless:
                    places = _unguarded(places, guard, result, compared)
            if places:
                result[number] = places
                for includer in includers:
                    gathered[includer] = gathered[includer] + places if includer in gathered else places
        return result


def _longest(places: list[Span]) -> list[Span]:
    last = 0
    for start, end in places:
        if start < last:
            break
        last = end
    else:
        return places  # Nearly always so.
    kept: list[Span] = []
    free = longest = -1
    for start, end in sorted(set(places)):
        if start >= free:
            kept.append((start, end))
        elif end - start > longest:
            kept[-1] = start, end
        else:
            continue
        free, longest = end, end - start
    return kept


def _unguarded(places: list[Span], guard: _Guard, result: Mapping[int, list[Span]], compared: Compared) -> list[Span]:
    """The places at which a guard lets a concept count."""
    if guard.kind == "byline":
        title_end = compared.raw_span(compared.title_end, compared.title_end + 1)[0]
        return [p for p in places if not _is_byline(compared.stored, *compared.raw_span(*p), title_end)]
    for others in (result[concept] for concept in guard.concepts if concept in result):
        if guard.kind == "after":
            places = [p for p in places if not _follows(p, others, guard.within, compared)]
        else:
            places = [p for p in places if not _precedes(p, others, guard.within, compared)]
    return places


def _follows(place: Span, others: list[Span], within: int, compared: Compared) -> bool:
    """Whether a place stands after one of others: the nearest is looked at first, and too far is too far for all behind it."""
    at = bisect_right(others, place[0], key=_end)
    while at > 0 and compared.is_within(within, others[at - 1][1], place[0]):
        at -= 1
        if _are_joined(others[at], place, compared):
            return True
    return False


def _precedes(place: Span, others: list[Span], within: int, compared: Compared) -> bool:
    """Whether a place stands before one of others, likewise."""
    at = bisect_left(others, place[1], key=_start)
    while at < len(others) and compared.is_within(within, place[1], others[at][0]):
        if _are_joined(place, others[at], compared):
            return True
        at += 1
    return False


def _are_joined(first: Span, second: Span, compared: Compared) -> bool:
    """Whether two places are in one field and one sentence."""
    if (first[0] < compared.title_end) != (second[0] < compared.title_end):
        return False
    return same_sentence(compared.stored, compared.raw_span(*first)[1], compared.raw_span(*second)[0])


def _is_byline(stored: str, start: int, end: int, title_end: int) -> bool:
    """Whether a name stands for itself as a credit: `(TASS)`, `— RT` at the end, `/ТАСС/`, `RT:` at the beginning."""
    field_start, field_end = (0, title_end) if start < title_end else (title_end + 1, len(stored))
    before = stored[field_start:start].rstrip()
    after = stored[end:field_end].lstrip()
    if before and after and before[-1] in _OPENING and after[0] in _CLOSING:  # «ТАСС»: the quotation marks are the name's.
        before, after = before[:-1].rstrip(), after[1:].lstrip()
    at_start, at_end = not before or before[-1] in ".!?…", not after or after[0] in ".…"
    if at_start and after[:1] == ":":
        return True
    set_off = bool(before) and before[-1] in _BEFORE_BYLINE and (end - start > 0)
    if set_off and before[-1] in "—–-" and not before[:-1].endswith((" ", "\u00a0", ".", '"', "”", "»")):
        return False  # A hyphen within a word.
    return (set_off and (at_end or after[0] in _AFTER_BYLINE)) or (at_start and at_end and not before)
