"""Rematch: the figures of a replay under the new topics, without one; killed anywhere, it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import item, rss, write_archive
from runs import Clock, ask, ask_all, rows

from vigie.archive import plan_archive
from vigie.errors import UsageError
from vigie.matching import TopicSet, load_topics_text
from vigie.pipelines import evaluate
from vigie.pipelines.ingest import ingest_archive, new_polls
from vigie.pipelines.rematch import rematch
from vigie.pipelines.replay import replay
from vigie.pipelines.run import Job, Summary
from vigie.pipelines.runner import beam_options
from vigie.registry import Registry
from vigie.storage import Dataset
from vigie.storage.evaluations import pending_files
from vigie.storage.versions import stored_definition, topics_versions


def _topics(word: str, topic: str = "bridges") -> TopicSet:
    return load_topics_text(
        f"""
        concepts: {{thing: {{labels: {{en: thing}}, terms: {{en: [{word}]}}}}}}
        topics:
          {topic}: {{labels: {{en: Things}}, description: On things., source: invented, languages: [en], rule: thing}}
        """
    )


OLD, NEW = _topics("bridge"), _topics("corrected")

_FIGURES = (
    "SELECT article_id, revision_hash, topic_id, strength, lead, published_hour, backlog, evidence FROM matches ORDER BY ALL",
    'SELECT article_id, revision_hash, concept, field, start, "end", published_hour FROM mentions ORDER BY ALL',
    "SELECT topic_id, topics_version FROM topics ORDER BY ALL",
    "SELECT article_id, revision_hash, title FROM article_revisions ORDER BY ALL",
)


def figures(data: Path) -> list[list[tuple[Any, ...]]]:
    return list(ask_all(data, {sql: sql for sql in _FIGURES}).values())


def _clock(day: int) -> Clock:
    return Clock(datetime(2026, 1, day, tzinfo=UTC))


def job_of(data: Path, topics: TopicSet, day: int, **more: Any) -> Job:
    return Job(Dataset(data), Registry(()), topics, beam_options([]), _clock(day), **more)


def put_in(data: Path, archive: Path, topics: TopicSet, day: int = 1) -> Summary:
    job = job_of(data, topics, day)
    return ingest_archive(job, new_polls(job, plan_archive([str(archive)])))


def put_under(data: Path, topics: TopicSet, day: int = 2) -> Summary:
    return rematch(job_of(data, topics, day))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rematch")


@pytest.fixture(scope="module")
def archive(place: Path) -> Path:
    """Three days of one feed, with an edit that is taken back: revision A, B, A of the first article."""
    one, two = item(1), item(2)
    edited = item(1, title="Number 1 on the town council, corrected")
    return write_archive(
        place / "archive",
        [
            ("outlet/all", 0, rss([one]), 200),
            ("outlet/all", 24, rss([two, edited]), 200),
            ("outlet/all", 48, rss([item(3, hours=40, text="A corrected report."), two, one]), 200),
        ],
    )


@pytest.fixture(scope="module")
def under_old(place: Path, archive: Path) -> Path:
    put_in(place / "data", archive, OLD)
    return place / "data"


@pytest.fixture(scope="module")
def replayed(place: Path, under_old: Path) -> Path:
    """What a replay under the new topics makes of it."""
    replay(Dataset(under_old), job_of(place / "replayed", NEW, 1))
    return place / "replayed"


@pytest.fixture
def data(tmp_path: Path, under_old: Path) -> Path:
    """A dataset under the old topics."""
    shutil.copytree(under_old, tmp_path / "data")
    return tmp_path / "data"


def test_the_figures_are_those_of_a_replay_under_the_new_topics(data: Path, replayed: Path) -> None:
    before = figures(data)
    summary = put_under(data, NEW)
    assert figures(data) == figures(replayed) != before
    assert summary.counters == {"files": 3, "evaluated": 5, "mentions": 2, "matches": 2}
    marks = ("run_id", "matched_at")
    rematched = [row for row in rows(data, "matches", without=marks) if NEW.version in row]
    assert rematched == rows(replayed, "matches", without=marks)


def test_a_revision_that_comes_back_is_matched_once(data: Path) -> None:
    put_under(data, NEW)
    assert ask(data, "SELECT count(*), count(DISTINCT (article_id, revision_hash)) FROM matches") == [(2, 2)]


def test_both_versions_are_kept_and_told_apart(data: Path) -> None:
    matched = ask(data, "SELECT count(*) FROM matches")[0][0]
    put_under(data, NEW)
    kept = ask(data, "SELECT topics_version, count(DISTINCT (article_id, revision_hash)) FROM stored.matches GROUP BY ALL")
    assert dict(kept) == {OLD.version: matched, NEW.version: 2}
    assert topics_versions(Dataset(data)) == [OLD.version, NEW.version]


def test_what_was_evaluated_under_which_version_is_recorded(data: Path) -> None:
    put_under(data, NEW)
    recorded = ask(data, "SELECT topics_version, count(*), sum(articles) FROM evaluations GROUP BY ALL ORDER BY ALL")
    assert recorded == sorted((version, 3, 5) for version in (OLD.version, NEW.version))
    assert pending_files(Dataset(data), NEW.version) == []


def test_again_it_evaluates_nothing_and_moves_nothing(data: Path) -> None:
    put_under(data, NEW)
    after = figures(data)
    assert put_under(data, NEW, day=3).counters == {"files": 0, "evaluated": 0, "mentions": 0, "matches": 0}
    assert figures(data) == after
    assert len(Dataset(data).files("topics")) == 2


def test_going_back_to_a_version_writes_the_switch_alone(data: Path) -> None:
    before = figures(data)
    put_under(data, NEW)
    written = {table: Dataset(data).files(table) for table in ("mentions", "matches", "evaluations")}
    found, definition = stored_definition(Dataset(data), OLD.version[:6])
    put_under(data, load_topics_text(definition), day=3)
    assert found == OLD.version
    assert figures(data) == before
    assert {table: Dataset(data).files(table) for table in written} == written


def test_a_clock_that_lags_cannot_hide_the_switch(data: Path) -> None:
    put_under(data, NEW, day=9)
    put_under(data, OLD, day=2)
    assert Dataset(data).active_version("topics") == OLD.version


def test_polls_after_it_are_matched_under_the_new_version(tmp_path: Path, data: Path) -> None:
    put_under(data, NEW)
    later = write_archive(tmp_path / "later", [("outlet/all", 72, rss([item(4, title="A corrected bridge")]), 200)])
    with pytest.raises(UsageError, match="vigie rematch"):
        put_in(data, later, OLD, day=3)
    put_in(data, later, NEW, day=3)
    assert ask(data, "SELECT title FROM articles JOIN matches USING (article_id) WHERE title LIKE '%bridge'") != []
    assert pending_files(Dataset(data), NEW.version) == []


@pytest.mark.parametrize("written", range(4), ids=lambda n: f"killed after {n} tables")
def test_a_kill_between_any_two_tables_is_made_good(data: Path, replayed: Path, written: int) -> None:
    before = {path for path in data.rglob("*.parquet")}
    old = figures(data)
    put_under(data, NEW)
    for table in ("mentions", "matches", "evaluations", "topics")[written:]:
        for path in set(Dataset(data).files(table)) - before:
            path.unlink()
    assert figures(data) == old  # Until the switch the old version counts.
    put_under(data, NEW, day=3)
    assert figures(data) == figures(replayed)


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_run_that_breaks_off_is_resumed_where_it_stood(
    data: Path, replayed: Path, chunks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = figures(data)
    monkeypatch.setattr(evaluate, "_CHUNK_FILES", 1)
    seen = []

    def break_off(files: int) -> None:
        seen.append(files)
        if len(seen) > chunks:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rematch(job_of(data, NEW, 2, progress=break_off))
    assert figures(data) == old
    resumed = put_under(data, NEW, day=3)
    assert resumed.counters["files"] == 3 - len(seen)
    assert figures(data) == figures(replayed)


def test_a_worker_that_fails_leaves_the_old_version_in_force(
    data: Path, replayed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = figures(data)
    write = Dataset.write

    def fail(self: Dataset, name: str, given: Any, *, run_id: str) -> list[Path]:
        if name == "matches":
            raise OSError("the disk went away")
        return write(self, name, given, run_id=run_id)

    with monkeypatch.context() as patched, pytest.raises(Exception, match="the disk went away"):
        patched.setattr(Dataset, "write", fail)
        put_under(data, NEW)
    assert figures(data) == old
    put_under(data, NEW, day=3)
    assert figures(data) == figures(replayed)


def _once(act: Callable[[], object]) -> Callable[[int], None]:
    """A progress callback that does something the first time."""
    waiting = [act]

    def progress(done: int) -> None:
        if waiting:
            waiting.pop()()

    return progress


def test_articles_that_an_ingest_adds_meanwhile_are_evaluated_before_the_switch(
    tmp_path: Path, data: Path, archive: Path
) -> None:
    later = write_archive(tmp_path / "later", [("outlet/all", 72, rss([item(4, title="A corrected bridge")]), 200)])
    active = []

    def meanwhile() -> None:
        put_in(data, later, OLD, day=3)
        active.append(Dataset(data).active_version("topics"))

    rematch(job_of(data, NEW, 2, progress=_once(meanwhile)))
    assert active == [OLD.version]
    whole = tmp_path / "whole"
    put_in(whole, archive, NEW)
    put_in(whole, later, NEW, day=3)
    assert figures(data) == figures(whole)


def test_an_ingest_under_way_goes_on_under_the_topics_that_were_switched_to(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vigie.pipelines import ingest as pipeline

    monkeypatch.setattr(pipeline, "_CHUNK_POLLS", 1)
    data, whole = tmp_path / "data", tmp_path / "whole"
    job = job_of(data, OLD, 1, progress=_once(lambda: put_under(data, NEW)))
    ingest_archive(job, new_polls(job, plan_archive([str(archive)])))
    put_in(whole, archive, NEW)
    assert figures(data) == figures(whole)
    assert ask(data, "SELECT command, topics_version FROM runs ORDER BY run_id")[0] == ("ingest", NEW.version)


def test_a_chunk_written_under_the_old_version_after_the_switch_is_made_good_by_its_run(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vigie.pipelines import chunks

    data, whole = tmp_path / "data", tmp_path / "whole"
    put_in(data, write_archive(tmp_path / "first", [("outlet/all", -24, rss([item(9)]), 200)]), OLD)
    build = chunks.build

    def switch_first(*given: Any) -> object:
        put_under(data, NEW)
        return build(*given)

    monkeypatch.setattr(chunks, "build", switch_first)
    put_in(data, archive, OLD, day=3)
    monkeypatch.undo()
    put_in(whole, tmp_path / "first", NEW)
    put_in(whole, archive, NEW, day=3)
    assert figures(data) == figures(whole)


def test_files_of_several_batches_are_evaluated_whole(data: Path, replayed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vigie.storage import articles

    monkeypatch.setattr(articles, "_BATCH", 1)
    put_under(data, NEW)
    assert figures(data) == figures(replayed)


def test_the_manifest_says_what_was_done(data: Path) -> None:
    put_under(data, NEW)
    assert ask(data, "SELECT command, topics_version FROM runs WHERE command = 'rematch'") == [("rematch", NEW.version)]


def test_a_moved_dataset_remembers_what_was_evaluated(tmp_path: Path, data: Path) -> None:
    put_under(data, NEW)
    shutil.move(data, tmp_path / "moved")
    assert put_under(tmp_path / "moved", NEW, day=3).counters["files"] == 0


def test_a_dataset_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no articles"):
        put_under(tmp_path / "nothing", NEW)


def test_an_ambiguous_or_unknown_version_is_told_with_those_that_there_are(data: Path) -> None:
    with pytest.raises(UsageError, match=f"no such version.*{OLD.version}"):
        stored_definition(Dataset(data), "ffff")
