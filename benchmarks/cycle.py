"""Seconds of processor that cycles take, one after the other, in one process that has run one before.

    python benchmarks/cycle.py WARM_UP CYCLE …

Prints a list of seconds, one a cycle, as JSON. Used by `speed.py`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from vigie.archive import plan_archive
from vigie.matching import load_topics
from vigie.pipelines.ingest import ingest_archive
from vigie.pipelines.run import Job
from vigie.pipelines.runner import beam_options
from vigie.registry import Registry
from vigie.storage import Dataset


def main(folders: list[str]) -> None:
    """Run the cycles into one dataset."""
    seconds = []
    with tempfile.TemporaryDirectory() as data:
        job = Job(Dataset(Path(data)), Registry(()), load_topics(), beam_options([]))
        for folder in folders:
            start = time.process_time()
            ingest_archive(job, plan_archive([folder]))
            seconds.append(time.process_time() - start)
    print(json.dumps(seconds[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
