"""Draw samples that anyone can draw again: no random numbers, only hashes of a seed and of what is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

__all__ = ["allocate", "draw_order"]


def draw_order(keys: Iterable[str], seed: str) -> list[str]:
    """The keys in an order that seed and keys alone decide: the first n of them are a simple random sample."""
    return sorted(keys, key=lambda key: (hashlib.sha256(f"{seed}\n{key}".encode()).digest(), key))


def allocate(populations: Mapping[str, int], total: int, shares: Mapping[str, float], least: int = 2) -> dict[str, int]:
    """How many to draw from each stratum.

    Each gets its part of the total by the method of highest averages, none more than it has, and none with members fewer
    than `least`, without which no variance can be estimated.

    Args:
        populations: Members of each stratum.
        total: How many to draw altogether; more are drawn only where `least` asks for it.
        shares: For each stratum its part of the total, in any unit.
        least: Members to draw at least.
    """
    wanted = {stratum: min(size, least) for stratum, size in populations.items() if size > 0}
    left = total - sum(wanted.values())
    for _ in range(left):
        open_ones = [
            stratum for stratum, given in wanted.items() if populations[stratum] > given and shares.get(stratum, 0) > 0
        ]
        if not open_ones:
            break
        neediest = max(open_ones, key=lambda stratum: (shares[stratum] / (wanted[stratum] + 1), stratum))
        wanted[neediest] += 1
    return wanted
