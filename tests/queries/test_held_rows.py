"""An answer that DuckDB holds is the same as plain rows and as an Arrow table, and outlives who asked for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pytest

from vigie.queries import Answer, Parameters, ask, ask_once, open_dataset
from vigie.queries.files import plain_rows
from vigie.queries.held_rows import HeldRows, MadeRows

_MANY_KINDS = """
    SELECT
        'a' AS text, 1 AS whole, 2::HUGEINT AS huge, 0.5::DOUBLE AS share, true AS said, DATE '2017-05-22' AS day,
        TIMESTAMPTZ '2017-05-22 10:00:00.123456+02:00' AS at, NULL::TIMESTAMPTZ AS never, ['a', NULL] AS names
    UNION ALL SELECT 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
"""
_NESTED_MOMENT = "SELECT [{'at': TIMESTAMPTZ '2017-05-22 10:00:00+00:00'}] AS others FROM range(3)"


@pytest.fixture(scope="module")
def folder(new_dataset):
    """A dataset's folder with two articles."""
    dataset = new_dataset()
    dataset.topic("relations", "fr")
    for source in ("volnograd-fr", "erewhon"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-26")
        dataset.article(source, source, "2017-05-23", topic="relations")
    dataset.finish_run("2017-05-26")
    return dataset.write()


def _held(statement: str) -> HeldRows:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return HeldRows(con, statement)  # which keeps its connection


@pytest.mark.parametrize("statement", [_MANY_KINDS, _NESTED_MOMENT], ids=["many kinds", "nested moment"])
def test_plain_rows_are_those_of_the_table(statement):
    held = _held(statement)
    assert held.rows() == held.table.to_pylist()
    assert held.rows(1) == held.table.to_pylist()[:1]
    assert held.column_names == held.table.column_names
    assert held.num_rows == held.table.num_rows


def test_a_moment_is_aware_and_in_utc():
    [row, _] = _held(_MANY_KINDS).rows()
    assert row["at"] == datetime(2017, 5, 22, 8, 0, 0, 123456, tzinfo=UTC)
    assert row["at"].utcoffset() == timedelta(0)
    assert row["day"] == date(2017, 5, 22)


def test_numbers_are_told_from_other_columns_as_in_a_table():
    held = _held(_MANY_KINDS)
    assert [name for name in held.column_names if held.is_number(name)] == ["whole", "huge", "share"]
    of_table = Answer("sql", None, {}, "", held.table)
    assert [name for name in held.column_names if of_table.is_number(name)] == ["whole", "huge", "share"]


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("articles", "UTC"),
        ("coverage", "Europe/Paris"),
        ("covered-days", "Asia/Kolkata"),
        ("first-seen", "UTC"),
        ("spikes", "UTC"),
    ],
)
def test_a_question_asked_once_is_answered_as_by_an_open_dataset(folder, name, zone):
    asked = Parameters(tz=zone)
    once, again = ask_once(folder, name, asked), ask(open_dataset(folder), name, asked)
    assert list(plain_rows(once)) == list(plain_rows(again))
    assert once.table.equals(again.table)
    assert (once.num_rows, once.notes, once.parameters) == (again.num_rows, again.notes, again.parameters)
    assert once.num_rows


def test_rows_that_statistics_made_are_those_of_their_table():
    kinds = {"day": "date32", "topic_id": "string", "articles": "int64", "share": "double"}
    made = MadeRows(
        [
            {"topic_id": "a", "day": date(2017, 5, 22), "articles": np.int64(3), "share": 1},
            {"topic_id": "b", "day": None, "articles": None, "share": np.float64(0.5), "inner": "left out"},
            {"topic_id": "c"},
        ],
        kinds,
    )
    assert made.rows() == made.table.to_pylist()
    assert [type(value) for value in made.rows(1)[0].values()] == [date, str, int, float]
    assert (made.num_rows, made.column_names) == (made.table.num_rows, made.table.column_names)
    assert [name for name in kinds if made.is_number(name)] == ["articles", "share"]
