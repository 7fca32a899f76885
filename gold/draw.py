"""Draw the real items that are labelled by hand: deterministic, stratified, split into dev and test.

    python gold/draw.py SHARED_DATA OUT.jsonl

Reads the real feeds and headlines in SHARED_DATA (they are not part of the repository) and writes the items drawn, with
their text, for coders. Only the labels are kept (`labels.jsonl`), keyed by file and by a hash of guid or link.

Each language has two strata: items that touch any topic's words at all (a broad list of stems, written before and apart
from the topics), and the others. Half of each language's sample comes from either stratum, or all there are. A hash of the
key decides the order in which items are drawn and whether they are for dev or test, so nobody chose them.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from vigie.language import LanguageDetector, LanguageInput
from vigie.matching.gold import OTHER, key_of, read_items

#: Items drawn a language; `other` stands for all languages besides.
SIZES = {"fr": 260, "ru": 260, "en": 260, "de": 110, OTHER: 40}

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
        some = touching[: size // 2]
        for name, drawn, population in (
            ("touches", some, len(touching)),
            ("rest", rest[: size - len(some)], len(rest)),
        ):
            for file, key in drawn:
                split = "test" if int(key_of(file, key, "split"), 16) % 2 else "dev"
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
