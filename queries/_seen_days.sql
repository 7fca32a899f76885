-- The period where no day was covered: from the first poll's day to the last's.
SELECT local_day(min(moment), $tz) AS first_day, local_day(max(moment), $tz) AS last_day
FROM (
    SELECT unnest([first_at, last_at]) AS moment FROM feed_times
    WHERE NOT stated AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    UNION ALL
    -- What an export brought is of the time that its dates tell, not of the day on which it was imported.
    SELECT CASE WHEN backlog THEN fetched_at ELSE least(fetched_at, published_at) END
    FROM stored.articles WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
)
