"""The version of the code, as its package metadata states it."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["VERSION"]

try:
    VERSION = version("vigie")
except PackageNotFoundError:  # Run from a checkout that was never installed.
    VERSION = "0+unknown"
