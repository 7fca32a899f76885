"""`vigie report`: one topic over one period as a file that can be mailed. Imports neither Beam nor the page."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.common import DataOption, data_folder, panel_named, parse_day
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
from vigie.clock import system_clock
from vigie.errors import UsageError, WorkError

__all__ = ["report"]


class _Format(enum.StrEnum):
    HTML = "html"
    MD = "md"


class _Language(enum.StrEnum):
    EN = "en"
    FR = "fr"


_ENDINGS = {".html": _Format.HTML, ".htm": _Format.HTML, ".md": _Format.MD}


def report(
    topic: Annotated[str, typer.Option(metavar="T", help="The topic (`vigie topics list`).")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")],
    data: DataOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    panel: PanelOption = None,
    scope: ScopeOption = Scope.LEAD,
    backlog: BacklogOption = False,
    overrides: OverridesOption = False,
    topics_version: TopicsVersionOption = None,
    tz: ZoneOption = "UTC",
    language: Annotated[_Language, typer.Option(help="Language of the report.")] = _Language.EN,
    form: Annotated[
        _Format | None, typer.Option("--format", help="How to write it. Default: by the name of --out, else html.")
    ] = None,
) -> None:
    """Write a report on one topic: how coverage moved, whose voice it was, the articles with their evidence, what is unknown.

    The HTML file holds everything (charts, tables, articles, notes, versions), opens without a network and prints well.

    Example: vigie report --topic franco-russian-relations --since 2017-05-22 --until 2017-06-11 --out report.html
    """
    from vigie.dashboard.report import compose
    from vigie.dashboard.report_html import to_html
    from vigie.dashboard.report_markdown import to_markdown
    from vigie.queries import Parameters, open_dataset

    chosen = form or _ENDINGS.get(out.suffix.lower(), _Format.HTML)
    if out.is_dir():
        raise UsageError(f"--out {out}: is a folder; name the file to write, for instance {out / 'report.html'}")
    parameters = Parameters(
        topic=topic,
        since=parse_day("--since", since),
        until=parse_day("--until", until),
        sources=tuple(source or ()),
        panel=panel_named(panel, data),
        scope=scope.value,
        backlog=backlog,
        overrides=overrides,
        tz=tz,
    )
    con = open_dataset(data_folder(data), topics_version=topics_version)
    composed = compose(con, parameters, language=language.value, made_at=system_clock())
    text = to_markdown(composed) if chosen is _Format.MD else to_html(composed)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkError(f"--out {out}: cannot be written ({error.strerror}); name another file") from error
    typer.echo(f"{out}: {composed.title}, {composed.subtitle} ({len(text.encode()):,} bytes)", err=True)
