-- Which topics stand in the same articles more often than chance would have it?
--
-- Over the panel's articles on the days on which all of it was covered. What chance would give is taken within each source and
-- added up: outlets that write much of both topics would otherwise make any two of them look related.
--
-- Parameters
--   topic      id of a topic: with which others; default: none, all pairs
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids, of which those in the panel count; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   topic_id        a topic
--   other_topic_id  another
--   articles        articles on both; NULL: the panel was covered on no day
--   expected        how many chance would give: the sum over sources of (on the one × on the other / articles)
--   lift            articles / expected; NULL: expected is 0
--   share_of_topic  articles on both / articles on the first
--
-- More columns
--   topic_articles  articles on the first
--   other_articles  articles on the second
--   output          articles in languages that both have terms for or `und`
--   share_days      days on which every panel member was covered
WITH full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
written AS (
    SELECT o.article_id, o.source_id, o.language
    FROM output_of(NULL, NULL, $scope, $tz, first_day := $since, last_day := $until) AS o
    WHERE o.day IN (FROM full_day) AND ($backlog OR NOT o.backlog)
      AND o.source_id IN (SELECT unnest(list_intersect(CAST($sources AS VARCHAR[]), CAST($panel AS VARCHAR[]))))
),
outputs AS (
    SELECT source_id, language, count(*) AS output FROM written GROUP BY ALL
),
hits AS (
    SELECT w.article_id, w.source_id, w.language, h.topic_id
    FROM topic_hits($scope, with_overrides := $overrides, zone := $tz, first_day := $since, last_day := $until) AS h
    JOIN written AS w ON w.article_id = h.article_id
),
counts AS (
    SELECT source_id, language, topic_id, count(*) AS articles FROM hits GROUP BY ALL
),
pairs AS (
    SELECT a.topic_id, a.languages, b.topic_id AS other_topic_id, b.languages AS other_languages
    FROM topics AS a JOIN topics AS b ON b.topic_id <> a.topic_id
    WHERE a.topic_id = CAST($topic AS VARCHAR) OR (CAST($topic AS VARCHAR) IS NULL AND a.topic_id < b.topic_id)
),
together AS (
    SELECT a.topic_id, b.topic_id AS other_topic_id, a.source_id, a.language, count(*) AS articles
    FROM hits AS a JOIN hits AS b ON b.article_id = a.article_id AND b.topic_id <> a.topic_id
    GROUP BY ALL
),
by_source AS (
    SELECT p.topic_id, p.other_topic_id, o.source_id, sum(o.output) AS output, coalesce(sum(a.articles), 0) AS topic_articles,
           coalesce(sum(b.articles), 0) AS other_articles, coalesce(sum(t.articles), 0) AS articles
    FROM pairs AS p
    JOIN outputs AS o ON readable(o.language, p.languages) AND readable(o.language, p.other_languages)
    LEFT JOIN counts AS a ON a.source_id = o.source_id AND a.language = o.language AND a.topic_id = p.topic_id
    LEFT JOIN counts AS b ON b.source_id = o.source_id AND b.language = o.language AND b.topic_id = p.other_topic_id
    LEFT JOIN together AS t ON t.source_id = o.source_id AND t.language = o.language
        AND t.topic_id = p.topic_id AND t.other_topic_id = p.other_topic_id
    GROUP BY p.topic_id, p.other_topic_id, o.source_id
),
sums AS (
    SELECT topic_id, other_topic_id, sum(articles) AS articles, sum(topic_articles * other_articles / output) AS expected,
           sum(topic_articles) AS topic_articles, sum(other_articles) AS other_articles, sum(output) AS output
    FROM by_source GROUP BY topic_id, other_topic_id
),
whole AS (
    SELECT count(*) AS share_days FROM full_day
)
SELECT p.topic_id, p.other_topic_id,
       CASE WHEN w.share_days > 0 THEN CAST(coalesce(s.articles, 0) AS BIGINT) END AS articles,
       CASE WHEN w.share_days > 0 THEN round(coalesce(s.expected, 0), 3) END AS expected,
       CASE WHEN s.expected > 0 THEN round(s.articles / s.expected, 4) END AS lift,
       CASE WHEN s.topic_articles > 0 THEN round(s.articles / s.topic_articles, 6) END AS share_of_topic,
       CASE WHEN w.share_days > 0 THEN CAST(coalesce(s.topic_articles, 0) AS BIGINT) END AS topic_articles,
       CASE WHEN w.share_days > 0 THEN CAST(coalesce(s.other_articles, 0) AS BIGINT) END AS other_articles,
       CASE WHEN w.share_days > 0 THEN CAST(coalesce(s.output, 0) AS BIGINT) END AS output, w.share_days
FROM pairs AS p
CROSS JOIN whole AS w
LEFT JOIN sums AS s ON s.topic_id = p.topic_id AND s.other_topic_id = p.other_topic_id
ORDER BY articles DESC NULLS LAST, p.topic_id, p.other_topic_id
