"""Addresses: one canonical form per article, absolute links, and what is a home page.

The canonical form is a key, not a link to click: two addresses of one article are to have the same, two articles
never. The address as given is kept beside it. What is left out never tells articles apart: the scheme (http or https),
credentials, the port (within one host it shows which server answered, as when a back end leaks `:8080`, not which
article), the prefixes `www.` and `m.`, the fragment (but for `#!` routes), tracking parameters and session ids.
Parameters that do name articles on some sites (`id`, `p`, `cid`, a short `sid`) are always kept.

Example:
    >>> canonicalise("http://www.example.com:80/News/?utm_source=rss&b=2&a=1#top")
    'https://example.com/News?a=1&b=2'
"""

from __future__ import annotations

import functools
import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit

__all__ = ["absolutise", "canonicalise", "is_home_page"]

#: Parameters that say how a reader came, by the start of their names (lower case).
_TRACKING_PREFIXES = (
    *("utm_", "ga_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_"),
    *("at_custom", "at_link", "at_bbc", "at_ptr", "aspsessionid"),
)
_TRACKING = (
    # advertising and mail: Google, Facebook, Yandex, Microsoft, Twitter, TikTok, Instagram, Mailchimp, HubSpot, Marketo …
    "fbclid gclid gclsrc dclid gbraid wbraid yclid ysclid _openstat msclkid twclid ttclid igshid igsh mc_cid mc_eid _hsenc "
    "_hsmi mkt_tok oly_anon_id oly_enc_id vero_id wickedid __twitter_impression "
    # newsrooms' own: Le Monde (xtor), BBC (at_, ns_), Guardian (CMP), Daily Mail (ITO), DW (maca), Zeit (wt_), Reuters …
    "xtor xtref at_medium at_campaign ns_mchannel ns_source ns_campaign ns_linkname ns_fee cmp cmpid ito maca wt_mc wt_zmc "
    "wt.mc_id wt.zmc traffic_source eref wprss wpisrc feedtype feedname "
    # session ids
    "phpsessid jsessionid cfid cftoken"
)
#: The same by whole name (lower case).
_TRACKING_NAMES = frozenset(_TRACKING.split())
#: Parameters dropped where their value only says "from a feed", as `?partner=rss&emc=rss`.
_ORIGIN_NAMES = frozenset(["emc", "feature", "from", "partner", "ref", "referrer", "source", "src", "via"])
_ORIGIN_VALUES = frozenset(["feed", "feeds", "rss", "rss2", "rss20"])
#: Parameters dropped where their value is a long random word: as a short number, `sid` is a story's id.
_SESSION_NAMES = frozenset(["s", "sid", "session", "session_id", "sessionid"])
_SESSION_VALUE = re.compile(r"(?:[0-9a-f]{16,}|[0-9A-Za-z]{24,})\Z", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)

#: Addresses whose forms are kept: a feed's next poll brings most of them again.
_REMEMBERED = 4096

_JUNK = re.compile(r"[\x00-\x20\x7f\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]+")
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_FEED_SCHEME = re.compile(r"\Afeed:(?:(?://)?(?=https?:)|(?=//))", re.IGNORECASE)
_HTTP = re.compile(r"(?:https?:/*)+(?=[^/])", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?:amp;)+")
#: Absolute, and nothing to mend.
_SOUND = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d+)?(?:[/?#][!-\[\]-~]*)?\Z")
#: In canonical form but for its scheme, its prefix, a slash at the end, its query's order and noise, and its fragment.
_SIMPLE = re.compile(
    r"https?://(?:www\.|m\.)*(?P<host>(?!www\.|m\.)[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z][a-z0-9]*)"
    r"(?P<path>(?:/(?!\.{1,2}(?:[/?#]|\Z))[A-Za-z0-9\-._~]+)*)/?"
    r"(?:\?(?P<query>[A-Za-z0-9\-._~=&]*))?(?:#(?!!)[A-Za-z0-9\-._~=&]*)?\Z"
)
#: Nothing to mend in the spelling of characters.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~]*\Z")
_BARE_HOST = re.compile(r"www\.[^\s/.]+\.[^\s/]", re.IGNORECASE)
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PREFIX = re.compile(r"(?:(?:www|m)\.)+(?=[^.]+\.)")
_HOST_MAX = 253  # RFC 1035; also bounds the time that punycode takes
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.\-]*[a-z0-9_])?\Z")
_HOME_PATHS = re.compile(r"/(?:(?:index|default|home)(?:\.[a-z]{3,5})?)?\Z", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.[a-z]{3,5}\Z", re.IGNORECASE)


@functools.lru_cache(maxsize=_REMEMBERED)
def canonicalise(url: str) -> str:
    """The canonical form of an address; applying it twice changes nothing.

    Args:
        url: An absolute http or https address, as found.

    Returns:
        `https://host/path?query`, the host in lower case and punycode, the query sorted by name; empty where the
        address is none or no article's (`mailto:`, `javascript:`, `tag:`, relative, without a host).
    """
    simple = _SIMPLE.match(url)
    if simple:
        query = _canonical_query(simple["query"], simple["host"]) if simple["query"] else ""
        return f"https://{simple['host']}{simple['path'] or '/'}{'?' + query if query else ''}"
    repaired = _repair(url)
    if not repaired.startswith(("http://", "https://")):
        return ""
    try:
        parts = urlsplit(repaired)
        host = _canonical_host(parts.hostname or "")
    except ValueError:  # brackets that hold no address, characters that are others in disguise
        return ""
    if not host:
        return ""
    path = _canonical_path(parts.path)
    query = _canonical_query(parts.query, host)
    route = parts.fragment if len(parts.fragment) > 1 and parts.fragment.startswith("!") else ""
    fragment = "#" + _normalise_percent(route, "/?!=&:;,@+$'()*") if route else ""
    return f"https://{host}{path}{'?' + query if query else ''}{fragment}"


@functools.lru_cache(maxsize=_REMEMBERED)
def absolutise(url: str, base: str) -> str:
    """An address as given, made absolute; nothing else about it is changed but blanks and doubled schemes.

    Args:
        url: Absolute or relative address, as found.
        base: Absolute address that it stands under; may be empty.

    Returns:
        An http or https address, or empty where it is none (`mailto:`, relative without a usable base).
    """
    if _SOUND.match(url) and "&amp;" not in url:
        return url
    repaired = _repair(url)
    if not repaired:
        return ""
    if not repaired.startswith(("http://", "https://")):
        if _SCHEME.match(repaired):
            return ""
        root = _repair(base)
        if not root.startswith(("http://", "https://")):
            return ""
        try:
            repaired = urljoin(root, repaired)
        except ValueError:
            return ""
    try:
        host = urlsplit(repaired).hostname
    except ValueError:
        return ""
    return repaired if host else ""


@functools.lru_cache(maxsize=_REMEMBERED)
def is_home_page(canonical: str, homepage: str) -> bool:
    """Whether a canonical address is a front page, which can be no article's own.

    Args:
        canonical: Result of :func:`canonicalise`.
        homepage: The source's own front page, as its registry gives it; may be empty. `rt.com/russia` is not the
            front page of `rt.com`, but `bbc.com/russian` is that of a source whose homepage it is.
    """
    if not canonical:
        return False
    if homepage and _without_index(canonical) == _without_index(canonicalise(homepage)):
        return True
    if "?" in canonical or "#" in canonical:
        return False
    _, slash, path = canonical.partition("://")[2].partition("/")
    return _HOME_PATHS.match(slash + path) is not None


def _without_index(canonical: str) -> str:
    return _INDEX.sub("", canonical).rstrip("/")


def _repair(url: str) -> str:
    """Mend what feeds do to addresses: blanks, backslashes, `http://http://`, `http:/x`, `&amp;`, a missing scheme."""
    url = _LINE_BREAKS.sub("", url).strip()
    url = _JUNK.sub(lambda run: " " if run.start() and run.end() < len(url) and " " in run.group() else "", url)
    url = url.replace(" ", "%20")
    url = _AMPERSAND.sub("&", url)
    head, mark, tail = _cut(url)
    head = _FEED_SCHEME.sub("", head.replace("\\", "/"))
    if head.startswith("//"):
        head = "http:" + head
    elif _BARE_HOST.match(head):
        head = "http://" + head
    doubled = _HTTP.match(head)
    if doubled:
        scheme = "https" if "https" in doubled.group().lower() else "http"
        head = f"{scheme}://{head[doubled.end() :]}"
    return head + mark + tail


def _cut(url: str) -> tuple[str, str, str]:
    """An address up to its query or fragment, the mark between, and the rest."""
    place = min((i for i in (url.find("?"), url.find("#")) if i >= 0), default=len(url))
    return url[:place], url[place : place + 1], url[place + 1 :]


def _canonical_host(host: str) -> str:
    host = _percent_decoded(host).lower().strip().rstrip(".")
    if len(host) > _HOST_MAX or "%" in host:
        return ""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower().rstrip(".")
    if not _HOST.match(host) or ".." in host:
        return ""
    prefix = _PREFIX.match(host)
    return host[prefix.end() :] if prefix else host


def _percent_decoded(text: str) -> str:
    if "%" not in text:
        return text
    return _PERCENT.sub(lambda run: bytes.fromhex(run.group().replace("%", "")).decode("utf-8", "replace"), text)


def _normalise_percent(text: str, safe: str) -> str:
    """One spelling for each character: unreserved ones plain, others as upper-case UTF-8 escapes."""
    if _PLAIN.match(text):
        return text

    def plain_where_unreserved(run: re.Match[str]) -> str:
        values = bytes.fromhex(run.group().replace("%", ""))
        return "".join(chr(value) if value in _UNRESERVED else f"%{value:02X}" for value in values)

    return quote(_PERCENT.sub(plain_where_unreserved, text), safe=safe + "%", errors="replace")


def _canonical_path(path: str) -> str:
    path = _normalise_percent(path, "/:;,@+$&=!'()*")
    path = _SESSION_PATH.sub("", path)
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):  # doubled slashes and the last one are no difference
            kept.append(segment)
    return "/" + "/".join(kept)


def _canonical_query(query: str, host: str) -> str:
    kept = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        name, value = (_normalise_percent(part.replace("+", "%20"), "/:;,@$!'()*[]?|") for part in (name, value))
        if name and not _is_noise(_percent_decoded(name).lower(), _percent_decoded(value), host):
            kept.append((name, equals + value))
    kept.sort(key=lambda pair: pair[0])  # stable: `a=2&a=1` stays as it is
    return "&".join(name + value for name, value in kept)


def _is_noise(name: str, value: str, host: str) -> bool:
    if name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES):
        return True
    if name == "rss":
        return value.lower() in ("", "1", "true", "rss")
    if name in _SESSION_NAMES:
        return _SESSION_VALUE.match(value) is not None
    if name in _ORIGIN_NAMES:
        return value.lower() in _ORIGIN_VALUES or (name in ("ref", "referrer") and _is_own_host(value, host))
    return False


def _is_own_host(value: str, host: str) -> bool:
    """Whether the value of `ref` names the host it stands on, or a host under or over it."""
    match = re.match(r"(?:https?://)?(?:www\.|m\.)?([a-z0-9.\-]+\.[a-z0-9\-]+)(?:[/:?#]|\Z)", value.lower())
    if match is None:
        return False
    named = match.group(1)
    return named == host or named.endswith("." + host) or host.endswith("." + named)
