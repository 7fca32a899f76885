"""Versions of the topics that a dataset keeps, found again by their hash."""

from __future__ import annotations

import pyarrow.parquet as pq

from vigie.errors import UsageError
from vigie.storage.dataset import Dataset

__all__ = ["stored_definition", "topics_versions"]

#: Characters of a hash that tell a version.
_SHORTEST = 4


def topics_versions(dataset: Dataset) -> list[str]:
    """The hashes of the topics versions that a dataset keeps, the active one last."""
    versions = [path.stem.partition("-")[2] for path in dataset.files("topics")]
    return list(dict.fromkeys(reversed(versions)))[::-1]


def stored_definition(dataset: Dataset, version: str) -> tuple[str, str]:
    """Full hash and definition of a stored topics version, as YAML text.

    Args:
        dataset: The dataset.
        version: Its hash, or the beginning of it.

    Raises:
        UsageError: It keeps no such version, or several.
    """
    known = topics_versions(dataset)
    found = [hash_ for hash_ in known if hash_.startswith(version)] if len(version) >= _SHORTEST else []
    if len(found) != 1:
        named = ", ".join(known) or "none"
        which = "several begin so" if found else "no such version of the topics is kept"
        raise UsageError(f"{version}: {which} in {dataset.root}; there are {named} (the last one is active)")
    path = next(path for path in dataset.files("topics") if path.stem.partition("-")[2] == found[0])
    with pq.ParquetFile(path) as file:
        return found[0], str(file.read(columns=["definition"]).column("definition")[0])
