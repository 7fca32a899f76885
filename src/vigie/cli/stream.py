"""`vigie stream`: poll for ever, on a runner that runs unbounded pipelines."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.common import DataOption, DryRunOption, data_folder, parse_duration, told
from vigie.cli.ingest import feeds_to_poll, make_job, named_registry, registry_of, say_summary, settings_of
from vigie.cli.polling_options import (
    AllowPrivateHostsOption,
    ContactOption,
    HostIntervalOption,
    SourcesOption,
    TopicsOption,
    VantageOption,
    limits_of,
)
from vigie.errors import UsageError

if TYPE_CHECKING:
    from vigie.pipelines.run import Job
    from vigie.shards import Pace

__all__ = ["stream"]


def stream(
    context: typer.Context,
    sources: SourcesOption = None,
    data: DataOption = None,
    topics: TopicsOption = None,
    allow_private_hosts: AllowPrivateHostsOption = False,
    host_interval: HostIntervalOption = 5.0,
    vantage: VantageOption = "local",
    contact: ContactOption = None,
    poll_interval: Annotated[
        str | None,
        typer.Option("--poll_interval", metavar="TIME", help="Poll every feed this often, as 30s. Default: as it has learnt."),
    ] = None,
    flush_every: Annotated[
        str, typer.Option("--flush_every", metavar="TIME", help="Write files when the first row has waited this long …")
    ] = "60s",
    flush_rows: Annotated[int, typer.Option("--flush_rows", min=1, help="… or this many rows are there.")] = 10_000,
    writers: Annotated[int, typer.Option("--writers", min=1, help="Workers that write side by side.")] = 1,
    stop_after: Annotated[
        str | None,
        typer.Option("--stop_after", metavar="TIME|N", help="Stop after a time, as 10m, or after N polls of each feed."),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Poll feeds for ever, each when it is due, and write what they bring as it comes.

    Needs a runner that runs unbounded pipelines: --runner=PrismRunner on this machine, --runner=FlinkRunner
    --flink_master=HOST:8081 on a cluster; what either needs besides, vigie adds. Any Beam option may follow. On one
    machine without such a runner, `vigie ingest --every 15m` polls for ever. Stop it with Ctrl-C, and start it again
    with the same command: it goes on from where the dataset stands. Changed sources are taken at a start, and so are
    topics that `vigie rematch` has switched to.
    """
    with told():
        pace = _pace(poll_interval, stop_after)
        flush_seconds = round(parse_duration("--flush_every", flush_every).total_seconds())
        from vigie.storage import Dataset
        from vigie.storage.locks import hold

        dataset = Dataset(data_folder(data))
        named = named_registry(sources)
        registry = registry_of(dataset, named, shipped=True)
        job = make_job(dataset, registry, topics, context.args, streaming=True)
        _refuse_bounded_runner(job)
        _refuse_polls_where_no_job_ends(job, pace)
        from vigie.pipelines import stream as pipeline
        from vigie.transforms.gather_polls import FlushRule

        what = pipeline.Stream(
            feeds_to_poll(registry if named is None else named),
            limits_of(allow_private_hosts=allow_private_hosts, host_interval=host_interval, vantage=vantage, contact=contact),
            _from_now(pace, job, stop_after),
            FlushRule(flush_seconds, flush_rows, writers),
        )
        settings = settings_of(sources=sources, vantage=vantage, stop_after=stop_after, beam=context.args)
        if dry_run:
            typer.echo(pipeline.show(job, what))
            return
        with hold(dataset.root, "stream"), _stopping_at_a_signal(job):
            summary = pipeline.stream(job, what, settings=settings, started=partial(_say_start, job, len(what.feeds)))
        say_summary(dataset, summary)


def _pace(poll_interval: str | None, stop_after: str | None) -> Pace:
    """How often to poll, and after how many polls to stop; a time after which to stop counts from the start."""
    from vigie.shards import Pace

    polls = int(stop_after) if stop_after is not None and stop_after.isdigit() else None
    if polls == 0:
        raise UsageError("--stop_after 0: would poll nothing; name a time, as 10m, or a number of polls")
    interval = parse_duration("--poll_interval", poll_interval).total_seconds() if poll_interval is not None else None
    return Pace(poll_interval=interval, polls=polls)


def _refuse_bounded_runner(job: Job) -> None:
    """Say that a runner would never come to write anything, rather than start it."""
    from vigie.pipelines.runner import runner_name

    name = runner_name(job.options)
    if name.startswith(("DirectRunner", "Spark")):
        raise UsageError(
            f"{name} runs bounded pipelines only; stream with --runner=PrismRunner or --runner=FlinkRunner --flink_master="
            "HOST:8081, or poll for ever on this machine with `vigie ingest --every 15m`"
        )


def _refuse_polls_where_no_job_ends(job: Job, pace: Pace) -> None:
    from vigie.pipelines.runner_options import ends_by_itself

    if pace.polls is not None and not ends_by_itself(job.options):
        raise UsageError(f"--stop_after {pace.polls}: only Prism ends a stream after so many polls; name a time, as 10m")


def _from_now(pace: Pace, job: Job, stop_after: str | None) -> Pace:
    if stop_after is None or stop_after.isdigit():
        return pace
    return replace(pace, until=job.clock() + parse_duration("--stop_after", stop_after))


def _say_start(job: Job, feeds: int, run_id: str) -> None:
    from vigie.pipelines.runner import runner_name

    typer.echo(f"streaming {feeds} feeds into {job.dataset.root}, run {run_id} on {runner_name(job.options)}", err=True)


@contextmanager
def _stopping_at_a_signal(job: Job) -> Iterator[None]:
    """End the polling at the first Ctrl-C or SIGTERM, so that what was fetched flows on to disk; a second one kills.

    Only workers in this process can be told. A job on a cluster goes on when this program ends, and is stopped there.
    """
    from vigie.pipelines.runner_options import works_here
    from vigie.transforms.poll_continuously import resume_polling, stop_polling

    if not works_here(job.options):
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        typer.echo("vigie: stopping when what was fetched is written; a second signal stops at once", err=True)
        stop_polling()
        signal.signal(number, signal.SIG_DFL)

    resume_polling()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
