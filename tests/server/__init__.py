"""A feed server for tests: real HTTP on loopback, many virtual hosts, recorded feeds on a virtual clock, and every vice."""

from server.faults import (
    Reply,
    bomb,
    chunked_for_ever,
    drips,
    endless,
    html,
    lies_about_length,
    never_changes,
    never_speaks,
    redirect,
    resets,
    slow_headers,
    status,
)
from server.recorded import RecordedFeed, recorded_feeds
from server.running import FeedServer, Request
from server.score import Score

__all__ = [
    "FeedServer",
    "RecordedFeed",
    "Reply",
    "Request",
    "Score",
    "bomb",
    "chunked_for_ever",
    "drips",
    "endless",
    "html",
    "lies_about_length",
    "never_changes",
    "never_speaks",
    "recorded_feeds",
    "redirect",
    "resets",
    "slow_headers",
    "status",
]
