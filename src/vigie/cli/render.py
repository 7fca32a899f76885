"""Show an answer as a table with a small chart on a terminal, or write it as a file.

Titles and texts come from strangers: on a terminal they are stripped of control characters and never read as markup.
In files they are kept as they are.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from vigie.cli.chart import draw_chart
from vigie.errors import UsageError
from vigie.locales import is_share
from vigie.queries.files import cell_of, meta_of, plain_value, to_csv, to_json, to_parquet

if TYPE_CHECKING:
    from vigie.queries import Answer

__all__ = ["FORMATS", "print_answer", "write_answer"]

FORMATS = ("table", "csv", "json", "parquet")
#: Rows that a terminal gets; files get all.
MAX_ROWS = 500
#: Endings of files that hold no text: what is written would not open.
_SPREADSHEETS = frozenset(["xlsx", "xls", "ods"])
#: Columns that stay on one line.
_UNBROKEN = {"bucket", "day", "state", "split"}
#: Width of a table that is not printed on a terminal, characters.
FILE_WIDTH = 160


def write_answer(answer: Answer, form: str | None, out: Path | None) -> None:
    """Write an answer to a file or to stdout; what a CSV or Parquet reader must know besides goes to stderr.

    Args:
        answer: The answer.
        form: One of FORMATS; None: by the file's name, else a table.
        out: The file; None: stdout.

    Raises:
        UsageError: The file cannot be written or is called as a spreadsheet, or Parquet was asked for without one.
    """
    suffix = out.suffix.removeprefix(".").lower() if out else ""
    if form is None and suffix in _SPREADSHEETS:
        raise UsageError(
            f"--out {out}: spreadsheets open CSV, and vigie writes no {suffix}; name it {out.stem if out else ''}.csv"
        )
    form = form or (suffix if suffix in FORMATS else "table")
    if form == "parquet":
        if out is None:
            raise UsageError("--format parquet: is no text for a terminal; name a file with --out FILE.parquet")
        _write_file(out, to_parquet(answer))
        _say_notes(answer, sys.stderr)
    elif form == "table" and out is None:
        print_answer(answer)
    else:
        text = {"csv": to_csv, "json": to_json, "table": _to_plain}[form](answer)
        if out is None:
            sys.stdout.write(text)
        else:
            _write_file(out, text.encode())
        if form == "csv":
            _say_notes(answer, sys.stderr)


def print_answer(answer: Answer, console: Console | None = None, *, drawn: Answer | None = None) -> None:
    """Print an answer as people read it: table, chart where it is a trend, notes.

    Args:
        answer: The answer.
        console: Where to; None: stdout.
        drawn: What the chart shows, where that is another answer: the same trend in finer steps.
    """
    if console is None:
        width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else FILE_WIDTH
        console = Console(width=width, highlight=False)
    console.print(_evidence(answer) if answer.name == "evidence" else _table(answer))
    if answer.num_rows > MAX_ROWS:
        console.print(Text(f"… {answer.num_rows - MAX_ROWS:,} more rows: --format csv has them all."))
    chart = draw_chart(drawn or answer, console.width, plain=console.options.ascii_only)
    if chart:
        console.print(Text(chart))
    for note in answer.notes:
        console.print(Text(f"• {note}" if not console.options.ascii_only else f"* {note}"), style="dim")
    console.print(Text(f"Data version {answer.data_version}."), style="dim")


def _to_plain(answer: Answer) -> str:
    buffer = io.StringIO()
    print_answer(answer, Console(file=buffer, width=FILE_WIDTH, highlight=False))
    return buffer.getvalue()


def _write_file(out: Path, content: bytes) -> None:
    """Write all or nothing: under a temporary name first."""
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(out)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise UsageError(f"--out {out}: cannot be written ({error.strerror}); name a file in a folder you can write") from error


def _say_notes(answer: Answer, stream: TextIO) -> None:
    given = ", ".join(f"{key}={value}" for key, value in meta_of(answer)["parameters"].items() if value is not None)
    for line in (f"{answer.name}: {given}", f"Data version {answer.data_version}.", *answer.notes):
        stream.write(f"{line}\n")


def _table(answer: Answer) -> Table:
    question = answer.question
    title = Text(question.title) if question else None
    table = Table(title=title, title_justify="left", title_style="bold")
    names = _shown_columns(answer)
    # Columns of a statement of one's own are what they are, whatever their names mean in questions.
    own = question is None
    rows = [[_shown(name, row[name], False) for name in names] if own else _cells(names, row) for row in _shown_rows(answer)]
    for place, name in enumerate(names):
        heading = name if own else "source-days covered · partial · unknown" if name == _DAYS[0] else name.replace("_", " ")
        widest = max((len(row[place]) for row in rows), default=0)
        longest = max(len(word) for word in heading.split())
        # Where the terminal is narrow, headings and long texts are folded, figures and short words never.
        table.add_column(
            Text(heading),
            justify="right" if answer.is_number(name) else "left",
            overflow="fold",
            min_width=max(longest, widest if widest <= _SHORT else 0),
        )
    for row in rows:
        table.add_row(*row)
    return table


def _cells(names: list[str], row: dict[str, Any]) -> list[Text]:
    undated = "bucket" in row and row["bucket"] is None
    cells = [_with_interval(name, row, _shown(name, row[name], undated)) for name in names]
    if _DAYS[0] in names and not undated:
        cells[names.index(_DAYS[0])] = Text(" · ".join(str(row[name]) for name in _DAYS))
    return cells


def _with_interval(name: str, row: dict[str, Any], cell: Text) -> Text:
    """A figure with its bounds beside it: three columns of a file are one on a terminal."""
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return cell if low is None or high is None else Text(f"{cell.plain} [{_rounded(low)}, {_rounded(high)}]")


def _shown_rows(answer: Answer) -> list[dict[str, Any]]:
    """The rows that a terminal gets: of spikes those that are some and those that come next, of others the first."""
    rows = answer.rows(MAX_ROWS)
    if answer.name != "spikes":
        return rows
    spikes = sum(row["verdict"] == "spike" for row in rows)
    return [row for row in rows if row["q_value"] is not None][: spikes + _NEXT_TO_SPIKES]


#: Topics and days that a terminal shows beside spikes: those that came nearest.
_NEXT_TO_SPIKES = 5
#: Characters that a column keeps on one line.
_SHORT = 24
#: Three counts that a terminal shows in one column, in this order.
_DAYS = ("covered_days", "partial_days", "unknown_days")


def _shown_columns(answer: Answer) -> list[str]:
    """The columns that a terminal has room for: neither the details nor those that say the same in every row."""
    if answer.question is None:
        return answer.column_names
    names = [column.name for column in answer.question.columns]
    hidden = {*_DAYS[1:], *(f"{name}_{bound}" for name in names for bound in ("low", "high"))}
    if answer.parameters.get("split") == "none":
        hidden.add("split")
    if answer.parameters.get("by") == "period":
        hidden.add("bucket")
    return [column.name for column in answer.question.columns if column.shown and column.name not in hidden]


def _evidence(answer: Answer) -> Group:
    """Evidence as people read it: the article with its link, and under it what fired, the words in brackets."""
    blocks: list[Text] = []
    article, judged = None, set[str]()
    for row in answer.rows(MAX_ROWS):
        if article != (row["article_id"], row["revision"]):
            article = row["article_id"], row["revision"]
            blocks.append(Text(f"{row['day'] or 'undated'}  {row['source_id']}  {_printable(row['title'])}", style="bold"))
            counted = "" if row["counted"] or row["override"] else f"  (revision {row['revision']}: no figure counts it)"
            blocks.append(Text(f"  {_printable(row['url'])}{counted}"))
            judged = set()
        rule = f"{row['topic_id']}: {row['rule']}" if row["topic_id"] else row["concept"]
        if row["override"] and row["topic_id"] not in judged:
            judged.add(row["topic_id"])
            blocks.append(Text(f"    override of {row['topic_id']}: {_printable(row['override'])}", style="bold"))
        if row["field"] is not None:
            blocks.append(Text(f"    {row['field']} {row['start']}–{row['end']}  {rule}", style="dim"))
            blocks.append(Text(f"      {_printable(row['context'])}"))
    return Group(*blocks)


def _shown(name: str, value: Any, undated: bool) -> Text:
    if value is None:
        words = {"bucket": "undated", "day": "undated", "topic_id": "on none of them"}
        return Text(words.get(name, "" if undated else "–"), style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.1%}" if is_share(name) else _rounded(value))
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M}")
    if name == "state" and value in ("partial", "unknown"):
        return Text(value, style="yellow")
    return Text(_printable(str(cell_of(plain_value(value)))))


def _rounded(value: float) -> str:
    """Three figures that count, and no more decimals than a table can bear; files have all."""
    if value == 0:
        return "0"
    if abs(value) < 0.001:
        return f"{value:.0e}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def _printable(text: str) -> str:
    """Text without what could steer a terminal: control characters, and marks that turn the direction of writing."""
    return "".join(" " if char in "\n\t\r" else char for char in text if char in "\n\t\r" or not _steers(char))


def _steers(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
