"""The benchmark's generator writes what vigie itself would write."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stories import figures

from vigie.schemas import TABLES
from vigie.schemas.arrow import from_table
from vigie.storage import Dataset

_WRITTEN = ("articles", "sightings", "mentions", "matches", "fetches")


@pytest.fixture
def growth_data(repository: Path, monkeypatch: pytest.MonkeyPatch):
    """The generator's module."""
    monkeypatch.syspath_prepend(str(repository / "benchmarks"))
    yield __import__("growth_data")
    sys.modules.pop("growth_data")


@pytest.mark.parametrize("by", ["day", "month"])
def test_made_rows_are_read_as_those_that_vigie_writes(growth_data, tmp_path: Path, by: str) -> None:
    made, written = tmp_path / "made", tmp_path / "written"
    growth_data.write_days(made, 29, 33, articles=60_000, polls=2, by=by)
    growth_data.write_registry(made)
    growth_data.write_registry(written)
    for name in _WRITTEN:
        table = TABLES[name]
        rows = []
        for path in sorted((made / name).rglob("*.parquet")):
            content = pq.ParquetFile(path).read()
            assert content.schema.names == table.schema.names
            plain = [field for field in table.schema if not pa.types.is_nested(field.type)]
            assert [content.schema.field(field.name).type for field in plain] == [field.type for field in plain]
            assert all(content.column(field.name).null_count == 0 for field in table.schema if not field.nullable)
            rows += from_table(table.row, content)
        assert rows
        Dataset(written).write(name, rows, run_id="20190101T000000000000Z-growth")
    found, expected = figures(made, without=("file",)), figures(written, without=("file",))
    assert found == expected
    assert found["articles"]
    assert found["coverage_spans"]
