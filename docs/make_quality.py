"""Write docs/quality.md: how good matching and language detection are, measured anew. A test fails when it is stale.

    python docs/make_quality.py [--shared FOLDER] [--split test]

FOLDER holds the real data (`data/feeds_2017`, `data/headlines`, `data/langid`, …), which is no part of the repository. The
test half is evaluated only where `--split test` asks for it: it is not looked at while topics are being written. Its figures
then are written to topics/measured.jsonl, too, which goes with the topics into every dataset.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quality_coders import LANGUAGES, adjudication, coded_once, gold_rows, two_coders

from vigie.cli.topics_evaluate import figures
from vigie.clock import system_clock
from vigie.language import LanguageDetector, LanguageInput
from vigie.matching import TopicSet, load_topics
from vigie.matching.evaluate import (
    ALL,
    COUNTED,
    LEAST,
    SET_ASIDE,
    Judged,
    Mistake,
    judge,
    mistakes,
    out_of_reach,
    quality_of,
    with_reason,
)
from vigie.matching.explain import Explainer
from vigie.matching.gold import GoldSet, read_gold
from vigie.matching.measured import to_lines
from vigie.schemas import Quality
from vigie.stats import Unit, estimate_ratio

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE / "quality.md"
MEASURED = HERE.parent / "topics" / "measured.jsonl"
_MARK = "<!-- Written by docs/make_quality.py; halves: "
_AT = datetime(2000, 1, 1, tzinfo=UTC)  # Rows say when they were made; the document does not.
_TEXTS = {"sentences": "sentences", "word-pairs": "pairs of words", "single-words": "single words"}
#: Tags that the editors of the Kremlin's site give its releases, and the topic that a release so tagged ought to be on.
_TAGS = (
    ("Geography", "France", "franco-russian-relations"),
    ("Geography", "Syria", "syria"),
    ("Geography", "Ukraine", "ukraine-conflict"),
    ("Geography", "United States", "western-policy-toward-russia"),
    ("Persons", "Merkel Angela", "western-policy-toward-russia"),
    ("Topics", "Fight against terrorism", "counterterrorism-cooperation"),
    ("Topics", "Human rights", "human-rights-in-russia"),
)
#: Precision and recall on the test half of the topics of before its labels (version 3a2dc23f98f82a05).
_UNTUNED = ("0.88", "0.85")
#: Errors that are told of, and characters that each may take.
_TOLD, _LONGEST = 10, 240
_HEAD = """\
# How good it is

Measured on real items that coders labelled by the topics' codebook before anything was tuned on them, and on the sample items
that come with vigie. `vigie topics evaluate` computes the same figures, `--data DIR` stores them as table `quality`.

- **Precision**: of what is matched, the share that is on topic. **Recall**: of what is on topic, the share that is matched.
  **F1**: their harmonic mean. In parentheses the 95 % interval.
- A figure rests on at least {least} decisions (an item and a topic are one): precision on matches, recall on what is on topic.
  Where there are fewer, their number stands in its place.
- Real items were drawn by language and by whether they touch the field of any topic at all. An item weighs as many as its
  stratum has members for each one in the sample; the counts in the tables are not weighted. So a rare miss in a large
  stratum costs much, and intervals are wide.
- Intervals are Wilson's, at the number of independent decisions that the weighted sample is worth; the several decisions on
  one item are not independent. Of what a stratum holds and its sample does not, they know nothing.
- What two coders left open is **adjudicated**: see below, where the figures stand beside those of the first coder's labels. A
  label that is still **unsure** is counted as given and, in a second row where that differs, set aside.
- The language is detected, as in a pipeline: what is taken for another language is missed.
"""
_UNSEEN = """\
The topics were not tuned on this half: whoever tuned them had not seen its labels, nor its texts as those of a test. Items
that nobody had labelled were searched for words when the topics were written, and these were among them: of outlets and
years that are in none of the data, expect less. The topics of before, tuned on half of today's dev half, had precision
{precision} and recall {recall} here. Sixteen versions have been evaluated on it, and of each its sums alone were looked at.
Names of people are among the topics' words, and whoever wrote them had read news of this kind: names flatter recall.
"""
_LIMITS = """\
## What these figures do not say

- The two coders of the real items were taught alike, by the same codebook alone: people of other schools would agree less.
  `vigie topics audit` has two people of yours code a sample behind a figure.
- German and Ukrainian real items are few: most of their figures cannot be given, and those of the sample are of texts written
  for it. On German and French press text of elsewhere, coded by one coder, the topics did worse than here
  ([gold/README.md](../gold/README.md)).
- The sample's texts were written by people who knew the topics: its figures are an upper bound.
- Sources, years and kinds of text other than those named were not measured.
"""


@dataclass(frozen=True)
class Measured:
    """One set of labelled items, or a half of it, evaluated."""

    title: str
    gold: GoldSet
    split: str
    judged: Sequence[Judged]
    rows: Sequence[Quality]
    mistakes: Sequence[Mistake]


def write_document(shared: Path, *, test: bool) -> str:
    """The document as it ought to read.

    Args:
        shared: The folder with the real data.
        test: Whether the test half is evaluated too.
    """
    topics = load_topics()
    labels = HERE.parent / "gold" / "labels.jsonl"
    real, first = read_gold(labels, shared / "data"), read_gold(labels, shared / "data", adjudicate=False)
    sample = read_gold(HERE.parent / "sample_data" / "gold.jsonl")
    sets = [_measure(topics, real, "test", "Real items, test half")] if test else []
    sets.append(_measure(topics, real, "dev", "Real items, dev half"))
    sets.append(_measure(topics, sample, ALL, "Sample items"))
    parts = [
        f"{_MARK}{'test, dev' if test else 'dev'} -->",
        _HEAD.format(least=LEAST),
        f"Topics version `{topics.version}`.\n",
        *(_section(topics, each) for each in sets),
        two_coders(topics, first),
        adjudication(topics, {each.split: each.judged for each in sets[:-1]}, first, real, at=_AT),
        _told(topics, sets),
        _tags_section(topics, shared / "data" / "kremlin"),
        _language_section(shared / "data"),
        _LIMITS,
    ]
    return "\n".join(parts)


def measure_shipped(shared: Path, *, at: datetime) -> list[Quality]:
    """The figures of the test half, which go with the topics into every dataset."""
    topics, gold = load_topics(), read_gold(HERE.parent / "gold" / "labels.jsonl", shared / "data")
    return quality_of(topics, gold, "test", judge(topics, gold.half("test")), at=at)


def covers_test_half(document: str) -> bool:
    """Whether a document was written with the test half."""
    return document.startswith(f"{_MARK}test")


def _measure(topics: TopicSet, gold: GoldSet, split: str, title: str) -> Measured:
    judged = judge(topics, gold.half(split))
    return Measured(title, gold, split, judged, quality_of(topics, gold, split, judged, at=_AT), mistakes(topics, judged))


def _section(topics: TopicSet, found: Measured) -> str:
    about = [
        f"## {found.title}\n",
        f"{len(found.judged)} items: {found.gold.drawn_from}. Labels version `{found.gold.version}`.\n",
    ]
    if found.split == "test":
        about.append(_UNSEEN.format(precision=_UNTUNED[0], recall=_UNTUNED[1]))
    if found.split == "dev":
        once = len(coded_once() & {each.item.key for each in found.judged})
        about.append(f"The topics were tuned on this half: its figures flatter. {once} items have been coded by one alone.\n")
    if found.gold.is_stratified:
        about.append(_strata(found.judged))
    foreign = len(out_of_reach(topics, found.judged))
    if foreign:
        about.append(f"{foreign} items are in languages that no topic has terms for; they are part of no figure.\n")
    rows = _telling(found.rows)
    overall = [row for row in rows if row.topic_id == ALL]
    each = [row for row in rows if row.topic_id != ALL and row.language == ALL]
    return "\n".join([*about, _table("language", "language", overall), _table("topic", "topic_id", each), _by_both(found.rows)])


def _telling(rows: Sequence[Quality]) -> list[Quality]:
    """The rows without those that set unsure labels aside and come to the same."""
    counted = {(row.topic_id, row.language): row for row in rows if row.unsure == COUNTED}
    return [
        row
        for row in rows
        if row.unsure != SET_ASIDE
        or (row.positives, row.matched)
        != (counted[row.topic_id, row.language].positives, counted[row.topic_id, row.language].matched)
    ]


def _strata(judged: Iterable[Judged]) -> str:
    drawn = Counter((each.item.stratum, each.item.population) for each in judged)
    lines = ["| stratum | items in the data | in this half |", "|---|--:|--:|"]
    lines += [f"| {stratum} | {population} | {count} |" for (stratum, population), count in sorted(drawn.items())]
    return "\n".join([*lines, ""])


def _table(heading: str, name: str, rows: Sequence[Quality]) -> str:
    split = any(row.unsure == SET_ASIDE for row in rows)
    unsure = " unsure |" if split else ""
    lines = [
        f"| {heading} |{unsure} items | on topic | matched | right | precision | recall | F1 |",
        f"|---|{'---|' if split else ''}--:|--:|--:|--:|---|---|---|",
    ]
    for row in rows:
        if row.positives or row.matched:
            counts = f"{row.items} | {row.positives} | {row.matched} | {row.true_positives}"
            treated = f" {row.unsure} |" if split else ""
            lines.append(f"| {getattr(row, name)} |{treated} {counts} | {' | '.join(figures(row))} |")
    return "\n".join([*lines, ""])


def _by_both(rows: Sequence[Quality]) -> str:
    """Topics by language: figures where there are any, else right, matched and on topic as bare counts."""
    counted = {(row.topic_id, row.language): row for row in rows if row.unsure != SET_ASIDE and row.topic_id != ALL}
    topics = sorted({topic for topic, _ in counted})
    languages = [language for language in LANGUAGES if any(key[1] == language for key in counted)]
    lines = [f"| topic: right / matched / on topic | {' | '.join(languages)} |", f"|---|{'---|' * len(languages)}"]
    for topic in topics:
        cells = []
        for language in languages:
            row = counted[topic, language]
            precision, recall, _ = figures(row)
            known = [f"P {precision}" if row.precision is not None else "", f"R {recall}" if row.recall is not None else ""]
            counts = f"{row.true_positives} / {row.matched} / {row.positives}"
            cells.append(" ".join([counts, *filter(None, known)]) if row.matched or row.positives else "–")
        lines.append(f"| {topic} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _told(topics: TopicSet, sets: Sequence[Measured]) -> str:
    """Errors: counts for each set, and of those that may be looked at the ones that teach most."""
    lines = ["## Errors\n", "| set | kind | of sure labels | of unsure ones |", "|---|---|--:|--:|"]
    for found in sets:
        counts = Counter((mistake.kind, mistake.unsure) for mistake in found.mistakes)
        for kind in ("false positive", "false negative"):
            lines.append(f"| {found.title} | {kind} | {counts[kind, False]} | {counts[kind, True]} |")
    lines.append(
        "\nThe ten most instructive of the dev half: sure labels first, different topics and kinds, those that stand for"
    )
    lines.append("most items. Named by file and key; in quotation marks the words that were found.\n")
    explainer = Explainer(topics)
    dev = next(found for found in sets if found.split == "dev")
    lessons = {(row["key"], row["topic"]): row["lesson"] for row in gold_rows("lessons.jsonl")}
    for number, mistake in enumerate(dev.mistakes[:_TOLD], 1):
        told = with_reason(mistake, explainer)
        reason = told.reason if len(told.reason) <= _LONGEST else f"{told.reason[:_LONGEST].rstrip()} …"
        unsure = ", unsure" if mistake.unsure else ""
        where = f"{mistake.judged.item.key} ({mistake.judged.language}{unsure})"
        lesson = lessons.get((mistake.judged.item.key.split()[1], mistake.topic), "")
        lines.append(f"{number}. **{mistake.kind}, {mistake.topic}**, {where}: {reason}{lesson and f'. *{lesson}*'}")
    return "\n".join([*lines, ""])


def _tags_section(topics: TopicSet, folder: Path) -> str:
    """How much of what an editor tagged is matched: a check of recall alone, for a tag names a main subject among several."""
    releases: list[tuple[set[str], dict[str, list[str]]]] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for release in map(json.loads, lines):
                text = f"{release['lead']}\n{release['text']}"
                found = {match.topic_id for match in topics.match(release["title"], text, "en").matches}
                releases.append((found, release["tags"]))
    lines = [
        "## Releases of the Kremlin, by their editor's tags\n",
        f"{len(releases)} English releases of 2017 and 2018. Their tags check recall alone, and loosely: a release tagged",
        "`Fight against terrorism` may be a visit to the troops, one tagged `Human rights` an anniversary of the constitution.",
        "They were read while the topics were being written.\n",
        "| tag | topic | releases | matched |",
        "|---|---|--:|--:|",
    ]
    for kind, tag, topic in _TAGS:
        tagged = [found for found, tags in releases if tag in (tags.get(kind) or ())]
        lines.append(f"| {kind}: {tag} | {topic} | {len(tagged)} | {sum(topic in found for found in tagged)} |")
    return "\n".join([*lines, ""])


def _language_section(data: Path) -> str:
    lines = [
        "## Language detection\n",
        "Share of texts told right, knowing nothing but the text: of all languages of the set, and of those of the topics.",
        "Sentences and words: test data of lingua-py in ten languages (bg, de, en, es, fr, it, pl, pt, ru, uk; Leipzig",
        "corpora). Headlines: real titles alone (France, February 2025; Russia, January 2026).\n",
        f"| texts | n | all | {' | '.join(LANGUAGES)} |",
        f"|---|--:|---|{'---|' * len(LANGUAGES)}",
    ]
    for kind, name in _TEXTS.items():
        paths = sorted((data / "langid").glob(f"{kind}.*.txt"))
        texts = [(p.name.split(".")[1], line) for p in paths for line in p.read_text(encoding="utf-8").splitlines()]
        lines.append(_language_row(name, texts))
    lines.append(_language_row("headlines", list(_headlines(data / "headlines"))))
    return "\n".join([*lines, ""])


def _headlines(folder: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                yield item["lang"], item["title"]


def _language_row(name: str, texts: Sequence[tuple[str, str]]) -> str:
    found = LanguageDetector().detect_batch([LanguageInput(text) for _, text in texts])
    right = [
        (language, Unit("", float(answer.language == language), 1.0))
        for (language, _), answer in zip(texts, found, strict=True)
    ]
    cells = [_share([unit for _, unit in right])]
    cells += [_share([unit for language, unit in right if language == wanted]) for wanted in LANGUAGES]
    return f"| {name} | {len(texts)} | {' | '.join(cells)} |"


def _share(units: Sequence[Unit]) -> str:
    found = estimate_ratio(units)
    if found is None or found.n < LEAST:
        return "–"
    return f"{found.value:.3f} ({found.low:.3f}–{found.high:.3f})"


def main() -> None:
    """Write the document and, with the test half, the figures that are shipped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared")
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    options = parser.parse_args()
    DOCUMENT.write_text(write_document(options.shared, test=options.split == "test"), encoding="utf-8")
    if options.split == "test":
        MEASURED.write_text(to_lines(measure_shipped(options.shared, at=system_clock())), encoding="utf-8")


if __name__ == "__main__":
    main()
