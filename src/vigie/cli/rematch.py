"""`vigie rematch`: put a dataset under another version of its topics, without fetching anything again."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.common import DataOption, DryRunOption, data_folder, progress_bar, told
from vigie.errors import UsageError

if TYPE_CHECKING:
    from vigie.matching import TopicSet
    from vigie.pipelines.run import Job, Summary
    from vigie.storage import Dataset

__all__ = ["rematch"]


def rematch(
    context: typer.Context,
    data: DataOption = None,
    topics: Annotated[
        list[Path] | None,
        typer.Option("--topics", metavar="PATH", help="The new topics: YAML files or folders of them. Default: vigie's own."),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="HASH", help="Instead: a version that the dataset keeps, to go back to.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Evaluate all stored articles under new topics and switch to them; nothing is fetched.

    Until all is evaluated, figures are those of the old version. A run that was killed goes on where it stood when the
    same command is given again. Rows of both versions are kept: `vigie query … --topics_version HASH` asks under
    another one than the active, and `vigie rematch --version HASH` goes back to it. See beforehand what would change
    with `vigie topics diff`. Any Beam option may follow.
    """
    with told():
        from vigie.schemas import Option
        from vigie.storage import Dataset
        from vigie.storage.evaluations import pending_files

        if topics and version:
            raise UsageError("--topics and --version: the new topics are in files or kept in the dataset; leave one out")
        dataset = Dataset(data_folder(data))
        if not dataset.files("articles"):
            raise UsageError(f"--data {dataset.root}: holds no articles to evaluate; see that it names a dataset")
        chosen = _stored(dataset, version) if version else _named(topics)
        before = dataset.active_version("topics")
        job = _job(dataset, chosen, context.args)
        if dry_run:
            typer.echo(_graph(job))
            return
        given = {"topics": " ".join(map(str, topics or ())), "version": version or "", "beam": " ".join(context.args)}
        settings = [Option(name, value) for name, value in given.items() if value]
        from vigie.pipelines.rematch import rematch as run
        from vigie.storage.locks import hold

        with hold(dataset.root, "rematch"):
            pending = len(pending_files(dataset, chosen.version))
            with progress_bar("files of articles", pending) as advance:
                summary = run(replace(job, progress=advance), settings=settings)
        _say(dataset, summary, before)


def _named(paths: list[Path] | None) -> TopicSet:
    from vigie.matching import load_topics

    return load_topics(paths)


def _stored(dataset: Dataset, version: str) -> TopicSet:
    from vigie.matching import load_topics_text
    from vigie.storage.versions import stored_definition

    found, definition = stored_definition(dataset, version)
    topics = load_topics_text(definition, f"topics version {found}")
    if topics.version != found:
        raise UsageError(
            f"--version {found}: this vigie reads that definition as version {topics.version}; give its files with --topics"
        )
    return topics


def _job(dataset: Dataset, topics: TopicSet, beam_arguments: list[str]) -> Job:
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what it lacks for services that are not used here.
    from vigie.pipelines.run import Job
    from vigie.pipelines.runner import beam_options
    from vigie.registry import Registry

    return Job(dataset, Registry(tuple(dataset.read_version("sources"))), topics, beam_options(beam_arguments))


def _graph(job: Job) -> str:
    from vigie.clock import run_id_of
    from vigie.pipelines.evaluate import show_graph

    return show_graph(job.dataset, job.topics, job.options, run_id=run_id_of(job.clock()), clock=job.clock)


def _say(dataset: Dataset, summary: Summary, before: str) -> None:
    counted = summary.counters
    active = dataset.active_version("topics")
    switched = f"was {before or 'none'}" if active != before else "as before"
    rows = (
        ("evaluated", f"{counted['evaluated']:,}", f"article revisions in {counted['files']:,} files, run {summary.run_id}"),
        ("matches", f"{counted['matches']:,}", f"and {counted['mentions']:,} mentions of concepts"),
        ("active", active, switched),
    )
    for name, value, note in rows:
        typer.echo(f"{name:<10}{value:>16}  {note}")
    if not counted["files"]:
        typer.echo("All was evaluated under these topics already.")
    typer.echo(f"{summary.seconds:.1f} s; the data is in {dataset.root}")
