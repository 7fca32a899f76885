"""Draw docs/demo.svg, the README's picture: what `vigie demo` ends with, as a terminal shows it. Run by `make picture`."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from vigie.cli.demo import read_sample, show_figures
from vigie.storage import Dataset

#: The terminal's width, columns.
WIDTH = 112


def main() -> None:
    """Run the demo in a scratch folder and write the picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(Path(folder) / "data")
        read_sample(dataset)
        show_figures(dataset, console)
    target = Path(__file__).with_name("demo.svg")
    console.save_svg(str(target), title="vigie demo: sample feeds of invented outlets", unique_id="vigie")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
