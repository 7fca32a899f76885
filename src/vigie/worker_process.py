"""Processes that work for this one: each does what it is given in order, and ends when this process does."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from vigie.heap import collect_seldom, give_back, use_one_arena

__all__ = ["Crew", "Worker"]

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """A process that works for this one.

    Args:
        forked: Start it at once, as a copy of this process, not afresh with the first call.
    """

    def __init__(self, *, forked: bool = False) -> None:
        """Start it, or make ready to."""
        self._pool = _pool("fork" if forked else "spawn")
        if forked:
            gc.freeze()  # A collector that looks through objects writes to them, and what is written to is in memory twice.
            self._pool.submit(_nothing).result()

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function called there, after those that were submitted before."""
        try:
            return self._pool.submit(function, *args, **kwargs)
        except BrokenProcessPool:  # It was killed; whoever waited for it was told.
            self._pool = _pool("spawn")
            return self._pool.submit(function, *args, **kwargs)

    def close(self) -> None:
        """End it when it has done what it is at; what only waits is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Crew:
    """Workers that a process starts while it is young and keeps for all its runs; to be used in `with`.

    On Linux they are copies of this process, which must have no database open: what it has loaded so far is in memory once
    for all of them, and they start in no time. Where this process has threads, or on other systems, they are started afresh.

    Args:
        size: How many.
    """

    def __init__(self, size: int = 0) -> None:
        """Start them."""
        forked = sys.platform == "linux" and threading.active_count() == 1
        give_back()  # What is free now, each would fill with its own.
        self.workers = tuple(Worker(forked=forked) for _ in range(size))

    def __enter__(self) -> Self:
        """The crew itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None) -> None:
        """End them."""
        for worker in self.workers:
            worker.close()
        gc.unfreeze()


def _pool(start: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(start), initializer=_begin)


def _nothing() -> None:
    """Called to have a worker started."""


def _begin() -> None:
    """What a worker does first: leave Ctrl-C to the process that started it, and watch over that one."""
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what it lacks for services that are not used here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_one_arena()
    collect_seldom()
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    # A worker that was copied later holds the sentinel open: the parent's id tells, too.
    while os.getppid() == parent.pid and not wait([parent.sentinel], timeout=1):
        pass
    os._exit(1)  # The lock on the dataset went with that process: nothing more may be written.
