"""Which topics are worth evaluating: those for which a whole set of required concepts was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vigie.matching.evaluation import Clauses

__all__ = ["TopicIndex"]

_REMEMBERED = 4096


class TopicIndex:
    """From the concepts found in a text to the topics whose rule may hold, without looking at any other topic.

    Each set of concepts that a rule needs whole is filed under its two lowest numbers, or its only one. What was answered for a
    set of found concepts is remembered: texts repeat themselves.

    Args:
        required: For each topic, the sets of concepts of which at least one must be found whole.
    """

    def __init__(self, required: Sequence[Clauses]) -> None:
        """File each topic under what it needs."""
        self._alone: dict[int, list[int]] = {}
        self._pairs: dict[tuple[int, int], list[tuple[frozenset[int], int]]] = {}
        for topic, clauses in enumerate(required):
            for clause in clauses:
                concepts = sorted(clause)
                if len(concepts) == 1:
                    self._alone.setdefault(concepts[0], []).append(topic)
                elif concepts:
                    self._pairs.setdefault((concepts[0], concepts[1]), []).append((clause, topic))
        self._answers: dict[frozenset[int], tuple[int, ...]] = {}

    def candidates(self, found: Iterable[int]) -> tuple[int, ...]:
        """The topics to evaluate, in order, for the concepts found."""
        concepts = frozenset(found)
        answer = self._answers.get(concepts)
        if answer is None:
            answer = self._look_up(concepts)
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[concepts] = answer
        return answer

    def _look_up(self, concepts: frozenset[int]) -> tuple[int, ...]:
        topics: set[int] = set()
        ordered = sorted(concepts)
        for position, concept in enumerate(ordered):
            topics.update(self._alone.get(concept, ()))
            for other in ordered[position + 1 :]:
                topics.update(topic for clause, topic in self._pairs.get((concept, other), ()) if clause <= concepts)
        return tuple(sorted(topics))
