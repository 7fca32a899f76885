"""The panels of a dataset: fixed, versioned lists of its sources over which shares are taken."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from vigie.schemas import Panel
from vigie.storage.dataset import Dataset

__all__ = ["store_panel"]


def store_panel(dataset: Dataset, panel: Panel, *, at: datetime) -> bool:
    """Put a panel beside those that a dataset has, in place of one of the same id; figures frozen earlier keep theirs.

    Args:
        dataset: The dataset.
        panel: The panel.
        at: When it is loaded, UTC.

    Returns:
        Whether it was not there as it is.
    """
    others = [other for other in dataset.read_version("panels") if other.panel_id != panel.panel_id]
    rows = sorted([*others, panel], key=lambda row: row.panel_id)
    said = json.dumps([asdict(row) for row in rows], ensure_ascii=False)
    dataset.prepare()
    version = hashlib.sha256(said.encode()).hexdigest()[:16]
    return dataset.write_version("panels", rows, version=version, at=at) is not None
