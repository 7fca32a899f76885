"""How tests of polling ask a server on loopback: without waiting between two requests to one host."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vigie.feeds.limits import FetchLimits
from vigie.feeds.polling import Poller
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchedDocument

NOW = datetime(2017, 5, 29, 12, 0, tzinfo=UTC)
LIMITS = FetchLimits(allow_private_hosts=True, max_bytes=1_000_000, host_interval=0.0)
FEED = b"<rss version='2.0'><channel><title>T</title><item><title>One</title></item></channel></rss>"


def poll(*urls: str, limits: FetchLimits = LIMITS, **values: Any) -> list[FetchedDocument]:
    requests = [FetchRequest(f"feed/{n}", "feed", url, **values) for n, url in enumerate(urls)]
    with Poller(limits, lambda: NOW) as poller:
        documents = [document for batch in poller.batches(requests) for document in batch]
    return sorted(documents, key=lambda document: document.feed_id)


def one(url: str, limits: FetchLimits = LIMITS, **values: Any) -> FetchedDocument:
    (document,) = poll(url, limits=limits, **values)
    return document
