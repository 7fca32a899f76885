"""What tests of polling share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asking import NOW
from server import FeedServer


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(hosts=3, clock=lambda: NOW) as running:
        yield running
