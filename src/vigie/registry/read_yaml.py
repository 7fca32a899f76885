"""Read a registry written in YAML, checking everything and telling all that is wrong at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vigie.registry import checks
from vigie.registry.addresses import address_fault, address_key, proxy_fault
from vigie.registry.model import Registry
from vigie.registry.yaml_nodes import Block, Problems, read_document, suggestion
from vigie.schemas import Claim, Feed, Scope, Source

__all__ = ["registry_from_yaml"]

_SOURCE_KEYS = (
    "id",
    "name",
    "edition",
    "homepage",
    "languages",
    "country",
    "time_zone",
    "owner",
    "controlling_state",
    "independence",
    "succeeds",
    "invented",
    "feeds",
)
_CLAIM_KEYS = ("value", "from", "to", "basis")
_FEED_KEYS = ("id", "url", "section", "scope", "proxy", "accept_any_certificate")


def registry_from_yaml(text: str, file: str) -> Registry:
    """The registry that a YAML text describes.

    Args:
        text: The file's content.
        file: Its name, for messages.

    Raises:
        UsageError: Something is wrong; every problem on a line of its own, as `file:line: key: what, remedy`.
    """
    problems = Problems(file)
    document = read_document(text, file)
    if document is None:
        problems.add(1, "sources", "the file is empty; a registry has a list under `sources:`")
        problems.raise_if_any()
        return Registry(())
    top = Block(document, ("sources",), problems, "a registry")
    blocks = top.blocks("sources", _SOURCE_KEYS, "a source", required=True)
    read = [(block, _Feeds(block), _source(block)) for block in blocks]
    _check_ids(read)
    _check_addresses([entry for _, feeds, _ in read for entry in feeds.entries])
    problems.raise_if_any()
    return Registry(tuple(replace(source, feeds=feeds.of(source.source_id)) for _, feeds, source in read))


class _Feeds:
    """The feeds of one source's block, each with the block it stands in."""

    def __init__(self, source: Block) -> None:
        self._owner = source.text("id")
        self.entries = [(block, self._feed(block)) for block in source.blocks("feeds", _FEED_KEYS, "a feed", required=True)]
        seen: dict[str, int] = {}
        for block, feed in self.entries:
            if feed.feed_id in seen:
                block.report("id", f"{feed.feed_id!r} is used by the feed on line {seen[feed.feed_id]} too; give it another id")
            elif feed.feed_id:
                seen[feed.feed_id] = block.line

    def _feed(self, block: Block) -> Feed:
        name = block.text("id", required=True).removeprefix(f"{self._owner}/")
        other, _, rest = name.partition("/")
        if rest and not checks.id_fault(other) and not checks.id_fault(rest):
            block.report(
                "id", f"{name!r} is an id of the source {other!r}, and this feed is one of {self._owner!r}; write {rest}"
            )
        else:
            _check(block, "id", name, checks.id_fault)
        url = block.text("url", required=True)
        _check(block, "url", url, address_fault)
        scope = block.text("scope") or Scope.ALL.value
        if not _check(block, "scope", scope, checks.scope_fault):
            scope = Scope.ALL.value
        proxy = block.text("proxy")
        _check(block, "proxy", proxy, proxy_fault)
        return Feed(
            feed_id=name,
            source_id=self._owner,
            url=url,
            section=block.text("section"),
            scope=Scope(scope),
            proxy=proxy,
            accept_any_certificate=block.flag("accept_any_certificate"),
        )

    def of(self, source_id: str) -> tuple[Feed, ...]:
        """The feeds, under their full ids."""
        return tuple(replace(feed, feed_id=f"{source_id}/{feed.feed_id}", source_id=source_id) for _, feed in self.entries)


def _check(block: Block, key: str, value: str, fault: Callable[[str], str]) -> bool:
    """Whether a value is good; reports what is wrong with one that is not. An empty one was reported where required."""
    message = fault(value) if value else ""
    if message:
        block.report(key, message)
    return not message


def _source(block: Block) -> Source:
    source_id = block.text("id")
    if block.text("id", required=True):
        _check(block, "id", source_id, checks.id_fault)
    homepage, country, zone = block.text("homepage"), block.text("country"), block.text("time_zone") or "UTC"
    _check(block, "homepage", homepage, address_fault)
    _check(block, "country", country, checks.country_fault)
    _check(block, "time_zone", zone, checks.time_zone_fault)
    return Source(
        source_id=source_id,
        name=block.text("name", required=True),
        edition=block.text("edition"),
        homepage=homepage,
        languages=_languages(block),
        country=country,
        time_zone=zone,
        owner=block.text("owner"),
        controlling_state=_claims(block, "controlling_state", checks.state_fault),
        independence=_claims(block, "independence", checks.independence_fault),
        succeeds=block.text("succeeds") or None,
        invented=block.flag("invented"),
    )


def _languages(block: Block) -> tuple[str, ...]:
    codes: list[str] = []
    for _, code in block.texts("languages"):
        if code in codes:
            block.report("languages", f"{code!r} is given twice; remove one")
        elif _check(block, "languages", code, checks.language_fault):
            codes.append(code)
    return tuple(codes)


def _claims(source: Block, key: str, fault: Callable[[str], str]) -> tuple[Claim, ...]:
    blocks = source.blocks(key, _CLAIM_KEYS, "a claim")
    claims = []
    for block in blocks:
        value = block.text("value", required=True)
        _check(block, "value", value, fault)
        claim = Claim(value, block.day("from"), block.day("to"), block.text("basis", required=True))
        if claim.valid_from and claim.valid_to and claim.valid_from > claim.valid_to:
            block.report("to", f"{claim.valid_to} is before `from` ({claim.valid_from}); exchange them")
        claims.append(claim)
    for earlier, later, day in checks.overlaps(claims):
        blocks[later].report(
            "from" if claims[later].valid_from else "value",
            f"holds together with the claim on line {blocks[earlier].line}"
            + (f" on {day}" if claims[later].valid_from else "")
            + f"; of `{key}` one claim holds at a time: end the earlier one (`to:`) before",
        )
    return tuple(claims)


def _check_ids(read: list[tuple[Block, _Feeds, Source]]) -> None:
    lines: dict[str, int] = {}
    for block, _, source in read:
        if source.source_id in lines:
            block.report(
                "id", f"{source.source_id!r} is used on line {lines[source.source_id]} too; give each source its own id"
            )
        elif source.source_id:
            lines[source.source_id] = block.line_of("id")
    for block, _, source in read:
        if source.succeeds is None:
            continue
        if source.succeeds == source.source_id:
            block.report("succeeds", "a source cannot replace itself; name the one it replaced, or remove the key")
        elif source.succeeds not in lines:
            block.report("succeeds", f"no source has the id {source.succeeds!r}{suggestion(source.succeeds, lines)}")


def _check_addresses(entries: list[tuple[Block, Feed]]) -> None:
    lines: dict[str, int] = {}
    for block, feed in entries:
        if address_fault(feed.url):
            continue
        key = address_key(feed.url)
        if key in lines:
            block.report("url", f"{feed.url} is the address of the feed on line {lines[key]} too; keep one of them")
        else:
            lines[key] = block.line_of("url")
