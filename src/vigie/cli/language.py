"""`vigie language`: which language each line of a file is written in, and which other one a part of it is in."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from vigie.cli.common import told
from vigie.errors import UsageError
from vigie.language import LanguageDetector, LanguageInput

__all__ = ["language"]

_BATCH = 1_000  # lines detected at a time: fast, and output follows input closely


def language(
    file: Annotated[str, typer.Argument(help="A text file (UTF-8), one text a line; - reads standard input.")],
) -> None:
    """Tell the language of each line: language, confidence and second language (empty for none), tab separated."""
    detector = LanguageDetector()
    with told():
        for batch in _batches(file):
            for found in detector.detect_batch(batch):
                typer.echo(f"{found.language}\t{found.confidence:.4f}\t{found.second}")


def _batches(file: str) -> Iterator[list[LanguageInput]]:
    with _opened(file) as lines:
        while batch := list(itertools.islice(lines, _BATCH)):
            # A text's language shows through single broken bytes.
            yield [LanguageInput(title="", text=line.decode("utf-8", "replace").rstrip("\r\n")) for line in batch]


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below; only the opening is the user's error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}); give a text file, or - for standard input") from error
    with opened:
        yield opened
