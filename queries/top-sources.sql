-- Which sources published most on a topic, and what share of their own output was it?
--
-- Counts are over the whole period, covered or not: a source with partial or unknown days has a minimum. Shares are
-- comparable between sources, so they are taken over the panel's members and its fully covered days alone.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   source_id        the source
--   control          the state that controlled it on the last day of the period, `none`, or `unstated`
--   articles         articles on the topic; NULL: none are known of, and no poll saw the period
--   output           all its articles in the period; NULL likewise
--   covered_days     days that were covered
--   partial_days     days that were seen in part
--   unknown_days     days that no poll covers
--   in_panel         whether it is a member of the panel
--   share_of_output  articles on the topic / articles, on the days on which the whole panel was covered; NULL: none, or no member
--
-- More columns
--   name             what it is called
--   independence     how independent its newsroom was on the last day of the period, or `unstated`
--   share_articles   its articles on the topic on those days
--   share_output     its articles on those days, in languages that the topic has terms for or `und`
--   share_days       days on which every panel member was covered
WITH grid AS (
    FROM asked_runs($sources, $since, $until, $tz)
),
full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
days AS (
    SELECT source_id, CAST(coalesce(sum(to_day - from_day + 1) FILTER (state = 'covered'), 0) AS BIGINT) AS covered_days,
           CAST(coalesce(sum(to_day - from_day + 1) FILTER (state = 'partial'), 0) AS BIGINT) AS partial_days,
           CAST(coalesce(sum(to_day - from_day + 1) FILTER (state = 'unknown'), 0) AS BIGINT) AS unknown_days,
           arg_max(control, to_day) AS control, arg_max(independence, to_day) AS independence
    FROM grid GROUP BY source_id
),
counts AS (
    SELECT source_id, CAST(sum(articles) AS BIGINT) AS articles, CAST(sum(output) AS BIGINT) AS output,
           CAST(sum(articles) FILTER (in_share) AS BIGINT) AS share_articles,
           CAST(sum(output) FILTER (in_share) AS BIGINT) AS share_output
    FROM (
        SELECT source_id, articles, output, day IN (FROM full_day) AND source_id IN (SELECT unnest(CAST($panel AS VARCHAR[])))
                   AND readable(language, $languages) AS in_share
        FROM parts_of($topic, $concept, $scope, $tz, $since, $until, with_overrides := $overrides)
        WHERE ($backlog OR NOT backlog) AND day BETWEEN $since AND $until
    )
    GROUP BY source_id
)
SELECT d.source_id, d.control,
       known_count(c.articles, covered_days, partial_days) AS articles,
       known_count(c.output, covered_days, partial_days) AS output, covered_days, partial_days, unknown_days,
       d.source_id IN (SELECT unnest(CAST($panel AS VARCHAR[]))) AS in_panel,
       CASE WHEN coalesce($topic, $concept) IS NOT NULL AND c.share_output > 0
            THEN round(c.share_articles / c.share_output, 6) END AS share_of_output,
       coalesce(s.name, d.source_id) AS name, d.independence, coalesce(c.share_articles, 0) AS share_articles, coalesce(c.share_output, 0) AS share_output,
       (SELECT count(*) FROM full_day) AS share_days
FROM days AS d
LEFT JOIN counts AS c ON c.source_id = d.source_id
LEFT JOIN sources AS s ON s.source_id = d.source_id
ORDER BY articles DESC NULLS LAST, d.source_id
