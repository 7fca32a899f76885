"""One item of a sound feed: feedparser's dictionary of it, as far as it is used, filled handler by handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from vigie.feeds.bounded import MAX_AUTHOR, BoundedStrictParser
from vigie.feeds.element_names import FIELDS, Meaning, Names
from vigie.feeds.items import Body, RawItem, links_of, named_person
from vigie.feeds.native_values import (
    ABOUT,
    PARAMETER,
    Otherwise,
    address,
    attributes_of,
    is_page,
    keys,
    link_attributes,
    local,
    plain,
    plain_name,
    text_type,
)

__all__ = ["Around", "Item"]

#: Markup that feedparser has no handler for: inside a text it is the text's.
_MARKUP = frozenset(["a", "b", "br", "em", "i", "p", "span", "strong", "u"])
#: What feedparser takes a link without attributes for.
_PLAIN_LINK = {"rel": "alternate", "type": "text/html"}


class Around(NamedTuple):
    """What an item takes from its document."""

    names: Names
    #: Whether it is Atom's.
    atom: bool
    #: The language that it declares.
    language: str
    #: How values are mended.
    mended: Callable[[str], str]


class Item:
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
    _has_markup = False

    def __init__(self, element: Any, around: Around) -> None:
        """Take an element."""
        self._element = element
        self._names, self._atom, self._language, self._mended = around
        self.fields: dict[str, str] = {}
        self.alternates: list[str] = []
        self.contents: list[tuple[str, str]] = []
        self.authors: list[str] = []

    def read(self) -> RawItem:
        """The item.

        Raises:
            Otherwise: feedparser might read it otherwise.
        """
        for name, value in self._element.items():
            if name == ABOUT:
                if value:
                    self.fields["id"] = value
            elif name.startswith("{") or name.lower() in ("base", "lang", "href", "lastmod"):
                raise Otherwise
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
        texts = [(self.summary, self.summary_type), *self.contents] if self.summary else self.contents
        if not texts:
            if self._has_markup:
                raise Otherwise
            if self.media_description[0]:
                texts = [(self.media_description[0], self.media_type)]
        language = fields.get("language", "").strip()
        if not language and self._language and (self._has_title or any([kind for _, kind in texts])):
            language = self._language.strip()
        return RawItem(
            guid=fields.get("id", "").strip(),
            links=links_of(fields.get("feedburner_origlink", ""), self.link or "", self.alternates),
            title=(self.title or "").strip() or self.media_title[0].strip(),
            bodies=tuple([Body(value.strip(), kind == "text/html") for value, kind in texts if value]),
            authors=tuple(self.authors),
            published=_first(fields, "published", "dc_date", "created"),
            updated=fields.get("updated", "").strip(),
            language=language,
        )

    def _pass_over(self, element: Any) -> None:
        for part in element.iterdescendants():
            if self._names.meanings[part.tag][0] not in (Meaning.NOTHING, Meaning.PERSON):
                raise Otherwise

    def _read_field(self, element: Any, name: str) -> None:
        if name == "feedburner_origlink" and keys(element):
            raise Otherwise
        self.fields[FIELDS[name]] = self._mended(plain(element))

    def _read_language(self, element: Any) -> None:
        self.fields["language"] = self._mended(plain(element))

    def _read_title(self, element: Any) -> None:
        text_type(element)
        value = self._mended(plain(element))
        if not self._title_is_taken:
            self.title, self._has_title = value, True
            self._title_is_taken = bool(value)

    def _read_link(self, element: Any) -> None:
        link = link_attributes(element) if keys(element) else _PLAIN_LINK
        if "href" in link:
            if is_page(link):
                self.link = link["href"]
            href = link["href"]
        else:
            href = self._mended(address(plain(element)))
            if "&" in href:
                href = PARAMETER.sub(r"&\g<1>", href.replace("&amp;", "&"))
            self.link = href
        if link["rel"] == "alternate":
            self.alternates.append(href)

    def _read_guid(self, element: Any) -> None:
        is_link = attributes_of(element).get("ispermalink", "true") == "true"
        value = plain(element)
        value = self.fields["id"] = self._mended(address(value) if is_link else value)
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
        kind = text_type(element) or default
        value = plain(element)
        if not self._atom and kind == "text/plain" and BoundedStrictParser.looks_like_html(value):
            kind = "text/html"
        return self._mended(value), kind

    def _read_author(self, element: Any) -> None:
        if not len(element):
            self.authors.append(named_person(self._mended(plain(element))[:MAX_AUTHOR].strip()))
            return
        parts: dict[str, str] = {}
        for part in element:
            meaning, name = self._names.meanings[part.tag]
            if meaning is not Meaning.PERSON or len(part):
                raise Otherwise
            parts[name] = plain(part)
        if "name" not in parts:  # feedparser may then take the name of the author before
            raise Otherwise
        self.authors.append(named_person(parts["name"]) or parts.get("email", ""))

    def _read_media_title(self, element: Any, depth: int = 0) -> None:
        text_type(element)
        if depth <= self.media_title[1]:
            self.media_title = (self._mended(plain(element)), depth)

    def _read_media_description(self, element: Any, depth: int = 0) -> None:
        if len(element):
            self._pass_over_markup(element)
            return
        value, self.media_type = self._text(element, "text/plain")
        if depth <= self.media_description[1]:
            self.media_description = (value, depth)

    def _pass_over_markup(self, element: Any) -> None:
        """Markup in a picture's caption that is not escaped: what feedparser makes of it matters in items without a text."""
        text_type(element)
        if any(part.tag not in _MARKUP or keys(part) for part in element.iterdescendants()):
            raise Otherwise
        self._has_markup = True

    def _read_media_group(self, element: Any, depth: int = 0) -> None:
        if not len(element):
            return
        if depth > 3 or any([local(name) in ("base", "lang") for name in keys(element) if not plain_name(name)]):
            raise Otherwise
        for part in element:
            meaning, _ = self._names.meanings[part.tag]
            if meaning is Meaning.MEDIA_TITLE:
                self._read_media_title(part, depth + 1)
            elif meaning is Meaning.MEDIA_DESCRIPTION:
                self._read_media_description(part, depth + 1)
            elif meaning is Meaning.MEDIA_GROUP:
                self._read_media_group(part, depth + 1)
            elif meaning is not Meaning.NOTHING:
                raise Otherwise
            elif len(part):
                self._pass_over(part)

    def _read_source(self, element: Any) -> None:
        """A source or a picture without parts only makes feedparser ready for another title."""
        if len(element):
            raise Otherwise
        self._title_is_taken = False

    def _refuse(self, element: Any) -> None:
        raise Otherwise


_READERS: dict[Meaning, Any] = {
    Meaning.TITLE: Item._read_title,
    Meaning.LINK: Item._read_link,
    Meaning.GUID: Item._read_guid,
    Meaning.DESCRIPTION: Item._read_description,
    Meaning.ABSTRACT: Item._read_abstract,
    Meaning.SUMMARY: Item._read_summary,
    Meaning.CONTENT: Item._read_content,
    Meaning.ENCODED: Item._read_encoded,
    Meaning.MEDIA_TITLE: Item._read_media_title,
    Meaning.MEDIA_DESCRIPTION: Item._read_media_description,
    Meaning.MEDIA_GROUP: Item._read_media_group,
    Meaning.AUTHOR: Item._read_author,
    Meaning.LANGUAGE: Item._read_language,
    Meaning.SOURCE: Item._read_source,
    Meaning.IMAGE: Item._read_source,
    Meaning.ITEM: Item._refuse,
    Meaning.FEEDPARSER: Item._refuse,
}


def _first(fields: dict[str, str], *names: str) -> str:
    for name in names:
        value = fields.get(name)
        if value and (value := value.strip()):
            return value
    return ""
