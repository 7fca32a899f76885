"""Seconds of processor that runs over archives take, one after the other in one process, so that start-up is known apart.

    python benchmarks/one_process.py {vigie,functions,plain,reader} WARM_UP ARCHIVE …

Each archive is read into a dataset, or a file, of its own. Prints a list of seconds, one for each archive after the first, as
JSON. Used by `speed.py`.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["main"]

Run = Callable[[str, str], object]


def _vigie() -> Run:
    from vigie.archive import plan_archive
    from vigie.feeds import guarded
    from vigie.matching import load_topics
    from vigie.pipelines.ingest import ingest_archive
    from vigie.pipelines.run import Job
    from vigie.pipelines.runner import beam_options
    from vigie.registry import Registry
    from vigie.storage import Dataset

    topics, options = load_topics(), beam_options([])

    def run(folder: str, out: str) -> None:
        ingest_archive(Job(Dataset(Path(out)), Registry(()), topics, options), plan_archive([folder]))
        guarded._WORKERS.close()  # What they took counts when they have ended.

    return run


def _script(name: str) -> Run:
    run: Run = importlib.import_module(name).main
    return run


_RUNS: dict[str, Callable[[], Run]] = {
    "vigie": _vigie,
    "functions": lambda: _script("without_beam"),
    "plain": lambda: _script("plain_script"),
    "reader": lambda: _script("reader_script"),
}


def _processor_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(program: str, folders: list[str]) -> None:
    """Run a program over each folder."""
    run, seconds = _RUNS[program](), []
    for folder in folders:
        with tempfile.TemporaryDirectory() as scratch:
            start = _processor_seconds()
            run(folder, str(Path(scratch) / "out"))
            seconds.append(_processor_seconds() - start)
    print(json.dumps(seconds[1:]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
