"""RSS of every version, RDF, Atom and CDF; nothing is ever fetched.

feedparser is the reference. Documents that it provably reads in the same way are read by :mod:`vigie.feeds.native`, all
others by it. For both the text is repaired first where it can be without guessing (an ampersand that is none, HTML's
entities, characters that XML forbids, what stands before the first element), so that most of it is well-formed; of what
stays ill-formed only what follows the first element's end is passed over, as feedparser's strict parser does, and its loose
parser takes the rest. No document type reaches any of them: simple entities that it declares are put in by hand, others stay
as they are written.
"""

from __future__ import annotations

import codecs
import io
import re
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from html.entities import name2codepoint
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from vigie.feeds.bounded import BoundedLooseParser, BoundedStrictParser
from vigie.feeds.items import Body, RawFeed, RawItem, asked_interval, links_of, named_person
from vigie.feeds.known_items import KNOWN, Cut, cut
from vigie.feeds.native import read_natively, read_rest

__all__ = ["cut_body", "read_by_feedparser", "read_sound_xml", "read_xml"]

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
#: Bytes within which a document as it came is looked at for its first element.
_MAX_HEAD = 4_096
#: A longer prolog is no document type's, and is not searched.
_MAX_PROLOG = 20_000
_MAX_ENTITIES = 200
#: Characters at the end in which what ends a document is looked for.
_TAIL = 200
#: With more ampersands than that mending takes more than some tenths of a second.
_MOST_TO_MEND = 200_000

_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<\w")
_ENTITY = re.compile(r"""<!ENTITY\s+(\w{1,40})\s+(?:"([^"&%<]{0,200})"|'([^'&%<]{0,200})')\s*>""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?!(?:amp|apos|gt|lt|quot);)(?:#(?:(\d{1,8})|[xX]([0-9a-fA-F]{1,7}));|(\w{1,40});)?",
    re.DOTALL,
)
_END_OF_FEED = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)

#: Expat's errors that only say that the document ends too early, or goes on after its end: what was read stands.
_HARMLESS = frozenset([3, 5, 9, 20])  # no element found, unclosed token, junk after document element, unclosed CDATA section


def read_xml(text: str) -> RawFeed:
    """The items of an XML document; its version is empty where it is no known feed.

    Raises:
        Exception: Whatever feedparser raises on a document that neither of its parsers can bear.
    """
    feed = _read_as_it_stands(text)
    if feed is not None:
        return feed
    text, warnings = _repair(text)
    feed = _read_mended(text, warnings)
    return _read_by_feedparser(text, warnings) if feed is None else feed


def cut_body(body: bytes) -> Cut | None:
    """A document as it came, cut into its items and the rest; None where it has not plainly a feed's first element."""
    body = body.removeprefix(codecs.BOM_UTF8)
    head = body[:_MAX_HEAD].decode("latin-1")  # Of its ASCII characters that is the text, whatever else it is in.
    start, found = _root(head)
    return cut(body, KNOWN, start) if found and head[:start].isascii() else None


def read_sound_xml(text: str, document: Cut | None = None, *, twice: bool = False) -> RawFeed | None:
    """The same by the native reader, in a time that grows with the text's length; None where the document is feedparser's.

    Args:
        text: The document; where it is given cut, what is left of it.
        document: The document as it came, cut.
        twice: Whether it was encoded as UTF-8 twice.
    """
    feed = _read_as_it_stands(text) if document is None else _read_cut(text, document, twice=twice)
    if feed is not None or (document is not None and document.known) or text.count("&") > _MOST_TO_MEND:
        return feed
    return _read_mended(*_repair(text))


def _read_as_it_stands(text: str) -> RawFeed | None:
    if _ends_otherwise(text):
        return None
    start, found = _root(text)
    return read_natively(text, start) if found and not _ENTITY.search(text, 0, start) else None


def _read_cut(text: str, document: Cut, *, twice: bool) -> RawFeed | None:
    if _ends_otherwise(text) or _ENTITY.search(text, 0, document.start):
        return None
    return read_rest(text, document, twice=twice)


def _ends_otherwise(text: str) -> bool:
    """Whether a document ends as no sound one does."""
    end = text[-_TAIL:].rstrip()
    return bool(end) and not end.endswith(">")


def _read_mended(text: str, warnings: list[str]) -> RawFeed | None:
    """The items of a document that was repaired, or goes on after its end; None where it is neither, or is feedparser's."""
    text, problem = _without_junk(text)
    if not (warnings or problem):
        return None
    feed = read_natively(text)
    if feed is None or (problem and not feed.items):  # without items feedparser tries its loose parser
        return None
    feed.warnings = [*warnings, *problem]
    return feed


def _without_junk(text: str) -> tuple[str, list[str]]:
    """A document up to its first element's end, and expat's complaint of what follows; the whole where it has none.

    expat itself, which feedparser's strict parser rests on, is asked, of an empty element that ends at the same place.
    """
    root = _ROOT.match(text)
    closing = f"</{root[0][1:]}>" if root else ""
    start = text.rfind(closing) if closing else -1
    end = start + len(closing)
    if start < 0 or not text[end:].strip():
        return text, []
    line = max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) + 1
    breaks = text.count("\n", 0, end) + text.count("\r", 0, end) - text.count("\r\n", 0, end)
    probe = "\n" * breaks + f"<{'r' * (end - line - len('</>'))}/>" + text[end:]
    try:
        expat.ParserCreate().Parse(_DECLARATION + probe, True)
    except expat.ExpatError as error:
        if error.code in _HARMLESS:
            return text[:end], [_ill_formed(expat.ErrorString(error.code), error.lineno, error.offset)]
    return text, []


def read_by_feedparser(text: str) -> RawFeed:
    """The same by feedparser, whatever the document.

    Raises:
        Exception: As :func:`read_xml`.
    """
    return _read_by_feedparser(*_repair(text))


def _read_by_feedparser(text: str, warnings: list[str]) -> RawFeed:
    text = _DECLARATION + text
    parser: Any = BoundedStrictParser("", None, "utf-8")
    try:
        _feed_strictly(parser, text)
        problem = None
    except xml.sax.SAXException as error:
        problem = error
        warnings.append(_complaint(error))
    if problem is not None and not (parser.entries and _is_harmless(problem)):
        parser = BoundedLooseParser("", None, "utf-8", {})
        parser.feed(text)
    if parser.stumbles:
        warnings.append(f"elements where none is expected: {parser.stumbles}")
    feed = _raw_feed(parser, warnings)
    if problem is not None and parser.inentry and feed.items and not _END_OF_FEED.search(text, max(0, len(text) - 500)):
        feed.items[-1].broken = ("CutOff", "the document ends inside this item, which the next poll will bring whole")
    return feed


def _feed_strictly(parser: Any, text: str) -> None:
    reader = xml.sax.make_parser()
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(text.encode("utf-8")))
    reader.parse(source)


def _is_harmless(error: xml.sax.SAXException) -> bool:
    return getattr(error.getException(), "code", None) in _HARMLESS


def _complaint(error: xml.sax.SAXException) -> str:
    if isinstance(error, xml.sax.SAXParseException):
        return _ill_formed(error.getMessage(), error.getLineNumber(), error.getColumnNumber())
    return f"not well-formed: {error.getMessage()}"


def _ill_formed(message: str, line: int | None, column: int | None) -> str:
    return f"not well-formed: {message} (line {line}, column {column} of the text as read)"


def _repair(text: str) -> tuple[str, list[str]]:
    """The document from its root element on, with what XML forbids mended; and what was mended, in words."""
    warnings = []
    start, found = _root(text)
    if text[:start].strip("\ufeff \t\r\n") and not found:
        warnings.append(f"characters before the first element: {start}")
    declared = {name: one or other for name, one, other in _ENTITY.findall(text[: min(start, _MAX_PROLOG)])[:_MAX_ENTITIES]}
    text, forbidden = _FORBIDDEN.subn("", text[start:])
    if forbidden:
        warnings.append(f"characters that XML forbids: {forbidden}")
    counts = {"bare": 0, "unknown": 0, "forbidden": 0}

    def mend(match: re.Match[str]) -> str:
        whole = match[0]
        if whole.startswith("<!"):
            return whole
        if match[1] or match[2]:
            code = int(match[1]) if match[1] else int(match[2], 16)
            if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
                counts["forbidden"] += 1
                return ""
            return whole
        if match[3] in declared:
            return escape(declared[match[3]])
        if match[3] in name2codepoint:
            counts["unknown"] += 1
            return f"&#{name2codepoint[match[3]]};"
        counts["bare"] += 1
        return "&amp;" + whole[1:]

    text = _REFERENCE.sub(mend, text)
    if counts["bare"]:
        warnings.append(f"ampersands that begin no entity: {counts['bare']}")
    if counts["unknown"]:
        warnings.append(f"entities of HTML that the document does not declare: {counts['unknown']}")
    if counts["forbidden"]:
        warnings.append(f"references to characters that XML forbids: {counts['forbidden']}")
    return text, warnings


def _root(text: str) -> tuple[int, bool]:
    """Where the root element begins (a feed's, where there is one near), and whether only a prolog stands before it."""
    place = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    while place < _MAX_PROLOG:
        match = _PROLOG.match(text, place, place + _MAX_PROLOG)
        if match is None:
            break
        place = match.end()
    blank = re.compile(r"\s*").match(text, place)
    place = blank.end() if blank else place
    if _ROOT.match(text, place):
        return place, True
    found = _ROOT.search(text, place, place + _MAX_PROLOG) or _ELEMENT.search(text, place)
    return (found.start(), found.start() == place) if found else (place, False)


def _raw_feed(parser: Any, warnings: list[str]) -> RawFeed:
    about = parser.feeddata
    version = parser.version or ""
    return RawFeed(
        version=version,
        items=[_raw_item(entry) for entry in parser.entries],
        beyond=parser.beyond,
        language=_text(about.get("language")),
        site=_text(about.get("link")),
        relative_to_site=not version.startswith("atom"),
        warnings=warnings,
        asked_interval=asked_interval(
            _text(about.get("ttl")), _text(about.get("sy_updateperiod")), _text(about.get("sy_updatefrequency"))
        ),
    )


def _raw_item(entry: Any) -> RawItem:
    contents = [(content.get("value"), content) for content in _listed(entry, "content")]
    texts = _detailed(entry, "summary") + contents or _detailed(entry, "media_description")
    details = [detail for _, detail in texts] + [entry.get("title_detail")]
    alternates = [_text(link.get("href")) for link in _listed(entry, "links") if link.get("rel") == "alternate"]
    return RawItem(
        guid=_text(entry.get("id")),
        links=links_of(_text(entry.get("feedburner_origlink")), _text(entry.get("link")), alternates),
        title=_text(entry.get("title")) or _text(entry.get("media_title")),
        bodies=tuple(
            Body(_text(value), "html" in _text(detail.get("type")), _text(detail.get("base")))
            for value, detail in texts
            if value
        ),
        authors=tuple(
            named_person(_text(author.get("name"))) or _text(author.get("email")) for author in _listed(entry, "authors")
        ),
        published=_first(entry, "published", "dc_date", "created"),
        updated=_first(entry, "updated"),
        language=_text(entry.get("language"))
        or next((_text(d.get("language")) for d in details if isinstance(d, dict) and d.get("language")), ""),
    )


def _detailed(entry: Any, name: str) -> list[tuple[Any, Any]]:
    """A field with its details (type, language, base), as contents have them; none where it is empty."""
    details = entry.get(f"{name}_detail")
    return [(entry[name], details if isinstance(details, dict) else {})] if entry.get(name) else []


def _listed(entry: Any, name: str) -> list[Any]:
    """A field that feedparser makes a list of; none where an element of that name put something else in its place."""
    values = entry.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _first(entry: Any, *names: str) -> str:
    """The first of these fields that is not empty; asked of the dictionary itself, for feedparser's substitutes `updated`."""
    return next((value for value in (_text(dict.get(entry, name)) for name in names) if value), "")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
