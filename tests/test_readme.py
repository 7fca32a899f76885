"""The README says what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from vigie.cli.app import COMMANDS


@pytest.fixture(scope="module")
def make_help(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_help", repository / "docs" / "make_help.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_shows_the_help_as_it_is(repository: Path, make_help: ModuleType) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert make_help.with_help(readme) == readme, "run: python docs/make_help.py"


def test_every_command_is_in_the_readme(repository: Path) -> None:
    named = set(re.findall(r"<!-- help: ?(\w*) -->", (repository / "README.md").read_text(encoding="utf-8")))
    assert named == {"", *COMMANDS}


def test_files_that_the_documents_name_exist(repository: Path) -> None:
    for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        links = re.findall(r"\]\((?!http)([^)#]+)\)", (repository / document).read_text(encoding="utf-8"))
        assert [link for link in links if not (repository / link).exists()] == []
