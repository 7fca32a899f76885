-- Whose voice is it: what share of a topic's volume does each source of a panel have?
--
-- A share of volume is not a share of output: this one divides an outlet's articles on the topic by the whole panel's
-- articles on it, on the days on which every member was covered. An outlet that publishes more of everything has more of
-- it; the second share says what it would be had each source published equally much.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   split      source, language, country or control (the controlling state on the day); default: source
--   sources    source ids to show; default: all polled ones that the topic has terms for
--   panel      source ids, whose volume is the whole; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket                        first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   split                         the value of the split
--   articles                      articles on the topic, on the days that count; NULL: there is no such day
--   share_of_volume               articles / panel_articles, 0 to 1
--   share_of_volume_equal_output  the same, had each member published equally much
--   panel_articles                the whole panel's articles on the topic on those days
--
-- More columns
--   share_days                    days of the bucket on which every panel member was covered
--   panel_sources                 members of the panel
WITH grid AS (
    FROM asked_buckets($panel, $since, $until, $tz, $by)
),
full_day AS (
    SELECT day, bucket_of($by, day, $since) AS bucket FROM full_days($panel, $since, $until, $tz)
),
counted AS (
    SELECT o.source_id, sum(o.articles) AS articles, sum(o.output) AS output, f.bucket,
           split_of($split, o.language, g.country, g.control, o.source_id) AS split,
           o.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[]))) AS shown
    FROM parts_of($topic, $concept, $scope, $tz, $since, $until, with_overrides := $overrides) AS o
    JOIN full_day AS f ON f.day = o.day
    JOIN asked_stretches($panel, $since, $until) AS g ON g.source_id = o.source_id AND o.day BETWEEN g.from_day AND g.to_day
    WHERE ($backlog OR NOT o.backlog) AND readable(o.language, $languages)
    GROUP BY ALL
    HAVING sum(o.output) > 0
),
buckets AS (
    SELECT g.bucket, count(f.day) AS share_days
    FROM (SELECT DISTINCT bucket FROM grid) AS g LEFT JOIN full_day AS f ON f.bucket = g.bucket GROUP BY g.bucket
),
splits AS (
    SELECT DISTINCT split FROM counted WHERE shown
    UNION
    SELECT DISTINCT split_of($split, NULL, country, control, source_id) FROM grid
    WHERE $split <> 'language' AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
outputs AS (
    SELECT bucket, source_id, sum(output) AS output FROM counted GROUP BY bucket, source_id
),
weighed AS (
    -- One article of a source weighs 1 / its output, so that each source's whole output weighs one.
    SELECT c.bucket, c.split, c.shown, sum(c.articles) AS articles, sum(c.articles / o.output) AS weight
    FROM counted AS c JOIN outputs AS o ON o.bucket = c.bucket AND o.source_id = c.source_id
    WHERE c.articles > 0 GROUP BY c.bucket, c.split, c.shown
),
wholes AS (
    SELECT bucket, CAST(sum(articles) AS BIGINT) AS panel_articles, sum(weight) AS panel_weight FROM weighed GROUP BY bucket
),
parts AS (
    SELECT bucket, split, CAST(sum(articles) AS BIGINT) AS articles, sum(weight) AS weight
    FROM weighed WHERE shown GROUP BY bucket, split
)
SELECT b.bucket, s.split,
       CASE WHEN b.share_days > 0 THEN coalesce(p.articles, 0) END AS articles,
       round(coalesce(p.articles, 0) / w.panel_articles, 6) AS share_of_volume,
       round(coalesce(p.weight, 0) / w.panel_weight, 6) AS share_of_volume_equal_output,
       CASE WHEN b.share_days > 0 THEN coalesce(w.panel_articles, 0) END AS panel_articles,
       b.share_days, len(list_distinct(CAST($panel AS VARCHAR[]))) AS panel_sources
FROM buckets AS b
CROSS JOIN splits AS s
LEFT JOIN parts AS p ON p.bucket = b.bucket AND p.split = s.split
LEFT JOIN wholes AS w ON w.bucket = b.bucket
ORDER BY b.bucket, articles DESC NULLS LAST, s.split
