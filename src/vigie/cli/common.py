"""What the commands share: the data folder, how errors are told, and progress on stderr."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vigie.errors import VigieError

__all__ = ["DEFAULT_DATA", "DataOption", "data_folder", "progress_bar", "told"]

DEFAULT_DATA = Path("data")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The dataset's folder. Default: the variable VIGIE_DATA, else data/."),
]


def data_folder(data: Path | None) -> Path:
    """The dataset that a command works on: ``--data``, else the variable ``VIGIE_DATA``, else ``data/``."""
    return data or Path(os.environ.get("VIGIE_DATA") or DEFAULT_DATA)


@contextmanager
def told() -> Iterator[None]:
    """Tell the user of an expected error in one line on stderr, without a traceback, and end with its exit code."""
    try:
        yield
    except VigieError as error:
        typer.echo(f"vigie: {error}", err=True)
        raise typer.Exit(error.exit_code) from None


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar with counts on stderr; silent where stderr is no terminal.

    Yields:
        What to call with the number of things done since the last call.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)
