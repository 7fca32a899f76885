"""`vigie topics diff`: what a new version of the topics would add and lose on the stored articles; nothing is written."""

from __future__ import annotations

import csv
import dataclasses
import enum
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.cli.common import DataOption, data_folder, parse_day, progress_bar, told
from vigie.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from vigie.matching import TopicSet
    from vigie.matching.comparison import Change, Comparison
    from vigie.storage import Dataset

__all__ = ["diff"]

#: Days that a terminal gets; files get all.
_DAYS_SHOWN = 40


class _Format(enum.StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class _Scope(enum.StrEnum):
    LEAD = "lead"
    ALL = "all"


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="`active`, `shipped`, the hash of a stored version, or a path.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same: the version that would take its place.")],
    data: DataOption = None,
    since: Annotated[str | None, typer.Option(metavar="D", help="First day, YYYY-MM-DD. Default: all.")] = None,
    until: Annotated[str | None, typer.Option(metavar="D", help="Last day, YYYY-MM-DD. Default: all.")] = None,
    scope: Annotated[_Scope, typer.Option(help="Evidence in title and first 25 words, or anywhere.")] = _Scope.LEAD,
    examples: Annotated[int, typer.Option(min=0, help="Changed articles to show for each topic, added and lost.")] = 5,
    tz: Annotated[str, typer.Option(metavar="ZONE", help="Zone in which days are cut, as Europe/Paris.")] = "UTC",
    form: Annotated[
        _Format, typer.Option("--format", help="How to give it; CSV has the counts by topic and day.")
    ] = _Format.TABLE,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the terminal.")
    ] = None,
) -> None:
    """Show what a new version of the topics would add and lose on the stored articles, before it is put in force.

    Counts articles by topic and day as figures do, by their first revision, and backlog too; shows examples with their
    evidence. Nothing is written: `vigie rematch` does that.

    Example: vigie topics diff active my-topics/ --data mine
    """
    with told():
        from vigie.matching.comparison import compare
        from vigie.storage import Dataset
        from vigie.storage.articles import read_first_revisions
        from vigie.storage.counts import count_rows

        first, last = parse_day("--since", since), parse_day("--until", until)
        if first and last and first > last:
            raise UsageError(f"--since {first} lies after --until {last}: the dates are the wrong way round; swap them")
        dataset = Dataset(data_folder(data))
        if not dataset.files("articles"):
            raise UsageError(f"--data {dataset.root}: holds no articles to compare on; see that it names a dataset")
        _check_zone(tz)
        before, after = _version(dataset, old), _version(dataset, new)
        articles = read_first_revisions(dataset, since=first, until=last, tz=tz)
        with progress_bar("articles", count_rows(dataset, "articles")) as advance:
            comparison = compare(before, after, articles, scope=scope.value, examples=examples, progress=advance)
        text = {_Format.TABLE: _as_table, _Format.CSV: _as_csv, _Format.JSON: _as_json}[form]
        asked = {"since": since, "until": until, "scope": scope.value, "tz": tz}
        versions = {"old": before.version, "new": after.version, "articles": comparison.articles}
        _write(text(comparison, {**versions, **asked}), out)


def _version(dataset: Dataset, name: str) -> TopicSet:
    """The topics that a word on the command line stands for."""
    from vigie.matching import load_topics, load_topics_text
    from vigie.storage.versions import stored_definition

    if name == "shipped":
        return load_topics()
    if name != "active" and Path(name).exists():
        return load_topics([Path(name)])
    if name != "active" and ("/" in name or name.endswith((".yaml", ".yml"))):
        raise UsageError(f"{name}: no such file or folder of topics")
    hash_ = dataset.active_version("topics") if name == "active" else name
    if not hash_:
        raise UsageError(f"active: {dataset.root} keeps no topics yet; name files, or `shipped`")
    found, definition = stored_definition(dataset, hash_)
    return load_topics_text(definition, f"topics version {found}")


def _as_json(comparison: Comparison, meta: dict[str, Any]) -> str:
    def plain(value: object) -> Any:
        return dataclasses.asdict(value)  # type: ignore[call-overload]

    topics = [{"topic_id": topic, **plain(tally)} for topic, tally in comparison.topics.items()]
    days = [{"topic_id": topic, "day": day, **plain(tally)} for topic, day, tally in _by_day(comparison)]
    content = {"meta": meta, "topics": topics, "days": days, "examples": [plain(change) for change in comparison.examples]}
    return json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"


def _as_csv(comparison: Comparison, meta: dict[str, Any]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("topic_id", "day", "old", "new", "added", "lost"))
    for topic, day, tally in _by_day(comparison):
        writer.writerow((topic, day, tally.old, tally.new, tally.added, tally.lost))
    return buffer.getvalue()


def _as_table(comparison: Comparison, meta: dict[str, Any]) -> str:
    from rich.console import Console
    from rich.text import Text

    from vigie.cli.render import FILE_WIDTH

    buffer = io.StringIO()
    console = Console(file=buffer, width=FILE_WIDTH if not sys.stdout.isatty() else None, highlight=False)
    console.print(
        Text(f"Topics version {meta['old']} → {meta['new']}, on {comparison.articles:,} articles (scope {meta['scope']})")
    )
    _print_counts(console, "topic", [(topic, tally) for topic, tally in comparison.topics.items()])
    changed = [
        (f"{topic}  {day or 'undated'}", tally) for topic, day, tally in _by_day(comparison) if tally.added or tally.lost
    ]
    if not changed:
        console.print(Text("Nothing would change on these articles."))
        return buffer.getvalue()
    _print_counts(console, "topic and day", changed[:_DAYS_SHOWN])
    if len(changed) > _DAYS_SHOWN:
        console.print(Text(f"… {len(changed) - _DAYS_SHOWN:,} more days: --format csv has them all."))
    for change in comparison.examples:
        _print_example(console, change)
    return buffer.getvalue()


def _print_counts(console: Console, heading: str, rows: list[tuple[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column(heading)
    for name in ("old", "new", "added", "lost"):
        table.add_column(name, justify="right")
    for name, tally in rows:
        signs = (f"+{tally.added:,}" if tally.added else "", f"−{tally.lost:,}" if tally.lost else "")
        table.add_row(Text(name), f"{tally.old:,}", f"{tally.new:,}", *signs)
    console.print(table)


def _print_example(console: Console, change: Change) -> None:
    from rich.text import Text

    from vigie.cli.render import _printable as printable

    sign = "+" if change.change == "added" else "−"
    console.print(Text(f"{sign} {change.topic_id}  {change.day or 'undated'}  {change.source_id}  {printable(change.title)}"))
    console.print(Text(f"    {printable(change.url)}"))
    for piece in change.evidence:
        console.print(Text(f"    {piece.field} {piece.start}–{piece.end}  {piece.rule}: {printable(piece.text)}", style="dim"))


def _by_day(comparison: Comparison) -> list[tuple[str, date | None, Any]]:
    """In order of topic and day, the undated last."""
    ordered = sorted(comparison.days.items(), key=lambda item: (item[0][0], item[0][1] is None, str(item[0][1])))
    return [(topic, day, tally) for (topic, day), tally in ordered]


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"--tz {name}: no such time zone; write it as Europe/Paris") from None


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    from vigie.cli.render import _write_file

    _write_file(out, text.encode())
