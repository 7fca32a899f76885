"""One fetched document → its entries, and a failure for everything in it that is none.

`parse_document` never raises, whatever the bytes, and never fetches. Every item of a document is accounted for:
``total == len(entries) + len(failures)`` wherever the document is a feed with items. Items beyond the first 2,000 are
one failure together, which says how many there are, and count as one.

Example:
    >>> from datetime import UTC, datetime
    >>> from vigie.schemas import FetchedDocument
    >>> body = b'<rss version="2.0"><channel><item><title>Paris</title></item></channel></rss>'
    >>> document = FetchedDocument("a/front", "a", "https://a.example/rss", datetime(2017, 5, 29, tzinfo=UTC), body=body)
    >>> [entry.title for entry in parse_document(document, time_zone="Europe/Paris").entries]
    ['Paris']
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vigie.feeds.blocked import block_sign
from vigie.feeds.encoding import BodyTooLargeError, Decoded, decode_body, decompress
from vigie.feeds.entries import Surroundings, made_before, make_entry
from vigie.feeds.items import MAX_ENTRIES, RawFeed, RawItem
from vigie.feeds.json_feed import looks_like_json, read_json
from vigie.feeds.known_items import Cut
from vigie.feeds.xml_feed import cut_body, read_sound_xml, read_xml
from vigie.schemas import Entry, FetchedDocument, FetchOutcome
from vigie.text import clean, to_plain

__all__ = ["MAX_BODY_BYTES", "ParseFailure", "ParsedDocument", "parse_document", "parse_quickly"]

#: A larger body, decompressed, is refused.
MAX_BODY_BYTES = 15 * 1024 * 1024
#: Bytes of a body, and characters of a field, up to which reading a sound feed is sure to be cheap.
_QUICK_BODY = 4 * 1024 * 1024
_QUICK_FIELD = 16 * 1024
_MAX_WARNING = 500
_MAX_KEY = 300

#: Outcomes of fetching that leave nothing to read.
_NO_BODY = frozenset(
    [
        FetchOutcome.NOT_MODIFIED,
        FetchOutcome.HTTP_ERROR,
        FetchOutcome.NETWORK_ERROR,
        FetchOutcome.TOO_LARGE,
        FetchOutcome.REFUSED,
        FetchOutcome.BLOCKED,
    ]
)

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf:rdf|channel)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^>]*>([^<]{1,300})", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w:.\-]{0,80})")


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """A document, or one item of it, that is no entry."""

    #: Which: the document's address, or the item's guid, link or place.
    key: str
    #: Kind: NotAFeed, EmptyFeed, TooLarge, ParserError for documents; EmptyEntry, BadItem, CutOff, TooManyEntries for items.
    error_type: str
    #: What was wrong, in words.
    message: str


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a document held."""

    entries: tuple[Entry, ...]
    #: Of a feed with items: one for each that is no entry. Otherwise one that says why there are none.
    failures: tuple[ParseFailure, ...]
    #: The fetch's own where that left nothing to read or the document was read; else EMPTY, NOT_A_FEED, BLOCKED, TOO_LARGE.
    outcome: FetchOutcome
    #: What was wrong with a document that was read all the same; empty where nothing was.
    warning: str = ""
    #: The language that the feed declares, as given.
    language: str = ""
    #: Items in the document: always the entries and the failures of entries.
    total: int = 0
    #: Seconds that the feed asks for between two polls (ttl, sy:updatePeriod); None where it asks for nothing.
    asked_interval: float | None = None

    @property
    def whole(self) -> bool:
        """Whether the document was read to a sound end: one that broke off may lack entries that its server says it sent."""
        cut_off = any(failure.error_type == "CutOff" for failure in self.failures)
        return not cut_off and "not well-formed" not in self.warning


def parse_document(document: FetchedDocument, *, time_zone: str, homepage: str = "") -> ParsedDocument:
    """Read one fetched document.

    Args:
        document: The document; its headers' content type decides on the encoding where the bytes do not.
        time_zone: IANA zone of the edition, for dates without one.
        homepage: The source's front page, under which relative links stand where the feed names no site.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: `time_zone` is none; nothing in the document can raise.
        MemoryError: There is no more.
    """
    if document.outcome in _NO_BODY:
        return ParsedDocument((), (), document.outcome)
    if len(document.body) > MAX_BODY_BYTES:
        return _refused(
            document, FetchOutcome.TOO_LARGE, "TooLarge", f"{len(document.body)} bytes; the limit is {MAX_BODY_BYTES}"
        )
    try:
        text, warnings = _text(document)
    except BodyTooLargeError as error:
        return _refused(document, FetchOutcome.TOO_LARGE, "TooLarge", str(error))
    feed = _read(text)
    if isinstance(feed, ParseFailure):
        if _HTML.match(text) and (sign := block_sign(text)):
            return _refused(document, FetchOutcome.BLOCKED, "Blocked", f"a page that keeps vigie out: {sign!r}")
        return _refused(document, FetchOutcome.NOT_A_FEED, feed.error_type, feed.message)
    feed.warnings[:0] = warnings
    if not feed.items:
        return _refused(document, FetchOutcome.EMPTY, "EmptyFeed", f"a feed ({feed.version}) without entries", feed)
    return _parsed(feed, document, time_zone, homepage)


def parse_quickly(document: FetchedDocument, *, time_zone: str, homepage: str = "") -> ParsedDocument | None:
    """The same, where that is sure to be cheap; else None.

    Cheap are sound feeds of which no field is long: libxml2 reads them, in time that grows with their size, and no field
    is long enough for the readers of texts, dates and addresses to take a while.
    """
    if document.outcome in _NO_BODY or len(document.body) > _QUICK_BODY:
        return None
    try:
        body, warnings = decompress(document.body, MAX_BODY_BYTES)
    except BodyTooLargeError:
        return None
    feed = _read_soundly(body, _content_type(document))
    if feed is None or not feed.items or feed.longest > _QUICK_FIELD:
        return None
    feed.warnings[:0] = warnings
    return _parsed(feed, document, time_zone, homepage)


def _read_soundly(body: bytes, content_type: str) -> RawFeed | None:
    """The items of a sound feed; those that were read before are told by their bytes, and neither decoded nor read again."""
    cut = cut_body(body)
    if cut is not None and cut.known:
        feed = _read_decoded(cut.decoded(content_type), cut)
        if feed is not None:
            return feed
        cut = None
    decoded = decode_body(body, content_type)
    return _read_decoded(decoded, cut if decoded.twice is not None else None)


def _read_decoded(decoded: Decoded | None, cut: Cut | None) -> RawFeed | None:
    if decoded is None or len(decoded.text) > _QUICK_BODY or looks_like_json(decoded.text) or _HTML.match(decoded.text):
        return None
    feed = read_sound_xml(decoded.text, cut, twice=bool(decoded.twice))
    if feed is not None:
        feed.warnings[:0] = decoded.warnings
    return feed


def _text(document: FetchedDocument) -> tuple[str, tuple[str, ...]]:
    """The body's text, and what was done to have it."""
    body, warnings = decompress(document.body, MAX_BODY_BYTES)
    decoded = decode_body(body, _content_type(document))
    return decoded.text, (*warnings, *decoded.warnings)


def _content_type(document: FetchedDocument) -> str:
    return next((header.value for header in document.headers if header.name.lower() == "content-type"), "")


def _read(text: str) -> RawFeed | ParseFailure:
    """The items of the document, or why it has none."""
    if not text.strip("\ufeff\x00 \t\r\n"):
        return ParseFailure("", "NotAFeed", "the body is empty")
    if looks_like_json(text):
        result = read_json(text)
        return ParseFailure("", "NotAFeed", result) if isinstance(result, str) else result
    is_html = _HTML.match(text) is not None
    if "<" not in text or (is_html and not _FEED_ROOT.search(text)):
        return ParseFailure("", "NotAFeed", _looks_like(text))
    try:
        feed = read_xml(text)
    except MemoryError:
        raise  # What a document may cost is decided elsewhere (vigie.feeds.guarded).
    except Exception as error:  # feedparser may raise anything, and a document's fault must not be the run's
        return ParseFailure("", "ParserError", f"the parser gave up: {type(error).__name__}: {clean(str(error))[:300]}")
    if not feed.version and (is_html or not feed.items):
        return ParseFailure("", "NotAFeed", _looks_like(text))
    return feed


def _looks_like(text: str) -> str:
    """What a document that is no feed is, in words."""
    if _HTML.match(text):
        title = _HTML_TITLE.search(text)
        named = to_plain(title[1]).text[:100] if title else ""
        return f"an HTML page titled {named!r}" if named else "an HTML page"
    element = _FIRST_ELEMENT.search(text)
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return f"XML that is no feed: its first element is <{element[1]}>" if element else "XML without an element"
    if text.count("\ufffd") * 10 > len(text) or "\x00" in text:
        return "binary data"
    start = " ".join(clean(text[:200]).split())[:60]
    return f"plain text, beginning {start!r}"


def _parsed(feed: RawFeed, document: FetchedDocument, time_zone: str, homepage: str) -> ParsedDocument:
    around = Surroundings.of(
        feed,
        document_url=document.final_url or document.url,
        homepage=homepage,
        time_zone=time_zone or "UTC",
        fetched_at=document.fetched_at,
    )
    made = made_before(feed.items, around)
    failures: list[ParseFailure] = []
    for position in [position for position, entry in enumerate(made) if entry is None]:
        item = feed.items[position]
        entry = item.broken or make_entry(item, around)
        if isinstance(entry, Entry):
            made[position] = entry
            continue
        problem = entry if isinstance(entry, tuple) else ("EmptyEntry", entry)
        failures.append(ParseFailure(_key(item, position), *problem))
    if feed.beyond:
        message = f"{MAX_ENTRIES + feed.beyond} items; the first {MAX_ENTRIES} were read, the others are this one failure"
        failures.append(ParseFailure(f"items from {MAX_ENTRIES} on", "TooManyEntries", message))
    entries = tuple([entry for entry in made if entry is not None])
    return ParsedDocument(
        entries=entries,
        failures=tuple(failures),
        outcome=document.outcome,
        warning=_warning(feed),
        language=clean(feed.language)[:35],
        total=len(entries) + len(failures),
        asked_interval=feed.asked_interval,
    )


def _refused(
    document: FetchedDocument, outcome: FetchOutcome, error_type: str, message: str, feed: RawFeed | None = None
) -> ParsedDocument:
    failure = ParseFailure(clean(document.final_url or document.url)[:_MAX_KEY], error_type, message)
    warning, language = (_warning(feed), clean(feed.language)[:35]) if feed else ("", "")
    return ParsedDocument((), (failure,), outcome, warning, language, asked_interval=feed.asked_interval if feed else None)


def _warning(feed: RawFeed) -> str:
    return clean("; ".join(feed.warnings))[:_MAX_WARNING]


def _key(item: RawItem, position: int) -> str:
    return clean(item.guid or next(iter(item.links), ""))[:_MAX_KEY] or f"item {position}"
