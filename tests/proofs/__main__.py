"""`make proofs`: everything that takes minutes, one table, and docs/proofs.md.

Names given as arguments run only these parts, and print the table without writing it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from proofs.disk import can_mount, has_quotas, trouble
from proofs.flink import flink_kills
from proofs.freshness import local_freshness
from proofs.hostile import hostile_documents
from proofs.kills import kill_ingest, kill_rewrite, run_here
from proofs.load import heavy_load
from proofs.schedules import TIMELINES, schedules
from proofs.stream_freshness import stream_freshness
from proofs.table import Proof, as_document, as_table, say

from vigie.pipelines.runner_options import prism_binary

_REPOSITORY = Path(__file__).resolve().parents[2]
_SEED = 20170529
_TOPICS = """\
concepts:
  bridge: {labels: {en: bridge}, terms: {en: [bridge], fr: [pont], ru: [мост]}}
  president: {labels: {en: president}, terms: {en: [president], fr: [président], ru: [президент]}}
topics:
  heads-and-bridges:
    {labels: {en: Heads and bridges}, description: On either., source: invented, languages: [en, fr, ru],
     rule: {any: [bridge, president]}}
"""


def _kills_of_ingest(folder: Path) -> Iterator[Proof]:
    yield kill_ingest(folder, 100, _SEED)


def _kills_of_rewrites(folder: Path) -> Iterator[Proof]:
    base, topics = folder / "base", folder / "topics.yaml"
    topics.write_text(_TOPICS, encoding="utf-8")
    run_here(["demo", "--data", str(base)])
    (folder / "rematch").mkdir()
    yield kill_rewrite(folder / "rematch", base, ["rematch", "--topics", str(topics)], 20, _SEED)
    (folder / "compact").mkdir()
    yield kill_rewrite(folder / "compact", base, ["compact"], 20, _SEED)


def _disks(folder: Path) -> Iterator[Proof]:
    for kind in (["full", "read-only"] if can_mount() else []) + (["quota"] if has_quotas() else []):
        (folder / kind).mkdir()
        yield trouble(folder / kind, kind)


def _hostile(folder: Path) -> Iterator[Proof]:
    yield hostile_documents()


def _freshness(folder: Path) -> Iterator[Proof]:
    yield local_freshness(folder)


def _stream(folder: Path) -> Iterator[Proof]:
    yield stream_freshness()


def _load(folder: Path) -> Iterator[Proof]:
    yield heavy_load()


def _schedules(folder: Path) -> Iterator[Proof]:
    yield schedules()


def _flink(folder: Path) -> Iterator[Proof]:
    for what, kills, lost, double, seconds in flink_kills():
        yield Proof(what, kills, lost, double, seconds, held=not (lost or double))


#: Those with a limit in seconds of the clock come last, when nothing of the others is left running.
_PARTS: dict[str, Callable[[Path], Iterator[Proof]]] = {
    "ingest": _kills_of_ingest,
    "rewrites": _kills_of_rewrites,
    "disks": _disks,
    "hostile": _hostile,
    "schedules": _schedules,
    "flink": _flink,
    "freshness": _freshness,
    "stream": _stream,
    "load": _load,
}


def _missing() -> Iterator[tuple[str, str]]:
    """What this machine or this version cannot run, and why."""
    if not can_mount():
        yield "disks", "disks that fill up or turn read-only: they take root and `mount`"
    elif not has_quotas():
        yield "", "a disk with a quota: it takes `mkfs.btrfs` and a loop device"
    if prism_binary() is None:
        yield "stream", "freshness of a stream: there is no program `prism` (docs/deploy.md)"
    if not TIMELINES.is_file():
        yield "schedules", "the simulation of schedules: it reads recorded timelines that developers have"
    if shutil.which("java") is None or shutil.which("mvn") is None:
        yield "flink", "kills on a Flink cluster: they take Java and Maven (docs/deploy.md)"


def main(asked: list[str]) -> int:
    """Run the parts asked for, or all; the exit code says whether everything held."""
    missing = dict(_missing())
    found: list[Proof] = []
    for name in asked or [part for part in _PARTS if part not in missing]:
        with tempfile.TemporaryDirectory(prefix=f"vigie-{name}-") as folder:
            for proof in _PARTS[name](Path(folder)):
                say(f"{proof.what}: {'held' if proof.held else 'DID NOT HOLD'}. {proof.note}")
                found.append(proof)
    sys.stdout.write(as_table(found) + "\n")
    if not asked:
        document = as_document(found, at=datetime.now(UTC), missing=missing.values())
        (_REPOSITORY / "docs" / "proofs.md").write_text(document, encoding="utf-8")
    return 0 if all(proof.held for proof in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
