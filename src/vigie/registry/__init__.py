"""Who is watched: the source registry, read from YAML or OPML and checked, and panels of its sources.

Example:
    >>> registry = load_registry()  # the one that vigie ships; a path reads any other
    >>> registry.source("rt-fr").homepage
    'https://francais.rt.com/'
"""

from vigie.registry.export_opml import to_opml
from vigie.registry.import_opml import registry_from_opml
from vigie.registry.load import cited_outlets, load_registry, load_registry_bytes
from vigie.registry.model import Registry, claim_in_force, claim_on
from vigie.registry.panel import find_panel, load_panel
from vigie.registry.write_yaml import to_yaml

__all__ = [
    "Registry",
    "cited_outlets",
    "claim_in_force",
    "claim_on",
    "find_panel",
    "load_panel",
    "load_registry",
    "load_registry_bytes",
    "registry_from_opml",
    "to_opml",
    "to_yaml",
]
