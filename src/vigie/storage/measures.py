"""Measurements of the topics, beside the data that they were used on."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from vigie.schemas import Audit, Quality
from vigie.storage.dataset import Dataset

__all__ = ["store_audit", "store_quality"]


def store_quality(dataset: Dataset, rows: Sequence[Quality], *, again: bool = True) -> bool:
    """Put a measurement beside those that a dataset has; views show the newest of each half of a set of labelled items.

    Args:
        dataset: The dataset, prepared.
        rows: One measurement: all its rows are of the same labels, half, topics and code.
        again: Whether one that is there already, under newer ones, becomes the newest.

    Returns:
        Whether it was written.
    """
    if not rows:
        return False
    first = rows[0]
    about = (first.gold, first.gold_version, first.split, first.topics_version, first.code_version)
    version = hashlib.sha256(repr(about).encode()).hexdigest()[:16]
    if not again and any(path.stem.endswith(f"-{version}") for path in dataset.files("quality")):
        return False
    return dataset.write_version("quality", rows, version=version, at=first.evaluated_at) is not None


def store_audit(dataset: Dataset, rows: Sequence[Audit]) -> bool:
    """Put what coders' answers say beside the audits that a dataset has; views show the newest of each audit.

    Args:
        dataset: The dataset, prepared.
        rows: All rows of one audit, of which there is at least one.

    Returns:
        Whether it was written: not where the newest says the same.
    """
    first = rows[0]
    said = repr([dataclasses.asdict(row) | {"read_at": None} for row in rows])
    version = f"{first.audit_id}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    return dataset.write_version("audits", rows, version=version, at=first.read_at) is not None
