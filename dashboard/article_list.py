"""Articles as readers want them: title, where and when, a link to the original and one to why it counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from vigie.dashboard.escaping import escape, inner_link, outer_link
from vigie.dashboard.session import Visit
from vigie.dashboard.url_state import query_of
from vigie.locales import moment_text, number_text

__all__ = ["list_articles"]


def list_articles(
    visit: Visit,
    rows: Sequence[Mapping[str, Any]],
    *,
    topic: str | None,
    query: Mapping[str, Iterable[str]] | None = None,
    most: int = 25,
) -> None:
    """List articles, the latest first, at most so many; more are told of and linked to.

    Args:
        visit: The visit.
        rows: Rows of the answer to `articles`, in its order.
        topic: Whose evidence their links show.
        query: The address of the list of them all; None: that is what is drawn, with a table and a file of them.
        most: How many are written.
    """
    if not rows:
        st.info(visit.say("no_articles"), icon=":material/info:")
        return
    found = "found_one" if len(rows) == 1 else "found"
    st.caption(visit.say(found, number=number_text(len(rows), visit.look.language)))
    st.html("".join(_item(visit, row, topic) for row in list(reversed(rows))[:most]))
    more = number_text(len(rows) - most, visit.look.language)
    if len(rows) > most and query is not None:
        st.html(inner_link("articles", query, visit.say("more_articles", number=more)))
    elif len(rows) > most:
        st.caption(visit.say("more_rows", number=more))


def _item(visit: Visit, row: Mapping[str, Any], topic: str | None) -> str:
    when = moment_text(row["published_at"], visit.look.language) if row["published_at"] else visit.say("undated")
    if row["date_quality"] in ("zone-assumed", "date-only", "ahead"):  # The time that is written is not one the outlet gave.
        when += f" ({visit.look.word('date_quality', row['date_quality'])})"
    about = [visit.source_name(row["source_id"]), when, row["language"]]
    if row["revisions"] > 1:
        about.append(visit.say("revisions", number=row["revisions"]))
    query = query_of(visit.url.chosen, article=row["article_id"], topic=topic, view=None, **{"with": None})
    return (
        f'<div class="vigie-item"><div class="title">{outer_link(row["url"], row["title"] or visit.say("untitled"))}</div>'
        f'<div class="about">{escape(" · ".join(about))} · {inner_link("articles", query, visit.say("why"))}</div></div>'
    )
