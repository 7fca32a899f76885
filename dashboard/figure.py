"""A figure on a page: heading, chart, what is not known, the same as a table, and both as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import streamlit as st

from vigie.clock import system_clock
from vigie.dashboard.chart_files import to_commented_csv, to_png
from vigie.dashboard.charts import PICKED
from vigie.dashboard.escaping import plain
from vigie.dashboard.look import Look, spec_of
from vigie.dashboard.session import Visit
from vigie.dashboard.tables import Linker, html_table
from vigie.queries import Answer

__all__ = ["columns_of", "mark_of", "marked_row", "notes", "picked_of", "show_figure", "show_table"]

Row = Mapping[str, Any]


def show_figure(
    visit: Visit,
    answers: Answer | list[Answer],
    chart: alt.LayerChart,
    *,
    key: str,
    title: str,
    rows: Sequence[Row],
    columns: Mapping[str, str],
    link: Linker | None = None,
    legend: str = "",
    hint: str = "",
) -> Any:
    """Show a chart with all that belongs to it; where it would have no mark, that is said.

    Args:
        visit: The visit.
        answers: What it shows.
        chart: The chart.
        key: Its name on the page, unique.
        title: Its heading; none where it is empty.
        rows: What the table beneath holds.
        columns: The table's columns and their headings.
        link: Links in the table.
        legend: What its marks mean, where that must be said; it stands in files, too.
        hint: What a reader can do with them on the page.

    Returns:
        The fields of the mark that was clicked, or None.
    """
    st.subheader(plain(title), anchor=False)
    spec = spec_of(chart)
    if not spec.get("data", {}).get("values", True):
        # Axes without a mark would look like zeros.
        st.info(visit.say("nothing_drawn"), icon=":material/info:")
        with st.container(horizontal=True):
            _csv(visit, answers, key)
        notes(visit, answers)
        return None
    event = _draw(spec, key=key)
    if legend or hint:
        st.caption(f"{legend} {hint}".strip())
    with st.container(horizontal=True, vertical_alignment="center"):
        _downloads(visit, answers, chart, key=key, title=title, legend=legend)
    with st.expander(visit.say("as_table")):
        st.html(html_table(rows, columns, visit.look, caption=title, link=link))
    notes(visit, answers)
    return picked_of(event)


def _draw(spec: dict[str, Any], *, key: str) -> Any:
    """Draw a chart; its description is what a screen reader says of it."""
    described: str = spec["description"]
    if PICKED in [parameter.get("name") for parameter in spec.get("params", [])]:
        return st.vega_lite_chart(spec, theme=None, key=key, on_select="rerun", selection_mode=PICKED, alt=described)
    return st.vega_lite_chart(spec, theme=None, key=key, alt=described)


def picked_of(event: Any) -> dict[str, Any] | None:
    """What a click picked out of a chart, or None."""
    try:
        picked = event["selection"][PICKED]
    except (KeyError, TypeError):
        return None
    return dict(picked[0]) if picked else None


def mark_of(visit: Visit, picked: Mapping[str, Any] | None, *fields: str) -> tuple[str, ...] | None:
    """The fields of the mark that was clicked, or that the address names, so that a link shows the same.

    Args:
        visit: The visit.
        picked: What `show_figure` gave.
        fields: Names of the fields that tell marks apart.
    """
    if picked:
        st.session_state["mark"] = "~".join(str(picked.get(name)) for name in fields)
        visit.url.keep("mark", st.session_state["mark"])
    else:
        visit.url.keep("mark", visit.url.text("mark"))
    named = visit.url.chosen.get("mark", ("",))[0]
    return tuple(named.split("~")) if named else None


def marked_row(visit: Visit, picked: Row | None, rows: Iterable[Row], **fields: str) -> Row | None:
    """The row behind the mark that was clicked, or that the address names; None where there is none.

    Args:
        visit: The visit.
        picked: What `show_figure` gave.
        rows: What was drawn.
        fields: The chart's fields that tell marks apart, each with the column that it draws.
    """
    mark = mark_of(visit, picked, *fields)
    return next((row for row in rows if mark == tuple(row[column] for column in fields.values())), None)


def show_table(
    visit: Visit,
    answer: Answer,
    *,
    key: str,
    title: str,
    columns: Mapping[str, str] | None = None,
    rows: Sequence[Row] | None = None,
    link: Linker | None = None,
) -> None:
    """Show an answer that is best read as a table."""
    if title:
        st.subheader(plain(title), anchor=False)
    found = answer.table.to_pylist() if rows is None else rows
    if found:
        caption = title or visit.say("as_table")
        st.html(html_table(found, columns or columns_of(visit, answer), visit.look, caption=caption, link=link))
    else:
        st.info(visit.say("nothing_here"), icon=":material/info:")
    with st.container(horizontal=True):
        _csv(visit, answer, key)
    notes(visit, answer)


def columns_of(visit: Visit, answer: Answer) -> dict[str, str]:
    """The columns of an answer that are shown, and their headings."""
    question = answer.question
    names = [column.name for column in question.columns if column.shown] if question else answer.table.column_names
    return {name: visit.look.heading(name) for name in names}


def notes(visit: Visit, answers: Answer | list[Answer]) -> None:
    """What must be said beside the figures."""
    every = answers if isinstance(answers, list) else [answers]
    said = list(dict.fromkeys(note for answer in every for note in answer.notes))
    if not said:
        st.caption(visit.say("version", version=every[0].data_version))
        return
    with st.expander(visit.say("notes", number=len(said)), icon=":material/info:"):
        for note in said:
            st.text(f"• {note}")
        st.text(visit.say("version", version=every[0].data_version))


def _downloads(
    visit: Visit, answers: Answer | list[Answer], chart: alt.LayerChart, *, key: str, title: str, legend: str
) -> None:
    name = _file_name(answers)
    light = Look(visit.look.language)

    def image() -> bytes:
        return to_png(_light(chart, light), answers, light, title=title, legend=legend, made_at=system_clock())

    _csv(visit, answers, key)
    st.download_button(
        "PNG",
        image,
        f"{name}.png",
        "image/png",
        key=f"{key}-png",
        on_click="ignore",
        icon=":material/image:",
        help=visit.say("png_help"),
        type="tertiary",
    )


def _light(chart: alt.LayerChart, look: Look) -> alt.LayerChart:
    """The chart in the style of paper; its series keep their colours."""
    styled: alt.LayerChart = chart.configure(**look.config())
    return styled


def _csv(visit: Visit, answers: Answer | list[Answer], key: str) -> None:
    st.download_button(
        "CSV",
        lambda: to_commented_csv(answers, system_clock()),
        f"{_file_name(answers)}.csv",
        "text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        icon=":material/download:",
        help=visit.say("csv_help"),
        type="tertiary",
    )


def _file_name(answers: Answer | list[Answer]) -> str:
    first = answers[0] if isinstance(answers, list) else answers
    given = [first.name, first.parameters.get("topic"), first.parameters.get("since"), first.parameters.get("until")]
    return "-".join(str(part) for part in given if part)
