"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

#: What CI insists on: names, joined by commas, of needs that may not be skipped there (see `need`).
INSISTED = set(os.environ.get("VIGIE_INSIST", "").split(","))


def need(name: str, present: bool, reason: str) -> None:
    """Skip a test by name and reason where something it needs is missing; fail where CI insists on it."""
    if not present:
        if name in INSISTED:
            pytest.fail(f"{name}: missing, though this run insists on it ({reason})")
        pytest.skip(f"{name}: {reason}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that developers have beside the repository; users do not have it."""
    folder = REPOSITORY.parent / "shared"
    need("shared", folder.is_dir(), "no folder `shared` with real data beside the repository")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY
