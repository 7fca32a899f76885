-- The same of the articles on a topic or a concept.
SELECT CAST(coalesce(sum(articles) FILTER (NOT backlog), 0) AS BIGINT) AS outside_backlog,
       CAST(coalesce(sum(articles) FILTER (backlog), 0) AS BIGINT) AS backlog
FROM hits_of($topic, $concept, $scope, with_overrides := $overrides)
WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
