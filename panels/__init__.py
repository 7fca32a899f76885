"""The panels that vigie ships: fixed, versioned lists of sources of the shipped registry over which shares run.

They are package data. Find them through the package, so that they are found in a wheel as well; `vigie.registry.find_panel`
reads one by its name, and `vigie sources panels` lists them.

    >>> from vigie.panels import shipped_panels
    >>> "french-press" in shipped_panels()
    True
"""

from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["shipped_panels"]


def shipped_panels() -> dict[str, Traversable]:
    """The files of all shipped panels by name, wherever the package is installed."""
    files = sorted(resources.files(__name__).iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".yaml"): file for file in files if file.name.endswith(".yaml")}
