"""`vigie topics evaluate`: precision, recall and F1 of the topics on items whose true topics people have said."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from vigie.cli.common import told
from vigie.cli.query import FormatOption, OutOption
from vigie.cli.terminal import make_console, printable

if TYPE_CHECKING:
    from vigie.matching import TopicSet
    from vigie.matching.evaluate import Judged, Mistake
    from vigie.matching.gold import GoldSet
    from vigie.schemas import Quality

__all__ = ["evaluate"]


class _Split(enum.StrEnum):
    DEV = "dev"
    TEST = "test"
    ALL = "all"


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="gold/labels.jsonl or sample_data/gold.jsonl.")],
    texts: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the items' texts are; of the sample: the feeds beside it.")
    ] = None,
    split: Annotated[_Split, typer.Option(help="Which half; of the test half mistakes are only counted.")] = _Split.DEV,
    errors: Annotated[int, typer.Option(metavar="N", help="List so many mistakes, different kinds first.", min=0)] = 0,
    topics: Annotated[
        list[Path] | None,
        typer.Option("--topics", help="A topic file or directory in place of the shipped ones; may be repeated."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Store the figures in this dataset too, as table quality.")
    ] = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Measure precision, recall and F1, with 95 % intervals, for each topic and language and for all decisions together.

    No figure is given that rests on fewer than 30 decisions. Labels that the coder was unsure of are counted as given, and
    set aside. Without --data nothing is stored.

    Example: vigie topics evaluate sample_data/gold.jsonl --errors 5
    """
    with told():
        from vigie.clock import system_clock
        from vigie.matching import load_topics
        from vigie.matching.evaluate import judge, mistakes, quality_of
        from vigie.matching.gold import read_gold

        labelled, loaded = read_gold(gold, texts), load_topics(topics)
        judged = judge(loaded, labelled.half(split))
        rows = quality_of(loaded, labelled, split, judged, at=system_clock())
        notes = _notes(labelled, loaded, judged, split)
        if data is not None:
            _store(data, rows)
        if (form is None or form == "table") and out is None:
            _print(rows, notes)
            _print_mistakes(mistakes(loaded, judged), loaded, errors)
        else:
            _write(rows, notes, form, out)


def _notes(gold: GoldSet, topics: TopicSet, judged: Sequence[Judged], split: str) -> list[str]:
    from vigie.matching.evaluate import LEAST, out_of_reach

    foreign = Counter(each.detected for each in out_of_reach(topics, judged))
    told_right = sum(each.detected == each.language for each in judged)
    half = f", {split} half" if gold.is_split and split != "all" else ""
    weights = "Weighted by stratum; the counts are not." if gold.is_stratified else "Every item weighs the same."
    notes = [
        f"{len(judged)} items{half}: {gold.drawn_from}. {weights}",
        f"Topics version {topics.version}; labels version {gold.version}.",
        f"“n = …: too few”: a figure rests on at least {LEAST} decisions, precision on matches, recall on what is on topic.",
        f"The language was told as labelled in {told_right} of {len(judged)}; the matcher went by what was told.",
    ]
    if foreign:
        named = ", ".join(f"{count} in {language}" for language, count in sorted(foreign.items()))
        notes.append(f"Left out, since no topic has terms in their language: {named}.")
    return notes


def _print(rows: Sequence[Quality], notes: Sequence[str]) -> None:
    console = make_console()
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("topic", "language", "unsure", "items", "on topic", "matched", "right", "precision", "recall", "F1"):
        table.add_column(heading, justify="right" if heading in ("items", "on topic", "matched", "right") else "left")
    previous = ""
    for row in rows:
        if not row.positives and not row.matched:
            continue
        if previous not in ("", row.topic_id):
            table.add_section()
        counts = (row.items, row.positives, row.matched, row.true_positives)
        table.add_row(
            row.topic_id if row.topic_id != previous else "", row.language, row.unsure, *map(str, counts), *figures(row)
        )
        previous = row.topic_id
    console.print(table)
    for note in notes:
        console.print(Text(f"• {note}" if not console.options.ascii_only else f"* {note}"), style="dim")


def figures(row: Quality) -> tuple[str, str, str]:
    """Precision, recall and F1 as people read them, with the interval, or how few decisions there are."""
    return (
        _figure(row.precision, row.precision_low, row.precision_high, row.matched),
        _figure(row.recall, row.recall_low, row.recall_high, row.positives),
        _figure(row.f1, row.f1_low, row.f1_high, None),
    )


def _figure(value: float | None, low: float | None, high: float | None, n: int | None) -> str:
    if value is None or low is None or high is None:
        return "too few" if n is None else f"n = {n}: too few"
    return f"{value:.2f} ({low:.2f}–{high:.2f})"


def _print_mistakes(found: Sequence[Mistake], topics: TopicSet, most: int) -> None:
    """List mistakes, but for those on the test half, of which there are counts alone."""
    from vigie.matching.evaluate import with_reason
    from vigie.matching.explain import Explainer

    console = make_console()
    hidden = Counter((mistake.kind, mistake.topic) for mistake in found if mistake.judged.item.split == "test")
    if hidden:
        console.print("\nMistakes on the test half, by kind; which ones they are is not shown")
        for (kind, topic), count in sorted(hidden.items()):
            console.print(f"  {count:4} {kind:14} {topic}")
    listed = [mistake for mistake in found if mistake.judged.item.split != "test"]
    if not listed or not most:
        return
    console.print(f"\n{min(most, len(listed))} of {len(listed)} mistakes")
    explainer = Explainer(topics)
    for mistake in listed[:most]:
        explained = with_reason(mistake, explainer)
        unsure = ", unsure" if mistake.unsure else ""
        where = f"{mistake.judged.item.key} ({mistake.judged.language}, stands for {mistake.weight:.0f}{unsure})"
        console.print(Text.assemble((f"{mistake.kind} {mistake.topic}", "bold"), f"  {where}"))
        console.print(Text(f"    {printable(explained.reason)}"))


def _write(rows: Sequence[Quality], notes: Sequence[str], form: str | None, out: Path | None) -> None:
    from vigie.cli.render import write_answer
    from vigie.queries import Answer
    from vigie.schemas import Quality
    from vigie.schemas.arrow import to_table

    about = {"gold": rows[0].gold, "gold_version": rows[0].gold_version, "split": rows[0].split}
    answer = Answer("quality", None, about, rows[0].topics_version, to_table(Quality, rows), tuple(notes))
    write_answer(answer, form, out)


def _store(data: Path, rows: Sequence[Quality]) -> None:
    from vigie.storage import Dataset
    from vigie.storage.measures import store_quality

    dataset = Dataset(data)
    dataset.prepare()
    store_quality(dataset, rows)
