"""From terms found to concepts found: phrases apart, included concepts, and what beside them makes them not count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vigie.matching.model import Concept
from vigie.matching.normalise import Compared
from vigie.matching.terms import Found

__all__ = ["ConceptGraph", "Occurrence", "ordered_concepts", "same_sentence", "words_between"]

_WORD = re.compile(r"\w+")
#: The end of a sentence: a stop, then space, then what may begin one. Initials, as in `M. Macron`, end none.
_SENTENCE_END = re.compile(
    r"(?<!\b\w)(?<!\bMr|\bDr|\bSt|\bгг|\bим)(?<!\bMrs|\bMme|\bbzw)"
    r"[.!?…]+[\"'»”’)\]]*\s+(?=[^\w\s]*[^\W\d_a-zа-яёїієґß-ÿ])|\n"
)
_BEFORE_BYLINE = frozenset("(/|[©—–-")
_AFTER_BYLINE = frozenset(")/|]—–-")


class Occurrence(NamedTuple):
    """A concept at a place: folded offsets, and the stored ones in title and text taken together."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    in_title: bool
    in_lead: bool


def words_between(text: str, end: int, start: int) -> int:
    """How many words stand between two places of a folded text; 0 where they touch or overlap."""
    return len(_WORD.findall(text, end, start)) if end < start else 0


def same_sentence(stored: str, start: int, end: int) -> bool:
    """Whether no sentence ends between two places of the stored text."""
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


@dataclass(frozen=True, slots=True)
class _Node:
    include: tuple[int, ...]
    only_with: tuple[int, ...]
    never_with: tuple[int, ...]
    unless: tuple[_Guard, ...]


class ConceptGraph:
    """The concepts in an order in which each follows all that it refers to.

    Args:
        concepts: As :func:`ordered_concepts` orders them.
    """

    def __init__(self, concepts: Sequence[Concept]) -> None:
        """Number the concepts and resolve what they refer to."""
        numbers = {concept.id: number for number, concept in enumerate(concepts)}

        def of(ids: Sequence[str]) -> tuple[int, ...]:
            return tuple(numbers[i] for i in ids)

        self._nodes = tuple(
            _Node(
                of(concept.include),
                of(concept.only_with),
                of(concept.never_with),
                tuple(_Guard(guard.kind, of(guard.concepts), guard.within) for guard in concept.unless),
            )
            for concept in concepts
        )
        includers: list[set[int]] = [{number} for number in range(len(concepts))]
        for number in range(len(concepts) - 1, -1, -1):  # An includer follows what it includes, so its own are known.
            for included in self._nodes[number].include:
                includers[included] |= includers[number]
        self._includers = tuple(frozenset(found) for found in includers)

    def resolve(
        self, found: Mapping[int, list[Found]], apart: Mapping[int, list[Found]], compared: Compared
    ) -> dict[int, list[Found]]:
        """Which concepts occur where, in order of place, longest first and none of one concept within another.

        Args:
            found: Terms by concept.
            apart: Phrases, by concept, within which its terms do not count.
            compared: Title and text.
        """
        result: dict[int, list[Found]] = {}
        touched: set[int] = set()
        for number in found:
            touched |= self._includers[number]
        for number in sorted(touched):
            node = self._nodes[number]
            places = list(found.get(number, ()))
            for included in node.include:
                places.extend(result.get(included, ()))
            if not places:
                continue
            if number in apart:
                places = [p for p in places if not any(a.start <= p.start and p.end <= a.end for a in apart[number])]
            if node.only_with and not any(other in result for other in node.only_with):
                continue
            if any(other in result for other in node.never_with):
                continue
            places = _longest(places) if len(places) > 1 else places
            for guard in node.unless:
                places = [p for p in places if not _is_guarded(p, guard, result, compared)]
            if places:
                result[number] = places
        return result


def _longest(places: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for place in sorted(set(places), key=lambda p: (p.start, -p.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
        elif place.end - place.start > kept[-1].end - kept[-1].start:
            kept[-1] = place
    return kept


def _is_guarded(place: Found, guard: _Guard, result: Mapping[int, list[Found]], compared: Compared) -> bool:
    folded, title_end = compared.folded, compared.title_end
    if guard.kind == "byline":
        return _is_byline(compared.stored, *folded.raw_span(*place), folded.raw_span(title_end, title_end + 1)[0])
    for concept in guard.concepts:
        for other in result.get(concept, ()):
            first, second = (other, place) if guard.kind == "after" else (place, other)
            if first.end > second.start or (first.start < title_end) != (second.start < title_end):
                continue
            between = folded.raw_span(*first)[1], folded.raw_span(*second)[0]
            if words_between(folded.text, first.end, second.start) <= guard.within and same_sentence(compared.stored, *between):
                return True
    return False


def _is_byline(stored: str, start: int, end: int, title_end: int) -> bool:
    """Whether a name stands for itself as a credit: `(TASS)`, `— RT` at the end, `/ТАСС/`, `RT:` at the beginning."""
    field_start, field_end = (0, title_end) if start < title_end else (title_end + 1, len(stored))
    before = stored[field_start:start].rstrip()
    after = stored[end:field_end].lstrip()
    at_start, at_end = not before or before[-1] in ".!?…", not after or after[0] in ".…"
    if at_start and after[:1] == ":":
        return True
    set_off = bool(before) and before[-1] in _BEFORE_BYLINE and (end - start > 0)
    if set_off and before[-1] in "—–-" and not before[:-1].endswith((" ", "\u00a0", ".", '"', "”", "»")):
        return False  # A hyphen within a word.
    return (set_off and (at_end or after[0] in _AFTER_BYLINE)) or (at_start and at_end and not before)
