"""How fast topics are matched: megabytes of UTF-8 a second, whole articles, beside two ways that a competent user might take.

*Regexes*: one compiled alternation a concept, with word boundaries, over lower-cased text; *DuckDB*: the same alternations in
`regexp_matches` over a table, on one thread. Both say which concepts occur and no more; vigie folds typography, keeps exact
offsets, heeds exceptions, evaluates rules and gives the evidence. What bounds it is measured beside: *folding alone* (text to
codes), and *automaton alone* (from codes to raw hits).

Run: ``python benchmarks/matching.py [--data ../shared/data] [--rounds N]``. Without `--data` texts are the sample items, two in
three of which are on a topic; with it, real ones: headlines with leads, news and releases of 1 KB and more. Figures are medians
of so many rounds, of one core's time. What was measured: `benchmarks/RESULTS-matching.md`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import duckdb
import yaml

from vigie.matching import TopicSet, load_topics
from vigie.matching.model import Declared, Group, Mentioned, Near, Rule, Topic, Weighed
from vigie.matching.terms import folded_forms, open_sides

Text = tuple[str, str, str]  # title, text, language

LANGUAGES = {"fr": ("courrier", "gazette", "radio", "volnograd-fr"), "ru": ("telegraf", "vecherny", "volnograd-ru")}
LANGUAGES |= {"uk": ("kurier",), "de": ("schildaer",)}
FEW = 60  # Texts given to the slower ways.


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


def real_texts(data: Path) -> dict[str, list[Text]]:
    """Headlines with leads, and long texts, from the folder of real data that developers have."""
    headlines: list[Text] = []
    for file in sorted((data / "headlines").glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            headlines += [(item["title"], item["text"], item["lang"]) for item in map(json.loads, lines)]
    news: dict[Text, None] = {}
    for file in sorted((data / "dedupe").glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            language = "ru" if "_ru_" in file.name else "en"
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                for side in ("first", "second"):
                    news[row[f"INPUT:{side}_title"] or "", row[f"INPUT:{side}_text"] or "", language] = None
    with gzip.open(next((data / "kremlin").glob("*.jsonl.gz")), "rt", encoding="utf-8") as lines:
        releases = [(item["title"], item["text"], "en") for item in map(json.loads, lines)]
    return {
        "headlines with leads": headlines,
        "news, 1 KB and more": [text for text in news if size_of([text]) >= 1024],
        "releases, 1 KB and more": [text for text in releases if size_of([text]) >= 1024][::4],
    }


def size_of(texts: Sequence[Text]) -> int:
    """Bytes of title and text."""
    return sum(len(title.encode()) + len(text.encode()) for title, text, _ in texts)


def alternations(topics: TopicSet) -> dict[str, str]:
    """For each concept, all that it can be called, as one regular expression without its boundaries."""
    found = {}
    for concept in topics.concepts.values():
        choices = set()
        for term in concept.terms:
            left, right, _ = open_sides(term.text)
            for form in folded_forms(term, topics.forms):
                choices.add((r"\w*" if left else "") + re.escape(form) + (r"\w*" if right else ""))
        if choices:
            found[concept.id] = "|".join(sorted(choices, key=len, reverse=True))
    return found


def by_regexes(topics: TopicSet, texts: Sequence[Text]) -> Callable[[], object]:
    """One compiled alternation a concept, all of them tried on every text."""
    patterns = [(concept, re.compile(rf"\b(?:{choices})\b")) for concept, choices in alternations(topics).items()]

    def work() -> list[list[str]]:
        lowered = (f"{title}\n{text}".lower() for title, text, _ in texts)
        return [[concept for concept, pattern in patterns if pattern.search(text)] for text in lowered]

    return work


def by_duckdb(topics: TopicSet, texts: Sequence[Text]) -> Callable[[], object]:
    """The same alternations as columns of one query; RE2 knows boundaries of ASCII words only, so they are written out."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("CREATE TABLE texts (text VARCHAR)")
    connection.executemany("INSERT INTO texts VALUES (?)", [(f"{title}\n{text}",) for title, text, _ in texts])
    word = r"\pL\pN_"
    columns = []
    for choices in alternations(topics).values():
        pattern = rf"(?:^|[^{word}])(?:{choices})(?:[^{word}]|$)".replace(r"\w", f"[{word}]").replace(r"\ ", " ")
        columns.append("regexp_matches(lowered, '{}')".format(pattern.replace("'", "''")))
    query = f"SELECT {', '.join(columns)} FROM (SELECT lower(text) AS lowered FROM texts)"
    return lambda: connection.execute(query).fetchall()


def generated(topics: TopicSet, count: int) -> TopicSet:
    """So many topics of new rules over the same concepts.

    Each needs four things together, so that few hold and it is the number of topics that is measured, not that of matches:
    what holds has to be written down, and that takes its time.
    """
    choose = random.Random(10)
    concepts = sorted(topics.concepts)
    made = {}
    for number in range(count):
        a, b, c, d, e = choose.sample(concepts, 5)
        found_a, found_b, found_c, found_d, found_e = (Mentioned(concept) for concept in (a, b, c, d, e))
        rules: tuple[Rule, ...] = (
            Group("all", (Near(((a,), (b,), (c,)), within=8, sentence=True), found_d), 2),
            Group("all", (Near(((a,), (b, d)), within=8), found_c, found_e), 3),
            Group("all", (Mentioned(a, scope="title"), found_b, found_c, found_d, Group("none", (found_e,), 1)), 5),
            Group("at_least", (found_a, found_b, found_c, found_d, found_e), 4),
            Weighed(((1.0, found_a), (1.0, found_b), (1.0, found_c), (2.0, Mentioned(d, 2)), (-1.0, found_e)), 5.0),
        )
        identifier = f"topic-{number:05}"
        languages = ("fr", "ru", "en", "de", "uk")
        made[identifier] = Topic(identifier, {"en": identifier}, "", languages, rules[number % len(rules)])
    return TopicSet(Declared(topics.concepts, made, topics.forms), {"generated": count})


def median_of(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of processor time of each; they take turns, so that what else the machine does falls on all alike."""
    took: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for times, work in zip(took, works, strict=True):
            started = time.process_time()
            work()
            times.append(time.process_time() - started)
    return [statistics.median(times) for times in took]


def matching(topics: TopicSet, texts: Sequence[Text]) -> Callable[[], object]:
    """Match all texts, one after the other."""

    def work() -> None:
        for text in texts:
            topics.match(*text)

    return work


def folding_alone(topics: TopicSet, texts: Sequence[Text]) -> Callable[[], object]:
    """Text to codes."""

    def work() -> None:
        for title, text, _ in texts:
            topics._terms.compare(title, text)

    return work


def automaton_alone(topics: TopicSet, texts: Sequence[Text]) -> Callable[[], object]:
    """Codes to raw hits."""
    coded = [topics._terms.compare(title, text) for title, text, _ in texts]

    def work() -> None:
        for compared in coded:
            topics._terms.hits(compared)

    return work


def print_throughput(topics: TopicSet, corpora: dict[str, list[Text]], rounds: int) -> None:
    """Megabytes a second of each way on each corpus."""
    columns = ("bytes each", "mentions", "vigie MB/s", "regexes MB/s", "ratio", "DuckDB MB/s", "ratio")
    print(f"{'texts':26}" + "".join(f"{c:>14}" for c in (*columns, "folding alone", "automaton")))
    for name, texts in corpora.items():
        size, few = size_of(texts) / 1e6, texts[:: max(1, len(texts) // FEW)]
        works = matching(topics, texts), folding_alone(topics, texts), automaton_alone(topics, texts)
        ours, folding, automaton = (size / seconds for seconds in median_of(rounds, *works))
        small = size_of(few) / 1e6
        regexes, table = (small / s for s in median_of(rounds, by_regexes(topics, few), by_duckdb(topics, few)))
        mentions = sum(len(topics.match(*text).mentions) for text in texts) / len(texts)
        print(
            f"{name:26}{size_of(texts) / len(texts):>14.0f}{mentions:>14.1f}{ours:>14.1f}{regexes:>14.2f}"
            f"{ours / regexes:>14.0f}{table:>14.2f}{ours / table:>14.0f}{folding:>14.0f}{automaton:>14.0f}"
        )


def print_growth(topics: TopicSet, corpora: dict[str, list[Text]], rounds: int) -> None:
    """What an article costs with ten topics and with ten thousand."""
    started = time.perf_counter()
    few, many = generated(topics, 10), generated(topics, 10_000)
    print(f"\ngenerated topics, compiled in {time.perf_counter() - started:.1f} s")
    print(f"{'texts':26}{'10: µs each':>14}{'10,000: µs':>14}{'ratio':>14}{'matches each':>14}")
    for name, texts in corpora.items():
        one, other = (1e6 * s / len(texts) for s in median_of(rounds, matching(few, texts), matching(many, texts)))
        fired = sum(len(many.match(*text).matches) for text in texts) / len(texts)
        print(f"{name:26}{one:>14.1f}{other:>14.1f}{other / one:>14.2f}{fired:>14.2f}")


def main() -> None:
    """Print megabytes a second and ratios."""
    parser = argparse.ArgumentParser(description="Throughput of topic matching.")
    parser.add_argument("--data", type=Path, help="folder of real texts; the sample items where none is given")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement")
    arguments = parser.parse_args()
    started = time.perf_counter()
    topics = load_topics()
    loaded = time.perf_counter() - started
    print(
        f"loaded in {loaded:.2f} s: {len(topics.topics)} topics, {len(topics.concepts)} concepts, {topics.term_count} strings"
    )
    items = sample_texts()
    corpora = {"sample items": items, "joined to 1 KB and more": at_least(items, 1024)}
    if arguments.data:
        corpora = real_texts(arguments.data)
    print_throughput(topics, corpora, arguments.rounds)
    print_growth(topics, corpora, arguments.rounds)


if __name__ == "__main__":
    main()
