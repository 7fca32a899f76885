"""The ten invariants of the design, each on the real pipeline and real files."""

from __future__ import annotations

import shutil
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from builders import at, item, rss, write_archive
from runs import Clock, ask, ask_all, ingest, replay_into, rows

from vigie.registry import load_registry
from vigie.schemas.tables import COMMIT_ORDER

#: What a figure rests on, without the marks of the run that wrote it.
_FIGURES = {
    "articles": "SELECT article_id, revision_hash, title, language, first_published_at, backlog FROM articles ORDER BY ALL",
    "revisions": "SELECT article_id, revision_hash, fetched_at FROM article_revisions ORDER BY ALL",
    "matches": "SELECT article_id, revision_hash, topic_id, strength, lead, evidence FROM matches ORDER BY ALL",
    "mentions": 'SELECT article_id, revision_hash, concept, field, start, "end" FROM mentions ORDER BY ALL',
    "sightings": "SELECT article_id, feed_id, first_seen FROM sightings ORDER BY ALL",
    "coverage": "SELECT feed_id, from_at, to_at, state FROM coverage ORDER BY ALL",
}


def figures(data: Path) -> dict[str, list[tuple[object, ...]]]:
    return ask_all(data, _FIGURES)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """Five polls of two feeds of one outlet: new entries, an edit and its reversal, a section, a failure."""
    told = "Emmanuel Macron told Vladimir Putin at Versailles that RT and Sputnik had spread lying propaganda."
    one, two, three = item(1, text=told), item(2), item(3, text=told, hours=20)
    edited = item(1, title="Number 1 on the town council, corrected", text=told)
    return write_archive(
        tmp_path / "story",
        [
            ("outlet/all", 0, rss([one]), 200),
            ("outlet/all", 10, rss([two, edited]), 200),
            ("outlet/town", 10, rss([two]), 200),
            ("outlet/all", 20, rss([two, one]), 200),
            ("outlet/town", 25, "<html><body>Service unavailable</body></html>", 503),
            ("outlet/all", 30, rss([three, two, one]), 200),
        ],
    )


def test_1_nothing_vanishes(demo: Path) -> None:
    unbalanced = ask(demo, "SELECT * FROM fetches WHERE entries <> new + revised + known + failed")
    silent = ask(
        demo,
        """SELECT f.feed_id, f.started_at, f.outcome FROM fetches f
           LEFT JOIN failures x ON x.feed_id = f.feed_id AND x.at = f.started_at
           WHERE f.entries = 0 AND f.outcome NOT IN ('unchanged', 'not-modified') AND x.feed_id IS NULL""",
    )
    (entries, new), *_ = ask(demo, "SELECT sum(entries), sum(new) FROM fetches")
    assert unbalanced == []
    assert silent == []
    assert entries > 1_000
    assert new == ask(demo, "SELECT count(*) FROM articles")[0][0]


@pytest.mark.parametrize("written", range(len(COMMIT_ORDER)), ids=lambda n: f"killed before {COMMIT_ORDER[n]}")
def test_2_a_kill_between_any_two_tables_loses_nothing(tmp_path: Path, story: Path, written: int) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    ingest(undisturbed, story)
    shutil.copytree(undisturbed, killed)
    for table in (*COMMIT_ORDER[written:], "runs"):
        shutil.rmtree(killed / table, ignore_errors=True)
    ingest(killed, story, clock=Clock(datetime.fromisoformat("2026-01-02T00:00:00Z")))
    expected = figures(undisturbed)
    assert all(expected.values())
    assert figures(killed) == expected


def test_2_files_appear_in_the_order_that_a_kill_cannot_break(tmp_path: Path, story: Path) -> None:
    data = tmp_path / "data"
    ingest(data, story)
    order = ("raw", "failures", "mentions", "matches", "sightings", "articles", "fetches")
    times = [sorted(path.stat().st_mtime_ns for path in (data / table).rglob("*.parquet")) for table in order]
    assert all(times)
    assert [(a, b) for a, b in pairwise(range(len(order))) if times[a][-1] > times[b][0]] == []


def test_3_reading_the_same_input_twice_changes_no_figure(tmp_path: Path, story: Path) -> None:
    data = tmp_path / "data"
    ingest(data, story)
    before = figures(data)
    ingest(data, story, clock=Clock(datetime.fromisoformat("2026-01-02T00:00:00Z")))
    assert figures(data) == before


def test_3_rows_written_twice_are_read_once(tmp_path: Path, story: Path) -> None:
    data = tmp_path / "data"
    ingest(data, story)
    before = figures(data)
    for path in list(data.rglob("date=*/*.parquet")):
        shutil.copy(path, path.with_name(f"again-{path.name}"))
    assert figures(data) == before


def test_3_a_headline_edited_and_changed_back_is_three_revisions(tmp_path: Path, story: Path) -> None:
    data = tmp_path / "data"
    ingest(data, story)
    titles = ask(data, "SELECT title FROM article_revisions WHERE url LIKE '%/news/1' ORDER BY fetched_at")
    assert [title for (title,) in titles] == [
        "Number 1 on the town council",
        "Number 1 on the town council, corrected",
        "Number 1 on the town council",
    ]
    assert ask(data, "SELECT count(*) FROM articles WHERE url LIKE '%/news/1'") == [(1,)]


def test_3_matches_of_an_article_that_is_not_committed_are_not_seen(demo: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo, data)
    shutil.rmtree(data / "articles")
    assert ask(data, "SELECT count(*) FROM matches") == [(0,)]
    assert ask(data, "SELECT count(*) FROM mentions") == [(0,)]


def test_4_a_moved_dataset_goes_on_where_it_stood(tmp_path: Path, story: Path) -> None:
    lines = (story / "polls.jsonl").read_text().splitlines(keepends=True)
    whole, first, moved = tmp_path / "whole", tmp_path / "first", tmp_path / "moved"
    ingest(whole, story)
    (story / "polls.jsonl").write_text("".join(lines[:3]))
    ingest(first, story)
    first.rename(moved)
    (story / "polls.jsonl").write_text("".join(lines))
    ingest(moved, story, clock=Clock(datetime.fromisoformat("2026-01-02T00:00:00Z")))
    assert figures(moved) == figures(whole)


def test_5_a_missing_or_absurd_date_is_flagged_and_never_replaced(demo: Path) -> None:
    undated = ask(
        demo,
        """SELECT date_quality, count(*), count(published_at), count(first_published_at) FROM articles
           WHERE date_quality IN ('missing', 'unreadable', 'future', 'implausible') GROUP BY ALL ORDER BY ALL""",
    )
    assert {quality for quality, *_ in undated} >= {"missing", "future", "implausible"}
    assert all(published == first == 0 for _, _, published, first in undated)
    assert ask(demo, "SELECT count(*) FROM articles WHERE published_at = fetched_at") == [(0,)]


def test_6_a_week_without_polls_in_which_the_window_turned_over_is_not_covered(demo: Path) -> None:
    states = dict(
        ask(
            demo,
            """SELECT state, count(*) FROM coverage WHERE source_id = 'kurier-chumatskoho'
               AND to_at - from_at > INTERVAL 6 DAY GROUP BY ALL""",
        )
    )
    assert states == {"partial": 1}


def test_7_evidence_slices_exactly_the_words_found(demo: Path) -> None:
    found = ask(
        demo,
        """SELECT e.text, CASE e.field WHEN 'title' THEN r.title ELSE r.text END, e.start, e."end", e.concept, e.rule,
                  m.topics_version
           FROM matches m JOIN article_revisions r USING (article_id, revision_hash), unnest(m.evidence) AS t(e)""",
    )
    assert len(found) > 100
    assert all(text == stored[start:end] and text for text, stored, start, end, *_ in found)
    assert all(concept and rule and version for *_, concept, rule, version in found)
    assert ask(demo, "SELECT count(*) FROM matches WHERE len(evidence) = 0") == [(0,)]


def test_8_replay_gives_the_same_dataset(demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    replay_into(demo, again)
    for table in COMMIT_ORDER:
        marks = ("run_id", "matched_at") if table != "fetches" else ()
        assert rows(again, table, without=marks) == rows(demo, table, without=marks), table


def test_8_replay_ignores_bodies_that_no_ledger_row_names(tmp_path: Path, story: Path) -> None:
    data, again = tmp_path / "data", tmp_path / "again"
    ingest(data, story)
    orphan = tmp_path / "orphan"
    ingest(orphan, write_archive(tmp_path / "more", [("outlet/all", 40, rss([item(9)]), 200)]))
    path = next((orphan / "raw").rglob("*.parquet"))
    (data / path.relative_to(orphan)).parent.mkdir(exist_ok=True)
    shutil.copy(path, data / path.relative_to(orphan))
    replay_into(data, again)
    assert figures(again) == figures(data)
    assert ask(again, "SELECT count(*) FROM articles WHERE url LIKE '%/news/9'") == [(0,)]


def test_9_editions_are_sources_whose_control_has_dates_and_a_basis() -> None:
    registry = load_registry()
    hosts = {source.source_id: source.homepage for source in registry.sources if "rt.com" in source.homepage}
    assert len(set(hosts.values())) == len(hosts) >= 4
    claims = [claim for source in registry.sources for claim in (*source.controlling_state, *source.independence)]
    assert all(claim.basis for claim in claims)
    assert any(claim.valid_from or claim.valid_to for claim in claims)


def test_10_bad_input_costs_its_own_feed_only(tmp_path: Path, story: Path) -> None:
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    bad: list[tuple[str, float, str | bytes | None, int]] = [
        ("broken/html", 5, "<html><title>Not a feed</title></html>", 200),
        ("broken/cut", 5, rss([item(1)])[:-60], 200),
        ("broken/zeros", 5, b"\0" * 100_000, 200),
        ("broken/empty", 5, b"", 200),
        ("broken/missing", 5, None, 200),
    ]
    ingest(alone, story)
    ingest(beside, story, write_archive(tmp_path / "bad", bad))
    same = "SELECT article_id, title, language FROM articles WHERE source_id = 'outlet' ORDER BY ALL"
    assert ask(beside, same) == ask(alone, same)
    failed = {feed for (feed,) in ask(beside, "SELECT DISTINCT feed_id FROM failures WHERE source_id = 'broken'")}
    assert failed >= {"broken/html", "broken/zeros", "broken/empty", "broken/missing"}


def test_polls_of_one_archive_are_taken_in_order_of_time_whatever_their_order_on_disk(tmp_path: Path) -> None:
    polls = [("outlet/all", hours, rss([item(n) for n in range(hours, -1, -1)]), 200) for hours in range(4)]
    forward, backward = tmp_path / "forward", tmp_path / "backward"
    ingest(forward, write_archive(tmp_path / "a", polls))
    ingest(backward, write_archive(tmp_path / "b", polls[::-1]))
    assert figures(backward) == figures(forward)
    assert ask(forward, "SELECT min(started_at) FROM fetches") == [(at(0),)]
