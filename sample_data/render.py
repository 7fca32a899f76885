"""Feed documents as outlets write them: RSS 2.0, Atom, RDF (RSS 1.0) and JSON Feed, with their habits and faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from vigie.sample_data.plan import FeedPlan, Outlet

__all__ = ["CONTENT_TYPES", "EXTENSIONS", "Shown", "date_text", "render"]

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json",
}
EXTENSIONS = {"rss": "xml", "atom": "xml", "rdf": "xml", "json": "json"}

#: Summaries of feeds that carry the whole text beside a teaser keep one sentence of texts longer than this, characters.
_TEASER_FROM = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as a poll saw it."""

    title: str
    text: str
    html: bool
    link: str
    guid: str | None
    #: Where the date is given verbatim, or (None) left out; otherwise `at`.
    date: str | None
    at: datetime
    #: When its latest revision appeared.
    changed_at: datetime
    authors: tuple[str, ...]


def render(feed: FeedPlan, outlet: Outlet, entries: Sequence[Shown]) -> bytes:
    """The document that the feed's address gave, in the feed's encoding.

    Raises:
        UnicodeEncodeError: An entry holds a character that the encoding lacks.
    """
    return _FORMATS[feed.format](feed, outlet, entries).encode(feed.encoding)


def _rfc822(moment: datetime, feed: FeedPlan) -> str:
    text = format_datetime(moment)
    return text.rpartition(" ")[0] if feed.dates == "no-zone" else text


def _iso(moment: datetime) -> str:
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == timedelta(0) else text


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _element(name: str, content: str | None, *, cdata: bool = False, attributes: str = "") -> str:
    """One element on one line; nothing at all where there is no content."""
    if content is None:
        return ""
    inner = f"<![CDATA[{content}]]>" if cdata else escape(content)
    return f"<{name}{attributes}>{inner}</{name}>"


def _paragraphs(text: str) -> str:
    """A text as HTML in two paragraphs, cut after the sentence that ends nearest its middle."""
    ends = [place + 2 for place in range(len(text)) if text.startswith(". ", place)]
    middle = min(ends, key=lambda end: abs(end - len(text) // 2), default=len(text))
    return "\n".join(f"<p>{escape(part.strip())}</p>" for part in (text[:middle], text[middle:]) if part.strip())


def _newest_change(entries: Sequence[Shown]) -> datetime | None:
    return max((entry.changed_at for entry in entries), default=None)


def _rss(feed: FeedPlan, outlet: Outlet, entries: Sequence[Shown]) -> str:
    changed = _newest_change(entries)
    return (
        _lines(
            f'<?xml version="1.0" encoding="{feed.encoding.upper()}"?>',
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">',
            "<channel>",
            _element("title", feed.title),
            _element("link", outlet.homepage),
            _element("description", outlet.name),
            _element("language", feed.language),
            f'<atom:link href={quoteattr(feed.url)} rel="self" type="application/rss+xml"/>',
            _element("lastBuildDate", _rfc822(changed, feed)) if changed else "",
            *(_rss_item(feed, entry) for entry in entries),
            "</channel>",
            "</rss>",
        )
        + "\n"
    )


def _rss_item(feed: FeedPlan, entry: Shown) -> str:
    cdata = "cdata" in feed.quirks
    summary, content = entry.text, None
    if "full" in feed.quirks:
        content = _paragraphs(entry.text)
        if len(entry.text) > _TEASER_FROM:
            summary = entry.text.partition(". ")[0] + "."
    permanent = ' isPermaLink="true"' if feed.guids == "url" and entry.guid == entry.link else ' isPermaLink="false"'
    return _lines(
        "<item>",
        _element("title", entry.title, cdata=cdata),
        _element("link", entry.link),
        _element("guid", entry.guid, attributes=permanent),
        _element("pubDate", entry.date),
        *(_element("dc:creator", author) for author in entry.authors),
        _element("description", summary, cdata=cdata),
        _element("content:encoded", content, cdata=True),
        "</item>",
    )


def _atom(feed: FeedPlan, outlet: Outlet, entries: Sequence[Shown]) -> str:
    changed = _newest_change(entries)
    return (
        _lines(
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language or "")}>',
            _element("title", feed.title),
            _element("id", feed.url),
            f'<link rel="self" href={quoteattr(feed.url)}/>',
            f'<link rel="alternate" type="text/html" href={quoteattr(outlet.homepage)}/>',
            _element("updated", _iso(changed)) if changed else "",
            *(_atom_entry(feed, entry) for entry in entries),
            "</feed>",
        )
        + "\n"
    )


def _atom_entry(feed: FeedPlan, entry: Shown) -> str:
    kind = ' type="html"' if entry.html else ""
    updated_only = "updated-only" in feed.quirks
    return _lines(
        "<entry>",
        _element("title", entry.title, attributes=kind),
        f'<link rel="alternate" type="text/html" href={quoteattr(entry.link)}/>',
        _element("id", entry.guid),
        "" if updated_only else _element("published", entry.date),
        # An outlet that gives one date only leaves it as it was when a headline changes.
        _element("updated", entry.date if updated_only else _iso(entry.changed_at)),
        *(f"<author>{_element('name', author)}</author>" for author in entry.authors),
        _element("summary", entry.text, attributes=kind),
        "</entry>",
    )


def _rdf(feed: FeedPlan, outlet: Outlet, entries: Sequence[Shown]) -> str:
    changed = _newest_change(entries)
    return (
        _lines(
            f'<?xml version="1.0" encoding="{feed.encoding}"?>',
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/">',
            f"<channel rdf:about={quoteattr(feed.url)}>",
            _element("title", feed.title),
            _element("link", outlet.homepage),
            _element("description", outlet.name),
            _element("dc:language", feed.language),
            _element("dc:date", _iso(changed)) if changed else "",
            "<items>",
            "<rdf:Seq>",
            *(f"<rdf:li rdf:resource={quoteattr(entry.link)}/>" for entry in entries),
            "</rdf:Seq>",
            "</items>",
            "</channel>",
            *(_rdf_item(entry) for entry in entries),
            "</rdf:RDF>",
        )
        + "\n"
    )


def _rdf_item(entry: Shown) -> str:
    return _lines(
        f"<item rdf:about={quoteattr(entry.guid or entry.link)}>",
        _element("title", entry.title),
        _element("link", entry.link),
        _element("dc:date", entry.date),
        *(_element("dc:creator", author) for author in entry.authors),
        _element("description", entry.text),
        "</item>",
    )


def _json(feed: FeedPlan, outlet: Outlet, entries: Sequence[Shown]) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": outlet.homepage,
        "feed_url": feed.url,
        "language": feed.language,
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json_item(entry: Shown) -> Mapping[str, object]:
    item: dict[str, object] = {"id": entry.guid, "url": entry.link, "title": entry.title}
    item["content_html" if entry.html else "content_text"] = entry.text
    if entry.date is not None:
        item["date_published"] = entry.date
    if entry.changed_at > entry.at:
        item["date_modified"] = _iso(entry.changed_at)
    if entry.authors:
        item["authors"] = [{"name": author} for author in entry.authors]
    return item


_FORMATS: Mapping[str, Callable[[FeedPlan, Outlet, Sequence[Shown]], str]] = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
}


def date_text(feed: FeedPlan, moment: datetime) -> str:
    """A date as the feed's format and habit have it."""
    return _rfc822(moment, feed) if feed.format == "rss" else _iso(moment)
