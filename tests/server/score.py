"""How politely a client polls: what rachelbythebay's feed reader score counts, and what hosts are promised."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.faults import Reply, Request

__all__ = ["Score"]


@dataclass
class Score:
    """What a client did, counted; nothing here judges."""

    requests: list[Request] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    #: Requests without validators to a page that had given some.
    unconditional_repeats: int = 0
    #: Requests with the page's last validators, with older ones of it, and with ones that it never gave.
    conditional: int = 0
    out_of_order: int = 0
    invented: int = 0
    #: Requests before the time that a Retry-After of the host had named.
    before_retry_after: int = 0
    cookies: int = 0
    referrers: int = 0
    #: Most requests in flight at once, by host.
    most_at_once: Counter[str] = field(default_factory=Counter)
    _given: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _in_flight: Counter[str] = field(default_factory=Counter)
    _retry_after: dict[str, datetime] = field(default_factory=dict)

    def started(self, request: Request) -> None:
        """Count a request that begins."""
        self.requests.append(request)
        self._in_flight[request.host] += 1
        self.most_at_once[request.host] = max(self.most_at_once[request.host], self._in_flight[request.host])
        self.cookies += "cookie" in request.headers
        self.referrers += "referer" in request.headers
        self.before_retry_after += request.at < self._retry_after.get(request.host, request.at)
        sent = (request.headers.get("if-none-match", ""), request.headers.get("if-modified-since", ""))
        given = self._given[request.page]
        if sent == ("", ""):
            self.unconditional_repeats += bool(given)
        elif given and sent == given[-1]:
            self.conditional += 1
        elif sent in given:
            self.out_of_order += 1
        else:
            self.invented += 1

    def answered(self, request: Request, reply: Reply) -> None:
        """Count an answer."""
        self.statuses[reply.status] += 1
        validators = (reply.headers.get("ETag", ""), reply.headers.get("Last-Modified", ""))
        if reply.status == 200 and validators != ("", ""):
            self._given[request.page].append(validators)
        seconds = reply.headers.get("Retry-After", "")
        if seconds.isdigit():
            self._retry_after[request.host] = request.at + timedelta(seconds=int(seconds))

    def ended(self, request: Request) -> None:
        """Count a request that is over."""
        self._in_flight[request.host] -= 1

    def intervals(self, page: tuple[str, str]) -> list[timedelta]:
        """Times between the requests for a page, by the server's clock."""
        starts = [request.at for request in self.requests if request.page == page]
        return [later - earlier for earlier, later in itertools.pairwise(starts)]

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.target for request in self.requests]
