"""The main job beside the plain script, on the same files, alternating, each in a process of its own.

    python benchmarks/end_to_end.py [--runs 3] [FOLDER …]

Prints medians and their ratio. Start-up (the same command on a single tiny feed) is measured too and taken off in the
second ratio, since it does not grow with the work. Without folders the sample data is read.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
_TINY = '<rss version="2.0"><channel><title>t</title><item><title>One</title><link>https://a.example/1</link></item></channel></rss>'


def _seconds(command: list[str]) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - started, done.stdout


def _commands(folder: Path, scratch: Path) -> dict[str, list[str]]:
    shutil.rmtree(scratch / "data", ignore_errors=True)
    return {
        "plain script": [sys.executable, str(HERE / "plain_script.py"), str(folder), str(scratch / "plain.parquet")],
        "vigie ingest": [sys.executable, "-m", "vigie", "ingest", "--from", str(folder), "--data", str(scratch / "data")],
    }


def _medians(folder: Path, scratch: Path, runs: int) -> dict[str, tuple[float, str]]:
    times: dict[str, list[float]] = {}
    said: dict[str, str] = {}
    for _ in range(runs):
        for name, command in _commands(folder, scratch).items():
            seconds, said[name] = _seconds(command)
            times.setdefault(name, []).append(seconds)
    return {name: (statistics.median(values), said[name]) for name, values in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("folders", nargs="*", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "tiny").mkdir()
        (scratch / "tiny" / "one.xml").write_text(_TINY)
        folders = arguments.folders or [HERE.parent / "sample_data" / "feeds"]
        everything = scratch / "feeds"
        for folder in folders:
            shutil.copytree(folder, everything / folder.name)
        whole, start = (_medians(folder, scratch, arguments.runs) for folder in (everything, scratch / "tiny"))
    print(f"medians of {arguments.runs} runs on {', '.join(str(folder) for folder in folders)}\n")
    print(f"{'':14}{'seconds':>9}{'start-up':>10}{'work':>9}")
    for tool, (seconds, _) in whole.items():
        print(f"{tool:14}{seconds:9.2f}{start[tool][0]:10.2f}{seconds - start[tool][0]:9.2f}")
    plain, ours = (whole[tool][0] for tool in ("plain script", "vigie ingest"))
    plain_work, our_work = (whole[tool][0] - start[tool][0] for tool in ("plain script", "vigie ingest"))
    print(f"\nplain script / vigie: {plain / ours:.2f} with start-up, {plain_work / max(our_work, 1e-9):.2f} without")
    for tool, (_, said) in whole.items():
        print(f"\n{tool} said:\n{said.rstrip()}")


if __name__ == "__main__":
    main()
