"""Put files in place: whole, by one rename, and so that a power cut keeps them in the order in which they were put there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

__all__ = ["put_in_place"]

#: What file systems answer that do not let a folder be flushed; their names are as safe as they make them.
_UNABLE = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)


def put_in_place(scratch: Path, target: Path) -> None:
    """Give a file, whose bytes are on the disk, the name by which it is found; that is on the disk, too, when this returns.

    A system writes the names of different folders in an order of its own: after a power cut the ledger could name a poll
    whose articles are in a file that has lost its name. The folder that the file is put in is made where it is not there.

    Raises:
        OSError: The disk is full or failing, or the folder cannot be written to.
    """
    changed = _make(target.parent)
    try:
        scratch.replace(target)
    except FileNotFoundError:  # A compaction has just taken its empty folder away.
        changed += _make(target.parent)
        scratch.replace(target)
    for folder in (target.parent, *changed):
        _flush_names(folder)


def _make(folder: Path) -> list[Path]:
    """Make a folder with those above it, and give those that have a new one in them."""
    changed = []
    missing = folder
    while not missing.exists():
        missing = missing.parent
        changed.append(missing)
    folder.mkdir(parents=True, exist_ok=True)
    return changed


def _flush_names(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:  # A compaction has taken in what was in it and removed the folder: there is no name to keep.
        return
    except OSError as error:
        if error.errno not in _UNABLE:
            raise
