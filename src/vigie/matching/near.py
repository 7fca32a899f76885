"""Concepts near each other: chains from place to place in which each slot of a rule is filled."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from vigie.matching.clauses import Clauses, both
from vigie.matching.coding import Compared
from vigie.matching.found import Article
from vigie.matching.occurrences import same_sentence
from vigie.matching.rule import CompiledRule, Hit, Needs
from vigie.matching.terms import Span

__all__ = ["NearRule"]

_LETTERS = 40  # What stands farther apart than so many for each word is not near, without counting words.

_Filled = tuple[int, int, int, int]  #: place, slot, concept


@dataclass(frozen=True, slots=True)
class NearRule(CompiledRule):
    """Occurrences of each slot, each near the next.

    Attributes:
        slots: For each slot the concepts any of which fills it.
        within: How many words may stand between.
        ordered: Whether they stand in the order of the slots.
        sentence: Whether in one sentence.
        scope: The part of the article in which they stand; empty for any.
        path: The part of the topic's rule.
        bits: For each slot, those of its concepts in that part of the article.
        reach: The characters beyond which nothing is near.
    """

    slots: tuple[frozenset[int], ...]
    within: int
    ordered: bool
    sentence: bool
    scope: str
    path: str
    bits: Needs
    reach: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out how many characters there may be between two places."""
        object.__setattr__(self, "reach", _LETTERS * (self.within + 1))

    def evaluate(self, article: Article) -> list[Hit] | None:
        """All places that are part of a chain."""
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
        dead: set[tuple[int, int]] = set()
        for first in range(len(places) - 1):
            slot = places[first][2]
            if self.ordered and slot != 0:
                continue
            if places[first + 1][0] - places[first][1] <= self.reach:  # Else all that follows is too far as well.
                for start, end, _, concept in self._chain(article.compared, places, first, 1 << slot, dead):
                    hits[(start, end, concept), self.path] = None
        return list(hits) or None

    def _windows(self, article: Article) -> list[Span]:
        """Around the places of the rarest slot, where alone a chain can be."""
        slots: list[list[Span]] = [
            [place for concept in slot & article.concepts for place in article.places[concept]] for slot in self.slots
        ]
        longest = max(end - start for places in slots for start, end in places)
        spread = (len(self.slots) - 1) * (self.reach + longest)
        windows: list[Span] = []
        rarest: list[Span] = min(slots, key=len)
        for start, _ in sorted(rarest):
            if windows and start - spread <= windows[-1][1]:
                windows[-1] = windows[-1][0], start + spread
            else:
                windows.append((start - spread, start + spread))
        return windows

    def _chain(
        self, compared: Compared, places: list[_Filled], first: int, filled: int, dead: set[tuple[int, int]]
    ) -> list[_Filled]:
        """From one occurrence on to one of another slot, and so on until each slot is filled; empty where no way leads there.

        Args:
            compared: The text.
            places: All occurrences, in order.
            first: Which of them to go on from.
            filled: The slots that are filled, this one's among them, as bits.
            dead: From where, with which slots filled, no way was found; added to.
        """
        here = places[first]
        if (first, filled) in dead:
            return []
        for number in range(first + 1, len(places)):
            there = places[number]
            end, start = here[1], there[0]
            if start < end:
                continue  # They overlap: one word cannot fill two slots.
            if (
                start - end > self.reach
                or here[0] < compared.title_end <= start
                or not compared.is_within(self.within, end, start)
                or (self.sentence and not _are_in_one_sentence(compared, here, there))
            ):
                break
            slot = 1 << there[2]
            if slot & filled or (self.ordered and slot != filled + 1):
                continue
            if (filled | slot) == (1 << len(self.slots)) - 1:
                return [here, there]
            if rest := self._chain(compared, places, number, filled | slot, dead):
                return [here, *rest]
        dead.add((first, filled))
        return []

    def negations(self) -> int:
        """None: places alone are asked for."""
        return 0

    def needs(self) -> Needs:
        """Something in each slot."""
        return self.bits

    def clauses(self) -> Clauses:
        """One concept of each slot."""
        return both([frozenset(frozenset([c]) for c in slot) for slot in self.slots])


def _are_in_one_sentence(compared: Compared, here: _Filled, there: _Filled) -> bool:
    return same_sentence(compared.stored, compared.raw_span(*here[:2])[1], compared.raw_span(*there[:2])[0])


def _begin_within(places: Sequence[Span], windows: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for first, last in windows:
        kept += places[bisect_left(places, (first, 0)) : bisect_left(places, (last + 1, 0))]
    return kept
