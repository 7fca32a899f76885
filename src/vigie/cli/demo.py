"""`vigie demo`: the main job on the sample feeds that vigie brings along, ending in figures."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import typer

from vigie.cli.common import DataOption, data_folder, progress_bar, told
from vigie.clock import system_clock
from vigie.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from vigie.storage import Dataset

__all__ = ["demo", "read_sample", "show_figures"]

_TOPICS = {
    "franco-russian-relations": "Franco-Russian relations",
    "state-media-disinformation": "State-media disinformation",
}


_FIRST_DAY, _LAST_DAY = date(2017, 5, 22), date(2017, 6, 11)


def demo(data: DataOption = None) -> None:
    """Show the main job on sample feeds: three weeks of invented outlets, 22 May to 11 June 2017, in five languages.

    Reads the feeds into a dataset, then asks how coverage of two topics moved.
    """
    with told():
        from vigie.storage import Dataset

        dataset = Dataset(data_folder(data))
        read_sample(dataset)
        show_figures(dataset)
        _say_what_next(dataset)


def read_sample(dataset: Dataset) -> None:
    """Read the sample feeds into a dataset; those polls that it holds already are passed over.

    Raises:
        UsageError: The dataset holds real sources, or cannot be written to.
    """
    from vigie.archive import plan_archive
    from vigie.cli.ingest import make_job, say_summary
    from vigie.registry import Registry, load_registry
    from vigie.registry.panel import load_panel
    from vigie.sample_data import feeds_directory, panel_file, sources_file
    from vigie.storage.panels import store_panel

    stored = Registry(tuple(dataset.read_version("sources")))
    real = [source.source_id for source in stored.sources if not source.invented]
    if real:
        raise UsageError(
            f"{dataset.root}: holds real sources ({real[0]}); invented ones must not mix with them: "
            "name a new folder with --data"
        )
    job = make_job(dataset, stored.merged(load_registry(sources_file())), None, [])
    from vigie.pipelines.ingest import ingest_archive, new_polls
    from vigie.storage.locks import hold

    planned = plan_archive([str(feeds_directory())])
    with hold(dataset.root, "ingest"):
        new = new_polls(job, planned)
        typer.echo(f"Reading {len(new)} polls of {len({ref.feed_id for ref in planned})} sample feeds (invented outlets) …")
        with progress_bar("polls", len(new)) as advance:
            summary = ingest_archive(replace(job, progress=advance), new)
    store_panel(dataset, load_panel(panel_file()), at=system_clock())
    say_summary(dataset, summary)


def show_figures(dataset: Dataset, console: Console | None = None) -> None:
    """Print how coverage of two topics moved: by week as a table, by day as a chart."""
    from rich.console import Console

    from vigie.cli.render import print_answer
    from vigie.queries import Parameters, ask, open_dataset

    console = console or Console(highlight=False)
    with open_dataset(dataset.root) as connection:
        for topic, title in _TOPICS.items():
            console.rule(f"{title}, {_FIRST_DAY} to {_LAST_DAY}")
            weekly = Parameters(topic=topic, since=_FIRST_DAY, until=_LAST_DAY, by="week")
            daily = replace(weekly, by="day")
            print_answer(ask(connection, "coverage", weekly), console, drawn=ask(connection, "coverage", daily))


def _say_what_next(dataset: Dataset) -> None:
    place = shlex.quote(str(dataset.root))
    typer.echo(
        f"""
The data is in {place}: Parquet files that DuckDB, pandas or R open as they are. See it in a browser with

  vigie dashboard --data {place}

or `make dashboard`, in a checkout. Next, try

  vigie query evidence --topic state-media-disinformation --data {place}
  vigie query share-of-voice --topic franco-russian-relations --data {place}
  vigie query coverage --topic franco-russian-relations --by week --split language --data {place}
  vigie sql "SELECT * FROM coverage WHERE state <> 'covered'" --data {place}
  vigie ingest --from YOUR_FEED_FILES --data another-folder"""
    )
