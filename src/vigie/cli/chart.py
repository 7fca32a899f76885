"""A small chart of a trend for the terminal: bars by bucket, with what polls did not cover marked and never drawn as zero."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vigie.queries import Answer

__all__ = ["draw_chart"]

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_PLAIN = str.maketrans("▁▂▃▄▅▆▇█─│", "_.:-=+*#-|")
#: Height of the bars of a single series, lines.
_HEIGHT = 6
#: Series that are drawn, the largest first.
_MAX_SERIES = 12
_MARKS = {"covered": " ", "partial": "~", "unknown": "?"}
_WIDEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class _Bar:
    articles: int | None
    state: str


def draw_chart(answer: Answer, width: int, *, plain: bool = False) -> str:
    """The chart of an answer that is a trend; empty for others.

    Args:
        answer: An answer with the columns bucket, split, articles and state, and two or more buckets.
        width: Columns of the terminal.
        plain: Use ASCII characters only.
    """
    if not {"bucket", "split", "articles", "state"} <= set(answer.column_names):
        return ""
    rows = [row for row in answer.rows() if row["bucket"] is not None]
    buckets = sorted({row["bucket"] for row in rows})
    if len(buckets) < 2:
        return ""
    series = _series(rows)
    label = min(_WIDEST_LABEL, max(len(name) for name in series))
    room = max(10, width - label - 9)
    shown = buckets[-room:]
    step = max(1, min(3, room // len(shown)))
    bars = {name: [found.get(bucket, _Bar(None, "unknown")) for bucket in shown] for name, found in series.items()}
    lines = [_heading(answer, len(shown), len(buckets))]
    height = _HEIGHT if len(bars) == 1 else 1
    top = max((bar.articles or 0 for row in bars.values() for bar in row), default=0)
    for name, row in bars.items():
        lines += _draw_series(name[:label].ljust(label), row, top, height, step)
    lines += _axis(shown, label, step)
    if len(series) < len({row["split"] for row in rows}):
        lines.append(f"The {_MAX_SERIES} largest are drawn; the table has all.")
    states = {bar.state for row in bars.values() for bar in row}
    if states != {"covered"}:
        lines.append("~ covered in part: a minimum   ? not covered: unknown, not zero   ─ covered: none")
    text = "\n".join(lines)
    return text.translate(_PLAIN) if plain else text


def _series(rows: list[dict[str, Any]]) -> dict[str, dict[date, _Bar]]:
    series: dict[str, dict[date, _Bar]] = defaultdict(dict)
    for row in rows:
        series[row["split"]][row["bucket"]] = _Bar(row["articles"], row["state"])
    largest = sorted(series.items(), key=lambda item: (-sum(bar.articles or 0 for bar in item[1].values()), item[0]))
    return dict(largest[:_MAX_SERIES])


def _heading(answer: Answer, shown: int, there: int) -> str:
    step = answer.parameters.get("by", "day")
    subject = answer.parameters.get("topic") or answer.parameters.get("concept") or "all articles"
    cut = f" (the last {shown} of {there} {step}s)" if shown < there else ""
    return f"{subject}: articles a {step}{cut}"


def _draw_series(label: str, bars: list[_Bar], top: int, height: int, step: int) -> list[str]:
    """The lines of one series, from the top, with a line of marks where something was not covered."""
    levels = [round(8 * height * (bar.articles or 0) / top) if top else 0 for bar in bars]
    lines = []
    for floor in range(height - 1, -1, -1):
        cells = (_cell(bar, level - 8 * floor, floor, step) for bar, level in zip(bars, levels, strict=True))
        scale = f"{top:>5,} │" if floor == height - 1 else "      │"
        lines.append(f"{label if floor == 0 else ' ' * len(label)} {scale}{''.join(cells)}".rstrip())
    if any(bar.state != "covered" for bar in bars):
        marks = "".join(_MARKS[bar.state].ljust(step) if step == 1 else _MARKS[bar.state] * (step - 1) + " " for bar in bars)
        lines.append(f"{' ' * len(label)}       │{marks}".rstrip())
    return lines


def _cell(bar: _Bar, level: int, floor: int, step: int) -> str:
    if floor == 0 and level <= 0 and bar.articles is not None:
        # A few articles beside many still show; none on a covered day is a fact, on any other it is not known.
        char = "▁" if bar.articles else ("─" if bar.state == "covered" else " ")
    else:
        char = _EIGHTHS[max(0, min(8, level))]
    return char if step == 1 else char * (step - 1) + " "


def _axis(buckets: list[date], label: int, step: int) -> list[str]:
    width = len(buckets) * step
    first, last = f"{buckets[0]:%Y-%m-%d}", f"{buckets[-1]:%Y-%m-%d}"
    gap = max(1, width - len(first) - len(last))
    return [f"{' ' * label}        {first}{' ' * gap}{last}"]
