-- In which languages do outlets publish?
--
-- Shares of output by the language that was detected in each article, on the days on which the whole panel was covered, each
-- source weighing the same. Detection errs: `und` is what it could not tell, and another language than the registry's may be a
-- quotation, a foreign headline or a mistake.
--
-- Parameters
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   split      source, country, control (the controlling state on the day) or none; default: source
--   sources    source ids, of which those in the panel count; default: all polled ones
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   bucket           first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   split            the value of the split, or `all`
--   language         ISO 639-1 code, or `und`; NULL: nothing was published on the days that count, or there are none
--   articles         articles in it, on the days that count; NULL: there is no such day
--   share_of_output  mean over the sources of (articles in it / articles); NULL: no article on such a day
--   confidence       mean posterior probability of the language, 0 to 1
--   unexpected       of the articles, those in a language that the registry does not name for their source
--
-- More columns
--   second_languages  of the articles, those with a sentence or quotation in another language
--   output            all articles on those days
--   share_days        days of the bucket on which every panel member was covered
WITH full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
grid AS (
    SELECT g.*, bucket_of($by, g.day, $since) AS bucket FROM asked_days($panel, $since, $until, $tz) AS g
    WHERE g.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
counts AS (
    SELECT g.bucket, split_of($split, r.language, g.country, g.control, r.source_id) AS split, r.source_id, r.language,
           count(*) AS articles, sum(r.language_confidence) AS confidence,
           count(*) FILTER (r.language <> 'und' AND len(s.languages) > 0 AND NOT list_contains(s.languages, r.language)) AS unexpected,
           count(*) FILTER (r.second_language <> '') AS second_languages
    FROM texts_of($tz, $since, $until) AS r
    JOIN grid AS g ON g.source_id = r.source_id AND g.day = local_day(r.published_at, $tz)
    LEFT JOIN sources AS s ON s.source_id = r.source_id
    WHERE g.day IN (FROM full_day) AND ($backlog OR NOT r.backlog)
    GROUP BY ALL
),
outputs AS (
    SELECT bucket, split, source_id, sum(articles) AS output FROM counts GROUP BY ALL
),
wholes AS (
    SELECT bucket, split, count(*) AS publishing, sum(output) AS output FROM outputs GROUP BY ALL
),
shares AS (
    SELECT c.bucket, c.split, c.language, sum(c.articles) AS articles, sum(c.articles / o.output) AS parts,
           sum(c.confidence) AS confidence, sum(c.unexpected) AS unexpected, sum(c.second_languages) AS second_languages
    FROM counts AS c
    JOIN outputs AS o ON o.bucket = c.bucket AND o.split = c.split AND o.source_id = c.source_id
    GROUP BY ALL
),
buckets AS (
    SELECT g.bucket, g.split, count(DISTINCT f.day) AS share_days
    FROM (
        SELECT DISTINCT bucket, day, split_of($split, NULL, country, control, source_id) AS split FROM grid WHERE $split <> 'language'
        UNION
        SELECT DISTINCT g.bucket, g.day, c.language FROM grid AS g CROSS JOIN (SELECT DISTINCT language FROM counts) AS c
        WHERE $split = 'language'
    ) AS g
    LEFT JOIN full_day AS f ON f.day = g.day
    GROUP BY g.bucket, g.split
)
SELECT b.bucket, b.split, s.language, CASE WHEN b.share_days > 0 THEN CAST(coalesce(s.articles, 0) AS BIGINT) END AS articles,
       round(s.parts / w.publishing, 6) AS share_of_output, round(s.confidence / s.articles, 4) AS confidence,
       CAST(s.unexpected AS BIGINT) AS unexpected, CAST(s.second_languages AS BIGINT) AS second_languages,
       CASE WHEN b.share_days > 0 THEN CAST(coalesce(w.output, 0) AS BIGINT) END AS output, b.share_days
FROM buckets AS b
LEFT JOIN wholes AS w ON w.bucket = b.bucket AND w.split = b.split
LEFT JOIN shares AS s ON s.bucket = b.bucket AND s.split = b.split
ORDER BY b.bucket, b.split, s.articles DESC NULLS LAST, s.language
