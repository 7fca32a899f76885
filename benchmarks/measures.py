"""What `speed.py` measures: each function gives rows of its table."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from known_memory import peaks
from langdetect import DetectorFactory, detect
from repeated_polls import feed_files, make_polls

from vigie.feeds.encoding import decode_body
from vigie.feeds.known_items import KNOWN
from vigie.feeds.parse import parse_document
from vigie.feeds.xml_feed import read_sound_xml
from vigie.language import LanguageDetector, LanguageInput
from vigie.schemas import FetchedDocument
from vigie.text import html_to_text, title_key, to_plain
from vigie.urls import absolutise, canonicalise

HERE = Path(__file__).resolve().parent
#: A sentence in each of some languages: what a job builds when it first meets them (tables, profiles, automata) is start-up.
_SENTENCES = (
    "The president of France met the prime minister in London on Monday, and both spoke of the war and of the price of gas.",
    "Le président de la République a rencontré lundi à Moscou le ministre des affaires étrangères, selon le Kremlin.",
    "Президент России заявил на встрече с президентом Франции, что переговоры в Париже будут продолжены в понедельник.",
    "Der Bundeskanzler sprach am Montag in Berlin mit dem Präsidenten über den Krieg in der Ukraine und die Sanktionen.",
    "El presidente del Gobierno dijo el lunes en Madrid que las conversaciones con Rusia y Francia van a continuar.",
    "Президент України заявив у Києві, що переговори з Францією та Німеччиною триватимуть наступного тижня.",
)
_LANGID = HERE.parents[1] / "shared" / "data" / "langid"
#: Feeds of the polls: with few polls, few feeds, so that each is polled as often as in life.
_POLLS_A_FEED = 45
#: Two workers get so many times the polls: what one process alone does before and after weighs as it does in life.
_LONGER = 3


@dataclass(frozen=True)
class Row:
    """One comparison."""

    work: str
    ours: str
    against: str
    theirs: str
    ratio: str
    goal: str
    kept: bool | None = None


@dataclass(frozen=True)
class Setting:
    """Where and how often to measure."""

    scratch: Path
    runs: int
    polls: int
    articles: tuple[int, ...]
    median: Callable[[Sequence[float]], float]
    #: How many entries the polls of each archive show.
    shown: dict[Path, int] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        """The repeated polls."""
        return self.scratch / "polls"

    @property
    def tiny(self) -> Path:
        """One poll, for start-up."""
        return self.scratch / "tiny"

    def share(self, run: int) -> Path:
        """A run's share of the polls, those of some of the feeds: all runs together have all."""
        return self.scratch / f"share-{run}"

    def feeds(self) -> list[Path]:
        """The recorded feeds that polls are made of."""
        files = feed_files([])
        return files[:: max(1, round(len(files) * _POLLS_A_FEED / self.polls))]

    def prepare(self) -> None:
        """Make the archives, and count what they show."""
        self.tiny.mkdir()
        items = "".join(
            f"<item><title>{sentence}</title><link>https://a.example/{place}</link>"
            f"<description>&lt;p&gt;{' '.join([sentence] * 4)} {place}&lt;/p&gt;</description></item>"
            for place, sentence in enumerate(_SENTENCES)
        )
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
        (self.tiny / "one.xml").write_text(body, encoding="utf-8")
        line = {"file": "one.xml", "feed_id": "a/all", "source_id": "a", "url": "https://a.example/", "status": 200}
        poll = json.dumps({**line, "headers": {}, "fetched_at": "2026-03-01T00:00:00+00:00"})
        (self.tiny / "polls.jsonl").write_text(poll + "\n", encoding="utf-8")
        shown = make_polls(self.feeds(), self.archive, self.polls)
        self.shown[self.archive] = sum(shown.values())
        lines = (self.archive / "polls.jsonl").read_text(encoding="utf-8").splitlines()
        for number in range(self.runs):
            folder, feeds = self.share(number), set(sorted(shown)[number :: self.runs])
            folder.mkdir()
            mine = [line for line in lines if json.loads(line)["feed_id"] in feeds]
            (folder / "polls.jsonl").write_text("\n".join(mine) + "\n", encoding="utf-8")
            for line in mine:
                name = json.loads(line)["file"]
                os.link(self.archive / name, folder / name)
            self.shown[folder] = sum(shown[feed] for feed in feeds)


def _processor_seconds(command: list[str], *, cores: int = 1, environment: dict[str, str] | None = None) -> float:
    """Processor seconds of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    pinned = {"preexec_fn": lambda: os.sched_setaffinity(0, allowed), "env": environment}
    subprocess.run(command, check=True, capture_output=True, **pinned)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _fresh(path: Path) -> str:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return str(path)


def _rate(entries: float, seconds: float) -> str:
    return f"{entries / seconds:,.0f}/s"


def end_to_end(setting: Setting) -> list[Row]:
    """The main job beside the plain script, lemon24/reader, and its own functions without Beam.

    The job and its functions read all polls in each run; the scripts, which take twenty times as long, a share in each, and all
    of them once in all runs. So all have read the same polls under the same load, and what a program does once in its life
    weighs as it does in 2,000 polls. Each has read a tiny archive before, and reads it again: what that takes the second time,
    as building a graph does, is start-up, and taken off.
    """
    whole: dict[str, list[float]] = {"vigie": [], "functions": []}
    in_shares: dict[str, list[float]] = {"plain": [], "reader": []}
    for run in range(setting.runs):
        for taken, archive in ((whole, setting.archive), (in_shares, setting.share(run))):
            for name, measured in taken.items():
                folders = map(str, (setting.tiny, setting.tiny, archive))
                start, work = _seconds([sys.executable, str(HERE / "one_process.py"), name, *folders])
                measured.append(max(work - start, 1e-3))
    shown = setting.shown[setting.archive]
    rates = {name: [shown / seconds for seconds in measured] for name, measured in whole.items()}
    rates |= {name: [shown / sum(measured)] * setting.runs for name, measured in in_shares.items()}
    rate = {name: setting.median(of_runs) for name, of_runs in rates.items()}
    ours, rows = f"{rate['vigie']:,.0f} entries/s", []
    for name, work_name, against, goal in (
        ("plain", "repeated polls, end to end", "the plain script", 40.0),
        ("reader", "repeated polls, end to end", "lemon24/reader `update_feeds` from files", 10.0),
        ("functions", "the same", "the same functions without Beam", 0.6),
    ):
        ratios = [mine / other for mine, other in zip(rates["vigie"], rates[name], strict=True)]
        ratio, (low, high) = setting.median(ratios), (min(ratios), max(ratios))
        digits, sign = (1, "×") if goal >= 1 else (2, "")
        said = f"{ratio:.{digits}f}{sign} ({low:.{digits}f} to {high:.{digits}f})"
        goal_said = f"≥ {goal:g}{sign}"
        rows.append(Row(work_name, ours, against, f"{rate[name]:,.0f} entries/s", said, goal_said, ratio >= goal))
    return rows


def _seconds(command: list[str]) -> list[float]:
    """What a program on one core tells of the seconds that its parts took."""
    allowed = sorted(os.sched_getaffinity(0))[:1]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, allowed)
    )
    seconds: list[float] = json.loads(done.stdout.splitlines()[-1])
    return seconds


def _timed(setting: Setting, work: dict[str, Callable[[], int]], before: Callable[[], None] = lambda: None) -> dict[str, float]:
    """Things done a second, by name: the runs alternate."""
    rates: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(setting.runs):
        for name, act in work.items():
            before()
            start = time.process_time()
            done = act()
            rates[name].append(done / (time.process_time() - start))
    return {name: setting.median(values) for name, values in rates.items()}


def _forget() -> None:
    """What was remembered from the run before would flatter the next."""
    for function in (html_to_text, to_plain, title_key, absolutise, canonicalise):
        function.cache_clear()
    KNOWN.clear()


def parsing(setting: Setting) -> list[Row]:
    """Parsing beside feedparser, on every recorded feed: its items, and entries with plain text, dates and addresses."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    bodies = [path.read_bytes() for path in feed_files([])]
    documents = [FetchedDocument("a/all", "a", "https://a.example/", at, body=body) for body in bodies]
    texts = [decode_body(body).text for body in bodies]
    sound = [(text, body) for text, body in zip(texts, bodies, strict=True) if read_sound_xml(text) is not None]
    rates = _timed(
        setting,
        {
            "feedparser": lambda: sum(len(feedparser.parse(body).entries) for _, body in sound),
            "items": lambda: sum(len(feed.items) for text, _ in sound if (feed := read_sound_xml(text)) is not None),
            "feedparser, all": lambda: sum(len(feedparser.parse(body).entries) for body in bodies),
            "entries": lambda: sum(parse_document(document, time_zone="UTC").total for document in documents),
        },
        _forget,
    )
    share = f"{len(sound)} of {len(bodies)} feeds take the fast path"
    rows = []
    for work, name, other in (
        (f"parsing to items ({share})", "items", "feedparser"),
        ("parsing to entries: all feeds, decoding, plain text, dates and addresses included", "entries", "feedparser, all"),
    ):
        ratio = rates[name] / rates[other]
        rows.append(
            Row(work, f"{rates[name]:,.0f}/s", "feedparser", f"{rates[other]:,.0f}/s", f"{ratio:.1f}×", "≥ 30×", ratio >= 30)
        )
    return rows


def cycles(setting: Setting) -> list[Row]:
    """A cycle in which nothing is new beside the one in which all was."""
    polls = [json.loads(line) for line in (setting.archive / "polls.jsonl").read_text(encoding="utf-8").splitlines()]
    first = {poll["feed_id"]: poll for poll in reversed(polls)}.values()
    for name, month in (("all-new", "04"), ("unchanged", "05"), ("known", "06")):
        folder = setting.scratch / name
        folder.mkdir()
        for poll in first:
            body = (setting.archive / poll["file"]).read_bytes()
            (folder / poll["file"]).write_bytes(body + b"<!-- later -->" if name == "known" else body)
        lines = [json.dumps({**poll, "fetched_at": poll["fetched_at"].replace("-03-", f"-{month}-")}) for poll in first]
        (folder / "polls.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    folders = [str(setting.scratch / name) for name in ("tiny", "all-new", "unchanged", "known")]
    times: list[list[float]] = []
    for _ in range(setting.runs):
        times.append(_seconds([sys.executable, str(HERE / "cycle.py"), *folders]))
    new, unchanged, known = (setting.median([run[place] for run in times]) for place in range(3))
    rows = []
    for work, seconds in (
        ("a cycle in which no body changed", unchanged),
        ("a cycle in which all bodies changed and no entry is new", known),
    ):
        ratio, against = seconds / new, "a cycle in which all is new"
        rows.append(Row(work, f"{seconds:.3f} s", against, f"{new:.3f} s", f"{ratio:.2f}", "≤ 0.1", ratio <= 0.1))
    return rows


def language(setting: Setting) -> list[Row]:
    """Language detection beside langdetect, on labelled sentences."""
    if not _LANGID.is_dir():
        return []
    lines = [
        (line, path.name.split(".")[1])
        for path in sorted(_LANGID.glob("sentences.*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()[:60]
    ]
    detector, texts = LanguageDetector(), [LanguageInput("", line, "", ()) for line, _ in lines]
    DetectorFactory.seed = 0
    found: dict[str, list[str]] = {}

    def ours() -> int:
        found["ours"] = [result.language for result in detector.detect_batch(texts)]
        return len(texts)

    def theirs() -> int:
        found["theirs"] = [detect(line) for line, _ in lines]
        return len(lines)

    ours()
    rates = _timed(setting, {"ours": ours, "theirs": theirs})
    right = {name: sum(a == b for a, (_, b) in zip(given, lines, strict=True)) / len(lines) for name, given in found.items()}
    ratio = rates["ours"] / rates["theirs"]
    kept = ratio >= 30 and right["ours"] >= right["theirs"]
    ours_said, theirs_said = (f"{rates[name]:,.0f}/s, {right[name]:.3f} right" for name in ("ours", "theirs"))
    return [Row(f"language of {len(lines)} sentences", ours_said, "langdetect", theirs_said, f"{ratio:.0f}×", "≥ 30×", kept)]


def workers(setting: Setting) -> list[Row]:
    """Two worker processes beside one: seconds by the clock, on two cores, for a longer archive of the same feeds."""
    if len(os.sched_getaffinity(0)) < 2:
        return []
    out, archive = setting.scratch / "out", setting.scratch / "long"
    make_polls(setting.feeds(), archive, _LONGER * setting.polls)

    def elapsed(folder: Path, number: int) -> float:
        options = ["--workers", str(number)]
        start = time.perf_counter()
        command = [sys.executable, "-m", "vigie", "ingest", "--from", str(folder), "--data", _fresh(out), *options]
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(setting.runs):
        for number, seconds in times.items():
            seconds.append(max(elapsed(archive, number) - elapsed(setting.tiny, number), 1e-3))
    one, two = (setting.median(times[number]) for number in (1, 2))
    said = f"{two:.2f} s by the clock"
    work = f"two worker processes, {_LONGER * setting.polls:,} polls"
    return [Row(work, said, "one", f"{one:.2f} s", f"{one / two:.2f}×", "≥ 1.7×", one / two >= 1.7)]


def memory(setting: Setting) -> list[Row]:
    """The largest resident memory of the same polls' ingest into a dataset with many articles beside one with few."""
    few, many = setting.articles
    less, more = peaks(setting.scratch, (few, many))
    ratio = more / less
    said = [f"{peak / 2**20:,.0f} MiB" for peak in (less, more)]
    work = f"memory: 500 polls into a dataset of {many:,} articles"
    return [Row(work, said[1], f"into one of {few:,}", said[0], f"{ratio:.2f}", "≤ 1.3", ratio <= 1.3)]


def query_start(setting: Setting) -> list[Row]:
    """`vigie query`, from start to answer, on the sample data and two cores; modules are compiled, as after an installation."""
    data = setting.scratch / "sample"
    sample = HERE.parent / "sample_data" / "feeds"
    ingest = [sys.executable, "-m", "vigie", "ingest", "--from", str(sample), "--data", str(data)]
    subprocess.run(ingest, check=True, capture_output=True)
    ask = [sys.executable, "-m", "vigie", "query", "top-sources", "--data", str(data)]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(setting.scratch / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
    _processor_seconds(ask, cores=2, environment=environment)
    times, used = [], []
    for _ in range(setting.runs):
        start = time.perf_counter()
        used.append(_processor_seconds(ask, cores=2, environment=environment))
        times.append(time.perf_counter() - start)
    seconds = setting.median(times)
    said = f"{seconds:.2f} s by the clock, {setting.median(used):.2f} s of processor"
    work = "`vigie query` from start to answer, sample data, two cores"
    return [Row(work, said, "–", "–", f"{seconds:.2f} s", "≤ 0.7 s", seconds <= 0.7)]
