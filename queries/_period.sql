-- The period and, for each candidate of a panel, on how many of its days it was covered.
-- Where none is given, the period runs from the first to the last day on which at least half of those sources were covered
-- that ever were. (One early source alone would begin a period in which nothing else has a share.) Where no day was covered,
-- it runs from the first poll's day to the last's. Where backlog is asked for, it begins with the oldest article that
-- counts; the panel is still judged by the days from which polls are known.
WITH known AS (
    FROM source_days($tz)
),
covered AS (
    SELECT day, source_id FROM known WHERE state = 'covered' AND list_contains(CAST($sources AS VARCHAR[]), source_id)
),
common AS (
    SELECT min(day) AS first_day, max(day) AS last_day
    FROM (
        SELECT day FROM covered GROUP BY day
        HAVING 2 * count(*) >= (SELECT count(DISTINCT source_id) FROM covered)
    )
),
seen AS (
    SELECT local_day(min(moment), $tz) AS first_day, local_day(max(moment), $tz) AS last_day
    FROM (
        SELECT started_at AS moment FROM stored.fetches
        WHERE outcome <> 'export' AND list_contains(CAST($sources AS VARCHAR[]), source_id)
        UNION ALL
        -- What an export brought is of the time that its dates tell, not of the day on which it was imported.
        SELECT CASE WHEN backlog THEN fetched_at ELSE least(fetched_at, published_at) END
        FROM stored.articles WHERE list_contains(CAST($sources AS VARCHAR[]), source_id)
    )
),
usual AS (
    SELECT coalesce(c.first_day, s.first_day) AS first_day, coalesce(c.last_day, s.last_day) AS last_day,
           c.first_day IS NOT NULL AS covered
    FROM common AS c, seen AS s
)
SELECT m.source_id, least(u.first_day, CAST($oldest AS DATE)) AS first_day, u.last_day, u.covered,
       coalesce(CAST($since AS DATE), u.first_day) AS panel_from, count(k.day) AS covered_days
FROM usual AS u
CROSS JOIN (SELECT unnest(CAST($members AS VARCHAR[])) AS source_id) AS m
LEFT JOIN known AS k ON k.source_id = m.source_id AND k.state = 'covered'
    AND k.day BETWEEN coalesce(CAST($since AS DATE), u.first_day) AND coalesce(CAST($until AS DATE), u.last_day)
GROUP BY ALL
ORDER BY m.source_id
