"""Measurements of the topics that lie beside the data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builders import at

from vigie.matching import load_topics
from vigie.matching.measured import read_measured
from vigie.queries import open_dataset
from vigie.storage import Dataset
from vigie.storage.measures import store_quality


def test_what_is_shipped_stands_until_one_measures_anew_and_is_not_put_over_that(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "data")
    dataset.prepare()
    shipped = read_measured(load_topics().version)
    own = [replace(row, gold_version="own", items=row.items + 1, evaluated_at=at(1)) for row in shipped]
    assert store_quality(dataset, shipped, again=False)
    assert store_quality(dataset, own)
    assert not store_quality(dataset, shipped, again=False)
    with open_dataset(dataset.root) as con:
        assert {items for (items,) in con.execute("SELECT items FROM quality").fetchall()} == {row.items for row in own}
