"""The process in which documents are read that might be costly: `python -m vigie.feeds.parse_worker`.

It reads requests from its input and writes answers to its output until the input ends. The system ends it when a
document has used up its processor time; when one wants more memory than it may have, it says so and ends by itself.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import IO

from vigie.feeds.guarded import Request, read_frame, write_frame
from vigie.feeds.parse import ParsedDocument, parse_document

__all__ = ["main"]

#: A worker that has kept more than this of what documents took ends, and another is started: bytes.
_MOST_KEPT = 64 * 2**20
_SIZES = Path("/proc/self/statm")


def main() -> None:
    """Answer requests until there are no more."""
    for ignored in (signal.SIGINT, signal.SIGTERM):  # Meant for the process that asks, which ends this one.
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # What a library prints is no answer.
    at_rest = _address_space()
    while _answer(sys.stdin.buffer, answers, at_rest):
        pass


def _answer(requests: IO[bytes], answers: IO[bytes], at_rest: int) -> bool:
    """Answer one request; False where no more can be."""
    try:
        request: Request = read_frame(requests)
    except EOFError:
        return False
    document, time_zone, homepage, bounds = request
    _limit_memory(at_rest + bounds.memory if at_rest else resource.RLIM_INFINITY)
    signal.setitimer(signal.ITIMER_PROF, bounds.seconds)
    result: ParsedDocument | str
    try:
        result = parse_document(document, time_zone=time_zone, homepage=homepage)
    except MemoryError:
        result = f"it took more than {bounds.memory:,} bytes of memory, all that a document of its size may cost"
    signal.setitimer(signal.ITIMER_PROF, 0)
    _limit_memory(resource.RLIM_INFINITY)
    try:
        write_frame(answers, result)
    except BrokenPipeError:
        return False  # Whoever asked is gone.
    return isinstance(result, ParsedDocument) and _address_space() - at_rest < _MOST_KEPT


def _limit_memory(limit: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _address_space() -> int:
    """Bytes that the process has mapped; 0 where the system does not say, and memory is then not bounded."""
    try:
        return int(_SIZES.read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    main()
