"""feedparser's two parsers, strict and loose, with what hurts taken out of them.

feedparser stays the reference for what an element means; changed is only this:

- Time: authors are cut to 300 characters and kept as written, without the regular expression of quadratic time that
  looks for their address (7.4 s for 32 KB); tags, compared each with all others, are not collected; dates are
  kept as they stand and read by :mod:`vigie.dates`; items beyond the limit are counted, not read; elements nested in
  20,000 others are passed over.
- Tolerance: an element that a handler stumbles over costs that element, not the feed.
- Meaning: `media:title` and `media:description`, the caption of a picture, no longer take the place of an entry's own
  title and text; `dc:date`, in RSS the day of publication, is told from `updated`.

It rests on names of feedparser 6.0 (`pyproject.toml` keeps it below 7); tests compare both on sound feeds.
"""

from __future__ import annotations

from typing import Any

from feedparser.api import LooseFeedParser, StrictFeedParser

from vigie.feeds.items import MAX_ENTRIES

__all__ = ["MAX_AUTHOR", "BoundedLooseParser", "BoundedStrictParser"]

#: Characters of an author's name and address that are read: more is no name.
MAX_AUTHOR = 300
#: Elements open at a time that are read: real documents stay under twenty, but unclosed tags of an ill-formed one add up.
_MAX_DEPTH = 20_000
#: Namespaces that are told apart: each element is looked up in all of them. The richest real feeds declare about thirty.
_MAX_NAMESPACES = 200
#: What feedparser's handlers raise on elements that stand where none expects them.
_STUMBLES = (LookupError, TypeError, ValueError)


class _Bounds:
    """Overrides for either parser; mixed in before it, so that `self` is always one."""

    resolve_relative_uris = False  # links are resolved where texts are read
    sanitize_html = False  # all markup is taken out there
    beyond = 0
    too_deep = 0
    stumbles = 0

    def unknown_starttag(self: Any, tag: str, attrs: Any) -> None:
        if tag.rpartition(":")[2] in ("item", "entry") and len(self.entries) >= MAX_ENTRIES:
            self.beyond += 1
        if self.too_deep or len(self.basestack) >= _MAX_DEPTH:
            self.too_deep += 1
        elif not self.beyond:
            try:
                super().unknown_starttag(tag, attrs)  # type: ignore[misc]
            except _STUMBLES:
                self.stumbles += 1

    def unknown_endtag(self: Any, tag: str) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif not self.beyond:
            before = len(self.basestack)
            try:
                super().unknown_endtag(tag)  # type: ignore[misc]
            except _STUMBLES:
                self.stumbles += 1
                if len(self.basestack) == before and before:
                    self.basestack.pop()
                    self.langstack.pop()
                    self.depth -= 1
            if self.basestack:  # feedparser restores a base only where it is not empty
                self.baseuri = self.basestack[-1]

    def handle_data(self: Any, text: str, escape: int = 1) -> None:
        if not self.beyond:
            super().handle_data(text, escape)  # type: ignore[misc]

    def track_namespace(self: Any, prefix: str | None, uri: str) -> None:
        """Note a namespace, as long as they are few enough to be a feed's."""
        if len(self.namespaces_in_use) < _MAX_NAMESPACES:
            super().track_namespace(prefix, uri)  # type: ignore[misc]

    def _sync_author_detail(self: Any, key: str = "author") -> None:
        """Keep the author as written, cut; feedparser's own reading takes quadratic time and breaks long domains' addresses."""
        context = self._get_context()
        people, value = context.get(f"{key}s"), context.get(key)
        if people and not people[-1] and isinstance(value, str):
            people[-1]["name"] = value[:MAX_AUTHOR]

    def _add_tag(self: Any, term: Any, scheme: Any, label: Any) -> None:
        """Tags are of no use here."""

    def _end_category(self: Any) -> None:
        self.pop("category")

    def _end_published(self: Any) -> None:
        self.pop("published")

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    def _end_created(self: Any) -> None:
        self.pop("created")

    def _end_expirationdate(self: Any) -> None:
        self.pop("expired")

    def _end_dcterms_valid(self: Any) -> None:
        self.pop("validity")

    def _start_dc_date(self: Any, attrs_d: Any) -> None:
        self.push("dc_date", 1)

    def _end_dc_date(self: Any) -> None:
        self.pop("dc_date")

    def _start_media_title(self: Any, attrs_d: Any) -> None:
        self.push_content("media_title", attrs_d, "text/plain", 1)

    def _end_media_title(self: Any) -> None:
        self.pop_content("media_title")

    def _start_media_description(self: Any, attrs_d: Any) -> None:
        self.push_content("media_description", attrs_d, "text/plain", 1)

    def _end_media_description(self: Any) -> None:
        self.pop_content("media_description")

    # feedparser's synonyms, which are bound to the methods overridden above
    _end_keywords = _end_category
    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated


class BoundedStrictParser(_Bounds, StrictFeedParser):  # type: ignore[misc]
    """For well-formed XML, fed by a SAX parser."""


class BoundedLooseParser(_Bounds, LooseFeedParser):  # type: ignore[misc]
    """For anything else, fed with the text."""
