"""Run the command line: `python -m vigie` or `vigie`."""

from vigie.cli.app import app

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
