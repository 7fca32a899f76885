-- The articles that `syndication` looks at, and those of them whose texts are too short for a fingerprint.
SELECT count(*) AS articles, count(*) FILTER (len(r.fingerprint) = 0) AS short
FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $since, last_day := $until) AS o
JOIN first_texts AS r ON r.article_id = o.article_id AND r.fetched_at = o.fetched_at
WHERE r.fetched_at >= days_from($since, $tz) - INTERVAL 1 DAY
    AND list_contains(CAST($sources AS VARCHAR[]), o.source_id) AND ($backlog OR NOT o.backlog)
    AND coalesce(o.day, o.seen_day) BETWEEN $since AND $until
