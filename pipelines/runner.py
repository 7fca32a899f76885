"""Choose the Beam runner explicitly, so that nothing depends on what can be downloaded."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import socket
import threading
from collections.abc import Callable, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions, SetupOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineResult, PipelineRunner, create_runner

from vigie.errors import UsageError, WorkError
from vigie.pipelines.runner_options import needed_options

__all__ = ["beam_options", "make_pipeline", "run_to_end", "runner_name"]

_LOGGER = logging.getLogger(__name__)
_IN_MEMORY = ("", "directrunner", "fnapirunner", "inmemoryrunner")
#: Seconds in which a job server answers.
_PATIENCE = 20.0
#: Characters of a runner's own complaint that are told.
_TOLD = 600
#: Runners whose own options Beam's Python side does not know and passes on.
_PORTABLE = ("portablerunner", "flinkrunner", "sparkrunner")


def beam_options(arguments: Sequence[str], *, streaming: bool = False) -> PipelineOptions:
    """Beam's options from a command line, with those that the runner named needs besides.

    Args:
        arguments: What the user gave.
        streaming: Whether the pipeline is to be unbounded.

    Raises:
        UsageError: One of them is not known to Beam, which would else pass over it in silence, or the runner is not there.
    """
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):  # argparse prints all of Beam's options before the one line that matters
            options = PipelineOptions(list(arguments))
            runner = options.view_as(StandardOptions).runner or ""
            unknown = _unknown(options, arguments) if runner.lower() not in _PORTABLE else []
    except SystemExit as error:
        raise UsageError(said.getvalue().rpartition("error: ")[2].strip() or "a Beam option is wrong") from error
    if runner.lower() not in _IN_MEMORY:
        try:
            create_runner(runner)
        except (ValueError, ImportError, AttributeError) as error:
            raise UsageError(f"--runner={runner}: Beam has no such runner; DirectRunner or FlinkRunner are some") from error
    if unknown:
        raise UsageError(f"{unknown[0]}: no such option of vigie or Beam; see --help, and mind underscores (--job_name)")
    options = PipelineOptions([*arguments, *needed_options(options, streaming=streaming)])
    options.view_as(SetupOptions).save_main_session = False  # Everything lives in modules that workers import.
    return options


def _unknown(options: PipelineOptions, arguments: Sequence[str]) -> list[str]:
    strays = sorted(set(options.get_all_options(retain_unknown_options=True)) - set(options.get_all_options()))
    if strays:
        return [f"--{name}" for name in strays]
    after_option = False
    for argument in arguments:
        if not argument.startswith("-") and not after_option:
            return [argument]
        after_option = argument.startswith("-") and "=" not in argument
    return []


def runner_name(options: PipelineOptions) -> str:
    """The name of the runner that the options stand for, as the run's manifest states it."""
    name = options.view_as(StandardOptions).runner or ""
    return "DirectRunner (in-memory)" if name.lower() in _IN_MEMORY else name


def make_pipeline(options: PipelineOptions) -> beam.Pipeline:
    """A pipeline on the runner that the options name.

    ``DirectRunner`` means Beam's in-memory runner. By itself Beam would first try to download another one, Prism, and
    fall back, so that what runs would depend on the network.

    Raises:
        UsageError: An option that the runner needs is missing.
    """
    runner: PipelineRunner | None = None
    if runner_name(options).startswith("DirectRunner"):
        # It logs, with its traceback, what it raises as well: a full disk is one line to the user.
        logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
        runner = FnApiRunner()
    _LOGGER.info("runner: %s", runner_name(options))
    try:
        return beam.Pipeline(runner=runner, options=options)
    except ValueError as error:  # Beam's own check of what a runner needs: a headline, then one thing a line.
        _, *missing = str(error).splitlines()
        raise UsageError(f"{runner_name(options)}: {' '.join(missing) or error}") from error


def run_to_end(pipeline: beam.Pipeline, *, until: Callable[[], None] | None = None) -> None:
    """Run a pipeline and wait for its end.

    Args:
        pipeline: A bounded one, or one that ends by itself.
        until: For a job that does not: returns when it has done all; the job is then cancelled.

    Raises:
        WorkError: A worker met with something that the user can see to, or the job could not be handed to its runner.
    """
    _see_that_somebody_listens(pipeline.options.view_as(PortableOptions).job_endpoint or "")
    done, result = threading.Event(), None
    try:
        result = pipeline.run()
        if until is not None:
            threading.Thread(target=_cancel_after, args=(result, until, done), daemon=True).start()
        result.wait_until_finish()
    except Exception as error:
        if done.is_set():
            return
        # Runners wrap what a worker raised, at worst into text; the user is told the line that was meant for them.
        told = str(error) if isinstance(error, WorkError) else _told_by_worker(str(error))
        if told:
            raise WorkError(told.splitlines()[0].partition(" [while running")[0]) from error
        if result is None and not isinstance(pipeline.runner, FnApiRunner):
            what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
            raise WorkError(
                f"{type(pipeline.runner).__name__}: did not take the job ({what[:_TOLD]}); see that it runs where the "
                "options say, and that they name it as docs/deploy.md does"
            ) from error
        raise


def _see_that_somebody_listens(endpoint: str) -> None:
    """Beam waits for minutes, and in silence, for a job server that is not there."""
    host, _, port = endpoint.rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise WorkError(
            f"--job_endpoint={endpoint}: nobody answers there ({getattr(error, 'strerror', None) or error}); start the job "
            "server, or name where it is"
        ) from error


def _cancel_after(result: PipelineResult, until: Callable[[], None], done: threading.Event) -> None:
    until()
    done.set()
    result.cancel()


def _told_by_worker(text: str) -> str:
    """The message of a WorkError in the text of another exception; empty where there is none."""
    found = re.search(r"vigie\.errors\.WorkError: ([^\n]+)", text)
    return found[1] if found else ""
