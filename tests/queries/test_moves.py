"""Addresses that moved: what changes in a registry's file, and nothing else in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from vigie.cli.sources import app
from vigie.registry import load_registry
from vigie.registry.moves import Move, apply_moves

MOVE = Move("alpha/all", "http://alpha.example/rss", "https://alpha.example/feed?a=1&b=2")
YAML = """\
# Outlets that I watch
sources:
- id: alpha
  name: Alpha
  homepage: https://alpha.example/
  languages: [fr]
  country: FR
  time_zone: Europe/Paris
  owner: Alpha SA
  controlling_state: [{value: none, basis: "Its imprint"}]
  independence: [{value: private, basis: "Its imprint"}]
  feeds:
  - {id: all, url: http://alpha.example/rss}  # the only one
  - {id: sport, url: http://alpha.example/rss/sport}
"""


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("url: http://alpha.example/rss\n", "url: https://alpha.example/feed?a=1&b=2\n"),
        ("url: 'http://alpha.example/rss'", "url: 'https://alpha.example/feed?a=1&b=2'"),
        ("{url: http://alpha.example/rss}", "{url: https://alpha.example/feed?a=1&b=2}"),
    ],
)
def test_an_address_is_changed_as_it_is_written(text: str, changed: str) -> None:
    assert apply_moves(text, [MOVE]) == (changed, [])


@pytest.mark.parametrize("text", ["url: http://alpha.example/rss/sport", "url: http://alpha.example/rss2", "name: Alpha"])
def test_a_longer_address_is_another_one(text: str) -> None:
    assert apply_moves(text, [MOVE]) == (text, [MOVE])


def test_an_address_that_opml_escapes_is_found() -> None:
    move = Move("alpha/all", "http://alpha.example/rss?a=1&b=2", "https://alpha.example/feed?c=3&d=4")
    text, absent = apply_moves('<outline xmlUrl="http://alpha.example/rss?a=1&amp;b=2"/>', [move])
    assert text in ('<outline xmlUrl="https://alpha.example/feed?c=3&amp;d=4"/>',)
    assert absent == []


@pytest.fixture
def data(dataset) -> Path:
    """A dataset in which one feed has moved and another has not."""
    dataset.poll("alpha/all", "2017-06-01", url=MOVE.old, moved_to=MOVE.new)
    dataset.poll("alpha/sport", "2017-06-01", url="http://alpha.example/rss/sport")
    return dataset.write()


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(YAML, encoding="utf-8")
    load_registry(path)
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_change_is_shown_and_nothing_is_written(data: Path, registry: Path) -> None:
    code, shown, _ = run("moved", "--data", data, "--sources", registry)
    assert code == 1
    assert "-  - {id: all, url: http://alpha.example/rss}  # the only one" in shown
    assert "+  - {id: all, url: https://alpha.example/feed?a=1&b=2}  # the only one" in shown
    assert registry.read_text(encoding="utf-8") == YAML


def test_the_change_is_made_when_it_is_asked_for(data: Path, registry: Path) -> None:
    assert run("moved", "--data", data, "--sources", registry, "--apply")[0] == 0
    assert registry.read_text(encoding="utf-8") == YAML.replace("http://alpha.example/rss}", f"{MOVE.new}}}")
    assert load_registry(registry).source("alpha").feeds[0].url == MOVE.new


def test_a_move_to_another_host_asks_to_be_looked_at(dataset) -> None:
    dataset.poll("alpha/all", "2017-06-01", url=MOVE.old, moved_to="https://elsewhere.example/rss")
    code, shown, _ = run("moved", "--data", dataset.write())
    assert code == 1
    assert "another host: see first that it is the publisher's" in shown


def test_apply_without_a_file_is_wrong_use(data: Path) -> None:
    code, _, complained = run("moved", "--data", data, "--apply")
    assert code == 2
    assert "--apply" in complained


def test_health_ends_with_1_where_there_is_something_to_do_and_names_what_was_never_polled(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "more.yaml"
    path.write_text(YAML + "  - {id: culture, url: http://alpha.example/rss/culture}\n", encoding="utf-8")
    code, shown, _ = run("health", "--data", data, "--sources", path)
    assert code == 1
    assert "alpha/all: moved: permanent redirects lead to https://alpha.example/feed?a=1&b=2\n    → " in shown
    assert "alpha/culture: never polled" in shown
    assert "nothing was polled since 2017-06-01 00:00 UTC" in shown
    assert shown.splitlines()[-1] == "1 feeds healthy, 1 moved"


def test_health_as_csv_is_data_alone(data: Path) -> None:
    _, shown, _ = run("health", "--data", data, "--format", "csv")
    head, *found = shown.splitlines()
    assert head.startswith("feed_id,problem,since,evidence,remedy,source_id")
    assert [line.split(",")[:2] for line in found] == [["alpha/all", "moved"]]
