"""Writing registries: YAML that loads as an equal one, OPML that any reader takes and vigie reads back."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from vigie.registry import Registry, load_registry, load_registry_bytes, to_opml, to_yaml
from vigie.schemas import Claim, Feed, Independence, Scope, Source

WORDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,5})?", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
NAME = TEXT.filter(lambda text: text.strip() != "")


@st.composite
def claims(draw: st.DrawFn, values: list[str]) -> tuple[Claim, ...]:
    days = sorted(draw(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), unique=True, max_size=3)))
    starts = [None, *days]
    ends = [day - timedelta(days=1) for day in days] + [None]
    return tuple(Claim(draw(st.sampled_from(values)), start, end, draw(NAME)) for start, end in zip(starts, ends, strict=True))


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    ids = draw(st.lists(WORDS, unique=True, min_size=1, max_size=4))
    sources = []
    for number, source_id in enumerate(ids):
        names = draw(st.lists(WORDS, unique=True, min_size=1, max_size=3))
        feeds = tuple(
            Feed(
                f"{source_id}/{name}",
                source_id,
                f"https://host{number}.example/{name}?a=1&b=2",
                draw(TEXT),
                draw(st.sampled_from(list(Scope))),
            )
            for name in names
        )
        source = Source(
            source_id=source_id,
            name=draw(NAME),
            edition=draw(TEXT),
            homepage=draw(st.sampled_from(["", f"https://host{number}.example/"])),
            languages=tuple(draw(st.lists(st.sampled_from(["fr", "ru", "no", "en"]), unique=True, max_size=3))),
            country=draw(st.sampled_from(["", "FR", "NO", "EU"])),
            time_zone=draw(st.sampled_from(["UTC", "Europe/Moscow"])),
            owner=draw(TEXT),
            controlling_state=draw(claims(["none", "RU", "NO"])),
            independence=draw(claims([value.value for value in Independence])),
            succeeds=ids[number - 1] if number and draw(st.booleans()) else None,
            invented=draw(st.booleans()),
            feeds=feeds,
        )
        sources.append(source)
    return Registry(tuple(sources))


@settings(max_examples=60)
@given(registries())
def test_a_registry_written_as_yaml_loads_as_an_equal_one(registry):
    again = load_registry_bytes(to_yaml(registry, heading="Written\nby a test").encode(), "sources.yaml")
    assert again == registry
    assert again.version == registry.version


def exchanged(registry: Registry) -> dict[str, tuple[object, ...]]:
    """What OPML carries, by feed; sections lose their white space, and titles theirs."""
    return {
        feed.feed_id: (
            feed.url,
            " ".join(feed.section.split()),
            feed.scope,
            " ".join(source.name.split()),
            source.edition,
            source.homepage,
            source.languages,
            source.time_zone,
        )
        for source in registry.sources
        for feed in source.feeds
    }


@settings(max_examples=60)
@given(registries())
def test_a_registry_exported_as_opml_and_imported_keeps_ids_addresses_and_sections(registry):
    text = to_opml(registry)
    root = etree.fromstring(text.encode())
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert all(node.get("text") for node in root.iter("outline"))
    again = load_registry_bytes(text.encode(), "list.opml")
    assert again.notes == ()
    assert exchanged(again) == exchanged(registry)


def test_ownership_does_not_travel_in_opml():
    again = load_registry_bytes(to_opml(load_registry()).encode(), "list.opml")
    assert all(not source.controlling_state and not source.independence for source in again.sources)
    assert len(again.feeds) == len(load_registry().feeds)


def test_opml_without_vigies_own_attributes_still_gives_every_feed():
    registry = load_registry()
    root = etree.fromstring(to_opml(registry).encode())
    for node in root.iter("outline"):
        for name in [name for name in node.attrib if name.startswith("{")]:
            del node.attrib[name]
    again = load_registry_bytes(etree.tostring(root), "list.opml")
    assert {feed.url for feed in again.feeds} == {feed.url for feed in registry.feeds}


def test_an_imported_list_written_as_yaml_passes_the_check(shared):
    for path in (shared / "data/lists").glob("*.opml"):
        registry = load_registry(path)
        assert load_registry_bytes(to_yaml(registry).encode(), "sources.yaml") == dataclasses.replace(registry, notes=())
