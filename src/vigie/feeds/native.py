"""RSS 2.0, RSS 1.0 and Atom 1.0 by libxml2, where it provably gives what feedparser gives, some fifty times as fast.

feedparser stays the reference. A document goes to it, and is not read here, wherever the two might differ:

- it is not well-formed, or a reference in it is written longer than the repair of ill-formed documents reads;
- it has processing instructions after its first element (the repair counts ampersands in them);
- its first element is not `rss`, `rdf:RDF` or an Atom 1.0 `feed`, or it declares namespaces so that a prefix changes meaning;
- it has an element whose handling in feedparser is not followed here (:mod:`vigie.feeds.element_names`), or one of these
  where none is expected: markup in a title or text that is not escaped, channels in channels, items in items;
- `xml:base`, `xml:lang` (but on the first element), `mode` or an unusual `type` stand on an element that they bear upon;
- it has more items than are read.

What remains is followed handler by handler, in the order of the document, for feedparser's fields depend on it: a second
`description` is a content, a `guid` is a link where none came before. Differential tests hold the two together.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

from feedparser.html import _cp1252
from feedparser.urls import _urljoin
from lxml import etree

from vigie.feeds.bounded import MAX_AUTHOR, BoundedStrictParser
from vigie.feeds.element_names import FIELDS, Meaning, Names, names_of
from vigie.feeds.items import MAX_ENTRIES, Body, RawFeed, RawItem, asked_interval, links_of, named_person

__all__ = ["read_natively"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ATOM = "{http://www.w3.org/2005/Atom}feed"

_LONG_REFERENCE = re.compile(r"&#(?:\d{9}|x[0-9a-fA-F]{8})")
_CONTROL = re.compile("[\x80-\x9f]")
_PARAMETER = re.compile("&([A-Za-z0-9_]+);")
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
#: Attributes of a text that change how it is read.
_TELLING = frozenset(["base", "lang", "mode", "type"])
#: Children that a channel's image and input field may have: at any other feedparser takes them for ended.
_PARTS = {
    "image": frozenset(["title", "link", "description", "url", "width", "height"]),
    "textinput": frozenset(["title", "link", "description", "name"]),
}
#: What a channel asks for between two polls: how `asked_interval` takes it.
_INTERVAL = ("ttl", "sy_updateperiod", "sy_updatefrequency")
#: What feedparser handles, and what changes nothing in a channel.
_CHANNELS_NOTHING = frozenset(["itunes_owner", "itunes_name", "itunes_email", "creativecommons_license"])
#: What in a channel's other elements would be taken for the channel's own.
_CHANNELS_OWN = frozenset([Meaning.LINK, Meaning.GUID, Meaning.LANGUAGE, Meaning.ITEM, Meaning.IMAGE, Meaning.SOURCE])


class _Otherwise(Exception):
    """The document might be read otherwise by feedparser."""


def read_natively(text: str) -> RawFeed | None:
    """The items of a document, the same as feedparser's; None where that is not sure.

    Args:
        text: The document from its first element on.
    """
    if "<?" in text or ("&#" in text and _LONG_REFERENCE.search(text)):
        return None
    parser = etree.XMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return None
    names = names_of(_namespaces(root, text))
    if names is None:
        return None
    try:
        return _Document(root, names).read()
    except _Otherwise:
        return None


def _namespaces(root: Any, text: str) -> tuple[tuple[str | None, str], ...]:
    """All that the document declares, in its order."""
    if text.count("xmlns") == len(root.nsmap):
        return tuple(root.nsmap.items())
    declared = (pair for _, pair in etree.iterwalk(root, events=("start-ns",)))
    return tuple(dict.fromkeys((prefix or None, uri) for prefix, uri in declared))


class _Document:
    """One document being read."""

    def __init__(self, root: Any, names: Names) -> None:
        self._root = root
        self._names = names
        self._atom = root.tag == _ATOM
        kind = "feed" if self._atom else "rss" if root.tag == "rss" else "rdf" if root.tag == _RDF else ""
        self._feed = RawFeed(version=names.version(kind, root.get("version", "")), relative_to_site=not self._atom)
        expected = {"feed": "atom10", "rss": "rss", "rdf": "rss10"}.get(kind)
        if expected is None or not self._feed.version.startswith(expected):
            raise _Otherwise
        self._language = root.get(_LANG, "").replace("_", "-")
        if any(name != _LANG and _local(name) in ("base", "lang") for name in _keys(root)) or root.get(_LANG) == "":
            raise _Otherwise
        if kind != "rdf":  # feedparser looks for another spelling of that element
            self._feed.language = self._language
        self._link: str | None = None
        self._has_summary = False
        self._asked = dict.fromkeys(_INTERVAL, "")

    def read(self) -> RawFeed:
        feed = self._feed
        if self._atom:
            self._read_channel(self._root)
        else:
            channels = 0
            for child in self._root:
                meaning, name = self._names.meanings[child.tag]
                if name == "channel":
                    channels += 1
                    if channels > 1 or any(key != _ABOUT for key in _keys(child)):
                        raise _Otherwise
                    self._read_channel(child)
                elif meaning is Meaning.ITEM:
                    self._add(child)
                elif name in _PARTS and channels:
                    self._see_that_it_is_sound(child, name)
                else:
                    raise _Otherwise
        feed.site = (self._link or "").strip()
        feed.language = feed.language.strip()
        feed.asked_interval = asked_interval(*(self._asked[name].strip() for name in _INTERVAL))
        return feed

    def _read_channel(self, channel: Any) -> None:
        for child in channel:
            meaning, name = self._names.meanings[child.tag]
            if meaning is Meaning.ITEM:
                self._add(child)
            elif meaning is Meaning.LINK:
                self._read_channel_link(child)
            elif meaning is Meaning.GUID:
                is_link = _attributes(child).get("ispermalink", "true") == "true"
                if is_link and self._link is None:
                    self._link = _mended(_address(_plain(child)))
            elif meaning is Meaning.LANGUAGE:
                self._feed.language = _mended(_plain(child))
            elif name in _PARTS:
                self._see_that_it_is_sound(child, name)
            elif name in self._asked:
                self._asked[name] = "" if _keys(child) else _mended(_plain(child))
            else:
                self._pass_over_in_channel(child, meaning, name)

    def _pass_over_in_channel(self, element: Any, meaning: Meaning, name: str) -> None:
        if meaning in (Meaning.CONTENT, Meaning.ENCODED, Meaning.SOURCE) or name in ("channel", "feed", "rss"):
            raise _Otherwise
        if meaning in (Meaning.SUMMARY, Meaning.DESCRIPTION):
            if self._has_summary:  # feedparser would take this one for a content
                raise _Otherwise
            self._has_summary = meaning is Meaning.SUMMARY
        elif meaning is Meaning.FEEDPARSER and name not in _CHANNELS_NOTHING:
            raise _Otherwise
        if meaning in (Meaning.TITLE, Meaning.SUMMARY, Meaning.DESCRIPTION, Meaning.ABSTRACT) or name in ("subtitle", "rights"):
            _text_type(element)
            if len(element):
                raise _Otherwise
        for part in element.iterdescendants():
            meaning, name = self._names.meanings[part.tag]
            if meaning in _CHANNELS_OWN or meaning in (Meaning.SUMMARY, Meaning.CONTENT, Meaning.ENCODED) or name in _INTERVAL:
                raise _Otherwise
            if meaning is Meaning.FEEDPARSER and name not in _CHANNELS_NOTHING:
                raise _Otherwise

    def _see_that_it_is_sound(self, element: Any, name: str) -> None:
        for part in element:
            if self._names.name(part.tag) not in _PARTS[name] or len(part):
                raise _Otherwise

    def _read_channel_link(self, element: Any) -> None:
        link = _link_attributes(element)
        if "href" in link:
            if _is_page(link):
                self._link = link["href"]
        else:
            self._link = _PARAMETER.sub(r"&\g<1>", _mended(_address(_plain(element))))

    def _add(self, element: Any) -> None:
        if len(self._feed.items) >= MAX_ENTRIES:
            raise _Otherwise
        self._feed.items.append(_Item(element, self._names, self._atom, self._language).read())


class _Item:
    """One item being read: feedparser's dictionary of it, as far as it is used, and its state while it fills that."""

    link: str | None = None
    title: str | None = None
    summary: str | None = None
    summary_type = ""
    media_title: tuple[str, int] = ("", 99)
    media_description: tuple[str, int] = ("", 99)
    media_type = ""
    #: Whether feedparser would have details, and with them a language, of the title.
    _has_title = False
    _title_is_taken = False
    _has_content = False

    def __init__(self, element: Any, names: Names, atom: bool, language: str) -> None:
        self._element = element
        self._names = names
        self._atom = atom
        self._language = language
        self.fields: dict[str, str] = {}
        self.alternates: list[str] = []
        self.contents: list[tuple[str, str]] = []
        self.authors: list[str] = []

    def read(self) -> RawItem:
        for name, value in self._element.items():
            if name == _ABOUT:
                if value:
                    self.fields["id"] = value
            elif name.startswith("{") or name.lower() in ("base", "lang", "href", "lastmod"):
                raise _Otherwise
        meanings = self._names.meanings
        for child in self._element:
            meaning, name = meanings[child.tag]
            reader = _READERS.get(meaning)
            if reader is not None:
                reader(self, child)
            elif meaning is Meaning.FIELD:
                self._read_field(child, name)
            elif len(child):
                self._pass_over(child)
        return self._raw()

    def _raw(self) -> RawItem:
        fields = self.fields
        texts: list[tuple[str, str]] = [(self.summary, self.summary_type)] if self.summary else []
        texts += self.contents
        if not texts and self.media_description[0]:
            texts = [(self.media_description[0], self.media_type)]
        language = fields.get("language", "").strip()
        if not language and self._language and (self._has_title or any(kind for _, kind in texts)):
            language = self._language.strip()
        return RawItem(
            guid=fields.get("id", "").strip(),
            links=links_of(fields.get("feedburner_origlink", ""), self.link or "", self.alternates),
            title=(self.title or "").strip() or self.media_title[0].strip(),
            bodies=tuple([Body(value.strip(), kind == "text/html", "") for value, kind in texts if value]),
            authors=tuple(self.authors),
            published=_first(fields, "published", "dc_date", "created"),
            updated=fields.get("updated", "").strip(),
            language=language,
        )

    def _pass_over(self, element: Any) -> None:
        for part in element.iterdescendants():
            if self._names.meanings[part.tag][0] not in (Meaning.NOTHING, Meaning.PERSON):
                raise _Otherwise

    def _read_field(self, element: Any, name: str) -> None:
        if name == "feedburner_origlink" and _keys(element):
            raise _Otherwise
        self.fields[FIELDS[name]] = _mended(_plain(element))

    def _read_language(self, element: Any) -> None:
        self.fields["language"] = _mended(_plain(element))

    def _read_title(self, element: Any) -> None:
        _text_type(element)
        value = _mended(_plain(element))
        if not self._title_is_taken:
            self.title, self._has_title = value, True
            self._title_is_taken = bool(value)

    def _read_link(self, element: Any) -> None:
        link = _link_attributes(element)
        if "href" in link:
            if _is_page(link):
                self.link = link["href"]
            href = link["href"]
        else:
            href = _mended(_address(_plain(element)))
            if "&" in href:
                href = _PARAMETER.sub(r"&\g<1>", href.replace("&amp;", "&"))
            self.link = href
        if link["rel"] == "alternate":
            self.alternates.append(href)

    def _read_guid(self, element: Any) -> None:
        is_link = _attributes(element).get("ispermalink", "true") == "true"
        value = _plain(element)
        value = self.fields["id"] = _mended(_address(value) if is_link else value)
        if is_link and self.link is None:
            self.link = value

    def _read_description(self, element: Any, default: str = "text/html") -> None:
        if self.summary is not None and not self._has_content:
            self._read_content(element)
        else:
            self.summary, self.summary_type = self._text(element, default)

    def _read_summary(self, element: Any) -> None:
        self._read_description(element, "text/plain")

    def _read_abstract(self, element: Any) -> None:
        self.summary, self.summary_type = self._text(element, "text/plain")

    def _read_content(self, element: Any, default: str = "text/plain") -> None:
        self._has_content = True
        value, kind = self._text(element, default)
        self.contents.append((value, kind))
        if self.summary is None:
            self.summary, self.summary_type = value, ""

    def _read_encoded(self, element: Any) -> None:
        self._read_content(element, "text/html")

    def _text(self, element: Any, default: str) -> tuple[str, str]:
        """A text, mended, and its type: in RSS it is guessed where the text is declared plain."""
        kind = _text_type(element) or default
        value = _plain(element)
        if not self._atom and kind == "text/plain" and BoundedStrictParser.looks_like_html(value):
            kind = "text/html"
        return _mended(value), kind

    def _read_author(self, element: Any) -> None:
        if not len(element):
            self.authors.append(named_person(_mended(_plain(element))[:MAX_AUTHOR].strip()))
            return
        parts: dict[str, str] = {}
        for part in element:
            meaning, name = self._names.meanings[part.tag]
            if meaning is not Meaning.PERSON or len(part):
                raise _Otherwise
            parts[name] = _plain(part)
        if "name" not in parts:  # feedparser may then take the name of the author before
            raise _Otherwise
        self.authors.append(named_person(parts["name"]) or parts.get("email", ""))

    def _read_media_title(self, element: Any, depth: int = 0) -> None:
        _text_type(element)
        if depth <= self.media_title[1]:
            self.media_title = (_mended(_plain(element)), depth)

    def _read_media_description(self, element: Any, depth: int = 0) -> None:
        value, self.media_type = self._text(element, "text/plain")
        if depth <= self.media_description[1]:
            self.media_description = (value, depth)

    def _read_media_group(self, element: Any, depth: int = 0) -> None:
        if not len(element):
            return
        if any(_local(name) in ("base", "lang") for name in _keys(element)) or depth > 3:
            raise _Otherwise
        for part in element:
            meaning, _ = self._names.meanings[part.tag]
            if meaning is Meaning.MEDIA_TITLE:
                self._read_media_title(part, depth + 1)
            elif meaning is Meaning.MEDIA_DESCRIPTION:
                self._read_media_description(part, depth + 1)
            elif meaning is Meaning.MEDIA_GROUP:
                self._read_media_group(part, depth + 1)
            elif meaning is Meaning.NOTHING:
                self._pass_over(part)
            else:
                raise _Otherwise

    def _read_source(self, element: Any) -> None:
        """A source or a picture without parts only makes feedparser ready for another title."""
        if len(element):
            raise _Otherwise
        self._title_is_taken = False

    def _refuse(self, element: Any) -> None:
        raise _Otherwise


_READERS: dict[Meaning, Any] = {
    Meaning.TITLE: _Item._read_title,
    Meaning.LINK: _Item._read_link,
    Meaning.GUID: _Item._read_guid,
    Meaning.DESCRIPTION: _Item._read_description,
    Meaning.ABSTRACT: _Item._read_abstract,
    Meaning.SUMMARY: _Item._read_summary,
    Meaning.CONTENT: _Item._read_content,
    Meaning.ENCODED: _Item._read_encoded,
    Meaning.MEDIA_TITLE: _Item._read_media_title,
    Meaning.MEDIA_DESCRIPTION: _Item._read_media_description,
    Meaning.MEDIA_GROUP: _Item._read_media_group,
    Meaning.AUTHOR: _Item._read_author,
    Meaning.LANGUAGE: _Item._read_language,
    Meaning.SOURCE: _Item._read_source,
    Meaning.IMAGE: _Item._read_source,
    Meaning.ITEM: _Item._refuse,
    Meaning.FEEDPARSER: _Item._refuse,
}


def _plain(element: Any) -> str:
    """The text of an element that has nothing but text, as feedparser's `pop` strips it."""
    if len(element):
        raise _Otherwise
    text = element.text
    return text.strip() if text else ""


def _mended(value: str) -> str:
    """Feedparser's repairs of a value: UTF-8 that was read as Latin-1, windows-1252's characters among the controls."""
    if value.isascii():
        return value
    with contextlib.suppress(UnicodeError):
        value = value.encode("iso-8859-1").decode("utf-8")
    return value.translate(_cp1252) if _CONTROL.search(value) else value


def _address(value: str) -> str:
    """An address as feedparser resolves it where no base is known: superfluous slashes after the scheme go."""
    return str(_urljoin("", value)) if ":///" in value else value


def _text_type(element: Any) -> str:
    """The type that a text declares, as feedparser names it; empty where it declares none."""
    kind = ""
    for name, value in element.items():
        if name == "type":
            kind = _TYPES.get(value.lower(), "")
            if not kind:
                raise _Otherwise
        elif name.startswith("{") or name.lower() in _TELLING:
            raise _Otherwise
    return kind


def _attributes(element: Any) -> dict[str, str]:
    """Attributes by names in lower case, as feedparser has them."""
    attributes: dict[str, str] = {}
    for given, value in element.items():
        name = given.lower()
        if given.startswith("{") or name in attributes or name in ("base", "lang"):
            raise _Otherwise
        attributes[name] = value.lower() if name in ("rel", "type") else value
    return attributes


def _link_attributes(element: Any) -> dict[str, str]:
    """A link's attributes, its address in `href` wherever it stood, with feedparser's defaults."""
    attributes = _attributes(element)
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    BoundedStrictParser._enforce_href(attributes)
    if "href" in attributes:
        attributes["href"] = _address(attributes["href"])
        if len(element):
            raise _Otherwise
    return attributes


def _is_page(link: dict[str, str]) -> bool:
    return link["rel"] == "alternate" and BoundedStrictParser.map_content_type(link["type"]) in BoundedStrictParser.html_types


def _keys(element: Any) -> list[str]:
    return element.keys()  # type: ignore[no-any-return]  # an element is no mapping: `in` asks for its children


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()


def _first(fields: dict[str, str], *names: str) -> str:
    for name in names:
        value = fields.get(name)
        if value and (value := value.strip()):
            return value
    return ""
