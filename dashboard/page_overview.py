"""Overview: what moved this week, spikes, gaps, how fresh the data is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from vigie.dashboard.behind import DATED, Behind, number_link, show_behind
from vigie.dashboard.charts import moves_chart
from vigie.dashboard.escaping import inner_link
from vigie.dashboard.figure import columns_of, marked_row, notes, show_figure, show_table
from vigie.dashboard.known_days import show_known_days
from vigie.dashboard.session import Visit, told
from vigie.dashboard.url_state import query_of
from vigie.locales import day_text, number_text

__all__ = ["show"]


def show(visit: Visit) -> None:
    """Draw the page."""
    with told(visit.look):
        _freshness(visit)
    with told(visit.look):
        _moved(visit)
    with told(visit.look):
        _spikes(visit)
    with told(visit.look):
        show_known_days(visit, key="gaps")


def _freshness(visit: Visit) -> None:
    moved = visit.ask("what-moved")
    since, until = moved.parameters["since"], moved.parameters["until"]
    week = visit.ask("coverage", topic=None, since=since, until=until, by="period")
    [total] = [row for row in week.table.to_pylist() if row["bucket"] is not None]
    days = total["covered_days"] + total["partial_days"] + total["unknown_days"]
    say, language = visit.say, visit.look.language
    boxes = st.columns(4)
    boxes[0].metric(say("latest_day"), day_text(until, language), border=True, help=say("latest_day_help"))
    boxes[1].metric(
        say("articles_of_week", days=(until - since).days + 1),
        number_text(total["articles"], language),
        border=True,
        help=say("since_until", since=day_text(since, language), until=day_text(until, language)),
    )
    boxes[2].metric(
        say("covered_days"),
        f"{number_text(total['covered_days'], language)} / {number_text(days, language)}",
        border=True,
        help=say("covered_days_help"),
    )
    boxes[3].metric(say("sources"), number_text(len(visit.choices.sources), language), border=True)
    these = Behind({"topic": None, "since": since, "until": until}, DATED)
    words = say("of_days", number=number_text(total["articles"], language))
    st.html(inner_link("articles", these.query(visit), words))


def _moved(visit: Visit) -> None:
    answer = visit.ask("what-moved")
    rows = [{**row, "label": visit.topic_name(row["topic_id"])} for row in answer.table.to_pylist()]
    known = [row for row in rows if row["share"] is not None or row["share_before"] is not None]

    def behind(row: Mapping[str, Any]) -> Behind:
        return Behind({"topic": row["topic_id"], "since": row["first_day"], "until": row["last_day"]}, DATED)

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "label":
            return inner_link("trends", query_of(visit.url.chosen, topic=row["topic_id"]), row["label"])
        return number_link(visit, row["articles"], behind(row)) if column == "articles" else None

    shown = visit.look.headings("label", "articles", "articles_before", "share", "share_before", "state", "state_before")
    since, until = (day_text(answer.parameters[name], visit.look.language) for name in ("since", "until"))
    picked = show_figure(
        visit,
        answer,
        moves_chart(known, visit.look),
        key="moved",
        title=visit.say("moved", since=since, until=until),
        rows=rows,
        columns=shown,
        link=link,
        legend=visit.say("moved_legend"),
    )
    row = marked_row(visit, picked, rows, name="label")
    if row:
        st.html(
            inner_link("trends", query_of(visit.url.chosen, topic=row["topic_id"]), visit.say("to_trend", topic=row["label"]))
        )
        show_behind(visit, row["label"], behind(row))


def _spikes(visit: Visit) -> None:
    answer = visit.ask("spikes", topic=None)
    rows = answer.table.to_pylist()
    found = [row for row in rows if row["verdict"] == "spike"]
    if found:

        def link(row: Mapping[str, Any], column: str) -> str | None:
            if column == "topic_id":
                query = query_of(visit.url.chosen, topic=row["topic_id"], since=row["bucket"], until=row["bucket"])
                return inner_link("articles", query, visit.topic_name(row["topic_id"]))
            return None

        show_table(
            visit, answer, key="spikes", title=visit.say("spikes"), rows=found, columns=columns_of(visit, answer), link=link
        )
        return
    st.subheader(visit.say("spikes"), anchor=False)
    judged = sum(row["verdict"] in ("usual", "few") for row in rows)
    unjudged = len(rows) - judged
    # Where nothing could be judged, that there is none is not known.
    said = (
        visit.say("no_spikes", judged=judged, unjudged=unjudged) if judged else visit.say("spikes_unjudged", unjudged=unjudged)
    )
    st.info(said, icon=":material/info:")
    notes(visit, answer)
