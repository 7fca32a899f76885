"""Draw the real items that are labelled by hand: deterministic, stratified, split into dev and test.

    python gold/draw.py SHARED_DATA OUT.jsonl

Reads the real feeds and headlines in SHARED_DATA (they are not part of the repository) and writes the items drawn, with
their text, for coders. Only the labels are kept (`labels.jsonl`), keyed by file and by a hash of guid or link.

Each language has two strata: items that touch any topic's words at all (a broad list of stems, written before and apart
from the topics), and the others. A hash of the key decides the order in which items are drawn, so nobody chose them. They were
drawn four times: first half of each language's sample from either stratum, or all there are, today for tuning (`dev`); later,
when all of these had been read, the next ones in the same order (`test`); and after these, twice, the next ones for tuning.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from vigie.language import LanguageDetector, LanguageInput
from vigie.matching.gold import OTHER, key_of, read_items

#: Items drawn a language at first; `other` stands for all languages besides.
SIZES = {"fr": 260, "ru": 260, "en": 260, "de": 110, OTHER: 40}
#: The draws after that: their half, and of each language the items that touch a topic's field, and the others. Where a
#: language is missing, nothing was left of it, or enough had been read.
LATER: tuple[tuple[str, dict[str, tuple[int, int]]], ...] = (
    ("test", {"fr": (140, 80), "ru": (140, 80), "en": (140, 60)}),
    ("dev", {"fr": (41, 110), "ru": (260, 40)}),
    ("dev", {"ru": (221, 0)}),
)

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
    #: Items of this language and stratum in the data, and how many of them this draw took.
    population: int
    drawn: int
    #: Which draw it is of, from 1 to 4.
    draw: int
    split: str
    title: str
    text: str


def draw(data: Path) -> list[Item]:
    """The sample, in order of language and key."""
    unique = {(item.file, item.key): (item.title, item.text) for item in read_items(data)}
    detected = LanguageDetector().detect_batch([LanguageInput(title, text) for title, text in unique.values()])
    strata: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for place, found in zip(unique, detected, strict=True):
        language = found.language if found.language in SIZES else OTHER
        touches = "touches" if _TOUCHES.search(" ".join(unique[place])) else "rest"
        strata.setdefault((language, touches), []).append(place)
    items = []
    for language, size in SIZES.items():
        touching, rest = (
            sorted(strata.get((language, name), []), key=lambda p: key_of(*p, "draw")) for name in ("touches", "rest")
        )
        first = min(len(touching), size // 2)
        draws = [("dev", (first, size - first)), *((split, sizes.get(language, (0, 0))) for split, sizes in LATER)]
        start = [0, 0]
        for number, (split, sizes) in enumerate(draws, 1):
            for which, (name, found) in enumerate((("touches", touching), ("rest", rest))):
                drawn = found[start[which] : start[which] + sizes[which]]
                start[which] += sizes[which]
                for file, key in drawn:
                    title, text = unique[file, key]
                    items.append(Item(file, key, language, name, len(found), len(drawn), number, split, title, text))
    return items


if __name__ == "__main__":
    sample = draw(Path(sys.argv[1]))
    lines = [json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in sample]
    Path(sys.argv[2]).write_text("".join(lines), encoding="utf-8")
    for (language, stratum, number, split, population), count in Counter(
        (item.language, item.stratum, item.draw, item.split, item.population) for item in sample
    ).items():
        print(language, stratum, f"draw {number} ({split})", count, "of", population)
