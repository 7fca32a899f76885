"""A dataset of five years for `growth.py`: outlets, articles, edits, matches and polls, all by hashes of their numbers.

What it is like: 500 outlets of very unequal size, five languages, nights quieter than days, one article in 33 edited
three hours later, one in 200 undated, one in five on one of ten topics, one in ten long enough for a fingerprint, and a
tenth of those printed twice. The same arguments give the same rows. Small files are written as runs write them, a file a
table and day; for settled months they are made a file a month, so that `vigie compact` takes them in minutes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from vigie.fingerprint import BANDS
from vigie.queries.relations import column_list, literal, no_rows
from vigie.schemas import TABLES, Source, TopicRecord
from vigie.storage import Dataset

__all__ = ["DAYS", "FIRST_DAY", "LAST_DAY", "SOURCES", "write_days", "write_registry"]

FIRST_DAY, DAYS = date(2019, 1, 1), 1_826
SOURCES, TOPICS = 500, 10
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
_LANGUAGES = ("fr", "ru", "en", "de", "uk")
_RUN = "20190101T000000000000Z-growth"

_SETTINGS = "SET TimeZone = 'UTC'; SET memory_limit = '2GB'; SET preserve_insertion_order = false"

#: A thousand sentences of ten words, shared by all: texts that compress about as news does.
_SENTENCES = """
    CREATE TABLE words AS
    SELECT list(words) AS sentences
    FROM (
        SELECT s, string_agg(substring('bakodelufimonapesirotuvazegihojymeru', CAST(1 + 2 * (hash(s,
            w) % 16) AS INTEGER),
                                       CAST(3 + hash(w, s) % 6 AS INTEGER)) || (hash(s, w, 1) % 97),
                                           ' ' ORDER BY w) AS words
        FROM range(1000) AS a(s), range(10) AS b(w) GROUP BY s ORDER BY s
    )
"""

#: One article a row. Its number tells its hour: steadily through the years, by day more than by night.
_NUMBERS = f"""
    CREATE OR REPLACE VIEW numbers AS
    SELECT *, 'source-' || lpad(CAST(outlet AS VARCHAR), 3, '0') AS source_id,
        substring(md5(CAST(n AS VARCHAR)), 1, 24) AS article_id,
           {list(_LANGUAGES)}[CAST(1 + outlet % {len(_LANGUAGES)} AS BIGINT)] AS language,
           CASE WHEN hash(n, 5) % 200 > 0 THEN fetched_at - to_seconds(CAST(60 + hash(n,
               6) % 2400 AS BIGINT)) END AS published_at
    FROM (
        SELECT n, CAST(floor({SOURCES} * pow(hash(n) / 18446744073709551616.0, 3)) AS BIGINT) AS outlet,
               hash(n, 1) % 5 = 0 AS matched, hash(n, 2) % {TOPICS} AS topic, hash(n, 3) % 10 = 0 AS long,
               TIMESTAMPTZ '{FIRST_DAY} 00:00:00+00' + to_seconds(CAST(
                   86400 * (place - 0.1 * sin(6.283185307 * place)) AS BIGINT)) AS fetched_at
        FROM (SELECT n, n * $days / CAST($articles AS DOUBLE) AS place FROM range($from, $to) AS numbers(n))
    )
"""
_COMMON = f"""
    source_id, language, published_at AS first_published_at,
        CAST(floor(epoch(published_at) / 3600) AS BIGINT) AS published_hour,
    false AS backlog, fetched_at, '{_RUN}' AS run_id"""


def _sentence(seed: str) -> str:
    return f"sentences[CAST(1 + hash({seed}) % 1000 AS BIGINT)]"


_ARTICLES = f"""
    SELECT article_id, 'r' || n || '-' || edit AS revision_hash, 'guid-' || n AS guid,
        'https://' || source_id || '.example/' || n AS url,
           'http://' || source_id || '.example/' || n AS canonical_url,
           {_sentence("n, 11 + edit")} || ' ' || n AS title,
           CASE WHEN long THEN {_sentence("n // 2, 12")} || ' ' || {_sentence("n // 2, 13")} || ' '
                || {_sentence("n // 2, 14")} || ' ' || {_sentence("n // 2, 15")} || ' ' || {_sentence("n // 2, 16")}
                ELSE {_sentence("n, 12")} || ' ' || {_sentence("n, 13")} END AS text,
           CASE WHEN long THEN 61 ELSE 31 END AS text_words, [] AS authors,
           published_at, CASE WHEN published_at IS NULL THEN 'none' ELSE 'published' END AS date_source,
           CASE WHEN published_at IS NULL THEN 'missing' ELSE 'ok' END AS date_quality, '' AS date_raw,
               language AS declared_language,
           1.0 AS language_confidence, [] AS links,
           CASE WHEN long THEN list_transform(range({1 + BANDS}), lambda k: CAST(hash(n // 2,
               k) >> 1 AS BIGINT)) END AS fingerprint,
           source_id || '/all' AS feed_id, 'live' AS origin, '' AS second_language,
           {_COMMON.replace("fetched_at,", "fetched_at + to_hours(3 * edit) AS fetched_at,")}
    FROM numbers, words, (SELECT CAST(unnest([0, 1]) AS INTEGER) AS edit)
    WHERE edit = 0 OR hash(n, 4) % 33 = 0
"""
_TABLES = {
    "articles": _ARTICLES,
    "sightings": f"""
        SELECT article_id, source_id || '/all' AS feed_id, source_id, fetched_at AS first_seen,
            '{_RUN}' AS run_id FROM numbers""",
    "mentions": f"""
        SELECT article_id, 'r' || n || '-0' AS revision_hash, 'concept-' || topic AS concept, 'title' AS field,
            0 AS start, 8 AS "end",
               n % 2 = 0 AS lead, 'v1' AS topics_version, {_COMMON} FROM numbers WHERE matched""",
    "matches": f"""
        SELECT article_id, 'r' || n || '-0' AS revision_hash, 'topic-' || topic AS topic_id,
            'v1' AS topics_version, 1.0 AS strength,
               n % 2 = 0 AS lead, fetched_at AS matched_at, {_COMMON},
               [{{concept: 'concept-' || topic, rule: 'any', field: 'title', start: 0, "end": 8,
                  text: substring({_sentence("n, 11")}, 1, 8)}}] AS evidence
        FROM numbers, words WHERE matched""",
    "fetches": f"""
        SELECT source_id || '/all' AS feed_id, source_id, 'https://' || source_id || '.example/all' AS url,
            '{_RUN}' AS run_id,
               'local' AS vantage, 'live' AS origin, started_at AS planned_at, started_at, 0.1 AS duration,
                   'ok' AS outcome, 200 AS status,
               20 AS entries, 19 AS known, hash(started_at, source_id) % 500 > 0 AS anchor_present,
               TIMESTAMPTZ '{FIRST_DAY} 00:00:00+00' AS first_polled_at
        FROM (SELECT 'source-' || lpad(CAST(s AS VARCHAR), 3, '0') AS source_id,
                     TIMESTAMPTZ '{FIRST_DAY} 00:00:00+00' + to_seconds(CAST(86400.0 / $polls * p AS BIGINT)) AS started_at
              FROM range({SOURCES}) AS a(s), range($polls * $first, $polls * $last) AS b(p))""",
}


def write_days(data: Path, first: int, last: int, *, articles: int, polls: int, by: str) -> None:
    """Write what was collected from one day on to another, both counted from the first.

    Args:
        data: The dataset's folder.
        first: The first day.
        last: The day after the last one.
        articles: All five years' articles.
        polls: Polls of each feed a day.
        by: `day` or `month`: what one file of a table holds.
    """
    Dataset(data).prepare()
    with duckdb.connect() as con:
        con.execute(f"{_SETTINGS}; SET temp_directory = {literal(str(data / '.tmp'))}")
        con.execute(_SENTENCES)
        for start, end in _months(first, last):
            values = {
                "days": DAYS,
                "articles": articles,
                "from": -(-start * articles // DAYS),
                "to": -(-end * articles // DAYS),
            }
            con.execute(_filled(_NUMBERS, values))
            for name, select in _TABLES.items():
                table = TABLES[name]
                field = f'"{table.partition_field}"'
                moment = field if by == "day" else f"date_trunc('month', {field})"
                day = f"CAST({moment} AS DATE)"
                made = _filled(select, {"polls": polls, "first": start, "last": end})
                rows = f"({no_rows(table)}) UNION ALL BY NAME {made}"
                con.execute(
                    f"COPY (SELECT {column_list(table)}, {day} AS date FROM ({rows})) TO {literal(str(data / name))}"
                    f" (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date), APPEND,"
                    f" FILENAME_PATTERN 'from-{start:04}-{{uuid}}',"
                    " KV_METADATA {'vigie.format_version': '1'})"
                )


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


def _filled(sql: str, values: dict[str, int]) -> str:
    for name, value in values.items():
        sql = sql.replace(f"${name}", str(value))
    return sql


def _months(first: int, last: int) -> list[tuple[int, int]]:
    days = [FIRST_DAY + timedelta(days=n) for n in range(first, last)]
    starts = [first, *(first + n for n, day in enumerate(days) if n and day.day == 1)]
    return list(zip(starts, [*starts[1:], last], strict=True))
