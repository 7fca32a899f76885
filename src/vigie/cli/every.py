"""`vigie ingest --every`: cycles in one process, and how signals end them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from types import FrameType
from typing import NoReturn

import typer

from vigie.clock import system_clock
from vigie.cycles import Cycle, StopRequested, run_cycles

__all__ = ["repeat"]


#: Seconds after which a stop is asked for again: what was under way may have swallowed the first.
_AGAIN = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)


def repeat(work: Callable[[], Mapping[str, int]], every: timedelta, last: Callable[[], None] = lambda: None) -> NoReturn:
    """Run cycles until SIGINT or SIGTERM, with a line for each on stdout, do what is to be done last, and end the process.

    The runner's threads cannot be stopped, and would go on writing after whatever unwinds here; so the process is ended
    from outside Python, which ends them with it, and only then is its lock free. Files are put in place by one rename and
    the ledger's come last, so whatever is cut off is polled again.
    """
    requested = threading.Event()

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        requested.set()
        logging.disable()  # What a runner complains of from here on is the stop.
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        raise StopRequested("a signal asked vigie to stop")

    for each in _SIGNALS:
        signal.signal(each, stop)
    deaf = False
    while not deaf:
        with suppress(StopRequested):  # which may be asked for again on the way out
            if not requested.is_set():
                run_cycles(work, every=every, clock=system_clock, sleep=time.sleep, tell=_tell, stopping=requested.is_set)
            for each in _SIGNALS:
                signal.signal(each, signal.SIG_IGN)
            deaf = True
    last()
    typer.echo("stopped; all that was committed stands, and the next start goes on from there")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _tell(cycle: Cycle) -> None:
    typer.echo(cycle.told(), err=cycle.counters is None)
    sys.stdout.flush()
