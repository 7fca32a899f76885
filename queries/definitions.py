"""Views, tables and macros by name, each created when something names it: a question needs a few of all there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import duckdb

from vigie.errors import UsageError, WorkError

__all__ = ["Definitions", "create_for", "create_later", "is_for_one", "statements_of", "telling"]

_STATEMENTS = re.compile(r"^(?=CREATE |COMMENT )", re.MULTILINE)
_DEFINED = re.compile(r"(?:CREATE (?:OR REPLACE )?|COMMENT ON )(?:VIEW|TABLE|MACRO) ([\w.]+)")
#: What may name a definition: a relation in a FROM or JOIN, or something that is called. Too many do no harm.
_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+([\w.]+)|\b(\w+)\s*\(")
_COMMENTS = re.compile(r"--.*")
#: A view is bound again wherever it is used. Created so, it is not bound before: a chain of views else is for each of them.
_VIEW, _UNBOUND_VIEW = re.compile(r"^(CREATE (?:OR REPLACE )?VIEW [\w.]+) AS\b"), r"\1 WITH (DEFER_BINDING) AS"


def statements_of(script: str) -> dict[str, str]:
    """What a script creates, by name: statements that begin a line each, with the comments on what they create."""
    found: dict[str, str] = {}
    for statement in _STATEMENTS.split(script):
        defined = _DEFINED.match(statement)
        if defined is not None:
            found[defined[1]] = found.get(defined[1], "") + statement
    return found


@contextmanager
def telling(shown: str) -> Iterator[None]:
    """Tell of a file that cannot be read by its name, of too many small ones, and what to do.

    Args:
        shown: What the user calls the dataset's folder.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WorkError(
            f"{shown}: its small files need more memory than they may take to be opened together; settle them with"
            f" `vigie compact --data {shown}`"
        ) from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise UsageError(
            f"{shown}: a file cannot be read: {str(error).splitlines()[0]}; restore it from a copy, or move it away and make"
            f" the dataset again from its stored bodies with `vigie replay --data {shown} --into NEW`"
        ) from error


class Definitions:
    """What can be created on a connection, in the order in which it was told of; each thing is created once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, shown: str) -> None:
        """Know of nothing yet.

        Args:
            con: The connection.
            shown: What the user calls the dataset's folder.
        """
        self._con = con
        self._shown = shown
        self._waiting: dict[str, str | Callable[[], str]] = {}
        #: Whether what is created says what it is, to whoever looks around in it.
        self.commented = True

    def add(self, name: str, sql: str | Callable[[], str]) -> None:
        """Tell of one thing.

        Args:
            name: Its name, with its schema unless that is `main`.
            sql: The statements that create it; a function is called once it is needed, and may look at what there is.
        """
        self._waiting[name] = sql

    def add_script(self, script: str) -> None:
        """Tell of all that a script creates."""
        self._waiting.update(statements_of(script))

    def create_for(self, sql: str) -> None:
        """Create what a text in SQL names, what that names in turn, and so on; what is there already stays.

        Raises:
            UsageError: A file that it is made from cannot be read.
            WorkError: What it is made from needs more memory than it may take.
        """
        with telling(self._shown):
            for relation, called in _NAMED.findall(_COMMENTS.sub("", sql)):
                self._create((relation or called).removeprefix("main."))

    def create_all(self) -> None:
        """Create everything.

        Raises:
            UsageError: A file that it is made from cannot be read.
            WorkError: What it is made from needs more memory than it may take.
        """
        while self._waiting:
            self.create_for(f"FROM {next(iter(self._waiting))}")

    def _create(self, name: str) -> None:
        sql = self._waiting.pop(name, None)
        if sql is None:
            return
        if callable(sql):
            sql = sql()
        self.create_for(sql)
        if not self.commented:
            sql = sql.partition("COMMENT ON ")[0]
        self._con.execute(_VIEW.sub(_UNBOUND_VIEW, sql))


#: Of connections that were opened for questions, what has not been named yet.
_LATER: WeakKeyDictionary[duckdb.DuckDBPyConnection, Definitions] = WeakKeyDictionary()


def create_later(con: duckdb.DuckDBPyConnection, definitions: Definitions) -> None:
    """Leave it to :func:`create_for` to create what statements over a connection name."""
    _LATER[con] = definitions


def is_for_one(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a connection was opened for one question: what only others would read again need not be kept."""
    return con in _LATER


def create_for(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Create what a statement names and its connection has not; most have everything from the beginning.

    Raises:
        UsageError: A file that it is made from cannot be read.
        WorkError: What it is made from needs more memory than it may take.
    """
    if con in _LATER:
        _LATER[con].create_for(sql)
