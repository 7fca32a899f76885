"""Who may write to a dataset: one process a role, told by name, age and remedy when another comes.

Two kinds of work may run side by side on a data folder, since each adds files that the other leaves alone; two of a kind
may not:

- what adds polls: `ingest`, `replay` (into its new folder) and `stream`;
- what works over all that is stored: `compact`, and `rematch`, whose record of what it evaluated goes by the files that
  a compaction replaces.

A lock is `flock` on a file in the folder, so it ends with its process however that ends, and holds between containers of
one machine and, where the mount has locks, between machines. The file says who holds it. What it says matters by itself
only on a network mount whose locks do not reach other machines: there a holder that has moved the file's time in the last
minutes is believed. A folder that was copied with its lock file, or comes back after a crash, is free.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vigie.clock import Clock, system_clock
from vigie.errors import UsageError, WorkError

__all__ = ["Held", "Holder", "hold", "holder_of"]

#: Which lock a role takes.
_LOCKS = {"ingest": "ingest", "replay": "ingest", "stream": "ingest", "compact": "compact", "rematch": "compact"}
_FOLDER = ".locks"
#: Seconds between two signs of life.
_SIGN_OF_LIFE = 60.0
#: A holder on another machine without a sign of life for so long is gone.
_GONE_AFTER = timedelta(minutes=5)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as its file says."""

    role: str
    host: str
    #: What tells one run of a machine from another, the same in all its containers; empty where it has no such thing.
    boot: str
    pid: int
    command: str
    #: Since when, ISO 8601 in UTC.
    since: str
    #: Number of the lock file itself: a copy has another.
    inode: int

    def told(self, now: datetime) -> str:
        """Who it is and since when, in words."""
        since = datetime.fromisoformat(self.since)
        return (
            f"`{self.command}` (process {self.pid} on {self.host}) has held it since {since:%Y-%m-%d %H:%M:%S} UTC,"
            f" for {_age(now - since)}"
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that this process holds."""

    root: Path
    _path: Path
    _descriptor: int
    _done: threading.Event

    def check(self) -> None:
        """See that the folder is the one that was locked: what was written into another would be lost to it, and unlocked.

        Raises:
            WorkError: It was removed, put in the place of another, or its disk is no longer mounted there.
        """
        held = os.fstat(self._descriptor)
        try:
            found = self._path.stat()
        except OSError as error:
            raise self._gone(error.strerror or str(error)) from error
        if (found.st_dev, found.st_ino) != (held.st_dev, held.st_ino):
            raise self._gone("its lock is another's")

    def _gone(self, why: str) -> WorkError:
        return WorkError(
            f"{self.root}: is no longer the folder that was locked at the start ({why}): it was removed or replaced, or a disk "
            "is not mounted; nothing is written into what is there now. Put it back, and stop and start this command again"
        )

    def let_go(self) -> None:
        """Take the name from the lock's file, and what this process was writing from the folder.

        For a process that ends inside the block, too: the lock itself ends with it, but the name would hold off another
        machine that the mount's locks do not reach.
        """
        self._done.set()
        os.ftruncate(self._descriptor, 0)
        _sweep(self.root, os.getpid())


@contextmanager
def hold(root: Path, role: str, *, clock: Clock = system_clock, command: str | None = None) -> Iterator[Held]:
    """Keep other processes of the same kind off a dataset while the block runs.

    Args:
        root: The dataset's folder; it is made where there is none.
        role: `ingest`, `replay`, `stream`, `compact` or `rematch`.
        clock: Tells since when.
        command: What runs, for others to read; None: this process's command line.

    Raises:
        WorkError: Another process holds the lock; the message says who, since when and what to do.
        UsageError: The folder cannot be written to, or its file system has no locks.
    """
    path = root / _FOLDER / f"{_LOCKS[role]}.lock"
    descriptor = _open(path, root)
    try:
        _take(descriptor, path, root, role, clock())
        held = Holder(
            role=role,
            host=socket.gethostname(),
            boot=_boot_id(),
            pid=os.getpid(),
            command=command if command is not None else _command_line(),
            since=clock().isoformat(),
            inode=os.fstat(descriptor).st_ino,
        )
        try:
            _write(descriptor, json.dumps(asdict(held)).encode())
        except OSError as error:
            raise _unwritable(root, error) from error
        done = threading.Event()
        threading.Thread(target=_show_life, args=(descriptor, done), daemon=True).start()

        lock = Held(root, path, descriptor, done)
        try:
            yield lock
        finally:
            lock.let_go()
    finally:
        os.close(descriptor)  # gives up the lock


def holder_of(root: Path, role: str) -> Holder | None:
    """Who says to hold the lock of a role; None where nobody does. It may have died since."""
    return _read(root / _FOLDER / f"{_LOCKS[role]}.lock")


def _open(path: Path, root: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unwritable(root, error) from error


def _unwritable(root: Path, error: OSError) -> UsageError:
    return UsageError(f"{root}: cannot be written to ({error.strerror}); make room, mend its rights or name another folder")


def _take(descriptor: int, path: Path, root: Path, role: str, now: datetime) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = _read(path)
        who = holder.told(now) if holder else "another process has just taken it"
        remedy = f"`kill {holder.pid}`" if holder else "stop it"
        raise WorkError(
            f"{root}: is in use, and two that {_doing(role)} would get into each other's way: {who}; "
            f"wait until it ends, or end it ({remedy}), and give the command again"
        ) from None
    except OSError as error:
        raise UsageError(
            f"{root}: its file system gives no locks ({error.strerror}), without which two processes could write at a time; "
            "mount it with locks, or keep the data on another"
        ) from error
    holder = _read(path)
    if holder is not None and _lives_elsewhere(holder, descriptor):
        raise WorkError(
            f"{root}: is in use on another machine: {holder.told(now)}; end it there. If it ended without a word, the folder "
            f"is free {_GONE_AFTER.seconds // 60} minutes after its last sign of life"
        )
    if holder is not None:
        _sweep(root, holder.pid)


def _lives_elsewhere(holder: Holder, descriptor: int) -> bool:
    """Whether a lock that could be had is another machine's all the same, since the mount's locks do not reach it.

    The age of its last sign of life is measured by the file system's own clock: machines' clocks differ.
    """
    status = os.fstat(descriptor)
    copied = holder.inode != status.st_ino
    this_machine = holder.host == socket.gethostname() or (holder.boot != "" and holder.boot == _boot_id())
    if copied or this_machine:
        return False
    os.utime(descriptor)
    silent = timedelta(seconds=os.fstat(descriptor).st_mtime - status.st_mtime)
    if silent < _GONE_AFTER:
        os.utime(descriptor, (status.st_atime, status.st_mtime))  # Asking is no sign of life.
        return True
    return False


def _sweep(root: Path, pid: int) -> None:
    """Remove what a process was writing when it died, or gave up: no reader sees it, but it takes room."""
    for path in (root / ".tmp").glob(f"{pid}-*"):
        with suppress(OSError):  # A disk that fails here has failed before, and that is told.
            path.unlink(missing_ok=True)


def _show_life(descriptor: int, done: threading.Event) -> None:
    while not done.wait(_SIGN_OF_LIFE):
        os.utime(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None  # Nobody, or somebody who is just writing the name down.


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _command_line() -> str:
    program = Path(sys.argv[0]).name
    return shlex.join(["vigie" if program == "__main__.py" else program, *sys.argv[1:]])


def _doing(role: str) -> str:
    return "add polls" if _LOCKS[role] == "ingest" else "work over all that is stored"


def _age(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
