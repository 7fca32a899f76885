-- What does an outlet write about: what share of its output is each topic?
--
-- Shares of output of panel members, on the days on which the whole panel was covered. An article may be on several topics, so
-- shares do not add up to one; those on none are a row of their own. A topic's share is taken over the articles in languages
-- that it has terms for or `und`: a topic without terms in an outlet's language has no row there.
--
-- Parameters
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   split      source, language, country, control (the controlling state on the day) or none; default: source
--   sources    source ids, of which those in the panel count; default: all polled ones
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   bucket           first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   split            the value of the split, or `all`
--   topic_id         the topic; NULL: on none of them
--   articles         articles on it, on the days that count; NULL: there is no such day
--   share_of_output  mean over the sources of (articles on the topic / articles); NULL: no article on such a day
--   output           articles on those days, in languages that the topic has terms for or `und`
--
-- More columns
--   share_of_output_pooled  articles on the topic / articles, the sources taken together
--   share_sources           sources that published on those days: what the mean is over
--   share_days              days of the bucket on which every panel member was covered
--
-- Notes
--   Topic mix is attention, not tone or intent.
--
-- Notes, in French
--   La répartition des sujets dit l’attention, non le ton ni l’intention.
WITH full_day AS (
    SELECT day, bucket_of($by, day, $since) AS bucket FROM full_days($panel, $since, $until, $tz)
),
grid AS (
    SELECT g.*, bucket_of($by, g.day, $since) AS bucket FROM asked_days($panel, $since, $until, $tz) AS g
    WHERE g.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
written AS (
    SELECT o.article_id, o.source_id, o.language, g.bucket,
           split_of($split, o.language, g.country, g.control, o.source_id) AS split
    FROM output_of(NULL, NULL, $scope, $tz, first_day := $since, last_day := $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = o.day
    JOIN full_day AS f ON f.day = o.day
    WHERE $backlog OR NOT o.backlog
),
hits AS (
    SELECT article_id, topic_id
    FROM topic_hits($scope, with_overrides := $overrides, zone := $tz, first_day := $since, last_day := $until)
),
outputs AS (
    SELECT bucket, split, source_id, language, count(*) AS output FROM written GROUP BY ALL
),
wholes AS (
    SELECT o.bucket, o.split, o.source_id, t.topic_id, sum(o.output) AS output
    FROM outputs AS o JOIN topics AS t ON readable(o.language, t.languages)
    GROUP BY ALL
    UNION ALL
    SELECT bucket, split, source_id, NULL, sum(output) FROM outputs GROUP BY ALL
),
counts AS (
    SELECT w.bucket, w.split, w.source_id, h.topic_id, count(*) AS articles
    FROM written AS w LEFT JOIN hits AS h ON h.article_id = w.article_id
    LEFT JOIN topics AS t ON t.topic_id = h.topic_id
    WHERE h.topic_id IS NULL OR readable(w.language, t.languages)
    GROUP BY ALL
),
shares AS (
    SELECT w.bucket, w.split, w.topic_id, CAST(sum(coalesce(c.articles, 0)) AS BIGINT) AS articles,
           avg(coalesce(c.articles, 0) / w.output) AS share_of_output,
           sum(coalesce(c.articles, 0)) / sum(w.output) AS share_of_output_pooled,
           count(*) AS share_sources, CAST(sum(w.output) AS BIGINT) AS output
    FROM wholes AS w
    LEFT JOIN counts AS c ON c.bucket = w.bucket AND c.split = w.split AND c.source_id = w.source_id
        AND c.topic_id IS NOT DISTINCT FROM w.topic_id
    GROUP BY w.bucket, w.split, w.topic_id
),
buckets AS (
    SELECT g.bucket, count(DISTINCT f.day) AS share_days
    FROM (SELECT DISTINCT bucket, day FROM grid) AS g LEFT JOIN full_day AS f ON f.day = g.day
    GROUP BY g.bucket
),
splits AS (
    SELECT DISTINCT split FROM written
    UNION
    SELECT DISTINCT split_of($split, NULL, country, control, source_id) FROM grid WHERE $split <> 'language'
),
known_topics AS (
    SELECT DISTINCT split, topic_id FROM wholes
    UNION
    SELECT split, NULL FROM splits
)
SELECT b.bucket, k.split, k.topic_id, CASE WHEN b.share_days > 0 THEN coalesce(s.articles, 0) END AS articles,
       round(s.share_of_output, 6) AS share_of_output,
       CASE WHEN b.share_days > 0 THEN coalesce(s.output, 0) END AS output,
       round(s.share_of_output_pooled, 6) AS share_of_output_pooled, coalesce(s.share_sources, 0) AS share_sources, b.share_days
FROM buckets AS b
CROSS JOIN known_topics AS k
LEFT JOIN shares AS s ON s.bucket = b.bucket AND s.split = k.split AND s.topic_id IS NOT DISTINCT FROM k.topic_id
ORDER BY b.bucket, k.split, k.topic_id IS NULL, s.share_of_output DESC NULLS LAST, k.topic_id
