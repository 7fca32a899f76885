"""Parse under a limit of time and memory, in a process that can be stopped.

Python's own parsers cannot be stopped from outside: a regular expression or a C library runs to its end, whatever the
document makes of it. So a document that might be costly is read in a worker process (:mod:`vigie.feeds.parse_worker`),
which the system ends when it has used the processor time that the document is worth. What a document may cost:

- 2 s of processor time and 10 ms an entry, 30 s at most;
- 8 times its size in memory, and never less than 32 MiB, which also small ones need for the parser's own structures.

Sound feeds without long fields, which are nearly all, and documents of up to 16 KiB are read at once, here: libxml2 takes a
time that grows with their size, and no known reading of so little takes a second. Workers are started when they are needed,
and kept: a document costs them a few milliseconds more.
"""

from __future__ import annotations

import atexit
import pickle
import re
import signal
import struct
import subprocess
import sys
import threading
from typing import IO, Any, NamedTuple

from vigie.feeds.encoding import BodyTooLargeError, decompress
from vigie.feeds.items import MAX_ENTRIES
from vigie.feeds.parse import MAX_BODY_BYTES, ParsedDocument, ParseFailure, parse_document, parse_quickly
from vigie.schemas import FetchedDocument, FetchOutcome

__all__ = ["UNGUARDED_BYTES", "Bounds", "Request", "cpu_seconds", "parse_guarded", "read_frame", "unpacked", "write_frame"]

#: Bytes of a body up to which it is read without a guard.
UNGUARDED_BYTES = 16 * 1024
#: Seconds of processor time for a document, for each of its entries, and at most.
_CPU_SECONDS, _CPU_SECONDS_AN_ENTRY, _MOST_CPU_SECONDS = 2.0, 0.01, 30.0
#: A worker that has not answered after so many times its processor time does not run at all.
_PATIENCE = 20

#: Bytes of memory for each byte of a document, and at least.
_MEMORY_A_BYTE, _LEAST_MEMORY = 8, 32 * 2**20

_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)\b|\"id\"\s*:", re.IGNORECASE)
_LENGTH = struct.Struct(">Q")


class Bounds(NamedTuple):
    """What one document may cost."""

    #: Seconds of processor time.
    seconds: float
    #: Bytes.
    memory: int


#: A document, its edition's zone and front page, and what it may cost.
Request = tuple[FetchedDocument, str, str, Bounds]


def parse_guarded(document: FetchedDocument, *, time_zone: str, homepage: str = "") -> ParsedDocument:
    """Read one fetched document, as :func:`vigie.feeds.parse.parse_document` does, at a bounded cost.

    Args:
        document: The document.
        time_zone: See there.
        homepage: See there.

    Returns:
        What was read; of a document that was stopped one failure, `TooCostly`, and no entries.
    """
    parsed = parse_quickly(document, time_zone=time_zone, homepage=homepage)
    if parsed is not None:
        return parsed
    body = unpacked(document.body)
    if len(body) <= UNGUARDED_BYTES:
        return parse_document(document, time_zone=time_zone, homepage=homepage)
    bounds = Bounds(cpu_seconds(body), max(_MEMORY_A_BYTE * len(body), _LEAST_MEMORY))
    answer = _WORKERS.ask((document, time_zone, homepage, bounds))
    return answer if isinstance(answer, ParsedDocument) else _stopped(document, answer)


def unpacked(body: bytes) -> bytes:
    """The document in a body: what it may cost, and how many entries it has, is told by that, not by a gzip file of it."""
    try:
        return decompress(body, MAX_BODY_BYTES)[0]
    except BodyTooLargeError:
        return b""  # which reading refuses at once


def cpu_seconds(body: bytes) -> float:
    """Seconds of processor time that a document may cost, by the number of its entries."""
    entries = 0
    for _ in _ENTRY.finditer(body):
        entries += 1
        if entries == MAX_ENTRIES:
            break
    return min(_CPU_SECONDS + _CPU_SECONDS_AN_ENTRY * entries, _MOST_CPU_SECONDS)


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Send a value to the other side."""
    content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """What the other side sent.

    Raises:
        EOFError: It is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)


def _stopped(document: FetchedDocument, why: str) -> ParsedDocument:
    message = f"reading was stopped: {why}; the feed is polled again, and if it stays so, ask its publisher or drop it"
    failure = ParseFailure(document.final_url or document.url, "TooCostly", message)
    return ParsedDocument((), (failure,), FetchOutcome.TOO_COSTLY, warning=message)


class _Worker:
    """One worker process; it ends when its input does, so it cannot outlive this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vigie.feeds.parse_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, request: Request) -> ParsedDocument | str:
        """What it read, or why it was stopped.

        Raises:
            BrokenPipeError: It had ended before.
        """
        seconds = request[-1].seconds
        assert self._process.stdin is not None and self._process.stdout is not None
        write_frame(self._process.stdin, request)
        impatient = threading.Timer(seconds * _PATIENCE, self._process.kill)
        impatient.start()
        try:
            answer: ParsedDocument | str = read_frame(self._process.stdout)
            return answer
        except EOFError:
            code = self._process.wait()
            if code == -signal.SIGPROF:
                return f"it took more than {seconds:.1f} s of processor time, all that a document of its size may cost"
            return f"the parser ended with {signal.Signals(-code).name if code < 0 else f'exit code {code}'}"
        finally:
            impatient.cancel()

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            return  # What it had not yet been given is of no use to anybody.


class _Workers:
    """The workers that have nothing to do; as many come to be as threads parse at a time."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()

    def ask(self, request: Request) -> ParsedDocument | str:
        """Have one document read by a worker."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is not None:
            try:
                return self._asked(worker, request)
            except BrokenPipeError:
                pass  # It had ended while it was idle, which is not this document's doing.
        return self._asked(_Worker(), request)

    def _asked(self, worker: _Worker, request: Request) -> ParsedDocument | str:
        kept = False
        try:
            answer = worker.ask(request)
            kept = isinstance(answer, ParsedDocument) and worker.alive
        finally:
            if not kept:
                worker.close()
        if kept:
            with self._lock:
                self._idle.append(worker)
        return answer

    def close(self) -> None:
        """End those that are idle."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()


_WORKERS = _Workers()
atexit.register(_WORKERS.close)
