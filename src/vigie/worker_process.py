"""Processes that work for this one: each does what it is given in order, and ends when this process does."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait

from vigie.heap import use_one_arena

__all__ = ["start_worker"]


def start_worker() -> ProcessPoolExecutor:
    """A pool of one process, which starts with the first call that is submitted.

    It is started afresh, not forked: this process has threads of its own.
    """
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """What a worker does first: leave Ctrl-C to the process that started it, and watch over that one."""
    logging.getLogger().setLevel(logging.ERROR)  # Beam warns of what it lacks for services that are not used here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_one_arena()
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # The lock on the dataset went with that process: nothing more may be written.
