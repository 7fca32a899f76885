"""What the sample data is made of: outlets, items written by hand, and feeds with the times at which they were polled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from vigie.errors import UsageError

__all__ = ["FeedPlan", "Item", "Outlet", "Page", "Plan", "Poll", "Revision", "load_plan"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented outlet, as the registry has it."""

    source_id: str
    name: str
    homepage: str
    language: str
    time_zone: str

    @property
    def host(self) -> str:
        """The host of its home page."""
        return urlsplit(self.homepage).netloc


@dataclass(frozen=True, slots=True)
class Revision:
    """What an item read from a time on."""

    at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One article of one outlet, with what is true of it."""

    key: str
    source_id: str
    #: In order of time; the first is the item as it appeared.
    revisions: tuple[Revision, ...]
    path: str
    language: str
    topics: tuple[str, ...]
    #: True where title and text are HTML.
    html: bool = False
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    planted: str = ""
    #: `url`, `guid` or `date` where the item gives its own, verbatim; None: it has none.
    own: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """When it appeared."""
        return self.revisions[0].at

    def as_of(self, moment: datetime) -> Revision:
        """What it read at a time after it had appeared."""
        return [revision for revision in self.revisions if revision.at <= moment][-1]


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: when, and what came where the feed was not shown as it was."""

    at: datetime
    shows: str = ""


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """How one feed looks and when it was polled; feeds.yaml says what the fields mean."""

    feed_id: str
    url: str
    format: str
    encoding: str
    language: str | None
    window: int
    title: str
    guids: str
    polls: tuple[Poll, ...]
    section: str = ""
    dates: str = "offset"
    quirks: frozenset[str] = frozenset()
    content_type: str = ""

    @property
    def source_id(self) -> str:
        """The source whose feed it is."""
        return self.feed_id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a server sent in place of a feed."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is rendered."""

    outlets: Mapping[str, Outlet]
    items: Mapping[str, Sequence[Item]]
    feeds: Sequence[FeedPlan]
    pages: Mapping[str, Page]


def load_plan(folder: Path) -> Plan:
    """Read outlets, items and feeds from the sample data's folder.

    Raises:
        UsageError: An item or a feed is not written as it should be.
    """
    sources = _yaml(folder / "sources.yaml")["sources"]
    plans = _yaml(folder / "feeds.yaml")
    outlets = {
        entry["id"]: Outlet(entry["id"], entry["name"], entry["homepage"], entry["languages"][0], entry["time_zone"])
        for entry in sources
    }
    addresses = {f"{source['id']}/{entry['id']}": entry["url"] for source in sources for entry in source["feeds"]}
    return Plan(
        outlets=outlets,
        items={source_id: _items(folder / "items" / f"{source_id}.yaml", outlet) for source_id, outlet in outlets.items()},
        feeds=[_feed(raw, addresses) for raw in plans["feeds"]],
        pages={name: Page(**raw) for name, raw in plans["pages"].items()},
    )


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not valid YAML: {error}") from error


def _items(path: Path, outlet: Outlet) -> list[Item]:
    document = _yaml(path)
    if document["source"] != outlet.source_id:
        raise UsageError(f"{path}: source: {document['source']!r}; the file's name says {outlet.source_id!r}")
    items = [_item(raw, outlet, path) for raw in document["items"]]
    keys = [item.key for item in items]
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"{path}: {key}: used twice; give each item its own key")
    if items != sorted(items, key=lambda item: item.at):
        raise UsageError(f"{path}: the items are not in order of `at`; sort them")
    return items


def _item(raw: Mapping[str, Any], outlet: Outlet, path: Path) -> Item:
    revisions = [Revision(raw["at"], raw["title"], raw["text"])]
    for edit in raw.get("edits", ()):
        last = revisions[-1]
        revisions.append(Revision(edit["at"], edit.get("title", last.title), edit.get("text", last.text)))
    times = [revision.at for revision in revisions]
    if any(moment.tzinfo is None for moment in times) or times != sorted(set(times)):
        raise UsageError(f"{path}: {raw['key']}: `at` and the edits need times with a zone, each after the one before")
    return Item(
        key=raw["key"],
        source_id=outlet.source_id,
        revisions=tuple(revisions),
        path=raw["path"],
        language=raw.get("language", outlet.language),
        topics=tuple(raw["topics"]),
        html=raw.get("html", False),
        authors=tuple(raw.get("authors", ())),
        sections=tuple(raw.get("sections", ())),
        planted=raw.get("planted", ""),
        own={key: raw[key] for key in ("url", "guid", "date") if key in raw},
    )


def _feed(raw: Mapping[str, Any], addresses: Mapping[str, str]) -> FeedPlan:
    polls = [Poll(**entry) if isinstance(entry, dict) else Poll(entry) for entry in raw["polls"]]
    values = {key: value for key, value in raw.items() if key not in ("id", "polls", "quirks")}
    return FeedPlan(
        feed_id=raw["id"],
        url=addresses[raw["id"]],
        polls=tuple(polls),
        quirks=frozenset(raw.get("quirks", ())),
        **values,
    )
