"""The sample data, ingested once for all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import ingest


@pytest.fixture(scope="session")
def sample(repository: Path) -> Path:
    return repository / "sample_data" / "feeds"


@pytest.fixture(scope="session")
def sample_registry(repository: Path) -> Path:
    return repository / "sample_data" / "sources.yaml"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, sample: Path, sample_registry: Path) -> Path:
    """A dataset of the sample data; not to be changed."""
    data = tmp_path_factory.mktemp("demo") / "data"
    ingest(data, sample, registry=sample_registry)
    return data
