r"""Plain text from what feeds carry, and the measures taken on it: words, the lead, the key of a title.

Stored text is in Unicode's composed form (NFC: canonically equal texts become one, a reader sees no difference), with
single spaces (no-break and thin ones included), one newline between paragraphs, and without control characters, lone
surrogates or invisible characters at its ends. Nothing else is changed: quotes, dashes, case, soft hyphens inside words
stay as the outlet wrote them.

Example:
    >>> html_to_text('<p>La <b>Ru</b>ssie &amp; la <a href="/eu">France</a></p><p>Suite</p>', "https://example.com/")
    PlainText(text='La Russie & la France\nSuite', links=(Link(url='https://example.com/eu', text='France'),))
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from lxml import etree

from vigie.schemas import Link
from vigie.urls import absolutise

__all__ = ["PlainText", "clean", "count_words", "html_to_text", "lead_end", "title_key", "to_plain"]

#: Longer addresses are dropped, their words kept.
MAX_URL_LENGTH = 2048
#: Links kept of one text, and words kept of one link's anchor, characters.
_MAX_LINKS = 300
_MAX_ANCHOR = 300
#: A text escaped more often than this stays as it is.
_MAX_READINGS = 3

#: Results that are kept of each function that a feed's next poll will ask the same of, for most of its entries are known.
_REMEMBERED = 1024

_HIDDEN_NAMES = "script style head title template noscript iframe object embed svg math audio video canvas select textarea"
_PARAGRAPH_NAMES = (
    "address article aside blockquote br center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section summary table tr ul"
)
#: Elements whose content is not for reading.
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
#: Elements that begin and end a paragraph.
_PARAGRAPHS = frozenset(_PARAGRAPH_NAMES.split())
#: Elements that separate words and no more.
_SPACES = frozenset(["button", "img", "input", "option", "td", "th"])

_TAG_NAMES = (
    "a abbr article b big blockquote br center cite code dd del div dl dt em figure figcaption font footer h1 h2 h3 h4 h5 h6 "
    "header hr i iframe img ins li mark ol p pre q s section small span strike strong style script sub sup "
    "table tbody td th tr u ul"
)
_KNOWN_TAG = re.compile(rf"</?(?:{'|'.join(_TAG_NAMES.split())})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,30}));")
_ANY_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(?:/?[a-zA-Z]|[!?])[^<>]*>", re.DOTALL)
_BLANK_LINE = re.compile(r"\r?\n[^\S\n]*\r?\n\s*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Invisible: soft hyphen, zero-width space and joiners, marks of direction, byte order mark.
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
#: What `\s` and `str.split` take for blank.
_BLANK = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_EDGES = _BLANK + _INVISIBLE
_WORD = re.compile(r"\w++(?:[-'’ʼ‑]\w++)*+")  # possessive: what was taken is never tried again
_KEY_WORD = re.compile(r"\w+")
_YO = str.maketrans("ё", "е")


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text to read, and the links that stood in it."""

    text: str
    links: tuple[Link, ...] = ()


@functools.lru_cache(maxsize=_REMEMBERED)
def html_to_text(html: str, base: str = "") -> PlainText:
    """Plain text of an HTML fragment or document; never raises.

    Tags go, blocks and line breaks become newlines, cells and pictures spaces; scripts, styles and embedded frames are
    dropped with what is in them. Where the result is plainly HTML again (escaped twice), it is read once more.

    Args:
        html: The fragment, as it is once the XML or JSON around it is read.
        base: Absolute address that relative links stand under; without it they are dropped, their words kept.
    """
    text, links = clean(html), []
    for _ in range(_MAX_READINGS):
        if "<" in text and _ANY_TAG.search(text):
            text, found = _read_html(text, base)
            links += found
        else:
            text = _paragraphs(_unescape(text))
        if "<" not in text or not _KNOWN_TAG.search(text):
            break
    return PlainText(_unescaped(_tidy(text)), tuple(links[:_MAX_LINKS]))


@functools.lru_cache(maxsize=_REMEMBERED)
def to_plain(value: str, base: str = "") -> PlainText:
    """Plain text of a field that may or may not be HTML: titles, names, texts declared as plain.

    It is taken for HTML where it holds a tag that news texts use; otherwise `<` and `>` are themselves.
    """
    value = clean(value)
    if "<" in value and _KNOWN_TAG.search(value):
        return html_to_text(value, base)
    text = _unescape(value)
    if "<" in text and _KNOWN_TAG.search(text):
        return html_to_text(text, base)
    return PlainText(_unescaped(_tidy(_paragraphs(text))))


def clean(value: str) -> str:
    """The value without what no table or XML may hold: control characters go, lone surrogates become U+FFFD."""
    if value.isprintable() or value.replace("\n", "").replace("\xa0", "").isprintable():  # none of these is
        return value
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", value))


def count_words(text: str) -> int:
    """How many words: runs of letters and digits; hyphens and apostrophes inside do not divide (`l’État-major` is one)."""
    return len(_WORD.findall(text))


def lead_end(text: str, words: int = 25) -> int:
    """Offset, in code points, where the first so many words end; the text's length where it has no more than these."""
    found = _words(words).match(text)
    return found.end() if found else len(text)


@functools.cache
def _words(number: int) -> re.Pattern[str]:
    """So many words from a text's beginning; possessive, so that a text with fewer is given up after one look."""
    return re.compile(rf"(?:\W*+\w++(?:[-'’ʼ‑]\w++)*+){{{number}}}")


@functools.lru_cache(maxsize=_REMEMBERED)
def title_key(title: str) -> str:
    """A title as it is compared: words in folded case, ё as е, without punctuation; the title itself where no word is left."""
    folded = unicodedata.normalize("NFKC", title.replace("\u00ad", "")).casefold().translate(_YO)
    return " ".join(_KEY_WORD.findall(folded)) or " ".join(folded.split())


class _Reader:
    """Takes the parser's events: collects text, with newlines where paragraphs end, and links."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, base: str) -> None:
        """Forget what was read."""
        self.pieces: list[str] = []
        self.links: list[Link] = []
        self._base = base
        self._hidden = 0
        self._href = ""
        self._anchor: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _PARAGRAPHS:
            self._separate("\n")
        elif tag in _SPACES:
            self._separate(" ")
        elif tag == "base" and not self._base:
            self._base = attributes.get("href", "")
        elif tag == "a":
            self._end_link()
            self._href = attributes.get("href", "")

    def end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _PARAGRAPHS and tag != "br":
            self._separate("\n")
        elif tag in ("td", "th"):
            self._separate(" ")
        elif tag == "a":
            self._end_link()

    def data(self, text: str) -> None:
        if not self._hidden:
            text = text.replace("\n", " ")
            self.pieces.append(text)
            if self._href:
                self._anchor.append(text)

    def comment(self, text: str) -> None:
        """Comments are not for reading."""

    def close(self) -> None:
        self._end_link()

    def _separate(self, blank: str) -> None:
        self.pieces.append(blank)
        if self._href:
            self._anchor.append(" ")

    def _end_link(self) -> None:
        url = clean(absolutise(self._href, self._base)) if self._href else ""
        if url and len(url) <= MAX_URL_LENGTH and len(self.links) < _MAX_LINKS:
            self.links.append(Link(url, _tidy(_unescape("".join(self._anchor)))[:_MAX_ANCHOR].rstrip()))
        self._href = ""
        self._anchor = []


class _Parser(threading.local):
    """A thread's parser: making one takes longer than most texts do."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.reader = _Reader()
        # The encoding is given so that a <meta> inside cannot change it; huge_tree lifts the limit on depth, so that text
        # nested deeply is not lost.
        self.parser = etree.HTMLParser(target=self.reader, encoding="utf-8", huge_tree=True)


_PARSER = _Parser()


def _read_html(source: str, base: str) -> tuple[str, list[Link]]:
    """Text, not yet tidied, and links of an HTML source."""
    reader, parser = _PARSER.reader, _PARSER.parser
    reader.begin(base)
    try:
        parser.feed(b"<div>" + source.encode("utf-8") + b"</div>")
        parser.close()
    except etree.LxmlError:
        _PARSER.renew()
        return _unescape(_ANY_TAG.sub(" ", source)), []
    return "".join(reader.pieces), reader.links


def _unescape(value: str) -> str:
    """Entities as characters; without their semicolon, or unknown, they stay (`AT&T`, `?a=1&copy=2`)."""
    return _ENTITY.sub(lambda match: clean(unescape(match[0])), value) if "&" in value else value


def _unescaped(text: str) -> str:
    """Entities left after one reading show that the text was escaped twice."""
    return _tidy(_unescape(text)) if "&" in text and _ENTITY.search(text) else text


def _paragraphs(text: str) -> str:
    """In text without tags a blank line parts paragraphs; any other line break is a space."""
    if "\n" not in text:
        return text
    return "\n".join(" ".join(paragraph.split()) for paragraph in _BLANK_LINE.split(text))


def _tidy(text: str) -> str:
    """Single spaces, one newline between paragraphs, composed characters, nothing invisible at the ends."""
    if "\n" in text:
        lines = [" ".join(line.split()) for line in text.split("\n")]
        text = "\n".join([line for line in lines if line])
    else:
        text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text).strip(_EDGES)
