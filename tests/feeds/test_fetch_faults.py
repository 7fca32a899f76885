"""Polling servers that fail: each fault ends its own poll, in bounded time and memory, and says why."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace

import pytest
from asking import FEED, LIMITS, one, poll
from server import (
    FeedServer,
    Reply,
    bomb,
    chunked_for_ever,
    drips,
    endless,
    lies_about_length,
    never_speaks,
    resets,
    slow_headers,
    status,
)

from vigie.schemas import FetchOutcome

FAULTS = {
    "endless body": (endless(), FetchOutcome.TOO_LARGE),
    "endless chunks": (chunked_for_ever(), FetchOutcome.TOO_LARGE),
    "gzip bomb": (bomb(20_000_000, "gzip"), FetchOutcome.TOO_LARGE),
    "deflate bomb": (bomb(20_000_000, "deflate"), FetchOutcome.TOO_LARGE),
    "brotli bomb": (bomb(20_000_000, "br"), FetchOutcome.TOO_LARGE),
    "zstd bomb": (bomb(20_000_000, "zstd"), FetchOutcome.TOO_LARGE),
    "shorter than declared": (lies_about_length(FEED, 10 * len(FEED)), FetchOutcome.NETWORK_ERROR),
    "reset in mid-body": (resets(FEED), FetchOutcome.NETWORK_ERROR),
    "not what its coding says": (Reply(body=FEED, headers={"Content-Encoding": "gzip"}), FetchOutcome.NETWORK_ERROR),
    "huge header": (Reply(body=FEED, headers={"X-Long": "x" * 100_000}), FetchOutcome.NETWORK_ERROR),
    "part of a feed": (status(226), FetchOutcome.HTTP_ERROR),
    "gone": (status(410), FetchOutcome.HTTP_ERROR),
    "forbidden": (status(403), FetchOutcome.BLOCKED),
    "forbidden by law": (status(451), FetchOutcome.BLOCKED),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_server_that_misbehaves_fails_its_own_poll_and_says_why(server: FeedServer, fault: str) -> None:
    reply, expected = FAULTS[fault]
    bad, good = server.serve(reply, "/bad"), server.serve(Reply(body=FEED), "/good", host=1)
    failed, fine = poll(bad, good)
    assert failed.outcome is expected
    assert failed.error
    assert fine.outcome is FetchOutcome.OK


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (never_speaks(), r"127\.\d+\.\d+\.\d+ sent nothing for 0\.5 s"),
        (slow_headers(), "not done within 1 s|sent nothing for 0.5 s"),
        (drips(FEED * 1_000), "not done within 1 s"),
    ],
    ids=["never speaks", "slow headers", "slow body"],
)
def test_server_that_takes_longer_than_is_allowed_fails_its_poll(server: FeedServer, reply: Reply, why: str) -> None:
    failed = one(server.serve(reply), replace(LIMITS, first_byte_seconds=0.5, total_seconds=1.0))
    assert failed.outcome is FetchOutcome.NETWORK_ERROR
    assert re.fullmatch(why, failed.error)


def test_a_body_that_ends_early_is_told_by_its_bytes_and_not_as_some_status(server: FeedServer) -> None:
    failed = one(server.serve(lies_about_length(FEED, 2_000)))
    assert (failed.outcome, failed.error) == (
        FetchOutcome.NETWORK_ERROR,
        f"the answer broke off after {len(FEED)} of 2,000 bytes",
    )


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_bomb_is_given_up_before_it_has_grown(server: FeedServer, coding: str) -> None:
    url = server.serve(bomb(60_000_000, coding))
    tracemalloc.start()
    try:
        assert one(url).outcome is FetchOutcome.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_of_a_body_longer_than_declared_nothing_is_taken_that_was_not_declared(server: FeedServer) -> None:
    # What follows the declared length is seen, and refused, only where it comes in one piece with the rest.
    declared = len(FEED) // 2
    bad = server.serve(lies_about_length(FEED, declared), "/bad")
    good = server.serve(Reply(body=FEED), "/good", host=1)
    cut, fine = poll(bad, good)
    assert cut.body == FEED[:declared] or (cut.outcome is FetchOutcome.NETWORK_ERROR and cut.error)
    assert fine.outcome is FetchOutcome.OK


def test_nobody_listening_is_a_failed_poll() -> None:
    document = one("http://127.0.0.1:9/feed")
    assert (document.outcome, document.status) == (FetchOutcome.NETWORK_ERROR, None)
