"""Ask a dataset a question: parameters in, a table with notes out."""

from __future__ import annotations

import importlib
import itertools
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from vigie.errors import UsageError, WorkError
from vigie.queries.catalog import open_dataset
from vigie.queries.definitions import create_for
from vigie.queries.held_rows import HeldRows, MadeRows
from vigie.queries.keeping import keep_read
from vigie.queries.notes import notes_on
from vigie.queries.questions import Parameters, Question, load_question
from vigie.queries.relations import read_sql
from vigie.queries.resolving import fetch_rows, resolve
from vigie.queries.sentences import Sentences

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns of the tables whose names are words of SQL.
_KEPT_WORDS = ("at", "end")
#: Functions that stand in a FROM and read no file.
_TABLE_FUNCTIONS = {"unnest", "range", "generate_series", "repeat", "duckdb_columns", "duckdb_tables", "duckdb_views"}
#: Scalar functions that look into the file system or the process.
_FILE_FUNCTIONS = {"getenv", "read_text", "read_blob", "glob", "file_exists"}

__all__ = ["Answer", "ask", "ask_once", "audit", "run_sql"]

#: Runs a statement with its values.
_Run = Callable[[duckdb.DuckDBPyConnection, str, Mapping[str, Any]], "pa.Table | HeldRows"]

# The relation that DuckDB would rather have (`con.sql`) plans a statement twice: that takes longer than to copy what was found.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dataset answered, and all that is needed to ask it again."""

    #: Name of the question; `sql` for a statement of one's own.
    name: str
    #: The question; None for a statement of one's own.
    question: Question | None
    #: Every parameter as it was computed with: defaults, period and panel filled in.
    parameters: dict[str, Any]
    #: The state of the data that was read.
    data_version: str
    #: Its rows: a table, or what becomes one when it is asked for.
    content: pa.Table | HeldRows | MadeRows
    #: What must be said beside the figures, in sentences.
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pa.Table:
        """Its rows as an Arrow table."""
        return self.content.table if isinstance(self.content, (HeldRows, MadeRows)) else self.content

    @property
    def column_names(self) -> list[str]:
        """The columns, in order."""
        return self.content.column_names

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return self.content.num_rows

    def rows(self, most: int | None = None) -> list[dict[str, Any]]:
        """The first rows, or all, as dictionaries; this loads no Arrow where none was needed before."""
        if isinstance(self.content, (HeldRows, MadeRows)):
            return self.content.rows(most)
        return self.content.slice(0, most).to_pylist()  # type: ignore[no-any-return]

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        if isinstance(self.content, (HeldRows, MadeRows)):
            return self.content.is_number(name)
        from pyarrow import types  # Late: where there is a table, it is loaded already.

        kind = self.content.schema.field(name).type
        return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def ask(con: duckdb.DuckDBPyConnection, name: str, parameters: Parameters | None = None, *, language: str = "en") -> Answer:
    """Ask one question.

    Args:
        con: A dataset, as :func:`vigie.queries.open_dataset` gives it.
        name: The question's name.
        parameters: What it is asked about; None: its defaults.
        language: `en` or `fr`: of the notes, and of what a table says in words.

    Raises:
        UsageError: There is no such question, topic, concept, source, panel member or zone, or the dates are the wrong
            way round.
        WorkError: A file of the dataset is gone or damaged since it was opened.
    """
    # A table outlives the connection, which is the caller's.
    return _ask(con, load_question(name), parameters or Parameters(), language, _table)


def ask_once(
    path: Path | str,
    name: str,
    parameters: Parameters | None = None,
    *,
    topics_version: str | None = None,
    known_by: datetime | None = None,
    memory_limit: str | None = None,
) -> Answer:
    """Open a dataset and ask it one question: sooner answered than by :func:`open_dataset` and :func:`ask`, and the same.

    The rows stay in DuckDB until the answer is asked for them: as long as they are not wanted as a table, no Arrow is loaded.

    Args:
        path: The folder.
        name: The question's name.
        parameters: What it is asked about; None: its defaults.
        topics_version: As :func:`open_dataset` takes it.
        known_by: Likewise.
        memory_limit: Likewise.

    Raises:
        UsageError: As both raise it.
        WorkError: Likewise.
    """
    parameters = parameters or Parameters()
    question = load_question(name)
    if question.counts:  # What computes statistics is loaded while DuckDB is busy.
        threading.Thread(target=importlib.import_module, args=["vigie.queries.computing"], daemon=True).start()
    subjects = question.subjects(parameters)
    con = open_dataset(
        path,
        topics_version=topics_version,
        known_by=known_by,
        memory_limit=memory_limit,
        subjects=subjects,
        zone=parameters.tz,
    )
    return _ask(con, question, parameters, "en", HeldRows)


def _ask(con: duckdb.DuckDBPyConnection, question: Question, parameters: Parameters, language: str, run: _Run) -> Answer:
    try:
        return _answer(con, question, parameters, language, run)
    except duckdb.OutOfMemoryException as error:
        raise WorkError(
            f"{question.name}: it needs more memory than it may take; settle small files with `vigie compact`, or ask about a"
            " shorter period"
        ) from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise WorkError(
            f"{question.name}: a file of the dataset is gone or damaged: {_one_line(error)}; open it again, and if that does"
            " not help restore the file from a copy"
        ) from error


def _table(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]) -> pa.Table:
    keep_read(con, sql)
    return con.execute(sql, values).to_arrow_table()


def _answer(con: duckdb.DuckDBPyConnection, question: Question, parameters: Parameters, language: str, run: _Run) -> Answer:
    asked = resolve(con, question, parameters)
    asked.values["language"] = language
    values = {key: value for key, value in asked.values.items() if key in question.placeholders}
    create_for(con, question.sql)
    content = run(con, question.sql, values)
    if asked.parameters.article is not None and not content.num_rows:
        _check_article(con, asked.parameters.article)
    notes = notes_on(con, question, asked, Sentences(language))
    if question.counts:
        from vigie.queries.computing import compute  # Late: NumPy is loaded where statistics are asked for.

        counts = content.rows() if isinstance(content, HeldRows) else content.to_pylist()
        made, more = compute(question, counts, asked.values)
        content = made if isinstance(content, HeldRows) else made.table
        notes += more
    described = {parameter.name for parameter in question.parameters}
    shown: dict[str, Any] = {key: value for key, value in asked.values.items() if key in described and key != "language"}
    [version] = fetch_rows(con, "FROM dataset")
    if version.get("known_by"):
        shown["known_by"] = version["known_by"]
    if asked.parameters.panel is not None:
        shown["panel_id"] = asked.parameters.panel.panel_id
        shown["panel_version"] = asked.parameters.panel.version
    return Answer(question.name, question, shown, str(version["data_version"]), content, notes)


def _check_article(con: duckdb.DuckDBPyConnection, article: str) -> None:
    """See that there is such an article: of one that there is, nothing may be known in the period."""
    if not fetch_rows(con, "SELECT 1 FROM first_revisions WHERE article_id = $article LIMIT 1", {"article": article}):
        raise UsageError(
            f"--article {article}: no article of this dataset has that id; `vigie query articles --format csv` gives them"
        )


def run_sql(
    con: duckdb.DuckDBPyConnection,
    statement: str,
    *,
    limit: int | None = None,
    seconds: float | None = None,
    language: str = "en",
) -> Answer:
    """Run one statement that reads.

    Args:
        con: A dataset, as :func:`vigie.queries.open_dataset` gives it.
        statement: The statement.
        limit: Rows at most; where there are more, a note says so. None: all.
        seconds: How long it may run. None: as long as it takes.
        language: `en` or `fr`: of the notes.

    Raises:
        UsageError: It is not one SELECT-like statement, DuckDB does not understand it, or it takes more time or memory than
            it may.
    """
    try:
        statements = con.extract_statements(statement)
        kinds = [parsed.type for parsed in statements]
        if kinds != [duckdb.StatementType.SELECT]:
            what = ", ".join(kind.name for kind in kinds) or "nothing"
            raise UsageError(
                f"only one statement that reads can be run (SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW), this is {what};"
                " files are written with --format and --out"
            )
        statement = _without_end(statement)
        _refuse_files(con, statement)
        # A SELECT can hold an INSERT in its WITH: the transaction refuses it.
        con.execute("BEGIN TRANSACTION READ ONLY")
        try:
            with _stopped_after(con, seconds):
                relation = con.sql(statement)
                table = _readable(relation if limit is None else relation.limit(limit + 1))
        finally:
            con.execute("ROLLBACK")
    except duckdb.InterruptException as error:
        raise UsageError(f"the statement ran for {seconds:g} s and was stopped; ask for less, a period or a sample") from error
    except duckdb.OutOfMemoryException as error:
        raise UsageError("the statement needs more memory than it may take; ask for less, or group in fewer rows") from error
    except duckdb.Error as error:
        raise UsageError(f"the statement cannot be run: {_one_line(error)}; {_remedy(statement, error)}") from error
    notes: tuple[str, ...] = ()
    speech = Sentences(language)
    if limit is not None and table.num_rows > limit:
        table, notes = table.slice(0, limit), (speech.say("first_rows", rows=speech.number(limit)),)
    return Answer("sql", None, {"statement": statement}, _data_version(con), table, notes)


def _remedy(statement: str, error: duckdb.Error) -> str:
    """What may mend a statement that DuckDB does not run."""
    if isinstance(error, duckdb.ParserException):
        written = statement.encode()
        names = {re.split(rb"\W", written[place:], maxsplit=1)[0].decode().lower() for place, _ in duckdb.tokenize(statement)}
        kept = [f'"{name}"' for name in _KEPT_WORDS if name in names]
        if kept:
            return f"as a column write {' and '.join(kept)} in double quotes, since SQL keeps the word for itself"
    return "`vigie sql 'SHOW TABLES'` lists the tables"


def _without_end(statement: str) -> str:
    """One statement without its semicolon and the comments after it, which DuckDB does not take where more is asked of it."""
    written = statement.encode()
    for place, kind in duckdb.tokenize(statement):
        if kind == duckdb.token_type.operator and written[place : place + 1] == b";":
            return written[:place].decode()
    return statement


def _readable(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    """What a statement gives, columns told apart by name, in values that files can hold.

    Raises:
        UsageError: A column holds days that no calendar has.
    """
    import pyarrow.compute as pc
    from pyarrow import types

    table = relation.to_arrow_table()
    names: list[str] = []
    for name in table.column_names:  # Of a join, two may be of one name: the second is `name_1`, as in DuckDB's own shell.
        names.append(next(free for free in _numbered(name) if free not in names))
    for name, column in zip(names, table.columns, strict=True):
        if types.is_date(column.type) or types.is_timestamp(column.type):
            try:
                pc.min_max(column).as_py()
            except (OverflowError, ValueError) as error:
                raise UsageError(
                    f"{name}: holds days beyond the years 1 to 9999, as `infinity`; have it as text, CAST({name} AS VARCHAR)"
                ) from error
    return table.rename_columns(names)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in itertools.count(1))


@contextmanager
def _stopped_after(con: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, con.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _refuse_files(con: duckdb.DuckDBPyConnection, statement: str) -> None:
    """See that a statement reads the views and no file by itself: the views' own files must stay open to the engine."""
    [(parsed,)] = con.execute("SELECT json_serialize_sql(CAST($1 AS VARCHAR))", [statement]).fetchall()
    tree = json.loads(parsed)
    if tree.get("error") and re.search(r"['(/]", statement):  # SHOW, DESCRIBE and SUMMARIZE, of more than a name
        raise UsageError("what is described or summarized must be a table's name; `vigie sql 'SHOW TABLES'` lists them")
    for node in _nodes(tree):
        name = str(node.get("function_name", "")).lower()
        if node.get("type") == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name", "")).lower()
            if name not in _TABLE_FUNCTIONS:
                raise UsageError(f"{name}: a statement reads the dataset's tables and views, and no files")
        elif name in _FILE_FUNCTIONS:
            raise UsageError(f"{name}: a statement reads the dataset's tables and views, and no files")
        elif node.get("type") == "BASE_TABLE" and re.search(r"[./\\*]", str(node.get("table_name", ""))):
            raise UsageError(f"{node['table_name']}: is no table; `vigie sql 'SHOW TABLES'` lists them")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def audit(con: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """Rows of the dataset that break one of its promises, by the audit that found them; empty where all is well."""
    con.execute(read_sql("_audits.sql"))
    names = [row["view_name"] for row in fetch_rows(con, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'audits'")]
    found = {name: con.sql(f'FROM audits."{name}"').to_arrow_table() for name in sorted(names)}
    return {name: table for name, table in found.items() if table.num_rows}


def _data_version(con: duckdb.DuckDBPyConnection) -> str:
    [row] = fetch_rows(con, "FROM dataset")
    return str(row["data_version"])


def _one_line(error: duckdb.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(line for line in lines if not line.startswith(("LINE ", "^")))
