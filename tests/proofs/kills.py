"""`kill -9` of the real commands at seeded random moments: after the next run the figures are those of an undisturbed one.

A third of the moments are drawn over all of a run from where it has the dataset's lock; the others lie just after it has put
its n-th file in place, for there, between two tables, is what a kill could break.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builders import item, rss
from loopback import Feeds, serve
from proofs.reading import Onlooker, difference, figures, onlooker
from proofs.table import Proof, say

from vigie.cli.app import make_app

__all__ = ["kill_ingest", "kill_rewrite", "run_here"]

_OUTLETS = ("amaurote", "erewhon", "laputa", "thule", "ys")
_SUBJECTS = ("Macron receives Putin at Versailles", "RT is fined over fake news", "The council debates the bridge")
#: Files with a day that an ingest of these feeds puts in place before its manifest.
_FILES_OF_A_RUN = 7


@dataclass(slots=True)
class _Tally:
    tries: int = 0
    lost: int = 0
    double: int = 0
    #: How often a run ended before its moment came; it is then no try.
    missed: int = 0

    def count(self, at_work: bool) -> None:
        self.tries += at_work
        self.missed += not at_work

    def compare(self, data: Path, undisturbed: Path) -> None:
        lost, double = difference(figures(data), figures(undisturbed))
        self.lost += lost
        self.double += double


def kill_ingest(folder: Path, kills: int, seed: int) -> Proof:
    """Kill cycles of `vigie ingest` that poll a server whose feeds move on and edit headlines.

    Args:
        folder: Where to work; it is filled.
        kills: How often.
        seed: Of the moments.
    """
    started, killer, tally = time.monotonic(), _Killer("ingest", seed), _Tally()
    data, undisturbed = folder / "data", folder / "undisturbed"
    with serve(Feeds({name: partial(_body, name) for name in _OUTLETS})) as feeds, onlooker(data) as reader:
        registry = feeds.write_opml(folder / "feeds.opml")
        while tally.tries < kills:
            work = run_here(_ingest(registry, undisturbed))
            tally.count(killer.kill(_ingest(registry, data), data, work))
            reader.look(data)
            run_here(_ingest(registry, data))
            tally.compare(data, undisturbed)
            say(f"ingest: {tally.tries} of {kills} kills, lost {tally.lost}, double {tally.double}")
            feeds.step += 1
    return _proof("kill -9 of ingest cycles", tally, reader, started)


def kill_rewrite(folder: Path, base: Path, command: Sequence[str], kills: int, seed: int) -> Proof:
    """Kill a command that works over all that is stored: `rematch` or `compact`.

    Args:
        folder: Where to work; it is filled.
        base: The dataset that each try begins with; it is copied.
        command: The command's name and options but for the dataset.
        kills: How often.
        seed: Of the moments.
    """
    started, killer, tally = time.monotonic(), _Killer("compact", seed), _Tally()
    undisturbed = folder / "undisturbed"
    shutil.copytree(base, undisturbed)
    work = run_here([*command, "--data", str(undisturbed)])
    readers = []
    while tally.tries < kills:
        data = folder / "data"
        shutil.copytree(base, data)
        with onlooker(data) as reader:
            tally.count(killer.kill([*command, "--data", str(data)], data, work))
            reader.look(data)
            run_here([*command, "--data", str(data)])
        readers.append(reader)
        tally.compare(data, undisturbed)
        shutil.rmtree(data)
        say(f"{command[0]}: {tally.tries} of {kills} kills, lost {tally.lost}, double {tally.double}")
    seen = Onlooker()
    seen.reads = sum(reader.reads for reader in readers)
    seen.complaints = [complaint for reader in readers for complaint in reader.complaints]
    return _proof(f"kill -9 of {command[0]}", tally, seen, started)


def run_here(arguments: Sequence[str]) -> float:
    """Run a command of vigie to its end, in this process; gives its seconds.

    Raises:
        RuntimeError: It failed.
    """
    began = time.monotonic()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = make_app([arguments[0]])(list(arguments), standalone_mode=False)
    if code:
        raise RuntimeError(f"vigie {' '.join(arguments)}: exit code {code}\n{said.getvalue()}")
    return time.monotonic() - began


def _ingest(registry: Path, data: Path) -> list[str]:
    options = ["--allow_private_hosts", "--host_interval", "0", "--ignore_schedule"]
    return ["ingest", "--sources", str(registry), "--data", str(data), *options]


class _Killer:
    """Starts commands as processes of their own and kills them at moments drawn by a seed."""

    def __init__(self, lock: str, seed: int) -> None:
        self._lock = lock
        self._chance = random.Random(seed)

    def kill(self, arguments: Sequence[str], data: Path, work: float) -> bool:
        """Start a command and kill it; gives whether it was still at work.

        Args:
            arguments: The command.
            data: Its dataset.
            work: Seconds that it needs once it has begun.
        """
        after_files = self._chance.randint(1, _FILES_OF_A_RUN) if self._chance.random() < 2 / 3 else 0
        pause = self._chance.uniform(0, 0.02 if after_files else work)
        before = _files(data)
        lock = data / ".locks" / f"{self._lock}.lock"
        left_behind = (b"", lock.read_bytes() if lock.exists() else b"")
        process = subprocess.Popen(
            [sys.executable, "-m", "vigie", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None and (not lock.exists() or lock.read_bytes() in left_behind):
            time.sleep(0.005)
        while process.poll() is None and _files(data) < before + after_files:
            time.sleep(0.0005)
        time.sleep(pause)
        at_work = process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return at_work


def _files(data: Path) -> int:
    """Files that readers see."""
    return sum(len(os.listdir(folder)) for folder in data.glob("[a-z]*/date=*"))


def _proof(what: str, tally: _Tally, reader: Onlooker, started: float) -> Proof:
    seen = (
        f"and complained {len(reader.complaints)} times: {reader.complaints[0]}" if reader.complaints else "and saw none torn"
    )
    return Proof(
        what=what,
        tries=tally.tries,
        lost=tally.lost,
        double=tally.double,
        seconds=time.monotonic() - started,
        held=not (tally.lost or tally.double or reader.complaints),
        note=f"{tally.missed} more runs had ended before their moment came. A reader opened the dataset {reader.reads:,} times "
        f"meanwhile, with all audits: {seen}.",
    )


def _body(name: str, step: int) -> str:
    """A feed's window of twelve entries, three of which are new at each step, and one edited."""
    newest = 3 * step + 12
    return rss([_entry(name, number, step) for number in range(newest, newest - 12, -1)], title=f"Outlet {name}")


def _entry(name: str, number: int, step: int) -> dict[str, str]:
    edited = ", corrected" if number % 4 == 0 and number <= 3 * step + 8 else ""
    subject = ("Macron receives Putin at Versailles", "RT is fined over fake news", "The council debates the bridge")[
        number % 3
    ]
    return {
        **item(number, title=f"{subject}, {name} {number}{edited}"),
        "link": f"https://{name}.example/news/{number}",
        "guid": f"tag:{name}.example,{number}",
    }
