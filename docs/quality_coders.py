"""What the coders of the real items agree on, and what was decided where they do not: two sections of docs/quality.md."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.cli.topics_evaluate import figures
from vigie.matching import TopicSet
from vigie.matching.evaluate import ALL, COUNTED, SET_ASIDE, Judged, quality_of
from vigie.matching.gold import GoldItem, GoldSet
from vigie.stats import cohen_kappa

__all__ = ["LANGUAGES", "adjudication", "coded_once", "gold_rows", "two_coders"]

#: Languages of the topics.
LANGUAGES = ("fr", "ru", "en", "de", "uk")
_GOLD = Path(__file__).resolve().parent.parent / "gold"
#: Draws of which every item has been coded by two.
_TWICE = (1, 2)
_ADJUDICATED = """\
Every topic on which the two coders differ, or of which either was unsure, was decided by the codebook from title and text
alone: {decisions} decisions on {items} items of both halves, {belong} of them for the topic. They give the first coder's
labels {added} topics more and take {taken} away; {unsure} remain unsure. It was done without knowing who had said what or
what the matcher says. `gold/README.md` has the rules that decided most, `gold/adjudicated.jsonl` each decision with its
reason.

How much lower the test half lies than the dev half is how much tuning flatters. By whose labels the topics are measured, on
the items that two have coded:
"""


def gold_rows(name: str) -> list[dict[str, Any]]:
    """The lines of a file in `gold/`."""
    return [json.loads(line) for line in (_GOLD / name).read_text(encoding="utf-8").splitlines()]


def coded_once() -> frozenset[str]:
    """The items that one coder alone has labelled, by their key."""
    return frozenset(_key(row) for row in gold_rows("labels.jsonl") if row["draw"] not in _TWICE)


def two_coders(topics: TopicSet, gold: GoldSet) -> str:
    """How far two coders agree, by topic.

    Args:
        topics: Their topics are told of.
        gold: The real items with the first coder's labels.
    """
    second = _second_labels()
    items = _coded_twice(gold)
    lines = [
        "## Two coders\n",
        f"{len(items)} real items were coded a second time, blind: from title, text and codebook, without the first",
        "coder's labels or the matcher. Kappa (Cohen) is agreement beyond chance, with its 95 % interval.\n",
        "| topic | first coder | second coder | differ | kappa |",
        "|---|--:|--:|--:|---|",
    ]
    for topic in sorted(topics.topics):
        pairs = [(topic in item.topics, topic in second.get(item.key, ())) for item in items]
        kappa = cohen_kappa(pairs)
        value = "–" if kappa.value is None else f"{kappa.value:.2f} ({kappa.low:.2f}–{kappa.high:.2f})"
        counts = f"{sum(first for first, _ in pairs)} | {sum(other for _, other in pairs)} | {kappa.disagreements}"
        lines.append(f"| {topic} | {counts} | {value} |")
    return "\n".join([*lines, ""])


def adjudication(
    topics: TopicSet, halves: Mapping[str, Sequence[Judged]], first: GoldSet, settled: GoldSet, *, at: datetime
) -> str:
    """What was decided of what two coders left open, and the figures before it and after it.

    Args:
        topics: What was evaluated.
        halves: The items of each half, with what the matcher says of them.
        first: The items with the first coder's labels.
        settled: The same with what was decided.
        at: When this is done, UTC.
    """
    lines = [
        "## Adjudication\n",
        _decisions(first, settled),
        "| half | labels | language | on topic | matched | right | precision | recall | F1 |",
        "|---|---|---|--:|--:|--:|---|---|---|",
    ]
    agreed = _where_two_agree(first)
    for split, judged in halves.items():
        for name, gold, unsure in (
            ("first coder's", first, COUNTED),
            ("first coder's, unsure set aside", first, SET_ASIDE),
            ("those on which two agree", agreed, SET_ASIDE),
            ("adjudicated", settled, COUNTED),
        ):
            items = {item.key: item for item in _coded_twice(gold)}
            told = [dataclasses.replace(each, item=items[each.item.key]) for each in judged if each.item.key in items]
            for row in quality_of(topics, gold, split, told, at=at):
                if row.topic_id == ALL and row.unsure == unsure and row.language in (ALL, *LANGUAGES[:3]):
                    counts = f"{row.positives} | {row.matched} | {row.true_positives}"
                    lines.append(f"| {split} | {name} | {row.language} | {counts} | {' | '.join(figures(row))} |")
    return "\n".join([*lines, ""])


def _decisions(first: GoldSet, settled: GoldSet) -> str:
    once = coded_once()
    rows = [row for row in gold_rows("adjudicated.jsonl") if _key(row) not in once]
    pairs = list(zip(_coded_twice(first), _coded_twice(settled), strict=True))
    belong, unsure = (sum(row.get(key, False) for row in rows) for key in ("belongs", "unsure"))
    return _ADJUDICATED.format(
        decisions=len(rows),
        items=len({_key(row) for row in rows}),
        belong=belong,
        added=sum(len(after.topics - before.topics) for before, after in pairs),
        taken=sum(len(before.topics - after.topics) for before, after in pairs),
        unsure=unsure,
    )


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['file']} {row['key']}"


def _coded_twice(gold: GoldSet) -> list[GoldItem]:
    once = coded_once()
    return [item for item in gold.items if item.key not in once]


def _second_labels() -> dict[str, frozenset[str]]:
    """The topics that the second coder gave each item. Items that are missing have none."""
    return {_key(row): frozenset(row["topics"]) for row in gold_rows("second.jsonl")}


def _where_two_agree(gold: GoldSet) -> GoldSet:
    """The gold set with every decision unsure on which the coders differ."""
    second = _second_labels()
    items = [dataclasses.replace(item, unsure=item.topics ^ second.get(item.key, frozenset())) for item in _coded_twice(gold)]
    return dataclasses.replace(gold, items=tuple(items))
