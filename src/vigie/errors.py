"""The errors that a user is told about: one line that names the thing and the remedy."""

from __future__ import annotations

__all__ = ["NoDataset", "UsageError", "VigieError", "WorkError"]


class VigieError(Exception):
    """Base of the errors whose message is written for the user; the command line prints it without a traceback."""

    #: Exit code of the command that fails with it.
    exit_code = 1


class UsageError(VigieError):
    """Wrong use: a file that is missing or invalid, an option that does not exist. Nothing was done."""

    exit_code = 2


class NoDataset(UsageError):
    """A folder that holds no dataset yet: there is nothing wrong with it."""


class WorkError(VigieError):
    """The work itself failed, for a reason that the user can see to."""

    exit_code = 1
