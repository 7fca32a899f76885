"""Statements of a reader's own, run in a process that can be stopped: bounded time, memory and rows, whatever they ask.

What a statement may do is checked by :func:`vigie.queries.run_sql`, and again by the engine, whose settings are locked.
DuckDB stops between batches of rows; a single call on long texts can hold it for hours, so the process itself is ended
when its time is up.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass

import pyarrow as pa

from vigie.errors import UsageError
from vigie.queries import Answer, open_dataset, run_sql

__all__ = ["Bounds", "run_bounded"]

#: Seconds beyond a statement's own that its process may take to start and to hand over.
_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a statement may take.

    Attributes:
        seconds: How long it may run.
        memory_mib: Memory of the engine, MiB; its process gets as much again for what it hands over.
        rows: Rows that it gives at most.
    """

    seconds: float = 20.0
    memory_mib: int = 1024
    rows: int = 10_000


def run_bounded(data: str, statement: str, bounds: Bounds | None = None, *, language: str = "en") -> Answer:
    """Run one statement that reads.

    Args:
        data: The dataset's folder.
        statement: The statement.
        bounds: What it may take.
        language: `en` or `fr`: of the notes.

    Raises:
        UsageError: It does not only read, cannot be run, or takes more than it may.
    """
    bounds = bounds or Bounds()
    task = json.dumps([data, statement, bounds.seconds, bounds.memory_mib, bounds.rows, language])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vigie.dashboard.workbench"],
            input=task.encode(),
            capture_output=True,
            timeout=bounds.seconds + _GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"the statement ran for {bounds.seconds:g} s and was stopped; ask for less, a period or a sample"
        ) from error
    if done.returncode == UsageError.exit_code:
        raise UsageError(done.stderr.decode().strip())
    if done.returncode != 0:
        raise UsageError("the statement needs more memory or time than it may take; ask for less, or group in fewer rows")
    with pa.ipc.open_stream(done.stdout) as stream:
        table = stream.read_all()
    meta = json.loads(table.schema.metadata.pop(b"vigie"))
    return Answer("sql", None, {"statement": statement}, meta["data_version"], table, tuple(meta["notes"]))


def _work() -> int:
    """What the process does: a task from stdin, Arrow to stdout, or one line to stderr."""
    data, statement, seconds, memory_mib, rows, language = json.load(sys.stdin)
    _bound_process(seconds, memory_mib)
    try:
        con = open_dataset(data, memory_limit=f"{memory_mib}MiB")
        answer = run_sql(con, statement, limit=rows, seconds=seconds, language=language)
    except UsageError as error:
        sys.stderr.write(str(error))
        return error.exit_code
    meta = json.dumps({"data_version": answer.data_version, "notes": answer.notes})
    table = answer.table.replace_schema_metadata({"vigie": meta})
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as stream:
        stream.write_table(table)
    return 0


def _bound_process(seconds: float, memory_mib: int) -> None:
    """Bounds that the system keeps, where it has such (not on Windows)."""
    with contextlib.suppress(ImportError):
        import resource

        address_space = (2 * memory_mib + 1024) << 20  # the engine's, as much for Arrow, and the program's own
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
        cpu = int(seconds + _GRACE) * 8
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write


if __name__ == "__main__":
    sys.exit(_work())
