-- When sources were polled last up to the end of a day: a bound that reading can be limited by.
SELECT max(started_at) AS last_poll FROM stored.fetches
WHERE started_at < day_start(CAST($until AS DATE) + 1, $tz) AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
