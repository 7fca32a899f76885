"""Fingerprints on their way through the pipeline: stored with the articles, and the same again in a replay."""

from __future__ import annotations

from pathlib import Path

from runs import ask, replay_into, rows

from vigie.fingerprint import BANDS, fingerprint_texts


def test_every_text_of_forty_words_is_stored_with_the_fingerprint_of_its_text_alone(demo: Path) -> None:
    stored = ask(demo, "SELECT text, fingerprint FROM stored.articles")
    assert [tuple(found) for _, found in stored] == fingerprint_texts([text for text, _ in stored])
    lengths = [len(found) for _, found in stored]
    assert lengths.count(1 + BANDS) > 250
    assert lengths.count(0) > 50
    assert lengths.count(1 + BANDS) + lengths.count(0) == len(stored)


def test_a_replay_gives_the_same_fingerprints(demo: Path, tmp_path: Path) -> None:
    replay_into(demo, tmp_path / "again")
    columns = "article_id || revision_hash || fingerprint::VARCHAR"
    assert rows(tmp_path / "again", "articles", columns) == rows(demo, "articles", columns)
