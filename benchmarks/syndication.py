"""Are reprints found, and only reprints? And what do fingerprints cost?

    python benchmarks/syndication.py [--data FOLDER]

Makes reprints of every text of at least 40 words in the sample data and, where FOLDER (default: ../shared/data) is there, in
real feeds; writes originals and reprints as feeds that were all polled within 72 hours, runs `vigie ingest` and `vigie query
syndication`, and compares the clusters with what was made of what. Pairs that people judged are taken as they are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from reprints import (
    Score,
    clusters_of,
    judged_pairs,
    real_texts,
    reprints_of,
    sample_texts,
    score_pairs,
    score_reprints,
    write_feeds,
)

from vigie.fingerprint import fingerprint_texts

REPOSITORY = Path(__file__).resolve().parent.parent


def _vigie(*arguments: object) -> str:
    command = [sys.executable, "-m", "vigie", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _clusters(printed: Mapping[str, Mapping[int, str]]) -> list[list[tuple[str, int]]]:
    with tempfile.TemporaryDirectory() as name:
        feeds, data = write_feeds(Path(name) / "feeds", printed), Path(name) / "data"
        _vigie("ingest", "--from", feeds, "--data", data)
        answer = json.loads(_vigie("query", "syndication", "--data", data, "--backlog", "--format", "json"))
    return clusters_of(row["members"] for row in answer["rows"])


def _print(name: str, texts: int, score: Score) -> None:
    print(f"\n{name}: {texts} texts")
    for kind, wanted in score.wanted.items():
        print(f"  {kind:18} {score.found[kind]:5} of {wanted:5}   {score.found[kind] / max(1, wanted):.3f}")
    print(f"  recall {score.recall:.4f}   precision {score.precision:.4f} ({score.wrong} of {score.right + score.wrong} wrong)")


def _print_speed(texts: list[str]) -> None:
    texts = texts * (1 + 4_000 // len(texts))
    best = min(_seconds(texts) for _ in range(3))
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"\nfingerprints: {len(texts) / best:,.0f} texts a second, of {words:.0f} words in the mean")


def _seconds(texts: list[str]) -> float:
    started = time.perf_counter()
    fingerprint_texts(texts)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    folder = parser.parse_args().data
    texts = {"sample data": sample_texts(REPOSITORY / "sample_data" / "items")}
    if folder.is_dir():
        texts["real texts"] = real_texts(folder)
    for name, originals in texts.items():
        printed = reprints_of(originals)
        _print(name, len(originals), score_reprints(printed, _clusters(printed)))
    if folder.is_dir():
        pairs = judged_pairs(folder)
        printed = {"one": {n: pair[0] for n, pair in enumerate(pairs)}, "other": {n: pair[1] for n, pair in enumerate(pairs)}}
        _print("judged pairs", 2 * len(pairs), score_pairs(pairs, _clusters(printed)))
    _print_speed(texts["sample data"])


if __name__ == "__main__":
    main()
