"""Values of elements as feedparser has them: its mending of texts and addresses, what attributes say of a text or a link."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from feedparser.html import _cp1252
from feedparser.urls import _urljoin

from vigie.feeds.bounded import BoundedStrictParser

__all__ = [
    "ABOUT",
    "PARAMETER",
    "Otherwise",
    "address",
    "attributes_of",
    "is_page",
    "keys",
    "link_attributes",
    "local",
    "mending",
    "plain",
    "plain_name",
    "text_type",
]

ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
#: A parameter of an address that feedparser takes for a reference to a character.
PARAMETER = re.compile("&([A-Za-z0-9_]+);")

_CONTROL = re.compile("[\x80-\x9f]")
#: The same in UTF-8; references to characters from U+0080 to U+00FF.
_ENCODED_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_REFERENCE = re.compile(rb"&#(?:0*(?:1[2-9]\d|2[0-5]\d)|[xX]0*[89a-fA-F][0-9a-fA-F]);")
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
#: Attributes of a text that change how it is read.
_TELLING = frozenset(["base", "lang", "mode", "type"])


class Otherwise(Exception):
    """The document might be read otherwise by feedparser."""


def plain(element: Any) -> str:
    """The text of an element that has nothing but text, as feedparser's `pop` strips it."""
    text = element.text
    if len(element):
        raise Otherwise
    return text.strip() if text else ""


def mending(document: bytes) -> Callable[[str], str]:
    """Feedparser's repairs of values, as far as a document, in UTF-8, has characters that call for any: most have none.

    UTF-8 that was read as Latin-1 takes a character from U+00C0 on and one from U+0080 to U+00BF, written C3 and C2 in UTF-8.
    """
    if _REFERENCE.search(document) or _ENCODED_CONTROL.search(document):
        return _mended
    return _decoded_again if b"\xc2" in document and b"\xc3" in document else _as_it_is


def _as_it_is(value: str) -> str:
    return value


def _decoded_again(value: str) -> str:
    """A value, where it is UTF-8 that was read as Latin-1 once more from its bytes."""
    if value.isascii():
        return value
    try:
        return value.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return value


def _mended(value: str) -> str:
    """The same, with windows-1252's characters for controls."""
    value = _decoded_again(value)
    return value.translate(_cp1252) if _CONTROL.search(value) else value


def address(value: str) -> str:
    """An address as feedparser resolves it where no base is known: superfluous slashes after the scheme go."""
    return str(_urljoin("", value)) if ":///" in value else value


def text_type(element: Any) -> str:
    """The type that a text declares, as feedparser names it; empty where it declares none."""
    kind = ""
    for name, value in element.items():
        if name == "type":
            kind = _TYPES.get(value.lower(), "")
            if not kind:
                raise Otherwise
        elif name.startswith("{") or name.lower() in _TELLING:
            raise Otherwise
    return kind


@functools.lru_cache(maxsize=1_000)
def plain_name(name: str) -> str:
    """An attribute's name in lower case; empty where it has a namespace, or bears upon how its element is read."""
    lower = name.lower()
    return "" if name.startswith("{") or lower in ("base", "lang") else lower


def attributes_of(element: Any) -> dict[str, str]:
    """Attributes by names in lower case, as feedparser has them."""
    attributes: dict[str, str] = {}
    for given, value in element.items():
        name = plain_name(given)
        if not name or name in attributes:
            raise Otherwise
        attributes[name] = value.lower() if name in ("rel", "type") else value
    return attributes


def link_attributes(element: Any) -> dict[str, str]:
    """A link's attributes, its address in `href` wherever it stood, with feedparser's defaults."""
    attributes = attributes_of(element)
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    BoundedStrictParser._enforce_href(attributes)
    if "href" in attributes:
        attributes["href"] = address(attributes["href"])
        if len(element):
            raise Otherwise
    return attributes


def is_page(link: dict[str, str]) -> bool:
    """Whether a link leads to the page that an item or a feed is about."""
    return link["rel"] == "alternate" and BoundedStrictParser.map_content_type(link["type"]) in BoundedStrictParser.html_types


def keys(element: Any) -> list[str]:
    """The names of an element's attributes."""
    return element.keys()  # type: ignore[no-any-return]  # an element is no mapping: `in` asks for its children


def local(name: str) -> str:
    """A name without its namespace, lower case."""
    return name.rpartition("}")[2].lower()
