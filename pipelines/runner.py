"""Choose the Beam runner explicitly, so that nothing depends on what can be downloaded."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, SetupOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner

from vigie.errors import UsageError

__all__ = ["beam_options", "make_pipeline", "runner_name"]

_LOGGER = logging.getLogger(__name__)
_IN_MEMORY = ("", "directrunner", "fnapirunner", "inmemoryrunner")
#: Runners whose own options Beam's Python side does not know and passes on.
_PORTABLE = ("portablerunner", "flinkrunner", "sparkrunner")


def beam_options(arguments: Sequence[str]) -> PipelineOptions:
    """Beam's options from a command line.

    Raises:
        UsageError: One of them is not known to Beam, which would else pass over it in silence.
    """
    try:
        options = PipelineOptions(list(arguments))
        runner = (options.view_as(StandardOptions).runner or "").lower()
        unknown = _unknown(options, arguments) if runner not in _PORTABLE else []
    except SystemExit as error:  # argparse's way to say that a value is wrong; it has printed which
        raise UsageError(f"{' '.join(arguments)}: a Beam option has a wrong value (see the line above)") from error
    if unknown:
        raise UsageError(f"{unknown[0]}: no such option of vigie or Beam; see --help, and mind underscores (--job_name)")
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
    """
    runner: PipelineRunner | None = None
    if runner_name(options).startswith("DirectRunner"):
        runner = FnApiRunner()
    _LOGGER.info("runner: %s", runner_name(options))
    return beam.Pipeline(runner=runner, options=options)
