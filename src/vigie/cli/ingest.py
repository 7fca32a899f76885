"""`vigie ingest` and `vigie replay`: the commands that run a pipeline.

What they work with is imported when one of them runs: every other command would wait for it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.common import DataOption, DryRunOption, data_folder, parse_duration, progress_bar, told
from vigie.cli.polling_options import (
    AllowPrivateHostsOption,
    ContactOption,
    HostIntervalOption,
    SourcesOption,
    TopicsOption,
    VantageOption,
    limits_of,
)
from vigie.errors import UsageError, WorkError

if TYPE_CHECKING:
    from vigie.feeds.polling import Poller
    from vigie.matching import TopicSet
    from vigie.pipelines.run import Job, Summary
    from vigie.registry import Registry
    from vigie.schemas import Feed, Option
    from vigie.storage import Dataset
    from vigie.worker_process import Crew

#: Polls from which on work is dealt to workers: each of them loads topics and language tables of its own.
_MANY_POLLS = 1_000
#: Bytes that a feed takes up in a registry's file, at least.
_FEED_BYTES = 40
#: Feeds that are named where bodies were removed.
_LOST_NAMED = 12

__all__ = [
    "feeds_to_poll",
    "ingest",
    "make_job",
    "named_registry",
    "registry_of",
    "replay",
    "say_summary",
    "settings_of",
]


def ingest(
    context: typer.Context,
    archive: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="PATH", help="Feed files to read: a file, folder or glob. May be given several times."),
    ] = None,
    sources: SourcesOption = None,
    data: DataOption = None,
    topics: TopicsOption = None,
    allow_private_hosts: AllowPrivateHostsOption = False,
    host_interval: HostIntervalOption = 5.0,
    vantage: VantageOption = "local",
    every: Annotated[
        str | None,
        typer.Option(
            "--every",
            metavar="TIME",
            help="Look for due feeds again and again at this interval, as 15m, until it is stopped.",
        ),
    ] = None,
    contact: ContactOption = None,
    ignore_schedule: Annotated[
        bool, typer.Option("--ignore_schedule", help="Poll feeds that are not due, too; still minding what servers ask for.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            metavar="N",
            help="Processes that work side by side. Default: one a core, where polls are many.",
        ),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Read feeds into a dataset: archived files (--from), or each feed of a registry that is due, polled once.

    A folder of files may hold a polls.jsonl that says of each poll: file, feed_id, source_id, url, fetched_at, status,
    headers. Without it each file is a feed of its own, polled at the file's time. Reading the same files again changes
    no figure. With --every it goes on until it is stopped, a line a cycle, one command a dataset. Any Beam option may
    follow, for instance --runner=FlinkRunner; the default is Beam's in-memory runner, in --workers processes.
    """
    with told(), ExitStack() as held:
        _refuse_polling_options(context, archive)
        interval = parse_duration("--every", every) if every else None
        from vigie.heap import use_one_heap_for_arrow

        use_one_heap_for_arrow()
        from vigie.archive import plan_archive
        from vigie.storage import Dataset

        notes: list[str] = []
        planned = plan_archive(archive, notes) if archive else []
        for note in notes:
            typer.echo(note, err=True)
        if archive and not planned:
            raise UsageError(f"--from {' '.join(archive)}: holds no files; name a folder of feed files")
        dataset = Dataset(data_folder(data))
        crew = loaded = None
        seem_many = len(planned) >= _MANY_POLLS or (workers or 1) > 1 if archive else _seem_many(dataset, sources)
        if seem_many and workers != 1 and not (dry_run or context.args):
            loaded = _topics(dataset, topics)
            crew = held.enter_context(_crew(loaded, workers or _cores()))
        named = named_registry(sources)
        registry = registry_of(dataset, named, shipped=not archive)
        job = replace(make_job(dataset, registry, topics, context.args, loaded=loaded), crew=crew)
        settings = settings_of(archive=archive, sources=sources, vantage=vantage, beam=context.args)
        from vigie.cli.every import repeat
        from vigie.feeds.polling import Poller
        from vigie.pipelines import ingest as pipeline
        from vigie.pipelines.run import refuse_other_topics, show
        from vigie.storage.locks import hold

        if dry_run:
            typer.echo(show(job))
            return
        with hold(dataset.root, "ingest") as lock:
            if archive:
                new = pipeline.new_polls(job, planned)
                if len(new) < len(planned):
                    typer.echo(f"{len(planned) - len(new)} of {len(planned)} polls are in {dataset.root} already", err=True)
                job = _with_workers(job, workers, len(new))
                summary = _with_progress(job, len(new), lambda j: pipeline.ingest_archive(j, new, settings=settings))
            else:
                limits = limits_of(
                    allow_private_hosts=allow_private_hosts,
                    host_interval=host_interval,
                    vantage=vantage,
                    contact=contact,
                    cycle_seconds=interval.total_seconds() if interval else None,
                )
                feeds = feeds_to_poll(registry if named is None else named)
                with Poller(limits, job.clock) as poller:
                    if interval is not None:
                        refuse_other_topics(job)

                        def cycle() -> Mapping[str, int]:
                            lock.check()
                            return _cycle(job, feeds, poller, settings, ignore_schedule, workers)

                        repeat(cycle, interval, lock.let_go)
                    summary = _poll(job, feeds, poller, settings, ignore_schedule, workers)
        say_summary(dataset, summary)
        if summary.counters["polls"] and not summary.counters["succeeded"]:
            raise WorkError(f'none of {summary.counters["polls"]} polls could be read; why: `vigie sql "FROM failures"`')


def _seem_many(dataset: Dataset, sources: Path | None) -> bool:
    """Whether there are likely to be enough feeds for workers, told by sizes: nothing is read before workers start."""
    if sources is not None:
        return sources.is_file() and sources.stat().st_size >= _MANY_POLLS * _FEED_BYTES
    import pyarrow.parquet as pq

    return any(pq.read_metadata(path).num_rows >= _MANY_POLLS for path in dataset.files("feeds")[-1:])


def _crew(topics: TopicSet, workers: int) -> Crew:
    """Workers that start while this process has done nothing but load what all of them need."""
    from vigie.pipelines.chunks import load_tables
    from vigie.worker_process import Crew

    load_tables(topics)
    return Crew(workers - 1)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _cycle(
    job: Job, feeds: Sequence[Feed], poller: Poller, settings: Sequence[Option], ignore_schedule: bool, workers: int | None
) -> Mapping[str, int]:
    """One cycle of --every, under the topics that the dataset is under by now; no run, if no feed is due."""
    from vigie.pipelines.ingest import ingest_live, plan_polls
    from vigie.pipelines.run import under_active_topics

    requests = plan_polls(job, feeds, ignore_schedule=ignore_schedule)
    if not requests:
        return {"polls": 0}
    job = _with_workers(under_active_topics(job), workers, len(requests))
    return ingest_live(job, requests, poller, settings=settings).counters


def replay(
    context: typer.Context,
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="The new dataset's folder.")],
    data: DataOption = None,
    topics: TopicsOption = None,
    current_topics: Annotated[
        bool, typer.Option("--current_topics", help="Match under the topics that vigie ships now, not the dataset's own.")
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Make a dataset again from its stored feed bodies: the same articles and matches, without the network.

    With --topics or --current_topics it is matched under other topics.
    """
    with told():
        from vigie.registry import Registry
        from vigie.storage import Dataset
        from vigie.storage.counts import count_rows

        source, target = Dataset(data_folder(data)), Dataset(into)
        if source.root.resolve() == target.root.resolve():
            raise UsageError(f"--into {into}: is the dataset itself; name a new folder")
        if source.is_empty():
            raise UsageError(f"--data {source.root}: holds no polls to replay; see that it names a dataset")
        origin = target if current_topics or topics else source
        job = make_job(target, Registry(tuple(source.read_version("sources"))), topics, context.args, topics_of=origin)
        from vigie.pipelines.replay import lost_polls, show_graph
        from vigie.pipelines.replay import replay as run
        from vigie.storage.locks import hold

        if dry_run:
            typer.echo(show_graph(job))
            return
        settings = settings_of(data=source.root, topics=topics, beam=context.args)
        _say_lost(lost_polls(source))
        with hold(target.root, "replay"):
            summary = _with_progress(job, count_rows(source, "fetches"), lambda j: run(source, j, settings=settings))
        say_summary(target, summary)


def _say_lost(lost: Mapping[str, int]) -> None:
    """Which polls cannot be replayed, by feed."""
    if not lost:
        return
    number = sum(lost.values())
    feeds = sorted(lost, key=lambda feed: (-lost[feed], feed))
    named = ", ".join(f"{feed} ({lost[feed]:,})" for feed in feeds[:_LOST_NAMED])
    more = f" and {len(feeds) - _LOST_NAMED:,} more" if len(feeds) > _LOST_NAMED else ""
    typer.echo(
        f"The bodies of {number:,} poll{'' if number == 1 else 's'} were removed (`vigie compact --keep_raw`, `vigie forget`)"
        f" and cannot be replayed; articles and revisions that only they brought will be missing: {named}{more}",
        err=True,
    )


def make_job(
    dataset: Dataset,
    registry: Registry,
    topics: Sequence[Path] | None,
    beam_arguments: Sequence[str],
    *,
    topics_of: Dataset | None = None,
    loaded: TopicSet | None = None,
    streaming: bool = False,
) -> Job:
    """What a run works with, checked before anything is written.

    Topics that are loaded already are taken as they are: workers share them with this process.

    Raises:
        UsageError: An option, a file or the data folder is wrong.
    """
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what it lacks for services that are not used here.
    from vigie.pipelines.run import Job
    from vigie.pipelines.runner import beam_options

    options = beam_options(beam_arguments, streaming=streaming)
    chosen = loaded or _topics(topics_of or dataset, topics)
    dataset.prepare()
    return Job(dataset, registry, chosen, options)


def _topics(dataset: Dataset, paths: Sequence[Path] | None) -> TopicSet:
    """The topics named, else those the dataset was matched under, else those that vigie ships."""
    from vigie.matching import load_topics, load_topics_text

    stored = [] if paths else dataset.read_version("topics")
    return load_topics_text(stored[0].definition) if stored else load_topics(paths)


def registry_of(dataset: Dataset, named: Registry | None, *, shipped: bool) -> Registry:
    """The dataset's own registry with the one named added; without either the one that vigie ships."""
    from vigie.registry import Registry, load_registry

    stored = Registry(tuple(dataset.read_version("sources")))
    if named is not None:
        return stored.merged(named)
    return load_registry() if shipped and not stored.feeds else stored


def named_registry(path: Path | None) -> Registry | None:
    """The registry that the user names, its repairs told."""
    from vigie.registry import load_registry

    if path is None:
        return None
    named = load_registry(path)
    for note in named.notes:
        typer.echo(note, err=True)
    return named


def feeds_to_poll(registry: Registry) -> list[Feed]:
    """The feeds that have an address to ask: not those read from files, nor the sample data's invented ones.

    Raises:
        UsageError: There are none.
    """
    feeds = [feed for source in registry.sources if not source.invented for feed in source.feeds if feed.url.startswith("http")]
    if not feeds:
        raise UsageError("there is no feed to poll; name a registry with --sources FILE, or files with --from PATH")
    return feeds


def _poll(
    job: Job, feeds: Sequence[Feed], poller: Poller, settings: Sequence[Option], ignore_schedule: bool, workers: int | None
) -> Summary:
    from vigie.pipelines.ingest import ingest_live, plan_polls

    requests = plan_polls(job, feeds, ignore_schedule=ignore_schedule)
    due = len(requests)
    if due < len(feeds):
        typer.echo(f"{len(feeds) - due} of {len(feeds)} feeds are not due yet; --ignore_schedule polls them, too", err=True)
    return _with_progress(_with_workers(job, workers, due), due, lambda j: ingest_live(j, requests, poller, settings=settings))


def _with_workers(job: Job, workers: int | None, polls: int) -> Job:
    """The job with as many workers as were asked for; else one for each core, where the work is worth their start."""
    from vigie.pipelines.runner_options import is_default_runner

    if workers is None:
        workers = _cores() if polls >= _MANY_POLLS and is_default_runner(job.options) else 1
    elif workers > 1 and not is_default_runner(job.options):
        raise UsageError(f"--workers {workers}: is for the in-memory runner; give this runner its own options for that")
    return replace(job, workers=workers)


def _refuse_polling_options(context: typer.Context, archive: list[str] | None) -> None:
    """Say that an option would do nothing, rather than do nothing."""
    polling = ("allow_private_hosts", "host_interval", "vantage", "every", "contact", "ignore_schedule")
    for name in polling if archive else ():
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"--{name}: is for polling; with --from nothing is polled")


def _with_progress(job: Job, total: int, run: object) -> Summary:
    with progress_bar("polls", total) as advance:
        summary: Summary = run(replace(job, progress=advance))  # type: ignore[operator]
    return summary


def settings_of(**values: object) -> list[Option]:
    """The options that were given, as a run's manifest keeps them."""
    from vigie.schemas import Option

    texts = {name: " ".join(map(str, v)) if isinstance(v, list) else str(v) for name, v in values.items() if v}
    # A file's name may hold bytes that are no text.
    return [Option(name, text.encode("utf-8", "replace").decode()) for name, text in texts.items()]


def say_summary(dataset: Dataset, summary: Summary) -> None:
    """Print what a run did, on stdout."""
    counted = summary.counters
    rows = (
        ("polls", counted["polls"], f"run {summary.run_id} on {summary.runner}"),
        ("entries", counted["entries"], f"{counted['known']} known already, {counted['failed']} failed"),
        ("articles", counted["new"], f"and {counted['revised']} revisions"),
        ("matches", counted["matches"], f"and {counted['mentions']} mentions of concepts"),
        ("failures", counted["failures"], 'see: vigie sql "SELECT * FROM failures"' if counted["failures"] else ""),
    )
    for name, count, note in rows:
        typer.echo(f"{name:<9}{count:>9,}  {note}".rstrip())
    typer.echo(f"{summary.seconds:.1f} s; the data is in {dataset.root}")
    sys.stdout.flush()
