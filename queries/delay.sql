-- How long after publication are articles collected?
--
-- Hours from the date that an article claims to the poll that first showed it: the outlet's own delay in its feed and the gap
-- between polls together. Only where date, time and zone are given, and not for backlog, whose delay is that of the first poll.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   split      source, language, country, control (the controlling state on the day) or none; default: source
--   sources    source ids; default: all polled ones that the topic has terms for
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket              first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   split               the value of the split, or `all`
--   articles            articles with a usable date; NULL: none are known of, and no poll saw these days
--   median_hours        half of them were there within this time
--   p90_hours           nine in ten
--   share_within_a_day  share that were there within 24 hours
--   poll_gap_hours      median gap between the successful polls that ended on these days
--   state               covered: all source-days were; unknown: none was seen; partial: anything between
--
-- More columns
--   p10_hours           one in ten
--   p99_hours           99 in a hundred
--   before_publication  seen before the time that they claim; their delay counts as negative
--   left_out            articles without zone, time or usable date; exports are no part of this
WITH grid AS (
    SELECT *, bucket_of($by, day, $since) AS bucket FROM asked_days($sources, $since, $until, $tz)
),
seen AS (
    SELECT g.bucket, split_of($split, o.language, g.country, g.control, o.source_id) AS split, o.date_quality,
           (epoch(o.fetched_at) - epoch(o.first_published_at)) / 3600 AS hours
    FROM output_of($topic, $concept, $scope, $tz, first_day := $since, last_day := $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = coalesce(o.day, o.seen_day)
    WHERE o.on_topic AND NOT o.backlog AND readable(o.language, $languages)
        -- What an export brought was collected when it was imported, years later perhaps: no poll came late for it.
        AND o.feed_id NOT IN (SELECT feed_id FROM tail.feed_ends WHERE exported)
),
usable AS (
    SELECT bucket, split, hours FROM seen WHERE date_quality IN ('ok', 'ahead')
),
figures AS (
    SELECT bucket, split, count(*) AS articles, quantile_cont(hours, [0.1, 0.5, 0.9, 0.99]) AS hours,
           count(*) FILTER (hours <= 24) / count(*) AS within_a_day, count(*) FILTER (hours < 0) AS before_publication
    FROM usable GROUP BY bucket, split
),
aside AS (
    SELECT bucket, split, count(*) AS left_out FROM seen WHERE date_quality NOT IN ('ok', 'ahead') GROUP BY bucket, split
),
gaps AS (
    SELECT g.bucket, split_of($split, NULL, g.country, g.control, g.source_id) AS split,
           median((epoch(c.to_at) - epoch(c.from_at)) / 3600) AS gap
    FROM intervals_from($since, $tz, last_at := days_to($until, $tz)) AS c
    JOIN grid AS g ON g.source_id = c.source_id AND g.day = local_day(c.to_at, $tz)
    GROUP BY ALL
),
cells AS (
    SELECT bucket, split, count(*) FILTER (state = 'covered') AS covered_days, count(*) FILTER (state = 'partial') AS partial_days,
           count(*) FILTER (state = 'unknown') AS unknown_days
    FROM (
        SELECT g.bucket, g.state, split_of($split, l.language, g.country, g.control, g.source_id) AS split
        FROM grid AS g LEFT JOIN (SELECT source_id, unnest(languages) AS language FROM sources) AS l
            ON $split = 'language' AND l.source_id = g.source_id
    )
    GROUP BY bucket, split
)
SELECT coalesce(c.bucket, f.bucket) AS bucket, coalesce(c.split, f.split) AS split,
       known_count(f.articles, coalesce(c.covered_days, 0), coalesce(c.partial_days, 0)) AS articles,
       round(f.hours[2], 3) AS median_hours, round(f.hours[3], 3) AS p90_hours, round(f.within_a_day, 6) AS share_within_a_day,
       round(g.gap, 3) AS poll_gap_hours, state_of(c.covered_days, c.partial_days, c.unknown_days) AS state,
       round(f.hours[1], 3) AS p10_hours, round(f.hours[4], 3) AS p99_hours, coalesce(f.before_publication, 0) AS before_publication,
       coalesce(a.left_out, 0) AS left_out
FROM cells AS c
FULL JOIN figures AS f ON f.bucket = c.bucket AND f.split = c.split
LEFT JOIN aside AS a ON a.bucket = coalesce(c.bucket, f.bucket) AND a.split = coalesce(c.split, f.split)
LEFT JOIN gaps AS g ON g.bucket = coalesce(c.bucket, f.bucket) AND g.split = coalesce(c.split, f.split)
WHERE coalesce(c.split, f.split) IS NOT NULL
ORDER BY bucket, split
