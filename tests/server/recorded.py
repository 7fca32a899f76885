"""Recorded feeds, served as they stood at the time of a clock."""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from server.faults import Reply, Request
from vigie.archive import plan_archive

__all__ = ["RecordedFeed", "recorded_feeds"]


@dataclass(frozen=True)
class RecordedFeed:
    """A page whose body is the last one recorded at the time of the request, with true validators."""

    #: When each body was first seen, in order of time.
    times: tuple[datetime, ...]
    bodies: tuple[bytes, ...]
    content_type: str = "application/rss+xml"

    @classmethod
    def of(cls, polls: Iterable[tuple[datetime, bytes]], content_type: str = "application/rss+xml") -> RecordedFeed:
        """The page of these polls."""
        ordered = sorted(polls)
        return cls(tuple(at for at, _ in ordered), tuple(body for _, body in ordered), content_type)

    def __call__(self, request: Request) -> Reply:
        """Answer; with 304 where the validators are those of the body in force."""
        place = max(bisect.bisect_right(self.times, request.at) - 1, 0)
        body = self.bodies[place]
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Last-Modified": format_datetime(self.times[place], usegmt=True),
            "Content-Type": self.content_type,
        }
        known = request.headers.get("if-none-match")
        if known == headers["ETag"] or (known is None and request.headers.get("if-modified-since") == headers["Last-Modified"]):
            return Reply(304, b"", headers, declared_length=-1)
        return Reply(200, body, headers)


def recorded_feeds(folder: Path) -> dict[str, RecordedFeed]:
    """The feeds of an archive with a polls.jsonl, by feed_id."""
    polls: dict[str, list[tuple[datetime, bytes]]] = {}
    for ref in plan_archive([str(folder)]):
        if ref.path and ref.status == 200:
            polls.setdefault(ref.feed_id, []).append((ref.fetched_at, Path(ref.path).read_bytes()))
    return {feed_id: RecordedFeed.of(found) for feed_id, found in polls.items()}
