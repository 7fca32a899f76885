"""The published figures are those of the topics and the detector as they are now."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from vigie.matching import load_topics
from vigie.matching.measured import read_measured


@pytest.fixture
def make_quality(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(repository / "docs")
    return importlib.import_module("make_quality")


def test_published_figures_are_those_of_today(repository: Path, shared: Path, make_quality: ModuleType) -> None:
    published = (repository / "docs" / "quality.md").read_text(encoding="utf-8")
    with_test = make_quality.covers_test_half(published)
    remedy = f"run: python docs/make_quality.py{' --split test' if with_test else ''}"
    assert make_quality.write_document(shared, test=with_test) == published, remedy


def test_figures_that_are_shipped_with_the_topics_are_those_that_are_published(shared: Path, make_quality: ModuleType) -> None:
    shipped = read_measured(load_topics().version)
    assert shipped, "run: python docs/make_quality.py --split test"
    assert shipped == make_quality.measure_shipped(shared, at=shipped[0].evaluated_at)


def test_topics_of_ones_own_are_shipped_no_figures() -> None:
    assert read_measured("0123456789abcdef") == []


def test_no_item_of_the_test_half_and_no_sentence_of_a_publisher_is_published(repository: Path) -> None:
    published = (repository / "docs" / "quality.md").read_text(encoding="utf-8")
    labels = (repository / "gold" / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    tested = {key for line in labels if '"split": "test"' in line for key in re.findall(r'"key": "([^"]+)"', line)}
    assert [key for key in tested if key in published] == []
    assert [words for words in re.findall("“([^”]*)”", published) if len(words.split()) > 6] == []
