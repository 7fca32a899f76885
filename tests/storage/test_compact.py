"""Compaction: every view and question answers the same before and after, whenever it ran and wherever it was killed."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import item, rss, write_archive
from runs import Clock, ask, ingest, replay_into, rows
from stories import figures, tell_story

from vigie.errors import UsageError
from vigie.pipelines import compact as compacting
from vigie.pipelines.compact import KEPT, compact
from vigie.queries import Parameters, list_questions, open_dataset
from vigie.queries import ask as ask_question
from vigie.queries.answers import audit
from vigie.schemas import FileState, Sighting
from vigie.schemas.tables import COMMIT_ORDER
from vigie.storage import Dataset, load_cursors, load_states


def compacted(data: Path, *, day: int = 1, seconds: int = 0) -> compacting.Compaction:
    return compact(Dataset(data), clock=Clock(datetime(2026, 2, day, tzinfo=UTC) + timedelta(seconds=seconds)))


@pytest.fixture(scope="module")
def demo_twins(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> tuple[Path, Path]:
    """The sample data as it was written, and compacted."""
    plain = tmp_path_factory.mktemp("twins") / "plain"
    ingest(plain, repository / "sample_data" / "feeds", registry=repository / "sample_data" / "sources.yaml")
    settled = plain.with_name("settled")
    shutil.copytree(plain, settled)
    compacted(settled)
    return plain, settled


def test_all_views_are_the_same_over_settled_files(demo_twins: tuple[Path, Path]) -> None:
    plain, settled = demo_twins
    assert Dataset(settled).fresh_files("articles") == []
    expected = figures(plain)
    assert all(expected[name] for name in ("articles", "matches", "mentions", "sightings", "coverage", "evaluations"))
    assert figures(settled) == expected


def test_cursors_are_found_without_a_look_at_the_settled_ledger(demo_twins: tuple[Path, Path], tmp_path: Path) -> None:
    plain, settled = demo_twins
    sources = {source for (source,) in ask(plain, "SELECT source_id FROM fetches")}
    expected = load_cursors(Dataset(plain), sources)
    data = tmp_path / "data"
    shutil.copytree(settled, data)
    for file in Dataset(data).generation().settled("fetches"):
        (data / file.file).write_bytes(b"months of polls that nobody needs to read")
    assert load_cursors(Dataset(data), sources) == expected


def test_folder_that_a_compaction_takes_away_in_the_middle_of_a_write_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Sighting("article", "outlet/all", "outlet", datetime(2026, 2, 1, tzinfo=UTC), "run")
    data, put = tmp_path / "data", Path.replace
    taken: list[Path] = []

    def take_away(scratch: Path, target: Path) -> Path:
        if not taken:
            taken.append(target.parent)
            target.parent.rmdir()
        return put(scratch, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", take_away)
        Dataset(data).write("sightings", [seen], run_id="run")
    assert taken == [next((data / "sightings").iterdir())]
    assert len(Dataset(data).fresh_files("sightings")) == 1


@pytest.mark.parametrize("tz", ["UTC", "Europe/Paris"])
def test_every_question_answers_the_same_over_settled_files(demo_twins: tuple[Path, Path], tz: str) -> None:
    plain, settled = (open_dataset(data) for data in demo_twins)
    topic = {"topic": "franco-russian-relations", "event": date(2017, 5, 29), "as_of": date(2017, 5, 27)}
    answered = set()
    for question in list_questions():
        for given in ({**topic, "topic": None}, {**topic, "backlog": True}):
            taken = {name: value for name, value in {**given, "tz": tz}.items() if name in question.takes}
            expected = _answer(plain, question.name, Parameters(**taken))
            assert _answer(settled, question.name, Parameters(**taken)) == expected, (question.name, taken)
            answered |= {question.name} if isinstance(expected, tuple) else set()
    assert len(answered) >= 0.8 * len(list_questions())
    assert audit(settled) == {}


def _answer(con: duckdb.DuckDBPyConnection, question: str, parameters: Parameters) -> tuple[Any, ...] | str:
    """What is answered, or why nothing is."""
    try:
        answer = ask_question(con, question, parameters)
    except UsageError as error:
        return str(error)
    return answer.table.to_pylist(), answer.notes


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_runs_and_compactions_leaves_every_view_as_it_is(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    plain, settled = Dataset(tmp_path / "plain"), Dataset(tmp_path / "settled")
    for number in range(chance.randint(3, 6)):
        state = chance.getrandbits(32)
        for dataset in (plain, settled):
            tell_story(dataset, random.Random(state), run=number)
        if chance.random() < 0.6:
            compacted(settled.root, day=number + 1)
            tell_story(plain, random.Random(state), run=number)
            tell_story(settled, random.Random(state), run=number)  # written again, over what is settled
        assert figures(settled.root) == figures(plain.root), f"after run {number}"
    sources = sorted({name for (name,) in ask(plain.root, "SELECT DISTINCT source_id FROM stored.fetches")})
    expected, found = load_states(plain, sources), load_states(settled, sources)
    assert {name: state.cursors for name, state in found.items()} == {name: state.cursors for name, state in expected.items()}
    for name, state in expected.items():
        assert found[name].sightings == state.sightings
        assert found[name].articles.by_id == state.articles.by_id


@pytest.fixture
def polls() -> list[tuple[str, float, str | bytes | None, int]]:
    """Two months of a feed: new entries, an edit that is taken back across the turn of the month, a failure."""
    one, two, three = item(1), item(2), item(3, hours=400)
    edited = item(1, title="Number 1 on the town council, corrected")
    return [
        ("outlet/all", 0, rss([one]), 200),
        ("outlet/all", 100, rss([two, edited]), 200),
        ("outlet/town", 110, rss([two]), 200),
        ("outlet/all", 400, rss([three, two, one]), 200),
        ("outlet/town", 410, "<html><body>Service unavailable</body></html>", 503),
        ("outlet/all", 500, rss([three, two, one]), 200),
    ]


def test_runs_replays_and_further_compactions_go_on_over_settled_files(tmp_path: Path, polls: list[Any]) -> None:
    plain, settled = tmp_path / "plain", tmp_path / "settled"
    for number in (2, 3, 5):
        archive = write_archive(tmp_path / f"archive-{number}", polls[: number + 1])
        for data in (plain, settled):
            ingest(data, archive, clock=Clock(datetime(2026, 1, number + 1, tzinfo=UTC)))
        compacted(settled, day=number + 1)
    assert figures(settled) == figures(plain)
    for data in (plain, settled):
        replay_into(data, data.with_name(f"{data.name}-again"))
    assert figures(tmp_path / "settled-again", without=("runs", "evaluations")) == figures(
        tmp_path / "plain-again", without=("runs", "evaluations")
    )
    for table in COMMIT_ORDER:
        assert len(rows(tmp_path / "settled-again", table)) == len(rows(tmp_path / "plain-again", table))


def test_a_second_compaction_does_nothing(demo_twins: tuple[Path, Path], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_twins[1], data)
    before = {path for path in data.rglob("*.parquet")}
    assert compacted(data, seconds=60).taken == 0
    assert {path for path in data.rglob("*.parquet")} == before


def test_small_files_stay_an_hour_for_readers_that_opened_them(tmp_path: Path, polls: list[Any]) -> None:
    data = tmp_path / "data"
    ingest(data, write_archive(tmp_path / "archive", polls))
    reader, expected = open_dataset(data), figures(data)
    small = Dataset(data).files("articles")
    compacted(data)
    compacted(data, seconds=int(KEPT.total_seconds()) - 60)
    assert reader.execute("SELECT count(*), sum(len(text)) FROM articles").fetchone() is not None
    assert all(path.exists() for path in small)
    assert compacted(data, seconds=int(KEPT.total_seconds()) + 60).removed > len(small)
    assert not any(path.exists() for path in small)
    assert list((data / "articles").glob("date=*")) == []
    assert figures(data) == expected


class _Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def test_a_compaction_that_is_killed_anywhere_has_changed_nothing(
    tmp_path: Path, polls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    ingest(data, write_archive(tmp_path / "a", polls[:3]))
    compacted(data)
    ingest(data, write_archive(tmp_path / "b", polls), clock=Clock(datetime(2026, 1, 3, tzinfo=UTC)))
    expected, replace, left = figures(data), Path.replace, 0

    def dying(path: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Killed
        return replace(path, target)

    killed = 0
    while True:
        left = killed
        monkeypatch.setattr(Path, "replace", dying)
        try:
            compacted(data, day=2, seconds=killed * 1000)
        except _Killed:
            killed += 1
        else:
            break
        finally:
            monkeypatch.setattr(Path, "replace", replace)
        assert figures(data) == expected, f"killed at {killed}"
    assert killed > 10
    assert figures(data) == expected
    named = {file.file for file in Dataset(data).generation().files if file.state is not FileState.COVERED}
    on_disk = {path.relative_to(data).as_posix() for path in data.rglob("month=*/*.parquet")}
    assert on_disk <= named, "files of killed compactions are removed"
