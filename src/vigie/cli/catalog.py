"""`vigie catalog`: a file with views over the dataset for any DuckDB client."""

from __future__ import annotations

from typing import Annotated

import typer

from vigie.cli.common import DataOption, data_folder, told
from vigie.errors import UsageError

__all__ = ["catalog"]


def catalog(
    data: DataOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: see that the catalogue is there, of this folder, and up to date.")
    ] = False,
) -> None:
    """Write DIR/vigie.duckdb: documented views and macros over the dataset, for DBeaver, Superset, Jupyter or the DuckDB CLI.

    It holds no rows and is never stale: its views see what is in the folder when they are asked, also while a run is
    writing. It knows the folder by its whole path: after moving or copying the folder, run this again.
    """
    with told():
        from vigie.clock import system_clock
        from vigie.queries.catalog_file import check_catalog, write_catalog

        folder = data_folder(data)
        if str(folder).startswith("s3:/"):
            raise UsageError(f"{folder}: is an object store, and a catalogue shows files on a disk; name a copy with --data")
        if check:
            typer.echo(f"{check_catalog(folder)}: in order")
            return
        written = write_catalog(folder, at=system_clock())
        typer.echo(
            f"{written.path}: {written.views} views, {written.macros} macros. Open it read-only, for instance with"
            f" `duckdb -readonly {written.path}`. After moving the folder run this again."
        )
