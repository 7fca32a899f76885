"""Addresses of feeds and home pages: whether one can be fetched, and when two are the same."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

__all__ = ["address_fault", "address_key", "host_key", "proxy_fault", "short_hash", "slug", "slug_of_address"]

_LONGEST = 2048
_LONGEST_SLUG = 48
_LONGEST_HOST = 253  # RFC 1035
_DEFAULT_PORTS = {80, 443}
_NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}\ud800-\udfff]")
#: Words of feed addresses that tell nothing about what the feed carries.
_NOISE = frozenset(
    ("rss", "rss2", "atom", "feed", "feeds", "xml", "rdf", "index", "html", "htm", "php", "asp", "aspx", "ashx", "export")
)
_NOISE_HOSTS = frozenset(("www", "rss", "feed", "feeds", "newsfeed", "m"))


def address_fault(url: str) -> str:
    """What makes an address unusable, with the remedy; empty for a usable one."""
    example = "write it in full, such as https://example.org/rss"
    if not url:
        return f"no address; {example}"
    if len(url) > _LONGEST:
        return f"longer than {_LONGEST} characters; {example}"
    unusable = _NOT_IN_ADDRESSES.search(url)
    if unusable:
        return f"{unusable.group()!r} cannot be in an address ({url!r}); {example}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return f"{url!r} is not an address ({error}); {example}"
    if parts.scheme not in ("http", "https"):
        return f"{url!r} is not an http or https address; {example}"
    if not host.strip(".") or ".." in host or port == 0:
        return f"{url!r} names no host; {example}"
    return ""


def proxy_fault(url: str) -> str:
    """What makes the address of a proxy unusable, with the remedy; empty for a usable one."""
    example = "write it as http://host:port, such as http://proxy.example.org:3128"
    if fault := address_fault(url):
        return fault
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.path.strip("/") or parts.query:
        return f"{url!r} is not the address of an HTTP proxy; {example}"
    if "@" in parts.netloc:
        return f"{url!r} carries a password, which a registry would pass on; let a proxy of your own ask for it, and {example}"
    return ""


def host_key(url: str) -> str:
    """The host of an address without `www.`: by it links are told to be an outlet's (`citations`)."""
    return (urlsplit(url).hostname or "").removesuffix(".").removeprefix("www.")


def address_key(url: str) -> str:
    """Two addresses with the same key are one: scheme, `www.`, default port, closing slash and fragment do not count.

    For addresses in which :func:`address_fault` finds none.
    """
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and parts.port not in _DEFAULT_PORTS else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host_key(url)}{port}{parts.path.rstrip('/')}{query}"


def slug(text: str) -> str:
    """The ASCII letters and digits of a text, lower case, joined by hyphens; may be empty."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def _ascii_host(host: str) -> str:
    if len(host) > _LONGEST_HOST:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:  # labels that are empty, too long or mixed: what is ASCII in them must do
        return host


def slug_of_address(url: str, *, host: bool = True) -> str:
    """Words that tell one address from others: its host (unless told not to) and what its path says beyond "feed"."""
    parts = urlsplit(url)
    labels = _ascii_host(parts.hostname or "").split(".")
    while len(labels) > 2 and labels[0] in _NOISE_HOSTS:  # a registered name and its top level stay
        labels = labels[1:]
    words = [word for word in re.findall(r"[a-z0-9]+", f"{parts.path} {parts.query}".lower()) if word not in _NOISE]
    text = slug(" ".join([*labels, *words] if host else words))
    if len(text) <= _LONGEST_SLUG:
        return text
    return f"{text[:_LONGEST_SLUG].rstrip('-')}-{short_hash(text)}"


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
