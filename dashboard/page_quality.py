"""Quality: how good matching, dates and languages are, and how late articles came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from vigie.dashboard.behind import Behind, number_link, show_behind
from vigie.dashboard.charts import bars_chart, intervals_chart, matrix_chart
from vigie.dashboard.escaping import escape
from vigie.dashboard.figure import columns_of, marked_row, show_figure, show_table
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
    with told(visit.look):
        draw[view or "matching"](visit)


def _matching(visit: Visit) -> None:
    answer = visit.ask("topic-quality")
    rows = answer.table.to_pylist()
    if not rows:
        st.subheader(visit.say("view_matching"), anchor=False)
        st.info(visit.say("no_quality"), icon=":material/info:")
        return
    rows = _one_measurement(visit, rows)
    if not rows[0]["active"]:
        st.warning(visit.say("quality_of_others"), icon=":material/warning:")
    counted = [row for row in rows if row["unsure"] == "counted" and row["language"] == "all"]
    names = {row["topic_id"]: visit.topic_name(row["topic_id"]) for row in rows} | {"all": visit.say("all_topics")}
    drawn = [
        {
            "name": names[row["topic_id"]],
            "group": visit.say(what),
            "value": row[what],
            "low": row[f"{what}_low"],
            "high": row[f"{what}_high"],
        }
        for row in counted
        for what in ("precision", "recall")
    ]
    chart = intervals_chart(drawn, visit.look, title=visit.say("precision_recall"), domain=(0, 1))

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return escape(names[row["topic_id"]]) if column == "topic_id" else None

    show_figure(
        visit,
        answer,
        chart,
        key="matching",
        title=visit.say("view_matching"),
        rows=rows,
        columns=columns_of(visit, answer),
        link=link,
        legend=f"{visit.say('matching_legend')} {visit.say('measured_on')}{visit.say('colon')}{_set_of(rows[0])}.",
    )


def _one_measurement(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the set of items that is chosen, where topics were measured on several."""

    def set_of(row: Mapping[str, Any]) -> str:
        return f"{row['gold']}-{row['split']}"

    named = {set_of(row): _set_of(row) for row in rows}
    if len(named) == 1:
        return rows
    visit.url.choice("set", list(named), next(iter(named)))
    chosen = st.selectbox(visit.say("measured_on"), list(named), key="set", format_func=named.__getitem__)
    visit.url.keep("set", chosen, next(iter(named)))
    return [row for row in rows if set_of(row) == chosen]


def _set_of(row: Mapping[str, Any]) -> str:
    """The items that topics were measured on, in words."""
    return f"{row['drawn_from']} ({row['split']})"


def _dates(visit: Visit) -> None:
    answer = visit.ask("date-quality")
    rows = answer.table.to_pylist()
    kinds = ("ok", "zone_assumed", "date_only", "ahead", "missing", "unreadable", "future", "implausible")
    drawn = [
        {
            "name": visit.source_name(row["split"]),
            "kind": visit.look.word("date_quality", kind.replace("_", "-")),
            "articles": row[kind],
            "behind": _dated(row["split"], kind),
        }
        for kind in kinds
        for row in rows
        if row[kind] is not None and any(other[kind] for other in rows)
    ]
    order = list(dict.fromkeys(row["kind"] for row in drawn))
    chart = matrix_chart(
        drawn, visit.look, across="kind", down="name", value="articles", title=visit.say("articles"), order=order
    )

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return number_link(visit, row[column], _dated(row["split"], column)) if column in kinds else _named(visit, row, column)

    picked = show_figure(
        visit,
        answer,
        chart,
        key="dates",
        title=visit.say("view_dates"),
        rows=rows,
        columns=columns_of(visit, answer),
        link=link,
        legend=visit.say("dates_legend"),
        hint=visit.say("click_a_box"),
    )
    found = marked_row(visit, picked, drawn, down="name", across="kind")
    if found:
        show_behind(visit, f"{found['name']}, {found['kind']}", found["behind"])


def _dated(source: str, kind: str) -> Behind:
    """Those of a kind; columns are called as the kinds are, with underscores for hyphens."""
    return Behind({"sources": (source,)}, {"date_quality": (kind.replace("_", "-"),)})


def _named(visit: Visit, row: Mapping[str, Any], column: str) -> str | None:
    """A source by its name."""
    return escape(visit.source_name(row["split"])) if column == "split" else None


def _languages(visit: Visit) -> None:
    answer = visit.ask("language-mix")
    rows = answer.table.to_pylist()
    drawn = [{**row, "name": visit.source_name(row["split"])} for row in rows if row["language"] is not None]
    chart = matrix_chart(drawn, visit.look, across="language", down="name", value="articles", title=visit.say("articles"))

    def behind(row: Mapping[str, Any]) -> Behind:
        only = {"language": (row["language"],), "in_share": ("yes",)}
        return Behind({"sources": (row["split"],), "topic": None}, only)

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "articles" and row["language"] is not None:
            return number_link(visit, row["articles"], behind(row))
        return _named(visit, row, column)

    picked = show_figure(
        visit,
        answer,
        chart,
        key="languages",
        title=visit.say("view_languages"),
        rows=rows,
        columns=columns_of(visit, answer),
        link=link,
        legend=visit.say("languages_legend"),
        hint=visit.say("click_a_box"),
    )
    found = marked_row(visit, picked, drawn, down="name", across="language")
    if found:
        show_behind(visit, f"{found['name']}, {found['language']}", behind(found))


def _delay(visit: Visit) -> None:
    answer = visit.ask("delay")
    rows = [{**row, "name": visit.source_name(row["split"])} for row in answer.table.to_pylist()]
    chart = bars_chart(rows, visit.look, value="median_hours", name="name", title=visit.say("median_hours"))

    def behind(row: Mapping[str, Any]) -> Behind:
        # Of others no hour is known.
        return Behind({"sources": (row["split"],), "backlog": None}, {"date_quality": ("ok", "ahead")})

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "articles":
            return number_link(visit, row["articles"], behind(row))
        return _named(visit, row, column)

    picked = show_figure(
        visit,
        answer,
        chart,
        key="delay",
        title=visit.say("view_delay"),
        rows=rows,
        columns=columns_of(visit, answer),
        link=link,
        legend=visit.say("delay_legend"),
    )
    found = marked_row(visit, picked, rows, name="name")
    if found:
        show_behind(visit, found["name"], behind(found))


def _corrected(visit: Visit) -> None:
    if visit.filters["topic"] is None:
        st.subheader(visit.say("view_corrected"), anchor=False)
        st.info(visit.say("topic_needed"), icon=":material/info:")
        return
    answer = visit.ask("prevalence")

    def link(row: Mapping[str, Any], column: str) -> str | None:
        only = {name: (row[name],) for name in ("language", "control") if row[name] is not None} | {"in_share": ("yes",)}
        return number_link(visit, row["articles"], Behind({}, only)) if column == "articles" else None

    columns = columns_of(visit, answer) | {"label": visit.say("figure_is")}
    show_table(visit, answer, key="corrected", title=visit.say("view_corrected"), columns=columns, link=link)
