-- The period where none is given: from the first to the last day on which at least half of those sources were covered that
-- ever were. (One early source alone would begin a period in which nothing else has a share.)
WITH covered AS (
    SELECT source_id, from_day, to_day FROM source_runs($tz)
    WHERE state = 'covered' AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
)
SELECT min(from_day) AS first_day, max(to_day) AS last_day
FROM (
    SELECT day AS from_day, lead(day) OVER (ORDER BY day) - 1 AS to_day, sum(sum(begun)) OVER (ORDER BY day) AS sources
    FROM (SELECT unnest([from_day, to_day + 1]) AS day, unnest([1, -1]) AS begun FROM covered)
    GROUP BY day
)
WHERE sources > 0 AND 2 * sources >= (SELECT count(DISTINCT source_id) FROM covered)
