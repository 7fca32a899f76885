"""Articles: search and filters, and of one article its text with the evidence marked, and why it matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vigie.dashboard.article_list import list_articles
from vigie.dashboard.behind import Behind, articles_behind, conditions_in
from vigie.dashboard.escaping import escape, highlighted, inner_link, outer_link
from vigie.dashboard.figure import columns_of, notes, show_table
from vigie.dashboard.session import Visit, told
from vigie.dashboard.url_state import query_of
from vigie.errors import UsageError
from vigie.locales import moment_text, share_text

__all__ = ["show"]


def show(visit: Visit) -> None:
    """Draw the page: one article, where the address names one, else the search."""
    article = visit.url.text("article")
    visit.url.keep("article", article)
    if article:
        with told(visit.look):
            _one(visit, article)
        return
    with told(visit.look):
        _search(visit)


def _search(visit: Visit) -> None:
    url = visit.url
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    url.text("q")
    words = left.text_input(visit.say("search"), key="q", placeholder=visit.say("search_hint"), type="search")
    url.keep("q", words)
    url.text("only")
    only = right.text_input(visit.say("only"), key="only", placeholder="language:fr", help=visit.say("only_help"))
    url.keep("only", only)
    conditions = conditions_in(only or "")
    if conditions is None:
        st.warning(visit.say("only_help"), icon=":material/warning:")
    behind = Behind({"words": words or None}, conditions or {}, also=_of_link(visit, "also"), cites=_of_link(visit, "cites"))
    answer = articles_behind(visit, behind)
    rows = answer.table.to_pylist()
    list_articles(visit, rows, topic=visit.filters["topic"], most=50)

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "source_id":
            return escape(visit.source_name(row["source_id"]))
        return outer_link(row["url"], row["url"]) if column == "url" else None

    with st.expander(visit.say("as_table")):
        show_table(visit, answer, key="articles", title="", rows=rows, columns=columns_of(visit, answer), link=link)


def _of_link(visit: Visit, name: str) -> str | None:
    """A condition that only links set; it is told, with a way out."""
    value = visit.url.text(name) or None
    visit.url.keep(name, value)
    if value is None:
        return None
    said = (
        visit.say("narrowed_also", topic=visit.topic_name(value))
        if name == "also"
        else visit.say("narrowed_cites", outlet=visit.outlet_name(value))
    )
    link = inner_link("articles", query_of(visit.url.chosen), visit.say("show_all"))
    st.html(f'<p class="vigie-about">{escape(visit.say("narrowed", what=said))} {link}</p>')
    return value


def _one(visit: Visit, article: str) -> None:
    st.html(inner_link("articles", query_of(visit.url.chosen), f"← {visit.say('back_to_list')}"))
    try:
        revisions = visit.ask("article", article=article).table.to_pylist()
    except UsageError:
        st.warning(visit.say("no_article"), icon=":material/warning:")
        return
    first = revisions[0]
    day = first["day"] or first["seen_day"]
    evidence = visit.ask(
        "evidence", article=article, topic=None, since=day, until=day, sources=(first["source_id"],), scope="all", backlog=True
    )
    pieces = evidence.table.to_pylist()
    for revision in reversed(revisions):
        _revision(visit, revision, [piece for piece in pieces if piece["revision"] == revision["revision"]], len(revisions))
    _why(visit, pieces)
    notes(visit, evidence)


def _revision(visit: Visit, revision: Mapping[str, Any], pieces: Sequence[Mapping[str, Any]], number: int) -> None:
    def marked(field: str) -> str:
        return highlighted(revision[field], [(piece["start"], piece["end"]) for piece in pieces if piece["field"] == field])

    say, language = visit.say, visit.look.language
    colon = say("colon")
    when = moment_text(revision["published_at"], language) if revision["published_at"] else say("undated")
    about = [
        revision["name"],
        f"{say('published')} {when}",
        f"{say('seen')} {moment_text(revision['fetched_at'], language)}",
        f"{revision['language']} ({share_text(revision['language_confidence'], language, 0)})",
        f"{say('date_quality')}{colon}{visit.look.word('date_quality', revision['date_quality'])}",
        f"{say('control')}{colon}{visit.look.word('control', revision['control'])}",
        f"{say('independence')}{colon}{visit.look.word('independence', revision['independence'])}",
    ]
    if number > 1:
        about.insert(0, say("revision_of", revision=revision["revision"], number=number))
    if revision["backlog"]:
        about.append(say("is_backlog"))
    original = outer_link(revision["url"], say("original")) if revision["url"] else escape(say("no_link"))
    body = marked("text").replace("\n", "<br>") or f"<em>{escape(say('no_text'))}</em>"
    st.html(
        f'<article class="vigie-text"><h3>{marked("title") or escape(say("untitled"))}</h3>'
        f'<p class="vigie-about">{escape(" · ".join(about))}</p><p>{body}</p><p>{original}</p></article>'
    )


def _why(visit: Visit, pieces: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(visit.say("why"), anchor=False)
    if not pieces:
        st.info(visit.say("no_evidence"), icon=":material/info:")
        return
    topics: dict[str, list[Mapping[str, Any]]] = {}
    for piece in pieces:
        topics.setdefault(piece["topic_id"], []).append(piece)
    for topic, found in topics.items():
        lead = any(piece["lead"] for piece in found)
        about = [
            visit.say("in_lead" if lead else "not_in_lead"),
            visit.say("topics_version", version=found[0]["topics_version"]),
        ]
        lines = "".join(_piece(visit, piece) for piece in found)
        st.html(
            f'<h4>{escape(visit.topic_name(topic))}</h4><p class="vigie-about">{escape(" · ".join(about))}</p><ul>{lines}</ul>'
        )


def _piece(visit: Visit, piece: Mapping[str, Any]) -> str:
    if piece["field"] is None:
        return f"<li>{escape(piece['override'] or piece['rule'])}</li>"
    words = piece["context"].replace(f"[{piece['words']}]", "\0", 1)
    before, _, after = words.partition("\0")
    counted = "" if piece["counted"] else f" ({escape(visit.say('not_counted', revision=piece['revision']))})"
    place = escape(f"{visit.look.word('field', piece['field'])} {piece['start']}–{piece['end']}")
    return (
        f"<li><code>{escape(piece['rule'])}</code> · <code>{escape(piece['concept'])}</code> · {place}{counted}<br>"
        f"…{escape(before)}<mark>{escape(piece['words'])}</mark>{escape(after)}…</li>"
    )
