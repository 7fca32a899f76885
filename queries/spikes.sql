-- Which topics had more articles on a day than its weekday and the panel's output explain?
--
-- Every topic is looked at on every day of the period, and the share of false discoveries among what is called a spike is held
-- under 5 % over all of them (Benjamini and Hochberg, 1995). What is usual comes from the days before: a negative binomial model
-- with the panel's output as exposure and the weekday as factor, fitted to the days of the last twelve weeks on which the whole
-- panel was covered, 56 at least.
--
-- Parameters
--   topic          id of a topic; default: none, all topics are looked at
--   scope          lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since          first day, local date; default: the last seven days
--   until          last day, local date; default: last day on which half of the sources were covered
--   sources        source ids, of which those in the panel count; default: all polled ones that the topic has terms for
--   panel          source ids; default: the sources covered on every day of the period and of the twelve weeks before it
--   backlog        true: count entries published before their feed's first poll too; default: false
--   overrides      true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz             IANA zone in which days are cut; default: UTC
--   baseline_from  derived: 84 days before the first day
--
-- Columns
--   bucket    the day, local date
--   topic_id  the topic
--   articles  the panel's articles on it; NULL: the panel was not covered on that day
--   expected  how many would be usual; NULL: nothing to compare with
--   ratio     articles / expected
--   q_value   the least rate of false discoveries, over all that was looked at, at which it would be called a spike
--   verdict   spike; usual; few: under 5 articles; baseline: under 56 covered days before; joined: a feed of the panel was first
--             polled in the 28 days before; unknown: the panel was not covered on that day
--
-- More columns
--   p_value            probability of that many articles or more, were the day a usual one
--   output             the panel's articles on that day, in languages that the topic has terms for or `und`
--   days_baseline      days that the model was fitted to
--   articles_baseline  articles on the topic on these days
--   dispersion         α of the variance μ + αμ² that the model ascribes to the day
--
-- Counts, of which statistics make the columns
--   day       local date
--   topic_id  the topic
--   counted   whether every member of the panel was covered on that day
--   joined    whether a feed of the panel was first polled on that day or in the 27 days before
--   articles  the panel's articles on the topic
--   output    the panel's articles, in languages that the topic has terms for or `und`
WITH full_day AS (
    SELECT day FROM full_days($panel, $baseline_from, $until, $tz)
),
members AS (
    SELECT unnest(list_intersect(CAST($panel AS VARCHAR[]), CAST($sources AS VARCHAR[]))) AS source_id
),
joins AS (
    SELECT local_day(watched_at, $tz) AS day FROM feed_times WHERE NOT stated AND source_id IN (FROM members)
),
days AS (
    SELECT d.day, d.day IN (FROM full_day) AS counted,
           EXISTS (FROM joins AS j WHERE j.day <= d.day AND d.day < j.day + 28) AS joined
    FROM (
        SELECT CAST(unnest(generate_series(CAST(CAST($baseline_from AS DATE) AS TIMESTAMP), CAST(CAST($until AS DATE) AS TIMESTAMP),
                                           INTERVAL 1 DAY)) AS DATE) AS day
    ) AS d
),
asked AS (
    SELECT topic_id, languages FROM topics WHERE CAST($topic AS VARCHAR) IS NULL OR topic_id = $topic
),
outputs AS (
    SELECT day, language, sum(output) AS output
    FROM counts_of(NULL, NULL, $scope, $tz, $baseline_from, $until)
    WHERE source_id IN (FROM members) AND day IN (FROM full_day) AND ($backlog OR NOT backlog)
    GROUP BY day, language
),
exposures AS (
    SELECT o.day, a.topic_id, CAST(sum(o.output) AS BIGINT) AS output
    FROM outputs AS o JOIN asked AS a ON readable(o.language, a.languages)
    GROUP BY o.day, a.topic_id
),
hits AS (
    SELECT h.day, h.topic_id, CAST(sum(h.articles) AS BIGINT) AS articles
    FROM topic_counts($scope, $tz, $baseline_from, $until, with_overrides := $overrides) AS h
    JOIN asked AS a ON a.topic_id = h.topic_id AND readable(h.language, a.languages)
    WHERE h.source_id IN (FROM members) AND ($backlog OR NOT h.backlog)
    GROUP BY ALL
)
SELECT d.day, a.topic_id, d.counted, d.joined, coalesce(h.articles, 0) AS articles, coalesce(e.output, 0) AS output
FROM days AS d
CROSS JOIN asked AS a
LEFT JOIN exposures AS e ON e.day = d.day AND e.topic_id = a.topic_id
LEFT JOIN hits AS h ON h.day = d.day AND h.topic_id = a.topic_id
ORDER BY a.topic_id, d.day
