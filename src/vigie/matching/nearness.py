"""Why words that a rule wants near each other are not near enough."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from vigie.matching.model import Near
from vigie.matching.occurrences import same_sentence
from vigie.matching.topic_set import FoundConcept

__all__ = ["why_not_near"]

_WORD = re.compile(r"\w+")
_Pair = tuple[FoundConcept, FoundConcept]


def why_not_near(rule: Near, places: Sequence[Sequence[FoundConcept]], title: str, text: str) -> str:
    """What keeps a rule from holding though each of its slots can be filled.

    Args:
        rule: The rule.
        places: For each slot, where its concepts stand; none is empty.
        title: The text's title.
        text: The text.
    """
    fields = {"title": title, "text": text}
    slots = list(pairwise(range(len(places)))) if rule.ordered else list(combinations(range(len(places)), 2))
    for first, second in slots:
        pairs = [(one, other) for one in places[first] for other in places[second] if _are_apart(one, other)]
        if not pairs:
            return "never both in the title or both in the text"
        near = [pair for pair in pairs if _words_between(pair, fields) <= rule.within]
        if not near:
            return f"nearest {min(_words_between(pair, fields) for pair in pairs)} words apart, allowed are {rule.within}"
        checks: list[tuple[bool, Callable[[_Pair], bool], str]] = [
            (rule.sentence, lambda pair: _in_one_sentence(pair, fields), "a sentence ends between them"),
            (rule.ordered, lambda pair: pair[0].start < pair[1].start, "in the other order"),
        ]
        for asked, holds, why in checks:
            near = [pair for pair in near if not asked or holds(pair)]
            if not near:
                return why
    return "never all together"


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
