"""From what was asked to what is computed: names checked, sources chosen, period and panel fixed."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from vigie.errors import UsageError
from vigie.queries.definitions import create_for
from vigie.queries.keeping import keep_firsts, keep_hits, keep_homes, keep_intervals, keep_runs
from vigie.queries.names import nearest
from vigie.queries.questions import Parameters, Question
from vigie.queries.relations import read_sql
from vigie.queries.remembering import remembered_rows

__all__ = ["Asked", "fetch_rows", "resolve"]

_STEPS = ("day", "week", "month", "period")
_SPLITS = ("language", "country", "control", "source", "none")
_SCOPES = ("lead", "all")
#: What a question takes where nothing is said.
_DEFAULT_BY = {"coverage": "day", "as-known-on": "day"}
_DEFAULT_SPLIT = {"coverage": "none"}
_DEFAULT_PRE, _DEFAULT_POST = 28, 28
#: Days before the last poll that `feed-health` looks at.
_FOUR_WEEKS = 28
#: Days to look at where no first day is given: what moved this week.
_LAST_DAYS = {"spikes": 7, "rising-words": 7, "what-moved": 7}
#: Days before the first one that are read too: at least eight weeks' baseline, and some room for gaps.
_BASELINE_DAYS = {"spikes": 84}
#: Compared with as many days before the first one as there are from it on.
_AS_MANY_BEFORE = frozenset(["what-moved"])
#: Days before an event's windows in which placebo dates are looked for.
_PLACEBO_DAYS = 364
_LONGEST_WINDOW = 3660


@dataclass(slots=True)
class Asked:
    """A question with nothing left open, and what was decided on the way."""

    parameters: Parameters
    #: The value of every placeholder.
    values: dict[str, Any]
    #: Sources left out since the topic has no terms in their languages.
    unreadable: list[str] = field(default_factory=list)
    #: Members of the panel that the dataset does not have.
    elsewhere: list[str] = field(default_factory=list)
    #: Sources that are in no panel by default, with the days on which they were not covered.
    uncovered: dict[str, int] = field(default_factory=dict)
    #: Days by which the default panel is judged: all of the period, but those of backlog alone.
    days: int = 0
    #: Whether any day of any source was covered, where the period was chosen by that.
    period_covered: bool = True

    @property
    def panel(self) -> list[str]:
        """The members over which shares are taken."""
        return list(self.values["panel"])


def fetch_rows(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run one statement; of the values, it gets those that it names."""
    used = {name: value for name, value in (values or {}).items() if f"${name}" in sql}
    create_for(con, sql)
    cursor = con.execute(sql, used)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def resolve(con: duckdb.DuckDBPyConnection, question: Question, parameters: Parameters) -> Asked:
    """Fix everything that a question needs.

    Raises:
        UsageError: A name that the dataset does not know, or dates the wrong way round.
    """
    _check_options(con, question, parameters)
    _check_subject(con, parameters)
    if parameters.topic is None and question.name == "prevalence":
        raise UsageError("prevalence asks about a topic: name it with --topic (`vigie topics list`)")
    if parameters.article is None and question.name == "article":
        raise UsageError("article asks about one article: name it with --article ID, as `vigie query articles` gives it")
    if parameters.as_of is None and "as_of" in question.takes:
        raise UsageError(f"{question.name} asks about a day: name it with --as_of YYYY-MM-DD")
    values: dict[str, Any] = {
        "topic": parameters.topic,
        "concept": parameters.concept,
        "scope": parameters.scope,
        "backlog": parameters.backlog,
        "overrides": parameters.overrides,
        "tz": parameters.tz,
        "by": parameters.by or _DEFAULT_BY.get(question.name, "period"),
        "split": parameters.split or _DEFAULT_SPLIT.get(question.name, "source"),
        "languages": _languages(con, parameters),
        "event": parameters.event,
        "pre": _DEFAULT_PRE if parameters.pre is None else parameters.pre,
        "post": _DEFAULT_POST if parameters.post is None else parameters.post,
        "state": _state(con, question, parameters.state),
        "as_of": parameters.as_of,
        "seed": parameters.seed,
        "article": parameters.article,
        "words": parameters.words,
        "limit": parameters.limit,
    }
    asked = Asked(_around_event(question, parameters, values), values)
    keep_runs(con, parameters.tz)
    for kind, subject in (("topic", parameters.topic), ("concept", parameters.concept)):
        if subject is not None:
            keep_hits(con, kind, subject)
    _choose_sources(con, asked)
    _choose_period_and_panel(con, question, asked)
    if "listed_from" in question.placeholders:
        values["listed_from"] = _listed_from(con, values)
    if "last_poll" in question.placeholders:
        asked.values |= remembered_rows(con, read_sql("_last_poll.sql"), asked.values)[0]
    if question.reads_months:
        keep_homes(con)
    if "intervals_from(" in question.sql:
        keep_intervals(con, asked.values["since"])
    if question.reads_articles:
        _keep_articles(con, question, asked.values)
    return asked


def _keep_articles(con: duckdb.DuckDBPyConnection, question: Question, values: Mapping[str, Any]) -> None:
    began = next((name for name in ("listed_from", "baseline_from", "since") if name in question.placeholders), None)
    days = [values[began]] if began else []
    if values.get("last_poll") is not None:
        days.append(values["last_poll"].date() - timedelta(days=_FOUR_WEEKS))
    if days:
        keep_firsts(con, min(days), values["until"])


def _listed_from(con: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> date:
    """The first day of which articles have to be looked at for a list: with words to look for, all of the period."""
    if values["limit"] is None or values["words"] is not None:
        return values["since"]  # type: ignore[no-any-return]
    [row] = fetch_rows(con, read_sql("_listed_days.sql"), values)
    return row["first_day"] or values["since"]  # type: ignore[no-any-return]


def _state(con: duckdb.DuckDBPyConnection, question: Question, asked: str | None) -> str | None:
    """A state that controls one of the sources, or of all outlets known if these are asked about: by its code, in any case."""
    if asked is None:
        return None
    controlled = "outlets" if "FROM outlets" in question.sql else "sources"
    sql = f"""
        SELECT DISTINCT value FROM source_claims SEMI JOIN {controlled} USING (source_id)
        WHERE claim = 'controlling_state' AND value <> 'none'
    """
    known = {row["value"] for row in fetch_rows(con, sql)}
    if asked.upper() not in known:
        raise UsageError(f"--state {asked}: controls no {controlled[:-1]} of this dataset; {nearest(asked, known)}")
    return asked.upper()


def _around_event(question: Question, parameters: Parameters, values: Mapping[str, Any]) -> Parameters:
    """The windows around an event are the period of a question about it."""
    if "event" not in question.takes:
        return parameters
    if parameters.event is None:
        raise UsageError(f"{question.name} asks about an event: name its day with --event YYYY-MM-DD")
    first, last = timedelta(days=values["pre"]), timedelta(days=values["post"] - 1)
    return dataclasses.replace(parameters, since=parameters.event - first, until=parameters.event + last)


def _check_options(con: duckdb.DuckDBPyConnection, question: Question, parameters: Parameters) -> None:
    for name in parameters.given():
        if name not in question.takes:
            option = "--source" if name == "sources" else f"--{name}"
            takes = ", ".join("--source" if taken == "sources" else f"--{taken}" for taken in question.takes)
            raise UsageError(f"{option}: the question {question.name} does not take it; it takes {takes}")
    for option, value, known in (
        ("--by", parameters.by, _STEPS),
        ("--split", parameters.split, _SPLITS),
        ("--scope", parameters.scope, _SCOPES),
    ):
        if value is not None and value not in known:
            raise UsageError(f"{option} {value}: no such choice; it is one of {', '.join(known)}")
    for option, days in (("--pre", parameters.pre), ("--post", parameters.post)):
        if days is not None and not 1 <= days <= _LONGEST_WINDOW:
            raise UsageError(f"{option} {days}: is no length of a window; give days, from 1 to {_LONGEST_WINDOW}")
    if parameters.limit is not None and parameters.limit < 1:
        raise UsageError(f"--limit {parameters.limit}: is no number of rows; give 1 or more")
    if parameters.seed < 0:
        raise UsageError(f"--seed {parameters.seed}: is no seed; give a whole number, 0 or more")
    if parameters.topic is not None and parameters.concept is not None:
        raise UsageError("--topic and --concept: a question is about one or the other; leave one out")
    if parameters.since and parameters.until and parameters.since > parameters.until:
        raise UsageError(
            f"--since {parameters.since} lies after --until {parameters.until}: the dates are the wrong way round; swap them"
        )
    if parameters.tz != "UTC":
        zones = [row["name"] for row in remembered_rows(con, "SELECT name FROM pg_timezone_names()", {})]
        if parameters.tz not in zones:
            raise UsageError(
                f"--tz {parameters.tz}: no such time zone; {nearest(parameters.tz, _places(zones, parameters.tz))}"
            )


def _places(zones: list[str], asked: str) -> list[str]:
    """Zones by place, matched without regard to case and, where none is named, to the continent."""
    cities = {zone.rsplit("/", 1)[-1].lower(): zone for zone in zones if "/" in zone}
    city = cities.get(asked.rsplit("/", 1)[-1].strip().lower().replace(" ", "_"))
    if city is not None:
        return [city]
    return [zone for zone in zones if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))]


def _check_subject(con: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    for option, asked, listed, stored in (
        ("topic", parameters.topic, "topic_id AS name FROM topics", "topic_id AS name FROM matches"),
        ("concept", parameters.concept, "unnest(concepts) AS name FROM topics", "concept AS name FROM mentions"),
    ):
        if asked is None:
            continue
        known = {row["name"] for row in fetch_rows(con, f"SELECT {listed}")}
        if asked not in known:  # Only then is the larger table worth reading.
            known |= {row["name"] for row in fetch_rows(con, f"SELECT DISTINCT {stored}")}
        if asked not in known:
            raise UsageError(f"--{option} {asked}: no {option} of this dataset has that id; {nearest(asked, known)}")


def _languages(con: duckdb.DuckDBPyConnection, parameters: Parameters) -> list[str] | None:
    """The languages that the topic has terms for; None where that is not known.

    Of a concept the tables do not say it. A topic's languages are languages of each concept that it names, so the
    concept has terms at least in the languages of all topics that name it.
    """
    condition = "topic_id = $topic" if parameters.topic is not None else "list_contains(concepts, $concept)"
    if parameters.topic is None and parameters.concept is None:
        return None
    values = {"topic": parameters.topic, "concept": parameters.concept}
    rows = fetch_rows(con, f"SELECT DISTINCT unnest(languages) AS language FROM topics WHERE {condition}", values)
    return sorted(row["language"] for row in rows) or None


def _choose_sources(con: duckdb.DuckDBPyConnection, asked: Asked) -> None:
    rows = fetch_rows(
        con,
        """
        SELECT source_id, n.source_id IS NOT NULL AS seen, s.languages
        FROM sources AS s FULL JOIN tail.seen_sources AS n USING (source_id)
        ORDER BY source_id
        """,
    )
    languages = {row["source_id"]: row["languages"] or [] for row in rows}
    for name in asked.parameters.sources:
        if name not in languages:
            raise UsageError(f"--source {name}: no source of this dataset has that id; {nearest(name, languages)}")
    panel, members = asked.parameters.panel, _members_here(asked, languages)
    chosen = asked.parameters.sources or (members if panel else tuple(r["source_id"] for r in rows if r["seen"]))
    if not chosen:
        [version] = fetch_rows(con, "FROM dataset")
        if version["known_by"] is not None:
            raise UsageError(
                f"nothing had been collected by {version['known_by']:%Y-%m-%d %H:%M} UTC; give --as_of a later day"
            )
        raise UsageError("this dataset holds no polls yet; run `vigie ingest` first")
    known = asked.values["languages"]
    # An event's sources are compared with others: with the panel, else with all.
    others = members if panel else tuple(r["source_id"] for r in rows if r["seen"] and asked.parameters.event)
    candidates = dict.fromkeys((*chosen, *others))
    asked.unreadable = [s for s in candidates if known and languages[s] and not set(languages[s]) & set(known)]
    asked.values["sources"] = sorted(set(chosen) - set(asked.unreadable))
    asked.values["members"] = sorted(set(others or chosen) - set(asked.unreadable))
    if not asked.values["sources"]:
        subject = asked.parameters.topic or asked.parameters.concept
        raise UsageError(
            f"{subject} has terms in {', '.join(known)} alone, and none of the sources asked for publishes in these:"
            f" {', '.join(asked.unreadable)}; ask for others with --source"
        )


def _members_here(asked: Asked, known: Collection[str]) -> tuple[str, ...]:
    """The members of the panel that the dataset has; the others are kept to be told of."""
    panel = asked.parameters.panel
    if panel is None:
        return ()
    if not panel.sources:
        raise UsageError(f"panel {panel.panel_id} has no members; name at least one source in it")
    asked.elsewhere = [name for name in panel.sources if name not in known]
    if len(asked.elsewhere) == len(panel.sources):
        raise UsageError(
            f"panel {panel.panel_id}: this dataset has none of its members ({', '.join(panel.sources)});"
            f" {nearest(panel.sources[0], known)}"
        )
    return tuple(name for name in panel.sources if name in known)


def _choose_period_and_panel(con: duckdb.DuckDBPyConnection, question: Question, asked: Asked) -> None:
    given, panel = asked.parameters, asked.parameters.panel
    members = asked.values.pop("members")
    oldest = None
    if given.backlog and given.since is None:
        [row] = remembered_rows(con, read_sql("_oldest.sql"), asked.values)
        oldest = row["first_day"]
    usual_first, last = _usual_days(con, asked)
    first = min(usual_first, oldest or usual_first)
    if given.event and not first <= given.event <= last:
        raise UsageError(f"--event {given.event}: lies outside the days of the data, {first} to {last}; name a day of these")
    since, until = given.since or first, given.until or last
    if given.since is None and question.name in _LAST_DAYS:
        since = max(first, until - timedelta(days=_LAST_DAYS[question.name] - 1))
    if since > until:  # Of dates that were both given, the order is checked already.
        side, other, end = ("since", "until", "last") if given.since else ("until", "since", "first")
        limit = until if given.since else since
        raise UsageError(
            f"--{side} {getattr(given, side)}: lies beyond the {end} day of the data, {limit};"
            f" choose another, or give --{other} too"
        )
    asked.values["since"], asked.values["until"] = since, until
    panel_from, panel_until = given.since or usual_first, until
    if question.name in _AS_MANY_BEFORE:
        before = (until - since).days + 1
    else:
        before = _BASELINE_DAYS.get(question.name, asked.values["pre"] if "baseline_from" in question.placeholders else 0)
    if before:  # The panel is one list throughout, so it is judged by the days of the baseline too, as far as polls reach.
        panel_from = asked.values["baseline_from"] = max(since - timedelta(days=before), min(since, usual_first))
    asked.values["looked_from"] = min(since, panel_from)
    asked.values["history_from"] = since - timedelta(days=_PLACEBO_DAYS)
    asked.days = (panel_until - panel_from).days + 1
    bounds = {"members": members or asked.values["sources"], "panel_from": panel_from, "panel_until": panel_until}
    asked.uncovered = {
        row["source_id"]: asked.days - row["covered_days"]
        for row in remembered_rows(con, read_sql("_panel_days.sql"), {**asked.values, **bounds})
        if row["covered_days"] < asked.days and row["source_id"] in members
    }
    asked.values["panel"] = members if panel else sorted(set(members) - set(asked.uncovered))


def _usual_days(con: duckdb.DuckDBPyConnection, asked: Asked) -> tuple[date, date]:
    """The first and the last day of the period where none is given; where nothing was polled, those that are."""
    [row] = remembered_rows(con, read_sql("_usual_days.sql"), asked.values)
    asked.period_covered = row["first_day"] is not None
    if not asked.period_covered:
        [row] = remembered_rows(con, read_sql("_seen_days.sql"), asked.values)
    first, last = row["first_day"] or asked.parameters.since, row["last_day"] or asked.parameters.until
    if first is None or last is None:
        raise UsageError(f"{', '.join(asked.values['sources'])}: never polled in this dataset; ask for others with --source")
    return first, last
