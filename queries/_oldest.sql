-- The day of the oldest article that counts: where the period begins once backlog is asked for.
SELECT min(day) AS first_day
FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides)
WHERE on_topic AND list_contains(CAST($sources AS VARCHAR[]), source_id)
