"""Which days of which sources are drawn: gaps are found among five hundred sources as among ten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vigie.dashboard.known_days import worth_drawing


def days_of(sources: int, gaps: dict[int, str]) -> list[dict[str, Any]]:
    """Two days of each source, the first covered, the second but for some."""
    return [
        {"source_id": f"outlet-{number:02}", "day": date(2017, 5, day), "state": state}
        for number in range(sources)
        for day, state in ((28, "covered"), (29, gaps.get(number, "covered")))
    ]


def test_of_few_sources_all_are_drawn() -> None:
    rows = days_of(12, {3: "unknown"})
    assert worth_drawing(rows) == rows


@pytest.mark.parametrize("state", ["partial", "unknown"])
def test_of_many_sources_those_with_a_gap_are_drawn_with_all_their_days(state: str) -> None:
    rows = days_of(60, {3: state, 41: state})
    assert [(row["source_id"], row["day"].day, row["state"]) for row in worth_drawing(rows)] == [
        ("outlet-03", 28, "covered"), ("outlet-03", 29, state), ("outlet-41", 28, "covered"), ("outlet-41", 29, state),
    ]  # fmt: skip


def test_of_many_sources_without_a_gap_none_is_drawn() -> None:
    assert worth_drawing(days_of(60, {})) == []
