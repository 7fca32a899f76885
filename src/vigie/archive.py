"""Archived polls: feed files on disk, with the times at which they were fetched.

A ``polls.jsonl`` beside (or above) the files says of each poll: file, feed_id, source_id, url, fetched_at, status,
headers. Without it each path is a feed of its own, polled at the file's time: its id holds a hash of the whole path.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vigie.errors import UsageError
from vigie.feeds.encoding import BodyTooLargeError, decompress
from vigie.feeds.parse import MAX_BODY_BYTES
from vigie.importing.rewriting import undo_rewriting
from vigie.schemas import FetchedDocument, FetchOutcome, Header
from vigie.schemas.columns import quickly_made

__all__ = ["POLLS_FILE", "PollRef", "outcome_of_status", "plan_archive", "read_poll"]

POLLS_FILE = "polls.jsonl"

#: The first feeds are of 1999; a poll later than the other bound is a slip of the pen.
_FIRST_POLL, _LAST_POLL = datetime(1999, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
#: Statuses that bring a whole body (206 and 226 bring a part of one), and those by which one is kept out.
_WHOLE, _BLOCKED = frozenset([200, 203]), frozenset([403, 451])
#: Characters that no text of a table may have.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_FIELDS = {"file", "feed_id", "source_id", "url", "fetched_at", "status", "headers", "vantage", "error"}


@quickly_made
@dataclass(frozen=True, slots=True)
class PollRef:
    """One archived poll that is to be read: small enough to plan a million of them."""

    feed_id: str
    source_id: str
    url: str
    #: When the poll started, UTC.
    fetched_at: datetime
    #: The file with the body; empty where the poll brought none.
    path: str = ""
    #: Size of that file, bytes.
    size: int = 0
    status: int | None = 200
    headers: tuple[Header, ...] = ()
    vantage: str = "local"
    error: str = ""
    #: How the body was had, as :class:`FetchedDocument` has it.
    origin: str = "file"
    #: Of a capture by the Wayback Machine, its time as 14 digits: addresses that were led through the archive are set right.
    capture: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        """Polls of a source are taken in this order."""
        return self.fetched_at, self.feed_id


def plan_archive(patterns: Sequence[str], notes: list[str] | None = None) -> list[PollRef]:
    """The polls behind files, folders and globs, each once, in the order in which they were made.

    Args:
        patterns: Files, folders or globs.
        notes: Takes what a user should be told, a line each: files that a list of polls passes over.

    Raises:
        UsageError: A path matches nothing, a ``polls.jsonl`` is wrong (the message names path and line), or two files would
            be one poll of one feed.
    """
    refs: dict[tuple[str, str, datetime], PollRef] = {}
    source_of: dict[str, str] = {}
    for path in _expand(patterns):
        for ref in _polls_at(path, notes if notes is not None else []):
            other = refs.setdefault((ref.feed_id, ref.vantage, ref.fetched_at), ref)
            if other.path != ref.path:
                raise UsageError(
                    f"{ref.path or 'a poll without a file'} and {other.path or 'another without one'}: both are the poll of "
                    f"{ref.feed_id} at {ref.fetched_at.isoformat()}; tell them apart in a {POLLS_FILE}, or by name"
                )
            if source_of.setdefault(ref.feed_id, ref.source_id) != ref.source_id:
                raise UsageError(f"feed {ref.feed_id}: stands under the sources {source_of[ref.feed_id]} and {ref.source_id}")
    return sorted(refs.values(), key=lambda ref: ref.order)


def read_poll(ref: PollRef) -> FetchedDocument:
    """Read the body of an archived poll. A file that cannot be read gives a failed poll, not an error."""
    body, error, outcome = b"", ref.error, outcome_of_status(ref.status)
    if ref.size > MAX_BODY_BYTES:
        error, outcome = f"{ref.path}: {ref.size:,} bytes; the limit is {MAX_BODY_BYTES:,}", FetchOutcome.TOO_LARGE
    elif ref.path:
        try:
            with open(ref.path, "rb", buffering=0) as file:
                body = file.read()
        except OSError as problem:
            error, outcome = f"{ref.path}: cannot be read ({problem.strerror})", FetchOutcome.NETWORK_ERROR
    elif outcome is FetchOutcome.OK:
        error, outcome = "the archive names no file for this poll", FetchOutcome.NETWORK_ERROR
    headers = ref.headers
    if ref.capture and body:
        body, headers = _as_captured(body, ref)
    return FetchedDocument(
        feed_id=ref.feed_id,
        source_id=ref.source_id,
        url=ref.url,
        final_url=ref.url,
        fetched_at=ref.fetched_at,
        status=ref.status,
        headers=headers,
        body=body,
        outcome=outcome,
        error=error,
        vantage=ref.vantage,
        origin=ref.origin,
    )


def _as_captured(body: bytes, ref: PollRef) -> tuple[bytes, tuple[Header, ...]]:
    """A capture's body as the outlet sent it, and a header that says what was changed in it."""
    try:
        body, _ = decompress(body, MAX_BODY_BYTES)
    except BodyTooLargeError:
        return body, ref.headers  # which reading it will find too
    body, changed = undo_rewriting(body, ref.capture)
    return body, (*ref.headers, Header("x-vigie-addresses-restored", str(changed))) if changed else ref.headers


def outcome_of_status(status: int | None) -> FetchOutcome:
    """What an HTTP status alone says of a poll; None stands for no answer at all."""
    if status is None:
        return FetchOutcome.NETWORK_ERROR
    if status == 304:
        return FetchOutcome.NOT_MODIFIED
    if status in _BLOCKED:
        return FetchOutcome.BLOCKED
    return FetchOutcome.OK if status in _WHOLE else FetchOutcome.HTTP_ERROR


def _expand(patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        path = Path(pattern)
        found = [path] if path.exists() else [Path(p) for p in sorted(glob.glob(pattern, recursive=True))]
        if not found:
            raise UsageError(f"--from {pattern}: no such file or folder, and no file matches it; see how it is spelt")
        yield from found


def _polls_at(path: Path, notes: list[str]) -> Iterator[PollRef]:
    if path.is_dir():
        lists = sorted(path.rglob(POLLS_FILE))
        for polls in lists:
            refs = list(_read_polls_file(polls))
            yield from refs
            unlisted = _files_under(polls.resolve().parent) - {ref.path for ref in refs} - {str(polls.resolve())}
            if unlisted:  # under these names, at least
                listed_files = {str(Path(ref.path).resolve()) for ref in refs} | {str(other.resolve()) for other in lists}
                unlisted = {str(Path(file).resolve()) for file in unlisted} - listed_files
            if unlisted:
                notes.append(
                    f"{polls}: does not list {len(unlisted)} files beside it, for instance {min(unlisted)!r}: not read"
                )
        listed = {polls.parent for polls in lists}
        yield from map(_ref_of_file, _files_without_list(path, listed))
    elif path.name == POLLS_FILE:
        yield from _read_polls_file(path)
    else:
        above = next((p / POLLS_FILE for p in path.resolve().parents[:3] if (p / POLLS_FILE).is_file()), None)
        listed_refs = [ref for ref in _read_polls_file(above) if Path(ref.path).absolute() == path.absolute()] if above else []
        yield from listed_refs or [_ref_of_file(path)]


def _ref_of_file(path: Path) -> PollRef:
    resolved = path.resolve()
    name = re.sub(r"[^a-z0-9]+", "-", f"{resolved.parent.name}-{resolved.name}".lower()).strip("-")
    # The name is for people; the path's hash keeps apart what it does not: letters left out, folders of one name.
    source_id = f"{name}-{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:6]}"
    about = resolved.stat()
    return PollRef(
        feed_id=f"{source_id}/file",
        source_id=source_id,
        url=resolved.as_uri(),
        fetched_at=datetime.fromtimestamp(about.st_mtime, UTC),
        path=str(resolved),
        size=about.st_size,
    )


def _read_polls_file(polls: Path) -> Iterator[PollRef]:
    try:
        lines = polls.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{polls}: cannot be read as UTF-8 text ({error})") from error
    folder = polls.resolve().parent
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _ref_of_line(folder, json.loads(line))
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
                problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                raise UsageError(
                    f"{polls}:{number}: {problem}; a line is one JSON object with file, feed_id, source_id, url, fetched_at "
                    "(ISO 8601 with zone), status and headers"
                ) from error


def _ref_of_line(folder: Path, line: Any) -> PollRef:
    if not isinstance(line, dict):
        raise TypeError("not a JSON object")
    if unknown := set(line) - _FIELDS:
        raise ValueError(f"unknown key {min(unknown)!r}")
    fetched_at = datetime.fromisoformat(_text(line, "fetched_at", required=True))
    if fetched_at.tzinfo is None:
        raise ValueError(f"fetched_at {line['fetched_at']!r} names no zone")
    if not _FIRST_POLL <= fetched_at <= _LAST_POLL:
        raise ValueError(f"fetched_at {line['fetched_at']!r} is no time at which a feed can have been polled")
    status = line.get("status", 200)
    if status is not None and (type(status) is not int or not 100 <= status <= 599):
        raise ValueError(f"status {status!r} is no HTTP status (a number from 100 to 599, or null for no answer)")
    feed_id = _text(line, "feed_id", required=True)
    file = _text(line, "file")
    path = os.path.join(folder, file) if file else ""
    headers = line.get("headers") or {}
    if not isinstance(headers, dict):
        raise TypeError("headers is not a JSON object")
    return PollRef(
        feed_id=feed_id,
        source_id=_text(line, "source_id") or feed_id.partition("/")[0],
        url=_text(line, "url"),
        fetched_at=fetched_at.astimezone(UTC),
        path=path,
        size=_size_of_file(path),
        status=status,
        headers=tuple(Header(name.lower(), _text(headers, name)) for name in headers),
        vantage=_text(line, "vantage") or "local",
        error=_text(line, "error"),
    )


def _text(line: dict[str, Any], key: str, *, required: bool = False) -> str:
    """A value that is to be a text; empty where it is left out or null.

    Raises:
        KeyError: It is required and left out.
        ValueError: It is no text, or one that no file or table can hold.
    """
    value = line[key] if required else line.get(key) or ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise ValueError(f"{key} {value!r} is not a text")
    if _UNSTORABLE.search(value):
        raise ValueError(f"{key} {value!r} holds characters that cannot be stored")
    return value


def _files_without_list(folder: Path, listed: set[Path]) -> list[Path]:
    """The files under a folder, without hidden ones and all that is under a folder with a list of polls."""
    files: list[Path] = []
    for parent, folders, names in os.walk(folder):
        if Path(parent) in listed:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(parent, name) for name in names if not name.startswith(".")]
    return sorted(file for file in files if file.is_file())


def _files_under(folder: Path) -> set[str]:
    return {os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names if not name.startswith(".")}


def _size_of_file(path: str) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
