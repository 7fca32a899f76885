"""Addresses as the Wayback Machine rewrites them, and back.

A capture that is not downloaded in its raw form (`id_`) has each address led through the archive:
`https://web.archive.org/web/20170529180000/https://outlet.example/1`, with a mark as `im_` for pictures.
"""

from __future__ import annotations

import functools
import re

__all__ = ["undo_rewriting"]


def undo_rewriting(body: bytes, stamp: str) -> tuple[bytes, int]:
    """A capture's body with the outlet's own addresses.

    Only addresses that carry the capture's own time are the archive's doing: a link to another time is one that the outlet
    set itself, and stays.

    Args:
        body: The capture, decompressed.
        stamp: Its time, 14 digits.

    Returns:
        The body, and how many addresses were changed in it.

    Example:
        >>> undo_rewriting(b'<link>http://web.archive.org/web/20170529180000/http://outlet.example/1</link>', "20170529180000")
        (b'<link>http://outlet.example/1</link>', 1)
    """
    return _rewritten(stamp).subn(b"", body)


@functools.lru_cache(maxsize=64)
def _rewritten(stamp: str) -> re.Pattern[bytes]:
    return re.compile(rb"(?:(?:https?:)?//web\.archive\.org)?/web/%s(?:[a-z]{2}_)?/(?=https?://)" % stamp.encode())
