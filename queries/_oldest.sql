-- The day of the oldest article that counts: where the period begins once backlog is asked for. Counts tell the quarter of an
-- hour, and so the day.
SELECT local_day(to_timestamp(900 * min(quarter)), $tz) AS first_day
FROM (
    SELECT quarter, sum(articles) AS articles
    FROM (
        SELECT source_id, quarter, articles FROM tail.output_quarters
        WHERE coalesce(CAST($topic AS VARCHAR), CAST($concept AS VARCHAR)) IS NULL
        UNION ALL
        SELECT source_id, quarter, articles FROM hits_of($topic, $concept, $scope, with_overrides := $overrides)
    )
    WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    GROUP BY quarter
)
WHERE articles > 0
