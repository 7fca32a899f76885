-- Which outlet of the panel had a topic first?
--
-- For each source its first article on the topic in the period, or in each step of it, by the date it claims, and by how much it
-- came after the panel's first. A difference smaller than what dates and polls can tell apart is a tie: an article's resolution
-- is the gap between the poll that brought it and the one before, and a day where only a day is given. Articles without a zone,
-- ahead of the time at which they were fetched, or without a date are left out.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   sources    source ids, of which those in the panel count; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket              first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   place               1 and the sources that were certainly earlier; NULL: no article on the topic
--   source_id           the source
--   control             the state that controlled it on the last day of the bucket, `none`, or `unstated`
--   first_at            when its first article on the topic says it was published, UTC
--   lag_minutes         minutes after the panel's first
--   resolution_minutes  minutes below which a difference says nothing; NULL: no poll before it, so that it cannot be told at all
--   seen_first          whether no other source of the panel was certainly earlier
--   tied_with           sources that came neither certainly earlier nor certainly later
--   state               covered: all its days of the bucket were; unknown: none was seen; partial: anything between
--   title               of that article
--
-- More columns
--   url         of that article, as the outlet gave it
--   left_out    its articles on the topic that cannot be placed: without zone, ahead of time, or undated
--   article_id  the article
--
-- Notes
--   First seen in this panel, no more: outlets outside it, and what polls missed, may have had it before.
--
-- Notes, in French
--   Première parution dans ce panel, rien de plus : des médias en dehors, ou des entrées que les relevés ont manquées, ont pu précéder.
WITH grid AS (
    SELECT *, bucket_of($by, day, $since) AS bucket FROM asked_days($panel, $since, $until, $tz)
    WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
days AS (
    SELECT bucket, source_id, arg_max(control, day) AS control,
           state_of(count(*) FILTER (state = 'covered'), count(*) FILTER (state = 'partial'),
                    count(*) FILTER (state = 'unknown')) AS state
    FROM grid GROUP BY bucket, source_id
),
found AS (
    SELECT o.article_id, o.source_id, o.feed_id, o.fetched_at, o.first_published_at, o.date_quality,
           coalesce(o.day, o.seen_day) AS placed_day
    FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $since, last_day := $until) AS o
    WHERE o.on_topic AND ($backlog OR NOT o.backlog) AND readable(o.language, $languages)
      AND coalesce(o.day, o.seen_day) BETWEEN $since AND $until
),
dated AS (
    SELECT g.bucket, f.source_id, f.article_id, f.first_published_at AS claimed,
           f.date_quality IN ('ok', 'date-only') AS usable,
           greatest(CASE f.date_quality WHEN 'date-only' THEN 1440 ELSE 1 END,
                    (epoch(c.to_at) - epoch(c.from_at)) / 60) AS resolution,
           c.from_at IS NOT NULL AS polled_before
    FROM found AS f
    JOIN grid AS g ON g.source_id = f.source_id AND g.day = f.placed_day
    LEFT JOIN intervals_from(CAST($since AS DATE) - 1, $tz, last_at := (SELECT max(fetched_at) FROM found)) AS c ON c.feed_id = f.feed_id AND c.to_at = f.fetched_at
),
firsts AS (
    -- At one and the same time the article with the finer resolution stands for its source.
    SELECT bucket, source_id, arg_min(article_id, (claimed, NOT polled_before, resolution, article_id)) AS article_id,
           min(claimed) AS claimed,
           arg_min(CASE WHEN polled_before THEN resolution END, (claimed, NOT polled_before, resolution, article_id)) AS resolution
    FROM dated WHERE usable GROUP BY bucket, source_id
),
aside AS (
    SELECT bucket, source_id, count(*) AS left_out FROM dated WHERE NOT usable GROUP BY bucket, source_id
),
compared AS (
    SELECT bucket, source_id, count(*) FILTER (apart AND other_at < claimed) AS earlier, count(*) FILTER (NOT apart) AS tied
    FROM (
        SELECT a.bucket, a.source_id, a.claimed, b.claimed AS other_at,
               coalesce(abs(epoch(a.claimed) - epoch(b.claimed)) / 60 > greatest(a.resolution, b.resolution)
                        AND a.resolution IS NOT NULL AND b.resolution IS NOT NULL, false) AS apart
        FROM firsts AS a JOIN firsts AS b ON b.bucket = a.bucket AND b.source_id <> a.source_id
    )
    GROUP BY bucket, source_id
),
leaders AS (
    SELECT bucket, min(claimed) AS claimed FROM firsts GROUP BY bucket
)
SELECT d.bucket, CASE WHEN f.claimed IS NOT NULL THEN 1 + coalesce(c.earlier, 0) END AS place, d.source_id, d.control, f.claimed AS first_at,
       round((epoch(f.claimed) - epoch(l.claimed)) / 60, 1) AS lag_minutes, round(f.resolution, 1) AS resolution_minutes,
       CASE WHEN f.claimed IS NOT NULL THEN coalesce(c.earlier, 0) = 0 END AS seen_first,
       CASE WHEN f.claimed IS NOT NULL THEN coalesce(c.tied, 0) END AS tied_with, d.state,
       r.title, r.url, coalesce(x.left_out, 0) AS left_out, f.article_id
FROM days AS d
LEFT JOIN firsts AS f ON f.bucket = d.bucket AND f.source_id = d.source_id
LEFT JOIN compared AS c ON c.bucket = d.bucket AND c.source_id = d.source_id
LEFT JOIN leaders AS l ON l.bucket = d.bucket
LEFT JOIN aside AS x ON x.bucket = d.bucket AND x.source_id = d.source_id
LEFT JOIN (
    FROM revisions_of((SELECT list(article_id) FROM firsts), $since, $tz) WHERE revision = 1
) AS r ON r.article_id = f.article_id
ORDER BY d.bucket, place NULLS LAST, first_at, d.source_id
