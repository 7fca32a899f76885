-- What the notes of an answer tell of all articles of all days, whatever period or topic was asked for.
SELECT CAST(coalesce(sum(articles), 0) AS BIGINT) AS articles,
       CAST(coalesce(sum(articles) FILTER (NOT backlog), 0) AS BIGINT) AS outside_backlog,
       CAST(coalesce(sum(articles) FILTER (backlog), 0) AS BIGINT) AS backlog
FROM tail.output_days WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
