"""Whom vigie connects to: the address that a name resolves to is checked at the moment of connecting.

So it holds for redirects and for names that resolve to something else the second time. A public name that leads to the
machine itself is a sinkhole: resolvers of providers who must block a site answer so.
"""

from __future__ import annotations

import contextvars
import errno
import ipaddress
import socket
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

__all__ = [
    "Refusals",
    "checked_socket",
    "host_and_port",
    "is_public_address",
    "literal_address",
    "refusals",
    "without_credentials",
]

#: Names that lead to private addresses by their nature (RFC 6761, 6762, 8375 and custom).
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".test", ".invalid", ".example")

#: What Python 3.11 takes for public and is not.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890); a cloud's metadata among them
        "168.63.129.16/32",  # Azure's metadata
        "::/96",  # IPv4-compatible (RFC 4291, given up)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "fec0::/10",  # site-local (RFC 3879, given up)
    )
)


@dataclass(slots=True)
class Refusals:
    """The addresses that were refused in one request."""

    addresses: list[str] = field(default_factory=list)
    #: Whether another address of the same name was tried: what failed then is that one's doing.
    others: bool = False

    @property
    def decided(self) -> bool:
        """Whether it was they that ended the request."""
        return bool(self.addresses) and not self.others

    def clear(self) -> None:
        """Begin another request."""
        self.addresses.clear()
        self.others = False

    def sinkholes(self, host: str) -> bool:
        """Whether they mean that the name of a public host was made to lead nowhere: all of them are the machine itself."""
        private = literal_address(host) is not None or "." not in host or f".{host}".endswith(_PRIVATE_NAMES)
        return not private and bool(self.addresses) and all(_is_this_machine(address) for address in self.addresses)


#: The request under way in this task; connecting adds to it.
refusals: contextvars.ContextVar[Refusals] = contextvars.ContextVar("refusals")


def checked_socket(info: tuple[object, ...]) -> socket.socket:
    """A socket for a resolved address, where that address is public.

    Raises:
        OSError: It is not; it is noted among :data:`refusals`.
    """
    family, kind, protocol, _, address = info
    host = str(address[0])  # type: ignore[index]
    if not is_public_address(host):
        refusals.get().addresses.append(host)
        raise OSError(errno.EACCES, f"{host} is a private address; --allow_private_hosts permits it")
    refusals.get().others = True
    return socket.socket(family, kind, protocol)  # type: ignore[arg-type]


def is_public_address(text: str) -> bool:
    """Whether an IP address is one of the public Internet; an IPv4 address in IPv6's clothes counts as what it is."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _in_nat64(address)
        if inner is not None:
            return _is_public(inner)
        behind = _in_isatap(address)
        if behind is not None and not _is_public(behind):
            return False
    return _is_public(address)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    refused = any(address in network for network in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not refused


def literal_address(host: str) -> str | None:
    """The IP address that a host is, in any of the spellings that resolvers take (`0x7f.1`); None where it is a name."""
    host = host.strip("[]").partition("%")[0]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host and host[0].isdigit() else None
    except OSError:
        return None


def without_credentials(url: str) -> str:
    """An address without the user name and password that it may carry: for ledger and logs."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return url.rpartition("@")[2]
    return url if host == parts.netloc else urlunsplit(parts._replace(netloc=host))


def host_and_port(url: str) -> str:
    """Host and port of an address, for people to read; empty for none."""
    return urlsplit(url).netloc.rpartition("@")[2] if url else ""


def _is_this_machine(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    return address.is_loopback or address.is_unspecified


def _in_isatap(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address of an interface that tunnels to it (RFC 5214)."""
    if int(address) >> 32 & 0xFFFF_FFFF in (0x0000_5EFE, 0x0200_5EFE):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _in_nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind one of NAT64's well-known prefix (RFC 6052)."""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
