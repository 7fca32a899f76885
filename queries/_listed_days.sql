-- From which day on there are as many articles as a list is to have, the newest first: older ones need not be looked at.
SELECT max(day) AS first_day
FROM (
    SELECT day, sum(sum(articles)) OVER (ORDER BY day DESC) AS listed
    FROM parts_of($topic, $concept, $scope, $tz, $since, $until, with_overrides := $overrides)
    WHERE day IS NOT NULL AND ($backlog OR NOT backlog) AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    GROUP BY day
)
WHERE listed >= $limit
