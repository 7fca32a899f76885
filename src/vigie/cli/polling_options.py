"""The options of the commands that poll, and what they allow: `vigie ingest` and `vigie stream` mean the same by each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.errors import UsageError

if TYPE_CHECKING:
    from vigie.feeds.limits import FetchLimits

__all__ = [
    "AllowPrivateHostsOption",
    "ContactOption",
    "HostIntervalOption",
    "SourcesOption",
    "TopicsOption",
    "VantageOption",
    "limits_of",
]

SourcesOption = Annotated[
    Path | None,
    typer.Option("--sources", metavar="FILE", help="Registry of sources: YAML, or any OPML file. Default: vigie's own."),
]
TopicsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--topics", metavar="PATH", help="Topics: a YAML file or a folder of them. Default: the dataset's own, else vigie's."
    ),
]
AllowPrivateHostsOption = Annotated[
    bool, typer.Option("--allow_private_hosts", help="Also poll loopback, private and link-local addresses.")
]
HostIntervalOption = Annotated[
    float, typer.Option("--host_interval", min=0.0, help="Seconds between the starts of two requests to one host.")
]
VantageOption = Annotated[str, typer.Option("--vantage", help="A name for where the polls are made from.")]
ContactOption = Annotated[
    str | None,
    typer.Option(
        "--contact",
        metavar="TEXT",
        help="A mail address or page by which publishers reach you. Default: the variable VIGIE_CONTACT, else vigie's own.",
    ),
]


def limits_of(
    *,
    allow_private_hosts: bool,
    host_interval: float,
    vantage: str,
    contact: str | None,
    cycle_seconds: float | None = None,
) -> FetchLimits:
    """What a poll may cost and whom it may ask, as the options say.

    Raises:
        UsageError: The contact cannot stand in a header.
    """
    from vigie.feeds.limits import DEFAULT_CONTACT, FetchLimits

    contact = contact or os.environ.get("VIGIE_CONTACT") or DEFAULT_CONTACT
    if not contact.isascii() or not contact.isprintable():
        raise UsageError(f"--contact {contact!r}: is sent in a header, so write a mail address or page in ASCII letters")
    return FetchLimits(
        allow_private_hosts=allow_private_hosts,
        host_interval=host_interval,
        vantage=vantage,
        contact=contact,
        cycle_seconds=cycle_seconds,
    )
