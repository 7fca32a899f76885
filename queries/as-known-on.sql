-- What was known of a trend on a given day, and what came later?
--
-- Articles by their first date, as they had been collected by the end of that day and as they are now, beside what the polls up
-- to then covered. Late entries and slow feeds show as what came later. Archives that were read in do not: files, captures and
-- exports count as collected when they were made, whenever they were read. Topics are today's in both.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   as_of      the day at whose end one looks, local date; no default
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: day
--   sources    source ids; default: all polled ones that the topic has terms for
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   bucket         first day of the day, week (Monday) or month, local date
--   articles_then  articles collected by the end of that day; NULL: none were known of, and no poll had seen these days
--   articles_now   articles collected by now; NULL likewise
--   came_later     the second less the first
--   state_then     covered, partial or unknown, by the polls up to then; partial too: weeks and months that the period cuts
--   state_now      the same by all polls
--
-- Notes
--   Then and now are told apart by when articles were collected; they are matched under the same topics.
--
-- Notes, in French
--   Alors et maintenant se distinguent par la date de collecte des articles ; les deux sont détectés sous les mêmes sujets.
WITH moment AS (
    SELECT day_start(CAST($as_of AS DATE) + 1, $tz) AS cutoff
),
grid AS (
    SELECT source_id, day, state, bucket_of($by, day, $since) AS bucket FROM asked_days($sources, $since, $until, $tz)
),
then_days AS (
    SELECT source_id, day, state FROM known_days(day_start(CAST($as_of AS DATE) + 1, $tz), $tz, from_day := $since, until_day := $until)
),
cells AS (
    SELECT g.bucket, count(*) FILTER (g.state = 'covered') AS covered_now, count(*) FILTER (g.state = 'partial') AS partial_now,
           count(*) FILTER (g.state = 'unknown') AS unknown_now, count(*) FILTER (t.state = 'covered') AS covered_then,
           count(*) FILTER (t.state = 'partial') AS partial_then,
           count(*) FILTER (coalesce(t.state, 'unknown') = 'unknown') AS unknown_then
    FROM grid AS g LEFT JOIN then_days AS t ON t.source_id = g.source_id AND t.day = g.day
    GROUP BY g.bucket
),
counts AS (
    SELECT bucket_of($by, o.day, $since) AS bucket, count(*) AS now, count(*) FILTER (o.fetched_at < m.cutoff) AS earlier
    FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $since, last_day := $until) AS o
    CROSS JOIN moment AS m
    WHERE o.on_topic AND ($backlog OR NOT o.backlog) AND o.day BETWEEN $since AND $until
      AND o.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    GROUP BY 1
)
SELECT c.bucket, known_count(n.earlier, covered_then, partial_then) AS articles_then,
       known_count(n.now, covered_now, partial_now) AS articles_now,
       coalesce(n.now, 0) - coalesce(n.earlier, 0) AS came_later,
       state_of(covered_then, partial_then, unknown_then + CAST(is_cut($by, c.bucket, $since, $until) AS INTEGER)) AS state_then,
       state_of(covered_now, partial_now, unknown_now + CAST(is_cut($by, c.bucket, $since, $until) AS INTEGER)) AS state_now
FROM cells AS c LEFT JOIN counts AS n ON n.bucket = c.bucket
ORDER BY c.bucket
