"""One line of a JSON Lines file, with an error that says where it is wrong."""

from __future__ import annotations

import json
from typing import Any

from vigie.errors import UsageError

__all__ = ["read_line"]


def read_line(line: str, place: str) -> Any:
    """The value of a line.

    Args:
        line: The line.
        place: File and number of the line, for the error.

    Raises:
        UsageError: It is not JSON.
    """
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{place}: is not JSON ({error.msg}, column {error.colno}); each line is one object") from None
