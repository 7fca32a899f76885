"""What the readers of the formats hand on: a feed's items before their texts, dates and addresses are made ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from vigie.schemas import Entry

__all__ = ["MAX_ENTRIES", "Body", "RawFeed", "RawItem", "asked_interval", "links_of", "named_person"]

#: Items read of one document; the rest is one failure that says how many there were.
MAX_ENTRIES = 2000

_NAMED_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\s*\(([^()]*)\)|([^<>@]*)<[^\s<>]+@[^\s<>]+>")


@dataclass(slots=True)
class Body:
    """One text of an item: summary, description or content."""

    value: str
    #: True: declared as HTML; False: declared as plain text, which feeds often do wrongly.
    is_html: bool = True
    #: Address that its relative links stand under, as declared; may be relative itself.
    base: str = ""


@dataclass(slots=True)
class RawItem:
    """One item as its format gives it."""

    guid: str = ""
    #: Addresses of the item, the one to be preferred first.
    links: tuple[str, ...] = ()
    title: str = ""
    bodies: tuple[Body, ...] = ()
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    language: str = ""
    #: What is wrong with it, where it cannot be used: error type and message.
    broken: tuple[str, str] | None = None
    #: What :func:`vigie.feeds.entries.make_entry` made of it last; for an item that is read again.
    made: Made | None = field(default=None, compare=False, repr=False)

    @property
    def longest(self) -> int:
        """Characters of its longest field."""
        return max(
            len(self.title),
            sum([len(body.value) for body in self.bodies]),
            sum(map(len, self.links)),
            sum(map(len, self.authors)),
            len(self.guid) + len(self.published) + len(self.updated) + len(self.language),
        )


class Made(NamedTuple):
    """The entry that an item was made into."""

    entry: Entry
    #: What it took from around it.
    under: tuple[str, str, str]
    #: Fetched from then on it is the same; None: its date hangs on the very time of fetching.
    holds_from: datetime | None


@dataclass(slots=True)
class RawFeed:
    """One document as its format gives it."""

    #: Format and version, as `rss20`, `atom10`, `json11`; empty where none was detected.
    version: str
    items: list[RawItem] = field(default_factory=list)
    #: Items beyond :data:`MAX_ENTRIES`, counted and not read.
    beyond: int = 0
    language: str = ""
    #: The site's own address, as the feed gives it.
    site: str = ""
    #: Whether relative addresses stand under the site's rather than the document's address.
    relative_to_site: bool = False
    #: What was wrong with the document, in words.
    warnings: list[str] = field(default_factory=list)
    #: Seconds that it asks for between two polls; None where it asks for nothing.
    asked_interval: float | None = None

    @property
    def longest(self) -> int:
        """Characters of the longest field of an item that was not made into an entry before."""
        return max([item.longest for item in self.items if item.made is None], default=0)


#: Seconds of the periods of the syndication module for RSS (https://web.resource.org/rss/1.0/modules/syndication/).
_PERIODS = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}


def asked_interval(ttl: str, period: str, frequency: str) -> float | None:
    """Seconds that a feed asks for between two polls, the longer where it names two.

    Args:
        ttl: RSS 2.0's `ttl`, minutes.
        period: `sy:updatePeriod`; daily where it is left out and a frequency is given.
        frequency: `sy:updateFrequency`: how many times in a period; 1 where it is left out.
    """
    asked = [float(ttl) * 60] if _is_count(ttl) else []
    if period.lower() in _PERIODS or (not period and _is_count(frequency)):
        asked.append(_PERIODS[period.lower() or "daily"] / (int(frequency) if _is_count(frequency) else 1))
    return max(asked, default=None)


def _is_count(text: str) -> bool:
    """Whether a text is a whole number above 0 that a feed can mean."""
    return text.isascii() and text.isdigit() and 0 < len(text) <= 7 and int(text) > 0


def named_person(name: str) -> str:
    """The name in RSS's `desk@example.com (News Desk)` and in `News Desk <desk@example.com>`; else what is written."""
    match = _NAMED_ADDRESS.fullmatch(name) if "@" in name else None
    return (match[1] or match[2] or "").strip() or name if match else name


def links_of(before_rewriting: str, link: str, alternates: Sequence[str]) -> tuple[str, ...]:
    """The address before a feed service rewrote it, then the entry's link, then any other alternate form of it."""
    return tuple([stripped for address in (before_rewriting, link, *alternates[:5]) if (stripped := address.strip())])
