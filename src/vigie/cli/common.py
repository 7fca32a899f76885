"""What the commands share: the data folder, how errors are told, and progress on stderr."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from vigie.errors import UsageError, VigieError

if TYPE_CHECKING:
    from vigie.schemas import Panel

__all__ = [
    "DEFAULT_DATA",
    "DataOption",
    "DryRunOption",
    "data_folder",
    "end_of_day",
    "language_code",
    "local_folder",
    "panel_named",
    "parse_day",
    "parse_duration",
    "progress_bar",
    "readable_folder",
    "told",
]

DEFAULT_DATA = Path("data")
#: Years that a question may name: beyond them lies a slip of the pen, and millions of empty days.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The dataset's folder. Default: the variable VIGIE_DATA, else data/."),
]

DryRunOption = Annotated[bool, typer.Option("--dry_run", help="Print the graph for the runner, and run nothing.")]


def data_folder(data: Path | None) -> Path:
    """The dataset that a command works on: ``--data``, else the variable ``VIGIE_DATA``, else ``data/``.

    Raises:
        UsageError: Its name is no text.
    """
    folder = data or Path(os.environ.get("VIGIE_DATA") or DEFAULT_DATA)
    if any(0xD800 <= ord(char) <= 0xDFFF for char in str(folder)):
        raise UsageError(f"--data {str(folder)!a}: is no UTF-8 name, which DuckDB needs; name another folder")
    return folder


def local_folder(data: Path | None) -> Path:
    """The same, for what replaces files that are there.

    Raises:
        UsageError: It is in an object store, where no file can be replaced in one step with others.
    """
    folder = data_folder(data)
    if str(folder).startswith("s3:/"):
        raise UsageError(f"--data {folder}: works over a folder only; copy the bucket, work on that, and put it back")
    return folder


def readable_folder(data: Path | None) -> Path:
    """The same, where its files can be read: for a dataset in an object store, the copy of it as it is now."""
    folder = data_folder(data)
    if not str(folder).startswith("s3:/"):
        return folder
    from vigie.storage import Dataset

    return Dataset(folder).pull()


def panel_named(named: str | None, data: Path | None) -> Panel | None:
    """The panel that an option names: one of the dataset, one that vigie ships, or a file's; None where none is named.

    Raises:
        UsageError: There is no such panel, or the file is wrong.
    """
    if named is None:
        return None
    from vigie.registry.panel import find_panel
    from vigie.storage import Dataset

    return find_panel(named, Dataset(readable_folder(data)).read_version("panels"))


def parse_day(option: str, text: str | None) -> date | None:
    """The day that an option names, None where it is not given.

    Raises:
        UsageError: It is none.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return day
        raise UsageError(f"{option} {text}: no feed is of that time; name a day between {_FIRST_YEAR} and {_LAST_YEAR}")
    except ValueError:
        raise UsageError(f"{option} {text}: is no day; write it as YYYY-MM-DD, for instance 2017-05-29") from None


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which a local day ends, UTC.

    Raises:
        UsageError: There is no such zone.
    """
    try:
        midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--tz {zone}: no such time zone; name it as Europe/Paris") from None
    return midnight.astimezone(UTC)


def language_code(given: str, where: str) -> str:
    """The ISO 639-1 code that a language tag or name means (`fr-FR`, `FR`, `french`), or `und`; empty where none is given.

    Args:
        given: As the user wrote it.
        where: The option or line, for the error.

    Raises:
        UsageError: It means no language.
    """
    from vigie.language.tags import language_of_tag

    tag = given.strip()
    code = "und" if tag.casefold() == "und" else language_of_tag(tag)
    if tag and not code:
        raise UsageError(f"{where}: `{tag}` names no language; write its ISO 639-1 code, as `fr`, or leave it out")
    return code


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(option: str, text: str) -> timedelta:
    """The length of time that an option names: a number and s, m, h or d.

    Raises:
        UsageError: It is none, or is no time at all.
    """
    match = re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", text)
    if match is None or not int(match[1]):
        raise UsageError(f"{option} {text}: is no length of time; write a number and s, m, h or d, for instance 15m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


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
    from rich.console import Console  # Late: most commands show none.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)
