"""Tables as HTML: what a chart shows, for those who read it with a keyboard or a screen reader, each figure a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from vigie.dashboard.escaping import escape
from vigie.dashboard.look import Look
from vigie.locales import day_text, is_share, moment_text, number_text, share_text

__all__ = ["STYLE", "cell_text", "html_table"]

#: Of everything that the pages write as HTML; colours come from the page, light or dark.
STYLE = """<style>
[data-testid="stMainBlockContainer"] {padding-top: 3rem; max-width: 76rem}
button[aria-label^="Download as"] {display: none} /* Streamlit's own: its files do not say what they are */
[data-testid="stMetricValue"] {font-size: 1.35rem}
[data-testid="stHorizontalBlock"]:has([data-testid="stMetric"]) {flex-wrap: wrap}
[data-testid="stColumn"]:has([data-testid="stMetric"]) {min-width: 12rem}
.vigie a, .vigie-item a, .vigie-text a, a.vigie {color: LINK; text-decoration-thickness: 1px; text-underline-offset: .15em}
.vigie a:focus-visible, .vigie-item a:focus-visible, a.vigie:focus-visible {outline: 3px solid LINK; outline-offset: 2px}
[data-testid="stSidebarNavLink"]:focus-visible {outline: 3px solid LINK; outline-offset: -2px}
.vigie-scroll {overflow-x: auto; max-height: 32rem; overflow-y: auto}
table.vigie {border-collapse: collapse; width: 100%; font-size: .875rem}
table.vigie caption {text-align: left; opacity: .75; padding: .2rem 0 .4rem}
table.vigie th {text-align: left; font-weight: 600; border-bottom: 2px solid color-mix(in srgb, currentColor 35%, transparent);
  padding: .35rem .75rem .35rem 0; vertical-align: bottom}
table.vigie td {border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding: .35rem .75rem .35rem 0;
  vertical-align: top; overflow-wrap: anywhere; min-width: 7rem}
table.vigie .number {min-width: 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap}
table.vigie .short {white-space: nowrap}
.vigie-item {border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding: .6rem 0}
.vigie-item .title {font-weight: 600; font-size: 1rem}
.vigie-item .about, .vigie-about {opacity: .75; font-size: .85rem}
.vigie-text {line-height: 1.6; max-width: 46rem}
.vigie-text h3 {font-size: 1.25rem; padding: 0 0 .3rem}
mark {background: #F0E442; color: #000; padding: 0 .12em; border-radius: .15em}
</style>"""

Row = Mapping[str, Any]
#: Gives a cell's HTML in place of its text, or None.
Linker = Callable[[Row, str], str | None]


def html_table(
    rows: Sequence[Row], columns: Mapping[str, str], look: Look, *, caption: str, link: Linker | None = None, most: int = 200
) -> str:
    """A table with headings, at most so many rows; more are told of.

    Args:
        rows: The rows.
        columns: Names of the columns and their headings.
        look: For numbers and dates.
        caption: What the table holds, for screen readers too.
        link: Gives a cell's HTML where it is a link.
        most: Rows that are written.
    """
    numbers = {name for name in columns if any(_is_number(row.get(name)) for row in rows)}
    short = {name for name in columns if any(isinstance(row.get(name), date) for row in rows)}
    head = "".join(f'<th scope="col"{_class(name, numbers, set())}>{escape(title)}</th>' for name, title in columns.items())
    body = []
    decimals = {name: _decimals(rows[:most], name) for name in numbers}
    for row in rows[:most]:
        cells = []
        for name in columns:
            inner = (link(row, name) if link is not None else None) or escape(
                cell_text(name, row.get(name), look, decimals.get(name, 0))
            )
            cells.append(f"<td{_class(name, numbers, short)}>{inner}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    more = f" {look.say('more_rows', number=number_text(len(rows) - most, look.language))}" if len(rows) > most else ""
    return (
        f'<div class="vigie-scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="vigie">'
        f"<caption>{escape(caption + more)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def cell_text(name: str, value: Any, look: Look, decimals: int = 0) -> str:
    """A value as its reader writes it; a dash where nothing is known, which is not zero.

    Args:
        name: The column: of shares they are per cent.
        value: The value.
        look: Its reader's language.
        decimals: Of numbers that are no shares; all of a column have as many.
    """
    if value is None:
        return look.say("undated") if name in ("bucket", "day") else "–"
    if isinstance(value, bool):
        return look.say("yes" if value else "no")
    if isinstance(value, datetime):
        return moment_text(value, look.language)
    if isinstance(value, date):
        return day_text(value, look.language)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    if _is_number(value):
        if is_share(name):
            return share_text(value, look.language)
        least = 10.0**-decimals
        if 0 < value < least / 2:  # Little is not nothing.
            return f"< {number_text(least, look.language, decimals)}"
        return number_text(value, look.language, decimals)
    return look.word(name, str(value))


def _decimals(rows: Sequence[Row], name: str) -> int:
    return 0 if all(float(row[name]).is_integer() for row in rows if _is_number(row.get(name))) else 2


def _is_number(value: Any) -> bool:
    return not isinstance(value, (bool, str, list, tuple, dict)) and hasattr(value, "__float__")


def _class(name: str, numbers: set[str], short: set[str]) -> str:
    return ' class="number"' if name in numbers else ' class="short"' if name in short else ""
