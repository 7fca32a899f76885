-- How far can the dates of articles be relied on?
--
-- Articles by the quality of the first date that they claimed. Those without a usable date are in no trend; those without a zone
-- take the edition's, and are not used to say who was first.
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
--   backlog    true: count entries published before their feed's first poll too; default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket         first day of the day, week or month in which they were published, or else first seen, local date
--   split          the value of the split, or `all`
--   articles       articles; NULL: none are known of, and no poll saw these days
--   share_of_dated  share with a usable date: what trends count
--   ok             date, time and zone
--   zone_assumed   without a zone: the edition's was taken
--   date_only      a day without a time: midnight in the edition's zone
--   ahead          up to a day after they were fetched: kept, for zones are often mistaken
--   missing        no date: undated
--   unreadable     a date that cannot be read: undated
--   future         more than a day after they were fetched: undated
--   implausible    before 1995: undated
--
-- More columns
--   state          covered: all source-days were; unknown: none was seen; partial: anything between
--
-- Notes
--   A date without an hour stands at the first moment of its day in the edition's zone: cut in UTC, days of zones east of it are a day early (--tz).
--
-- Notes, in French
--   Une date sans heure vaut le premier instant de son jour dans le fuseau de l’édition : coupés en UTC, les jours des fuseaux plus à l’est avancent d’un jour (--tz).
WITH grid AS (
    SELECT *, bucket_of($by, day, $since) AS bucket FROM asked_days($sources, $since, $until, $tz)
),
seen AS (
    SELECT g.bucket, split_of($split, o.language, g.country, g.control, o.source_id) AS split, o.date_quality,
           o.first_published_at IS NOT NULL AS dated
    FROM output_of($topic, $concept, $scope, $tz, first_day := $since, last_day := $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = coalesce(o.day, o.seen_day)
    WHERE o.on_topic AND ($backlog OR NOT o.backlog) AND readable(o.language, $languages)
),
counts AS (
    SELECT bucket, split, count(*) AS articles, count(*) FILTER (dated) AS dated,
           count(*) FILTER (date_quality = 'ok') AS ok,
           count(*) FILTER (date_quality = 'zone-assumed') AS zone_assumed,
           count(*) FILTER (date_quality = 'date-only') AS date_only,
           count(*) FILTER (date_quality = 'ahead') AS ahead,
           count(*) FILTER (date_quality = 'missing') AS missing,
           count(*) FILTER (date_quality = 'unreadable') AS unreadable,
           count(*) FILTER (date_quality = 'future') AS future,
           count(*) FILTER (date_quality = 'implausible') AS implausible
    FROM seen GROUP BY bucket, split
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
),
whole AS (
    SELECT coalesce(d.bucket, c.bucket) AS bucket, coalesce(d.split, c.split) AS split, c.* EXCLUDE (bucket, split),
           coalesce(d.covered_days, 0) AS covered_days, coalesce(d.partial_days, 0) AS partial_days,
           coalesce(d.unknown_days, 0) AS unknown_days
    FROM cells AS d FULL JOIN counts AS c ON c.bucket = d.bucket AND c.split = d.split
)
SELECT bucket, split, known_count(articles, covered_days, partial_days) AS articles,
       round(dated / articles, 6) AS share_of_dated, known_count(ok, covered_days, partial_days) AS ok,
       known_count(zone_assumed, covered_days, partial_days) AS zone_assumed,
       known_count(date_only, covered_days, partial_days) AS date_only,
       known_count(ahead, covered_days, partial_days) AS ahead,
       known_count(missing, covered_days, partial_days) AS missing,
       known_count(unreadable, covered_days, partial_days) AS unreadable,
       known_count(future, covered_days, partial_days) AS future,
       known_count(implausible, covered_days, partial_days) AS implausible,
       state_of(covered_days, partial_days, unknown_days) AS state
FROM whole
WHERE split IS NOT NULL
ORDER BY bucket, split
