"""The SQL of compaction. `incoming` is one month's rows of a table, settled and new; the order of each is the file's."""

from __future__ import annotations

from vigie.queries.settled_files import HOUR_COLUMNS

__all__ = ["ABOUT_ARTICLES", "COUNT", "COUNTED", "DAYS", "EXTRA", "FIRSTS", "HOME", "ORIGINS", "SETTLE", "STRAYS"]

#: The tables whose rows are about articles, and lie in the month where the article is at home; articles come first.
ABOUT_ARTICLES = ("articles", "sightings", "mentions", "matches")

#: What a settled file keeps of where its rows came from, besides the table's columns.
EXTRA = {"articles": ", file", "sightings": "", "mentions": "", "matches": ""}

# An article stays where it is; what came before its article was committed (a run was killed between the two) draws it to
# its own month. Keys are 64 bits of a hash: two articles with one key share a home, and nothing else. Numbers are compared,
# a rank before the month as 201705: for millions of articles they take a third of the memory that texts would.
HOME = """
CREATE TABLE home AS
WITH new_keys AS (
    SELECT article_key FROM new_articles UNION SELECT article_key FROM new_sightings
    UNION SELECT article_key FROM new_mentions UNION SELECT article_key FROM new_matches
)
SELECT article_key, substring(home, 1, 4) || '-' || substring(home, 5) AS month
FROM (
    SELECT article_key, CAST(min(ranked) % 1000000 AS VARCHAR) AS home
    FROM (
        SELECT article_key, {number} AS ranked FROM old_articles SEMI JOIN new_keys USING (article_key)
        UNION ALL
        SELECT article_key, 1000000 + {number} FROM old_sightings SEMI JOIN new_keys USING (article_key) WHERE NOT committed
        UNION ALL
        SELECT article_key, 1000000 + {number} FROM old_mentions SEMI JOIN new_keys USING (article_key) WHERE NOT committed
        UNION ALL
        SELECT article_key, 1000000 + {number} FROM old_matches SEMI JOIN new_keys USING (article_key) WHERE NOT committed
        UNION ALL SELECT article_key, 2000000 + {number} FROM new_articles
        UNION ALL SELECT article_key, 3000000 + {number} FROM new_sightings
        UNION ALL SELECT article_key, 3000000 + {number} FROM new_mentions
        UNION ALL SELECT article_key, 3000000 + {number} FROM new_matches
    )
    GROUP BY article_key
)
""".format(number="CAST(replace(month, '-', '') AS INTEGER)")

#: Articles of which small files of another month than their own tell something: few, so their rows are kept.
STRAYS = """
CREATE TABLE strays AS
SELECT DISTINCT article_key, h.month
FROM (
    SELECT article_key, month FROM new_articles UNION ALL SELECT article_key, month FROM new_sightings
    UNION ALL SELECT article_key, month FROM new_mentions UNION ALL SELECT article_key, month FROM new_matches
) AS n
JOIN home AS h USING (article_key)
WHERE h.month <> n.month
"""

#: Of each article of the month what a trend counts.
FIRSTS = """
    SELECT article_id, revision_hash, counted_published_at, counted_backlog, counted_hour FROM settled_articles WHERE is_first
"""

_HOUR = "CAST(floor(epoch(counted_published_at) / 3600) AS BIGINT)"

_ARTICLES = f"""
    SELECT *, {_HOUR} AS counted_hour
    FROM (
        SELECT * EXCLUDE (changed),
               true AS committed,
               CASE WHEN changed THEN CAST(sum(CAST(changed AS INTEGER)) OVER (times ROWS UNBOUNDED PRECEDING) AS BIGINT) END
                   AS revision,
               CAST(sum(CAST(changed AS INTEGER)) OVER (PARTITION BY article_id) AS BIGINT) AS revisions,
               row_number() OVER times = 1 AS is_first,
               changed AND NOT coalesce(bool_or(changed) OVER (times ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), false)
                   AS is_latest,
               first_value(published_at) OVER times AS counted_published_at,
               first_value(backlog) OVER times AS counted_backlog,
               first_value(fetched_at) OVER times AS first_fetched_at
        FROM (
            SELECT * EXCLUDE (gone) REPLACE (gone AS superseded),
                   NOT gone AND revision_hash IS DISTINCT FROM lag(if(gone, NULL, revision_hash) IGNORE NULLS) OVER (
                       PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash) AS changed
            FROM (
                SELECT i.*, coalesce(s.gone, false) AS gone
                FROM incoming AS i
                LEFT JOIN (
                    SELECT article_id, fetched_at, feed_id, revision_hash, arg_max(superseded, (run_id, superseded)) AS gone
                    FROM incoming SEMI JOIN (
                        SELECT article_id, fetched_at, feed_id, revision_hash FROM incoming WHERE superseded
                    ) AS once USING (article_id, fetched_at, feed_id, revision_hash)
                    GROUP BY ALL
                ) AS s USING (article_id, fetched_at, feed_id, revision_hash)
                QUALIFY row_number() OVER (
                    PARTITION BY article_id, fetched_at, feed_id, revision_hash ORDER BY backlog, run_id, file) = 1
            )
        )
        WINDOW times AS (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash)
    )
    ORDER BY source_id, counted_hour, article_id, fetched_at
"""

_FOUND = """
    SELECT i.*, a.article_id IS NOT NULL AS committed, coalesce(i.revision_hash = f.revision_hash, false) AS is_first,
           f.counted_published_at, f.counted_backlog, f.counted_hour
    FROM (
        FROM incoming QUALIFY row_number() OVER (PARTITION BY {key}, topics_version ORDER BY run_id, {time}) = 1
    ) AS i
    LEFT JOIN firsts AS f ON f.article_id = i.article_id
    LEFT JOIN (SELECT DISTINCT article_id, revision_hash FROM settled_articles) AS a
        ON a.article_id = i.article_id AND a.revision_hash = i.revision_hash
    ORDER BY topics_version, {subject}, i.source_id, f.counted_hour, i.article_id
"""

SETTLE = {
    "articles": _ARTICLES,
    "sightings": """
        SELECT i.*, f.article_id IS NOT NULL AS committed
        FROM (
            FROM incoming QUALIFY row_number() OVER (PARTITION BY article_id, feed_id ORDER BY first_seen, run_id) = 1
        ) AS i
        LEFT JOIN firsts AS f ON f.article_id = i.article_id
        ORDER BY source_id, first_seen, article_id, feed_id
    """,
    "mentions": _FOUND.format(
        key='article_id, revision_hash, concept, field, start, "end"', time="fetched_at", subject="concept"
    ),
    "matches": _FOUND.format(key="article_id, revision_hash, topic_id", time="matched_at, fetched_at", subject="topic_id"),
    # Rows of several runs are kept: a replay takes them as they were. The flag says which one counts.
    "fetches": """
        SELECT *, row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1 AS is_counted
        FROM (FROM incoming QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at, run_id) = 1)
        ORDER BY CAST(started_at AS DATE), source_id, feed_id, started_at, run_id
    """,
    "raw": """
        FROM incoming QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, fetched_at, run_id) = 1
        ORDER BY fetched_at, feed_id
    """,
    "failures": 'SELECT DISTINCT * FROM incoming ORDER BY "at", feed_id, key',
    "evaluations": 'SELECT DISTINCT * FROM incoming ORDER BY "at", topics_version, file',
    "removals": 'SELECT DISTINCT * FROM incoming ORDER BY "at", article_id, source_id',
    "runs": "FROM incoming QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY finished_at) = 1 ORDER BY run_id",
}

#: The tables that counts are made from.
COUNTED = ("articles", "mentions", "matches")

#: What is counted of a month's articles (`_cubes.sql`), in the order in which questions read it.
COUNT = {
    "output_quarters": """
        FROM cubes.output_quarters ORDER BY coalesce(quarter, seen_quarter), source_id, language, backlog, quarter
    """,
    "hit_quarters": """
        FROM cubes.hit_quarters
        ORDER BY topics_version, kind, subject, coalesce(quarter, seen_quarter), source_id, language, backlog, lead, quarter
    """,
}

#: The same of all months.
_SUMS = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in ("articles", *HOUR_COLUMNS))
DAYS = f"""
    FROM (
        SELECT source_id, language, backlog, day, seen_day, {_SUMS}
        FROM (FROM cubes.output_hours UNION ALL FROM day_cells)
        GROUP BY source_id, language, backlog, day, seen_day
    )
    ORDER BY coalesce(day, seen_day), source_id, language, backlog, day
"""

ORIGINS = """
    SELECT file, run_id, source_id, count(*) FILTER (is_first) AS articles,
           min(fetched_at) AS first_fetched_at, max(fetched_at) AS last_fetched_at
    FROM settled_articles GROUP BY ALL ORDER BY file, run_id, source_id
"""
