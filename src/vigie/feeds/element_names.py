"""What feedparser calls an element, and what that name means for the native reader.

feedparser dispatches on a name made of a namespace's usual prefix and the local name (`dc_date`, `title`), which
depends on all namespaces that a document declares. The rules are its own (`startElementNS`, `unknown_starttag` and
`track_namespace` of feedparser 6.0); its tables are asked rather than copied.
"""

from __future__ import annotations

import enum
import functools
from typing import Any

from feedparser.util import FeedParserDict

from vigie.feeds.bounded import BoundedStrictParser

__all__ = ["MAX_NAMESPACES", "Meaning", "Names", "names_of"]

#: As many as :mod:`vigie.feeds.bounded` tells apart; with more, documents are feedparser's.
MAX_NAMESPACES = 200
#: Names remembered of one set of namespaces: a hostile document's elements may all be named differently.
_MAX_REMEMBERED = 1_000


class Meaning(enum.Enum):
    """What the native reader does with an element."""

    # Members are looked up for every element read, and Python's own hash of one is a function written in Python.
    __hash__ = object.__hash__

    TITLE = enum.auto()
    LINK = enum.auto()
    GUID = enum.auto()
    DESCRIPTION = enum.auto()
    ABSTRACT = enum.auto()
    SUMMARY = enum.auto()
    CONTENT = enum.auto()
    ENCODED = enum.auto()
    MEDIA_TITLE = enum.auto()
    MEDIA_DESCRIPTION = enum.auto()
    MEDIA_GROUP = enum.auto()
    AUTHOR = enum.auto()
    LANGUAGE = enum.auto()
    #: A field that is its text and nothing else.
    FIELD = enum.auto()
    SOURCE = enum.auto()
    IMAGE = enum.auto()
    ITEM = enum.auto()
    #: A person's parts: they count only inside an author.
    PERSON = enum.auto()
    #: Nothing that an entry takes, whatever is in it, provided that its own elements are such too.
    NOTHING = enum.auto()
    #: The document is feedparser's to read.
    FEEDPARSER = enum.auto()


#: Texts, people and files that nothing is taken from.
_NOTHING_NAMES = (
    "category dc_subject dc_publisher dc_contributor dc_rights dcterms_valid enclosure keywords tags cloud generator "
    "info feedburner_browserfriendly copyright rights subtitle tagline webmaster expirationdate width height "
    "contributor itunes_block itunes_category itunes_explicit itunes_image itunes_keywords itunes_subtitle "
    "media_category media_credit media_keywords media_license media_player media_rating media_restriction "
    "media_thumbnail cc_license"
)
#: Names that feedparser handles, as far as their handling is followed by the native reader.
_KNOWN: dict[str, Meaning] = {
    "title": Meaning.TITLE,
    "dc_title": Meaning.TITLE,
    "link": Meaning.LINK,
    "guid": Meaning.GUID,
    "id": Meaning.GUID,
    "description": Meaning.DESCRIPTION,
    "dc_description": Meaning.DESCRIPTION,
    "abstract": Meaning.ABSTRACT,
    "summary": Meaning.SUMMARY,
    "itunes_summary": Meaning.SUMMARY,
    "content": Meaning.CONTENT,
    "content_encoded": Meaning.ENCODED,
    "media_title": Meaning.MEDIA_TITLE,
    "media_description": Meaning.MEDIA_DESCRIPTION,
    "media_group": Meaning.MEDIA_GROUP,
    "media_content": Meaning.MEDIA_GROUP,
    "author": Meaning.AUTHOR,
    "dc_author": Meaning.AUTHOR,
    "dc_creator": Meaning.AUTHOR,
    "itunes_author": Meaning.AUTHOR,
    "managingeditor": Meaning.AUTHOR,
    "language": Meaning.LANGUAGE,
    "dc_language": Meaning.LANGUAGE,
    "source": Meaning.SOURCE,
    "image": Meaning.IMAGE,
    "item": Meaning.ITEM,
    "entry": Meaning.ITEM,
    **dict.fromkeys(("name", "email", "uri", "url"), Meaning.PERSON),
    **dict.fromkeys(_NOTHING_NAMES.split(), Meaning.NOTHING),
}
#: Names of elements that become a field of their own, and the field.
FIELDS: dict[str, str] = {
    "published": "published",
    "pubdate": "published",
    "issued": "published",
    "dcterms_issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dcterms_modified": "updated",
    "dc_date": "dc_date",
    "created": "created",
    "dcterms_created": "created",
    "feedburner_origlink": "feedburner_origlink",
}
_KNOWN.update(dict.fromkeys(FIELDS, Meaning.FIELD))

_READ_NAMES = (
    "author authors content content_detail created dc_date feedburner_origlink guidislink id language link links "
    "media_description media_description_detail media_title media_title_detail published summary summary_detail title "
    "title_detail updated"
)
#: What entries are read from: an element without a handler that would be stored under such a name is feedparser's.
_READ = frozenset(_READ_NAMES.split())


class _Meanings(dict[str, tuple[Meaning, str]]):
    """Meanings by element, found out as they are asked for."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tag: str) -> tuple[Meaning, str]:
        name = self._names.name(tag)
        found = (_meaning(name) if tag.isascii() else Meaning.FEEDPARSER), name
        if len(self) < _MAX_REMEMBERED:
            self[tag] = found
        return found


class Names:
    """The meanings of elements under one set of namespaces."""

    def __init__(self, declared: tuple[tuple[str | None, str], ...]) -> None:
        """Declare the namespaces to feedparser, in the order of the document."""
        self._parser: Any = BoundedStrictParser("", None, "utf-8")
        for prefix, uri in declared:
            self._parser.startPrefixMapping(prefix, uri)
        #: What an element means, and feedparser's name for it, by its name as lxml gives it: `{namespace}local`.
        self.meanings = _Meanings(self)

    def version(self, root: str, version: str) -> str:
        """The format and version that feedparser gives a document, as `rss20`; empty for a root that it does not know."""
        parser: Any = BoundedStrictParser("", None, "utf-8")
        parser.version = self._parser.version
        if root == "rss":
            parser._start_rss({"version": version})
        elif root == "feed":
            parser._start_feed({"version": version})
        return str(parser.version)

    def name(self, tag: str) -> str:
        """Feedparser's name for an element, lower case."""
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        parser = self._parser
        lower = uri.lower()
        if "backend.userland.com/rss" in lower:
            lower = uri = "http://backend.userland.com/rss"
        prefix = parser._matchnamespaces.get(lower)
        if not prefix and uri:
            prefix = next((name for name, value in parser.namespaces_in_use.items() if name and value == uri), "")
        prefix = (prefix or "").lower()
        prefix = parser.namespacemap.get(prefix, prefix) if prefix else ""
        return f"{prefix}_{local.lower()}" if prefix else local.lower()


def _meaning(name: str) -> Meaning:
    known = _KNOWN.get(name)
    if known is not None:
        return known
    handled = hasattr(BoundedStrictParser, f"_start_{name}") or hasattr(BoundedStrictParser, f"_end_{name}")
    stored_as = FeedParserDict.keymap.get(name, name)
    stored = stored_as if isinstance(stored_as, list) else [stored_as]
    return Meaning.FEEDPARSER if handled or not _READ.isdisjoint(stored) else Meaning.NOTHING


@functools.lru_cache(maxsize=256)
def names_of(declared: tuple[tuple[str | None, str], ...]) -> Names | None:
    """The names under some namespaces, in the order of their declaration; None where feedparser's depend on more than that.

    A prefix that stands for two namespaces, or for a known one but is usual for another, changes meaning as a document goes on.
    """
    prefixed = [(prefix, uri) for prefix, uri in declared if prefix]
    if len(declared) > MAX_NAMESPACES or len(dict(prefixed)) != len(prefixed):
        return None
    names = Names(declared)
    usual = set(names._parser._matchnamespaces.values())
    for prefix, _ in prefixed:
        if prefix.lower() in usual and names._parser.namespacemap.get(prefix) not in (None, prefix.lower()):
            return None
    return names
