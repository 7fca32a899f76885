"""A disk that fills up, turns read-only or has a quota: a clear error, nothing lost, and on it goes when there is room.

On a small tmpfs of its own, which takes root and `mount`; a quota also takes a kernel whose tmpfs has them (Linux 6.6).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builders import item, rss
from loopback import Feeds, serve
from proofs.kills import run_here
from proofs.reading import difference, figures
from proofs.table import Proof

__all__ = ["DISKS", "can_mount", "has_quotas", "trouble"]

_SIZE = 24 * 2**20
_ROOM_LEFT = 16 * 2**10
#: Whoever is bound by a quota: root is not.
_NOBODY = 65_534


def can_mount() -> bool:
    """Whether this process may mount a tmpfs."""
    return _mounts(DISKS["full"].options)


def has_quotas() -> bool:
    """Whether the kernel's tmpfs knows quotas."""
    return _mounts(DISKS["quota"].options)


def _mounts(options: str) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as place:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", place], check=True)
    return True


@dataclass(frozen=True, slots=True)
class _Disk:
    """A kind of trouble: how it begins and ends, and what the user is told."""

    begin: Callable[[Path], None]
    end: Callable[[Path], None]
    says: str
    options: str = f"size={_SIZE}"
    user: int | None = None


_FILL = """
import os, sys
file = open(sys.argv[1], "wb", buffering=0)
try:
    while True:
        file.write(bytes(4096))
except OSError:
    os.truncate(sys.argv[1], os.stat(sys.argv[1]).st_size - int(sys.argv[2]))
"""


def _fill(place: Path, user: int | None = None) -> None:
    command = [sys.executable, "-c", _FILL, str(place / "filler"), str(_ROOM_LEFT)]
    subprocess.run(command, check=True, user=user, group=user, extra_groups=None if user is None else [])


def _empty(place: Path) -> None:
    (place / "filler").unlink()


def _remount(how: str, place: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


DISKS = {
    "full": _Disk(_fill, _empty, "No space left on device"),
    "read-only": _Disk(partial(_remount, "ro"), partial(_remount, "rw"), "Read-only file system"),
    "quota": _Disk(
        partial(_fill, user=_NOBODY),
        _empty,
        "Disk quota exceeded",
        options=f"size={4 * _SIZE},usrquota,usrquota_block_hardlimit={_SIZE}",
        user=_NOBODY,
    ),
}


def trouble(folder: Path, kind: str) -> Proof:
    """Have a disk fail an ingest between two that it lets pass, and compare with an undisturbed dataset.

    Args:
        folder: Where to work.
        kind: Of trouble, one of `DISKS`.
    """
    started, disk = time.monotonic(), DISKS[kind]
    undisturbed = folder / "undisturbed"
    with _mounted(folder / "disk", disk) as place, serve(Feeds({"front": _body})) as feeds:
        registry = feeds.write_opml(folder / "feeds.opml")
        data = place / "data"
        _run(registry, data, disk.user)
        run_here(_arguments(registry, undisturbed))
        before = figures(data)
        feeds.step = 1
        disk.begin(place)
        failed = _run(registry, data, disk.user)
        told = failed.returncode in (1, 2) and failed.stderr.count("\n") == 1 and disk.says in failed.stderr
        vanished, _ = difference(figures(data), before)
        disk.end(place)
        again = _run(registry, data, disk.user)
        run_here(_arguments(registry, undisturbed))
        lost, double = difference(figures(data), figures(undisturbed))
    held = told and again.returncode == 0 and not (lost or double or vanished)
    return Proof(
        what=f"disk: {kind}",
        tries=1,
        lost=lost + vanished,
        double=double,
        seconds=time.monotonic() - started,
        held=held,
        note=f"It says: `{_general(failed.stderr, folder)}`",
    )


def _general(line: str, folder: Path) -> str:
    """The message without this run's folder and file names."""
    line = line.strip().replace(f"{folder}/disk/", "")
    return re.sub(r"\d{8}T\d+Z-[0-9a-f]+|date=\d{4}-\d\d-\d\d", "…", line)


@contextmanager
def _mounted(place: Path, disk: _Disk) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", disk.options, "tmpfs", str(place)], check=True)
    try:
        place.chmod(0o777)
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _arguments(registry: Path, data: Path) -> list[str]:
    return [
        "ingest",
        "--sources",
        str(registry),
        "--data",
        str(data),
        "--allow_private_hosts",
        "--host_interval",
        "0",
        "--ignore_schedule",
    ]


def _run(registry: Path, data: Path, user: int | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie", *_arguments(registry, data)],
        capture_output=True,
        text=True,
        check=False,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )


def _body(step: int) -> str:
    return rss([item(number, text="The council sat until late at night. " * 40) for number in range(20 * (step + 1))])
