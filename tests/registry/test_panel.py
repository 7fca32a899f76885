"""Panels: a fixed list of sources, wrong members named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.errors import UsageError
from vigie.panels import shipped_panels
from vigie.registry import claim_in_force, find_panel, load_panel, load_registry
from vigie.registry.panel import parse_panel

GOOD = """\
id: fr-ru-press
version: 1.10
label: French press and Russian state media
sources:
  - le-monde
  - rt-fr
"""


@pytest.fixture
def panel_file(tmp_path: Path) -> Path:
    return tmp_path / "panel.yaml"


def test_a_panel_is_read_and_its_version_kept_as_written(panel_file):
    panel_file.write_text(GOOD)
    panel = load_panel(panel_file, load_registry())
    assert (panel.panel_id, panel.version, panel.sources) == ("fr-ru-press", "1.10", ("le-monde", "rt-fr"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("rt-fr", "rt-francais"), ":6: sources: the registry has no source 'rt-francais'"),
        (GOOD.replace("rt-fr", "le-monde"), ":6: sources: 'le-monde' is listed on line 5 too"),
        (GOOD.replace("version: 1.10\n", ""), ":1: version: missing"),
        (GOOD.replace("label", "lable"), ":3: lable: a panel has no such key; did you mean label?"),
        ("id: p\nversion: 1\nsources: []\n", ":3: sources: a panel needs at least one source"),
        ("id: p\nversion: 1\nsources: le-monde\n", ":3: sources: expected a list"),
        ("", ":1: the file is empty"),
    ],
)
def test_a_wrong_panel_is_an_error_with_file_line_and_key(panel_file, text, words):
    panel_file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_panel(panel_file, load_registry())
    assert f"panel.yaml{words}" in str(caught.value)


def test_without_a_registry_members_are_not_looked_up(panel_file):
    panel_file.write_text(GOOD.replace("rt-fr", "some-invented-outlet"))
    assert load_panel(panel_file).sources == ("le-monde", "some-invented-outlet")


@pytest.mark.parametrize("name", sorted(shipped_panels()))
def test_a_shipped_panel_lists_sources_of_the_shipped_registry_with_its_reason(name):
    registry = load_registry()
    panel = parse_panel(shipped_panels()[name].read_text(encoding="utf-8"), name, registry)
    assert panel.panel_id == name
    assert panel.label
    assert panel.reason
    assert find_panel(name) == panel


def test_the_panel_of_russian_state_media_is_every_open_newsroom_that_the_registry_calls_controlled_by_it():
    controlled = {
        source.source_id
        for source in load_registry().sources
        if any(claim.value == "RU" for claim in source.controlling_state)
        and any(claim.value == "state-controlled" for claim in source.independence)
        and set(source.languages) & {"ru", "fr", "en", "de", "uk"}
    }
    closed = {"sputnik-de", "sna-de"}
    assert set(find_panel("russian-state-media").sources) == controlled - closed


def test_no_member_of_a_panel_of_independent_media_is_controlled_by_its_state():
    registry = {source.source_id: source for source in load_registry().sources}
    for name in ("french-press", "russian-independent-media", "german-press"):
        for member in find_panel(name).sources:
            claim = claim_in_force(registry[member].independence)
            assert claim is not None
            assert claim.value in ("private", "exile", "public-service"), member


def test_a_panel_that_is_not_shipped_is_told_with_the_name_that_was_perhaps_meant():
    with pytest.raises(UsageError, match="did you mean french-press"):
        find_panel("french-pres")


def test_a_panel_may_be_named_by_its_file(panel_file):
    panel_file.write_text(GOOD)
    assert find_panel(str(panel_file)).panel_id == "fr-ru-press"
