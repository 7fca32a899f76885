"""What an answer says beside its figures, in sentences: period, panel, what was left out, what is not known."""

from __future__ import annotations

from typing import Any

import duckdb

from vigie.queries.questions import Question
from vigie.queries.relations import read_sql
from vigie.queries.remembering import remembered_rows
from vigie.queries.resolving import Asked, fetch_rows
from vigie.queries.sentences import Sentences
from vigie.queries.steps import step_end, step_start

__all__ = ["notes_on"]


def notes_on(con: duckdb.DuckDBPyConnection, question: Question, asked: Asked, speech: Sentences) -> tuple[str, ...]:
    """The notes of an answer, the most important first.

    Args:
        con: The dataset.
        question: The question.
        asked: What it was asked with.
        speech: The language of the notes.
    """
    standing = question.notes_in(speech.language)
    if not {"since", "event"} & set(question.takes):
        return standing  # It is about polls as they stand, not about a period's articles.
    subject = asked.parameters.topic or asked.parameters.concept
    [history] = remembered_rows(con, read_sql("_history.sql"), asked.values)
    [found] = [history] if subject is None else remembered_rows(con, read_sql("_history_of_hits.sql"), asked.values)
    [facts] = fetch_rows(con, read_sql("_notes.sql"), asked.values)
    facts |= history | {"backlog": found["backlog"]}
    counted = found["outside_backlog"] + (found["backlog"] if asked.values["backlog"] else 0)
    facts["outside_period"] = counted - facts["inside_period"]
    notes = [
        *_gaps(asked, facts, speech),
        *_read_in(con, question, asked, facts, speech),
        *_period(asked, facts, speech),
        *_panel(question, asked, speech),
    ]
    notes += _sections(con, question, asked, speech)
    if asked.unreadable:
        languages = ", ".join(asked.values["languages"])
        notes.append(speech.say("unreadable", subject=subject, languages=languages, names=speech.names(asked.unreadable)))
    notes += _left_out(asked, facts, speech)
    if subject is not None or ("concept" not in question.takes and "scope" in question.takes):
        notes.append(speech.say(f"scope_{asked.values['scope']}"))
        notes += _judged(asked, facts, speech)
        if question.name != "prevalence":  # which labels each row
            notes.append(speech.say("uncorrected"))
    elif "concept" in question.takes and question.name != "evidence":
        notes.append(speech.say("all_count"))
    if question.name == "syndication":
        notes += _incomparable(con, asked, speech)
    return (*notes, *standing)


def _incomparable(con: duckdb.DuckDBPyConnection, asked: Asked, speech: Sentences) -> list[str]:
    """How many texts no other can be compared with."""
    [facts] = fetch_rows(con, read_sql("_incomparable.sql"), asked.values)
    if not facts["short"]:
        return []
    return [speech.say("too_short", short=speech.number(facts["short"]), articles=speech.articles(facts["articles"]))]


def _gaps(asked: Asked, facts: dict[str, Any], speech: Sentences) -> list[str]:
    notes = []
    if facts["known_by"]:
        notes.append(speech.say("known_by", moment=speech.moment(facts["known_by"])))
    if facts["articles"] and not facts["outside_backlog"]:
        notes.append(speech.say("only_backlog_counted" if asked.values["backlog"] else "only_backlog"))
    if not asked.period_covered:
        notes.append(speech.say("nothing_covered"))
    if facts["not_evaluated"]:
        notes.append(speech.say("not_evaluated", articles=speech.articles(facts["not_evaluated"])))
    return notes


def _read_in(
    con: duckdb.DuckDBPyConnection, question: Question, asked: Asked, facts: dict[str, Any], speech: Sentences
) -> list[str]:
    """Of a look back, whether it takes for known what an archive held then, whenever that was read in."""
    if not facts["known_by"] and "as_of" not in question.takes:
        return []
    values = {**asked.values, "known_by": facts["known_by"], "as_of": asked.parameters.as_of}
    [found] = remembered_rows(con, read_sql("_read_in.sql"), values)
    return [speech.say("read_in")] if found["read_in"] else []


def _judged(asked: Asked, facts: dict[str, Any], speech: Sentences) -> list[str]:
    """Under which topics, where a version was asked for, and whether coders' verdicts hold."""
    notes = []
    if facts["asked_topics"]:
        notes.append(speech.say("asked_topics", version=facts["asked_topics"]))
    added, removed = facts["decided_on"], facts["decided_off"]
    applied = asked.values["overrides"]
    if added or removed:
        key = "with_overrides" if applied else "without_overrides"
        numbers = {"added": speech.articles(added), "removed": speech.articles(removed)}
        notes.append(speech.say(key, topic=asked.parameters.topic, **numbers))
    elif applied:
        notes.append(speech.say("no_overrides"))
    return notes


def _period(asked: Asked, facts: dict[str, Any], speech: Sentences) -> list[str]:
    values = asked.values
    chosen = [option for option in ("since", "until") if getattr(asked.parameters, option) is None]
    span = {"since": speech.day(values["since"]), "until": speech.day(values["until"]), "zone": values["tz"]}
    if len(chosen) == 2:
        options = speech.say("and", first="--since", second="--until")
        notes = [speech.say("period_chosen", options=options, **span)]
    elif chosen:
        notes = [speech.say("period_chosen", options=f"--{chosen[0]}", **span)]
    else:
        notes = [speech.say("period", **span)]
    if cut := _cut(values, speech):
        notes.append(speech.say("cut", steps="; ".join(cut)))
    if facts["outside_period"]:
        notes.append(speech.say("outside_period", articles=speech.articles(facts["outside_period"])))
    return notes


def _cut(values: dict[str, Any], speech: Sentences) -> list[str]:
    """The weeks and months that lie only in part in the period, and how many of their days do."""
    by, since, until = values["by"], values["since"], values["until"]
    if by not in ("week", "month"):
        return []
    edges = dict.fromkeys((step_start(day, by), step_end(day, by)) for day in (since, until))
    inside = [(first, (min(last, until) - max(first, since)).days + 1, (last - first).days + 1) for first, last in edges]
    return [
        speech.say(f"cut_{by}", day=speech.day(first), days=days, all=all_days)
        for first, days, all_days in inside
        if days < all_days
    ]


def _panel(question: Question, asked: Asked, speech: Sentences) -> list[str]:
    if "panel" not in question.takes:
        return []
    given = asked.parameters.panel
    if given is not None:
        members = speech.names(asked.panel) or speech.say("panel_empty")
        said = [speech.say("panel_given", panel=given.panel_id, version=given.version, members=members)]
        short = {source: days for source, days in asked.uncovered.items() if source in asked.panel}
        if short:
            said.append(speech.say("panel_gaps", missing=speech.days_missing(short, asked.days)))
        if asked.elsewhere:
            said.append(speech.say("panel_elsewhere", missing=", ".join(asked.elsewhere)))
        return [" ".join(said)]
    missing = speech.days_missing(asked.uncovered, asked.days)
    if not asked.panel:
        return [speech.say("no_panel", missing=missing)]
    said = [speech.say("panel_covered", members=speech.names(asked.panel))]
    if asked.uncovered:
        said.append(speech.say("panel_left_out", missing=missing))
    return [" ".join(said)]


def _sections(con: duckdb.DuckDBPyConnection, question: Question, asked: Asked, speech: Sentences) -> list[str]:
    """Whether the panel compares front pages or sections of some with all that others publish."""
    if "panel" not in question.takes:
        return []
    sql = """
        SELECT scope, list(source_id ORDER BY source_id) AS sources
        FROM (
            SELECT source_id, CASE WHEN bool_or(scope = 'all') THEN 'everything'
                                   WHEN bool_and(scope = 'front') THEN 'front page'
                                   WHEN bool_or(scope = 'front') THEN 'front and sections' ELSE 'sections' END AS scope
            FROM feeds WHERE list_contains($panel, source_id) GROUP BY source_id
        )
        GROUP BY scope ORDER BY len(sources), scope
        """
    kinds = fetch_rows(con, sql, {"panel": asked.panel})
    if len(kinds) < 2:
        return []
    *fewer, most = kinds
    kinds_of_fewer = "; ".join(
        speech.say("kind_of", kind=speech.say(kind["scope"]), names=speech.names(kind["sources"])) for kind in fewer
    )
    return [speech.say("unlike", kinds=kinds_of_fewer, most=speech.say(most["scope"]))]


def _left_out(asked: Asked, facts: dict[str, Any], speech: Sentences) -> list[str]:
    notes = []
    if facts["backlog"]:
        key = "backlog_counted" if asked.values["backlog"] else "backlog_left_out"
        notes.append(speech.say(key, articles=speech.articles(facts["backlog"])))
    for key in ("removed", "undated"):
        if facts[key]:
            notes.append(speech.say(key, articles=speech.articles(facts[key])))
    return notes
