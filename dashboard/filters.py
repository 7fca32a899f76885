"""The filters beside every page, which hold on all of them and stand in the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vigie.dashboard.session import Visit

__all__ = ["choose_filters"]

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
        dates = "DD/MM/YYYY" if visit.look.language == "fr" else "YYYY-MM-DD"
        left, right = st.columns(2)
        url.day("since")
        since = left.date_input(say("since"), value=None, key="since", format=dates)
        url.day("until")
        until = right.date_input(say("until"), value=None, key="until", format=dates)
        url.keep("since", since)
        url.keep("until", until)
        url.choices("source", sources, what=say("source").lower())
        chosen = st.multiselect(
            say("sources"), sources, key="source", format_func=visit.source_name, placeholder=say("all_sources")
        )
        url.keep("source", chosen)
        with st.expander(say("more_filters")):
            url.choice("scope", ["lead", "all"], "lead")
            scope = st.radio(say("scope"), ["lead", "all"], key="scope", format_func=lambda value: say(f"scope_{value}"))
            url.keep("scope", scope, "lead")
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
        **flags,
    }
