"""`vigie query` and `vigie sql`: ask a dataset. Imports the questions late, and never Beam."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.cli.common import DataOption, end_of_day, panel_named, parse_day, readable_folder, told
from vigie.cli.question_options import (
    BacklogOption,
    OverridesOption,
    PanelOption,
    Scope,
    ScopeOption,
    SinceOption,
    SourceOption,
    TopicsVersionOption,
    UntilOption,
    ZoneOption,
)
from vigie.errors import UsageError

if TYPE_CHECKING:
    from vigie.queries import Parameters, Question

__all__ = ["parameters_of", "query", "sql"]


class _Step(enum.StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PERIOD = "period"


class _Split(enum.StrEnum):
    LANGUAGE = "language"
    COUNTRY = "country"
    CONTROL = "control"
    SOURCE = "source"
    NONE = "none"


class _Format(enum.StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


FormatOption = Annotated[
    _Format | None, typer.Option("--format", help="How to give it. Default: by the name of --out, else table.")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the terminal.")]


def query(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The question; see --list.", show_default=False)] = None,
    data: DataOption = None,
    topic: Annotated[str | None, typer.Option(metavar="T", help="Articles on this topic (`vigie topics list`).")] = None,
    concept: Annotated[str | None, typer.Option(metavar="C", help="Articles that mention this concept, instead.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    by: Annotated[_Step | None, typer.Option(help="How long a step of the trend is.")] = None,
    split: Annotated[_Split | None, typer.Option(help="A series for each; control: the controlling state that day.")] = None,
    source: SourceOption = None,
    panel: PanelOption = None,
    scope: ScopeOption = Scope.LEAD,
    backlog: BacklogOption = False,
    overrides: OverridesOption = False,
    topics_version: TopicsVersionOption = None,
    tz: ZoneOption = "UTC",
    event: Annotated[
        str | None, typer.Option(metavar="D", help="Day of an event, the first of the days after it (before-after).")
    ] = None,
    pre: Annotated[int | None, typer.Option(metavar="N", help="Days before, for comparison. Default: 28.")] = None,
    post: Annotated[int | None, typer.Option(metavar="N", help="Days from the event on. Default: 28.")] = None,
    state: Annotated[str | None, typer.Option(metavar="XX", help="State media of this state alone (country code).")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as_of", metavar="D", help="Ask of what had been collected by the end of this day.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Decides which days a bootstrap draws.")] = 1,
    article: Annotated[str | None, typer.Option(metavar="ID", help="One article, by its article_id.")] = None,
    words: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Articles whose title or text says this, regardless of case.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="The latest N rows alone (articles).")] = None,
    form: FormatOption = None,
    out: OutOption = None,
    listing: Annotated[bool, typer.Option("--list", help="List the questions and what each takes, and stop.")] = False,
) -> None:
    """Ask a question: how coverage moved, whose voice it is, and which articles and words stand behind a number.

    Counts are of articles by the first date they claimed; days that polls did not cover are marked and never drawn as
    zero; shares run over a panel of sources on the days on which all of them were covered. Notes say what was left out.

    Example: vigie query coverage --topic franco-russian-relations --by week --split language
    """
    with told():
        if listing:
            _print_questions()
            return
        from vigie.cli.render import write_answer
        from vigie.queries import ask_once, list_questions, load_question

        if name is None:
            raise UsageError(f"no question was asked; give one of {', '.join(q.name for q in list_questions())}")
        question = load_question(name)  # A wrong name is told before a wrong folder.
        day_of = parse_day("--as_of", as_of)
        parameters = parameters_of(
            question,
            data,
            topic=topic,
            concept=concept,
            since=since,
            until=until,
            by=by,
            split=split,
            source=source,
            panel=panel,
            event=event,
            pre=pre,
            post=post,
            state=state,
            as_of=as_of,
            seed=seed,
            article=article,
            words=words,
            limit=limit,
            scope=scope,
            backlog=backlog,
            overrides=overrides,
            tz=tz,
        )
        known_by = end_of_day(day_of, tz) if day_of and "as_of" not in question.takes else None
        answer = ask_once(readable_folder(data), name, parameters, topics_version=topics_version, known_by=known_by)
        write_answer(answer, form.value if form else None, out)


def sql(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="One SELECT (or FROM, WITH, DESCRIBE …).")],
    data: DataOption = None,
    topics_version: TopicsVersionOption = None,
    form: FormatOption = None,
    out: OutOption = None,
) -> None:
    """Run one SQL statement over the dataset's views; it can read them and nothing else.

    Example: vigie sql "SELECT source_id, count(*) FROM articles GROUP BY ALL ORDER BY 2 DESC"

    `vigie sql "SHOW TABLES"` lists the views, `vigie sql "DESCRIBE articles"` the columns of one. The rows of the files as
    they were written, repetitions included, are in the schema `stored`.
    """
    with told():
        from vigie.cli.render import write_answer
        from vigie.queries import open_dataset, run_sql

        answer = run_sql(open_dataset(readable_folder(data), topics_version=topics_version), statement)
        write_answer(answer, form.value if form else None, out)


def parameters_of(question: "Question", data: Path | None, **options: Any) -> "Parameters":
    """What the options of `vigie query` ask for.

    Args:
        question: The question.
        data: The dataset's folder, as `--data` names it: it may have panels of its own.
        **options: The options by name.

    Raises:
        UsageError: A day is none, or there is no such panel.
    """
    from vigie.queries import Parameters

    days: dict[str, Any] = {name: parse_day(f"--{name}", options.pop(name)) for name in ("since", "until", "event", "as_of")}
    if "as_of" not in question.takes:
        days["as_of"] = None  # It decides what is opened, not what is asked.
    choices: dict[str, Any] = {name: _chosen(options.pop(name)) for name in ("by", "split", "scope")}
    sources, panel = tuple(options.pop("source") or ()), panel_named(options.pop("panel"), data)
    return Parameters(sources=sources, panel=panel, **days, **choices, **options)


def _chosen(value: enum.Enum | str | None) -> str | None:
    """The word of a choice, also where it was not made one yet."""
    return value.value if isinstance(value, enum.Enum) else value


def _print_questions() -> None:
    from vigie.queries import list_questions

    for question in list_questions():
        options = " ".join("--source" if name == "sources" else f"--{name}" for name in question.takes)
        typer.echo(f"{question.name}\n    {question.title}\n    {options}")
