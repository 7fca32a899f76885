"""Why words that a rule wants near each other are not near enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise, permutations

from vigie.matching.model import Near
from vigie.matching.occurrences import same_sentence
from vigie.matching.topic_set import FoundConcept

__all__ = ["why_not_near"]

_WORD = re.compile(r"\w+")
_Pair = tuple[FoundConcept, FoundConcept]
#: Words between places of which one is in the title and one in the text.
_FAR = 1_000_000


def why_not_near(rule: Near, places: Sequence[Sequence[FoundConcept]], title: str, text: str) -> str:
    """What keeps a rule from holding though each of its slots can be filled.

    Args:
        rule: The rule.
        places: For each slot, where its concepts stand; none is empty.
        title: The text's title.
        text: The text.
    """
    fields = {"title": title, "text": text}
    orders = [order for order in permutations(range(len(places))) if order[0] < order[-1]]
    if rule.ordered:
        orders = [tuple(range(len(places)))]
    reasons = {
        (one, other): _why_not(rule, places[one], places[other], fields)
        for one, other in dict.fromkeys(pair for order in orders for pair in pairwise(order))
    }
    ways = [[why for pair in pairwise(order) if (why := reasons[pair]) is not None] for order in orders]
    nearest = min(ways, key=lambda way: (len(way), sum(distance for distance, _ in way)))
    return nearest[0][1] if nearest else "never all together"


def _why_not(
    rule: Near, ones: Sequence[FoundConcept], others: Sequence[FoundConcept], fields: dict[str, str]
) -> tuple[int, str] | None:
    """How far two slots are from standing next to each other, and why they do not; None where they do."""
    pairs = [(one, other) for one in ones for other in others if _are_apart(one, other)]
    if not pairs:
        return _FAR, "never both in the title or both in the text"
    near = [pair for pair in pairs if _words_between(pair, fields) <= rule.within]
    if not near:
        words = min(_words_between(pair, fields) for pair in pairs)
        return words, f"nearest {words} words apart, allowed are {rule.within}"
    checks: list[tuple[bool, Callable[[_Pair], bool], str]] = [
        (rule.sentence, lambda pair: _in_one_sentence(pair, fields), "a sentence ends between them"),
        (rule.ordered, lambda pair: pair[0].start < pair[1].start, "in the other order"),
    ]
    for asked, holds, why in checks:
        near = [pair for pair in near if not asked or holds(pair)]
        if not near:
            return rule.within, why
    return None


def _are_apart(one: FoundConcept, other: FoundConcept) -> bool:
    return one.field == other.field and (one.end <= other.start or other.end <= one.start)


def _between(pair: _Pair) -> tuple[int, int]:
    first, second = sorted(pair, key=lambda place: place.start)
    return first.end, second.start


def _words_between(pair: _Pair, fields: dict[str, str]) -> int:
    start, end = _between(pair)
    return len(_WORD.findall(fields[pair[0].field], start, end))


def _in_one_sentence(pair: _Pair, fields: dict[str, str]) -> bool:
    return same_sentence(fields[pair[0].field], *_between(pair))
