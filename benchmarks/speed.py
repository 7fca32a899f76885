"""How fast vigie is, beside what it is to be faster than: one table of ratios, each measured side by side in one run.

    python benchmarks/speed.py [--runs 5] [--polls 2000] [--articles 100000 1000000] [--only WORDS …] [--out FILE]

Processor seconds (user and system, of all processes), one core where nothing else is said, medians of the runs. End to end,
the slow scripts read the polls of some of the feeds in each run, and of all feeds in all runs; start-up, measured on an archive
of one tiny poll in the same process, is taken off. Polls are made by `repeated_polls.py` from the feeds of `../shared/data`, or
else from the sample data. Rows are printed, and written, as they are measured; what stands in FILE under "## Notes" stays.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measures import Row, Setting, cycles, end_to_end, language, memory, parsing, query_start, workers

HERE = Path(__file__).resolve().parent
MEASURES: dict[str, Callable[[Setting], list[Row]]] = {
    "end-to-end": end_to_end,
    "parsing": parsing,
    "cycles": cycles,
    "language": language,
    "workers": workers,
    "memory": memory,
    "query": query_start,
}
#: What is written by hand begins here.
_NOTES = "\n## Notes"
_LIBRARIES = ("apache-beam", "feedparser", "lxml", "langdetect", "reader", "duckdb", "pyarrow")


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    return f"| work | vigie | against | measured there | ratio | goal | |\n|---|---|---|---|---|---|---|\n{body(rows)}"


def body(rows: list[Row]) -> str:
    """The same without a heading."""
    lines = []
    for row in rows:
        kept = "" if row.kept is None else "yes" if row.kept else "**no**"
        lines.append(f"| {row.work} | {row.ours} | {row.against} | {row.theirs} | {row.ratio} | {row.goal} | {kept} |")
    return "\n".join(lines)


def heading(setting: Setting) -> str:
    """Where, when and with what it was measured."""
    load, _, _ = os.getloadavg()
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        "# Speed\n\n`make bench` writes this file (`benchmarks/speed.py`, which says how it measures).\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}; {libraries}. "
        f"Medians of {setting.runs} runs; {setting.polls:,} polls that show {setting.shown[setting.archive]:,} entries,\n"
        "of which the scripts that vigie is compared with read other feeds in each run. Load of the machine at the end: "
        f"{load:.1f}, on {os.cpu_count()} cores.\n\n"
    )


def main() -> None:
    """Measure, print, and write the table where the command line says so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--polls", type=int, default=2000)
    parser.add_argument("--articles", type=int, nargs=2, default=[100_000, 1_000_000], metavar=("FEW", "MANY"))
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        setting = Setting(Path(scratch), arguments.runs, arguments.polls, tuple(arguments.articles), statistics.median)
        setting.prepare()
        rows: list[Row] = []
        for name in arguments.only:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            rows += (measured := MEASURES[name](setting))
            print(table(rows) if rows == measured else body(measured), flush=True)
            if arguments.out:
                write(arguments.out, heading(setting) + table(rows) + "\n")


def write(path: Path, text: str) -> None:
    """Write what was measured, before what was written by hand about earlier runs."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    notes = written[written.find(_NOTES) :] if _NOTES in written else ""
    path.write_text(text + notes, encoding="utf-8")


if __name__ == "__main__":
    main()
