"""Questions to a dataset: one .sql file each, over views of its Parquet files. Imports neither Beam nor the pipelines.

Example:
    con = open_dataset("data")
    answer = ask(con, "coverage", Parameters(topic="franco-russian-relations", by="week"))
    answer.table, answer.notes
"""

from vigie.queries.answers import Answer, ask, ask_once, audit, run_sql
from vigie.queries.catalog import data_version, open_dataset
from vigie.queries.questions import Column, Parameters, Question, list_questions, load_question

__all__ = [
    "Answer",
    "Column",
    "Parameters",
    "Question",
    "ask",
    "ask_once",
    "audit",
    "data_version",
    "list_questions",
    "load_question",
    "open_dataset",
    "run_sql",
]
