"""Addresses that have moved for good: what to change in a registry's file, and how it reads then."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

__all__ = ["Move", "apply_moves", "diff_of"]

#: What may stand beside an address in YAML or in an attribute of OPML, but never inside one.
_BEFORE, _AFTER = r"(?<![^\s\"'\[{,=])", r"(?=[\s\"'\]},]|$)"


@dataclass(frozen=True, slots=True)
class Move:
    """A feed whose server says that it lives elsewhere, for good."""

    feed_id: str
    old: str
    new: str

    @property
    def other_host(self) -> bool:
        """Whether it goes to another host: then somebody must see that it is the publisher's."""
        return urlsplit(self.old).hostname != urlsplit(self.new).hostname


def apply_moves(text: str, moves: Sequence[Move]) -> tuple[str, list[Move]]:
    """A registry's text, YAML or OPML, with the addresses changed, everything else left as it is written.

    Returns:
        The text, and the moves whose old address is not in it.
    """
    absent = []
    for move in moves:
        found = 0
        for old, new in dict.fromkeys([(move.old, move.new), (escape(move.old), escape(move.new))]):
            text, number = re.subn(_BEFORE + re.escape(old) + _AFTER, lambda _, new=new: new, text, flags=re.MULTILINE)  # type: ignore[misc]
            found += number
        if not found:
            absent.append(move)
    return text, absent


def diff_of(before: str, after: str, name: str) -> str:
    """The change as a unified diff."""
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, f"{name}, moved", n=2)
    return "".join(lines)
