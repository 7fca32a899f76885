"""What a proof found, and the table of all of them."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Proof", "as_document", "as_table"]

_HEADS = ("what", "tries", "lost", "double", "time")
_LIBRARIES = ("apache-beam", "pyarrow", "duckdb", "feedparser", "lxml", "aiohttp")


@dataclass(frozen=True, slots=True)
class Proof:
    """One line of the table."""

    what: str
    #: Kills, documents, polls: whatever it tried.
    tries: int
    #: Rows that an undisturbed run has and this one had not; None where nothing could be lost.
    lost: int | None
    #: Rows that this one had beyond those of an undisturbed run.
    double: int | None
    seconds: float
    #: Whether what was promised held.
    held: bool
    #: The figures behind it, in words.
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        counts = ("–" if count is None else f"{count:,}" for count in (self.lost, self.double))
        return (self.what, f"{self.tries:,}", *counts, _length(self.seconds))


def as_table(proofs: Sequence[Proof]) -> str:
    """The table for a terminal."""
    lines = [_HEADS, *(proof.cells() for proof in proofs)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    return "\n".join(
        line[0].ljust(widths[0]) + "".join("  " + cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    )


def as_document(proofs: Sequence[Proof], *, at: datetime, missing: Iterable[str] = ()) -> str:
    """The table as `docs/proofs.md`, with when, on what and by which versions it was made.

    Args:
        proofs: What was found.
        at: When, UTC.
        missing: What was not run on this machine, and why.
    """
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    rows = ["| " + " | ".join(_HEADS) + " |", "|---|---:|---:|---:|---:|"]
    rows += ["| " + " | ".join(proof.cells()) + " |" for proof in proofs]
    notes = [f"- **{proof.what}**: {'held' if proof.held else '**did not hold**'}. {proof.note}".rstrip() for proof in proofs]
    left_out = [f"- not run: {name}" for name in missing]
    return "\n".join(
        [
            "# Proofs",
            "",
            "What `make proofs` found; it takes minutes, so it is no part of `make test`, which runs a few tries of each.",
            "*Lost* and *double* are rows that were missing from, or beyond, those of an undisturbed run.",
            "",
            f"Made on {at:%Y-%m-%d %H:%M} UTC with Python {platform.python_version()}, {versions}, on {platform.system()}"
            f" {platform.machine()} with {os.cpu_count()} processors.",
            "",
            *rows,
            "",
            *notes,
            *left_out,
            "",
        ]
    )


def _length(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def say(line: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
