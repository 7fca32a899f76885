"""A disk that fills up, turns read-only or has a quota: a clear error, nothing lost, and on it goes when there is room.

On a small tmpfs of its own, which takes root and `mount`; a quota is that of a Btrfs file system in a file, which also takes
btrfs-progs and a loop device.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from builders import item, rss
from loopback import Feeds, serve
from proofs.kills import run_here
from proofs.reading import difference, figures
from proofs.table import Proof

__all__ = ["DISKS", "can_mount", "has_quotas", "trouble"]

_SIZE = 24 * 2**20
_ROOM_LEFT = 16 * 2**10
#: What Btrfs needs at least, with some room.
_IMAGE_SIZE = 128 * 2**20


def can_mount() -> bool:
    """Whether this process may mount a tmpfs."""
    return shutil.which("mount") is not None and _mounts("full")


def has_quotas() -> bool:
    """Whether this process may mount a file system with a quota."""
    return shutil.which("mkfs.btrfs") is not None and _mounts("quota")


def _mounts(kind: str) -> bool:
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder, suppress(subprocess.CalledProcessError), _mounted(Path(folder) / "d", kind):
        return True
    return False


@dataclass(frozen=True, slots=True)
class _Disk:
    """A kind of trouble: how it begins and ends, and what the user is told."""

    begin: Callable[[Path], None]
    end: Callable[[Path], None]
    says: str
    mount: Callable[[Path], None]


_FILL = """
import os, sys
file = open(sys.argv[1], "wb", buffering=0)
try:
    while True:
        file.write(bytes(4096))
except OSError:
    os.truncate(sys.argv[1], os.stat(sys.argv[1]).st_size - int(sys.argv[2]))
"""


def _fill(place: Path) -> None:
    _do(sys.executable, "-c", _FILL, place / "filler", _ROOM_LEFT)


def _empty(place: Path) -> None:
    (place / "filler").unlink()


def _remount(how: str) -> Callable[[Path], None]:
    def remount(place: Path) -> None:
        _do("mount", "-o", f"remount,{how}", place)

    return remount


def _small(place: Path) -> None:
    _do("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", place)


def _with_quota(place: Path) -> None:
    image = place.with_suffix(".image")
    with image.open("wb") as file:
        file.truncate(_IMAGE_SIZE)
    _do("mkfs.btrfs", "-q", image)
    _do("mount", "-o", "loop", image, place)
    _do("btrfs", "quota", "enable", place)


def _limit(place: Path) -> None:
    _do("sync", "-f", place)  # What is used is counted when it is committed.
    used = int(_do("btrfs", "qgroup", "show", "--raw", place).split()[-2])
    _do("btrfs", "qgroup", "limit", used + _ROOM_LEFT, place)


def _lift(place: Path) -> None:
    _do("btrfs", "qgroup", "limit", "none", place)


def _do(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


DISKS = {
    "full": _Disk(_fill, _empty, "No space left on device", _small),
    "read-only": _Disk(_remount("ro"), _remount("rw"), "Read-only file system", _small),
    "quota": _Disk(_limit, _lift, "Disk quota exceeded", _with_quota),
}


def trouble(folder: Path, kind: str) -> Proof:
    """Have a disk fail an ingest between two that it lets pass, and compare with an undisturbed dataset.

    Args:
        folder: Where to work.
        kind: Of trouble, one of `DISKS`.
    """
    started, disk = time.monotonic(), DISKS[kind]
    undisturbed = folder / "undisturbed"
    with _mounted(folder / "disk", kind) as place, serve(Feeds({"front": _body})) as feeds:
        registry = feeds.write_opml(folder / "feeds.opml")
        data = place / "data"
        _run(registry, data)
        run_here(_arguments(registry, undisturbed))
        before = figures(data)
        feeds.step = 1
        disk.begin(place)
        failed = _run(registry, data)
        told = failed.returncode in (1, 2) and failed.stderr.count("\n") == 1 and disk.says in failed.stderr
        vanished, _ = difference(figures(data), before)
        disk.end(place)
        again = _run(registry, data)
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
def _mounted(place: Path, kind: str) -> Iterator[Path]:
    place.mkdir()
    DISKS[kind].mount(place)
    try:
        yield place
    finally:
        _do("umount", "--lazy", place)


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


def _run(registry: Path, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie", *_arguments(registry, data)],
        capture_output=True,
        text=True,
        check=False,
    )


def _body(step: int) -> str:
    return rss([item(number, text="The council sat until late at night. " * 40) for number in range(20 * (step + 1))])
