"""Chance that can be repeated: numbers drawn from what they are for, so that the same run draws the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

__all__ = ["Draw", "hashed_draw"]

#: Gives a number from 0 up to, not including, 1 for a purpose.
Draw = Callable[[str], float]


def hashed_draw(purpose: str) -> float:
    """A number from 0 up to 1, spread evenly over purposes and always the same for one of them."""
    return int.from_bytes(hashlib.blake2b(purpose.encode("utf-8", "surrogatepass"), digest_size=7).digest(), "big") / 2**56
