-- When sources were polled last up to the end of a day: a bound that reading can be limited by. It is looked for in eight days, and
-- in all that came before only where there is none.
WITH asked AS (
    SELECT DISTINCT unnest(CAST($sources AS VARCHAR[])) AS source_id
),
near AS (
    SELECT max(started_at) AS last_poll
    FROM fetches_since(day_start(CAST($until AS DATE) + 1, $tz) - INTERVAL 8 DAY) SEMI JOIN asked USING (source_id)
    WHERE started_at < day_start(CAST($until AS DATE) + 1, $tz)
),
unpolled AS (
    SELECT source_id FROM asked, near WHERE last_poll IS NULL
)
SELECT coalesce(
    (SELECT last_poll FROM near),
    (SELECT max(started_at) FROM stored.fetches SEMI JOIN unpolled USING (source_id)
     WHERE started_at < day_start(CAST($until AS DATE) + 1, $tz))
) AS last_poll
