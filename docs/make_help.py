"""Keep the README's command help equal to the program's: `python docs/make_help.py` rewrites it, a test compares it."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from vigie.cli.app import make_app

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- help:(?P<command>[^>]*) -->\n```text\n).*?(```\n)", re.DOTALL)
_WIDTH = 100


def help_of(command: str) -> str:
    """The help of a command, as an 100-column terminal shows it."""
    arguments = [*command.split(), "--help"]
    result = CliRunner().invoke(make_app(), arguments, prog_name="vigie", terminal_width=_WIDTH, color=False)
    return "\n".join(line.rstrip() for line in result.stdout.strip().splitlines()) + "\n"


def with_help(text: str) -> str:
    """A text with its help blocks as the program says them now."""
    return _BLOCK.sub(lambda match: match[1] + help_of(match["command"]) + match[3], text)


if __name__ == "__main__":
    README.write_text(with_help(README.read_text(encoding="utf-8")), encoding="utf-8")
