"""Fixtures that all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

#: No test is timed: a busy machine must fail none.
settings.register_profile("vigie", deadline=None)
settings.load_profile("vigie")

REPOSITORY = Path(__file__).resolve().parent.parent

#: What CI insists on: names, joined by commas, of needs that may not be skipped there (see `need`).
INSISTED = set(os.environ.get("VIGIE_INSIST", "").split(","))


def pytest_collection_finish() -> None:
    """Look no more for cycles among what was imported and collected: it stays, and took a tenth of the tests' time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let what was frozen go, or DuckDB's binding tells at the end that it leaked."""
    gc.unfreeze()


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


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of an S3-compatible server on loopback."""
    from moto.server import ThreadedMotoServer  # A second, which other tests need not wait.

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an empty bucket, with whatever this process and those it starts need to reach it."""
    for name, value in (
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("XDG_CACHE_HOME", str(tmp_path / "cache")),
    ):
        monkeypatch.setenv(name, value)
    name = tmp_path.name.replace("_", "-")[:60].strip("-")
    import boto3

    boto3.client("s3").create_bucket(Bucket=name)
    return name
