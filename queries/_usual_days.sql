-- The period where none is given: from the first to the last day on which at least half of those sources were covered that
-- ever were. (One early source alone would begin a period in which nothing else has a share.)
WITH covered AS (
    SELECT day, source_id FROM source_days($tz)
    WHERE state = 'covered' AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
)
SELECT min(day) AS first_day, max(day) AS last_day
FROM (
    SELECT day FROM covered GROUP BY day
    HAVING 2 * count(*) >= (SELECT count(DISTINCT source_id) FROM covered)
)
