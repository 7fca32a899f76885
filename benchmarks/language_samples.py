"""Texts of known language, for benchmarks/language.py and benchmarks/language_weights.py.

The folder given holds `langid/KIND.LANGUAGE.txt` (one text a line, as lingua-py's test data), `headlines/*.jsonl.gz` (`lang`,
`title`, `text`), and feeds as files in `feeds_2017`, `feeds_2017_repaired` (the same names; these are read instead) and
`feeds_2026`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.feeds.parse import parse_document
from vigie.schemas import FetchedDocument

__all__ = ["KINDS", "Sample", "articles", "samples", "sentences"]

#: The kinds of text, shortest first. An opening is the first seven words of a sentence: as long as a headline.
KINDS = ("single-words", "word-pairs", "openings", "headlines", "feed-titles", "sentences")
_OPENING_WORDS = 7

#: The language that an outlet writes, by the beginning of its file's name; all others in these folders write English.
_OUTLETS = {
    "de": ("DaStandardAt", "FazNet", "OrfAt", "Spiegel"),
    "es": ("Minutos20",),
    "fr": ("LeFigaro", "LeFil", "LeMonde", "LeParisien"),
    "it": ("RomaNews", "RomaToday"),
    "ru": ("YandexRussia",),
}
_LANGUAGE_OF_OUTLET = {outlet: language for language, outlets in _OUTLETS.items() for outlet in outlets}

#: Headlines in a Russian outlet's feed that have these are Ukrainian.
_NOT_RUSSIAN = frozenset("іїєґ")


@dataclass(frozen=True)
class Sample:
    """A text and the language that it is known to be in."""

    kind: str
    language: str
    text: str
    #: Which half of the texts it belongs to; an opening to its sentence's.
    half: int


def samples(folder: Path) -> list[Sample]:
    """All texts of all kinds."""
    found = _lines(folder / "langid")
    found += [_sample("headlines", language, title) for language, title, _ in _headlines(folder / "headlines")]
    titles = dict.fromkeys((language, title) for language, title, _ in _feed_items(folder) if title.strip())
    return found + [_sample("feed-titles", language, title) for language, title in titles]


def sentences(folder: Path) -> dict[str, list[str]]:
    """Language → sentences."""
    return {
        path.name.split(".")[1]: path.read_text(encoding="utf-8").splitlines()
        for path in sorted((folder / "langid").glob("sentences.*.txt"))
    }


def articles(folder: Path) -> list[tuple[str, str, str]]:
    """Language, title and text of real items."""
    return [*_headlines(folder / "headlines"), *_feed_items(folder)]


def _sample(kind: str, language: str, text: str, whole: str = "") -> Sample:
    return Sample(kind, language, text, hashlib.sha256((whole or text).encode()).digest()[0] % 2)


def _lines(folder: Path) -> list[Sample]:
    found = []
    for path in sorted(folder.glob("*.*.txt")):
        kind, language, _ = path.name.split(".")
        for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
            found.append(_sample(kind, language, line))
            if kind == "sentences":
                found.append(_sample("openings", language, " ".join(line.split()[:_OPENING_WORDS]), line))
    return found


def _headlines(folder: Path) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for item in map(json.loads, lines):
                mislabelled = item["lang"] == "ru" and not _NOT_RUSSIAN.isdisjoint(item["title"].lower())
                found.append(("uk" if mislabelled else item["lang"], item["title"], item.get("text") or ""))
    return found


def _feed_items(folder: Path) -> list[tuple[str, str, str]]:
    files: dict[str, Path] = {}
    for name in ("feeds_2017", "feeds_2017_repaired", "feeds_2026"):
        files |= {path.name: path for path in sorted((folder / name).glob("*.*"))}
    found = []
    for path in files.values():
        language = _LANGUAGE_OF_OUTLET.get(path.name.split(".")[0], "en")
        document = FetchedDocument(
            "feed", "source", "https://example.org/", datetime(2026, 3, 1, tzinfo=UTC), body=path.read_bytes()
        )
        entries = parse_document(document, time_zone="UTC").entries
        found += [(language, entry.title, entry.text) for entry in entries]
    return found
