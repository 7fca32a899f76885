-- How much was published on a topic, day by day, and what share of the sources' output was it?
--
-- Counts are of articles of all asked sources, by the first revision's date, in the given zone; an edit moves nothing.
-- Shares are taken over the panel, on days on which every member was covered, each source weighing the same; the pooled
-- figure stands beside. Days that polls did not cover are told apart: a count there is a minimum, and none is NULL, not 0.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: day
--   split      language, country, control (the controlling state on the day) or source; default: none
--   sources    source ids; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket                  first day of the day, week (Monday) or month, local date; NULL: undated, first seen in the period
--   split                   the value of the split, or `all`
--   articles                articles on the topic; NULL: none are known of, and no poll saw these days
--   state                   covered: all source-days were; unknown: none was seen; partial: anything between, and weeks and months that
--                           the period cuts
--   covered_days            source-days of the period that were covered
--   partial_days            source-days that were seen in part
--   unknown_days            source-days that no poll covers
--   share_of_output         mean over the panel's sources of (articles on the topic / articles); NULL: no fully covered day
--   share_of_output_pooled  articles on the topic / articles, the panel taken together
--
-- More columns
--   share_days              days of the bucket on which every panel member was covered
--   share_sources           panel members that published on those days: what the mean is over
--   share_articles          the panel's articles on the topic on those days
--   share_output            the panel's articles on those days, in languages that the topic has terms for or `und`
WITH grid AS (
    FROM asked_buckets($sources, $since, $until, $tz, $by)
),
full_day AS (
    SELECT day, bucket_of($by, day, $since) AS bucket FROM full_days($panel, $since, $until, $tz)
),
stretches AS (
    FROM asked_stretches($sources, $since, $until)
),
days AS (
    -- Between two days on which anything about any source changes, days of a bucket are alike, and summed up as one.
    SELECT d.day, bucket_of($by, d.day, $since) AS bucket, f.day IS NOT NULL AS is_full, max(s.from_day) AS changed_on
    FROM (SELECT CAST(unnest(range(CAST($since AS DATE), CAST($until AS DATE) + 1, INTERVAL 1 DAY)) AS DATE) AS day) AS d
    JOIN (SELECT DISTINCT from_day FROM stretches) AS s ON s.from_day <= d.day
    LEFT JOIN full_day AS f ON f.day = d.day
    GROUP BY d.day, f.day
),
summed AS (
    -- Undated articles take the day they were first seen to be placed in the period and under an owner, never in a bucket.
    SELECT o.source_id, o.language, d.changed_on, CASE WHEN o.day IS NOT NULL THEN d.bucket END AS bucket,
           o.day IS NOT NULL AND d.is_full AS is_full, sum(o.articles) AS articles, sum(o.output) AS output
    FROM parts_of($topic, $concept, $scope, $tz, $since, $until, with_overrides := $overrides) AS o
    JOIN days AS d ON d.day = coalesce(o.day, o.seen_day)
    WHERE $backlog OR NOT o.backlog
    GROUP BY ALL
),
counted AS (
    SELECT o.source_id, o.language, sum(o.articles) AS articles, sum(o.output) AS output, o.bucket,
           split_of($split, o.language, g.country, g.control, o.source_id) AS split,
           o.is_full AND o.source_id IN (SELECT unnest(CAST($panel AS VARCHAR[]))) AND readable(o.language, $languages) AS in_share
    FROM summed AS o JOIN stretches AS g ON g.source_id = o.source_id AND o.changed_on BETWEEN g.from_day AND g.to_day
    GROUP BY ALL
    HAVING sum(o.output) > 0
),
spoken AS (
    -- Whose days stand behind a language: the sources that publish in it, by the registry or by what was seen.
    SELECT source_id, language
    FROM (SELECT DISTINCT source_id, language FROM counted UNION SELECT source_id, unnest(languages) FROM sources)
    WHERE list_contains(CAST($languages AS VARCHAR[]), language)
        OR language IN (SELECT language FROM counted WHERE articles > 0 OR readable(language, $languages))
),
cells AS (
    SELECT bucket, split, CAST(coalesce(sum(days) FILTER (state = 'covered'), 0) AS BIGINT) AS covered_days,
           CAST(coalesce(sum(days) FILTER (state = 'partial'), 0) AS BIGINT) AS partial_days,
           CAST(coalesce(sum(days) FILTER (state = 'unknown'), 0) AS BIGINT) AS unknown_days
    FROM (
        SELECT g.bucket, g.state, g.days, split_of($split, l.language, g.country, g.control, g.source_id) AS split
        FROM grid AS g LEFT JOIN spoken AS l ON $split = 'language' AND l.source_id = g.source_id
    )
    WHERE split IS NOT NULL
    GROUP BY bucket, split
),
counts AS (
    SELECT bucket, split, CAST(sum(articles) AS BIGINT) AS articles FROM counted GROUP BY bucket, split
),
shares AS (
    SELECT bucket, split, avg(hits / output) AS share_of_output, sum(hits) / sum(output) AS share_of_output_pooled,
           count(*) AS share_sources, CAST(sum(hits) AS BIGINT) AS share_articles, CAST(sum(output) AS BIGINT) AS share_output
    FROM (
        SELECT bucket, split, source_id, sum(articles) AS hits, sum(output) AS output
        FROM counted WHERE in_share GROUP BY bucket, split, source_id
    )
    GROUP BY bucket, split
),
full_buckets AS (
    SELECT bucket, count(*) AS share_days FROM full_day GROUP BY bucket
)
SELECT c.bucket, c.split, known_count(n.articles, covered_days, partial_days) AS articles,
       state_of(covered_days, partial_days, unknown_days + CAST(is_cut($by, c.bucket, $since, $until) AS INTEGER)) AS state,
       covered_days, partial_days, unknown_days,
       CASE WHEN coalesce($topic, $concept) IS NOT NULL THEN round(s.share_of_output, 6) END AS share_of_output,
       CASE WHEN coalesce($topic, $concept) IS NOT NULL THEN round(s.share_of_output_pooled, 6) END AS share_of_output_pooled,
       coalesce(b.share_days, 0) AS share_days, coalesce(s.share_sources, 0) AS share_sources,
       coalesce(s.share_articles, 0) AS share_articles, coalesce(s.share_output, 0) AS share_output
FROM cells AS c
LEFT JOIN counts AS n ON n.bucket = c.bucket AND n.split = c.split
LEFT JOIN shares AS s ON s.bucket = c.bucket AND s.split = c.split
LEFT JOIN full_buckets AS b ON b.bucket = c.bucket
UNION ALL
SELECT NULL, split, articles, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM counts
WHERE bucket IS NULL AND articles > 0
ORDER BY bucket NULLS LAST, split
