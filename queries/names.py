"""Names that do not exist: which ones were perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest"]

_SHOWN = 8


def nearest(name: str, known: Iterable[str], language: str = "en") -> str:
    """Words for an error's remedy: the names most like it, or what there is; in `en` or `fr`.

    Example:
        >>> nearest("covrage", ["coverage", "evidence"])
        'did you mean coverage?'
    """
    french = language == "fr"
    names = sorted(set(known))
    if not names:
        return "il n’y en a pas" if french else "there are none"
    within = [known for known in names if len(name) > 2 and name.lower() in known.lower()]
    close = list(dict.fromkeys([*difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.6), *within]))[:3]
    if close:
        return f"peut-être {' ou '.join(close)} ?" if french else f"did you mean {' or '.join(close)}?"
    number = len(names) - _SHOWN
    more = "" if number <= 0 else f" et {number} autres" if french else f" and {number} more"
    shown = ", ".join(names[:_SHOWN]) + more
    return f"il y a {shown}" if french else f"there are {shown}" if len(names) > 1 else f"there is {shown}"
