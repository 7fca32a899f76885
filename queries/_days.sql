-- What is known of a day: the macro worked_days.

-- Each polled source on each local day of the ledger: covered, partial or unknown (METHOD.md, "Time that was covered").
-- A feed is watched from its first successful poll. A day of a source is judged by the feeds watched by its end: covered
-- where all of them were covered from midnight to midnight, unknown where none was seen at all, partial otherwise.
-- So a feed that begins late takes nothing from the days before it, nor one that the registry no longer names, while it names others
-- of its source, from those after its last poll. An export is no poll; where it is stated to be complete from
-- one day to another, it counts for these days as a feed that was covered. With days, only the days from the one to the other
-- are worked out.
CREATE MACRO worked_days(zone, from_day := NULL, until_day := NULL) AS TABLE
WITH feeds_polled AS (
    SELECT source_id, feed_id, local_day(first_at, zone) AS first_day,
           local_day(CASE WHEN stated THEN last_at - INTERVAL 1 MICROSECOND ELSE last_at END, zone) AS last_day,
           local_day(watched_at, zone) AS watched_from,
           CASE WHEN stated THEN local_day(last_at - INTERVAL 1 MICROSECOND, zone)
                WHEN watched_at IS NOT NULL AND is_dropped(source_id, feed_id) THEN local_day(last_at, zone) END AS watched_until
    FROM feed_times
),
polled AS (
    SELECT DISTINCT source_id FROM feeds_polled
),
days AS (
    SELECT day, day_start(day, zone) AS starts_at, day_start(day + 1, zone) AS ends_at
    FROM (
        SELECT CAST(unnest(generate_series(
            CAST(greatest(first_day, CAST(from_day AS DATE)) AS TIMESTAMP),
            CAST(least(last_day, CAST(until_day AS DATE)) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
        FROM (SELECT min(first_day) AS first_day, max(last_day) AS last_day FROM feeds_polled)
    )
),
pieces AS (
    SELECT feed_id, state, from_at, to_at, CAST(unnest(generate_series(
        CAST(greatest(local_day(from_at, zone), CAST(from_day AS DATE)) AS TIMESTAMP),
        CAST(least(local_day(to_at, zone), CAST(until_day AS DATE)) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
    FROM coverage_spans
),
seen_parts AS (
    SELECT p.feed_id, p.day, p.state,
           epoch_us(least(p.to_at, d.ends_at)) - epoch_us(greatest(p.from_at, d.starts_at)) AS seen_us,
           epoch_us(d.ends_at) - epoch_us(d.starts_at) AS day_us
    FROM pieces AS p JOIN days AS d ON d.day = p.day
),
feed_days AS (
    SELECT feed_id, day, coalesce(sum(seen_us) FILTER (state = 'covered'), 0) = any_value(day_us) AS covered
    FROM seen_parts WHERE seen_us > 0 GROUP BY feed_id, day
)
SELECT p.source_id, d.day,
       CASE WHEN count(f.feed_id) = 0 THEN 'unknown'
            WHEN count(*) FILTER (f.covered) = count(w.feed_id) THEN 'covered'
            ELSE 'partial' END AS state
FROM polled AS p
CROSS JOIN days AS d
LEFT JOIN feeds_polled AS w ON w.source_id = p.source_id AND w.watched_from <= d.day AND coalesce(d.day <= w.watched_until, true)
LEFT JOIN feed_days AS f ON f.feed_id = w.feed_id AND f.day = d.day
GROUP BY p.source_id, d.day;

-- The same by the polls before a moment alone, without regard to what later ones told. What polls covered is cut off at the last
-- one that had succeeded by then, which is looked for in eight days, and further back only for a feed that was silent, or failed, all
-- that time.
CREATE MACRO last_polls_by(known_by) AS TABLE
WITH near AS (
    SELECT source_id, feed_id, max(started_at) AS last_at, max(started_at) FILTER (succeeded(outcome)) AS last_success_at
    FROM fetches_since(known_by - INTERVAL 8 DAY)
    WHERE started_at < known_by AND outcome <> 'export'
    GROUP BY source_id, feed_id
),
silent AS (
    SELECT t.source_id, t.feed_id
    FROM feed_times AS t LEFT JOIN near AS n ON n.source_id = t.source_id AND n.feed_id = t.feed_id
    WHERE NOT t.stated AND t.first_at < known_by
        AND (n.last_at IS NULL OR (n.last_success_at IS NULL AND coalesce(t.watched_at < known_by, false)))
)
SELECT source_id, feed_id, last_at, last_success_at FROM near ANTI JOIN silent USING (source_id, feed_id)
UNION ALL
SELECT source_id, feed_id, max(started_at), max(started_at) FILTER (succeeded(outcome))
FROM fetches SEMI JOIN silent USING (source_id, feed_id)
WHERE started_at < known_by AND outcome <> 'export'
GROUP BY source_id, feed_id;

CREATE MACRO feed_times_by(known_by) AS TABLE
SELECT t.source_id, t.feed_id, t.first_at, p.last_at, CASE WHEN t.watched_at < known_by THEN t.watched_at END AS watched_at,
       false AS stated
FROM feed_times AS t JOIN last_polls_by(known_by) AS p ON p.source_id = t.source_id AND p.feed_id = t.feed_id
WHERE NOT t.stated
UNION ALL
SELECT source_id, feed_id, min(complete_from), max(complete_until), min(complete_from), true
FROM stored.fetches SEMI JOIN (FROM feed_times WHERE stated) AS exported USING (feed_id)
WHERE started_at < known_by AND complete_from IS NOT NULL
GROUP BY source_id, feed_id;

CREATE MACRO coverage_by(known_by) AS TABLE
WITH seen AS (
    SELECT feed_id, max(last_success_at) AS last_at FROM last_polls_by(known_by) GROUP BY feed_id
)
SELECT s.source_id, s.feed_id, s.from_at, least(s.to_at, l.last_at) AS to_at, s.state
FROM coverage_spans AS s JOIN seen AS l ON l.feed_id = s.feed_id
WHERE NOT s.stated AND s.from_at < l.last_at
UNION ALL
SELECT source_id, feed_id, from_at, to_at, state FROM coverage_spans WHERE stated AND to_at < known_by;
