"""`vigie import`: history that vigie did not collect itself, from captures of feeds and from tables of articles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.common import DataOption, data_folder, parse_day, told
from vigie.cli.ingest import make_job, say_summary
from vigie.errors import UsageError

if TYPE_CHECKING:
    from vigie.importing.exports import Completeness, Export
    from vigie.registry import Registry
    from vigie.schemas import Option
    from vigie.storage import Dataset

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Bring in history: archived captures of feeds, or tables of articles.")

_SourcesOption = Annotated[
    Path | None,
    typer.Option("--sources", metavar="FILE", help="Registry of sources: YAML, or any OPML file. Default: the dataset's own."),
]
_TopicsOption = Annotated[
    list[Path] | None,
    typer.Option("--topics", metavar="PATH", help="Topics: a YAML file or a folder. Default: the dataset's own, else vigie's."),
]
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@app.command("captures")
def captures(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Folders of captures.", show_default=False)],
    data: DataOption = None,
    sources: _SourcesOption = None,
    feed: Annotated[
        str | None,
        typer.Option("--feed", metavar="ID", help="The feed that all of them are of. Default: told by the address captured."),
    ] = None,
    topics: _TopicsOption = None,
) -> None:
    """Read captures of feeds by the Wayback Machine, each as a poll at the time it was made.

    The time is the 14 digits in a file's path, as in 20170529180000.xml or 20170529180000/outlet.example/rss. Folders of
    waybackpack and wayback_machine_downloader are read as they are, a CDX index (JSON) beside the files is heeded, and
    addresses that lead through the archive are set right. What is not read is told. Reading it again changes nothing.
    """
    with told():
        from vigie.importing.captures import plan_captures
        from vigie.storage import Dataset
        from vigie.storage.locks import hold

        dataset = Dataset(data_folder(data))
        registry = _registry(dataset, sources)
        notes: list[str] = []
        planned = plan_captures(folders, registry, feed=registry.feed(feed) if feed else None, notes=notes)
        for note in notes:
            typer.echo(note, err=True)
        if not planned:
            raise UsageError(
                f"{' '.join(map(str, folders))}: no capture of a feed of the registry is there; name the registry with"
                " --sources, or the feed with --feed"
            )
        job = make_job(dataset, registry, topics, ())
        from vigie.pipelines.import_history import import_captures
        from vigie.pipelines.ingest import new_polls

        with hold(dataset.root, "ingest"):
            new = new_polls(job, planned)
            if len(new) < len(planned):
                typer.echo(f"{len(planned) - len(new)} of {len(planned)} captures are in {dataset.root} already", err=True)
            summary = import_captures(job, new, settings=_settings(captures=folders, sources=sources, feed=feed))
        say_summary(dataset, summary)


@app.command("articles")
def articles(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV or JSON lines.", show_default=False)],
    column_map: Annotated[
        str,
        typer.Option("--map", metavar="MAP", help="Which column is what: mediacloud, factiva, or a YAML file of one's own."),
    ],
    data: DataOption = None,
    sources: _SourcesOption = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="S", help="The source of all rows. Default: told by outlet or address.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--origin", help="A name for where they come from. Default: the map's name.")
    ] = None,
    complete_from: Annotated[
        str | None, typer.Option("--complete_from", metavar="D", help="First day on which the export is known to be complete.")
    ] = None,
    complete_until: Annotated[
        str | None, typer.Option("--complete_until", metavar="D", help="Last such day, in each outlet's zone.")
    ] = None,
    topics: _TopicsOption = None,
) -> None:
    """Read tables of articles that another archive exported, as Media Cloud, Factiva or one's own.

    An export is no poll: its days stay unknown, and counts in them are minima, unless --complete_from and --complete_until
    state that it holds everything its outlets published in that time. The statement is kept, with the origin. Outlets are
    looked up in the registry by address and name. Reading a file again changes nothing. It counts as made at its own time,
    or at that of its newest row, where it cannot have been made before.
    """
    with told():
        from vigie.clock import system_clock
        from vigie.importing.column_map import load_column_map
        from vigie.importing.exports import read_export
        from vigie.storage import Dataset
        from vigie.storage.locks import hold

        mapped = load_column_map(column_map)
        completeness = _completeness(complete_from, complete_until)
        if origin is not None and not _ORIGIN.fullmatch(origin):
            raise UsageError(f"--origin {origin}: write a short name in lower case, as mediacloud or factiva-2017")
        dataset = Dataset(data_folder(data))
        registry = _registry(dataset, sources)
        if source is not None:
            registry.source(source)
        exports = [
            read_export(
                path,
                mapped,
                registry,
                origin=origin or "",
                source_id=source or "",
                now=system_clock(),
                completeness=completeness,
            )
            for path in files
        ]
        for export in exports:
            _say_times(dataset, export)
            _say_date_order(export)
            _say_unregistered(registry, export.rows)
            _say_days_alone(export.days_alone)
        settings = _settings(articles=files, map=column_map, origin=origin, source=source, complete_from=complete_from,
                             complete_until=complete_until, sources=sources)  # fmt: skip
        for export in exports:
            job = make_job(dataset, _registry(dataset, sources), topics, ())
            from vigie.pipelines.import_history import import_export

            with hold(dataset.root, "ingest"):
                say_summary(dataset, import_export(job, export, settings=settings))


def _registry(dataset: Dataset, named: Path | None) -> Registry:
    from vigie.registry import Registry, load_registry

    stored = Registry(tuple(dataset.read_version("sources")))
    if named is not None:
        loaded = load_registry(named)
        for note in loaded.notes:
            typer.echo(note, err=True)
        return stored.merged(loaded)
    return stored if stored.sources else load_registry()


def _completeness(first: str | None, last: str | None) -> Completeness | None:
    from vigie.importing.exports import Completeness

    since, until = parse_day("--complete_from", first), parse_day("--complete_until", last)
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise UsageError("--complete_from and --complete_until: a statement has a first and a last day; give both")
    if since > until:
        raise UsageError(
            f"--complete_from {since} lies after --complete_until {until}: the dates are the wrong way round; swap them"
        )
    return Completeness(since, until)


def _say_unregistered(registry: Registry, rows: dict[str, int]) -> None:
    unknown = sorted(source for source in rows if not registry.has_source(source))
    if unknown:
        some = ", ".join(f"{source} ({rows[source]})" for source in unknown[:8]) + (" …" if len(unknown) > 8 else "")
        typer.echo(
            f"Outlets that are in no registry, and become sources of which nothing but the id is known: {some}; the map's"
            " `sources` may say which ids they have, --sources brings more",
            err=True,
        )


def _say_times(dataset: Dataset, export: Export) -> None:
    """Say where a file's time lies before its rows, and that rows which were read before stay as they are."""
    from vigie.storage.known import known_bodies

    if export.made_at > export.file_time:
        typer.echo(
            f"{export.path}: the file's time, {export.file_time:%Y-%m-%d %H:%M} UTC, lies before its rows; it counts as made"
            f" with the newest of them, {export.made_at:%Y-%m-%d %H:%M} UTC",
            err=True,
        )
    known = known_bodies(dataset, {feed.feed_id for feed in export.feeds})
    earlier = min((at for *_, at in known), default=None)
    if earlier is None:
        return
    lost = " Later rows lost their dates by that: read the file into a new dataset." if export.loses_dates(earlier) else ""
    typer.echo(
        f"{export.path}: was read into {dataset.root} before, as made {earlier:%Y-%m-%d %H:%M} UTC; what was read"
        f" then stays as it is.{lost}",
        err=True,
    )


def _say_date_order(export: Export) -> None:
    """Say how days are read that could be two, as 03/04/2017."""
    if export.date_order == "month":
        typer.echo(f"{export.path}: days are read month first, as 05/29/2017, since some can be nothing else", err=True)
    elif export.date_order == "either":
        typer.echo(
            f"{export.path}: days are read day first, 03/04/2017 as the 3rd of April; nothing in the file tells. If they are"
            " written month first, write them as 2017-03-04",
            err=True,
        )


def _say_days_alone(rows: dict[str, int]) -> None:
    """Say of rows without an hour in which zone their days begin: cut in another, they fall into the day before or after."""
    zones = {zone: number for zone, number in sorted(rows.items()) if zone != "UTC"}
    if zones:
        some = ", ".join(f"{zone} ({number})" for zone, number in zones.items())
        typer.echo(
            f"Rows with a day and no hour stand at its first moment in their outlet's zone: {some}; ask with that --tz, since"
            " days cut in UTC would take them into the day before or after",
            err=True,
        )


def _settings(**values: object) -> list[Option]:
    from vigie.schemas import Option

    return [Option(name, " ".join(map(str, v)) if isinstance(v, list) else str(v)) for name, v in values.items() if v]
