"""The registry that vigie ships: who is in it, and that every claim can be checked."""

from __future__ import annotations

from datetime import date

import pytest

from vigie.registry import Registry, cited_outlets, claim_in_force, claim_on, load_registry
from vigie.schemas import Source
from vigie.sources import shipped_registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_it_is_found_through_the_package():
    assert "sources:" in shipped_registry().read_text(encoding="utf-8")


def test_it_holds_the_countries_and_languages_of_the_mission(registry):
    assert len(registry.sources) >= 45
    assert {source.country for source in registry.sources} >= {"FR", "RU", "UA", "DE", "GB", "US", "EU"}
    assert {language for source in registry.sources for language in source.languages} >= {"fr", "ru", "en", "de", "uk"}


def test_every_source_says_who_controls_it_how_independent_it_is_and_on_what_that_rests(registry):
    for source in registry.sources:
        assert source.homepage, source.source_id
        assert source.languages, source.source_id
        assert source.feeds, source.source_id
        assert not source.invented, source.source_id
        for claims in (source.controlling_state, source.independence):
            assert claims, source.source_id
            assert all(len(claim.basis) >= 10 for claim in claims), source.source_id


def test_each_edition_of_rt_and_sputnik_is_a_source_of_its_own(registry):
    editions = {
        source.source_id: source for source in registry.sources if source.source_id.startswith(("rt-", "sputnik-", "sna-"))
    }
    assert {"rt-en", "rt-fr", "rt-de", "rt-es", "rt-ar", "rt-ru", "sputnik-en", "sputnik-fr", "sputnik-de"} <= set(editions)
    for source in editions.values():
        assert claim_in_force(source.controlling_state).value == "RU"
        assert claim_in_force(source.independence).value == "state-controlled"
    assert registry.source("sputnik-afrique").succeeds == "sputnik-fr"


def test_a_change_of_independence_is_joined_by_day(registry):
    claims = registry.source("moscow-times-en").independence
    assert claim_on(claims, date(2017, 5, 29)).value == "private"
    assert claim_on(claims, date(2024, 1, 1)).value == "exile"


def test_belonging_to_a_state_and_being_edited_by_it_are_two_things(registry):
    source = registry.source("france24-fr")
    assert claim_in_force(source.controlling_state).value == "FR"
    assert claim_in_force(source.independence).value == "state-funded"


def test_editions_of_one_outlet_share_no_feed_and_no_id(registry):
    assert len({feed.feed_id for feed in registry.feeds}) == len(registry.feeds)
    assert all(feed.feed_id.startswith(f"{feed.source_id}/") for feed in registry.feeds)


def test_time_zones_of_editions_are_set(registry):
    assert [source.source_id for source in registry.sources if source.time_zone == "UTC"] == []


def test_state_media_that_a_registry_lacks_are_those_it_names_neither_by_id_nor_by_their_host(registry):
    lacking = cited_outlets(Registry((Source("my-rt", "RT", homepage="https://rt.com/news"), Source("tass-ru", "TASS"))))
    assert {"rt-fr", "tass-en"} <= {outlet.source_id for outlet in lacking.sources}
    assert not {"rt-en", "tass-ru", "le-monde"} & {outlet.source_id for outlet in lacking.sources}
    assert lacking.feeds == ()
    assert cited_outlets(registry).sources == ()
