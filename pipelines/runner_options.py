"""What each runner needs besides its address, so that a user gives that and no more.

Prism 2.77 splits slow bundles of a stateful step between two elements of one key, and then runs both parts at once, so that
what one adds to the key's state is lost: one poll in some hundreds was. Its switch against splits is always set.

Why Flink needs two of them was found by running it: without `finish_bundle_before_checkpointing` about half of the
streaming jobs hung after their first bundle, for a checkpoint that fell into it kept its output; without
`checkpointing_interval` all pending polls came at once.
"""

from __future__ import annotations

import os
import shutil

from apache_beam.options.pipeline_options import (
    DirectOptions,
    FlinkRunnerOptions,
    PipelineOptions,
    PortableOptions,
    PrismRunnerOptions,
    StandardOptions,
)

from vigie.errors import UsageError

__all__ = ["ends_by_itself", "is_default_runner", "needed_options", "prism_binary", "works_here"]

#: Milliseconds between two of Flink's checkpoints.
_CHECKPOINTING_INTERVAL = 10_000
#: Where a pool of Python workers is looked for beside each of Flink's task managers.
_WORKER_POOL = "localhost:50000"
_PRISM_WITHOUT_SPLITS = "--experiments=prism_disable_sdf_split"
_IN_PROCESS = ("[local]", "[auto]")


def needed_options(options: PipelineOptions, *, streaming: bool) -> list[str]:
    """The options that a runner needs and the user did not give, as arguments of a command line.

    Args:
        options: As the user gave them.
        streaming: Whether the pipeline is unbounded.

    Raises:
        UsageError: What the runner needs is missing here.
    """
    runner = (options.view_as(StandardOptions).runner or "").lower()
    given = options.get_all_options(drop_default=True, retain_unknown_options=True)
    needed: dict[str, object] = {"streaming": True} if streaming else {}
    if runner == "prismrunner":
        needed |= _for_prism(options)
    elif runner in ("flinkrunner", "portablerunner"):
        needed |= _for_flink(options, streaming=streaming)
    flags = [f"--{name}" if value is True else f"--{name}={value}" for name, value in needed.items() if given.get(name) is None]
    return [*flags, _PRISM_WITHOUT_SPLITS] if runner == "prismrunner" else flags


def ends_by_itself(options: PipelineOptions) -> bool:
    """Whether an unbounded job ends when its source does: Flink keeps sources alive, to take checkpoints."""
    return (options.view_as(StandardOptions).runner or "").lower() == "prismrunner"


def is_default_runner(options: PipelineOptions) -> bool:
    """Whether jobs run in this process, on the in-memory runner as it is."""
    direct = options.view_as(DirectOptions)
    name = (options.view_as(StandardOptions).runner or "").lower()
    return name in ("", "directrunner") and direct.direct_num_workers == 1 and direct.direct_running_mode == "in_memory"


def works_here(options: PipelineOptions) -> bool:
    """Whether the Python workers are threads of this process."""
    return str(options.view_as(PortableOptions).environment_type) == "LOOPBACK"


def prism_binary() -> str | None:
    """Where Prism is: the variable VIGIE_PRISM, else a program `prism` on PATH; None where it is nowhere."""
    return os.environ.get("VIGIE_PRISM") or shutil.which("prism")


def _for_prism(options: PipelineOptions) -> dict[str, object]:
    needed: dict[str, object] = {"environment_type": "LOOPBACK"}
    told = options.view_as(PortableOptions).job_endpoint or options.view_as(PrismRunnerOptions).prism_location
    if not told:
        found = prism_binary()
        if found is None:
            raise UsageError(
                "--runner=PrismRunner: there is no program prism on PATH; install it with `go install "
                "github.com/apache/beam/sdks/v2/go/cmd/prism@v2.77.0`, or name it with --prism_location=FILE"
            )
        needed["prism_location"] = found
    return needed


def _for_flink(options: PipelineOptions, *, streaming: bool) -> dict[str, object]:
    needed: dict[str, object] = {}
    local = options.view_as(FlinkRunnerOptions).flink_master in _IN_PROCESS
    if local and not options.view_as(PortableOptions).job_endpoint:
        needed["environment_type"] = "LOOPBACK"
    elif not options.view_as(PortableOptions).environment_type:
        needed |= {"environment_type": "EXTERNAL", "environment_config": _WORKER_POOL}
    if streaming:
        needed |= {"finish_bundle_before_checkpointing": True, "checkpointing_interval": _CHECKPOINTING_INTERVAL}
    return needed
