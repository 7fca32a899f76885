"""`vigie freeze` and `vigie thaw`: keep a figure with all that it was computed from, and compute it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from vigie.cli.common import DataOption, data_folder, end_of_day, parse_day, told
from vigie.cli.query import parameters_of, query
from vigie.clock import system_clock
from vigie.errors import UsageError, WorkError

if TYPE_CHECKING:
    from vigie.figures import Figure

__all__ = ["freeze", "thaw"]

_SHOWN = 20


def freeze(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FIGURE", help="The question; its options follow, as for `vigie query`.")],
    out: Annotated[Path, typer.Option("--out", metavar="F.zip", help="The file to write.")],
    data: DataOption = None,
) -> None:
    """Keep a figure for good: a question with its parameters, its answer, and all that the answer was computed from.

    The file holds the SQL, the parameters, panel, topics and registry, the list of articles with links and hashes, and the
    rows needed to compute the figure again. Texts are in it only where the question reads them.

    Example: vigie freeze coverage --topic franco-russian-relations --by week --out relations.zip
    """
    with told():
        from vigie.figures import freeze as run

        frozen = run(data_folder(data), _figure(name, context.args, data), out, at=system_clock())
        typer.echo(f"{frozen.path}: {name}, {frozen.answer.table.num_rows} rows, {frozen.articles:,} articles")
        typer.echo(f"mark {frozen.mark}: print it with the figure; `vigie thaw` shows that of a file")


def thaw(
    path: Annotated[Path, typer.Argument(metavar="F.zip", help="A frozen figure.", show_default=False)],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Ask the same of this dataset too, and compare.")
    ] = None,
) -> None:
    """Compute a frozen figure again, offline, and say what differs: the answer, the code, and the data where one is named.

    Ends with 0 where the figure is what it was, with 1 where it is not or the file was changed.
    """
    with told():
        from vigie.cli.render import write_answer
        from vigie.figures import thaw as run

        thawed = run(path, data)
        write_answer(thawed.answer, None, None)
        typer.echo(f"\nfrozen {thawed.frozen_at} by vigie {thawed.code_version}, mark {thawed.mark}")
        _say("answer", thawed.answer_differs, "the same as when it was frozen")
        _say("code", thawed.code_differs, "the same")
        if data is not None:
            _say("data", thawed.data_differs, f"{data} gives the same answer")
        if not thawed.same:
            raise WorkError(f"{path}: the figure is not what it was; what differs is told above")


def _say(what: str, found: tuple[str, ...], same: str) -> None:
    typer.echo(f"{what + ':':8} {'differs' if found else same}")
    for line in found[:_SHOWN]:
        typer.echo(f"         {line}")
    if len(found) > _SHOWN:
        typer.echo(f"         and {len(found) - _SHOWN} more")


def _figure(name: str, arguments: list[str], data: Path | None) -> Figure:
    """The figure that a command line names, read as `vigie query` reads it."""
    from vigie.figures import Figure
    from vigie.queries import load_question

    question = load_question(name)
    asking = typer.Typer()
    asking.command()(query)
    try:
        values: dict[str, Any] = get_command(asking).make_context("vigie freeze", [name, *arguments]).params
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise UsageError(f"{error.format_message()}; a figure is asked for as with `vigie query {name}`") from error
    for option in ("form", "listing", "data", "out"):
        if values.pop(option):
            raise UsageError(
                f"--{'format' if option == 'form' else option}: is for `vigie query`; a figure is frozen without it"
            )
    version = values.pop("topics_version")
    day = parse_day("--as_of", values["as_of"])
    parameters = parameters_of(question, data, **{key: value for key, value in values.items() if key != "name"})
    known_by = end_of_day(day, parameters.tz) if day and "as_of" not in question.takes else None
    return Figure(name, parameters, version, known_by)
