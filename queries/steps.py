"""Weeks and months as questions cut them: from Monday, from the first."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["step_end", "step_start"]


def step_start(day: date, by: str) -> date:
    """First day of the day, week or month that a day lies in."""
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" else day


def step_end(day: date, by: str) -> date:
    """Last day of the day, week or month that a day lies in."""
    if by == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return step_start(day, by) + timedelta(days=6) if by == "week" else day
