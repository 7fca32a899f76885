"""How far two coders agree, and what a matcher's errors do to a share.

Example:
    >>> cohen_kappa([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15).value
    0.4
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from vigie.stats.proportions import Z95

__all__ = ["Kappa", "cohen_kappa", "rogan_gladen"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two coders, with its 95 % interval; all None where both gave everything the same one code.

    Attributes:
        value: 1: they always agree; 0: no more than chance would.
        low: Lower bound.
        high: Upper bound.
        n: Items that both coded.
        disagreements: Items that they coded differently.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    disagreements: int


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa:
    """Agreement beyond chance (Cohen, 1960), with the large-sample variance of Fleiss, Cohen and Everitt (1969).

    Args:
        pairs: For each item the codes of the first and of the second coder.
    """
    n = len(pairs)
    disagreements = sum(first != second for first, second in pairs)
    cells = {pair: count / n for pair, count in Counter(pairs).items()}
    firsts: dict[Hashable, float] = defaultdict(float)
    seconds: dict[Hashable, float] = defaultdict(float)
    for (first, second), share in cells.items():
        firsts[first] += share
        seconds[second] += share
    chance = math.fsum(share * seconds.get(code, 0.0) for code, share in firsts.items())
    if n == 0 or chance >= 1 - 1e-12:
        return Kappa(None, None, None, n, disagreements)
    observed = 1 - disagreements / n
    kappa = (observed - chance) / (1 - chance)
    agreed = math.fsum(
        share * (1 - (firsts[first] + seconds[second]) * (1 - kappa)) ** 2
        for (first, second), share in cells.items()
        if first == second
    )
    apart = math.fsum(
        share * (seconds[first] + firsts[second]) ** 2 for (first, second), share in cells.items() if first != second
    )
    variance = (agreed + (1 - kappa) ** 2 * apart - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    spread = Z95 * math.sqrt(max(0.0, variance))
    return Kappa(kappa, max(-1.0, kappa - spread), min(1.0, kappa + spread), n, disagreements)


def rogan_gladen(share: float, sensitivity: float, specificity: float) -> float | None:
    """The share that a matcher with these errors would show as `share` (Rogan and Gladen, 1978), kept within 0 and 1.

    Args:
        share: Share of articles matched.
        sensitivity: Share of those on the topic that are matched.
        specificity: Share of those not on it that are not.

    Returns:
        None where sensitivity + specificity is at most 1: such a matcher tells nothing.
    """
    information = sensitivity + specificity - 1
    if information <= 0:
        return None
    return min(1.0, max(0.0, (share + specificity - 1) / information))
