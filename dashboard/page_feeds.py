"""Feeds: which days of each source are known, how each feed fares, and which fell silent."""

from __future__ import annotations

from vigie.dashboard.figure import columns_of, show_table
from vigie.dashboard.known_days import show_known_days
from vigie.dashboard.session import Visit, told

__all__ = ["show"]


def show(visit: Visit) -> None:
    """Draw the page."""
    with told(visit.look):
        _health(visit)
    with told(visit.look):
        show_known_days(visit, key="days")


def _health(visit: Visit) -> None:
    """Feeds with a problem first; the healthy ones say when they were polled last."""
    answer = visit.ask("feed-health")
    rows = sorted(answer.table.to_pylist(), key=lambda row: (row["problem"] == "healthy", row["feed_id"]))
    ill = len({row["feed_id"] for row in rows if row["problem"] != "healthy"})
    columns = columns_of(visit, answer) | visit.look.headings("last_poll_at", "last_new_at")
    title = visit.say("health", ill=ill, feeds=len({row["feed_id"] for row in rows}))
    show_table(visit, answer, key="health", title=title, rows=rows, columns=columns)
