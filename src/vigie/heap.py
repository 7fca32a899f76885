"""Keep what a process holds of memory close to what it uses, and what it spends on finding out what it uses small."""

from __future__ import annotations

import ctypes
import functools
import gc
import os

__all__ = ["collect_seldom", "give_back", "use_one_arena", "use_one_heap_for_arrow"]

#: M_ARENA_MAX of mallopt(3).
_ARENA_MAX = -8
#: Objects made until Python looks for cycles among the young ones, and rounds until it does among older ones.
_COLLECT_AFTER = (100_000, 20, 20)


def use_one_arena() -> None:
    """Serve threads that start from now on from one heap, where the C library is glibc.

    By default glibc gives each thread of Beam's a heap of its own, and none gives back what it once took: measured, 50 MiB
    more for a chunk of 400 feeds (benchmarks/load.py). One is enough, for one thread at a time runs Python.
    """
    _call("mallopt", _ARENA_MAX, 1)


def use_one_heap_for_arrow() -> None:
    """Have Arrow take its memory where all else does, not from an allocator of its own; before anything imports it.

    It keeps less: measured, some 25 MiB a process (benchmarks/load.py). A choice that the user made in the environment stays.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def collect_seldom() -> None:
    """Look for cycles of objects a hundred and forty times more seldom than Python does by default.

    Polls and their articles are in none, and are given back without: looking for cycles among them took 5 % of a run, and
    2 % where it was done every 20,000 objects. What is in cycles waits for :func:`give_back` at the end of a chunk.
    """
    gc.set_threshold(*_COLLECT_AFTER)


def give_back() -> None:
    """Give memory that is free back to the system, where the C library is glibc."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    function = getattr(_library(), name, None)
    if function is not None:
        function(*arguments)


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
