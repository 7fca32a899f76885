"""Quality: how good matching, dates and languages are, and how late articles came."""

from __future__ import annotations

import streamlit as st

from vigie.dashboard.charts import bars_chart, intervals_chart, matrix_chart
from vigie.dashboard.figure import columns_of, show_figure, show_table
from vigie.dashboard.session import Visit, told

__all__ = ["show"]

_VIEWS = ("matching", "dates", "languages", "delay", "corrected")


def show(visit: Visit) -> None:
    """Draw the page."""
    visit.url.choice("view", _VIEWS, "matching")
    view = st.segmented_control(
        visit.say("view"),
        _VIEWS,
        key="view",
        format_func=lambda value: visit.say(f"view_{value}"),
        required=True,
        label_visibility="collapsed",
    )
    visit.url.keep("view", view, "matching")
    draw = {"matching": _matching, "dates": _dates, "languages": _languages, "delay": _delay, "corrected": _corrected}
    with told(visit):
        draw[view or "matching"](visit)


def _matching(visit: Visit) -> None:
    answer = visit.ask("topic-quality")
    rows = answer.table.to_pylist()
    if not rows:
        st.subheader(visit.say("view_matching"), anchor=False)
        st.info(visit.say("no_quality"), icon=":material/info:")
        return
    counted = [row for row in rows if row["unsure"] == "counted" and row["language"] == "all"]
    drawn = [
        {
            "name": visit.topic_name(row["topic_id"]),
            "group": visit.say(what),
            "value": row[what],
            "low": row[f"{what}_low"],
            "high": row[f"{what}_high"],
        }
        for row in counted
        for what in ("precision", "recall")
    ]
    chart = intervals_chart(drawn, visit.look, title=visit.say("precision_recall"), domain=(0, 1))
    columns = columns_of(visit, answer) | visit.look.headings("drawn_from", "split")
    show_figure(
        visit,
        answer,
        chart,
        key="matching",
        title=visit.say("view_matching"),
        rows=rows,
        columns=columns,
        legend=visit.say("matching_legend"),
    )


def _dates(visit: Visit) -> None:
    answer = visit.ask("date-quality")
    rows = answer.table.to_pylist()
    kinds = ("ok", "zone_assumed", "date_only", "ahead", "missing", "unreadable", "future", "implausible")
    drawn = [
        {"name": visit.source_name(row["split"]), "kind": visit.look.word("date_quality", kind), "articles": row[kind]}
        for row in rows
        for kind in kinds
        if row[kind] is not None and any(other[kind] for other in rows)
    ]
    chart = matrix_chart(drawn, visit.look, across="kind", down="name", value="articles", title=visit.say("articles"))
    show_figure(
        visit,
        answer,
        chart,
        key="dates",
        title=visit.say("view_dates"),
        rows=rows,
        columns=columns_of(visit, answer),
        legend=visit.say("dates_legend"),
    )


def _languages(visit: Visit) -> None:
    answer = visit.ask("language-mix")
    rows = answer.table.to_pylist()
    drawn = [{**row, "name": visit.source_name(row["split"])} for row in rows if row["language"] is not None]
    chart = matrix_chart(drawn, visit.look, across="language", down="name", value="articles", title=visit.say("articles"))
    columns = columns_of(visit, answer) | visit.look.headings("confidence", "declared_otherwise")
    show_figure(visit, answer, chart, key="languages", title=visit.say("view_languages"), rows=rows, columns=columns)


def _delay(visit: Visit) -> None:
    answer = visit.ask("delay")
    rows = [{**row, "name": visit.source_name(row["split"])} for row in answer.table.to_pylist()]
    chart = bars_chart(rows, visit.look, value="median_hours", name="name", title=visit.say("median_hours"))
    show_figure(
        visit,
        answer,
        chart,
        key="delay",
        title=visit.say("view_delay"),
        rows=rows,
        columns=columns_of(visit, answer),
        legend=visit.say("delay_legend"),
    )


def _corrected(visit: Visit) -> None:
    if visit.filters["topic"] is None:
        st.subheader(visit.say("view_corrected"), anchor=False)
        st.info(visit.say("topic_needed"), icon=":material/info:")
        return
    answer = visit.ask("prevalence")
    show_table(visit, answer, key="corrected", title=visit.say("view_corrected"))
