"""Where answers are printed that are no table of a question: a console as wide as its reader, and text that steers nothing."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from vigie.cli.render import FILE_WIDTH
from vigie.cli.render import _printable as printable

__all__ = ["make_console", "printable"]


def make_console() -> Console:
    """Standard output: as wide as the terminal, or as files are where there is none."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else FILE_WIDTH
    return Console(width=width, highlight=False)
