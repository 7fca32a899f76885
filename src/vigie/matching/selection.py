"""Which topics are worth evaluating: those for which a whole set of required concepts was found."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.matching.clauses import Clauses

__all__ = ["TopicIndex"]


class TopicIndex:
    """From the concepts found in a text to the topics whose rule may hold, without looking at any other topic.

    Each set of concepts that a rule needs whole is filed under its two lowest numbers, or its only one.

    Args:
        required: For each topic, the sets of concepts of which at least one must be found whole.
    """

    def __init__(self, required: Sequence[Clauses]) -> None:
        """File each topic under what it needs."""
        #: For each concept: topics that need no other, the concepts with which it begins a set, and the sets by the second.
        self._filed: dict[int, tuple[list[int], set[int], dict[int, list[tuple[frozenset[int], int]]]]] = {}
        for topic, clauses in enumerate(required):
            for clause in clauses:
                first, *others = sorted(clause) or [-1]
                alone, seconds, pairs = self._filed.setdefault(first, ([], set(), {}))
                if others:
                    seconds.add(others[0])
                    pairs.setdefault(others[0], []).append((clause, topic))
                else:
                    alone.append(topic)

    def candidates(self, found: frozenset[int]) -> list[int]:
        """The topics to evaluate, in order, for the concepts found."""
        topics: set[int] = set()
        for concept in found:
            filed = self._filed.get(concept)
            if filed is not None:
                alone, seconds, pairs = filed
                topics.update(alone)
                for second in found & seconds:
                    for clause, topic in pairs[second]:
                        if topic not in topics and clause <= found:
                            topics.add(topic)
        return sorted(topics)
