-- The period where no day was covered: from the first poll's day to the last's.
SELECT local_day(coalesce(min(moment), min(fetched_at)), $tz) AS first_day,
       local_day(coalesce(max(moment), max(fetched_at)), $tz) AS last_day
FROM (
    SELECT unnest([first_at, last_at]) AS moment, CAST(NULL AS TIMESTAMPTZ) AS fetched_at FROM feed_times
    WHERE NOT stated AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    UNION ALL
    -- What an export brought is of the time that its dates tell, not of the day on which it was imported, unless it has none.
    SELECT CASE WHEN backlog THEN fetched_at WHEN published_at IS NOT NULL THEN least(fetched_at, published_at) END, fetched_at
    FROM stored.articles WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
)
