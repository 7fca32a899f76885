"""Reprints through the whole of vigie, from feeds to clusters: floors under what benchmarks/syndication.py measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reprints import (
    clusters_of,
    judged_pairs,
    real_texts,
    reprints_of,
    sample_texts,
    score_pairs,
    score_reprints,
    write_feeds,
)
from runs import ingest

from vigie.queries import Parameters, ask, open_dataset


def clusters(folder: Path, printed: Mapping[str, Mapping[int, str]]) -> list[list[tuple[str, int]]]:
    ingest(folder / "data", write_feeds(folder / "feeds", printed))
    with open_dataset(folder / "data") as connection:
        answer = ask(connection, "syndication", Parameters(backlog=True))
    return clusters_of(answer.table.column("members").to_pylist())


def test_reprints_of_the_sample_texts_are_found_and_little_else(tmp_path: Path, repository: Path) -> None:
    printed = reprints_of(sample_texts(repository / "sample_data" / "items")[::3])
    score = score_reprints(printed, clusters(tmp_path, printed))
    assert sum(score.wanted.values()) > 600
    assert min(score.found[kind] / score.wanted[kind] for kind in score.wanted) >= 0.90
    assert score.precision >= 0.98


def test_reprints_of_real_texts_are_found_and_little_else(tmp_path: Path, shared: Path) -> None:
    printed = reprints_of(real_texts(shared / "data")[::3])
    score = score_reprints(printed, clusters(tmp_path, printed))
    assert sum(score.wanted.values()) > 700
    assert min(score.found[kind] / score.wanted[kind] for kind in score.wanted) >= 0.90
    assert score.precision >= 0.98


def test_of_pairs_that_people_judged_none_on_two_stories_is_found(tmp_path: Path, shared: Path) -> None:
    pairs = judged_pairs(shared / "data")
    printed = {"one": {n: pair[0] for n, pair in enumerate(pairs)}, "other": {n: pair[1] for n, pair in enumerate(pairs)}}
    score = score_pairs(pairs, clusters(tmp_path, printed))
    assert score.recall >= 0.90
    assert score.precision >= 0.98
    assert score.right >= 10
