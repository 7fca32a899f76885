"""Items whose true topics people have said: read the labels, find the items' texts, and keep both together.

Two kinds of files are known. `gold/labels.jsonl` names real items by file and key, a sample of strata; their texts belong to
their publishers and are read from a folder that the user has; `adjudicated.jsonl` beside it decides what coders left open.
`sample_data/gold.jsonl` labels the items of the sample feeds.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vigie.archive import plan_archive, read_poll
from vigie.errors import UsageError
from vigie.feeds.parse import parse_document
from vigie.jsonl import read_line
from vigie.named_files import read_text
from vigie.registry import load_registry
from vigie.schemas import FetchedDocument
from vigie.urls import canonicalise

__all__ = ["GoldItem", "GoldSet", "RealItem", "key_of", "read_gold", "read_items"]

#: Languages that the labels tell apart; `other` stands for all besides.
OTHER = "other"
#: Decisions on the labels of the file beside which it lies.
_ADJUDICATED = "adjudicated.jsonl"
_REAL = "real items of feeds and headlines (January to June 2017, February 2025, January and February 2026)"
_SAMPLE = "all items that the sample feeds show: invented outlets, texts and labels written for vigie"


@dataclass(frozen=True, slots=True)
class RealItem:
    """One item of the real data."""

    #: The file it stands in, from the data's folder on.
    file: str
    #: Hash of its guid or link; of headlines their own id.
    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One labelled item with its text."""

    #: How it is named in lists: no word of its text.
    key: str
    title: str
    text: str
    #: ISO 639-1, or `other`.
    language: str
    topics: frozenset[str]
    #: Topics, given or not, about which a second coder might well disagree; once adjudicated, those that the text leaves open.
    unsure: frozenset[str]
    #: `dev` or `test`; empty where the set is not split.
    split: str = ""
    #: Items of one stratum were drawn with one chance; empty: all were taken.
    stratum: str = ""
    #: Items of its stratum in the data.
    population: int = 0
    #: What its feed declares, and what its source publishes in, where that is known.
    declared: str = ""
    source_languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Labelled items."""

    #: `real` or `sample`.
    name: str
    #: Hash of the labels.
    version: str
    drawn_from: str
    items: tuple[GoldItem, ...]

    @property
    def is_split(self) -> bool:
        """Whether it has a half for tuning and one for testing."""
        return any(item.split for item in self.items)

    @property
    def is_stratified(self) -> bool:
        """Whether its items stand for different numbers of items."""
        return any(item.stratum for item in self.items)

    def half(self, split: str) -> tuple[GoldItem, ...]:
        """The items of `dev` or `test`; all of them for `all`, and where the set is not split."""
        return self.items if split == "all" or not self.is_split else tuple(i for i in self.items if i.split == split)


def key_of(*parts: str) -> str:
    """The hash that names an item, made of its guid or link."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_items(data: Path) -> Iterator[RealItem]:
    """Every real item of the data's feeds and headlines, repaired feeds instead of the damaged ones."""
    repaired = {path.name for path in (data / "feeds_2017_repaired").iterdir()}
    for folder in ("feeds_2017", "feeds_2017_repaired", "feeds_2026"):
        for path in sorted((data / folder).iterdir()):
            if folder != "feeds_2017" or path.name not in repaired:
                yield from _items_of_feed(f"{folder}/{path.name}", path)
    for path in sorted((data / "headlines").iterdir()):
        yield from _items_of_headlines(f"headlines/{path.name}", path)


def _items_of_feed(name: str, path: Path) -> Iterator[RealItem]:
    at = datetime(2026, 3, 1, tzinfo=UTC)  # Later than any of them; their dates do not matter here.
    document = FetchedDocument("f/f", "f", "https://feed.example/", at, body=path.read_bytes())
    for entry in parse_document(document, time_zone="UTC").entries:
        yield RealItem(name, key_of(entry.guid or entry.url), entry.title, entry.text)


def _items_of_headlines(name: str, path: Path) -> Iterator[RealItem]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            yield RealItem(name, item["id"], item["title"], item["text"])


def read_gold(labels: Path, texts: Path | None = None, *, adjudicate: bool = True) -> GoldSet:
    """Read a file of labels and the texts they are about.

    Args:
        labels: `gold/labels.jsonl` or `sample_data/gold.jsonl`, told apart by what their lines say.
        texts: The folder of the real data, or of the sample feeds; for the latter None is `feeds` beside the labels.
        adjudicate: Whether the decisions of an `adjudicated.jsonl` beside the labels of real items go before them.

    Raises:
        UsageError: A file is missing or wrong, or an item that is labelled is not in the texts.
    """
    content = read_text(labels)
    rows = [_row(line, f"{labels}:{number}") for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if not rows:
        raise UsageError(f"{labels}: holds no labels; it has one JSON object a line")
    version = hashlib.sha256(content.encode()).hexdigest()[:16]
    try:
        if "stratum" in rows[0]:
            if texts is None:
                raise UsageError(f"{labels}: the items' texts are not in it; name the folder that has them with --texts FOLDER")
            items = tuple(_real(rows, texts, str(labels)))
            decisions = labels.with_name(_ADJUDICATED)
            if adjudicate and decisions.exists():
                content += read_text(decisions)
                version = hashlib.sha256(content.encode()).hexdigest()[:16]
                items = _adjudicated(items, decisions)
            return GoldSet("real", version, _REAL, items)
        return GoldSet("sample", version, _SAMPLE, tuple(_sample(rows, texts or labels.parent / "feeds")))
    except KeyError as error:
        raise UsageError(f"{labels}: a line has no {error}; gold/README.md says what each one needs") from None


def _row(line: str, place: str) -> dict[str, Any]:
    row = read_line(line, place)
    if not isinstance(row, dict):
        raise UsageError(f"{place}: is no JSON object")
    return row


def _real(rows: list[dict[str, Any]], texts: Path, labels: str) -> Iterator[GoldItem]:
    try:
        found = {(item.file, item.key): item for item in read_items(texts)}
    except FileNotFoundError as error:
        raise UsageError(f"--texts {texts}: is not the folder of the data: there is no {error.filename} in it") from None
    for row in rows:
        item = found.get((row["file"], row["key"]))
        if item is None:
            raise UsageError(f"--texts {texts}: has no item {row['key']} in {row['file']}, which {labels} labels")
        yield GoldItem(
            key=f"{row['file']} {row['key']}",
            title=item.title,
            text=item.text,
            language=row["language"],
            topics=frozenset(row["topics"]),
            unsure=frozenset(row["unsure"]),
            split=row["split"],
            stratum=f"{row['language']} {row['stratum']}",
            population=row["population"],
        )


def _adjudicated(items: tuple[GoldItem, ...], path: Path) -> tuple[GoldItem, ...]:
    """The items with what was decided in place of what the coder gave them."""
    decided: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    known = {item.key for item in items}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        row = _row(line, f"{path}:{number}")
        key = f"{row['file']} {row['key']}"
        if key not in known:
            raise UsageError(f"{path}:{number}: {key} is decided, but not among the labels beside it")
        if row["topic"] in decided[key]:
            raise UsageError(f"{path}:{number}: {row['topic']} of {key} is decided twice")
        decided[key][row["topic"]] = row
    return tuple(_decided(item, decided[item.key]) if item.key in decided else item for item in items)


def _decided(item: GoldItem, decisions: Mapping[str, Mapping[str, Any]]) -> GoldItem:
    yes = {topic for topic, decision in decisions.items() if decision["belongs"]}
    unsure = {topic for topic, decision in decisions.items() if decision.get("unsure")}
    return dataclasses.replace(
        item, topics=item.topics - decisions.keys() | yes, unsure=item.unsure - decisions.keys() | unsure
    )


def _sample(rows: list[dict[str, Any]], feeds: Path) -> Iterator[GoldItem]:
    """The items that a poll showed, as they read when they were first seen: that is what figures count."""
    if not feeds.is_dir():
        raise UsageError(f"{feeds}: no such folder; name the sample feeds with --texts FOLDER")
    first: dict[tuple[str, str], tuple[str, str, str]] = {}
    for ref in plan_archive([str(feeds)]):
        parsed = parse_document(read_poll(ref), time_zone="UTC")
        for entry in parsed.entries:
            seen = entry.title, entry.text, entry.declared_language or parsed.language
            first.setdefault((ref.source_id, entry.canonical_url), seen)
    languages = _languages_of(feeds.parent / "sources.yaml")
    for row in rows:
        place = row["source_id"], canonicalise(row["url"])
        if not row["feeds"]:
            continue
        if place not in first:
            raise UsageError(f"{feeds}: no poll shows {row['url']}, which is labelled as {row['key']}")
        title, text, declared = first[place]
        yield GoldItem(
            key=row["key"],
            title=title,
            text=text,
            language=row["language"],
            topics=frozenset(row["topics"]),
            unsure=frozenset(row.get("unsure", ())),
            declared=declared,
            source_languages=languages.get(row["source_id"], ()),
        )


def _languages_of(registry: Path) -> Mapping[str, tuple[str, ...]]:
    """The languages of each source, where the registry is there."""
    return {source.source_id: source.languages for source in load_registry(registry).sources} if registry.exists() else {}
