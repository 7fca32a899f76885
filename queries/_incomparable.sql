-- The articles that `syndication` looks at, and those of them whose texts are too short for a fingerprint.
SELECT count(*) AS articles, count(*) FILTER (len(r.fingerprint) = 0) AS short
FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $since, last_day := $until) AS o
JOIN article_revisions AS r ON r.article_id = o.article_id AND r.revision = 1
WHERE list_contains(CAST($sources AS VARCHAR[]), o.source_id) AND ($backlog OR NOT o.backlog)
    AND coalesce(o.day, o.seen_day) BETWEEN $since AND $until
