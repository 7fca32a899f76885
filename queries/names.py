"""Names that do not exist: which ones were perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest"]

_SHOWN = 8


def nearest(name: str, known: Iterable[str]) -> str:
    """Words for an error's remedy: the names most like it, or what there is.

    Example:
        >>> nearest("covrage", ["coverage", "evidence"])
        'did you mean coverage?'
    """
    names = sorted(set(known))
    if not names:
        return "there are none"
    close = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"there are {', '.join(names[:_SHOWN])}{more}" if len(names) > 1 else f"there is {names[0]}"
