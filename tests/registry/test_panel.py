"""Panels: a fixed list of sources, wrong members named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.errors import UsageError
from vigie.registry import load_panel, load_registry

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
