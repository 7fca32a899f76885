"""vigie: a streaming media monitor whose every number can be followed down to articles with their evidence."""

from vigie.version import VERSION as __version__

__all__ = ["__version__"]
