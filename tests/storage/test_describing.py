"""What the list of settled files says of each: an older list, which says nothing, is read as well, and filled in."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime
from pathlib import Path

from builders import at
from runs import Clock
from stories import VERSION, make_article, make_match

from vigie.pipelines.compact import compact
from vigie.queries import open_dataset
from vigie.queries.listing import list_files
from vigie.schemas import Article, FileState, Match, RunManifest, read_generation
from vigie.storage import Dataset


def _compact(dataset: Dataset, day: int) -> None:
    compact(dataset, clock=Clock(datetime(2026, 3, day, tzinfo=UTC)))


def _seen(article_id: str, month: int) -> tuple[Article, Match]:
    """An article of one month, and the topic found in it."""
    day, chance = datetime(2024, month, 5, tzinfo=UTC), random.Random(1)
    article = dataclasses.replace(make_article(chance, "run"), article_id=article_id, fetched_at=day, published_at=day)
    return article, dataclasses.replace(make_match(chance, article, "run"), topics_version=VERSION)


def _killed_between_topics_and_article(root: Path) -> Dataset:
    """An article with a match, and a match whose article was never written; all of it settled."""
    dataset = Dataset(root)
    (there, match), (_, orphan) = _seen("there", 1), _seen("lost", 1)
    dataset.write("matches", [match, orphan], run_id="run-1")
    dataset.write("articles", [there], run_id="run-1")
    dataset.write("runs", [RunManifest("run-1", "ingest", "0", 1, VERSION, "s", "none", at(1), at(2), (), ())], run_id="run-1")
    _compact(dataset, 1)
    return dataset


def _without_descriptions(dataset: Dataset) -> None:
    """Make the newest list one that an older vigie wrote."""
    files = [dataclasses.replace(file, columns="", until="", uncommitted=None) for file in read_generation(dataset.root).files]
    dataset.write_version("settled", files, version="older", at=datetime(2026, 3, 2, tzinfo=UTC))


def _matched(dataset: Dataset) -> list[str]:
    with open_dataset(dataset.root) as con:
        return [name for (name,) in con.execute("SELECT article_id FROM matches ORDER BY ALL").fetchall()]


def test_list_of_settled_files_tells_their_columns_and_how_many_rows_wait_for_their_article(tmp_path: Path) -> None:
    dataset = _killed_between_topics_and_article(tmp_path / "data")
    said = {file.table_name: file for file in read_generation(dataset.root).files if file.state is FileState.SETTLED}
    assert all(file.columns for file in said.values())
    assert said["articles"].columns != said["matches"].columns
    assert (said["articles"].uncommitted, said["matches"].uncommitted) == (0, 1)


def test_match_that_waits_for_its_article_is_found_once_that_comes_whatever_the_list_says(tmp_path: Path) -> None:
    for name, forget in (("described", False), ("older", True)):
        dataset = _killed_between_topics_and_article(tmp_path / name)
        if forget:
            _without_descriptions(dataset)
        assert _matched(dataset) == ["there"]
        dataset.write("articles", [_seen("lost", 1)[0]], run_id="run-2")
        assert _matched(dataset) == ["lost", "there"]


def test_next_compaction_fills_in_what_an_older_list_does_not_say(tmp_path: Path) -> None:
    dataset = _killed_between_topics_and_article(tmp_path / "data")
    before = {file.file: (file.columns, file.uncommitted) for file in read_generation(dataset.root).files}
    _without_descriptions(dataset)
    dataset.write("articles", [_seen("later", 3)[0]], run_id="run-2")
    _compact(dataset, 3)
    after = {file.file: (file.columns, file.uncommitted) for file in read_generation(dataset.root).files}
    [settled] = (name for name in before if name.startswith("matches/month="))
    assert after[settled] == before[settled] != ("", None)


def test_list_tells_until_when_articles_of_a_month_were_seen_where_one_came_after_what_was_found_in_it(tmp_path: Path) -> None:
    dataset = _killed_between_topics_and_article(tmp_path / "data")
    assert list_files(dataset.root, "data").later_months("articles") == {}
    dataset.write("articles", [_seen("lost", 3)[0]], run_id="run-2")
    _compact(dataset, 2)
    assert list_files(dataset.root, "data").later_months("articles") == {"2024-01": "2024-03"}
    _without_descriptions(dataset)
    assert list_files(dataset.root, "data").later_months("articles") is None
