"""Every record survives the way to Arrow and Parquet and back, and says what its fields mean."""

from __future__ import annotations

import dataclasses
import io
import typing
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.queries.relations import no_rows
from vigie.schemas import TABLES, Article, Entry, EntryKey, FetchedDocument, Table
from vigie.schemas.arrow import from_table, schema_of, to_table
from vigie.schemas.columns import changed, column

_RECORDS = [table.row for table in TABLES.values()] + [Entry, FetchedDocument]

# Arrow stores UTF-8, so lone surrogates, which no text read from a feed has, are left out.
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    bytes: st.binary(max_size=20),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    date: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if typing.get_origin(hint) is tuple:
        return st.lists(_values(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{f.name: _values(hints[f.name]) for f in dataclasses.fields(hint)})
    if isinstance(hint, type):
        return st.sampled_from(list(hint))  # type: ignore[call-overload, no-any-return]
    return st.none() | _values(typing.get_args(hint)[0])


@given(article=_values(Article), title=st.text())
def test_a_changed_row_is_another_in_what_was_changed_alone(article: Article, title: str) -> None:
    assert changed(article, title=title, links=()) == dataclasses.replace(article, title=title, links=())


def test_a_row_is_made_as_its_dataclass_says_and_stays_as_it_was_made() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    document = FetchedDocument("a/front", "a", "https://a.example/", at, body=b"x")
    assert document == dataclasses.replace(document) and document.origin == FetchedDocument("", "", "", at).origin
    with pytest.raises(dataclasses.FrozenInstanceError):
        document.body = b"y"  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'fetched_at'"):
        FetchedDocument("a/front", "a", "https://a.example/")  # type: ignore[call-arg]


@pytest.mark.parametrize("record", _RECORDS, ids=lambda record: record.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_rows_survive_parquet_unchanged(record: type, data: st.DataObject) -> None:
    rows = data.draw(st.lists(_values(record), max_size=3))
    file = io.BytesIO()
    pq.write_table(to_table(record, rows), file)
    assert from_table(record, pq.read_table(file)) == rows


@pytest.mark.parametrize("record", _RECORDS, ids=lambda record: record.__name__)
def test_every_field_says_what_it_means(record: type) -> None:
    for field in schema_of(record):
        assert field.metadata[b"doc"].endswith(b"."), field.name


def test_required_field_without_a_value_is_refused() -> None:
    with pytest.raises(pa.ArrowInvalid, match=r"EntryKey\.revision_hash is required"):
        to_table(EntryKey, [EntryKey("a", None)])  # type: ignore[arg-type]


def test_column_that_an_older_file_lacks_takes_its_default() -> None:
    @dataclasses.dataclass(frozen=True)
    class Grown:
        old: str = column("As before.")
        new: int = column("Added later.", default=7)

    Grown.__annotations__ = {"old": str, "new": int}
    assert from_table(Grown, pa.table({"old": ["x"]})) == [Grown("x", 7)]


def test_timestamps_are_utc_in_arrow() -> None:
    assert schema_of(Article).field("fetched_at").type == pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_sql_and_arrow_have_the_same_columns_of_the_same_types(table: Table) -> None:
    with duckdb.connect() as con:
        con.register("arrow", table.schema.empty_table())
        from_arrow, from_sql = con.sql("FROM arrow"), con.sql(no_rows(table))
        assert (from_sql.columns, from_sql.types) == (from_arrow.columns, from_arrow.types)
