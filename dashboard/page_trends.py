"""Trends: topics compared over time; a click on a point gives its articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from vigie.dashboard.article_list import list_articles
from vigie.dashboard.behind import Behind, number_link, show_behind
from vigie.dashboard.charts import drawn_series, intervals_chart, matrix_chart, trend_chart
from vigie.dashboard.escaping import escape, inner_link, plain
from vigie.dashboard.figure import columns_of, mark_of, show_figure, show_table
from vigie.dashboard.filters import day_input
from vigie.dashboard.session import Visit, told
from vigie.dashboard.url_state import query_of
from vigie.locales import day_text, number_text
from vigie.queries import Answer
from vigie.queries.steps import step_end

__all__ = ["show"]

_MEASURES = ("articles", "share_of_output", "share_of_output_pooled")
_STEPS = ("day", "week", "month")
_SPLITS = ("none", "language", "country", "control", "source")
_VIEWS = ("event", "together", "words")


def show(visit: Visit) -> None:
    """Draw the page."""
    measure, by, split, topics = _choose(visit)
    with told(visit.look):
        _trend(visit, measure, by, split, topics)
    with told(visit.look):
        _more(visit)


def _choose(visit: Visit) -> tuple[str, str, str, list[str]]:
    url, say = visit.url, visit.say
    topic = visit.filters["topic"]
    boxes = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    url.choices("with", list(visit.choices.topics), what=say("topic").lower())
    with boxes[0]:
        others = st.multiselect(
            say("compare"),
            list(visit.choices.topics),
            key="with",
            format_func=visit.topic_name,
            placeholder=say("compare_none"),
            max_selections=7,
        )
    url.keep("with", others)
    topics = list(dict.fromkeys([*([topic] if topic else []), *others]))
    url.choice("measure", _MEASURES, "articles")
    measure = boxes[1].selectbox(say("measure"), _MEASURES, key="measure", format_func=say)
    url.keep("measure", measure, "articles")
    url.choice("by", _STEPS, "day")
    by = boxes[2].selectbox(say("step"), _STEPS, key="by", format_func=lambda value: say(value).capitalize())
    url.keep("by", by, "day")
    url.choice("split", _SPLITS, "none")
    split = boxes[3].selectbox(
        say("split"),
        _SPLITS,
        key="split",
        format_func=lambda value: say(f"split_{value}").capitalize(),
        disabled=len(topics) > 1,
    )
    url.keep("split", split, "none")
    return measure, by, "none" if len(topics) > 1 else split, topics


def _trend(visit: Visit, measure: str, by: str, split: str, topics: list[str]) -> None:
    asked: list[str | None] = [*topics] or [None]
    answers = [visit.ask("coverage", topic=topic, by=by, split=split) for topic in asked]
    rows: list[dict[str, Any]] = []
    for topic, answer in zip(asked, answers, strict=True):
        found = answer.table.to_pylist()
        rows += [{**row, "split": topic} for row in found] if len(asked) > 1 else found
    names = visit.choices.topics if len(asked) > 1 else visit.choices.sources if split == "source" else {}
    if not topics and measure != "articles":
        st.info(visit.say("share_needs_topic"), icon=":material/info:")
    title = " · ".join(visit.topic_name(topic) for topic in asked) + (
        "" if split == "none" else f", {visit.say(f'split_{split}')}"
    )
    more = len({row["split"] for row in rows}) - len(drawn_series(rows, measure))
    legend = visit.say("gap_legend") + (f" {visit.say('folded', number=more)}." if more > 0 else "")

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column != "articles" or row["articles"] is None:
            return None
        query = _query(visit, row, answers, by, split)
        return inner_link("articles", query, number_text(row["articles"], visit.look.language))

    columns = visit.look.headings(
        "bucket",
        "split",
        "articles",
        "state",
        "covered_days",
        "partial_days",
        "unknown_days",
        "share_of_output",
        "share_of_output_pooled",
        "share_days",
    )
    table = [{**row, "split": names.get(row["split"], row["split"])} | {"split_id": row["split"]} for row in rows]
    picked = show_figure(
        visit,
        answers,
        trend_chart(rows, visit.look, measure=measure, by=by, label=names),
        key="trend",
        title=title,
        rows=table,
        columns=columns,
        link=link,
        legend=legend,
    )
    _articles_of(visit, picked, rows, answers, names, by=by, split=split)


def _bounds(row: Mapping[str, Any], answers: list[Answer], by: str) -> tuple[date, date]:
    """The days of a step, within the period that was counted; of the undated, that period."""
    topic = row.get("split_id", row["split"])
    [period] = [answer.parameters for answer in answers if len(answers) == 1 or answer.parameters["topic"] == topic]
    since, until = period["since"], period["until"]
    if row["bucket"] is None:
        return since, until
    return max(row["bucket"], since), min(step_end(row["bucket"], by), until)


def _topic_of(row: Mapping[str, Any], answers: list[Answer]) -> str | None:
    """The topic that a row counts, which the filters need not name: it may be the one of `compare with` alone."""
    topic: str | None = row.get("split_id", row["split"]) if len(answers) > 1 else answers[0].parameters["topic"]
    return topic


def _query(visit: Visit, row: Mapping[str, Any], answers: list[Answer], by: str, split: str) -> dict[str, list[str]]:
    since, until = _bounds(row, answers, by)
    named = row.get("split_id", row["split"])
    changed: dict[str, Any] = {"since": since, "until": until, "with": None, "by": None, "split": None, "measure": None}
    changed["topic"] = _topic_of(row, answers)
    only = ["dated:no" if row["bucket"] is None else "dated:yes"]
    if split == "source":
        changed["source"] = named
    elif split != "none":
        only.append(f"{split}:{named}")
    changed["only"] = " ".join(only)
    return query_of(visit.url.chosen, **changed)


def _articles_of(
    visit: Visit,
    picked: Mapping[str, Any] | None,
    rows: list[dict[str, Any]],
    answers: list[Answer],
    names: Mapping[str, str],
    *,
    by: str,
    split: str,
) -> None:
    """The articles behind the point that was clicked, or that the address names."""
    if picked:
        st.session_state["pick"] = f"{picked['bucket']}~{picked['split']}"
        visit.url.keep("pick", st.session_state["pick"])
    else:
        visit.url.keep("pick", visit.url.text("pick"))
    chosen = visit.url.chosen.get("pick", ("",))[0]
    row = next((row for row in rows if row["bucket"] and f"{row['bucket']}~{row['split']}" == chosen), None)
    if row is None:
        st.caption(visit.say("click_a_point"))
        return
    since, until = _bounds(row, answers, by)
    topic = _topic_of(row, answers)
    given: dict[str, Any] = {"since": since, "until": until, "topic": topic}
    if split == "source":
        given["sources"] = (row["split"],)
    answer = visit.ask("articles", **given)
    found = [found for found in answer.table.to_pylist() if found["day"] is not None]
    if split in ("language", "country", "control"):
        found = [item for item in found if item[split] == row["split"]]
    name = names.get(row["split"]) or visit.look.word("split", row["split"])
    when = day_text(row["bucket"], visit.look.language)
    st.subheader(plain(visit.say("articles_of", when=when, what="" if row["split"] == "all" else f" · {name}")), anchor=False)
    list_articles(visit, found, topic=topic, query=_query(visit, row, answers, by, split))


def _more(visit: Visit) -> None:
    visit.url.choice("view", _VIEWS, "together")
    view = st.segmented_control(
        visit.say("more_views"), _VIEWS, key="view", format_func=lambda value: visit.say(f"view_{value}"), required=True
    )
    visit.url.keep("view", view, "together")
    {"event": _event, "together": _together, "words": _rising_words}[view or "together"](visit)


def _event(visit: Visit) -> None:
    """Before and after an event, against the other sources."""
    left, middle, right, _ = st.columns(4, vertical_alignment="bottom")
    event = day_input(left, visit, "event")
    windows = ["7", "14", "28", "56", "91"]
    visit.url.choice("pre", windows, "28")
    pre = middle.selectbox(visit.say("days_before"), windows, key="pre")
    visit.url.keep("pre", pre, "28")
    visit.url.choice("post", windows, "28")
    post = right.selectbox(visit.say("days_after"), windows, key="post")
    visit.url.keep("post", post, "28")
    if event is None:
        st.info(visit.say("event_needed"), icon=":material/info:")
        return
    answer = visit.ask("before-after", since=None, until=None, event=event, pre=int(pre), post=int(post))
    rows = answer.table.to_pylist()
    drawn = [
        {
            "name": visit.source_name(row["source_id"]),
            "value": row["difference"],
            "low": row["difference_low"],
            "high": row["difference_high"],
        }
        for row in rows
    ]
    chart = intervals_chart(drawn, visit.look, title=visit.say("difference"), form=".2f", zero=0.0)
    before = {"since": event - timedelta(days=int(pre)), "until": event - timedelta(days=1)}
    after = {"since": event, "until": event + timedelta(days=int(post) - 1)}

    def behind(row: Mapping[str, Any], window: Mapping[str, date]) -> Behind:
        return Behind({"sources": (row["source_id"],), **window}, {"state": ("covered",)})

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column == "source_id":
            return escape(visit.source_name(row["source_id"]))
        windows = {"articles_before": before, "articles_after": after}
        return number_link(visit, row[column], behind(row, windows[column])) if column in windows else None

    picked = show_figure(
        visit,
        answer,
        chart,
        key="event-chart",
        title=visit.say("view_event"),
        rows=rows,
        columns=columns_of(visit, answer) | visit.look.headings("articles_before", "articles_after"),
        link=link,
        legend=visit.say("event_legend"),
    )
    mark = mark_of(visit, picked, "name")
    found = next((row for row in rows if mark == (visit.source_name(row["source_id"]),)), None)
    if found:
        for words, window in (("before_event", before), ("after_event", after)):
            show_behind(visit, visit.say(words, source=mark[0] if mark else ""), behind(found, window))


def _together(visit: Visit) -> None:
    answer = visit.ask("co-occurrence")
    rows = answer.table.to_pylist()
    named = [
        {**row, "topic": visit.topic_name(row["topic_id"]), "other": visit.topic_name(row["other_topic_id"])} for row in rows
    ]
    if not named:
        show_table(visit, answer, key="together", title=visit.say("view_together"))
        return
    chart = matrix_chart(named, visit.look, across="other", down="topic", value="articles", title=visit.say("both_topics"))
    columns = {
        "topic": visit.say("topic"),
        "other": visit.say("other_topic"),
        **visit.look.headings("articles", "expected", "lift", "share_of_topic"),
    }

    def behind(row: Mapping[str, Any]) -> Behind:
        return Behind({"topic": row["topic_id"]}, {"in_share": ("yes",)}, also=row["other_topic_id"])

    def link(row: Mapping[str, Any], column: str) -> str | None:
        return number_link(visit, row["articles"], behind(row)) if column == "articles" else None

    picked = show_figure(
        visit, answer, chart, key="together", title=visit.say("view_together"), rows=named, columns=columns, link=link
    )
    mark = mark_of(visit, picked, "down", "across")
    found = next((row for row in named if mark == (row["topic"], row["other"])), None)
    if found:
        show_behind(visit, f"{found['topic']} + {found['other']}", behind(found))


def _rising_words(visit: Visit) -> None:
    answer = visit.ask("rising-words")

    def link(row: Mapping[str, Any], column: str) -> str | None:
        if column != "word":
            return None
        given = {"words": row["word"], **{name: answer.parameters[name] for name in ("since", "until")}}
        return inner_link("articles", Behind(given, {"language": (row["language"],)}).query(visit), row["word"])

    show_table(visit, answer, key="words", title=visit.say("view_words"), link=link)
