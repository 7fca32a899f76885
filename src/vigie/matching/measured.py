"""What was measured of the topics that vigie ships, on real items that they were not tuned on: it goes where they go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from importlib import resources

from vigie.schemas import Quality

__all__ = ["read_measured", "to_lines"]


def read_measured(topics_version: str) -> list[Quality]:
    """The shipped measurement of a version of the topics; none, where that version is not the one that was measured."""
    text = (resources.files("vigie.topics") / "measured.jsonl").read_text(encoding="utf-8")
    rows = [{**row, "evaluated_at": datetime.fromisoformat(row["evaluated_at"])} for row in map(json.loads, text.splitlines())]
    return [Quality(**row) for row in rows if row["topics_version"] == topics_version]


def to_lines(rows: Iterable[Quality]) -> str:
    """A measurement as JSON lines, as :func:`read_measured` reads it."""
    said = ({**asdict(row), "evaluated_at": row.evaluated_at.isoformat()} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in said)
