"""A dataset of five years for `growth.py`: outlets, articles, edits, matches and polls, all by hashes of their numbers.

What it is like: 500 outlets of very unequal size, five languages, nights quieter than days, one article in 33 edited
three hours later, one in 200 undated, one in five on one of ten topics, one in ten long enough for a fingerprint, and a
tenth of those printed twice. The same arguments give the same rows. DuckDB writes them, in the layout and with the columns
that vigie writes (`tests/test_growth_data.py` compares the two): a file a table and day as runs leave them, or a file a month,
which `vigie compact` settles in minutes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from growth_questions import DAYS, FIRST_DAY, LAST_DAY, TOPICS

from vigie.fingerprint import BANDS
from vigie.queries.relations import column_list, literal, no_rows
from vigie.schemas import TABLES, Source, TopicRecord
from vigie.storage import Dataset

__all__ = ["DAYS", "FIRST_DAY", "LAST_DAY", "SOURCES", "TOPICS", "write_days", "write_registry"]

SOURCES = 500
_LANGUAGES = ("fr", "ru", "en", "de", "uk")
_RUN = "20190101T000000000000Z-growth"
_START = f"TIMESTAMPTZ '{FIRST_DAY} 00:00:00+00'"

#: One article a row. Its number tells its hour: steadily through the years, by day more than by night.
_NUMBERS = f"""
CREATE OR REPLACE VIEW numbers AS
SELECT *, 'source-' || lpad(CAST(outlet AS VARCHAR), 3, '0') AS source_id,
       substring(md5(CAST(n AS VARCHAR)), 1, 24) AS article_id,
       {list(_LANGUAGES)}[CAST(1 + outlet % {len(_LANGUAGES)} AS BIGINT)] AS language,
       CASE WHEN hash(n, 5) % 200 > 0
            THEN seen_at - to_seconds(CAST(60 + hash(n, 6) % 2400 AS BIGINT)) END AS published_at
FROM (
    SELECT n, CAST(floor({SOURCES} * pow(hash(n) / 18446744073709551616.0, 3)) AS BIGINT) AS outlet,
           hash(n, 1) % 5 = 0 AS matched, hash(n, 2) % {TOPICS} AS topic, hash(n, 3) % 10 = 0 AS long,
           {_START} + to_seconds(CAST(86400 * (place - 0.1 * sin(6.283185307 * place)) AS BIGINT)) AS seen_at
    FROM (SELECT n, n * $days / CAST($articles AS DOUBLE) AS place FROM range($from, $to) AS numbers(n))
)
"""
#: What tables have in common, copied from the article.
_COPIED = f"""
    source_id, language, published_at AS first_published_at,
    CAST(floor(epoch(published_at) / 3600) AS BIGINT) AS published_hour, false AS backlog, seen_at AS fetched_at,
    '{_RUN}' AS run_id
"""

_ARTICLES = f"""
SELECT article_id, 'r' || n || '-' || edit AS revision_hash, 'guid-' || n AS guid,
       'https://' || source_id || '.example/' || n AS url,
       'http://' || source_id || '.example/' || n AS canonical_url, sentence(hash(n, 11 + edit)) || ' ' || n AS title,
       CASE WHEN long THEN sentence(hash(n // 2, 12)) || ' ' || sentence(hash(n // 2, 13)) || ' ' || sentence(hash(n // 2, 14))
                           || ' ' || sentence(hash(n // 2, 15)) || ' ' || sentence(hash(n // 2, 16))
            ELSE sentence(hash(n, 12)) || ' ' || sentence(hash(n, 13)) END AS text,
       CASE WHEN long THEN 61 ELSE 31 END AS text_words, [] AS authors, published_at,
       CASE WHEN published_at IS NULL THEN 'none' ELSE 'published' END AS date_source,
       CASE WHEN published_at IS NULL THEN 'missing' ELSE 'ok' END AS date_quality, '' AS date_raw,
       published_at AS first_published_at, seen_at + to_hours(3 * edit) AS fetched_at, false AS backlog,
       language AS declared_language, language, 1.0 AS language_confidence, [] AS links,
       CASE WHEN long THEN list_transform(range({1 + BANDS}), lambda k: CAST(hash(n // 2, k) >> 1 AS BIGINT))
            ELSE [] END AS fingerprint,
       source_id || '/all' AS feed_id, 'live' AS origin, '{_RUN}' AS run_id, '' AS second_language, source_id,
       CAST(hash(n, 5) >> 1 AS BIGINT) AS title_and_day, false AS superseded
FROM numbers, (SELECT CAST(unnest([0, 1]) AS INTEGER) AS edit)
WHERE edit = 0 OR hash(n, 4) % 33 = 0
"""
_SIGHTINGS = f"""
SELECT article_id, source_id || '/all' AS feed_id, source_id, seen_at AS first_seen, '{_RUN}' AS run_id FROM numbers
"""
_MENTIONS = f"""
SELECT article_id, 'r' || n || '-0' AS revision_hash, 'concept-' || topic AS concept, 'title' AS field, 0 AS start, 8 AS "end",
       n % 2 = 0 AS lead, 'v1' AS topics_version, {_COPIED}
FROM numbers WHERE matched
"""
_MATCHES = f"""
SELECT article_id, 'r' || n || '-0' AS revision_hash, 'topic-' || topic AS topic_id, 'v1' AS topics_version, 1.0 AS strength,
       n % 2 = 0 AS lead, seen_at AS matched_at, {_COPIED},
       [{{concept: 'concept-' || topic, rule: 'any', field: 'title', start: 0, "end": 8,
          text: substring(sentence(hash(n, 11)), 1, 8)}}] AS evidence
FROM numbers WHERE matched
"""
#: One poll in five hundred finds that the entry which had come last is gone.
_FETCHES = f"""
SELECT source_id || '/all' AS feed_id, source_id, 'https://' || source_id || '.example/all' AS url, '{_RUN}' AS run_id,
       'local' AS vantage, 'live' AS origin, started_at AS planned_at, started_at, 0.1 AS duration, 'ok' AS outcome,
       200 AS status, 'https://' || source_id || '.example/all' AS final_url, false AS unconditional, '' AS etag,
       '' AS last_modified, substring(md5(feed_and_time), 1, 16) AS body_hash, 20000 AS bytes, 20 AS entries, 0 AS new,
       0 AS revised, 20 AS known, 0 AS failed, substring(md5(feed_and_time), 1, 24) AS anchor,
       hash(feed_and_time) % 500 > 0 AS anchor_present, {_START} AS first_polled_at, [] AS entry_keys,
       started_at - INTERVAL 1 HOUR AS last_new_at, 86400.0 / $polls AS interval,
       started_at + to_seconds(CAST(86400 / $polls AS BIGINT)) AS next_poll_at, 0 AS failures_in_a_row, '' AS error,
       20 AS window_size, 0.0 AS rate, 0.0 AS peak_rate, 1.0 AS backoff, false AS validators_lie, '' AS moved_to, '' AS proxy,
       true AS tls_verified
FROM (
    SELECT format('source-{{:03d}}', s) AS source_id, s || '-' || p AS feed_and_time,
           {_START} + to_seconds(CAST(86400.0 / $polls * p AS BIGINT)) AS started_at
    FROM range($sources) AS a(s), range($polls * $first, $polls * $last) AS b(p)
)
"""
_TABLES = {
    "articles": _ARTICLES,
    "sightings": _SIGHTINGS,
    "mentions": _MENTIONS,
    "matches": _MATCHES,
    "fetches": _FETCHES,
}


def write_days(
    data: Path,
    first: int,
    last: int,
    *,
    articles: int,
    polls: int,
    by: str,
    tables: tuple[str, ...] = tuple(_TABLES),
    sources: int = SOURCES,
) -> None:
    """Write what was collected from one day on to another, both counted from the first.

    Args:
        data: The dataset's folder.
        first: The first day.
        last: The day after the last one.
        articles: All five years' articles.
        polls: Polls of each feed a day.
        by: `day` or `month`: what one file of a table holds.
        tables: The tables to write.
        sources: Sources that are polled, each with one feed; articles are of the first `SOURCES`.
    """
    Dataset(data).prepare()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'; SET memory_limit = '2GB'; SET preserve_insertion_order = false")
        con.execute(f"SET temp_directory = {literal(str(data / '.tmp'))}")
        con.execute(f"CREATE MACRO sentence(seed) AS ({_sentences()})[CAST(1 + seed % 1000 AS BIGINT)]")
        for start, end in _months(first, last):
            from_to = {"from": -(-start * articles // DAYS), "to": -(-end * articles // DAYS)}
            con.execute(_filled(_NUMBERS, {"days": DAYS, "articles": articles, **from_to}))
            for name in tables:
                made = _filled(_TABLES[name], {"polls": polls, "first": start, "last": end, "sources": sources})
                rows = f"({no_rows(TABLES[name])}) UNION ALL BY NAME {made}"
                select = f"SELECT {column_list(TABLES[name])} FROM ({rows})"
                if by == "day":
                    _write_days(con, data / name, select, TABLES[name].partition_field, start)
                else:
                    _write_month(con, data / name / f"date={FIRST_DAY + timedelta(days=start)}", select, start)


_FORMAT = "FORMAT parquet, COMPRESSION zstd, KV_METADATA {'vigie.format_version': '1'}"


def _write_days(con: duckdb.DuckDBPyConnection, folder: Path, select: str, field: str | None, start: int) -> None:
    rows = f'SELECT *, CAST("{field}" AS DATE) AS date FROM ({select})'
    options = f"{_FORMAT}, PARTITION_BY (date), APPEND, FILENAME_PATTERN 'from-{start:04}-{{uuid}}'"
    con.execute(f"COPY ({rows}) TO {literal(str(folder))} ({options})")


def _write_month(con: duckdb.DuckDBPyConnection, folder: Path, select: str, start: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY ({select}) TO {literal(str(folder / f'from-{start:04}.parquet'))} ({_FORMAT})")


def write_registry(data: Path) -> None:
    """Write the sources and topics that the rows name."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    sources = [
        Source(f"source-{n:03}", f"Source {n}", languages=(_LANGUAGES[n % 5],), country=("FR", "DE", "GB")[n % 3])
        for n in range(SOURCES)
    ]
    topics = [TopicRecord("v1", f"topic-{n}", f"Topic {n}", "", _LANGUAGES, (f"concept-{n}",), "") for n in range(TOPICS)]
    dataset = Dataset(data)
    dataset.write_version("sources", sources, version="v1", at=at)
    dataset.write_version("topics", topics, version="v1", at=at)


def _sentences() -> str:
    """A thousand sentences of ten words, shared by all: texts that compress about as news does."""
    chance = random.Random(1)
    syllables = ("ba", "ko", "de", "lu", "fi", "mo", "na", "pe", "si", "ro", "tu", "va", "ze", "gi", "ho", "je")
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(2000)]
    return "[" + ", ".join(f"'{' '.join(chance.choices(words, k=10))}'" for _ in range(1000)) + "]"


def _filled(sql: str, values: dict[str, int]) -> str:
    for name, value in values.items():
        sql = sql.replace(f"${name}", str(value))
    return sql


def _months(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The first day and the one after the last of each month, or of the part of it that is asked for."""
    starts = [n for n in range(first, last) if n == first or (FIRST_DAY + timedelta(days=n)).day == 1]
    yield from zip(starts, [*starts[1:], last], strict=True)
