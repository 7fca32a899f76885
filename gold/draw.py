"""Draw the real items that are labelled by hand: deterministic, stratified, split into dev and test.

    python gold/draw.py SHARED_DATA OUT.jsonl

Reads the real feeds and headlines in SHARED_DATA (they are not part of the repository) and writes the items drawn, with
their text, for coders. Only the labels are kept (`labels.jsonl`), keyed by file and by a hash of guid or link.

Each language has two strata: items that touch any topic's words at all (a broad list of stems, written before and apart
from the topics), and the others. Half of each language's sample comes from either stratum, or all there are. A hash of the
key decides the order in which items are drawn and whether they are for dev or test, so nobody chose them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.feeds.parse import parse_document
from vigie.language import LanguageDetector, LanguageInput
from vigie.schemas import FetchedDocument

#: Items drawn a language; `other` stands for all languages besides.
SIZES = {"fr": 260, "ru": 260, "en": 260, "de": 110, "other": 40}

_TOUCHES = re.compile(
    r"russ|росси|росій|moscow|moscou|moskau|москв|kreml|кремл|putin|poutine|путин|путін|lawrow|lavrov|лавров|sputnik|\bRT\b|"
    r"\btass\b|тасс|propagand|пропаганд|d[ée]sinform|disinform|дезинформ|fake|ukrain|укра[иї]н|kiev|kyiv|киев|київ|zelens|зеленс|"
    r"donbas|донбас|crim[ée]|krim|крым|minsk|минск|syri|сири|assad|асад|alep|алеппо|daech|isis|islamic state|игил|sanction|"
    r"sanktion|санкц|embargo|эмбарго|tchétch|chechn|tschetsch|чечн|кадыров|navaln|навальн|inoagent|иноагент|политзаключ|репресс|"
    r"hack|хакер|ing[ée]rence|meddl|interfer|вмешательств|trump|трамп|\bnato\b|\botan\b|нато|евросоюз|macron|макрон|"
    r"missil|ракет|drone|беспилотник|дрон|терро|terror|фсб|сво\b|воен|войн|war\b|guerre|krieg",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Item:
    """One real item, as a coder reads it."""

    file: str
    key: str
    language: str
    stratum: str
    #: Items of this language and stratum in the data, and how many of them were drawn: their ratio is the item's weight.
    population: int
    drawn: int
    split: str
    title: str
    text: str


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_items(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """File, key, title and text of every real item, repaired feeds instead of the damaged ones."""
    repaired = {path.name for path in (data / "feeds_2017_repaired").iterdir()}
    for folder in ("feeds_2017", "feeds_2017_repaired", "feeds_2026"):
        for path in sorted((data / folder).iterdir()):
            if folder == "feeds_2017" and path.name in repaired:
                continue
            document = FetchedDocument(
                "f/f", "f", "https://feed.example/", datetime(2026, 3, 1, tzinfo=UTC), body=path.read_bytes()
            )
            for entry in parse_document(document, time_zone="UTC").entries:
                yield f"{folder}/{path.name}", _hash(entry.guid or entry.url), entry.title, entry.text
    for path in sorted((data / "headlines").iterdir()):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                yield f"headlines/{path.name}", item["id"], item["title"], item["text"]


def draw(data: Path) -> list[Item]:
    """The sample, in order of language and key."""
    unique = {(file, key): (title, text) for file, key, title, text in read_items(data)}
    detected = LanguageDetector().detect_batch([LanguageInput(title, text) for title, text in unique.values()])
    strata: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for place, found in zip(unique, detected, strict=True):
        language = found.language if found.language in SIZES else "other"
        touches = "touches" if _TOUCHES.search(" ".join(unique[place])) else "rest"
        strata.setdefault((language, touches), []).append(place)
    items = []
    for language, size in SIZES.items():
        touching, rest = (
            sorted(strata.get((language, name), []), key=lambda p: _hash(*p, "draw")) for name in ("touches", "rest")
        )
        some = touching[: size // 2]
        for name, drawn, population in (
            ("touches", some, len(touching)),
            ("rest", rest[: size - len(some)], len(rest)),
        ):
            for file, key in drawn:
                split = "test" if int(_hash(file, key, "split"), 16) % 2 else "dev"
                title, text = unique[file, key]
                items.append(Item(file, key, language, name, population, len(drawn), split, title, text))
    return items


if __name__ == "__main__":
    sample = draw(Path(sys.argv[1]))
    lines = [json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in sample]
    Path(sys.argv[2]).write_text("".join(lines), encoding="utf-8")
    for language in SIZES:
        for stratum in ("touches", "rest"):
            found = [item for item in sample if (item.language, item.stratum) == (language, stratum)]
            print(language, stratum, len(found), "of", found[0].population if found else 0)
