-- What compaction counts of settled articles and what was found in them, so that a trend over years reads a few numbers a day.
-- A cell is a quarter of an hour: since 1980 local days begin on such quarters in every zone, and older dates are implausible
-- (vigie.dates). An undated article has no quarter but that in which it was first seen, which places it in a period and in no day.

-- Whole quarters of an hour from 1970 to a moment, UTC.
CREATE MACRO quarter_of(moment) AS CAST(floor(epoch(moment) / 900) AS BIGINT);

CREATE VIEW cubes.output_quarters AS
SELECT source_id, language, counted_backlog AS backlog, quarter_of(counted_published_at) AS quarter,
       CASE WHEN counted_published_at IS NULL THEN quarter_of(fetched_at) END AS seen_quarter, count(*) AS articles
FROM settled.articles
WHERE is_first
GROUP BY ALL;
COMMENT ON VIEW cubes.output_quarters IS 'Settled first revisions, counted by source, language, backlog and quarter of an hour.';

-- What an article's first revision is on: each topic once, and each concept once, in the lead if any of its words are.
CREATE VIEW cubes.found AS
SELECT 'topic' AS kind, topics_version, topic_id AS subject, article_id, article_key, lead
FROM settled.matches WHERE is_first AND committed
UNION ALL
SELECT 'concept', topics_version, concept, article_id, any_value(article_key), bool_or(lead)
FROM settled.mentions WHERE is_first AND committed
GROUP BY topics_version, concept, article_id;
COMMENT ON VIEW cubes.found IS 'One row a settled article and topic or concept found in its first revision.';

CREATE VIEW cubes.hit_quarters AS
SELECT x.kind, x.topics_version, x.subject, x.lead, a.source_id, a.language, a.counted_backlog AS backlog,
       quarter_of(a.counted_published_at) AS quarter,
       CASE WHEN a.counted_published_at IS NULL THEN quarter_of(a.fetched_at) END AS seen_quarter, count(*) AS articles
FROM cubes.found AS x
JOIN settled.articles AS a ON a.article_id = x.article_id AND a.is_first
GROUP BY ALL;
COMMENT ON VIEW cubes.hit_quarters IS 'The same of those that a topic or a concept was found in.';

-- The same by days of UTC, the zone that most questions are asked in, and how many of a day's are before each of its hours: so that in
-- any zone of whole hours a local day is what one day of UTC has from an hour on, and the next one before it.
CREATE VIEW cubes.output_hours AS
SELECT source_id, language, backlog, day, seen_day, CAST(sum(articles) AS BIGINT) AS articles,
       CAST(coalesce(sum(articles) FILTER (hour < 1), 0) AS BIGINT) AS before_01,
       CAST(coalesce(sum(articles) FILTER (hour < 2), 0) AS BIGINT) AS before_02,
       CAST(coalesce(sum(articles) FILTER (hour < 3), 0) AS BIGINT) AS before_03,
       CAST(coalesce(sum(articles) FILTER (hour < 4), 0) AS BIGINT) AS before_04,
       CAST(coalesce(sum(articles) FILTER (hour < 5), 0) AS BIGINT) AS before_05,
       CAST(coalesce(sum(articles) FILTER (hour < 6), 0) AS BIGINT) AS before_06,
       CAST(coalesce(sum(articles) FILTER (hour < 7), 0) AS BIGINT) AS before_07,
       CAST(coalesce(sum(articles) FILTER (hour < 8), 0) AS BIGINT) AS before_08,
       CAST(coalesce(sum(articles) FILTER (hour < 9), 0) AS BIGINT) AS before_09,
       CAST(coalesce(sum(articles) FILTER (hour < 10), 0) AS BIGINT) AS before_10,
       CAST(coalesce(sum(articles) FILTER (hour < 11), 0) AS BIGINT) AS before_11,
       CAST(coalesce(sum(articles) FILTER (hour < 12), 0) AS BIGINT) AS before_12,
       CAST(coalesce(sum(articles) FILTER (hour < 13), 0) AS BIGINT) AS before_13,
       CAST(coalesce(sum(articles) FILTER (hour < 14), 0) AS BIGINT) AS before_14,
       CAST(coalesce(sum(articles) FILTER (hour < 15), 0) AS BIGINT) AS before_15,
       CAST(coalesce(sum(articles) FILTER (hour < 16), 0) AS BIGINT) AS before_16,
       CAST(coalesce(sum(articles) FILTER (hour < 17), 0) AS BIGINT) AS before_17,
       CAST(coalesce(sum(articles) FILTER (hour < 18), 0) AS BIGINT) AS before_18,
       CAST(coalesce(sum(articles) FILTER (hour < 19), 0) AS BIGINT) AS before_19,
       CAST(coalesce(sum(articles) FILTER (hour < 20), 0) AS BIGINT) AS before_20,
       CAST(coalesce(sum(articles) FILTER (hour < 21), 0) AS BIGINT) AS before_21,
       CAST(coalesce(sum(articles) FILTER (hour < 22), 0) AS BIGINT) AS before_22,
       CAST(coalesce(sum(articles) FILTER (hour < 23), 0) AS BIGINT) AS before_23
FROM (
    SELECT source_id, language, backlog, DATE '1970-01-01' + CAST(quarter // 96 AS INTEGER) AS day,
           DATE '1970-01-01' + CAST(seen_quarter // 96 AS INTEGER) AS seen_day, coalesce(quarter, seen_quarter) % 96 // 4 AS hour, articles
    FROM settled.output_quarters
)
GROUP BY source_id, language, backlog, day, seen_day;
COMMENT ON VIEW cubes.output_hours IS 'Settled first revisions, counted by source, language, backlog and day, UTC, and how many of them are before each hour.';
