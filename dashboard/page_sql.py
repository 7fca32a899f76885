"""SQL: a workbench that reads and nothing else, with the catalogue's documentation, history and export."""

from __future__ import annotations

import streamlit as st

from vigie.clock import system_clock
from vigie.dashboard.chart_files import to_commented_csv
from vigie.dashboard.escaping import plain
from vigie.dashboard.session import Visit, told
from vigie.dashboard.tables import html_table
from vigie.dashboard.workbench import Bounds, run_bounded
from vigie.locales import number_text
from vigie.queries import Answer
from vigie.queries.files import to_parquet

__all__ = ["show"]

_EXAMPLE = "SELECT source_id, language, count(*) AS articles\nFROM articles\nGROUP BY ALL\nORDER BY articles DESC"
_KEPT = 20


def show(visit: Visit) -> None:
    """Draw the page."""
    bounds = Bounds()
    st.caption(
        visit.say(
            "sql_bounds",
            seconds=f"{bounds.seconds:g}",
            memory=bounds.memory_mib,
            rows=number_text(bounds.rows, visit.look.language),
        )
    )
    statement = _statement(visit)
    if statement:
        with told(visit.look):
            _result(visit, statement, bounds)
    _history(visit)
    _catalogue(visit)


def _statement(visit: Visit) -> str:
    """The statement to run: what was sent, or what the address holds."""
    asked = visit.url.text("sql")
    if "statement" not in st.session_state:
        st.session_state["statement"] = asked or _EXAMPLE
    with st.form("workbench", border=False):
        written = st.text_area(visit.say("statement"), key="statement", height=180)
        sent = st.form_submit_button(visit.say("run"), type="primary", icon=":material/play_arrow:")
    if sent:
        asked = written
        st.session_state["sql"] = asked
    visit.url.keep("sql", asked)
    return asked.strip()


def _result(visit: Visit, statement: str, bounds: Bounds) -> None:
    with st.spinner(visit.say("running")):
        answer = _run(visit.data, visit.version, statement, bounds, visit.look.language)
    history = [kept for kept in st.session_state.get("statements", []) if kept != statement]
    st.session_state["statements"] = [statement, *history][:_KEPT]
    st.dataframe(answer.table, hide_index=True, alt=visit.say("sql_result"))
    rows = answer.table.num_rows
    said = visit.say("rows_one" if rows == 1 else "rows", number=number_text(rows, visit.look.language))
    st.caption(plain(" · ".join([said, *answer.notes, visit.say("version", version=answer.data_version)])))
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            lambda: to_commented_csv(answer, system_clock()),
            "vigie.csv",
            "text/csv",
            key="sql-csv",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )
        st.download_button(
            "Parquet",
            lambda: to_parquet(answer),
            "vigie.parquet",
            "application/vnd.apache.parquet",
            key="sql-parquet",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )


@st.cache_data(max_entries=20, show_spinner=False)
def _run(data: str, version: str, statement: str, bounds: Bounds, language: str) -> Answer:
    return run_bounded(data, statement, bounds, language=language)


def _catalogue(visit: Visit) -> None:
    st.subheader(visit.say("catalogue"), anchor=False)
    for name, (comment, columns) in visit.choices.tables.items():
        with st.expander(f"**{plain(name)}** — {plain(comment)}"):
            rows = [
                {"column": column, "kind": kind if len(kind) < 40 else f"{kind[:37]}…", "meaning": meaning}
                for column, kind, meaning in columns
            ]
            st.html(html_table(rows, visit.look.headings("column", "kind", "meaning"), visit.look, caption=name))


def _history(visit: Visit) -> None:
    kept = st.session_state.get("statements", [])
    if not kept:
        return
    with st.expander(visit.say("history")):
        for place, statement in enumerate(kept):
            st.code(statement, language="sql")
            st.button(visit.say("again"), key=f"again-{place}", on_click=_take, args=(statement,), type="tertiary")


def _take(statement: str) -> None:
    st.session_state["statement"] = statement
    st.session_state["sql"] = statement
    st.query_params["sql"] = statement
