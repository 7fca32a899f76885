"""Datasets that an older vigie wrote: columns that came later are missing from their files."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from dashboard_pages import sample

from vigie.queries import Parameters, ask, list_questions, open_dataset
from vigie.queries.choices import topic_labels
from vigie.schemas import TABLES

__all__ = ["sample"]

GIVEN = {"topic": "franco-russian-relations", "event": date(2017, 5, 29), "as_of": date(2017, 5, 29)}


@pytest.fixture(scope="module")
def older(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The sample's dataset without any column that has a default."""
    data = tmp_path_factory.mktemp("older")
    for name, table in TABLES.items():
        later = {field.name for field in dataclasses.fields(table.row) if field.default is not dataclasses.MISSING}
        for path in sample.glob(f"{name}/**/*.parquet"):
            rows = pq.ParquetFile(path).read()
            kept = data / path.relative_to(sample)
            kept.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows.drop_columns([column for column in rows.column_names if column in later]), kept)
    return open_dataset(data)


@pytest.mark.parametrize("name", [question.name for question in list_questions()])
def test_every_question_is_answered_on_files_without_later_columns(older: duckdb.DuckDBPyConnection, name: str) -> None:
    takes = next(question.takes for question in list_questions() if question.name == name)
    [(article,)] = older.execute("SELECT min(article_id) FROM articles").fetchall()
    given = {**GIVEN, "article": article}
    answer = ask(older, name, Parameters(**{key: value for key, value in given.items() if key in takes}))
    assert answer.table.column_names


def test_topics_without_labels_keep_their_english_one(older: duckdb.DuckDBPyConnection) -> None:
    assert topic_labels(older, "fr")["syria"] == "Syria"
    assert topic_labels(older, "fr")["franco-russian-relations"] == "Franco-Russian relations"
