"""How fast topics are matched, beside a loop of compiled regexes that does the same work.

The same work: every term of every language of the shipped concepts is looked for on word boundaries whatever the case, and
for each article it is said which concepts occur. vigie does more in its time (typographic folding, exact offsets, exceptions,
rules, evidence); the loop has one alternation a concept, as a competent user would write it.

Run: ``python benchmarks/matching.py [--seconds N]``. Texts are the sample items, repeated and joined to two lengths.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from importlib import resources

import yaml

from vigie.matching import TopicSet, load_topics
from vigie.matching.normalise import fold
from vigie.matching.terms import folded_forms, open_sides

Text = tuple[str, str, str]  # title, text, language

LANGUAGES = {"fr": ("courrier", "gazette", "radio", "volnograd-fr"), "ru": ("telegraf", "vecherny", "volnograd-ru")}
LANGUAGES |= {"uk": ("kurier",), "de": ("schildaer",)}


def sample_texts() -> list[Text]:
    """Title, text and language of every sample item."""
    folder = resources.files("vigie.sample_data").joinpath("items")
    texts: list[Text] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            document = yaml.load(entry.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            language = next((code for code, starts in LANGUAGES.items() if entry.name.startswith(starts)), "en")
            texts.extend((str(item["title"]), str(item.get("text") or ""), language) for item in document["items"])
    return texts


def at_least(texts: Sequence[Text], size: int) -> list[Text]:
    """Texts joined to bodies of at least so many bytes."""
    joined: list[Text] = []
    title, bodies, length = "", list[str](), 0
    for head, body, language in texts:
        title = title or head
        bodies.append(body)
        length += len(body.encode())
        if length >= size:
            joined.append((title, "\n".join(bodies), language))
            title, bodies, length = "", [], 0
    return joined


def regex_loop(topics: TopicSet) -> Callable[[Text], list[str]]:
    """One compiled alternation a concept, all of them tried on every text."""
    patterns = []
    for concept in topics.concepts.values():
        choices = set()
        for term in concept.terms:
            left, right, _ = open_sides(term.text)
            for form in folded_forms(term, topics.forms):
                choices.add((r"\w*" if left else "") + re.escape(form) + (r"\w*" if right else ""))
        if choices:
            patterns.append((concept.id, re.compile(r"\b(?:" + "|".join(sorted(choices, key=len, reverse=True)) + r")\b")))

    def match(text: Text) -> list[str]:
        lowered = f"{text[0]}\n{text[1]}".lower()
        return [concept for concept, pattern in patterns for _ in pattern.finditer(lowered)]

    return match


def megabytes_per_second(work: Callable[[Text], object], texts: Sequence[Text], seconds: float) -> float:
    """Best of the passes over all texts that fit into the time, at least one."""
    size = sum(len(title.encode()) + len(text.encode()) for title, text, _ in texts) / 1e6
    best, spent = 0.0, 0.0
    while spent < seconds or not best:
        started = time.perf_counter()
        for text in texts:
            work(text)
        took = time.perf_counter() - started
        spent += took
        best = max(best, size / took)
    return best


def main() -> None:
    """Print megabytes a second and ratios."""
    parser = argparse.ArgumentParser(description="Throughput of topic matching.")
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each measurement")
    seconds = parser.parse_args().seconds
    started = time.perf_counter()
    topics = load_topics()
    loaded = time.perf_counter() - started
    print(
        f"loaded in {loaded:.2f} s: {len(topics.topics)} topics, {len(topics.concepts)} concepts, {topics.term_count} strings"
    )
    items = sample_texts()
    loop = regex_loop(topics)
    print(f"{'texts':28}{'bytes each':>12}{'vigie MB/s':>12}{'regexes MB/s':>14}{'ratio':>8}{'folding alone':>15}")
    for name, texts in (("headlines with leads", items), ("texts of 1 KB and more", at_least(items, 1024))):
        each = sum(len(f"{a}{b}".encode()) for a, b, _ in texts) // len(texts)
        ours = megabytes_per_second(lambda t: topics.match(*t), texts, seconds)
        theirs = megabytes_per_second(loop, texts[:60], seconds)
        folding = megabytes_per_second(lambda t: fold(f"{t[0]}\n{t[1]}"), texts, seconds)
        print(f"{name:28}{each:>12}{ours:>12.1f}{theirs:>14.2f}{ours / theirs:>8.0f}{folding:>15.1f}")


if __name__ == "__main__":
    main()
