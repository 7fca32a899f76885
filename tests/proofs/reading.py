"""A dataset's figures, the difference of two, and a reader that looks on while others write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vigie.errors import UsageError
from vigie.queries import audit, open_dataset

__all__ = ["Onlooker", "difference", "figures", "onlooker"]

#: All that must not depend on what was killed: not the times of polls, nor who wrote what.
_FIGURES = {
    "revisions": "SELECT article_id, revision, revision_hash, title, text, language FROM article_revisions",
    "articles": "SELECT article_id, source_id, url, title FROM articles",
    "sightings": "SELECT article_id, feed_id FROM sightings",
    "matches": "SELECT article_id, revision_hash, topic_id, topics_version, strength, CAST(evidence AS VARCHAR) FROM matches",
    "mentions": 'SELECT article_id, revision_hash, concept, field, start, "end" FROM mentions',
}

Figures = Counter[tuple[Any, ...]]


def figures(data: Path) -> Figures:
    """Every row that a reader sees, whatever the order."""
    with open_dataset(data) as connection:
        return Counter((table, *row) for table, sql in _FIGURES.items() for row in connection.execute(sql).fetchall())


def difference(found: Figures, expected: Figures) -> tuple[int, int]:
    """How many rows are lost, and how many are there beyond those expected."""
    return (expected - found).total(), (found - expected).total()


class Onlooker:
    """What a reader saw that it should not have seen."""

    def __init__(self) -> None:
        self.reads = 0
        self.complaints: list[str] = []
        self._articles = 0
        self._lock = threading.Lock()

    def look(self, data: Path) -> None:
        """Read a dataset once, as an analyst would, with all its audits."""
        with self._lock:
            self._look(data)

    def _look(self, data: Path) -> None:
        try:
            with open_dataset(data) as connection:
                broken = audit(connection)
                [(articles,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
        except UsageError as error:
            if "no such folder" in str(error) or "no dataset is in this folder" in str(error):
                return
            self.complaints.append(str(error))
            return
        except Exception as error:  # whatever a torn file does to the engine is what is looked for
            self.complaints.append(f"{type(error).__name__}: {error}")
            return
        self.reads += 1
        self.complaints += [f"audit {name}: {table.num_rows} rows" for name, table in broken.items()]
        if articles < self._articles:
            self.complaints.append(f"articles went from {self._articles} to {articles}")
        self._articles = articles


@contextmanager
def onlooker(data: Path, pause: float = 1.0) -> Iterator[Onlooker]:
    """A reader that polls a dataset until the block ends."""
    reader, done = Onlooker(), threading.Event()

    def read() -> None:
        while not done.wait(pause):
            reader.look(data)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield reader
    finally:
        done.set()
        thread.join()
    reader.look(data)
