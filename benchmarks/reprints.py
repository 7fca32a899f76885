"""Texts with what other outlets might have made of them, written as feeds, for benchmarks/syndication.py and tests.

A reprint is a text of which at least 70 % is the original's, and which holds at least 70 % of the original: cut, with
other punctuation, its paragraphs in another order, with words of its own around it, or several of these.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

from vigie.feeds.parse import parse_document
from vigie.fingerprint import MIN_WORDS
from vigie.schemas import FetchedDocument

__all__ = [
    "KINDS",
    "Score",
    "clusters_of",
    "in_common",
    "judged_pairs",
    "real_texts",
    "reprints_of",
    "sample_texts",
    "score_pairs",
    "score_reprints",
    "write_feeds",
]

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_PUNCTUATION = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "—": "-", "–": "-", ";": ",", "ё": "е", "\n": " "}
)
#: The poll that shows all texts, published in the three days before it.
_POLLED_AT = datetime(2017, 6, 1, tzinfo=UTC)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def in_common(one: str, other: str) -> tuple[float, float]:
    """The shares of the shorter and of the longer text's runs of three words that the other has too, counted exactly."""
    runs = [{tuple(words[n : n + 3]) for n in range(len(words) - 2)} for words in (_words(one), _words(other))]
    both = len(runs[0] & runs[1])
    return both / max(1, min(map(len, runs))), both / max(1, *map(len, runs))


def _cut(text: str, rng: random.Random, other: str) -> str:
    words = text.split()
    kept = rng.randint(-(-len(words) * 7 // 10), len(words) - 1)
    start = rng.choice([0, len(words) - kept, rng.randint(0, len(words) - kept)])
    return " ".join(words[start : start + kept])


def _repunctuated(text: str, rng: random.Random, other: str) -> str:
    changed = text.translate(_PUNCTUATION)
    return "".join(char for char in changed if char != "," or rng.random() < 0.5).replace(
        ". ", rng.choice([".\n", "… ", " — "])
    )


def _reordered(text: str, rng: random.Random, other: str) -> str:
    parts = text.split("\n") if text.count("\n") > 1 else _SENTENCE.split(text)
    size = -(-len(parts) // 6)
    blocks = [parts[start : start + size] for start in range(0, len(parts), size)]
    rng.shuffle(blocks)
    return "\n".join(" ".join(block) for block in blocks)


def _framed(text: str, rng: random.Random, other: str) -> str:
    """Words of another text before and after, up to 30 % of the whole."""
    words, foreign = text.split(), other.split()
    added = rng.randint(1, max(1, min(len(foreign), len(words) * 3 // 7)))
    before = rng.choice([0, added, rng.randint(0, added)])
    return " ".join([*foreign[:before], *words, *foreign[before:added]])


def _rewritten_in_part(text: str, rng: random.Random, other: str) -> str:
    """Up to 30 % of the words, in one run, are another text's: as little in common as a reprint may have."""
    words, foreign = text.split(), other.split()
    length = rng.randint(1, len(words) * 3 // 10)
    start = rng.choice([0, len(words) - length, rng.randint(0, len(words) - length)])
    return " ".join([*words[:start], *(foreign * (1 + length // len(foreign)))[:length], *words[start + length :]])


def _edited(text: str, rng: random.Random, other: str) -> str:
    """One word in twenty is another."""
    words, foreign = text.split(), other.split()
    for place in rng.sample(range(len(words)), len(words) // 20):
        words[place] = rng.choice(foreign)
    return " ".join(words)


def _several(text: str, rng: random.Random, other: str) -> str:
    words = text.split()
    cut = " ".join(words[: rng.randint(-(-len(words) * 8 // 10), len(words))])
    return _repunctuated(_reordered(cut, rng, other), rng, other)


_MAKERS: dict[str, Callable[[str, random.Random, str], str]] = {
    "retitled": lambda text, rng, other: text,
    "cut": _cut,
    "re-punctuated": _repunctuated,
    "re-ordered": _reordered,
    "framed": _framed,
    "edited": _edited,
    "rewritten in part": _rewritten_in_part,
    "several": _several,
}
KINDS = tuple(_MAKERS)


def reprints_of(texts: Sequence[str], *, seed: int = 1) -> dict[str, dict[int, str]]:
    """Outlet → place of the original → text: the originals' outlet, and one for each kind of reprint.

    A reprint that ends up under 40 words is left out: it cannot be compared.
    """
    rng = random.Random(seed)
    printed: dict[str, dict[int, str]] = {"original": dict(enumerate(texts))}
    for place, text in enumerate(texts):
        for kind, make in _MAKERS.items():
            made = make(text, rng, rng.choice([other for other in texts if other != text]))
            if len(_words(made)) >= MIN_WORDS:
                printed.setdefault(kind.replace(" ", "-"), {})[place] = made
    return printed


def write_feeds(folder: Path, printed: Mapping[str, Mapping[int, str]]) -> Path:
    """Feeds of some outlets, each polled once, with the texts all published within 72 hours.

    Args:
        folder: Where to.
        printed: Outlet → number → text. The number is the last part of the article's link.
    """
    folder.mkdir(parents=True)
    polls = []
    for shift, (outlet, texts) in enumerate(printed.items()):
        items = []
        for place, text in texts.items():
            at = _POLLED_AT - timedelta(hours=60 - shift, seconds=-20 * place)
            paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n"))
            items.append(
                f"<item><title>Number {place} in {outlet}</title><link>https://{outlet}.example/{place}</link>"
                f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(paragraphs)}</description></item>"
            )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{outlet}</title>{"".join(items)}</channel></rss>'
        (folder / f"{outlet}.xml").write_text(feed, encoding="utf-8")
        poll = {"file": f"{outlet}.xml", "feed_id": f"{outlet}/all", "url": f"https://{outlet}.example/feed"}
        polls.append(json.dumps({**poll, "fetched_at": _POLLED_AT.isoformat()}))
    (folder / "polls.jsonl").write_text("\n".join(polls), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Score:
    """How pairs of texts that were found compare with those that should have been."""

    #: By kind: pairs that should be found, and those of them that were.
    wanted: dict[str, int]
    found: dict[str, int]
    #: Pairs that were found and should have been, or not.
    right: int
    wrong: int

    @property
    def recall(self) -> float:
        """The share of pairs that were found of those that should be, all kinds together."""
        return sum(self.found.values()) / sum(self.wanted.values())

    @property
    def precision(self) -> float:
        """The share of the pairs found that should be."""
        return self.right / (self.right + self.wrong)


#: What a cluster's articles are known by: outlet and number, from their links.
Cluster = Sequence[tuple[str, int]]


def clusters_of(members: Iterable[Sequence[Mapping[str, Any]]]) -> list[Cluster]:
    """The column `members` of the answer to `syndication`, as outlets and numbers."""
    return [[(str(row["source_id"]), int(str(row["url"]).rsplit("/", 1)[1])) for row in cluster] for cluster in members]


def score_reprints(printed: Mapping[str, Mapping[int, str]], clusters: Iterable[Cluster]) -> Score:
    """Every reprint should be in its original's cluster; any other pair is right where half of one text is the other's."""
    wanted = {kind: len(texts) for kind, texts in printed.items() if kind != "original"}
    found, right, wrong = dict.fromkeys(wanted, 0), 0, 0
    for cluster in clusters:
        originals = {place for outlet, place in cluster if outlet == "original"}
        for outlet, place in cluster:
            if outlet != "original" and place in originals:
                found[outlet] += 1
        for (kind, one), (other_kind, other) in itertools.combinations(cluster, 2):
            same = one == other or in_common(printed[kind][one], printed[other_kind][other])[0] >= 0.5
            right, wrong = right + same, wrong + (not same)
    return Score(wanted, found, right, wrong)


def score_pairs(pairs: Sequence[tuple[str, str, bool]], clusters: Iterable[Cluster]) -> Score:
    """Judged pairs: those on one story that share 70 % of the longer text should be found, and none on two stories."""
    wanted = {n for n, (one, other, same) in enumerate(pairs) if same and in_common(one, other)[1] >= 0.7}
    together = [{n for n, count in Counter(n for _, n in cluster).items() if count > 1} for cluster in clusters]
    found = set().union(*together)
    right = sum(pairs[n][2] for n in found)
    return Score({"judged": len(wanted)}, {"judged": len(wanted & found)}, right, len(found) - right)


def _long(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if len(_words(text)) >= MIN_WORDS]


def sample_texts(items: Path) -> list[str]:
    """The sample data's texts of at least 40 words: of each article as it first read."""
    return _long(
        item["text"]
        for path in sorted(items.glob("*.yaml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
        if "text" in item
    )


def real_texts(data: Path) -> list[str]:
    """Texts of at least 40 words from real feeds, and the first of each of the judged pairs."""

    def feeds() -> Iterator[str]:
        for folder in ("feeds_2017_repaired", "feeds_2017", "feeds_2026"):
            for path in sorted((data / folder).iterdir()):
                at = datetime(2026, 3, 1, tzinfo=UTC)
                document = FetchedDocument("a/b", "a", "https://a.example/feed", at, body=path.read_bytes())
                yield from (entry.text for entry in parse_document(document, time_zone="UTC").entries)

    return _long(text for texts in (feeds(), (one for one, _, _ in judged_pairs(data))) for text in texts)


def judged_pairs(data: Path) -> list[tuple[str, str, bool]]:
    """Pairs of news texts, and whether people judged them to be on one story."""
    csv.field_size_limit(10**7)
    pairs = []
    for path in sorted((data / "dedupe").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                pairs.append((row["INPUT:first_text"], row["INPUT:second_text"], row["GOLDEN:quality"] == "OK"))
    return pairs
