"""Write a registry as YAML that people can go on editing, and that loads as an equal registry."""

from __future__ import annotations

from typing import Any

import yaml

from vigie.registry.model import Registry
from vigie.schemas import Claim, Feed, Source

__all__ = ["to_yaml"]

_WIDTH = 110


def to_yaml(registry: Registry, *, heading: str = "") -> str:
    """The registry as YAML text; empty fields are left out.

    Args:
        registry: What to write.
        heading: Lines put before it as comments.
    """
    comments = "".join(f"# {line}".rstrip() + "\n" for line in heading.splitlines())
    body = yaml.dump(
        {"sources": [_source(source) for source in registry.sources]},
        Dumper=yaml.SafeDumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
    )
    return comments + str(body)


def _filled(**values: Any) -> dict[str, Any]:
    return {key.removesuffix("_"): value for key, value in values.items() if value not in ("", None, [], False)}


def _source(source: Source) -> dict[str, Any]:
    written = _filled(
        id=source.source_id,
        name=source.name,
        edition=source.edition,
        homepage=source.homepage,
        languages=list(source.languages),
        country=source.country,
        time_zone=source.time_zone,
        owner=source.owner,
        controlling_state=[_claim(claim) for claim in source.controlling_state],
        independence=[_claim(claim) for claim in source.independence],
        succeeds=source.succeeds,
        invented=source.invented,
    )
    return written | {"feeds": [_feed(feed) for feed in source.feeds]}


def _claim(claim: Claim) -> dict[str, Any]:
    return _filled(value=claim.value, from_=claim.valid_from, to=claim.valid_to, basis=claim.basis)


def _feed(feed: Feed) -> dict[str, Any]:
    name = feed.feed_id.removeprefix(f"{feed.source_id}/")
    return _filled(
        id=name,
        url=feed.url,
        section=feed.section,
        scope=feed.scope.value,
        proxy=feed.proxy,
        accept_any_certificate=feed.accept_any_certificate,
    )
