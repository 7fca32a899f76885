"""`vigie compact`: many small files into few sorted ones."""

from __future__ import annotations

import typer

from vigie.cli.common import DataOption, data_folder, told

__all__ = ["compact"]


def compact(data: DataOption = None) -> None:
    """Settle what runs wrote: one sorted file a table and month in place of many small ones.

    Figures stay what they are; questions are answered faster. It is safe beside readers and a running ingest, and
    changes nothing where it is killed. Small files that it has taken in stay an hour, and are removed by a later
    compaction. Run it once a day.
    """
    with told():
        from vigie.pipelines.compact import compact as run
        from vigie.storage import Dataset

        dataset = Dataset(data_folder(data))
        done = run(dataset)
        if done.taken:
            typer.echo(f"settled   {done.taken:,} small files into {done.written:,} with {done.rows:,} rows")
        else:
            typer.echo("All is settled already.")
        if done.removed:
            typer.echo(f"removed   {done.removed:,} files that were replaced more than an hour ago")
