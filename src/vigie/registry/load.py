"""Load a registry from whatever a user names: YAML or OPML, told apart by content, or the one that vigie ships."""

from __future__ import annotations

import functools
import gc
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vigie.errors import UsageError
from vigie.named_files import read_bytes, utf8
from vigie.registry.addresses import host_key
from vigie.registry.import_opml import registry_from_opml
from vigie.registry.model import Registry
from vigie.registry.opml import looks_like_xml
from vigie.registry.read_yaml import registry_from_yaml
from vigie.sources import SHIPPED, shipped_registry

__all__ = ["cited_outlets", "load_registry", "load_registry_bytes"]


def load_registry(path: Path | None = None) -> Registry:
    """The registry of a file, checked.

    Args:
        path: A registry in YAML, or any OPML file; None for the registry that vigie ships.

    Raises:
        UsageError: The file is missing or wrong; every problem on a line of its own, as `file:line: key: what, remedy`.
    """
    if path is None:
        return _shipped()
    return load_registry_bytes(read_bytes(path), str(path))


@functools.cache  # Each cycle of a run asks for it, and to read it takes longer than a cycle that brings nothing.
def _shipped() -> Registry:
    return load_registry_bytes(shipped_registry().read_bytes(), SHIPPED)


def cited_outlets(watched: Registry) -> Registry:
    """Media under state control, of vigie's registry, that another registry lacks: who cites them can be told all the same.

    Args:
        watched: The registry whose feeds are read. An outlet whose id or home page's host it has is its own.

    Returns:
        The outlets that any state controls or controlled, without their feeds.
    """
    ids = {source.source_id for source in watched.sources}
    hosts = {host_key(source.homepage) for source in watched.sources if source.homepage}
    return Registry(
        tuple(
            replace(source, feeds=())
            for source in load_registry().sources
            if any(claim.value == "state-controlled" for claim in source.independence)
            and source.source_id not in ids
            and host_key(source.homepage) not in hosts
        )
    )


def load_registry_bytes(content: bytes, file: str) -> Registry:
    """The same, of a content already read; `file` is its name in messages.

    Raises:
        UsageError: The content is wrong.
    """
    if not looks_like_xml(content):
        return _closed_up(lambda: registry_from_yaml(utf8(content, file), file))
    registry = registry_from_opml(content, file)
    if not registry.sources:
        reasons = "".join(f"\n{note}" for note in registry.notes)
        raise UsageError(f"{file}: this OPML has no feed that can be used; feeds are outlines with an xmlUrl{reasons}")
    return registry


def _closed_up(read: Callable[[], Registry]) -> Registry:
    """A copy of what is read, made when that is gone: its strings lay among the file's nodes, and kept the room of those.

    Of 10,000 feeds the copy takes 6 MiB, and what is read 37.
    """
    packed = pickle.dumps(read(), pickle.HIGHEST_PROTOCOL)
    gc.collect()  # Python keeps some free lists and tuples for later; they lay there, too.
    copy: Registry = pickle.loads(packed)
    return copy
