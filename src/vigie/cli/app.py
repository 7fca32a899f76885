"""The command line: it only dispatches.

A command's module is imported when that command is asked for, and Beam only where a pipeline runs: questions are asked
many times a day, and each would wait for what it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer

from vigie.cli.plain import call_in_frame, read_plainly
from vigie.errors import VigieError
from vigie.heap import collect_seldom
from vigie.version import VERSION

__all__ = ["COMMANDS", "make_app", "run"]

#: Options that such a command does not know go on, to Beam for instance, which is asked whether it knows them.
_PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}


@dataclass(frozen=True, slots=True)
class _Command:
    """Where a command is: a function of a module, or its group `app`."""

    module: str
    function: str = "app"
    #: Whether options that it does not declare are handed on: to Beam, or to the question that is frozen.
    passes_on: bool = False
    #: Whether it is so short that what Typer takes to check options counts (vigie.cli.plain).
    is_short: bool = False

    def load(self) -> Any:
        """The function, or the group."""
        return getattr(import_module(self.module), self.function)


#: Every command, in the order in which the help lists them.
COMMANDS = {
    "demo": _Command("vigie.cli.demo", "demo"),
    "ingest": _Command("vigie.cli.ingest", "ingest", passes_on=True),
    "import": _Command("vigie.cli.history"),
    "stream": _Command("vigie.cli.stream", "stream", passes_on=True),
    "replay": _Command("vigie.cli.ingest", "replay", passes_on=True),
    "rematch": _Command("vigie.cli.rematch", "rematch", passes_on=True),
    "compact": _Command("vigie.cli.compact", "compact"),
    "forget": _Command("vigie.cli.compact", "forget"),
    "query": _Command("vigie.cli.query", "query", is_short=True),
    "sql": _Command("vigie.cli.query", "sql"),
    "freeze": _Command("vigie.cli.figures", "freeze", passes_on=True),
    "thaw": _Command("vigie.cli.figures", "thaw"),
    "catalog": _Command("vigie.cli.catalog", "catalog"),
    "report": _Command("vigie.cli.report", "report"),
    "dashboard": _Command("vigie.cli.dashboard", "dashboard"),
    "sources": _Command("vigie.cli.sources"),
    "topics": _Command("vigie.cli.topics"),
    "language": _Command("vigie.cli.language", "language"),
}


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vigie {VERSION}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version.")
    ] = False,
) -> None:
    """Watch news feeds: poll, identify, detect language, match topics, and show how coverage moves."""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with the commands named, by default all."""
    app = typer.Typer(
        name="vigie",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )
    app.callback()(_main)
    for name in names:
        command = COMMANDS[name]
        target = command.load()
        if command.function == "app":
            app.add_typer(target, name=name)
        else:
            app.command(name, context_settings=_PASS_THROUGH if command.passes_on else None)(target)
    return app


def run(arguments: list[str]) -> None:
    """Run a command line; only the module of the command that it names is imported.

    An error that a user is meant to see is told in its own words on stderr, without a traceback.
    """
    collect_seldom()  # To look for cycles while modules are loaded takes as long as loading one of the larger.
    # Typer checks options with pydantic, which else looks through all installed packages for plugins; there are none for this.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    named = [arguments[0]] if arguments and arguments[0] in COMMANDS else list(COMMANDS)
    try:
        if len(named) == 1 and COMMANDS[named[0]].is_short:
            command = COMMANDS[named[0]].load()
            values = read_plainly(command, arguments[1:])
            if values is not None:
                call_in_frame(partial(command, **values))
        make_app(named)(arguments)
    except VigieError as error:
        typer.echo(f"vigie: {error}", err=True)
        sys.exit(error.exit_code)
