"""The command line: it only dispatches, and imports Beam only for the commands that run a pipeline."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.cli import ingest, query, sources, topics
from vigie.cli.demo import demo
from vigie.cli.language import language
from vigie.version import VERSION

__all__ = ["app"]

app = typer.Typer(
    name="vigie",
    help="Watch news feeds: poll, identify, detect language, match topics, and show how coverage moves.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vigie {VERSION}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version.")
    ] = False,
) -> None:
    """Watch news feeds: poll, identify, detect language, match topics, and show how coverage moves."""


app.command("demo")(demo)
app.command("ingest", context_settings=ingest.PASS_THROUGH)(ingest.ingest)
app.command("replay", context_settings=ingest.PASS_THROUGH)(ingest.replay)
app.command("query")(query.query)
app.command("sql")(query.sql)
app.command("language")(language)
app.add_typer(sources.app, name="sources")
app.add_typer(topics.app, name="topics")
