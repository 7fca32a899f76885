"""Values of elements as feedparser has them: its mending of texts and addresses, what attributes say of a text or a link."""

from __future__ import annotations

import contextlib
import re
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
    "mended",
    "plain",
    "text_type",
]

ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
#: A parameter of an address that feedparser takes for a reference to a character.
PARAMETER = re.compile("&([A-Za-z0-9_]+);")

_CONTROL = re.compile("[\x80-\x9f]")
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
#: Attributes of a text that change how it is read.
#: Attributes of a text that change how it is read.
_TELLING = frozenset(["base", "lang", "mode", "type"])


class Otherwise(Exception):
    """The document might be read otherwise by feedparser."""


def plain(element: Any) -> str:
    """The text of an element that has nothing but text, as feedparser's `pop` strips it."""
    if len(element):
        raise Otherwise
    text = element.text
    return text.strip() if text else ""


def mended(value: str) -> str:
    """Feedparser's repairs of a value: UTF-8 that was read as Latin-1, windows-1252's characters among the controls."""
    if value.isascii():
        return value
    with contextlib.suppress(UnicodeError):
        value = value.encode("iso-8859-1").decode("utf-8")
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


def attributes_of(element: Any) -> dict[str, str]:
    """Attributes by names in lower case, as feedparser has them."""
    attributes: dict[str, str] = {}
    for given, value in element.items():
        name = given.lower()
        if given.startswith("{") or name in attributes or name in ("base", "lang"):
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
