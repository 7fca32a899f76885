"""Hostile documents: what one may cost is bounded, it is told why it was stopped, and nothing else suffers."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import item, rss, write_archive
from feeds.hostile import HOSTILE
from runs import ask, ingest

from vigie.feeds import guarded
from vigie.feeds.guarded import UNGUARDED_BYTES, cpu_seconds, parse_guarded
from vigie.feeds.parse import ParsedDocument, parse_document
from vigie.schemas import FetchedDocument, FetchOutcome

#: After a feed's end: it leaves the document to feedparser, which reads only under a guard.
UNSOUND = b"<?x ?>"


@pytest.fixture(autouse=True)
def workers() -> Iterator[None]:
    """No worker outlives its test: its processor time counts once it has ended."""
    guarded._WORKERS.close()
    yield
    guarded._WORKERS.close()


def fetched(body: bytes) -> FetchedDocument:
    return FetchedDocument("a/front", "a", "https://a.example/rss", datetime(2017, 5, 29, tzinfo=UTC), body=body)


def parse(body: bytes) -> ParsedDocument:
    return parse_guarded(fetched(body), time_zone="UTC")


def cpu_of_workers() -> float:
    guarded._WORKERS.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_document_costs_more_than_its_share_or_stops_the_next(name: str) -> None:
    body = HOSTILE[name](60_000)
    before = cpu_of_workers() + time.process_time()
    result = parse(body)
    assert cpu_of_workers() + time.process_time() - before < cpu_seconds(body) + 1.5  # the worker's own start included
    assert result.outcome is not FetchOutcome.OK or result.total == len(result.entries) + len(result.failures) > 0
    assert len(parse(rss([item(n) for n in range(200)]).encode()).entries) == 200


def test_a_guarded_document_reads_as_an_unguarded_one() -> None:
    body = rss([item(n) for n in range(300)]).encode() + UNSOUND
    assert len(body) > UNGUARDED_BYTES
    assert parse(body) == parse_document(fetched(body), time_zone="UTC")


@pytest.mark.parametrize(
    "piece",
    [b"&lt;div&gt;", b"&lt;a href=/x&gt;", b"&lt;!--", b"&amp;amp;", b" \n", b"a@b.c ", b"1 ", b"http://a/../", b"&lt;p &lt;"],
)
def test_a_sound_feed_with_fields_as_long_as_are_read_without_a_guard_costs_its_share(piece: bytes) -> None:
    field = (piece * 16_000)[: 16_000 // len(piece) * len(piece)]
    names = (b"title", b"description", b"link", b"pubDate", b"author", b"guid")
    fields = b"".join(b"<%s>%s</%s>" % (name, field, name) for name in names)
    body = b"<rss version='2.0'><channel>" + b"<item>%s</item>" % fields * 20 + b"</channel></rss>"
    before = cpu_of_workers() + time.process_time()
    parse(body)
    assert cpu_of_workers() + time.process_time() - before < cpu_seconds(body)


def test_a_document_that_takes_too_long_is_stopped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "_CPU_SECONDS", 0.2)
    result = parse(HOSTILE["many tiny elements"](400_000) + UNSOUND)
    assert (result.outcome, len(result.entries), len(result.failures)) == (FetchOutcome.TOO_COSTLY, 0, 1)
    assert result.failures[0].error_type == "TooCostly"
    assert "more than 0.2 s of processor time" in result.failures[0].message


def test_a_document_that_takes_too_much_memory_is_stopped_and_says_so() -> None:
    result = parse(HOSTILE["deep"](6_000_000))
    assert result.outcome is FetchOutcome.TOO_COSTLY
    assert "more than 48,000,000 bytes of memory" in result.failures[0].message


def test_a_small_compressed_body_is_measured_by_what_it_unpacks_to() -> None:
    body = HOSTILE["gzip inside"](2_000_000)
    assert len(body) < UNGUARDED_BYTES
    before = cpu_of_workers()
    parse(body)
    assert cpu_of_workers() > before


@pytest.mark.parametrize(("entries", "seconds"), [(0, 2.0), (100, 3.0), (5_000, 22.0)])
def test_time_is_granted_by_entries_up_to_the_most_that_are_read(entries: int, seconds: float) -> None:
    assert cpu_seconds(b"<item>" * entries) == pytest.approx(seconds)


def test_a_worker_that_was_killed_while_idle_costs_no_document() -> None:
    body = rss([item(n) for n in range(200)]).encode() + UNSOUND
    parse(body)
    [worker] = guarded._WORKERS._idle
    worker._process.kill()
    worker._process.wait()
    assert len(parse(body).entries) == 200


def test_a_worker_ends_with_the_process_that_asks_even_if_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from vigie.feeds import guarded; from vigie.schemas import FetchedDocument; import datetime as d\n"
        "guarded.parse_guarded(FetchedDocument('a', 'a', 'https://a.example', d.datetime.now(d.UTC), body=b'<' * 20000),"
        " time_zone='UTC')\n"
        "print(guarded._WORKERS._idle[0]._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        descriptor = os.pidfd_open(worker)
        process.send_signal(signal.SIGKILL)
    assert _ended(descriptor)


def _ended(descriptor: int) -> bool:
    """Whether a process ends."""
    try:
        return bool(select.select([descriptor], [], [], 240)[0])
    finally:
        os.close(descriptor)


def test_the_others_of_a_cycle_are_unaffected_and_the_ledger_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "_CPU_SECONDS", 0.2)
    good = [("outlet/all", 0.0, rss([item(1), item(2)]), 200), ("outlet/more", 1.0, rss([item(3)]), 200)]
    bad = [("bad/all", 0.5, HOSTILE["many tiny elements"](400_000) + UNSOUND, 200)]
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    ingest(alone, write_archive(tmp_path / "good", good))
    ingest(beside, write_archive(tmp_path / "both", good + bad))
    same = "SELECT article_id, title, language FROM articles ORDER BY ALL"
    assert ask(beside, same) == ask(alone, same)
    [(outcome, failures, error)] = ask(
        beside, "SELECT outcome, failures_in_a_row, error FROM fetches WHERE feed_id = 'bad/all'"
    )
    assert (outcome, failures) == ("too-costly", 1)
    assert "more than 0.2 s of processor time" in error
    assert ask(beside, "SELECT stage, error_type FROM failures") == [("parse", "TooCostly")]
    assert ask(beside, "SELECT count(*) FROM stored.raw WHERE feed_id = 'bad/all'") == [(1,)]
