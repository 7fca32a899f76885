"""The version of the code; `pyproject.toml` reads it here, since to read a package's metadata takes a command 30 ms."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
