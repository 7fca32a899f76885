"""HTML from what strangers wrote: everything is escaped, and only web addresses become links."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit

#: Characters that Streamlit's Markdown gives a meaning.
_MARKDOWN = frozenset("\\`*_{}[]()#+-!|<>$~:")

__all__ = ["escape", "highlighted", "inner_link", "outer_link", "plain", "web_address"]


def escape(text: object) -> str:
    """Text as it stands in HTML, in attributes too."""
    return html.escape(str(text), quote=True)


def plain(text: object) -> str:
    """Text out of which Markdown reads nothing: no links, pictures, colours or formulas."""
    return "".join(f"\\{char}" if char in _MARKDOWN else char for char in str(text))


def web_address(url: str | None) -> str | None:
    """The address where it is one of the web's with a host; None of `javascript:`, `data:` and whatever else."""
    text = (url or "").strip()
    if any(ord(char) <= 32 for char in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def outer_link(url: str | None, words: object) -> str:
    """A link to the original, which learns nothing of this page; the words alone where the address is none."""
    address = web_address(url)
    if address is None:
        return escape(words)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">{escape(words)}</a>'


def inner_link(page: str, query: Mapping[str, Iterable[str]], words: object) -> str:
    """A link to a page of the dashboard."""
    address = f"{page}?{urlencode({key: list(value) for key, value in query.items()}, doseq=True)}"
    return f'<a class="vigie" href="{escape(address)}" target="_self">{escape(words)}</a>'


def highlighted(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with what lies in the spans marked; spans count characters, may overlap, and are cut at the text's end."""
    pieces, at = [], 0
    for start, end in _merged(spans, len(text)):
        pieces.append(escape(text[at:start]))
        pieces.append(f"<mark>{escape(text[start:end])}</mark>")
        at = end
    pieces.append(escape(text[at:]))
    return "".join(pieces)


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
