"""From a feed's items to entries: plain text, absolute and canonical links, dates with their quality."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from vigie.dates import parse_date
from vigie.feeds.items import Body, Made, RawFeed, RawItem
from vigie.identity import revision_hash
from vigie.schemas import DateQuality, DateSource, Entry
from vigie.text import MAX_URL_LENGTH, PlainText, clean, html_to_text, to_plain
from vigie.urls import absolutise, canonicalise

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Surroundings", "made_before", "make_entry"]

_MAX_AUTHORS = 20
_MAX_AUTHOR = 300
_MAX_GUID = 2048
_MAX_DATE = 200
_MAX_LANGUAGE = 35  # BCP 47 recommends room for so many characters
#: What a date is only until it has come.
_PASSING = frozenset([DateQuality.AHEAD, DateQuality.FUTURE])

#: A publication's time, which element gave it, how far it can be relied on, and how it was written.
_Dates = tuple[datetime | None, DateSource, DateQuality, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry takes from around it."""

    #: The address that relative links stand under; empty where none is known.
    base: str
    #: IANA zone of the edition.
    time_zone: str
    fetched_at: datetime
    #: Language that the feed declares.
    language: str

    @classmethod
    def of(cls, feed: RawFeed, *, document_url: str, homepage: str, time_zone: str, fetched_at: datetime) -> Surroundings:
        """The surroundings of a feed's entries: in RSS links stand under the site's address, in Atom under the document's."""
        site = absolutise(feed.site, document_url)
        bases = (site, homepage, document_url) if feed.relative_to_site else (document_url, site, homepage)
        return cls(
            base=next((base for base in bases if absolutise(base, "")), ""),
            time_zone=time_zone,
            fetched_at=fetched_at,
            language=feed.language,
        )

    def absolute(self, url: str) -> str:
        """An absolute address, or empty where there is none or it is too long."""
        result = clean(absolutise(url, self.base))
        return result if len(result) <= MAX_URL_LENGTH else ""

    @property
    def lasting(self) -> tuple[str, str, str]:
        """All but the time of fetching: most polls of a feed, and often those of a site's feeds, have it in common."""
        return self.base, self.time_zone, self.language


def make_entry(item: RawItem, around: Surroundings) -> Entry | str:
    """The entry that an item is, or why it is none, in words.

    It is remembered with the item, for :func:`made_before`.
    """
    dates, holds = _date(item, around)
    entry = _made(item, around, dates)
    if isinstance(entry, Entry):
        item.made = Made(entry, around.lasting, around.fetched_at if holds else None)
    return entry


def made_before(items: Sequence[RawItem], around: Surroundings) -> list[Entry | None]:
    """Of each item the entry that it was made into before, where it would be the same now; else None.

    An item that was read before (:mod:`vigie.feeds.known_items`) is the entry that it was then, unless it stands under other
    addresses now, or the time of fetching has a say in its date: one that lay ahead does so no more after a while. A date
    that once was past is so at every later time.
    """
    under, at = around.lasting, around.fetched_at
    return [
        made.entry
        if (made := item.made) is not None and made.holds_from is not None and made.holds_from <= at and made.under == under
        else None
        for item in items
    ]


def _made(item: RawItem, around: Surroundings, dates: _Dates) -> Entry | str:
    title = to_plain(item.title).text.replace("\n", " ")
    body = _longest(item.bodies, around)
    url = next(filter(None, map(around.absolute, item.links)), "")
    if not (title or body.text or url):
        return "neither title nor text nor link"
    published_at, source, quality, raw = dates
    guid = clean(item.guid)
    return Entry(
        guid=guid if len(guid) <= _MAX_GUID else "",
        url=url,
        canonical_url=canonicalise(url),
        title=title,
        text=body.text,
        authors=_names(item.authors),
        published_at=published_at,
        date_source=source,
        date_quality=quality,
        date_raw=clean(raw)[:_MAX_DATE],
        declared_language=clean(item.language or around.language)[:_MAX_LANGUAGE],
        links=body.links,
        revision_hash=revision_hash(title, body.text),  # Each poll that shows it again asks for it.
    )


def _longest(bodies: tuple[Body, ...], around: Surroundings) -> PlainText:
    """The longest text; of equal ones the first, with the links of the one that has some."""
    texts = []
    for body in dict.fromkeys((body.value, body.is_html, body.base) for body in bodies):
        value, is_html, base = body
        under = (around.absolute(base) if base else "") or around.base
        texts.append(html_to_text(value, under) if is_html else to_plain(value, under))
    best = max(texts, key=lambda text: (len(text.text), len(text.links)), default=PlainText(""))
    return best


def _date(item: RawItem, around: Surroundings) -> tuple[_Dates, bool]:
    """The publication's date, or where it has none that is usable the update's; and whether that holds at all later times."""
    dates = [
        (raw, source, *parse_date(raw, zone=around.time_zone, fetched_at=around.fetched_at))
        for raw, source in ((item.published, DateSource.PUBLISHED), (item.updated, DateSource.UPDATED))
        if raw
    ]
    if not dates:
        return (None, DateSource.NONE, DateQuality.MISSING, ""), True
    raw, source, moment, quality = next((date for date in dates if date[3].is_dated), dates[0])
    return (moment, source, quality, raw), all(date[3] not in _PASSING and _is_past(date[2], around) for date in dates)


def _is_past(moment: datetime | None, around: Surroundings) -> bool:
    return moment is None or moment <= around.fetched_at


def _names(authors: tuple[str, ...]) -> tuple[str, ...]:
    names = (
        to_plain(author[: _MAX_AUTHOR * 4]).text.replace("\n", " ")[:_MAX_AUTHOR].strip()
        for author in authors[: _MAX_AUTHORS * 2]
    )
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_AUTHORS]
