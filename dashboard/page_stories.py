"""Stories: texts that several sources carry, and how they spread; headlines that were changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from vigie.dashboard.charts import spread_chart
from vigie.dashboard.escaping import escape, inner_link
from vigie.dashboard.figure import columns_of, show_figure, show_table
from vigie.dashboard.known_days import latest_weeks
from vigie.dashboard.session import Visit, told
from vigie.dashboard.url_state import query_of

__all__ = ["show"]


def show(visit: Visit) -> None:
    """Draw the page."""
    with told(visit.look):
        period = latest_weeks(visit)
        with told(visit.look):
            _syndication(visit, period)
        _edits(visit, period)


def _syndication(visit: Visit, period: Mapping[str, date]) -> None:
    """Clusters of near-identical texts; of the one that is chosen, its spread over time."""
    answer = visit.ask("syndication", **period)
    clusters = sorted(answer.table.to_pylist(), key=lambda row: (-row["sources"], -row["articles"], row["started_at"]))
    if not clusters:
        show_table(visit, answer, key="stories", title=visit.say("clusters"), rows=[])
        return
    named = {row["cluster"]: f"{row['title']} ({row['sources']})" for row in clusters}
    visit.url.choice("story", list(named), clusters[0]["cluster"])
    story = st.selectbox(visit.say("story"), list(named), key="story", format_func=named.__getitem__)
    visit.url.keep("story", story, clusters[0]["cluster"])
    chosen = next(row for row in clusters if row["cluster"] == story)
    members = [
        {**member, "name": visit.source_name(member["source_id"]), "first_seen": member["at"]} for member in chosen["members"]
    ]

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "title":
            return inner_link("articles", query_of(visit.url.chosen, article=row["article_id"]), row["title"])
        return None

    columns = {"name": visit.say("source"), **visit.look.headings("at", "hours", "similarity", "title")}
    chart = spread_chart(members, visit.look, name="name")
    show_figure(
        visit,
        answer,
        chart,
        key="spread",
        title=visit.say("spread"),
        rows=members,
        columns=columns,
        link=link,
        legend=visit.say("spread_legend"),
    )

    def cluster_link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "title":
            return inner_link("stories", query_of(visit.url.chosen, story=row["cluster"]), row["title"])
        if column == "first" and row["first"]:
            return escape(", ".join(map(visit.source_name, row["first"].split(", "))))
        return None

    show_table(
        visit,
        answer,
        key="stories",
        title=visit.say("clusters"),
        rows=clusters,
        columns=columns_of(visit, answer),
        link=cluster_link,
    )


def _edits(visit: Visit, period: Mapping[str, date]) -> None:
    answer = visit.ask("headline-edits", **period)
    rows = answer.table.to_pylist()

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "title_after":
            return inner_link("articles", query_of(visit.url.chosen, article=row["article_id"]), row["title_after"])
        return escape(visit.source_name(row["source_id"])) if column == "source_id" else None

    columns = columns_of(visit, answer)
    columns.pop("url", None)
    columns["hours_after"] = visit.look.heading("hours_after")
    show_table(visit, answer, key="edits", title=visit.say("edits"), rows=rows, columns=columns, link=link)
    if rows:
        st.caption(visit.say("edits_legend"))
