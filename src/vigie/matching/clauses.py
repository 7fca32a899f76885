"""What a rule needs to be found, as sets of concepts: by these, topics are found that are worth evaluating."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

__all__ = ["ALWAYS", "Clauses", "both", "smallest"]

#: Sets of concepts, of which a rule needs at least one to be found as a whole.
Clauses = frozenset[frozenset[int]]
ALWAYS: Clauses = frozenset([frozenset()])  #: of a rule that may hold where nothing is found
_MOST_CLAUSES = 2000


def both(every: Sequence[Clauses]) -> Clauses:
    """Conditions that must all be met; where that becomes too many sets, the shortest of them alone is kept."""
    needed = [clauses for clauses in every if clauses != ALWAYS]
    if not needed:
        return ALWAYS
    size = 1
    for clauses in needed:
        size *= len(clauses)
    if size > _MOST_CLAUSES:
        return min(needed, key=len)
    return smallest(frozenset(frozenset().union(*choice) for choice in product(*needed)))


def smallest(clauses: Clauses) -> Clauses:
    """Without the sets that contain another one."""
    if frozenset() in clauses:
        return ALWAYS
    if len(clauses) > 300:  # Comparing each with each would take longer than it saves.
        return clauses
    return frozenset(c for c in clauses if not any(other < c for other in clauses))
