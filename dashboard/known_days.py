"""Which days of each source are known: the same boxes on the overview and on the page of feeds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from vigie.dashboard.charts import MOST_DAYS, days_chart
from vigie.dashboard.figure import columns_of, show_figure, show_table
from vigie.dashboard.session import Visit
from vigie.locales import number_text

__all__ = ["latest_weeks", "show_known_days", "worth_drawing"]

#: Days that are shown where no period is chosen.
_DAYS = 28
#: Sources from which on those without a gap are told by their number: gaps are what is looked for.
_MANY = 50


def latest_weeks(visit: Visit) -> dict[str, date]:
    """The period of what over years would be too much to show: that which is chosen, else the latest weeks, which it says."""
    if not visit.filters["since"]:
        st.caption(visit.say("latest_days", days=_DAYS))
    return _latest_weeks(visit)


def _latest_weeks(visit: Visit) -> dict[str, date]:
    until = visit.ask("what-moved").parameters["until"]  # Asked already for the overview.
    return {"since": visit.filters["since"] or until - timedelta(days=_DAYS - 1), "until": until}


def show_known_days(visit: Visit, *, key: str) -> None:
    """Draw them, and list what is not covered: of the period that is chosen, else of the latest weeks."""
    answer = visit.ask("covered-days", **_latest_weeks(visit))
    rows = [{**row, "source_id": visit.source_name(row["source_id"])} for row in answer.table.to_pylist()]
    missing = [row for row in rows if row["state"] != "covered"]
    title, columns = visit.say("gaps"), columns_of(visit, answer)
    drawn = worth_drawing(rows)
    whole = len({row["source_id"] for row in rows} - {row["source_id"] for row in drawn})
    untold = visit.say("without_gaps", number=number_text(whole, visit.look.language)) if whole else ""
    if len(drawn) > MOST_DAYS or not drawn:
        show_table(visit, answer, key=key, title=title, rows=missing, columns=columns)
        if drawn or untold:
            st.info(visit.say("too_many_days") if drawn else untold, icon=":material/info:")
        return
    latest = "" if visit.filters["since"] else visit.say("latest_days", days=_DAYS)
    show_figure(
        visit,
        answer,
        days_chart(drawn, visit.look),
        key=key,
        title=title,
        columns=columns,
        rows=missing,
        legend=f"{visit.say('days_legend')} {untold}".strip(),
        hint=latest,
    )


def worth_drawing(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days of all sources; where these are many, of those that were not covered on some day."""
    gaps = {row["source_id"] for row in rows if row["state"] != "covered"}
    many = len({row["source_id"] for row in rows}) >= _MANY
    return [row for row in rows if row["source_id"] in gaps] if many else rows
