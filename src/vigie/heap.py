"""Keep what a process holds of memory close to what it uses, where the C library is glibc; elsewhere nothing is done."""

from __future__ import annotations

import ctypes
import functools

__all__ = ["give_back", "use_one_arena"]

#: M_ARENA_MAX of mallopt(3).
_ARENA_MAX = -8


def use_one_arena() -> None:
    """Serve threads that start from now on from one heap.

    By default glibc gives each thread of Beam's a heap of its own, and none gives back what it once took: measured, 50 MiB
    more for a chunk of 400 feeds (benchmarks/load.py). One is enough, for one thread at a time runs Python.
    """
    _call("mallopt", _ARENA_MAX, 1)


def give_back() -> None:
    """Give memory that is free back to the system."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    function = getattr(_library(), name, None)
    if function is not None:
        function(*arguments)


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
