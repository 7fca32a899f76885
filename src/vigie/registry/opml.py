"""Read OPML as it is found, well-formed or not, saying what had to be repaired.

Six of ten lists in circulation are not well-formed: addresses with a bare `&`, titles with a bare `"`, entities of HTML.
XML parsers refuse such files or recover silently and drop attributes. This reader knows only what OPML needs: it walks
over the tags, takes `outline` elements with their attributes and nesting, and notes each repair with its line. On
well-formed files it gives what an XML parser gives. It resolves no entity but XML's five, character references and HTML's
names, and reads no document type: nothing can expand, nothing outside is opened.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5

from vigie.errors import UsageError

__all__ = ["Outline", "Repair", "decode_xml", "looks_like_xml", "read_outlines", "walk"]

_DEEPEST = 200  # levels of outlines; OPML for feeds has two or three

_TAG = re.compile(r"<(?:(?P<skip>!--|!\[CDATA\[|\?|!)|(?P<close>/?)(?P<name>[A-Za-z_][\w:.-]*))")
_SKIP_ENDS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>", "!": ">"}
_ATTRIBUTE = re.compile(r"\s*(?P<name>[^\s=<>\"'/]+)(?:\s*=\s*(?P<quote>[\"'])?)?")
#: What follows the quote that closes a value: the tag's end, another attribute, or (nothing closed) the next tag.
_AFTER_VALUE = r"(?=\s*/?\s*>|\s+[A-Za-z_][\w:.-]*\s*=\s*[\"']|\s*\Z)"
#: An address that a value would swallow with its attribute's name.
_SWALLOWED = re.compile(r"\b(?:xml|html)url\s*=\s*[\"']", re.IGNORECASE)
_VALUE_END = {quote: re.compile(quote + _AFTER_VALUE) for quote in "\"'"}
#: A `<` that starts a tag of OPML: no attribute's value reaches beyond it.
_NEXT_TAG = re.compile(r"<(?:/?outline\b|/?body\b|/?head\b|/opml\b|!--)", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?:#(?P<dec>[0-9]{1,7});|#[xX](?P<hex>[0-9a-fA-F]{1,6});|(?P<name>[A-Za-z][A-Za-z0-9]{0,31});)?")
_XML_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Codecs of Python that are no encodings of files.
_NO_ENCODINGS = frozenset(("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_KNOWN = {name.lower(): name for name in ("text", "title", "type", "xmlUrl", "htmlUrl", "language", "category", "description")}


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that was not as it should be, and what was made of it."""

    line: int
    what: str


@dataclass(slots=True)
class Outline:
    """One `outline` element."""

    line: int
    attributes: dict[str, str]
    children: list[Outline] = field(default_factory=list)


def looks_like_xml(content: bytes) -> bool:
    """Whether a file is meant as XML: its first character, after a byte order mark and white space, is `<`."""
    start = content[:4096].replace(b"\x00", b"")
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start.removeprefix(mark)
    return start.lstrip()[:1] == b"<"


def decode_xml(content: bytes) -> tuple[str, list[Repair]]:
    """XML bytes as text: by byte order mark, else by the declared encoding, else UTF-8; bytes that do not fit are replaced."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    else:
        declared = _DECLARED.match(content.lstrip()[:300])
        encoding = declared.group(1).decode("ascii") if declared else "utf-8"
    repairs: list[Repair] = []
    try:
        if codecs.lookup(encoding).name in _NO_ENCODINGS:
            raise LookupError(encoding)
        # Codecs such as `hex` are no text encodings: decoding with them raises LookupError too.
        return content.decode(encoding), repairs
    except LookupError:
        repairs.append(Repair(1, f"the declared encoding {encoding} is unknown: read as UTF-8"))
        encoding = "utf-8"
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        repairs.append(Repair(content.count(b"\n", 0, at) + 1, f"bytes that are not {encoding}: replaced by \ufffd"))
    return content.decode(encoding, errors="replace"), repairs


def read_outlines(text: str, file: str) -> tuple[list[Outline], list[Repair]]:
    """The outlines of an OPML text, nested, and what was repaired, in order of lines.

    Raises:
        UsageError: It is not OPML at all, or nested beyond reason.
    """
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    reader.read()
    return reader.roots, sorted(reader.repairs, key=lambda repair: repair.line)


class _Reader:
    """One walk over one text."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._line = 1  # of self._counted, moved along with the walk
        self._counted = 0
        self._open: list[Outline] = []
        self._bound = -1  # start of the next tag of OPML, as far as known
        self._endless: set[str] = set()  # kinds of markup whose ending does not come any more
        self._is_opml = False
        self.roots: list[Outline] = []
        self.repairs: list[Repair] = []

    def _line_at(self, offset: int) -> int:
        if offset < self._counted:
            return self._line - self._text.count("\n", offset, self._counted)
        self._line += self._text.count("\n", self._counted, offset)
        self._counted = offset
        return self._line

    def _repair(self, offset: int, what: str) -> None:
        self.repairs.append(Repair(self._line_at(offset), what))

    def read(self) -> None:
        """Walk over all tags."""
        position, end = 0, len(self._text)
        while position < end:
            found = _TAG.search(self._text, position)
            if found is None:
                break
            if found["skip"] is not None:
                position = self._skip(found)
            elif found["close"]:
                position = self._close(found)
            else:
                position = self._start(found)
        if not self._is_opml:
            raise UsageError(f"{self._file}:1: this is XML but no OPML; name an OPML file or a registry in YAML")
        for outline in reversed(self._open):
            self._repair(end, f"the outline of line {outline.line} is never closed: taken to end with the file")

    def _skip(self, found: re.Match[str]) -> int:
        kind, start = found["skip"], found.end()
        ending = _SKIP_ENDS[kind]
        if kind == "!":
            self._repair(found.start(), "a document type: passed over, and its entities with it")
            closed = self._text.find(">", start)
            if self._text.find("[", start, closed if closed >= 0 else len(self._text)) >= 0:
                ending = "]>"  # it has entities of its own, which end there
        stop = -1 if ending in self._endless else self._text.find(ending, start)
        if stop >= 0:
            return stop + len(ending)
        self._endless.add(ending)
        self._repair(found.start(), f"`<{kind}` without `{ending}`: passed over as far as the line's end")
        stop = self._text.find("\n", start)
        return len(self._text) if stop < 0 else stop

    def _close(self, found: re.Match[str]) -> int:
        stop = self._text.find(">", found.end())
        after = stop + 1 if stop >= 0 else len(self._text)
        if found["name"].lower() == "outline":
            if self._open:
                self._open.pop()
            else:
                self._repair(found.start(), "`</outline>` where none is open: passed over")
        return after

    def _start(self, found: re.Match[str]) -> int:
        name = found["name"].lower()
        if name == "opml":
            self._is_opml = True
        if name != "outline":
            return found.end()
        outline = Outline(self._line_at(found.start()), {})
        position, closed = self._attributes(found.end(), outline)
        (self._open[-1].children if self._open else self.roots).append(outline)
        if not closed:
            self._open.append(outline)
            if len(self._open) > _DEEPEST:
                raise UsageError(
                    f"{self._file}:{outline.line}: outlines nested more than {_DEEPEST} deep; this is no list of feeds"
                )
        return position

    def _attributes(self, position: int, outline: Outline) -> tuple[int, bool]:
        """Read attributes up to the tag's end: the place after it, and whether the tag closed itself."""
        text, end = self._text, len(self._text)
        while True:
            while position < end and text[position].isspace():
                position += 1
            if position >= end or text[position] == "<":
                self._repair(position, f"the tag of line {outline.line} has no `>`: taken to end here, without content")
                return position, True
            if text[position] == ">":
                return position + 1, False
            if text.startswith("/>", position):
                return position + 2, True
            found = _ATTRIBUTE.match(text, position)
            if found is None:
                self._repair(position, f"{text[position]!r} between attributes: passed over")
                position += 1
            elif found["quote"] is None:
                self._repair(position, f"{found['name'][:40]!r} without a quoted value: passed over")
                position = found.end()
            else:
                position = self._value(found, outline)

    def _value(self, found: re.Match[str], outline: Outline) -> int:
        """Read a value into the outline's attributes: the place after it."""
        start, quote, name = found.end(), found["quote"], found["name"]
        stop, closed = self._end_of_value(start, quote)
        if not closed and self._text.find(">", stop) < 0:
            self._repair(start, f"{name}: cut off by the end of the file: passed over")
            return len(self._text)
        if not closed:
            self._repair(start, f"{name}: the closing {quote} is missing: taken to end with its tag or the next attribute")
        known = _KNOWN.get(name.lower(), name)
        if known != name:
            self._repair(found.start(), f"attribute {name}: read as {known}")
        value = self._unescape(self._text[start:stop], start, known, quote)
        if known in outline.attributes:
            self._repair(found.start(), f"{known} is given twice: the first kept")
        else:
            outline.attributes[known] = value
        return stop + closed

    def _end_of_value(self, start: int, quote: str) -> tuple[int, bool]:
        """Where a value ends, and whether a quote closes it there.

        That is the first quote, in a well-formed file. Where quotes stand bare inside, it is the one that something which
        may follow a value follows; but an address with its attribute's name is never part of another value.
        """
        text, limit = self._text, self._limit(start)
        ended = _VALUE_END[quote].search(text, start, limit)
        if ended is None:
            closing = text.find(">", start, limit)
            value = text[start : closing if closing >= 0 else limit].rstrip().removesuffix("/").rstrip()
            return start + len(value), False
        stop, bare = ended.start(), text.find(quote, start, ended.start())
        swallowed = _SWALLOWED.search(text, start, stop + 1) if bare >= 0 else None
        if swallowed is None:
            return stop, True
        if bare < swallowed.start():
            return bare, True
        return start + len(text[start : swallowed.start()].rstrip()), False

    def _limit(self, start: int) -> int:
        """Where the next tag of OPML starts; found once, however many attributes stand before it."""
        if self._bound < start:
            bound = _NEXT_TAG.search(self._text, start)
            self._bound = bound.start() if bound else len(self._text)
        return self._bound

    def _unescape(self, raw: str, start: int, name: str, quote: str) -> str:
        for bare, meaning in ((quote, "&quot;" if quote == '"' else "&apos;"), ("<", "&lt;")):
            if bare in raw:
                self._repair(start + raw.index(bare), f"{name}: bare {bare} in the value: read as {meaning}")
        cleaned = _CONTROL.sub("", raw)
        if cleaned != raw:
            self._repair(start, f"{name}: control characters: removed")
        pieces: list[str] = []
        wrong: dict[str, list[int]] = {}
        done = 0
        for found in _AMPERSAND.finditer(cleaned):
            pieces.append(re.sub(r"[\t\n]", " ", cleaned[done : found.start()]))
            meaning, what = _meaning(found)
            if what:
                wrong.setdefault(what, []).append(start + found.start())
            pieces.append(meaning)
            done = found.end()
        pieces.append(re.sub(r"[\t\n]", " ", cleaned[done:]))
        for what, places in wrong.items():
            times = f" ({len(places)} times)" if len(places) > 1 else ""
            self._repair(min(places[0], start + len(raw)), f"{name}: {what}{times}")
        return "".join(pieces)


def _meaning(found: re.Match[str]) -> tuple[str, str]:
    """What a run that starts with `&` stands for, and what was wrong with it."""
    written = found.group()
    if found["name"]:
        name = found["name"]
        if name in _XML_ENTITIES:
            return _XML_ENTITIES[name], ""
        meant = html5.get(f"{name};")
        if meant is not None:
            return meant, f"{written} is HTML, not XML: read as {meant!r}"
        return written, f"{written} is defined nowhere: kept as it stands"
    digits = found["dec"] or found["hex"]
    if digits:
        number = int(digits, 10 if found["dec"] else 16)
        legal = number in (9, 10, 13) or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
        return (chr(number), "") if legal else ("", f"{written} is no character: removed")
    return "&", "bare & in the value: read as &amp;"


def walk(outlines: list[Outline], above: tuple[Outline, ...] = ()) -> Iterator[tuple[Outline, tuple[Outline, ...]]]:
    """Each outline with those that enclose it, in the order of the file."""
    for outline in outlines:
        yield outline, above
        yield from walk(outline.children, (*above, outline))
