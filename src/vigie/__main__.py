"""Run the command line: `python -m vigie` or `vigie`."""

import sys

from vigie.cli.app import run

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    run(sys.argv[1:])


if __name__ == "__main__":
    main()
