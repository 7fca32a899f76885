"""The registries that vigie ships, as YAML: who is watched, who owns and controls them, and where their feeds are.

The files are package data. Find them through the package, never through a path of the repository, so that they are found
in a wheel as well:

    >>> from vigie.sources import shipped_registry
    >>> text = shipped_registry().read_text(encoding="utf-8")

`vigie.registry.load_registry()` reads and checks the shipped registry; `vigie sources list` shows it.
"""

from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["SHIPPED", "shipped_registry"]

#: File name of the registry that is used where none is named.
SHIPPED = "franco-russian.yaml"


def shipped_registry() -> Traversable:
    """The registry of outlets that report on France and Russia, wherever the package is installed."""
    return resources.files(__name__) / SHIPPED
