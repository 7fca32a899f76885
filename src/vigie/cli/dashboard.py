"""`vigie dashboard`: the page. Streamlit is imported when it starts."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.cli.common import DataOption, data_folder, told

__all__ = ["dashboard"]


def dashboard(
    data: DataOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="TCP port.")] = 8501,
    address: Annotated[
        str, typer.Option(metavar="IP", help="Address to listen on. Others than loopback open the data to whoever reaches it.")
    ] = "127.0.0.1",
) -> None:
    """Show the dataset in a browser: trends, sources, stories, articles with evidence, quality, feeds, and SQL.

    It reads and never writes. What a page shows stands in its address: a link shows the same to a colleague.
    """
    with told():
        from vigie.dashboard.serve import serve

        serve(data_folder(data), port=port, address=address, say=lambda line: typer.echo(line, err=True))
