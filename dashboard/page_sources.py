"""Sources: share of voice, state against independent media, who was first, what each is about, whom each cites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from vigie.dashboard.behind import DATED, Behind, number_link, show_behind
from vigie.dashboard.charts import bars_chart, intervals_chart, matrix_chart
from vigie.dashboard.escaping import escape, inner_link
from vigie.dashboard.figure import columns_of, mark_of, marked_row, show_figure, show_table
from vigie.dashboard.session import Visit, told
from vigie.dashboard.url_state import query_of
from vigie.locales import number_text

__all__ = ["show"]

#: Shares count these articles alone.
_IN_SHARE = {"in_share": ("yes",)}
_CLASSES = {"state": ("state-controlled",), "independent": ("private", "exile", "public-service", "state-funded")}
#: Pairs of a source and whom it cites that are drawn.
_DRAWN = 20
_VIEWS = ("voice", "against", "lead", "mix", "citations", "listing")


def show(visit: Visit) -> None:
    """Draw the page."""
    visit.url.choice("view", _VIEWS, "voice")
    view = st.segmented_control(
        visit.say("view"),
        _VIEWS,
        key="view",
        format_func=lambda value: visit.say(f"view_{value}"),
        required=True,
        label_visibility="collapsed",
    )
    visit.url.keep("view", view, "voice")
    draw = {"voice": _voice, "against": _against, "lead": _lead, "mix": _mix, "citations": _citations, "listing": _listing}
    with told(visit.look):
        draw[view or "voice"](visit)


def _voice(visit: Visit) -> None:
    answer = visit.ask("share-of-voice")
    rows = [{**row, "name": visit.source_name(row["split"])} for row in answer.table.to_pylist()]

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return (
            number_link(visit, row[column], Behind({"sources": (row["split"],)}, _IN_SHARE)) if column == "articles" else None
        )

    columns = {
        "name": visit.say("source"),
        **visit.look.headings("articles", "share_of_volume", "share_of_volume_equal_output", "panel_articles", "share_days"),
    }
    chart = bars_chart(rows, visit.look, value="share_of_volume", name="name")
    title = visit.say("voice_of", topic=visit.topic_name(visit.filters["topic"]))
    picked = show_figure(
        visit,
        answer,
        chart,
        key="voice",
        title=title,
        rows=rows,
        columns=columns,
        link=link,
        legend=visit.say("voice_legend"),
        hint=visit.say("click_a_bar"),
    )
    row = marked_row(visit, picked, rows, name="name")
    if row:
        show_behind(visit, row["name"], Behind({"sources": (row["split"],)}, _IN_SHARE))


def _against(visit: Visit) -> None:
    answer = visit.ask("state-against-independent")
    # Shares are read in per cent, and what is between two of them in points.
    points = {name: f"points{name.removeprefix('difference')}" for name in ("difference", "difference_low", "difference_high")}
    rows = [
        row | {points[name]: None if row[name] is None else 100 * row[name] for name in points}
        for row in answer.table.to_pylist()
    ]
    columns = {points.get(name, name): visit.look.heading(points.get(name, name)) for name in columns_of(visit, answer)}
    drawn = [
        {
            "name": visit.say("difference_state"),
            "value": row["difference"],
            "low": row["difference_low"],
            "high": row["difference_high"],
        }
        for row in rows
    ]
    chart = intervals_chart(drawn, visit.look, title=visit.say("difference_of_shares"), form=".1%", zero=0.0)
    title = visit.say("against_of", topic=visit.topic_name(visit.filters["topic"]))
    behind = {f"articles_{name}": Behind({}, {"independence": values, **_IN_SHARE}) for name, values in _CLASSES.items()}

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return number_link(visit, row[column], behind[column]) if column in behind else None

    picked = show_figure(
        visit,
        answer,
        chart,
        key="against",
        title=title,
        rows=rows,
        columns=columns,
        link=link,
        legend=visit.say("against_legend"),
    )
    if mark_of(visit, picked, "name") and rows:
        for name in _CLASSES:
            number = number_text(rows[0][f"articles_{name}"], visit.look.language)
            show_behind(visit, visit.say(f"of_class_{name}", number=number), behind[f"articles_{name}"])


def _lead(visit: Visit) -> None:
    answer = visit.ask("first-seen")
    rows = [
        {
            **row,
            "name": visit.source_name(row["source_id"]),
            "hours": None if row["lag_minutes"] is None else row["lag_minutes"] / 60,
        }
        for row in answer.table.to_pylist()
    ]

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "title" and row["article_id"]:
            return inner_link("articles", query_of(visit.url.chosen, article=row["article_id"], view=None), row["title"])
        return None

    chart = bars_chart(
        [row for row in rows if row["hours"] is not None],
        visit.look,
        value="hours",
        name="name",
        title=visit.say("hours_behind"),
    )
    columns = {
        "name": visit.say("source"),
        **visit.look.headings("place", "control", "first_at", "lag_minutes", "resolution_minutes", "seen_first", "title"),
    }
    title = visit.say("lead_of", topic=visit.topic_name(visit.filters["topic"]))
    picked = show_figure(
        visit, answer, chart, key="lead", title=title, rows=rows, columns=columns, link=link, legend=visit.say("lead_legend")
    )
    found = marked_row(visit, picked, rows, name="name")
    if found:
        show_behind(visit, found["name"], Behind({"sources": (found["source_id"],)}))


def _mix(visit: Visit) -> None:
    answer = visit.ask("topic-mix")
    rows = [
        {
            **row,
            "name": visit.source_name(row["split"]),
            "topic": visit.say("on_none") if row["topic_id"] is None else visit.topic_name(row["topic_id"]),
        }
        for row in answer.table.to_pylist()
    ]

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "articles" and row["topic_id"]:
            return number_link(visit, row["articles"], _mixed(row))
        return None

    chart = matrix_chart(
        rows, visit.look, across="topic", down="name", value="share_of_output", title=visit.say("share_of_output")
    )
    columns = {
        "name": visit.say("source"),
        "topic": visit.say("topic"),
        **visit.look.headings("articles", "share_of_output", "output", "share_days"),
    }
    picked = show_figure(
        visit,
        answer,
        chart,
        key="mix",
        title=visit.say("view_mix"),
        rows=rows,
        columns=columns,
        link=link,
        legend=visit.say("mix_legend"),
        hint=visit.say("click_a_box"),
    )
    found = marked_row(visit, picked, (row for row in rows if row["topic_id"]), down="name", across="topic")
    if found:
        show_behind(visit, f"{found['name']}, {found['topic']}", _mixed(found))


def _mixed(row: Mapping[str, Any]) -> Behind:
    return Behind({"sources": (row["split"],), "topic": row["topic_id"]}, _IN_SHARE)


def _citations(visit: Visit) -> None:
    answer = visit.ask("citations")
    rows = [
        {**row, "pair": f"{visit.source_name(row['source_id'])} → {visit.outlet_name(row['cited'])}"}
        for row in answer.table.to_pylist()
    ]
    if not rows:
        show_table(visit, answer, key="citations", title=visit.say("view_citations"), rows=[])
        return

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "source_id":
            return escape(visit.source_name(row["source_id"]))
        if column == "cited":
            return escape(visit.outlet_name(row["cited"]))
        return number_link(visit, row["articles"], _citing(row)) if column == "articles" else None

    picked = show_figure(
        visit,
        answer,
        bars_chart(rows[:_DRAWN], visit.look, value="articles", name="pair", title=visit.say("articles")),
        key="citations",
        title=visit.say("view_citations"),
        rows=rows,
        columns=columns_of(visit, answer),
        link=link,
        legend=f"{visit.say('folded', number=len(rows) - _DRAWN)}." if len(rows) > _DRAWN else "",
    )
    found = marked_row(visit, picked, rows, name="pair")
    if found:
        show_behind(visit, found["pair"], _citing(found))


def _citing(row: Mapping[str, Any]) -> Behind:
    return Behind({"sources": (row["source_id"],), "topic": None}, cites=row["cited"])


def _listing(visit: Visit) -> None:
    answer = visit.ask("top-sources")
    rows = [{**row, "named": visit.source_name(row["source_id"])} for row in answer.table.to_pylist()]

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return (
            number_link(visit, row[column], Behind({"sources": (row["source_id"],)}, DATED)) if column == "articles" else None
        )

    columns = {
        "named": visit.say("source"),
        **visit.look.headings(
            "control",
            "independence",
            "articles",
            "output",
            "covered_days",
            "partial_days",
            "unknown_days",
            "in_panel",
            "share_of_output",
        ),
    }
    title = visit.say("listing_of", topic=visit.topic_name(visit.filters["topic"]))
    show_table(visit, answer, key="listing", title=title, rows=rows, columns=columns, link=link)
