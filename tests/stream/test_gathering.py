"""When polls of an unbounded input are written: by time, by rows, and at the end; by Beam's own test clock."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.testing.test_stream import TestStream as Events
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import FixedWindows, TimestampedValue

from vigie.polls import Poll, Polls
from vigie.schemas import FetchedDocument, FetchOutcome
from vigie.state import SourceState, take_poll
from vigie.transforms.gather_polls import FlushRule, GatherPolls

START = datetime(2026, 1, 1, tzinfo=UTC)


def poll(name: str, second: float = 0) -> Poll:
    document = FetchedDocument(name, name, f"https://{name}.example/", START + timedelta(seconds=second), status=304)
    document = FetchedDocument(name, name, document.url, document.fetched_at, status=304, outcome=FetchOutcome.NOT_MODIFIED)
    return take_poll(SourceState.empty(name), document, None, homepage="", run_id="run")


def names(batch: Polls) -> str:
    return " ".join(sorted(poll.record.feed_id for poll in batch))


def at(second: float, name: str) -> TimestampedValue[Poll]:
    return TimestampedValue(poll(name, second), START.timestamp() + second)


def gathered(events: Events, rule: FlushRule, expected: list[str]) -> None:
    # TestStream runs on this runner alone; nothing else of vigie does.
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=PipelineOptions(streaming=True)) as pipeline:
        events = events.advance_processing_time(3_600).advance_watermark_to_infinity()
        batches = pipeline | events | beam.Map(lambda poll: (poll,)) | GatherPolls(rule) | beam.Map(names)
        assert_that(batches, equal_to(expected))


def test_polls_are_written_when_the_first_has_waited_long_enough() -> None:
    events = Events().advance_watermark_to(START.timestamp())
    events.add_elements([at(0, "a")]).advance_processing_time(40).add_elements([at(40, "b")]).advance_processing_time(21)
    gathered(events, FlushRule(seconds=60), ["a b"])


def test_polls_are_written_when_there_are_rows_enough() -> None:
    events = Events().advance_watermark_to(START.timestamp())
    for name in "abcde":
        events.add_elements([at(0, name)])
    gathered(events, FlushRule(rows=2), ["a b", "c d", "e"])


def test_each_row_of_a_poll_counts_towards_the_limit() -> None:
    ledger_row_only = poll("a")
    many = Poll(ledger_row_only.record, None, (), (), (), mentions=(None,) * 9)  # type: ignore[arg-type]
    events = Events().advance_watermark_to(START.timestamp())
    for element in (many, ledger_row_only, ledger_row_only):
        events.add_elements([TimestampedValue(element, START.timestamp())])
    gathered(events, FlushRule(rows=10), ["a", "a a"])


def test_a_poll_behind_the_watermark_is_written_all_the_same() -> None:
    events = Events().advance_watermark_to(START.timestamp() + 3_600)
    events.add_elements([at(3_600, "on-time"), at(0, "an-hour-late")]).advance_processing_time(61)
    gathered(events, FlushRule(seconds=60), ["an-hour-late on-time"])


@pytest.mark.parametrize("writers", [1, 3])
def test_all_polls_of_a_source_come_to_one_writer(writers: int) -> None:
    events = Events().advance_watermark_to(START.timestamp())
    events.add_elements([at(second, name) for second in range(3) for name in ("a", "b", "c", "d", "e", "f")])
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=PipelineOptions(streaming=True)) as pipeline:
        events = events.advance_processing_time(61).advance_watermark_to_infinity()
        batches = pipeline | events | beam.Map(lambda poll: (poll,)) | GatherPolls(FlushRule(writers=writers))
        each = batches | beam.FlatMap(lambda batch: Counter(p.record.feed_id for p in batch).items())
        assert_that(each, equal_to([(name, 3) for name in "abcdef"]))


def test_windows_of_arrival_close_when_the_watermark_passes() -> None:
    """Whoever builds on the outputs can window them: the watermark follows arrival."""
    events = Events().advance_watermark_to(START.timestamp())
    events.add_elements([at(10, "a"), at(50, "b")]).advance_watermark_to(START.timestamp() + 61)
    events.add_elements([at(70, "c")]).advance_watermark_to_infinity()
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=PipelineOptions(streaming=True)) as pipeline:
        counts = pipeline | events | beam.WindowInto(FixedWindows(60)) | beam.Map(lambda _: 1)
        counts = counts | beam.CombineGlobally(sum).without_defaults()
        assert_that(counts, equal_to([2, 1]))
