"""How questions grow with the data: settled months, small files and a plain pandas script, side by side.

    python benchmarks/growth.py --data /somewhere/with/40/GB --articles 10000000 --polls 4 --small 100000
    python benchmarks/growth.py --data FOLDER --articles 10000000 --parts warm paint

Its parts, each of which prints as it goes, and may be run by itself once `make` has been:

- make: five years of data (`growth_data.py`), compacted but for their last week, and a smaller dataset that is not compacted;
- warm: a dataset kept open, as the dashboard does, in a process of its own whose peak memory is told; every question several
  times, each time about another period or topic, so that none is a repetition;
- cold: a new process for each question, which opens the dataset and asks once, its files out of the page cache where the
  system gives them up;
- small: the same, warm, of the smaller dataset of small files;
- pandas: the same counts by a plain script, over the files of both;
- paint: the dashboard's pages in Chromium, and its memory (`growth_paint.py`);
- ledger: the cursors of 10,000 feeds after 30 days of polls, 28.8 million rows (`growth_ledger.py`).

Times are on the clock and, in brackets, of the processor, which other work on the machine lengthens less. What was measured
is kept in FOLDER/results.json, and the table of all of it is printed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from growth_data import DAYS, FIRST_DAY, write_days, write_registry
from growth_ledger import measure_ledger
from growth_paint import measure_paint
from growth_questions import MEMORY, MONTH, QUESTIONS, TOPIC, YEAR, another

from vigie.pipelines.compact import compact
from vigie.queries import Parameters, ask, open_dataset
from vigie.storage import Dataset

_TAIL_DAYS = 7
_PARTS = ("make", "warm", "cold", "small", "pandas", "paint", "ledger")
#: Seconds on the clock and of the processor.
Times = tuple[float, float]


def make(data: Path, articles: int, polls: int, *, settled: bool) -> dict[str, float]:
    """Make a dataset: five years of small files, or settled months and a week of small files.

    Returns:
        Seconds that generating and compacting took, and the peak memory of compaction, MiB.
    """
    started = time.monotonic()
    if not settled:
        write_days(data, 0, DAYS, articles=articles, polls=polls, by="day")
        write_registry(data)
        return {"generated": time.monotonic() - started}
    write_days(data, 0, DAYS - _TAIL_DAYS, articles=articles, polls=polls, by="month")
    write_registry(data)
    generated = time.monotonic() - started
    print(f"{data}: made in {generated:.0f} s", flush=True)
    command = [sys.executable, __file__, "--data", str(data), "--compact"]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(f"{data}: compacted in {found['compacted']:.0f} s, {found['memory']:,.0f} MiB", flush=True)
    write_days(data, DAYS - _TAIL_DAYS, DAYS, articles=articles, polls=polls, by="day")
    return {"generated": generated, **found}


def compact_once(data: Path) -> dict[str, float]:
    """Compact a dataset; seconds on the clock and of the processor, and peak memory, MiB."""
    clock, processor = _timed(lambda: compact(Dataset(data)))
    return {"compacted": clock, "processor": processor, "memory": _peak()}


def measure_questions(data: Path, repeats: int) -> dict[str, Any]:
    """Times of each question over a dataset that stays open; the first stands apart."""
    opened = time.monotonic()
    con = open_dataset(data, memory_limit=MEMORY)
    print(f"opened in {time.monotonic() - opened:.2f} s", file=sys.stderr, flush=True)
    found: dict[str, list[Times]] = {"opening with all views": [(time.monotonic() - opened, time.process_time())]}
    for label, (name, given) in QUESTIONS.items():
        found[label] = []
        for turn in range(1 + repeats):
            parameters = Parameters(**another(given, turn))
            found[label].append(_timed(lambda: ask(con, name, parameters)))  # noqa: B023  # called at once
        print(f"{label}: {_cell(found[label])}", file=sys.stderr, flush=True)
    return {"times": found, "memory": _peak()}


def measure_cold(data: Path) -> dict[str, list[Times]]:
    """Each question in a process of its own, from its start to its end, files out of the page cache.

    Modules are compiled, as those of an installed package are, also where Python was told to keep nothing of that.
    """
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        _ask_cold(data, next(iter(QUESTIONS)), environment)
        return _each_cold(data, environment)


def _each_cold(data: Path, environment: dict[str, str]) -> dict[str, list[Times]]:
    found = {}
    for label in QUESTIONS:
        _forget(data)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        _ask_cold(data, label, environment)
        clock, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        found[label] = [(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)]
        print(f"cold, {label}: {_cell(found[label])}", flush=True)
    return found


def _ask_cold(data: Path, label: str, environment: dict[str, str]) -> None:
    command = [sys.executable, str(Path(__file__).with_name("growth_questions.py")), str(data), label]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def measure_pandas(data: Path, repeats: int) -> dict[str, Any]:
    """The same counts as a script would take them: no edits resolved, no coverage known, all files read each time."""
    import pandas as pd
    import pyarrow.dataset as ds

    hidden = Dataset(data).generation().hidden

    def read(table: str, columns: list[str], since: date) -> pd.DataFrame:
        paths = (path for path in (data / table).rglob("*.parquet") if path.relative_to(data).as_posix() not in hidden)
        recent = ds.field("fetched_at") >= pd.Timestamp(since, tz="UTC")
        return ds.dataset([str(path) for path in paths], format="parquet").to_table(columns=columns, filter=recent).to_pandas()

    def share(since: date, step: str) -> object:
        articles = read("articles", ["article_id", "source_id", "published_at"], since).drop_duplicates("article_id")
        matches = read("matches", ["article_id", "topic_id", "lead"], since)
        hits = matches[(matches.topic_id == TOPIC) & matches.lead].article_id
        articles["hit"] = articles.article_id.isin(hits)
        return articles.groupby([articles.published_at.dt.tz_localize(None).dt.to_period(step), "source_id"]).hit.mean()

    asked: dict[str, Callable[[], object]] = {
        "coverage, 30 days by day": lambda: share(MONTH["since"], "D"),
        "coverage, a year by week": lambda: share(YEAR["since"], "W"),
        "coverage, five years by month": lambda: share(FIRST_DAY, "M"),
        "top-sources, 30 days": lambda: share(MONTH["since"], "Y"),
    }
    found = {}
    for label, function in asked.items():
        found[label] = [_timed(function) for _ in range(1 + repeats)]
        print(f"pandas, {label}: {_cell(found[label])}", file=sys.stderr, flush=True)
    return {"times": found, "memory": _peak()}


def _timed(function: Callable[[], object]) -> Times:
    started, used = time.monotonic(), time.process_time()
    function()
    return time.monotonic() - started, time.process_time() - used


def _peak() -> int:
    """Most memory that this process has taken, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _forget(data: Path) -> None:
    """Take the files out of the page cache."""
    for path in data.rglob("*.parquet"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def percentile(times: list[float], percent: int) -> float:
    """A percentile by nearest rank: with fewer than 20 repeats the 95th is the largest."""
    return sorted(times)[-(-percent * len(times) // 100) - 1]


def _cell(times: list[Times]) -> str:
    """Milliseconds: those of the first time, then p50 and p95 of the others; those of the processor in brackets."""
    figures = []
    for which in (0, 1):
        taken = [pair[which] * 1000 for pair in times]
        figures.append([taken[0], *((percentile(taken[1:], 50), percentile(taken[1:], 95)) if taken[1:] else ())])
    return " / ".join(f"{clock:,.0f} ({used:,.0f})" for clock, used in zip(*figures, strict=True))


def _table(results: dict[str, Any]) -> str:
    """What was measured as a table in Markdown: first, p50, p95."""
    columns = [name for name in ("warm", "cold", "small", "pandas settled", "pandas small") if name in results]
    lines = ["| ms (of the processor) | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    for label in ("opening with all views", *QUESTIONS):
        times = [results[name]["times"].get(label) for name in columns]
        lines.append(f"| {label} | " + " | ".join(_cell(found) if found else "–" for found in times) + " |")
    memory = " | ".join(f"{results[name].get('memory', 0):,}" for name in columns)
    rest = {name: found for name, found in results.items() if name not in columns}
    return "\n".join([*lines, f"| peak memory, MiB | {memory} |", "", json.dumps(rest, indent=2)])


def _measured(data: Path, what: str, repeats: int) -> Any:
    """What a process of its own measures of a dataset."""
    command = [sys.executable, __file__, "--measure", what, "--data", str(data), "--repeats", str(repeats)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=20_000, help="articles of the dataset of small files")
    parser.add_argument("--polls", type=int, default=4, help="polls of each feed a day")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--feeds", type=int, default=10_000, help="feeds of the ledger, polled 96 times a day for 30 days")
    parser.add_argument("--data", type=Path, required=True, help="a folder with room; what it holds already is not made again")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=list(_PARTS))
    parser.add_argument("--measure", choices=["questions", "pandas"], help=argparse.SUPPRESS)
    parser.add_argument("--compact", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compact or given.measure:
        measures = {"questions": measure_questions, "pandas": measure_pandas}
        found = compact_once(given.data) if given.compact else measures[given.measure](given.data, given.repeats)
        print(json.dumps(found))
        return
    settled, small = given.data / f"settled-{given.articles}", given.data / f"small-{given.small}"
    kept = given.data / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "make": lambda: {
            f"making {path.name}": make(path, articles, given.polls, settled=path == settled)
            for path, articles in ((settled, given.articles), (small, given.small))
            if not path.exists()
        },
        "warm": lambda: {"warm": _measured(settled, "questions", given.repeats)},
        "cold": lambda: {"cold": {"times": measure_cold(settled)}},
        "small": lambda: {"small": _measured(small, "questions", given.repeats)},
        "pandas": lambda: {
            f"pandas {path.name.partition('-')[0]}": _measured(path, "pandas", min(given.repeats, 3))
            for path in (settled, small)
        },
        "paint": lambda: {"paint": measure_paint(settled)},
        "ledger": lambda: {"ledger": measure_ledger(given.data / f"ledger-{given.feeds}", given.feeds)},
    }
    given.data.mkdir(parents=True, exist_ok=True)
    for part in given.parts:
        print(f"== {part}", flush=True)
        results |= parts[part]()
        kept.write_text(json.dumps(results))
    print(_table(results))


if __name__ == "__main__":
    main()
