-- Of each feed the rows of its ledger that its cursor follows from, and its first and last days: what compaction keeps of it.
CREATE TABLE tail.cursors AS
WITH ledger AS (
    SELECT * FROM settled.cursors UNION ALL BY NAME SELECT * EXCLUDE (date) FROM fresh.fetches
),
last_bodies AS (
    SELECT source_id, feed_id, arg_max(body_hash, (started_at, run_id)) FILTER (succeeded(outcome)) AS last_body
    FROM ledger GROUP BY source_id, feed_id
),
wanted AS (
    SELECT source_id, feed_id, unnest(list_distinct([
               max((started_at, run_id)), min((started_at, run_id)),
               max((started_at, run_id)) FILTER (outcome <> 'export'), min((started_at, run_id)) FILTER (outcome <> 'export'),
               max((started_at, run_id)) FILTER (outcome IN ('ok', 'empty')),
               -- The last body may be one that was shown before a poll that was read later.
               max((started_at, run_id)) FILTER (outcome IN ('ok', 'empty') AND body_hash = last_body),
               max((started_at, run_id)) FILTER (succeeded(outcome)),
               min((started_at, run_id)) FILTER (succeeded(outcome)),
               arg_min((started_at, run_id), (first_polled_at, started_at, run_id)) FILTER (succeeded(outcome)),
               -- An export covers nothing, and a feed's cursor begins with it all the same.
               arg_min((started_at, run_id), (first_polled_at, started_at, run_id)) FILTER (outcome = 'export'),
               arg_max((started_at, run_id), (last_new_at, started_at, run_id)) FILTER (last_new_at IS NOT NULL)
           ])) AS place
    FROM ledger JOIN last_bodies USING (source_id, feed_id) GROUP BY source_id, feed_id
)
SELECT l.*
FROM ledger AS l
SEMI JOIN wanted AS w ON w.source_id = l.source_id AND w.feed_id = l.feed_id AND w.place = (l.started_at, l.run_id)
QUALIFY row_number() OVER (PARTITION BY l.source_id, l.feed_id, l.vantage, l.started_at, l.run_id) = 1;
COMMENT ON TABLE tail.cursors IS 'Of each feed the rows of the ledger that its cursor and its first and last days follow from.';
