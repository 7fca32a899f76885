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

-- The same by days of UTC: the zone that most questions are asked in.
CREATE VIEW cubes.output_days AS
SELECT source_id, language, backlog, DATE '1970-01-01' + CAST(quarter // 96 AS INTEGER) AS day,
       DATE '1970-01-01' + CAST(seen_quarter // 96 AS INTEGER) AS seen_day, CAST(sum(articles) AS BIGINT) AS articles
FROM settled.output_quarters
GROUP BY ALL;
COMMENT ON VIEW cubes.output_days IS 'Settled first revisions, counted by source, language, backlog and day, UTC.';
