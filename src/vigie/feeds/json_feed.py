"""JSON Feed, versions 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from vigie.feeds.items import MAX_ENTRIES, Body, RawFeed, RawItem

__all__ = ["looks_like_json", "read_json"]

#: A list of items without a version is taken for a feed where an item has one of these.
_ITEM_KEYS = frozenset(["content_html", "content_text", "date_published", "external_url", "summary", "title", "url"])


def looks_like_json(text: str) -> bool:
    """Whether a document starts as JSON does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def read_json(text: str) -> RawFeed | str:
    """The items of a JSON Feed, or, where it is none, what it is instead, in words."""
    try:
        document = json.loads(text.lstrip("\ufeff \t\r\n"), strict=False)
    except (ValueError, RecursionError) as error:
        return f"starts as JSON does, but cannot be read: {error}"
    if not isinstance(document, dict):
        return f"JSON that is no feed: a {type(document).__name__} at the top"
    items = document.get("items")
    version = _version(document.get("version"))
    if not isinstance(items, list) or not (version or any(map(_looks_like_item, items))):
        return "JSON that is no feed: neither a version of JSON Feed nor a list of items; keys: " + ", ".join(
            str(key)[:40] for key in list(document)[:8]
        )
    feed = RawFeed(
        version=version or "json",
        items=[_item(item) for item in items[:MAX_ENTRIES]],
        beyond=max(0, len(items) - MAX_ENTRIES),
        language=_text(document.get("language")),
        site=_text(document.get("home_page_url")),
    )
    if not version:
        feed.warnings.append("no version of JSON Feed declared")
    return feed


def _looks_like_item(item: Any) -> bool:
    return isinstance(item, dict) and bool(_ITEM_KEYS & item.keys())


def _version(value: Any) -> str:
    if not isinstance(value, str) or "jsonfeed.org/version/" not in value:
        return ""
    return "json" + value.rpartition("/version/")[2].replace(".", "")[:4]


def _item(item: Any) -> RawItem:
    if not isinstance(item, dict):
        return RawItem(broken=("BadItem", f"an item is to be an object, and this is a {type(item).__name__}"))
    guid = _text(item.get("id"))
    bodies = (
        Body(_text(item.get("content_html"))),
        Body(_text(item.get("content_text")), is_html=False),
        Body(_text(item.get("summary")), is_html=False),
    )
    return RawItem(
        guid=guid,
        # An id is ideally the item's address, the specification says.
        links=tuple(filter(None, (_text(item.get("url")), _text(item.get("external_url")), guid if "://" in guid else ""))),
        title=_text(item.get("title")),
        bodies=tuple(body for body in bodies if body.value),
        authors=_authors(item),
        published=_text(item.get("date_published")),
        updated=_text(item.get("date_modified")),
        language=_text(item.get("language")),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    """`authors` of 1.1, or the one `author` of 1.0."""
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = (_text(person.get("name")) if isinstance(person, dict) else _text(person) for person in people)
    return tuple(name for name in names if name)


def _text(value: Any) -> str:
    """A string as it is, a number (ids often are) as its digits, anything else as nothing."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""
