-- The ledger and what follows from it. `settled.<name>` are the rows of settled files, which are read as they are;
-- `fresh.<name>` those of the small files written since, which alone are resolved.

-- Outcomes of a poll that saw the feed as it stood (vigie.schemas.FetchOutcome).
CREATE MACRO succeeded(outcome) AS outcome IN ('ok', 'unchanged', 'not-modified', 'empty');

-- Feeds of which a small file tells something no newer than their settled polls: an older archive was read, or a poll was
-- written again. Of these all is resolved.
CREATE TABLE tail.late_feeds AS
SELECT DISTINCT f.feed_id
FROM fresh.fetches AS f
JOIN (SELECT feed_id, max(started_at) AS last_at FROM settled.cursors GROUP BY feed_id) AS c ON c.feed_id = f.feed_id
WHERE f.started_at <= c.last_at;
COMMENT ON TABLE tail.late_feeds IS 'Feeds whose small files tell of times that are settled.';

-- Where there are no such feeds, a dataset that is opened has an empty table in its place (vigie.queries.stages).
CREATE VIEW tail.late_polls AS
SELECT * EXCLUDE (is_counted, month) FROM settled.fetches SEMI JOIN tail.late_feeds USING (feed_id);
COMMENT ON VIEW tail.late_polls IS 'Settled polls of late feeds.';

-- A poll that was written again (by a run after a crash, or over the same archive) counts as it was first written.
CREATE VIEW tail.polls AS
SELECT * EXCLUDE (date) FROM fresh.fetches
UNION ALL BY NAME
FROM tail.late_polls;
COMMENT ON VIEW tail.polls IS 'Polls that have to be resolved: of small files, and all of late feeds.';

CREATE VIEW tail.fetches AS
FROM tail.polls
QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1;
COMMENT ON VIEW tail.fetches IS 'The same, each once.';

CREATE VIEW tail.fetches_by_month AS
SELECT * EXCLUDE (is_counted) FROM settled.fetches ANTI JOIN tail.late_feeds USING (feed_id) WHERE is_counted
UNION ALL BY NAME
SELECT *, '9999-12' AS month FROM tail.fetches;
COMMENT ON VIEW tail.fetches_by_month IS 'As fetches, with the month after which none of its file was made.';

CREATE VIEW fetches AS SELECT * EXCLUDE (month) FROM tail.fetches_by_month;
COMMENT ON VIEW fetches IS 'The ledger: one row a poll of a feed.';

CREATE MACRO fetches_since(first_at) AS TABLE
SELECT * EXCLUDE (month) FROM tail.fetches_by_month WHERE month >= month_from(CAST(first_at AS DATE)) AND started_at >= first_at;

-- The anchor is the entry that had arrived last at the earlier poll: while it is still there, nothing newer can have left.
CREATE MACRO poll_state(outcome, anchor_present) AS
    CASE WHEN outcome IN ('unchanged', 'not-modified') OR anchor_present THEN 'covered' ELSE 'partial' END;

-- Of two neighbours the one that was read later was compared with the other. Where that is the earlier one, as of an archive that
-- was read after newer polls, its own row says of which poll it was told, and what.
CREATE MACRO interval_state(outcome, anchor_present, started_at, followed_at, follower_has_anchor) AS
    CASE WHEN followed_at IS DISTINCT FROM started_at THEN poll_state(outcome, anchor_present)
         WHEN follower_has_anchor THEN 'covered' ELSE 'partial' END;

CREATE VIEW coverage AS
SELECT source_id, feed_id, from_at, to_at, state
FROM (
    SELECT source_id, feed_id, started_at AS to_at,
           lag(started_at) OVER polls AS from_at,
           interval_state(outcome, anchor_present, started_at, lag(followed_at) OVER polls, lag(follower_has_anchor) OVER polls)
               AS state
    FROM fetches
    WHERE succeeded(outcome)
    WINDOW polls AS (PARTITION BY feed_id ORDER BY started_at)
)
WHERE from_at < to_at
UNION ALL
SELECT source_id, feed_id, complete_from, complete_until, 'covered' FROM fetches WHERE complete_from IS NOT NULL;
COMMENT ON VIEW coverage IS 'One row a feed and interval between two successful polls, or for which an export is stated to be complete: covered (not known to have lost anything) or partial.';

-- The intervals between polls that end from one moment to another. The poll before is looked for in eight days, and further back
-- only for a feed that was silent all that time.
CREATE MACRO worked_intervals(first_at, last_at) AS TABLE
WITH near AS (
    SELECT source_id, feed_id, started_at AS to_at, lag(started_at) OVER (PARTITION BY feed_id ORDER BY started_at) AS from_at
    FROM fetches_since(first_at - INTERVAL 8 DAY)
    WHERE succeeded(outcome) AND started_at <= last_at
),
silent AS (
    SELECT source_id, feed_id, to_at FROM near WHERE from_at IS NULL AND to_at >= first_at
)
SELECT source_id, feed_id, from_at, to_at FROM near WHERE from_at < to_at AND to_at >= first_at
UNION ALL
SELECT s.source_id, s.feed_id, max(f.started_at), s.to_at
FROM silent AS s JOIN fetches AS f ON f.feed_id = s.feed_id AND f.started_at < s.to_at
WHERE succeeded(f.outcome)
GROUP BY s.source_id, s.feed_id, s.to_at;

-- Those that end in the newest months, if these were asked about (vigie.queries.keeping).
CREATE TABLE tail.kept_intervals (source_id VARCHAR, feed_id VARCHAR, from_at TIMESTAMPTZ, to_at TIMESTAMPTZ);
COMMENT ON TABLE tail.kept_intervals IS 'Intervals between two successful polls of a feed, from some month on.';

CREATE TABLE tail.kept_from (first_at TIMESTAMPTZ);
COMMENT ON TABLE tail.kept_from IS 'The first moments of the months from which on intervals were read, the earliest of which counts.';

CREATE MACRO has_intervals(first_at) AS false;

-- The intervals of coverage that end on a day or later.
CREATE MACRO intervals_from(first_day, zone, last_at := NULL) AS TABLE
SELECT source_id, feed_id, from_at, to_at FROM tail.kept_intervals
WHERE has_intervals(days_from(first_day, zone)) AND to_at >= days_from(first_day, zone)
  AND to_at <= coalesce(last_at, TIMESTAMPTZ 'infinity')
UNION ALL
SELECT source_id, feed_id, from_at, to_at
FROM worked_intervals(days_from(first_day, zone), coalesce(last_at, TIMESTAMPTZ 'infinity'))
WHERE NOT has_intervals(days_from(first_day, zone))
UNION ALL
SELECT source_id, feed_id, from_at, to_at FROM tail.spans
WHERE stated AND to_at >= days_from(first_day, zone) AND to_at <= coalesce(last_at, TIMESTAMPTZ 'infinity');

CREATE VIEW tail.vantages AS SELECT DISTINCT feed_id, vantage FROM stored.fetches;
COMMENT ON VIEW tail.vantages IS 'From where each feed was ever polled.';

-- The same as coverage, with neighbours that are alike joined to one: what a feed's polls covered is a few rows a year.
CREATE TABLE tail.spans AS
WITH seen AS (
    SELECT source_id, feed_id, started_at, outcome, anchor_present, followed_at, follower_has_anchor
    FROM (
        SELECT * FROM fresh.fetches WHERE succeeded(outcome)
        UNION ALL BY NAME
        SELECT * FROM tail.late_polls WHERE succeeded(outcome)
        UNION ALL BY NAME  -- where the settled part ends
        SELECT * FROM settled.cursors ANTI JOIN tail.late_feeds USING (feed_id) WHERE succeeded(outcome)
        QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY started_at DESC, run_id) = 1
    )
    QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1
),
pieces AS (
    SELECT source_id, feed_id, from_at, to_at, state
    FROM (
        SELECT source_id, feed_id, started_at AS to_at,
               lag(started_at) OVER polls AS from_at,
               interval_state(outcome, anchor_present, started_at, lag(followed_at) OVER polls, lag(follower_has_anchor) OVER polls)
                   AS state
        FROM seen
        WINDOW polls AS (PARTITION BY feed_id ORDER BY started_at)
    )
    WHERE from_at < to_at
    UNION ALL
    SELECT source_id, feed_id, from_at, to_at, state FROM settled.spans ANTI JOIN tail.late_feeds USING (feed_id)
    WHERE NOT stated
),
cut AS (
    SELECT *, (state, source_id, from_at) IS DISTINCT FROM lag((state, source_id, to_at)) OVER times AS begins
    FROM pieces
    WINDOW times AS (PARTITION BY feed_id ORDER BY from_at)
)
SELECT source_id, feed_id, min(from_at) AS from_at, max(to_at) AS to_at, state, false AS stated
FROM (SELECT *, count(*) FILTER (begins) OVER (PARTITION BY feed_id ORDER BY from_at) AS span FROM cut)
GROUP BY source_id, feed_id, state, span
UNION ALL
SELECT source_id, feed_id, from_at, to_at, state, stated FROM settled.spans ANTI JOIN tail.late_feeds USING (feed_id) WHERE stated
UNION ALL
SELECT source_id, feed_id, complete_from, complete_until, 'covered', true
FROM (
    SELECT *
    FROM (
        SELECT * FROM fresh.fetches
        UNION ALL BY NAME
        FROM tail.late_polls
    )
    QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1
)
WHERE complete_from IS NOT NULL;
COMMENT ON TABLE tail.spans IS 'As coverage_spans; an export that is stated to be complete is told apart.';

CREATE VIEW coverage_spans AS FROM tail.spans;
COMMENT ON VIEW coverage_spans IS 'One row a feed and time in which all intervals between successful polls were covered, or all partial.';

CREATE TABLE tail.feed_ends AS
SELECT source_id, feed_id, outcome = 'export' AS exported, min(started_at) AS first_at, max(started_at) AS last_at,
       min(started_at) FILTER (succeeded(outcome)) AS watched_at
FROM (
    SELECT source_id, feed_id, started_at, outcome FROM settled.cursors
    UNION ALL
    SELECT source_id, feed_id, started_at, outcome FROM fresh.fetches
)
GROUP BY source_id, feed_id, exported;
COMMENT ON TABLE tail.feed_ends IS 'One row a feed that was polled, and one a feed of exports: the first and the last time, and the first that succeeded.';

CREATE VIEW feed_times AS
SELECT source_id, feed_id, first_at, last_at, watched_at, false AS stated FROM tail.feed_ends WHERE NOT exported
UNION ALL
SELECT source_id, feed_id, min(from_at), max(to_at), min(from_at), true FROM tail.spans WHERE stated GROUP BY source_id, feed_id;
COMMENT ON VIEW feed_times IS 'One row a feed that was polled, from its first poll to its last, and one a feed of exports that are stated to be complete.';

-- Of UTC, and of zones that were asked about (vigie.queries.keeping), what is known of the days of all sources is kept.
CREATE TABLE tail.runs AS FROM worked_runs('UTC');
COMMENT ON TABLE tail.runs IS 'Each polled source, from one day to another, UTC: covered, partial or unknown.';

CREATE VIEW tail.kept_runs AS SELECT 'UTC' AS of_zone, source_id, from_day, to_day, state FROM tail.runs;
COMMENT ON VIEW tail.kept_runs IS 'As tail.runs, by zone.';

CREATE MACRO is_kept(zone) AS zone IN ('UTC');

-- What is known of days in a zone: what is kept is read as it is. (Were `worked_runs` named outside a text, statements would be planned
-- with it each time they look at days, and that takes longer than to read them.)
CREATE MACRO runs_in(zone) AS TABLE
SELECT source_id, from_day, to_day, state
FROM query(CASE WHEN is_kept(zone) THEN 'FROM tail.kept_runs'
                ELSE 'SELECT *, NULL AS of_zone FROM worked_runs(''' || replace(zone, '''', '''''') || ''')' END)
WHERE coalesce(of_zone = zone, true);

-- Each polled source from one day to another, as far as these lie in a period.
CREATE MACRO source_runs(zone, not_before := NULL, not_after := NULL) AS TABLE
SELECT source_id, greatest(from_day, CAST(not_before AS DATE)) AS from_day, least(to_day, CAST(not_after AS DATE)) AS to_day, state
FROM runs_in(zone)
WHERE to_day >= coalesce(CAST(not_before AS DATE), DATE '0001-01-01') AND from_day <= coalesce(CAST(not_after AS DATE), DATE '9999-12-31');

-- The same as worked_days.
CREATE MACRO source_days(zone, not_before := NULL, not_after := NULL) AS TABLE
SELECT source_id, from_day + CAST(unnest(range(to_day - from_day + 1)) AS INTEGER) AS day, state
FROM source_runs(zone, not_before := not_before, not_after := not_after);

-- The sources that were polled, of which an export was read, or that published.
CREATE TABLE tail.seen_sources AS
SELECT source_id FROM tail.feed_ends
UNION SELECT source_id FROM settled.output_hours
UNION SELECT source_id FROM fresh.articles;
COMMENT ON TABLE tail.seen_sources IS 'One row a source that was polled, of which an export was read, or that published.';
