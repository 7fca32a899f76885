"""The options that say what a question is about: `vigie query` and `vigie report` mean the same by each."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

__all__ = [
    "BacklogOption",
    "OverridesOption",
    "PanelOption",
    "Scope",
    "ScopeOption",
    "SinceOption",
    "SourceOption",
    "TopicsVersionOption",
    "UntilOption",
    "ZoneOption",
]


class Scope(enum.StrEnum):
    """Where evidence counts."""

    LEAD = "lead"
    ALL = "all"


SinceOption = Annotated[str | None, typer.Option(metavar="D", help="First day, YYYY-MM-DD. Default: the first covered day.")]
UntilOption = Annotated[str | None, typer.Option(metavar="D", help="Last day, YYYY-MM-DD. Default: the last covered day.")]
SourceOption = Annotated[list[str] | None, typer.Option(metavar="S", help="This source alone; may be repeated.")]
PanelOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE",
        help="Sources that shares run over: a panel of vigie's (`vigie sources panels`), or a YAML file. Default: those"
        " covered every day.",
    ),
]
ScopeOption = Annotated[Scope, typer.Option(help="Evidence in title and first 25 words, or anywhere.")]
BacklogOption = Annotated[bool, typer.Option("--backlog", help="Count what was published before a feed's first poll too.")]
OverridesOption = Annotated[
    bool, typer.Option("--overrides", help="Let hold what coders decided of single articles (`vigie topics override`).")
]
TopicsVersionOption = Annotated[
    str | None,
    typer.Option(
        "--topics_version", metavar="HASH", help="The version of the topics that counts. Default: the dataset's active one."
    ),
]
ZoneOption = Annotated[str, typer.Option(metavar="ZONE", help="Zone in which days are cut, as Europe/Paris.")]
