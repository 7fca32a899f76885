-- What the notes of an answer tell of all days, whatever period was asked for.
WITH asked AS (
    SELECT DISTINCT unnest(CAST($sources AS VARCHAR[])) AS source_id
),
written AS (
    SELECT sum(articles) AS articles, sum(articles) FILTER (NOT backlog) AS outside_backlog,
           sum(articles) FILTER (backlog) AS backlog
    FROM tail.output_days SEMI JOIN asked USING (source_id)
),
found AS (
    SELECT sum(articles) FILTER (backlog) AS backlog, sum(articles) FILTER ($backlog OR NOT backlog) AS counted
    FROM hits_of($topic, $concept, $scope, with_overrides := $overrides) SEMI JOIN asked USING (source_id)
)
SELECT CAST(coalesce(w.articles, 0) AS BIGINT) AS articles, CAST(coalesce(w.outside_backlog, 0) AS BIGINT) AS outside_backlog,
       CAST(coalesce(CASE WHEN coalesce($topic, $concept) IS NULL THEN w.backlog ELSE f.backlog END, 0) AS BIGINT) AS backlog,
       CAST(coalesce(CASE WHEN coalesce($topic, $concept) IS NOT NULL THEN f.counted
                          WHEN $backlog THEN w.articles ELSE w.outside_backlog END, 0) AS BIGINT) AS counted
FROM written AS w, found AS f
