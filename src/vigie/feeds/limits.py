"""What one poll may cost, and whom it may ask."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.feeds.parse import MAX_BODY_BYTES

__all__ = ["DEFAULT_CONTACT", "FetchLimits"]

#: Where a publisher learns what vigie is, if whoever runs it names no contact of their own.
DEFAULT_CONTACT = "https://pypi.org/project/vigie/"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one poll may cost, and whom it may ask."""

    #: Bytes of a body, decompressed.
    max_bytes: int = MAX_BODY_BYTES
    #: Seconds to connect, the name's resolution included.
    connect_seconds: float = 10.0
    #: Seconds to the first byte of the answer, and between any two parts of it.
    first_byte_seconds: float = 20.0
    #: Seconds from the start to the last byte, over all redirects.
    total_seconds: float = 30.0
    max_redirects: int = 5
    #: Requests in flight at once, over all hosts.
    concurrency: int = 256
    #: Requests in flight at once to one host, and to one registered domain.
    per_host: int = 2
    #: Seconds between the starts of two requests to one host, and to one registered domain.
    host_interval: float = 5.0
    #: Whether loopback, private and link-local addresses may be asked.
    allow_private_hosts: bool = False
    #: From where the polls are made.
    vantage: str = "local"
    #: An address, of mail or a page, by which publishers reach whoever runs this.
    contact: str = DEFAULT_CONTACT
    #: Seconds after which no more polls are started; what is left stays due. None: all are made.
    cycle_seconds: float | None = None
