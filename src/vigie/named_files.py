"""Read the files that users name, with errors that say what to do."""

from __future__ import annotations

from pathlib import Path

from vigie.errors import UsageError

__all__ = ["LARGEST", "read_bytes", "read_text", "utf8"]

#: Bytes that such a file may have: registries, panels, topics, labels and coded samples in use stay under one million.
LARGEST = 20_000_000


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        UsageError: It is missing, unreadable, a directory or too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file; check its name") from None
    except IsADirectoryError:
        raise UsageError(f"{path}: this is a directory; name a file in it") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    if len(content) > LARGEST:
        raise UsageError(f"{path}: larger than {LARGEST:,} bytes; check that it is the right file")
    return content


def utf8(content: bytes, file: str) -> str:
    """Bytes as UTF-8 text, a byte order mark left out.

    Raises:
        UsageError: They are not UTF-8; the line is named.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: not UTF-8 text; save the file in the encoding UTF-8") from None


def read_text(path: Path) -> str:
    """The content of a UTF-8 text file.

    Raises:
        UsageError: It is missing, unreadable, too large or not UTF-8.
    """
    return utf8(read_bytes(path), str(path))
