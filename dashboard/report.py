"""A report on one topic: what moved, whose voice it was, on which articles it rests, and what is not known.

:func:`compose` asks the questions; :mod:`vigie.dashboard.report_html` and :mod:`vigie.dashboard.report_markdown` write down
what it found. No figure is computed here: each is a row of an answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from vigie.dashboard.chart_files import to_svg
from vigie.dashboard.charts import (
    MOST_DAYS,
    Look,
    bars_chart,
    days_chart,
    describe_bars,
    describe_days,
    describe_trend,
    trend_chart,
)
from vigie.dashboard.report_quotes import Quote, quotes_of
from vigie.dashboard.words import say
from vigie.errors import UsageError
from vigie.locales import day_text, moment_text, number_text, share_text
from vigie.queries import Answer, Parameters, ask, load_question
from vigie.queries.choices import topic_labels
from vigie.queries.sentences import Sentences
from vigie.version import VERSION

__all__ = ["Block", "Chart", "Report", "Section", "Table", "compose"]

#: Articles that a report quotes; all of them are one query away.
MOST_QUOTED = 30
#: Edits of headlines that it lists.
MOST_EDITS = 20
_DAILY, _WEEKLY = 45, 370
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, with what it shows in words for those who do not see it."""

    title: str
    svg: str
    description: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the first column names, the others are numbers unless it says otherwise."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = True


Block = Chart | Table | tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and what stands under them."""

    title: str
    sentences: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says, before it is HTML or Markdown."""

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    #: Versions and time of making, by name.
    versions: Mapping[str, str]


@dataclass(frozen=True)
class _Asking:
    """The dataset, and what all questions of a report have in common."""

    con: duckdb.DuckDBPyConnection
    parameters: Parameters
    look: Look
    #: What sources are called, by id.
    names: Mapping[str, str]
    #: Of the panel, where one is named, the sources that figures are of: for questions that take no panel.
    members: tuple[str, ...] = ()

    def name(self, source: str) -> str:
        """What a source is called."""
        return self.names.get(source, source)

    def ask(self, name: str, **changes: Any) -> Answer:
        asked = dataclasses.replace(self.parameters, **changes)
        if "panel" not in load_question(name).takes:
            asked = dataclasses.replace(asked, panel=None, sources=asked.sources or self.members)
        return ask(self.con, name, asked, language=self.look.language)

    def say(self, key: str, **values: object) -> str:
        return say(self.look.language, f"report_{key}", **values)


def compose(con: duckdb.DuckDBPyConnection, parameters: Parameters, *, language: str, made_at: datetime) -> Report:
    """Ask all that a report needs.

    Args:
        con: A dataset, as :func:`vigie.queries.open_dataset` gives it.
        parameters: A topic at least; where no days are given they are chosen as for any question.
        language: `en` or `fr`.
        made_at: When it is made, aware UTC.

    Raises:
        UsageError: No topic is named, or a question cannot be asked so.
    """
    if parameters.topic is None:
        raise UsageError("a report needs a topic: name one with --topic (`vigie topics list`)")
    names = {row["source_id"]: row["name"] for row in _rows(con.sql("SELECT source_id, name FROM sources WHERE name <> ''"))}
    asking = _Asking(con, parameters, Look(language), names)
    whole = asking.ask("coverage", by="month")
    since, until = (date.fromisoformat(str(whole.parameters[key])) for key in ("since", "until"))
    # What was chosen for one question holds for all: a report is of one period and one panel.
    members = tuple(whole.parameters["sources"]) if parameters.panel is not None else ()
    fixed = dataclasses.replace(parameters, since=since, until=until)
    asking = dataclasses.replace(asking, parameters=fixed, members=members)
    days = (until - since).days + 1
    by = "day" if days <= _DAILY else "week" if days <= _WEEKLY else "month"
    [topic] = _rows(con.sql("SELECT description FROM topics WHERE topic_id = $topic", params={"topic": parameters.topic}))
    trend = asking.ask("coverage", by=by)
    return Report(
        language=language,
        title=topic_labels(con, language)[parameters.topic],
        subtitle=asking.say("subtitle", since=day_text(since, language), until=day_text(until, language)),
        sections=(
            _in_short(asking, topic["description"], trend, days),
            _movement(asking, trend, by),
            _voices(asking),
            _control(asking),
            _articles(asking),
            _edits(asking),
            _unknown(asking, trend),
            _reading(asking),
            _again(asking, by),
        ),
        versions={
            asking.say("data_version"): trend.data_version,
            asking.say("topics_version"): _topics_version(con),
            "vigie": VERSION,
            asking.say("made_at"): moment_text(made_at, language),
        },
    )


def _in_short(asking: _Asking, description: str, trend: Answer, days: int) -> Section:
    rows = _dated(trend)
    total, state = _total(rows)
    sources = [row for row in _rows(asking.ask("top-sources").table) if row["articles"]]
    speech = Sentences(asking.look.language)
    undated = sum(row["articles"] for row in _rows(trend.table) if row["bucket"] is None)
    counted = asking.say(
        "counted", articles=speech.articles(total), sources=speech.sources(len(sources)), state=asking.say(state)
    )
    sentences = [
        asking.say("defined", description=description) if description else "",
        # Unknown is not zero.
        asking.say("nothing_known") if state == "unknown" and not total else counted,
        asking.say("undated_besides", articles=speech.articles(undated)) if undated else "",
        _compared(asking, total, state, days),
    ]
    return Section(asking.say("in_short"), tuple(filter(None, sentences)))


def _compared(asking: _Asking, total: int, state: str, days: int) -> str:
    """The period before, where both were covered: a minimum is compared with nothing."""
    since = asking.parameters.since
    assert since is not None  # compose has set it
    first, last = since - timedelta(days=days), since - timedelta(days=1)
    before, state_before = _total(_dated(asking.ask("coverage", by="month", since=first, until=last)))
    span = {"first": day_text(first, asking.look.language), "last": day_text(last, asking.look.language)}
    if state != "covered" or state_before != "covered":
        return asking.say("not_compared", **span)
    return asking.say("compared", before=number_text(before, asking.look.language), **span)


def _movement(asking: _Asking, trend: Answer, by: str) -> Section:
    language = asking.look.language
    split = asking.ask("coverage", by=by, split="control")
    charts = [
        _trend(asking, trend, by, "articles", asking.say("how_many")),
        _trend(asking, trend, by, "share_of_output", asking.say("what_share")),
        _trend(asking, split, by, "articles", asking.say("by_control")),
    ]
    table = Table(
        asking.say("values"),
        tuple(asking.say(key) for key in (by, "articles", "state", "share")),
        tuple(
            (
                day_text(row["bucket"], language) if row["bucket"] else asking.say("undated"),
                number_text(row["articles"], language),
                asking.say(f"is_{row['state']}") if row["state"] else "–",
                share_text(row["share_of_output"], language),
            )
            for row in _rows(trend.table)
        ),
    )
    return Section(asking.say("movement"), (asking.say("gap_legend"),), (*charts, table, _by_control(asking, split, by)))


def _by_control(asking: _Asking, split: Answer, by: str) -> Table:
    """The numbers that are drawn by controlling state: a column each."""
    language = asking.look.language
    names = dict.fromkeys(row["split"] for row in _rows(split.table))
    cells: dict[date | None, dict[str, str]] = {}
    for row in _rows(split.table):
        least = "≥ " if row["articles"] is not None and row["state"] in ("partial", "unknown") else ""
        cells.setdefault(row["bucket"], {})[row["split"]] = least + number_text(row["articles"], language)
    return Table(
        asking.say("values_by_control"),
        (asking.say(by), *(asking.look.word("split", name) for name in names)),
        tuple(
            (day_text(bucket, language) if bucket else asking.say("undated"), *(row.get(name, "–") for name in names))
            for bucket, row in cells.items()
        ),
    )


def _trend(asking: _Asking, answer: Answer, by: str, measure: str, title: str) -> Chart:
    rows = _rows(answer.table)
    chart = trend_chart(rows, asking.look, measure=measure, by=by)
    return Chart(title, to_svg(chart, asking.look), describe_trend(rows, asking.look, measure=measure, by=by))


def _voices(asking: _Asking) -> Section:
    language = asking.look.language
    answer = asking.ask("share-of-voice")
    rows = [{**row, "split": asking.name(row["split"])} for row in _rows(answer.table) if row["articles"]]
    table = Table(
        asking.say("voices_table"),
        tuple(asking.say(key) for key in ("source", "articles", "share_of_volume", "share_equal")),
        tuple(
            (
                row["split"],
                number_text(row["articles"], language),
                share_text(row["share_of_volume"], language),
                share_text(row["share_of_volume_equal_output"], language),
            )
            for row in rows
        ),
    )
    if not rows:
        return Section(asking.say("voices"), (asking.say("no_shares"),))
    chart = bars_chart(rows, asking.look, value="share_of_volume")
    described = describe_bars(rows, asking.look, value="share_of_volume")
    drawn = Chart(asking.say("share_of_volume"), to_svg(chart, asking.look), described)
    return Section(asking.say("voices"), (asking.say("voices_note"),), (drawn, table))


def _control(asking: _Asking) -> Section:
    language = asking.look.language
    answer = asking.ask("state-against-independent")
    known = [row for row in _rows(answer.table) if row["difference"] is not None]
    if not known:
        return Section(asking.say("control"), (asking.say("no_control"),))
    sentences = [
        asking.say(
            "controlled",
            **{key: share_text(row[key], language) for key in ("share_of_output_state", "share_of_output_independent")},
            **{key: _points(row[key], language) for key in ("difference", "difference_low", "difference_high")},
            articles_state=number_text(row["articles_state"], language),
            articles_independent=number_text(row["articles_independent"], language),
        )
        for row in known
    ]
    return Section(asking.say("control"), tuple(sentences))


def _points(difference: float | None, language: str) -> str:
    """A difference of shares in percentage points."""
    return number_text(None if difference is None else 100 * difference, language, 1)


def _edits(asking: _Asking) -> Section:
    language = asking.look.language
    rows = _rows(asking.ask("headline-edits").table)
    if not rows:
        return Section(asking.say("edits"), (asking.say("no_edits"),))
    table = Table(
        asking.say("edits_table", shown=min(len(rows), MOST_EDITS), total=len(rows)),
        tuple(asking.say(key) for key in ("source", "changed", "before", "after")),
        tuple(
            (asking.name(row["source_id"]), moment_text(row["changed_at"], language), row["title_before"], row["title_after"])
            for row in rows[:MOST_EDITS]
        ),
        numbers=False,
    )
    return Section(asking.say("edits"), (), (table,))


def _articles(asking: _Asking) -> Section:
    articles = asking.ask("articles")
    quotes = quotes_of(articles, asking.ask("evidence"), asking.name, most=MOST_QUOTED)
    if not quotes:
        return Section(asking.say("articles_heading"), (asking.say("no_articles"),))
    note = asking.say("articles_note", shown=len(quotes), total=number_text(articles.table.num_rows, asking.look.language))
    return Section(asking.say("articles_heading"), (note,), (quotes,))


def _unknown(asking: _Asking, trend: Answer) -> Section:
    rows = _rows(
        asking.con.sql(
            "SELECT source_id, day, state FROM asked_days($sources, $since, $until, $tz) ORDER BY ALL",
            params={key: trend.parameters[key] for key in ("sources", "since", "until", "tz")},
        )
    )
    rows = [{**row, "source_id": asking.name(row["source_id"])} for row in rows]
    title, sentences = asking.say("unknown_heading"), (asking.say("unknown_note"), *trend.notes)
    if not rows:
        return Section(title, sentences)
    told = describe_days(rows, asking.look)
    if len(rows) > MOST_DAYS:  # Said in words alone.
        return Section(title, (told, *sentences))
    chart = Chart(asking.say("days"), to_svg(days_chart(rows, asking.look), asking.look), told)
    return Section(title, sentences, (chart,))


def _reading(asking: _Asking) -> Section:
    keys = ("method_counts", "method_coverage", "method_shares", "method_dates", "method_errors", "method_not_said")
    return Section(asking.say("method"), tuple(asking.say(key) for key in keys))


def _again(asking: _Asking, by: str) -> Section:
    """The commands that give each figure again."""
    asked = asking.parameters
    common = f"--topic {asked.topic} --since {asked.since} --until {asked.until} --scope {asked.scope} --tz {asked.tz}"
    for name, value in (("--backlog", asked.backlog), ("--overrides", asked.overrides)):
        common += f" {name}" if value else ""
    named = common + "".join(f" --source {source}" for source in asked.sources or asking.members)  # They take no panel.
    common += "".join(f" --source {source}" for source in asked.sources)
    if asked.panel is not None:
        common += f" --panel {asked.panel.panel_id}"
    commands = (
        f"vigie query coverage --by {by} {common}",
        f"vigie query coverage --by {by} --split control {common}",
        f"vigie query share-of-voice {common}",
        f"vigie query state-against-independent {common}",
        f"vigie query articles {common}",
        f"vigie query evidence {named}",
        f"vigie query headline-edits {named}",
    )
    table = Table(asking.say("again"), (asking.say("command"),), tuple((command,) for command in commands))
    return Section(asking.say("again_heading"), (), (table,))


def _total(rows: Sequence[Row]) -> tuple[int, str]:
    """Articles of a trend's steps together, and whether that is all, a minimum, or not known."""
    states = {row["state"] for row in rows}
    state = "covered" if states == {"covered"} else "unknown" if states <= {"unknown"} else "partial"
    return sum(row["articles"] or 0 for row in rows), state


def _dated(answer: Answer) -> list[Row]:
    return [row for row in _rows(answer.table) if row["bucket"] is not None]


def _rows(table: Any) -> list[Row]:
    rows: list[Row] = (table.to_arrow_table() if isinstance(table, duckdb.DuckDBPyRelation) else table).to_pylist()
    return rows


def _topics_version(con: duckdb.DuckDBPyConnection) -> str:
    [row] = _rows(con.sql("SELECT any_value(topics_version) AS version FROM topics"))
    return str(row["version"])
