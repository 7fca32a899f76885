"""Parse polls, and tell which entries are new articles, which are revisions and which are known; write the ledger's rows.

What is known is read from the dataset itself once a worker, for all sources of the job; polls of a source are then
taken in order, so that the outcome does not depend on how the work was cut up. A body that is the same as the feed's last
one is not parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection

from vigie.polls import Poll
from vigie.registry import Registry
from vigie.schemas import FetchedDocument
from vigie.state import SourceState, is_unchanged, take_poll
from vigie.storage import Dataset, load_states
from vigie.transforms.parse_feeds import ParseFeeds

__all__ = ["IdentifyArticles"]


def _by_source(document: FetchedDocument) -> tuple[str, FetchedDocument]:
    return document.source_id, document


class _TakePollsFn(beam.DoFn):
    def __init__(self, registry: Registry, data: str, source_ids: frozenset[str], run_id: str) -> None:
        self._registry = registry
        self._parse = ParseFeeds(registry)
        self._dataset = Dataset(Path(data))
        self._source_ids = source_ids
        self._run_id = run_id
        self._states: dict[str, SourceState] = {}
        self._counters = {name: Metrics.counter(IdentifyArticles, name) for name in ("new", "revised", "known", "failed")}

    def setup(self) -> None:
        self._states = load_states(self._dataset, self._source_ids)

    def process(self, element: tuple[str, Iterable[FetchedDocument]]) -> Iterator[Poll]:
        source_id, documents = element
        # A retried bundle must start from what is committed, so a source's state is used once and given up.
        state = self._states.pop(source_id, None) or load_states(self._dataset, [source_id])[source_id]
        homepage = self._registry.source_or_implicit(source_id).homepage
        for document in sorted(documents, key=lambda d: (d.fetched_at, d.feed_id)):
            parsed = None if is_unchanged(state, document) else self._parse(document)
            taken = take_poll(state, document, parsed, homepage=homepage, run_id=self._run_id)
            for name, counter in self._counters.items():
                counter.inc(getattr(taken.record, name))
            yield taken


class IdentifyArticles(beam.PTransform[PCollection[FetchedDocument], PCollection[Poll]]):
    """Parse each poll, unless its body is the last one's, and identify its entries.

    Groups by source: on a bounded input every poll of a source is taken in the order (fetched_at, feed_id). The output
    holds new articles and revisions only; what is known already is counted in the ledger row and dropped.

    Args:
        registry: Gives each source's front page and time zone.
        data: The dataset's folder.
        source_ids: The sources that occur; others are looked up one by one.
        run_id: The run.
    """

    def __init__(self, registry: Registry, data: str, source_ids: frozenset[str], run_id: str) -> None:
        """Keep the arguments."""
        super().__init__()
        self._fn = _TakePollsFn(registry, data, source_ids, run_id)

    def expand(self, input_or_inputs: PCollection[FetchedDocument]) -> PCollection[Poll]:
        """Wire it."""
        polls: PCollection[Poll] = (
            input_or_inputs
            | "KeyBySource" >> beam.Map(_by_source)
            | "GroupBySource" >> beam.GroupByKey()
            | "TakePolls" >> beam.ParDo(self._fn)
        )
        return polls
