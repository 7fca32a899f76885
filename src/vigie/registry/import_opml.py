"""Make a registry of the feeds of an OPML file.

A list of feeds tells addresses, titles, sometimes home pages and headings, never who owns an outlet: ownership stays
empty. Feeds with one home page are one source; a feed without is a source of its own, since one host may carry many
outlets (feedburner.com) or many editions (feeds.bbci.co.uk). Ids are made from the addresses alone, so that the same feed
gets the same id from any list; files that vigie exported carry the ids themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.registry import checks
from vigie.registry.addresses import address_fault, address_key, short_hash, slug_of_address
from vigie.registry.model import Registry
from vigie.registry.opml import Outline, Repair, decode_xml, read_outlines, walk
from vigie.schemas import Feed, Scope, Source

__all__ = ["EDITION", "FEED_ID", "SCOPE", "TIME_ZONE", "registry_from_opml"]

#: The attributes in which vigie's own exports keep what OPML has no word for; their prefix is bound to `urn:vigie:opml`.
FEED_ID = "vigie:feed"
SCOPE = "vigie:scope"
EDITION = "vigie:edition"
TIME_ZONE = "vigie:timeZone"

_MOST_SECTION = 200  # characters of nested headings, joined


@dataclass(slots=True)
class _Found:
    """One feed of the file, before it has an id."""

    line: int
    url: str
    title: str
    homepage: str
    languages: tuple[str, ...]
    section: str
    scope: Scope
    given_id: str
    extra: dict[str, str] = field(default_factory=dict)


def registry_from_opml(content: bytes, file: str) -> Registry:
    """The registry that an OPML file gives, with a note for everything repaired, merged or left out.

    Args:
        content: The file's bytes.
        file: Its name, for messages.

    Raises:
        UsageError: It is not OPML.
    """
    text, repairs = decode_xml(content)
    outlines, found = read_outlines(text, file)
    repairs += found
    feeds: dict[str, _Found] = {}
    for outline, above in walk(outlines):
        if "xmlUrl" not in outline.attributes:
            continue
        feed = _feed(outline, above, repairs)
        if feed is None:
            continue
        key = address_key(feed.url)
        if key in feeds:
            repairs.append(Repair(feed.line, f"{feed.url} is on line {feeds[key].line} too: taken once"))
        else:
            feeds[key] = feed
    sources = _sources(list(feeds.values()))
    notes = tuple(f"{file}:{repair.line}: {repair.what}" for repair in sorted(repairs, key=lambda repair: repair.line))
    return Registry(tuple(sources), notes)


def _feed(outline: Outline, above: tuple[Outline, ...], repairs: list[Repair]) -> _Found | None:
    attributes, line = outline.attributes, outline.line
    url = attributes["xmlUrl"].strip()
    if url.lower().startswith("feed:"):
        bare = url[5:].removeprefix("//")
        url = bare if bare.lower().startswith(("http://", "https://")) else f"http://{bare}"
        repairs.append(Repair(line, f"the scheme feed: read as {url.split(':', 1)[0]}:"))
    fault = address_fault(url)
    if fault:
        repairs.append(Repair(line, f"feed left out: {fault}"))
        return None
    homepage = attributes.get("htmlUrl", "").strip()
    if homepage and address_fault(homepage):
        repairs.append(Repair(line, f"home page left out: {address_fault(homepage)}"))
        homepage = ""
    title = _title(outline)
    if not title:
        title = address_key(url).split("/", 1)[0]
        repairs.append(Repair(line, f"no title: named {title} after its host"))
    headings = [_title(outer) for outer in above]
    section = " / ".join(heading for heading in headings if heading)[:_MOST_SECTION].strip()
    given = attributes.get(FEED_ID, "")
    source_id, _, name = given.partition("/")
    if given and (checks.id_fault(source_id) or checks.id_fault(name)):
        repairs.append(Repair(line, f"{FEED_ID} {given!r} is no id: another was made"))
        given = ""
    scope = attributes.get(SCOPE, "")
    return _Found(
        line=line,
        url=url,
        title=title,
        homepage=homepage,
        languages=_languages(attributes.get("language", "")),
        section=section,
        scope=Scope.ALL if not scope or checks.scope_fault(scope) else Scope(scope),
        given_id=given,
        extra={key: attributes[key] for key in (EDITION, TIME_ZONE) if key in attributes},
    )


def _title(outline: Outline) -> str:
    for name in ("title", "text"):
        title = " ".join(outline.attributes.get(name, "").split())
        if title:
            return title
    return ""


def _languages(declared: str) -> tuple[str, ...]:
    codes = [code.strip().lower().replace("_", "-").split("-")[0] for code in declared.split(",")]
    return tuple(dict.fromkeys(code for code in codes if code and not checks.language_fault(code)))


def _sources(feeds: list[_Found]) -> list[Source]:
    groups: dict[str, list[_Found]] = {}
    for feed in feeds:
        groups.setdefault(_group(feed), []).append(feed)
    wanted = {key: _source_slug(group) for key, group in groups.items()}
    taken = {group[0].given_id.partition("/")[0] for group in groups.values() if group[0].given_id}
    ids = _unique(wanted, taken={slug for slug in taken if slug})
    return [_source(ids[key], group) for key, group in groups.items()]


def _group(feed: _Found) -> str:
    """Feeds with the same key are one source."""
    if feed.given_id:
        return f"id {feed.given_id.partition('/')[0]}"
    return f"home {address_key(feed.homepage)}" if feed.homepage else f"feed {address_key(feed.url)}"


def _source_slug(group: list[_Found]) -> str:
    first = group[0]
    if first.given_id:
        return first.given_id.partition("/")[0]
    return slug_of_address(first.homepage or first.url) or "source"


def _unique(wanted: dict[str, str], taken: Iterable[str]) -> dict[str, str]:
    """An id for each key: the one wanted, or, where several want the same, that with a hash of the key added."""
    counts = Counter(wanted.values())
    reserved = set(taken)
    ids: dict[str, str] = {}
    for key, slug in wanted.items():
        alone = counts[slug] == 1 or key.startswith("id ")
        clashes = slug in reserved and not key.startswith("id ")
        ids[key] = slug if alone and not clashes else f"{slug}-{short_hash(key)}"
    return ids


def _source(source_id: str, group: list[_Found]) -> Source:
    first = group[0]
    wanted = {}
    for feed in group:
        name = feed.given_id.partition("/")[2]
        key = f"id {name}" if name else f"feed {address_key(feed.url)}"
        while key in wanted:  # the same id given to two feeds: the later gets one made from its address
            key = f"feed {address_key(feed.url)}"
            name = ""
        wanted[key] = (name or slug_of_address(feed.url, host=False) or "main", feed)
    names = _unique(
        {key: name for key, (name, _) in wanted.items()}, taken={key[3:] for key in wanted if key.startswith("id ")}
    )
    zone = first.extra.get(TIME_ZONE, "UTC")
    return Source(
        source_id=source_id,
        name=first.title,
        edition=first.extra.get(EDITION, ""),
        homepage=first.homepage,
        languages=first.languages,
        time_zone="UTC" if checks.time_zone_fault(zone) else zone,
        feeds=tuple(
            Feed(f"{source_id}/{names[key]}", source_id, feed.url, feed.section, feed.scope)
            for key, (_, feed) in wanted.items()
        ),
    )
