"""Write a registry as OPML 2.0, for feed readers and other monitors.

A feed's section becomes the headings it is nested under. What OPML has no word for and vigie needs again (permanent ids,
scope, edition, time zone) is kept in attributes of a namespace of its own, as the specification provides; ownership is
not written: it cannot be had back from an OPML file.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from vigie.registry.import_opml import EDITION, FEED_ID, SCOPE, TIME_ZONE
from vigie.registry.model import Registry
from vigie.schemas import Feed, Scope, Source

__all__ = ["NAMESPACE", "to_opml"]

#: The namespace of vigie's own attributes.
NAMESPACE = "urn:vigie:opml"

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_opml(registry: Registry, *, title: str = "Sources of vigie") -> str:
    """The registry as the text of an OPML 2.0 file (write it as UTF-8).

    Args:
        registry: What to write.
        title: The list's title.
    """
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<opml version="2.0" xmlns:vigie="{NAMESPACE}">',
        f"  <head><title>{_escape(title)}</title></head>",
        "  <body>",
    ]
    by_section: dict[str, list[tuple[Source, Feed]]] = {}
    for source in registry.sources:
        for feed in source.feeds:
            by_section.setdefault(feed.section, []).append((source, feed))
    for section, feeds in by_section.items():
        indent = "    "
        if section:
            lines.append(f"{indent}<outline text={_quote(section)} title={_quote(section)}>")
            indent += "  "
        lines += [f"{indent}{_outline(source, feed)}" for source, feed in feeds]
        if section:
            lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(source: Source, feed: Feed) -> str:
    attributes = {
        "type": "rss",
        "text": source.name,
        "title": source.name,
        "xmlUrl": feed.url,
        "htmlUrl": source.homepage,
        "language": ",".join(source.languages),
        FEED_ID: feed.feed_id,
        SCOPE: "" if feed.scope is Scope.ALL else feed.scope.value,
        EDITION: source.edition,
        TIME_ZONE: "" if source.time_zone == "UTC" else source.time_zone,
    }
    written = " ".join(f"{name}={_quote(value)}" for name, value in attributes.items() if value)
    return f"<outline {written} />"


def _quote(value: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\ufffd", value), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def _escape(text: str) -> str:
    return _quote(text)[1:-1]
