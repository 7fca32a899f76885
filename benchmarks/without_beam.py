"""The main job's functions called one after the other, without Beam: what the runner's own work is measured against.

python benchmarks/without_beam.py ARCHIVE DATA
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from vigie.analysis import add_fingerprints, add_language, add_topics
from vigie.archive import PollRef, plan_archive, read_poll
from vigie.feeds.guarded import parse_guarded
from vigie.language import LanguageDetector
from vigie.matching import TopicSet, load_topics
from vigie.polls import Poll, Polls
from vigie.schemas.tables import COMMIT_ORDER
from vigie.state import SourceState, is_unchanged, take_poll
from vigie.storage import Dataset

_CHUNK = 4_000
_BATCH = 100


def main(folder: str, data: str) -> None:
    """Read an archive into a dataset."""
    dataset = Dataset(Path(data))
    dataset.prepare()
    detector, topics = LanguageDetector(), load_topics()
    states: dict[str, SourceState] = {}
    refs = plan_archive([folder])
    articles = 0
    for start in range(0, len(refs), _CHUNK):
        chunk = sorted(refs[start : start + _CHUNK], key=lambda ref: (ref.source_id, ref.fetched_at, ref.feed_id))
        polls = _identified(chunk, states)
        batches = (Polls(polls[place : place + _BATCH]) for place in range(0, len(polls), _BATCH))
        analysed = [poll for batch in batches for poll in _analysed(batch, detector, topics)]
        for table in COMMIT_ORDER:
            dataset.write(table, [row for poll in analysed for row in poll.rows(table)], run_id="run")
        articles += sum(poll.record.new for poll in analysed)
    print(f"{articles} articles")


def _identified(refs: list[PollRef], states: dict[str, SourceState]) -> list[Poll]:
    polls = []
    for source_id, in_source in groupby(refs, key=lambda ref: ref.source_id):
        state = states.setdefault(source_id, SourceState.empty(source_id))
        for document in map(read_poll, in_source):
            parsed = None if is_unchanged(state, document) else parse_guarded(document, time_zone="UTC")
            polls.append(take_poll(state, document, parsed, homepage="", run_id="run"))
    return polls


def _analysed(polls: Polls, detector: LanguageDetector, topics: TopicSet) -> list[Poll]:
    detected = add_language(add_fingerprints(polls), detector, [()] * len(polls))
    at = datetime.now(UTC)
    return [add_topics(poll, topics, matched_at=at) if poll.articles else poll for poll in detected]


if __name__ == "__main__":
    main(*sys.argv[1:3])
