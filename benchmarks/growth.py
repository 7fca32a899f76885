"""How questions grow with the data: settled months, small files and a plain pandas script, side by side.

    python benchmarks/growth.py --articles 1000000 --small 20000 --data /somewhere/with/room

It makes five years of data (`growth_data.py`), compacted but for their last week, and a smaller dataset that is not compacted;
then asks what the dashboard asks, without a topic and with one. Each dataset is measured in a process of its own, whose peak
memory is told, and which keeps the dataset open as the dashboard does; cold is a new process for each question that opens the
dataset and asks once, its files out of the page cache where the system gives them up. Times are on the clock and, in
brackets, of the processor, which other work on the machine lengthens less. A folder that is there is measured as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from growth_data import DAYS, FIRST_DAY, LAST_DAY, SOURCES, write_days, write_registry

from vigie.pipelines.compact import compact
from vigie.queries import Parameters, ask, ask_once, open_dataset
from vigie.storage import Dataset, load_cursors

#: What the dashboard lets its questions take (dashboard/session.py).
_MEMORY = "2GiB"
_TAIL_DAYS = 7
_MONTH = {"since": LAST_DAY - timedelta(days=29), "until": LAST_DAY}
_YEAR = {"since": LAST_DAY - timedelta(days=364), "until": LAST_DAY}
_TOPIC = "topic-3"

_WEEK = {"since": LAST_DAY - timedelta(days=6), "until": LAST_DAY}
_QUESTIONS: dict[str, tuple[str, dict[str, object]]] = {
    "coverage, 30 days by day": ("coverage", {"topic": _TOPIC, **_MONTH}),
    "coverage, 30 days in Paris": ("coverage", {"topic": _TOPIC, "tz": "Europe/Paris", **_MONTH}),
    "coverage, a year by week": ("coverage", {"topic": _TOPIC, "by": "week", **_YEAR}),
    "coverage, five years by month": ("coverage", {"topic": _TOPIC, "by": "month"}),
    "coverage, five years by month in Paris": ("coverage", {"topic": _TOPIC, "by": "month", "tz": "Europe/Paris"}),
    "share-of-voice, 30 days": ("share-of-voice", {"topic": _TOPIC, **_MONTH}),
    "share-of-voice, five years": ("share-of-voice", {"topic": _TOPIC}),
    "state-against-independent, 30 days": ("state-against-independent", {"topic": _TOPIC, **_MONTH}),
    "first-seen, 30 days": ("first-seen", {"topic": _TOPIC, **_MONTH}),
    "top-sources, 30 days": ("top-sources", {"topic": _TOPIC, **_MONTH}),
    "top-sources, five years": ("top-sources", {"topic": _TOPIC}),
    "topic-mix, 30 days": ("topic-mix", dict(_MONTH)),
    "co-occurrence, 30 days": ("co-occurrence", dict(_MONTH)),
    "citations, 30 days": ("citations", dict(_MONTH)),
    "rising-words, a week": ("rising-words", {"topic": _TOPIC}),
    "what-moved, a week": ("what-moved", {}),
    "spikes, a week": ("spikes", {}),
    "syndication, a week": ("syndication", dict(_WEEK)),
    "headline-edits, 30 days": ("headline-edits", {"topic": _TOPIC, **_MONTH}),
    "articles, a week": ("articles", {"topic": _TOPIC, "limit": 200, **_WEEK}),
    "articles, five years": ("articles", {"topic": _TOPIC, "limit": 200}),
    "evidence, a week": ("evidence", {"topic": _TOPIC, **_WEEK}),
    "date-quality, 30 days": ("date-quality", dict(_MONTH)),
    "language-mix, 30 days": ("language-mix", dict(_MONTH)),
    "delay, 30 days": ("delay", dict(_MONTH)),
    "covered-days, 30 days": ("covered-days", dict(_MONTH)),
    "feed-health": ("feed-health", {}),
}
_CURSORS = "cursors of all feeds"
#: Seconds on the clock and of the processor.
Times = tuple[float, float]


def make(data: Path, articles: int, polls: int, *, settled: bool) -> None:
    """Make a dataset: five years of small files, or settled months and a week of small files."""
    started = time.monotonic()
    if not settled:
        write_days(data, 0, DAYS, articles=articles, polls=polls, by="day")
        write_registry(data)
    else:
        write_days(data, 0, DAYS - _TAIL_DAYS, articles=articles, polls=polls, by="month")
        write_registry(data)
        compact(Dataset(data))
        write_days(data, DAYS - _TAIL_DAYS, DAYS, articles=articles, polls=polls, by="day")
    print(f"{data}: {articles:,} articles made in {time.monotonic() - started:.0f} s", file=sys.stderr)


def measure_questions(data: Path, repeats: int) -> dict[str, list[Times]]:
    """Times of each question: first a process of its own, cold, then over a dataset that stays open."""
    con = open_dataset(data, memory_limit=_MEMORY)
    found: dict[str, list[Times]] = {}
    for label, (name, given) in _QUESTIONS.items():
        parameters = Parameters(**given)  # type: ignore[arg-type]
        ask(con, name, parameters)
        warm = [_timed(lambda: ask(con, name, parameters)) for _ in range(repeats)]  # noqa: B023  # called at once
        _forget(data)
        found[label] = [_in_a_new_process(data, label), *warm]
        print(label, found[label], file=sys.stderr, flush=True)
    sources = [f"source-{n:03}" for n in range(SOURCES)]
    _forget(data)
    found[_CURSORS] = [_timed(lambda: load_cursors(Dataset(data), sources)) for _ in range(1 + repeats)]
    return found


def _in_a_new_process(data: Path, label: str) -> Times:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run([sys.executable, __file__, "--data", str(data), "--ask", label], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, used


def ask_in_here(data: Path, label: str) -> None:
    """Open a dataset and ask one question."""
    name, given = _QUESTIONS[label]
    ask_once(data, name, Parameters(**given), memory_limit=_MEMORY)  # type: ignore[arg-type]


def measure_pandas(data: Path, repeats: int) -> dict[str, list[Times]]:
    """The same counts as a script would take them: no edits resolved, no coverage known, all files read each time."""
    import pandas as pd
    import pyarrow.dataset as ds

    def read(table: str, columns: list[str], since: date) -> pd.DataFrame:
        files = [str(path) for path in (data / table).rglob("*.parquet")]
        recent = ds.field("fetched_at") >= pd.Timestamp(since, tz="UTC")
        return ds.dataset(files, format="parquet").to_table(columns=columns, filter=recent).to_pandas()

    def share(since: date, step: str) -> object:
        articles = read("articles", ["article_id", "source_id", "published_at"], since).drop_duplicates("article_id")
        matches = read("matches", ["article_id", "topic_id", "lead"], since)
        hits = matches[(matches.topic_id == _TOPIC) & matches.lead].article_id
        articles["hit"] = articles.article_id.isin(hits)
        return articles.groupby([articles.published_at.dt.tz_localize(None).dt.to_period(step), "source_id"]).hit.mean()

    asked: dict[str, Callable[[], object]] = {
        "coverage, 30 days by day": lambda: share(_MONTH["since"], "D"),
        "coverage, a year by week": lambda: share(_YEAR["since"], "W"),
        "coverage, five years by month": lambda: share(FIRST_DAY, "M"),
        "top-sources, 30 days": lambda: share(_MONTH["since"], "Y"),
    }
    found = {}
    for label, function in asked.items():
        _forget(data)
        found[label] = [_timed(function) for _ in range(1 + repeats)]
    return found


def _timed(function: Callable[[], object]) -> Times:
    started, used = time.monotonic(), time.process_time()
    function()
    return time.monotonic() - started, time.process_time() - used


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
    """Milliseconds: p50 and p95 warm, cold; those of the processor in brackets."""
    figures = []
    for which in (0, 1):
        warm = [pair[which] * 1000 for pair in times[1:]]
        figures.append((percentile(warm, 50), percentile(warm, 95), times[0][which] * 1000))
    return " / ".join(f"{clock:,.0f} ({used:,.0f})" for clock, used in zip(*figures, strict=True))


def _table(columns: dict[str, dict[str, object]]) -> str:
    """Figures as a table in Markdown; those of the first column stand first in each row."""
    lines = [
        "| question | " + " | ".join(f"{name}: p50 / p95 warm / cold, ms" for name in columns) + " |",
        "|---" * (1 + len(columns)) + "|",
    ]
    for label in [*_QUESTIONS, _CURSORS]:
        times = [found["times"].get(label) for found in columns.values()]  # type: ignore[attr-defined]
        lines.append(f"| {label} | " + " | ".join(_cell(found) if found else "–" for found in times) + " |")
    memory = " | ".join(f"{found['memory']:,}" for found in columns.values())
    return "\n".join([*lines, f"| peak memory of the process, MiB | {memory} |"])


def main() -> None:
    """Make what is not there, and measure each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=20_000, help="articles of the dataset of small files; 0: none is made")
    parser.add_argument("--polls", type=int, default=1, help="polls of each feed a day")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", type=Path, required=True, help="a folder with room; what it holds already is not made again")
    parser.add_argument("--measure", choices=["questions", "pandas"], help="measure the dataset in --data, and nothing else")
    parser.add_argument("--ask", choices=list(_QUESTIONS), help="open the dataset in --data, ask this, and nothing else")
    given = parser.parse_args()
    if given.ask is not None:
        ask_in_here(given.data, given.ask)
        return
    if given.measure is not None:
        times = (measure_questions if given.measure == "questions" else measure_pandas)(given.data, given.repeats)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"times": times, "memory": peak}))
        return
    runs = [(f"settled, {given.articles:,} articles", f"settled-{given.articles}", "questions", given.articles, True)]
    if given.small:
        runs.append((f"small files, {given.small:,} articles", f"small-{given.small}", "questions", given.small, False))
    runs.append((f"pandas, {given.articles:,} articles", f"settled-{given.articles}", "pandas", given.articles, True))
    columns = {}
    for title, folder, what, articles, settled in runs:
        data = given.data / folder
        if not data.exists():
            make(data, articles, given.polls, settled=settled)
        command = [sys.executable, __file__, "--measure", what, "--data", str(data), "--repeats", str(given.repeats)]
        columns[title] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(title, "measured", file=sys.stderr)
    print(_table(columns))


if __name__ == "__main__":
    main()
