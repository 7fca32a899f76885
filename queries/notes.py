"""What an answer says beside its figures, in sentences: period, panel, what was left out, what is not known."""

from __future__ import annotations

from typing import Any

import duckdb

from vigie.queries.questions import Question
from vigie.queries.relations import read_sql
from vigie.queries.resolving import Asked, fetch_rows

__all__ = ["notes_on"]

_NAMES_SHOWN = 12


def notes_on(con: duckdb.DuckDBPyConnection, question: Question, asked: Asked) -> tuple[str, ...]:
    """The notes of an answer, the most important first."""
    if not {"since", "event"} & set(question.takes):
        return question.notes  # It is about polls as they stand, not about a period's articles.
    [facts] = fetch_rows(con, read_sql("_notes.sql"), asked.values)
    subject = asked.parameters.topic or asked.parameters.concept
    notes = [*_gaps(asked, facts), *_period(asked, facts), *_panel(question, asked), *_sections(con, question, asked)]
    if asked.unreadable:
        languages = ", ".join(asked.values["languages"])
        notes.append(f"Left out, since {subject} has terms in {languages} alone: {_names(asked.unreadable)}.")
    notes += _left_out(asked, facts)
    if subject is not None or ("concept" not in question.takes and "scope" in question.takes):
        where = "the title and the first 25 words" if asked.values["scope"] == "lead" else "the whole text"
        other = "--scope all counts the whole text" if asked.values["scope"] == "lead" else "--scope lead counts the lead alone"
        notes.append(f"Scope {asked.values['scope']}: evidence in {where} counts ({other}).")
        notes += _judged(asked, facts)
        if question.name != "prevalence":  # which labels each row
            notes.append("Uncorrected matches: figures are not corrected for the matcher's errors.")
    elif "concept" in question.takes and question.name != "evidence":
        notes.append("No topic or concept was asked for: all articles count.")
    if question.name == "syndication":
        notes += _incomparable(con, asked)
    return (*notes, *question.notes)


def _incomparable(con: duckdb.DuckDBPyConnection, asked: Asked) -> list[str]:
    """How many texts no other can be compared with."""
    [facts] = fetch_rows(con, read_sql("_incomparable.sql"), asked.values)
    if not facts["short"]:
        return []
    return [
        f"Too short to be compared, under 40 words of text: {facts['short']:,} of {_articles(facts['articles'])}. Clusters and"
        " their counts are minima."
    ]


def _gaps(asked: Asked, facts: dict[str, Any]) -> list[str]:
    notes = []
    if facts["known_by"]:
        notes.append(
            f"As known by {facts['known_by']:%Y-%m-%d %H:%M} UTC: what was collected later is left out; topics and registry are"
            " those of now."
        )
    if facts["articles"] and not facts["outside_backlog"]:
        counted = "they are counted, as asked" if asked.values["backlog"] else "none is counted (--backlog counts them)"
        notes.append(
            "The dataset holds nothing but backlog here: every article was published before its feed's first poll;"
            f" {counted}. A trend begins with the second poll."
        )
    if not asked.period_covered:
        notes.append("No day of any source was covered from midnight to midnight: there is no trend to show yet, and no share.")
    if facts["not_evaluated"]:
        notes.append(
            f"Not evaluated under the active version of the topics: {_articles(facts['not_evaluated'])} of the period, which"
            " cannot match; `vigie rematch` evaluates them."
        )
    return notes


def _judged(asked: Asked, facts: dict[str, Any]) -> list[str]:
    """Under which topics, where a version was asked for, and whether coders' verdicts hold."""
    notes = []
    if facts["asked_topics"]:
        notes.append(f"Topics version {facts['asked_topics']}, as asked.")
    added, removed = facts["decided_on"], facts["decided_off"]
    if added or removed:
        verdicts = (
            f"coders put {_articles(added)} of the period on {asked.parameters.topic} and took {_articles(removed)} off it"
        )
        applied = asked.values["overrides"]
        notes.append(
            f"With overrides: {verdicts}." if applied else f"Without overrides: {verdicts} (--overrides applies that)."
        )
    elif asked.values["overrides"]:
        notes.append("With overrides: there are none for this in the period.")
    return notes


def _period(asked: Asked, facts: dict[str, Any]) -> list[str]:
    values = asked.values
    chosen = []
    if asked.parameters.since is None:
        chosen.append("--since")
    if asked.parameters.until is None:
        chosen.append("--until")
    why = f" (chosen from the days that were covered; {' and '.join(chosen)} choose otherwise)" if chosen else ""
    notes = [f"Period: {values['since']} to {values['until']}, days cut in {values['tz']}{why}."]
    if facts["outside_period"]:
        notes.append(f"Outside this period: {_articles(facts['outside_period'])}.")
    return notes


def _panel(question: Question, asked: Asked) -> list[str]:
    if "panel" not in question.takes:
        return []
    given = asked.parameters.panel
    if given is not None:
        short = {source: days for source, days in asked.uncovered.items() if source in asked.panel}
        gaps = f" Not covered on every day: {_days_missing(short, asked.days)}." if short else ""
        named = f"Panel {given.panel_id}, version {given.version}: {_names(asked.panel) or 'no member is left'}."
        return [f"{named} Shares are over the days on which all of them were covered.{gaps}"]
    if not asked.panel:
        return [
            "No panel: no source was covered on every day of the period, so there are no shares; choose a shorter period,"
            f" or sources with --panel. Days not covered: {_days_missing(asked.uncovered, asked.days)}."
        ]
    note = f"Panel for shares, the sources covered on every day: {_names(asked.panel)}."
    if asked.uncovered:
        note += f" Left out of it for days not covered: {_days_missing(asked.uncovered, asked.days)}."
    return [note]


def _sections(con: duckdb.DuckDBPyConnection, question: Question, asked: Asked) -> list[str]:
    """Whether the panel compares front pages or sections of some with all that others publish."""
    if "panel" not in question.takes:
        return []
    sql = """
        SELECT scope, list(source_id ORDER BY source_id) AS sources
        FROM (
            SELECT source_id, CASE WHEN bool_or(scope = 'all') THEN 'everything' WHEN bool_or(scope = 'front') THEN 'front page'
                                   ELSE 'sections' END AS scope
            FROM feeds WHERE list_contains($panel, source_id) GROUP BY source_id
        )
        GROUP BY scope ORDER BY len(sources), scope
        """
    kinds = fetch_rows(con, sql, {"panel": asked.panel})
    if len(kinds) < 2:
        return []
    *fewer, most = kinds
    named = "; ".join(f"{kind['scope']} of {_names(kind['sources'])}" for kind in fewer)
    return [f"Not like with like: the feeds of the panel carry {named}, and {most['scope']} of the others."]


def _left_out(asked: Asked, facts: dict[str, Any]) -> list[str]:
    notes = []
    if facts["backlog"] and not asked.values["backlog"]:
        notes.append(
            f"Backlog left out: {_articles(facts['backlog'])} published before the first poll of the feed (--backlog counts)."
        )
    elif facts["backlog"]:
        notes.append(
            f"Backlog counted, as asked: {_articles(facts['backlog'])} published before the first poll of the feed;"
            " what else was published then is not known."
        )
    if facts["removed"]:
        notes.append(f"Text removed on request: {_articles(facts['removed'])} of the period, which still count.")
    if facts["undated"]:
        notes.append(f"Undated, in no day: {_articles(facts['undated'])} first seen in the period.")
    return notes


def _articles(number: int) -> str:
    return f"{number:,} article" + ("" if number == 1 else "s")


def _names(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more


def _days_missing(missing: dict[str, int], days: int) -> str:
    return _names([f"{source} ({number} of {days})" for source, number in missing.items()])
