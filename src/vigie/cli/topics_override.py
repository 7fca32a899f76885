"""`vigie topics override`: load what coders decided of single articles into a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.common import DataOption, data_folder, told
from vigie.errors import UsageError

__all__ = ["override"]


def override(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML: see the example.")],
    data: DataOption = None,
) -> None:
    """Load overrides: articles that coders put on a topic or took off it, in place of those loaded before.

    Figures leave them out unless asked for (`vigie query … --overrides`); `vigie query evidence` shows them. In the file:

    overrides: [{article: ID, topic: syria, verdict: remove, reason: It is about a film., coder: AB, date: 2017-06-02}]

    The verdict is add or remove; an empty list withdraws all.
    """
    with told():
        from vigie.clock import system_clock
        from vigie.registry.overrides import load_overrides
        from vigie.storage import Dataset
        from vigie.storage.articles import known_articles

        dataset = Dataset(data_folder(data))
        if not dataset.files("articles"):
            raise UsageError(f"--data {dataset.root}: holds no articles; see that it names a dataset")
        topics = sorted({record.topic_id for record in dataset.read_version("topics")})
        loaded = load_overrides(file, topics=topics or None, known_articles=lambda ids: known_articles(dataset, ids))
        dataset.prepare()
        written = dataset.write_version("overrides", loaded.rows, version=loaded.version, at=system_clock(), may_be_empty=True)
        added = sum(row.verdict == "add" for row in loaded.rows)
        what = f"{len(loaded.rows)} overrides ({added} add, {len(loaded.rows) - added} remove), version {loaded.version}"
        typer.echo(f"{what}: {'loaded' if written else 'there already'}; the data is in {dataset.root}")
