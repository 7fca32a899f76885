"""Records and feed files for tests, with sensible values for whatever a test does not care about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from vigie.feeds.parse import ParsedDocument
from vigie.schemas import DateQuality, DateSource, Entry, FetchedDocument, FetchOutcome

START = datetime(2017, 5, 22, 6, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Hours after the first poll of a test's story."""
    return START + timedelta(hours=hours)


def entry(title: str = "A title", **values: Any) -> Entry:
    """An entry dated before its poll, with a link of its own."""
    slug = hashlib.sha256(title.encode()).hexdigest()[:8]
    published = values.pop("published_at", at(1))
    given: dict[str, Any] = {
        "guid": "",
        "url": f"https://outlet.example/{slug}",
        "text": f"Text under {title}.",
        "published_at": published,
        "date_source": DateSource.PUBLISHED if published else DateSource.NONE,
        "date_quality": DateQuality.OK if published else DateQuality.MISSING,
        **values,
    }
    given.setdefault("canonical_url", given["url"].replace("https://", "http://"))
    return Entry(title=title, **given)


def document(hours: float, *, feed: str = "outlet/all", body: bytes | None = None, **values: Any) -> FetchedDocument:
    """A poll of a feed, its body unlike any other's unless one is given."""
    source_id = feed.partition("/")[0]
    body = f"{feed} at {hours}".encode() if body is None else body
    return FetchedDocument(feed, source_id, f"https://outlet.example/{feed}.xml", at(hours), body=body, **values)


def parsed(*entries: Entry, outcome: FetchOutcome = FetchOutcome.OK) -> ParsedDocument:
    """What reading a body with these entries gives."""
    return ParsedDocument(entries=tuple(entries), failures=(), outcome=outcome, warning="", language="", total=len(entries))


def rss(items: Sequence[dict[str, str]], *, language: str = "en", title: str = "An outlet") -> str:
    """An RSS 2.0 document; each item's keys are element names."""
    body = "".join(
        "<item>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in item.items()) + "</item>" for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://outlet.example/</link><language>{language}</language>{body}</channel></rss>"
    )


def item(number: int, *, title: str = "", text: str = "", hours: float = 1.0) -> dict[str, str]:
    """An item of an RSS document, dated some hours after the first poll."""
    return {
        "title": title or f"Number {number} on the town council",
        "link": f"https://outlet.example/news/{number}",
        "guid": f"tag:outlet.example,{number}",
        "pubDate": at(hours).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "description": text or f"The council of the town met for the {number}th time and adjourned the question of the bridge.",
    }


def write_archive(folder: Path, polls: Iterable[tuple[str, float, str | bytes | None, int]]) -> Path:
    """Feed files with their polls.jsonl: of each poll the feed, the hours after the start, the body and the status."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, (feed, hours, body, status) in enumerate(polls):
        name = None
        if body is not None:
            name = f"{number:04}.xml"
            (folder / name).write_bytes(body.encode() if isinstance(body, str) else body)
        lines.append(
            json.dumps(
                {
                    "file": name,
                    "feed_id": feed,
                    "source_id": feed.partition("/")[0],
                    "url": f"https://outlet.example/{feed}.xml",
                    "fetched_at": at(hours).isoformat(),
                    "status": status,
                    "headers": {"content-type": "application/rss+xml"},
                }
            )
        )
    (folder / "polls.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
