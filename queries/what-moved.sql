-- Which topics had more or less of the sources' output than in as many days before?
--
-- The period, by default the last seven days, is compared with the days just before it, as many. Shares are means over the
-- panel's sources, each weighing the same, on the days on which every member was covered, in both halves; a half without
-- such a day has none. No test is made: `spikes` says what is more than chance.
--
-- Parameters
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: the last seven days
--   until      last day, local date; default: last day on which half of the sources were covered
--   sources    source ids, of which counts are; default: all polled ones
--   panel      source ids; default: the sources covered on every day of the period and of the days before
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   topic_id         the topic
--   label            what it is called
--   articles         articles on it in the period; NULL: no poll saw it
--   articles_before  in the days before; NULL likewise
--   share            mean share of the panel's output in the period; NULL: no wholly covered day
--   share_before     in the days before; NULL likewise
--   change           share - share_before; NULL where either is not known
--
-- More columns
--   state            what is known of the period: covered, partial or unknown
--   state_before     of the days before
--   days             wholly covered days in the period
--   days_before      in the days before
--   first_day        first day of the period, local date
--   last_day         its last day
WITH grid AS (
    SELECT *, day >= CAST($since AS DATE) AS now
    FROM asked_days($sources, CAST($since AS DATE) - CAST(CAST($until AS DATE) - CAST($since AS DATE) + 1 AS INTEGER), $until, $tz)
),
full_day AS (
    SELECT day, day >= CAST($since AS DATE) AS now
    FROM full_days($panel, CAST($since AS DATE) - CAST(CAST($until AS DATE) - CAST($since AS DATE) + 1 AS INTEGER), $until, $tz)
),
known AS (
    SELECT now, count(*) FILTER (state = 'covered') AS covered_days, count(*) FILTER (state = 'partial') AS partial_days,
           count(*) FILTER (state = 'unknown') AS unknown_days
    FROM grid GROUP BY now
),
output AS (
    SELECT o.source_id, o.language, g.now, o.output,
           o.day IN (SELECT day FROM full_day) AND o.source_id IN (SELECT unnest(CAST($panel AS VARCHAR[]))) AS in_share
    FROM counts_of(NULL, NULL, $scope, $tz, CAST($since AS DATE) - CAST(CAST($until AS DATE) - CAST($since AS DATE) + 1 AS INTEGER), $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = o.day
    WHERE $backlog OR NOT o.backlog
),
hits AS (
    SELECT h.topic_id, h.source_id, h.language, g.now, h.articles,
           h.day IN (SELECT day FROM full_day) AND h.source_id IN (SELECT unnest(CAST($panel AS VARCHAR[]))) AS in_share
    FROM topic_counts($scope, $tz, CAST($since AS DATE) - CAST(CAST($until AS DATE) - CAST($since AS DATE) + 1 AS INTEGER), $until, with_overrides := $overrides) AS h
    JOIN grid AS g ON g.source_id = h.source_id AND g.day = h.day
    WHERE $backlog OR NOT h.backlog
),
counts AS (
    SELECT topic_id, now, CAST(sum(articles) AS BIGINT) AS articles FROM hits GROUP BY topic_id, now
),
outputs AS (
    SELECT topic_id, now, source_id, sum(output) AS output, sum(hits) AS hits
    FROM (
        SELECT t.topic_id, o.now, o.source_id, o.output, 0 AS hits
        FROM topics AS t JOIN output AS o ON o.in_share AND readable(o.language, t.languages)
        UNION ALL
        SELECT t.topic_id, h.now, h.source_id, 0, h.articles
        FROM topics AS t JOIN hits AS h ON h.topic_id = t.topic_id AND h.in_share AND readable(h.language, t.languages)
    )
    GROUP BY topic_id, now, source_id
),
shares AS (
    SELECT topic_id, now, avg(hits / output) AS share FROM outputs GROUP BY topic_id, now
),
half AS (
    SELECT t.topic_id, t.label, k.now, known_count(c.articles, k.covered_days, k.partial_days) AS articles, s.share,
           state_of(k.covered_days, k.partial_days, k.unknown_days) AS state,
           (SELECT count(*) FROM full_day AS f WHERE f.now = k.now) AS days
    FROM topics AS t
    CROSS JOIN known AS k
    LEFT JOIN counts AS c ON c.topic_id = t.topic_id AND c.now = k.now
    LEFT JOIN shares AS s ON s.topic_id = t.topic_id AND s.now = k.now
)
SELECT n.topic_id, n.label, n.articles, b.articles AS articles_before, round(n.share, 6) AS share,
       round(b.share, 6) AS share_before, round(n.share - b.share, 6) AS change, n.state, b.state AS state_before, n.days,
       b.days AS days_before, CAST($since AS DATE) AS first_day, CAST($until AS DATE) AS last_day
FROM half AS n
JOIN half AS b ON b.topic_id = n.topic_id AND n.now AND NOT b.now
ORDER BY abs(n.share - b.share) DESC NULLS LAST, n.articles DESC NULLS LAST, n.topic_id
