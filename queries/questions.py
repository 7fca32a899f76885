"""The questions that a dataset can be asked: .sql files whose header says what they answer, take and give."""

from __future__ import annotations

import dataclasses
import functools
import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from vigie.errors import UsageError
from vigie.queries.names import nearest
from vigie.queries.relations import read_sql
from vigie.schemas import Panel

__all__ = ["Column", "Parameters", "Question", "list_questions", "load_question"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a question is asked about; each has the default that its header names."""

    #: Id of a topic.
    topic: str | None = None
    #: Id of a concept, instead of a topic.
    concept: str | None = None
    #: First and last day, local dates in `tz`, both included.
    since: date | None = None
    until: date | None = None
    #: day, week, month or period: all of it in one.
    by: str | None = None
    #: language, country, control or source; none: all in one.
    split: str | None = None
    #: source_ids; empty: all.
    sources: tuple[str, ...] = ()
    #: The panel that shares are taken over; None: the sources covered on every day of the period.
    panel: Panel | None = None
    #: lead or all: where evidence must lie.
    scope: str = "lead"
    #: Whether entries published before their feed's first poll count too.
    backlog: bool = False
    #: Whether what coders decided of single articles and the topic holds.
    overrides: bool = False
    #: IANA zone in which days are cut.
    tz: str = "UTC"
    #: The day on which something happened; it belongs to what comes after.
    event: date | None = None
    #: Days before, and days from then on, that are compared.
    pre: int | None = None
    post: int | None = None
    #: ISO 3166-1 code of a state whose media are meant; None: any.
    state: str | None = None
    #: What was known at the end of this day, in `tz`.
    as_of: date | None = None
    #: Decides which days a bootstrap draws.
    seed: int = 1
    #: article_id of one article.
    article: str | None = None
    #: What title or text must say, regardless of case.
    words: str | None = None
    #: Rows at most; None: all.
    limit: int | None = None

    def given(self) -> tuple[str, ...]:
        """Names of the parameters that differ from their default."""
        return tuple(f.name for f in dataclasses.fields(self) if getattr(self, f.name) != f.default)


@dataclass(frozen=True, slots=True)
class Column:
    """One parameter or column of a question, as its header describes it."""

    name: str
    doc: str
    #: Whether a table on a terminal shows it; files have all.
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """One .sql file."""

    name: str
    #: The question itself, one line.
    title: str
    #: How it is answered.
    description: str
    parameters: tuple[Column, ...]
    columns: tuple[Column, ...]
    sql: str
    #: What the SQL itself gives, where statistics make the columns of it (vigie.queries.computing); else empty.
    counts: tuple[Column, ...] = ()
    #: What must be said beside every answer, in sentences.
    notes: tuple[str, ...] = ()
    #: The same in French, one for one.
    french_notes: tuple[str, ...] = ()

    def notes_in(self, language: str) -> tuple[str, ...]:
        """What must be said beside every answer, in `en` or `fr`."""
        return self.french_notes if language == "fr" else self.notes

    @property
    def placeholders(self) -> frozenset[str]:
        """Names of the parameters that its SQL uses."""
        code = re.sub(r"--.*", "", self.sql)
        return frozenset(re.findall(r"\$(\w+)", code))

    @property
    def reads_articles(self) -> bool:
        """Whether its SQL looks at when single articles were published and seen."""
        return any(name in self.sql for name in ("output_of(", "firsts_of(", "firsts_since(", "FROM first_revisions"))

    @property
    def reads_months(self) -> bool:
        """Whether its SQL looks for single articles, or what was found in them, in the months of a period."""
        return self.reads_articles or any(name in self.sql for name in ("texts_of(", "revisions_of(", "_since(", "topic_hits("))

    @property
    def takes(self) -> tuple[str, ...]:
        """Names of the parameters that can be given."""
        return tuple(p.name for p in self.parameters if not p.doc.startswith("derived:"))

    def subjects(self, parameters: Parameters) -> dict[str, str | None]:
        """What it counts articles on: a `topic` or a `concept` with its id, each topic (None), or nothing: all articles."""
        if "topic_counts" in self.sql:
            return {"topic": None}
        asked = {"topic": parameters.topic, "concept": parameters.concept}
        return {kind: subject for kind, subject in asked.items() if subject is not None}


_SECTIONS = {
    "Parameters": "parameters",
    "Columns": "columns",
    "More columns": "more",
    "Counts, of which statistics make the columns": "counts",
    "Notes": "notes",
    "Notes, in French": "french",
}


def _parse(name: str, sql: str) -> Question:
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line[2:])
    parts: dict[str, list[str]] = {"text": [], **{section: [] for section in _SECTIONS.values()}}
    section = "text"
    for line in lines[1:]:
        if line.strip() in _SECTIONS:
            section = _SECTIONS[line.strip()]
        elif section != "text" and line.startswith("    ") and parts[section]:  # the line before goes on
            parts[section][-1] += f" {line.strip()}"
        elif line.strip():
            parts[section].append(line.strip())

    def columns(part: str, shown: bool = True) -> tuple[Column, ...]:
        pairs = (text.split(maxsplit=1) for text in parts[part])
        return tuple(Column(column, doc, shown) for column, doc in pairs)

    return Question(
        name=name,
        title=lines[0].strip(),
        description=" ".join(parts["text"]),
        parameters=columns("parameters"),
        columns=columns("columns") + columns("more", shown=False),
        sql=sql,
        counts=columns("counts"),
        notes=tuple(parts["notes"]),
        french_notes=tuple(parts["french"]),
    )


@functools.cache
def list_questions() -> tuple[Question, ...]:
    """All questions, by name."""
    names = sorted(item.name for item in files("vigie.queries").iterdir() if item.name.endswith(".sql"))
    return tuple(load_question(name.removesuffix(".sql")) for name in names if not name.startswith("_"))


@functools.cache
def load_question(name: str) -> Question:
    """One question by its name.

    Raises:
        UsageError: There is none of that name.
    """
    if not re.fullmatch(r"[a-z][a-z-]*", name) or not (files("vigie.queries") / f"{name}.sql").is_file():
        known = [question.name for question in list_questions()]
        raise UsageError(f"{name}: no such question; {nearest(name, known)} (`vigie query --list` describes them)")
    return _parse(name, read_sql(f"{name}.sql"))
