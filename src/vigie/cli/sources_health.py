"""`vigie sources health` and `vigie sources moved`: what polling has shown of the feeds, and what to do about it.

Exit codes of both: 0 nothing to do, 1 something to do, 2 wrong use; so cron can mail what they print.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigie.cli.common import DataOption, data_folder, told
from vigie.cli.query import FormatOption, OutOption
from vigie.clock import system_clock
from vigie.errors import UsageError, WorkError
from vigie.named_files import read_text

if TYPE_CHECKING:
    from vigie.queries import Answer
    from vigie.registry import Registry
    from vigie.registry.moves import Move

__all__ = ["health", "moved"]

#: A dataset that was not polled for so long is itself something to look at.
_STALE = timedelta(days=2)

_SourcesOption = Annotated[
    Path | None, typer.Option("--sources", metavar="FILE", help="Only the feeds of this registry, and those never polled too.")
]


def health(data: DataOption = None, sources: _SourcesOption = None, form: FormatOption = None, out: OutOption = None) -> None:
    """Tell which feeds are silent, failing, blocked, moved, duplicate, slow, empty, in a wrong language or dated ahead.

    Each with its evidence and what to do about it; exit code 1 where there is something to do, for cron. The same as the
    question feed-health, as of now (`vigie query feed-health`).
    """
    with told():
        registry = _named(sources)
        answer = _ask(data_folder(data), None if registry is None else [source.source_id for source in registry.sources])
        rows = answer.table.to_pylist()
        if registry is not None:
            feeds = {feed.feed_id for feed in registry.feeds}
            rows = [row for row in rows if row["feed_id"] in feeds]
        sick = [row for row in rows if row["problem"] != "healthy"]
        remarks = [*_never_polled(registry, rows), *_stale(rows, system_clock())]
        if form is not None or out is not None:
            _write(answer, sick, form.value if form else None, out)
        else:
            for row in sick:
                typer.echo(_told(row))
        for remark in remarks:
            typer.echo(remark, err=form is not None)
        counted = Counter(row["problem"] for row in sick)
        healthy = sum(1 for row in rows if row["problem"] == "healthy")
        parts = [f"{healthy} feeds healthy", *(f"{number} {problem}" for problem, number in sorted(counted.items()))]
        typer.echo(", ".join(parts), err=form is not None)
        if sick or remarks:
            raise typer.Exit(1)


def moved(
    data: DataOption = None,
    sources: Annotated[
        Path | None, typer.Option("--sources", metavar="FILE", help="Your registry, YAML or OPML: print the change to it.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the change to the file of --sources.")] = False,
) -> None:
    """Propose new addresses of feeds whose servers redirect for good (301, 308), as a change to a registry's file.

    Exit code 1 where there is something to change. Nothing is written without --apply.
    """
    with told():
        from vigie.registry.moves import Move, apply_moves, diff_of

        if apply and sources is None:
            raise UsageError("--apply: changes a file of yours; name it with --sources FILE")
        text = "" if sources is None else read_text(sources)
        _named(sources)
        rows = _ask(data_folder(data), None).table.to_pylist()
        moves = [Move(row["feed_id"], row["url"], row["moved_to"]) for row in rows if row["problem"] == "moved"]
        if not moves:
            typer.echo("no feed has moved")
            return
        for move in moves:
            warning = "; another host: see first that it is the publisher's" if move.other_host else ""
            typer.echo(f"{move.feed_id}: {move.old} → {move.new}{warning}", err=sources is not None)
        if sources is None:
            raise typer.Exit(1)
        changed, absent = apply_moves(text, moves)
        for move in absent:
            typer.echo(f"{move.feed_id}: {move.old} is not in {sources}", err=True)
        if changed != text:
            typer.echo(diff_of(text, changed, sources.name), nl=False)
        if not apply:
            raise typer.Exit(1)
        _replace(sources, changed, moves)


def _ask(folder: Path, source_ids: Sequence[str] | None) -> Answer:
    from vigie.queries import Parameters, ask, open_dataset

    with open_dataset(folder) as connection:
        if source_ids is not None:
            polled = {name for (name,) in connection.execute("SELECT DISTINCT source_id FROM stored.fetches").fetchall()}
            source_ids = sorted(polled & set(source_ids))
            if not source_ids:
                raise UsageError(f"{folder}: holds no polls of the sources named; poll them with `vigie ingest --sources FILE`")
        today = system_clock().date()
        return ask(connection, "feed-health", Parameters(until=today, sources=tuple(source_ids or ())))


def _told(row: dict[str, Any]) -> str:
    since = f" since {row['since']:%Y-%m-%d %H:%M} UTC" if row["since"] else ""
    return f"{row['feed_id']}: {row['problem']}{since}: {row['evidence']}\n    → {row['remedy']}"


def _never_polled(registry: Registry | None, rows: list[dict[str, Any]]) -> list[str]:
    if registry is None:
        return []
    polled = {row["feed_id"] for row in rows}
    return [
        f"{feed.feed_id}: never polled: no row of the ledger names it\n    → vigie ingest --sources FILE"
        for feed in registry.feeds
        if feed.url.startswith("http") and feed.feed_id not in polled
    ]


def _stale(rows: list[dict[str, Any]], now: datetime) -> list[str]:
    latest: datetime | None = max((row["last_poll_at"] for row in rows), default=None)
    if latest is None or now - latest <= _STALE:
        return []
    return [f"nothing was polled since {latest:%Y-%m-%d %H:%M} UTC\n    → see that `vigie ingest --every 15m` runs"]


def _write(answer: Answer, sick: list[dict[str, Any]], form: str | None, out: Path | None) -> None:
    import pyarrow as pa

    from vigie.cli.render import write_answer

    write_answer(replace(answer, content=pa.Table.from_pylist(sick, schema=answer.table.schema)), form, out)


def _named(path: Path | None) -> Registry | None:
    if path is None:
        return None
    from vigie.registry import load_registry

    return load_registry(path)


def _replace(path: Path, text: str, moves: Sequence[Move]) -> None:
    """Put the changed registry in the file's place, once it was seen to be one."""
    from vigie.registry import load_registry_bytes

    load_registry_bytes(text.encode(), str(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WorkError(f"{path}: cannot be written ({error.strerror}); check its rights and the free space") from None
    typer.echo(f"{path}: {len(moves)} addresses changed; the next poll asks the new ones", err=True)
