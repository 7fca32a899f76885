"""The filters beside every page, which hold on all of them and stand in the address."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from vigie.dashboard.session import Visit
from vigie.dashboard.url_state import FIRST_DAY, LAST_DAY
from vigie.panels import shipped_panels
from vigie.registry.panel import find_panel
from vigie.schemas import Panel

__all__ = ["choose_filters", "day_input"]

_ZONES = ("UTC", "Europe/Paris", "Europe/Berlin", "Europe/London", "Europe/Kyiv", "Europe/Moscow", "America/New_York")


def choose_filters(visit: Visit) -> None:
    """Draw the filters into the sidebar, and put what is chosen into the visit."""
    url, say = visit.url, visit.say
    topics, sources = list(visit.choices.topics), list(visit.choices.sources)
    with st.sidebar:
        url.choice("topic", topics, what=say("topic").lower())
        topic = st.selectbox(
            say("topic"), topics, index=None, key="topic", format_func=visit.topic_name, placeholder=say("all_articles")
        )
        url.keep("topic", topic)
        since, until = day_input(st, visit, "since"), day_input(st, visit, "until")
        url.choices("source", sources, what=say("source").lower())
        chosen = st.multiselect(
            say("sources"), sources, key="source", format_func=visit.source_name, placeholder=say("all_sources")
        )
        url.keep("source", chosen)
        with st.expander(say("more_filters")):
            url.choice("scope", ["lead", "all"], "lead")
            scope = st.radio(say("scope"), ["lead", "all"], key="scope", format_func=lambda value: say(f"scope_{value}"))
            url.keep("scope", scope, "lead")
            # The dataset's own come first; of two with one id, the dataset's holds.
            panels = visit.choices.panels | {
                name: visit.choices.panels.get(name) or find_panel(name) for name in shipped_panels()
            }
            url.choice("panel", list(panels), what=say("panel").lower())
            panel = st.selectbox(
                say("panel"),
                list(panels),
                index=None,
                key="panel",
                format_func=lambda name: panels[name].label or name,
                placeholder=say("panel_default"),
                help=say("panel_help"),
            )
            url.keep("panel", panel)
            as_of = day_input(st, visit, "as_of", help=say("as_of_help"))
            url.choice("tz", _ZONES, "UTC", what=say("zone").lower())
            tz = st.selectbox(say("zone"), _ZONES, key="tz")
            url.keep("tz", tz, "UTC")
            flags: dict[str, Any] = {}
            for name in ("backlog", "overrides"):
                url.flag(name)
                flags[name] = st.toggle(say(name), key=name, help=say(f"{name}_help"))
                url.keep(name, flags[name])
    if since and until and since > until:
        # Each part of the page would say it; once is enough, and the rest of the page works.
        url.complaints.append(say("wrong_way", since=since, until=until))
        since = until = None
    visit.filters = {
        "topic": topic,
        "since": since,
        "until": until,
        "sources": tuple(chosen) or None,
        "scope": scope,
        "tz": tz,
        "panel": _usable(visit, panels[panel]) if panel else None,
        **flags,
    }
    if as_of:
        visit.known_by = datetime.combine(as_of + timedelta(days=1), time.min, ZoneInfo(tz)).astimezone(UTC)


def day_input(place: Any, visit: Visit, name: str, **options: Any) -> date | None:
    """Draw a field for a day whose key in the address is `name`, and keep what is chosen.

    Args:
        place: Streamlit, or a container of it.
        visit: The visit.
        name: Name in the address, and key of its words.
        options: Of `st.date_input`.
    """
    visit.url.day(name)
    form = "DD/MM/YYYY" if visit.look.language == "fr" else "YYYY-MM-DD"
    day: date | None = place.date_input(
        visit.say(name), value=None, min_value=FIRST_DAY, max_value=LAST_DAY, key=name, format=form, **options
    )
    visit.url.keep(name, day)
    return day


def _usable(visit: Visit, panel: Panel) -> Panel | None:
    """The panel, unless this data has none of its members: no share could run over it. Members it lacks are told by name."""
    missing = [source for source in panel.sources if source not in visit.choices.registered]
    if not missing:
        return panel
    none = len(missing) == len(panel.sources)
    key = "panel_elsewhere" if none else "panel_in_part"
    told = visit.say(key, panel=panel.label or panel.panel_id, missing=", ".join(missing))
    visit.url.complaints.append(told)
    return None if none else panel
