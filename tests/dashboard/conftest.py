"""Fixtures of the pages' tests."""

from dashboard_pages import browser, dashboard, sample, visit

__all__ = ["browser", "dashboard", "sample", "visit"]
