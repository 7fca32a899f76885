"""Write docs/questions.md from the headers of queries/*.sql: `python docs/make_questions.py`; a test compares it."""

from __future__ import annotations

from pathlib import Path

from vigie.queries import list_questions
from vigie.queries.questions import Column, Question

PAGE = Path(__file__).resolve().parent / "questions.md"
_HEAD = """\
# Questions

One file of `queries/` is one question. `vigie query NAME` asks it; from Python:

```python
from vigie.queries import Parameters, ask, open_dataset

answer = ask(open_dataset("data"), "coverage", Parameters(topic="franco-russian-relations", by="week"))
answer.table, answer.notes, answer.parameters, answer.data_version
```

On a terminal an option has the name of the parameter (`--topic`, `--since`; `--source S` for each of `sources`; `--panel` takes
the name of a [panel](../panels) or a YAML file). `--as_of DAY` asks any of them of what was collected by the end of that day.

Where polls do not cover, a count is NULL and never 0, `state` says `covered`, `partial` or `unknown`, and shares are NULL where
no day counts. Columns in *italics* are in files and not on a terminal.

This page is made of the files' headers (`python docs/make_questions.py`).
"""


def page() -> str:
    """The page, as the headers have it now."""
    questions = list_questions()
    contents = "\n".join(f"- [`{question.name}`](#{question.name}) {question.title}" for question in questions)
    return "\n".join([_HEAD, contents, "", *(_section(question) for question in questions)])


def _section(question: Question) -> str:
    lines = [f"## {question.name}", "", f"**{question.title}** {question.description}", ""]
    taken = [parameter for parameter in question.parameters if parameter.name in question.takes]
    lines += ["| takes | |", "|---|---|", *(_row(parameter) for parameter in taken), ""]
    lines += ["| column | |", "|---|---|", *(_row(column) for column in question.columns), ""]
    lines += [f"> {note}\n" for note in question.notes]
    return "\n".join(lines)


def _row(column: Column) -> str:
    mark = "" if column.shown else "*"
    return f"| {mark}`{column.name}`{mark} | {column.doc.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
