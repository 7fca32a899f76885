"""`vigie sources`: check and list a registry of sources, and exchange it with other programs as OPML.

Data goes to stdout, everything else to stderr. Exit codes: 0, 1 (work failed), 2 (wrong use or an invalid file).
"""

from __future__ import annotations

import csv
import enum
import io
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vigie.cli.common import DataOption, data_folder, readable_folder, told
from vigie.cli.sources_health import health, moved
from vigie.errors import UsageError, WorkError
from vigie.panels import shipped_panels
from vigie.registry import Registry, claim_in_force, claim_on, find_panel, load_registry, to_opml, to_yaml
from vigie.schemas import Claim, Source, to_rows

__all__ = ["app"]

app = typer.Typer(
    name="sources",
    help="The outlets that vigie watches: check, list, import and export them, and see how their feeds fare.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_COLUMNS = ("id", "name", "edition", "country", "control", "independence", "languages", "feeds")
_WIDTH = 200  # columns of a table that goes to a file or a pipe
_IMPORT_HEADING = """Imported by `vigie sources import-opml` from {file}.
An OPML file does not say who owns and controls a source: fill in country, time_zone, owner, controlling_state and
independence, each claim with its basis. Then: vigie sources check FILE"""

_Registry = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Registry in YAML, or any OPML file. Default: the registry that vigie ships."),
]
_Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file. Default: stdout.")]
_Force = Annotated[bool, typer.Option("--force", help="Replace the file of --out where it exists.")]


class _Format(enum.StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.command("check")
def check(file: _Registry = None) -> None:
    """Check a registry: print what it holds, or every error with file, line and key."""
    with told():
        registry = load_registry(file)
        _tell_notes(registry)
        countries = {source.country for source in registry.sources if source.country}
        languages = {language for source in registry.sources for language in source.languages}
        unowned = sum(1 for source in registry.sources if not source.controlling_state)
        typer.echo(
            f"{file or 'shipped registry'}: valid, {len(registry.sources)} sources, {len(registry.feeds)} feeds,"
            f" {len(countries)} countries, {len(languages)} languages, version {registry.version}"
        )
        if unowned:
            typer.echo(
                f"{unowned} sources do not say which state controls them: figures split by control leave them out", err=True
            )


@app.command("list")
def list_sources(
    file: _Registry = None,
    output: Annotated[_Format, typer.Option("--format", help="How to print them.")] = _Format.TABLE,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], metavar="DAY", help="Control and independence on this day. Default: now."),
    ] = None,
) -> None:
    """List sources: who they are, which state controls them, how independent they are."""
    with told():
        registry = load_registry(file)
        _tell_notes(registry)
        day = on.date() if on else None
        if output is _Format.JSON:
            typer.echo(json.dumps(to_rows(Source, registry.sources), ensure_ascii=False, indent=2, default=str))
        elif output is _Format.CSV:
            typer.echo(_csv(registry, day), nl=False)
        else:
            _print_table(registry, day)


@app.command("panels")
def list_panels(data: DataOption = None) -> None:
    """List the panels: fixed lists of sources for shares, `--panel NAME` in a question; the dataset's own, then vigie's."""
    with told():
        from vigie.storage import Dataset

        own = Dataset(readable_folder(data)).read_version("panels")
        shipped = [find_panel(name) for name in shipped_panels()]
        for panel in (*own, *shipped):
            said = f"{panel.panel_id} (version {panel.version}): {panel.label}"
            typer.echo("\n    ".join(filter(None, (said, panel.reason, ", ".join(panel.sources)))))


@app.command("load-panel")
def load_panel_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The panel in YAML; its members are sources of the dataset.")],
    data: DataOption = None,
) -> None:
    """Load a panel of your own into a dataset: questions, pages and reports then know it by its id."""
    with told():
        from vigie.clock import system_clock
        from vigie.registry.panel import load_panel
        from vigie.storage import Dataset
        from vigie.storage.panels import store_panel

        dataset = Dataset(data_folder(data))
        registry = Registry(tuple(dataset.read_version("sources")))
        if not registry.sources:
            raise UsageError(f"--data {dataset.root}: holds no registry; see that it names a dataset")
        panel = load_panel(file, registry)
        written = store_panel(dataset, panel, at=system_clock())
        what = f"panel {panel.panel_id}, version {panel.version}, {len(panel.sources)} sources"
        typer.echo(f"{what}: {'loaded' if written else 'there already'}; the data is in {dataset.root}")


@app.command("import-opml")
def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The OPML file; it need not be well-formed.")],
    out: _Out = None,
    force: _Force = False,
) -> None:
    """Turn an OPML file into a registry in YAML, and say what was repaired."""
    with told():
        registry = load_registry(file)
        _tell_notes(registry)
        _write(to_yaml(registry, heading=_IMPORT_HEADING.format(file=file.name)), out, force)
        typer.echo(
            f"{file}: {len(registry.sources)} sources, {len(registry.feeds)} feeds, {len(registry.notes)} repairs", err=True
        )


@app.command("export-opml")
def export_opml(file: _Registry = None, out: _Out = None, force: _Force = False) -> None:
    """Write the feeds as OPML 2.0, for a feed reader; ownership is not part of it."""
    with told():
        registry = load_registry(file)
        _tell_notes(registry)
        _write(to_opml(registry), out, force)


app.command("health")(health)
app.command("moved")(moved)


def _tell_notes(registry: Registry) -> None:
    for note in registry.notes:
        typer.echo(note, err=True)


def _claimed(claims: tuple[Claim, ...], day: date | None) -> str:
    claim = claim_on(claims, day) if day else claim_in_force(claims)
    return claim.value if claim else ""


def _row(source: Source, day: date | None) -> tuple[str, ...]:
    return (
        source.source_id,
        source.name,
        source.edition,
        source.country,
        _claimed(source.controlling_state, day),
        _claimed(source.independence, day),
        " ".join(source.languages),
        str(len(source.feeds)),
    )


def _csv(registry: Registry, day: date | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(source, day) for source in registry.sources)
    return text.getvalue()


def _print_table(registry: Registry, day: date | None) -> None:
    when = f"on {day}" if day else "now"
    table = Table(title=f"{len(registry.sources)} sources, control and independence {when}", title_justify="left")
    for column in _COLUMNS:
        table.add_column(column, no_wrap=column == "id", justify="right" if column == "feeds" else "left")
    for source in registry.sources:
        table.add_row(*_row(source, day))
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False)
    console.print(table)


def _write(text: str, out: Path | None, force: bool) -> None:
    """Print a text, or put it in a file as a whole: a file half written is never left under its name."""
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists() and not force:
        raise UsageError(f"{out}: exists already; name another file, or replace it with --force")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent}: there is no such directory; create it first")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WorkError(
            f"{out}: cannot be written ({error.strerror}); check the directory's permissions and free space"
        ) from None
