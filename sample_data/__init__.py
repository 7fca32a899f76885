"""Sample data: feeds of invented outlets as polled between 21 May and 12 June 2017, written for vigie (see README.md).

The files are found through the installed package, so that `vigie demo` runs from anywhere.

Example:
    >>> polls_file().name
    'polls.jsonl'
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

__all__ = ["feeds_directory", "folder", "gold_file", "panel_file", "polls_file", "sources_file"]


def folder() -> Path:
    """The folder that holds the sample data."""
    return Path(str(resources.files(__name__)))


def feeds_directory() -> Path:
    """The folder of the polled documents: what `vigie ingest --from` takes."""
    return folder() / "feeds"


def polls_file() -> Path:
    """One line a poll: which file, which feed, when, and how the server answered."""
    return feeds_directory() / "polls.jsonl"


def sources_file() -> Path:
    """The registry of the invented outlets."""
    return folder() / "sources.yaml"


def panel_file() -> Path:
    """The panel of the outlets that the polls cover throughout."""
    return folder() / "panel.yaml"


def gold_file() -> Path:
    """One line an item: its true topics and language."""
    return folder() / "gold.jsonl"
