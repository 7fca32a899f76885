"""How far two coders agree, and what a matcher's errors do to a share.

Example:
    >>> cohen_kappa([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15).value
    0.4
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from vigie.stats.proportions import Z95, stratified_variance

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


def cohen_kappa(
    pairs: Sequence[tuple[Hashable, Hashable] | None],
    strata: Sequence[str] | None = None,
    populations: Mapping[str, float] | None = None,
) -> Kappa:
    """Agreement beyond chance (Cohen, 1960), with the large-sample variance of Fleiss, Cohen and Everitt (1969).

    Of a stratified sample each item weighs as many as its stratum has members for each one drawn, in the table of the two
    coders' codes and in the variance, which is then the linearised one of :func:`vigie.stats.estimate_ratio`.

    Args:
        pairs: For each item drawn the codes of the first and of the second coder; None: it is no part of what is asked.
        strata: The stratum of each item; None: every item weighs the same.
        populations: Members of each stratum.

    Raises:
        KeyError: A stratum has no population.
    """
    drawn = Counter(strata or ())
    weigh = {h: (populations or {})[h] / size for h, size in drawn.items()}
    weights = [weigh[stratum] for stratum in strata] if strata is not None else [1.0] * len(pairs)
    cells: dict[tuple[Hashable, Hashable], float] = defaultdict(float)
    for pair, weight in zip(pairs, weights, strict=True):
        if pair is not None:
            cells[pair] += weight
    total = math.fsum(cells.values())
    firsts: dict[Hashable, float] = defaultdict(float)
    seconds: dict[Hashable, float] = defaultdict(float)
    for (first, second), weight in cells.items():
        firsts[first] += weight / total
        seconds[second] += weight / total
    n = sum(pair is not None for pair in pairs)
    disagreements = sum(pair is not None and pair[0] != pair[1] for pair in pairs)
    chance = math.fsum(share * seconds.get(code, 0.0) for code, share in firsts.items())
    if n == 0 or chance >= 1 - 1e-12:
        return Kappa(None, None, None, n, disagreements)
    observed = math.fsum(weight / total for (first, second), weight in cells.items() if first == second)
    kappa = (observed - chance) / (1 - chance)
    # How far one more item of a cell would move it.
    pulls = {
        (first, second): (first == second) - (seconds[first] + firsts[second]) * (1 - kappa) - kappa + chance * (1 - kappa)
        for first, second in cells
    }
    moves = [0.0 if pair is None else w * pulls[pair] / total for pair, w in zip(pairs, weights, strict=True)]
    if strata is None:
        variance = math.fsum(move**2 for move in moves)
    else:
        variance = stratified_variance(list(zip(strata, moves, strict=True)))
    spread = Z95 * math.sqrt(variance) / (1 - chance)
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
