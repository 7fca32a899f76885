-- What is known of days, as `worked_days` tells it (`_days.sql`), in runs of days on which a source's state stays what it is: of
-- the years of a feed a few dozen, where there are a thousand days. A test compares the two.

-- Days that lie within one span are of its state; those on which one begins or ends are measured. Where a feed, or a source, has
-- several of these at one time, what holds is found by passing through the days on which one begins (+1) or is over (-1).
CREATE MACRO worked_runs(zone) AS TABLE
WITH feeds_polled AS (
    SELECT source_id, feed_id, local_day(first_at, zone) AS first_day,
           local_day(CASE WHEN stated THEN last_at - INTERVAL 1 MICROSECOND ELSE last_at END, zone) AS last_day,
           local_day(watched_at, zone) AS watched_from,
           CASE WHEN stated THEN local_day(last_at - INTERVAL 1 MICROSECOND, zone)
                WHEN watched_at IS NOT NULL AND is_dropped(source_id, feed_id) THEN local_day(last_at, zone) END AS watched_until
    FROM feed_times
),
axis AS (
    SELECT min(first_day) AS first_day, max(last_day) AS last_day FROM feeds_polled
),
spans AS (
    SELECT feed_id, state, from_at, to_at, local_day(from_at, zone) AS first_day, local_day(to_at, zone) AS last_day
    FROM coverage_spans
),
ends AS (
    SELECT feed_id, state, from_at, to_at, first_day AS day FROM spans
    UNION ALL
    SELECT feed_id, state, from_at, to_at, last_day FROM spans WHERE last_day > first_day
),
measured AS (
    SELECT feed_id, day, coalesce(sum(seen_us) FILTER (state = 'covered'), 0) = any_value(day_us) AS covered
    FROM (
        SELECT e.feed_id, e.day, e.state, epoch_us(least(e.to_at, d.ends_at)) - epoch_us(greatest(e.from_at, d.starts_at)) AS seen_us,
               epoch_us(d.ends_at) - epoch_us(d.starts_at) AS day_us
        FROM ends AS e
        JOIN (
            SELECT day, day_start(day, zone) AS starts_at, day_start(day + 1, zone) AS ends_at FROM (SELECT DISTINCT day FROM ends)
        ) AS d ON d.day = e.day
    )
    WHERE seen_us > 0
    GROUP BY feed_id, day
),
seen AS (
    SELECT feed_id, day AS from_day, day + 1 AS to_day, covered FROM measured
    UNION ALL
    SELECT feed_id, first_day + 1, last_day, state = 'covered' FROM spans WHERE last_day > first_day + 1
),
of_feeds AS (
    -- What begins to hold of a feed, or no longer does, and from which day on.
    SELECT source_id, feed_id, watched_from AS day, 1 AS watched, 0 AS seen, 0 AS covered FROM feeds_polled WHERE watched_from IS NOT NULL
    UNION ALL
    SELECT source_id, feed_id, watched_until + 1, -1, 0, 0 FROM feeds_polled WHERE watched_until IS NOT NULL
    UNION ALL
    SELECT f.source_id, s.feed_id, s.from_day, 0, 1, CAST(s.covered AS INTEGER)
    FROM seen AS s JOIN (SELECT DISTINCT source_id, feed_id FROM feeds_polled) AS f ON f.feed_id = s.feed_id
    UNION ALL
    SELECT f.source_id, s.feed_id, s.to_day, 0, -1, -CAST(s.covered AS INTEGER)
    FROM seen AS s JOIN (SELECT DISTINCT source_id, feed_id FROM feeds_polled) AS f ON f.feed_id = s.feed_id
),
held_of_feeds AS (
    SELECT source_id, feed_id, day, CAST(watched > 0 AS INTEGER) AS watched, CAST(watched > 0 AND seen > 0 AS INTEGER) AS seen,
           CAST(watched > 0 AND covered > 0 AS INTEGER) AS covered
    FROM (
        SELECT source_id, feed_id, day, sum(sum(watched)) OVER days AS watched, sum(sum(seen)) OVER days AS seen,
               sum(sum(covered)) OVER days AS covered
        FROM of_feeds GROUP BY source_id, feed_id, day
        WINDOW days AS (PARTITION BY source_id, feed_id ORDER BY day)
    )
),
of_sources AS (
    SELECT source_id, day, watched - coalesce(lag(watched) OVER days, 0) AS watched, seen - coalesce(lag(seen) OVER days, 0) AS seen,
           covered - coalesce(lag(covered) OVER days, 0) AS covered
    FROM held_of_feeds
    WINDOW days AS (PARTITION BY source_id, feed_id ORDER BY day)
    UNION ALL
    SELECT DISTINCT source_id, (SELECT first_day FROM axis), 0, 0, 0 FROM feeds_polled
),
held AS (
    SELECT source_id, day AS from_day, coalesce(lead(day) OVER days - 1, (SELECT last_day FROM axis)) AS to_day,
           CASE WHEN sum(sum(seen)) OVER days = 0 THEN 'unknown'
                WHEN sum(sum(covered)) OVER days = sum(sum(watched)) OVER days THEN 'covered'
                ELSE 'partial' END AS state
    FROM of_sources GROUP BY source_id, day
    WINDOW days AS (PARTITION BY source_id ORDER BY day)
)
SELECT source_id, from_day, least(to_day, (SELECT last_day FROM axis)) AS to_day, state
FROM held WHERE from_day <= (SELECT last_day FROM axis);
