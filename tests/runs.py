"""Run the real pipelines for tests, and read what they wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vigie.archive import plan_archive
from vigie.matching import load_topics
from vigie.pipelines.ingest import ingest_archive, new_polls
from vigie.pipelines.replay import replay
from vigie.pipelines.run import Job, Summary
from vigie.pipelines.runner import beam_options
from vigie.registry import Registry, load_registry
from vigie.schemas import TABLES
from vigie.storage import Dataset
from vigie.storage.connection import utc_connection


def run_apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: a browser of another test may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


class Clock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def make_job(data: Path, registry: Registry | None = None, **values: Any) -> Job:
    return Job(Dataset(data), registry or Registry(()), load_topics(), beam_options([]), values.pop("clock", Clock()), **values)


def ingest(data: Path, *sources: Path, registry: Path | None = None, clock: Clock | None = None) -> Summary:
    """Read archives into a dataset, as `vigie ingest --from` does."""
    named = load_registry(registry) if registry else Registry(())
    job = make_job(data, Registry(tuple(Dataset(data).read_version("sources"))).merged(named), clock=clock or Clock())
    return ingest_archive(job, new_polls(job, plan_archive([str(path) for path in sources])))


def replay_into(source: Path, target: Path) -> Summary:
    return replay(Dataset(source), make_job(target, Registry(tuple(Dataset(source).read_version("sources")))))


def rows(data: Path, table: str, columns: str = "*", *, without: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """The rows of a table's files, repetitions and all, sorted."""
    files = [str(path) for path in Dataset(data).files(table)]
    if not files:
        return []
    names = [f'"{name}"' for name in TABLES[table].schema.names if name not in without] if columns == "*" else [columns]
    with utc_connection() as connection:
        found = connection.execute(f"SELECT {', '.join(names)} FROM rows_of($files) ORDER BY ALL", {"files": files}).fetchall()
    return found


def ask_all(data: Path, statements: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
    """The answers of the dataset's views to some statements, by their names."""
    from vigie.queries import open_dataset

    with open_dataset(data) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in statements.items()}


def ask(data: Path, sql: str) -> list[tuple[Any, ...]]:
    """The answer of the dataset's views to a statement."""
    return ask_all(data, {sql: sql})[sql]
