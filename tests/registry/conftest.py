"""What the tests of the registry share: small files on disk, and the errors that reading them gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from vigie.errors import UsageError
from vigie.registry import Registry, load_registry


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[str], Registry]:
    """Write a text to `sources.yaml` and load it."""

    def load(text: str) -> Registry:
        path = tmp_path / "sources.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return load_registry(path)

    return load


@pytest.fixture
def errors(loaded: Callable[[str], Registry], tmp_path: Path) -> Callable[[str], list[str]]:
    """The same for a wrong file: the lines of its error, each without the directory."""

    def load(text: str) -> list[str]:
        with pytest.raises(UsageError) as caught:
            loaded(text)
        assert caught.value.exit_code == 2
        lines = [line.removeprefix(f"{tmp_path}/") for line in str(caught.value).splitlines()]
        if len(lines) == 1:
            return lines
        assert lines[0] == f"sources.yaml: {len(lines) - 1} errors"
        return lines[1:]

    return load
