"""A few tries of what `make proofs` does many times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import need
from proofs.disk import can_mount, has_quotas, trouble
from proofs.freshness import local_freshness
from proofs.kills import kill_ingest, kill_rewrite, run_here
from proofs.stream_freshness import lost_entries
from proofs.table import Proof, as_document, as_table
from stream.news_site import Site


def test_ingest_that_is_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    proof = kill_ingest(tmp_path, 2, seed=1)
    assert (proof.tries, proof.lost, proof.double, proof.held) == (2, 0, 0, True), proof.note


def test_rematch_that_is_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    run_here(["demo", "--data", str(tmp_path / "base")])
    topics = tmp_path / "topics.yaml"
    topics.write_text(
        "concepts: {bridge: {labels: {en: bridge}, terms: {en: [bridge]}}}\n"
        "topics: {bridges: {labels: {en: B}, description: B., source: invented, languages: [en], rule: bridge}}\n"
    )
    proof = kill_rewrite(tmp_path, tmp_path / "base", ["rematch", "--topics", str(topics)], 1, seed=2)
    assert (proof.lost, proof.double, proof.held) == (0, 0, True), proof.note


@pytest.mark.parametrize("kind", ["full", "read-only", "quota"])
def test_a_disk_in_trouble_gives_a_clear_error_and_loses_nothing(tmp_path: Path, kind: str) -> None:
    need("mount", can_mount(), "a small file system of one's own takes root and `mount`")
    if kind == "quota":
        need("quota", has_quotas(), "a file system with a quota takes root, `mkfs.btrfs` and a loop device")
    proof = trouble(tmp_path, kind)
    assert proof.held, proof.note


def test_an_entry_has_its_row_within_the_poll_interval_and_a_minute(tmp_path: Path) -> None:
    proof = local_freshness(tmp_path, hours=0.5)
    assert proof.tries > 5
    assert proof.held, proof.note


def test_an_entry_that_was_due_and_has_no_row_is_told_as_lost() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    site = Site(feeds=2, early=1, entries=9, every=timedelta(seconds=5), started=began)
    found = [site.link(feed, number) for feed in range(2) for number in range(3)]
    assert lost_entries(site, found, began + timedelta(seconds=10)) == set()
    assert lost_entries(site, found[:-1], began + timedelta(seconds=10)) == {site.link(1, 2)}
    assert lost_entries(site, found, began + timedelta(seconds=15)) == {site.link(0, 3), site.link(1, 3)}


def test_the_table_says_what_did_not_hold_and_what_was_not_run() -> None:
    proofs = [Proof("kill -9", 100, 0, 0, 630.0, True, "Fine."), Proof("hostile", 3, 2, None, 1.0, False, "Two lost.")]
    assert as_table(proofs).splitlines() == [
        "what     tries  lost  double      time",
        "kill -9    100     0       0  10.5 min",
        "hostile      3     2       –     1.0 s",
    ]
    document = as_document(proofs, at=datetime(2026, 1, 1, tzinfo=UTC), missing=["Flink: no Java"])
    assert "- **hostile**: **did not hold**. Two lost." in document
    assert "- not run: Flink: no Java" in document
    assert "Made on 2026-01-01 00:00 UTC with Python" in document
