-- The views over articles and the ledger, in plain words: what was written twice is taken as once, by sorting all of it.
-- A catalogue file has these: they need nothing but the files that are there when a query runs, so they are never stale.
-- `open_dataset` reads faster definitions of the same views; a test compares the two.

-- Outcomes of a poll that saw the feed as it stood (vigie.schemas.FetchOutcome).
CREATE OR REPLACE MACRO succeeded(outcome) AS outcome IN ('ok', 'unchanged', 'not-modified', 'empty');

-- A poll that was written again (by a run after a crash, or over the same archive) counts as it was first written.
CREATE OR REPLACE VIEW fetches AS
SELECT * EXCLUDE (date)
FROM stored.fetches
QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1;
COMMENT ON VIEW fetches IS 'The ledger: one row a poll of a feed.';

-- Repeated rows are neighbours in this order, so one pass drops both them and revisions that read as the one before.
CREATE OR REPLACE VIEW article_revisions AS
SELECT *, row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash) AS revision
FROM (
    SELECT * EXCLUDE (date, file, superseded)
    FROM stored.articles ANTI JOIN (
        SELECT article_id, fetched_at, feed_id, revision_hash
        FROM stored.articles SEMI JOIN (
            SELECT article_id, fetched_at, feed_id, revision_hash FROM stored.articles WHERE superseded
        ) AS once USING (article_id, fetched_at, feed_id, revision_hash)
        GROUP BY ALL HAVING arg_max(superseded, (run_id, superseded))
    ) AS gone USING (article_id, fetched_at, feed_id, revision_hash)
    QUALIFY revision_hash IS DISTINCT FROM lag(revision_hash) OVER (
        PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id
    )
);
COMMENT ON VIEW article_revisions IS 'One row a change of an article, in order of time (column revision, from 1): A, B, A is three.';

CREATE OR REPLACE VIEW first_texts AS
SELECT *, count(*) OVER (PARTITION BY article_id) AS revisions FROM article_revisions QUALIFY revision = 1;
COMMENT ON VIEW first_texts IS 'One row an article, as it read when it was first seen, and how many revisions are known.';

-- What a trend counts: a later edit moves nothing that was printed. What is written again since its feed is known to begin earlier
-- is no backlog: false comes first.
CREATE OR REPLACE VIEW first_revisions AS
SELECT article_id, revision_hash, source_id, feed_id, language, published_at AS first_published_at,
       date_quality, backlog, fetched_at, run_id, file,
       CAST(floor(epoch(published_at) / 3600) AS BIGINT) AS published_hour
FROM stored.articles
QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id) = 1;
COMMENT ON VIEW first_revisions IS 'One row an article, as it was first seen: what trends count.';

CREATE OR REPLACE VIEW articles AS
SELECT r.* EXCLUDE (revision) REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog),
       f.fetched_at AS first_fetched_at, r.revision AS revisions
FROM (
    SELECT * FROM article_revisions QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY revision DESC) = 1
) AS r
JOIN first_revisions AS f USING (article_id);
COMMENT ON VIEW articles IS 'One row an article: its latest revision, with date and backlog of its first.';

CREATE OR REPLACE VIEW sightings AS
SELECT s.* EXCLUDE (date)
FROM stored.sightings AS s
SEMI JOIN stored.articles AS a USING (article_id)
QUALIFY row_number() OVER (PARTITION BY article_id, feed_id ORDER BY first_seen, run_id) = 1;
COMMENT ON VIEW sightings IS 'One row an article and feed: when it was first seen there. An article in three sections has three.';

-- Matches of revisions that are not committed are not seen; dates are those of the article's first revision.
CREATE OR REPLACE VIEW matches AS
SELECT m.* REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog,
                    CAST(floor(epoch(f.first_published_at) / 3600) AS BIGINT) AS published_hour),
       m.revision_hash = f.revision_hash AS first_revision
FROM (
    SELECT * EXCLUDE (date)
    FROM stored.matches
    WHERE topics_version = (FROM active_topics)
    QUALIFY row_number() OVER (PARTITION BY article_id, revision_hash, topic_id ORDER BY run_id, matched_at, fetched_at) = 1
) AS m
JOIN first_revisions AS f USING (article_id)
SEMI JOIN stored.articles AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash;
COMMENT ON VIEW matches IS 'One row an article revision and topic, under the active topics version, with its evidence.';

CREATE OR REPLACE VIEW mentions AS
SELECT m.* REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog,
                    CAST(floor(epoch(f.first_published_at) / 3600) AS BIGINT) AS published_hour),
       m.revision_hash = f.revision_hash AS first_revision
FROM (
    SELECT * EXCLUDE (date)
    FROM stored.mentions
    WHERE topics_version = (FROM active_topics)
    QUALIFY row_number() OVER (
        PARTITION BY article_id, revision_hash, concept, field, start, "end" ORDER BY run_id, fetched_at
    ) = 1
) AS m
JOIN first_revisions AS f USING (article_id)
SEMI JOIN stored.articles AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash;
COMMENT ON VIEW mentions IS 'One row an occurrence of a concept in an article revision, whether or not a topic fired.';

-- The anchor is the entry that had arrived last at the earlier poll: while it is still there, nothing newer can have left.
CREATE OR REPLACE VIEW coverage AS
SELECT source_id, feed_id, from_at, to_at, state
FROM (
    SELECT source_id, feed_id, started_at AS to_at,
           lag(started_at) OVER polls AS from_at,
           CASE WHEN lag(followed_at) OVER polls = started_at  -- the earlier was read later, and compared with this one
                THEN CASE WHEN lag(follower_has_anchor) OVER polls THEN 'covered' ELSE 'partial' END
                WHEN outcome IN ('unchanged', 'not-modified') OR anchor_present THEN 'covered' ELSE 'partial' END AS state
    FROM fetches
    WHERE succeeded(outcome)
    WINDOW polls AS (PARTITION BY feed_id ORDER BY started_at)
)
WHERE from_at < to_at
UNION ALL
SELECT source_id, feed_id, complete_from, complete_until, 'covered' FROM fetches WHERE complete_from IS NOT NULL;
COMMENT ON VIEW coverage IS 'One row a feed and interval between two successful polls, or for which an export is stated to be complete: covered (not known to have lost anything) or partial.';

-- Neighbours that are alike joined to one; what an export is stated to hold stays as it was stated.
CREATE OR REPLACE VIEW coverage_spans AS
WITH stated AS (
    SELECT source_id, feed_id, complete_from AS from_at, complete_until AS to_at, 'covered' AS state
    FROM fetches WHERE complete_from IS NOT NULL
)
SELECT source_id, feed_id, min(from_at) AS from_at, max(to_at) AS to_at, state, false AS stated
FROM (
    SELECT *, count(*) FILTER (begins) OVER (PARTITION BY feed_id ORDER BY from_at) AS span
    FROM (
        SELECT *, (state, source_id, from_at) IS DISTINCT FROM lag((state, source_id, to_at)) OVER times AS begins
        FROM (FROM coverage EXCEPT ALL FROM stated)
        WINDOW times AS (PARTITION BY feed_id ORDER BY from_at)
    )
)
GROUP BY source_id, feed_id, state, span
UNION ALL
SELECT *, true FROM stated;
COMMENT ON VIEW coverage_spans IS 'One row a feed and time in which all intervals between successful polls were covered, or all partial.';

CREATE OR REPLACE VIEW feed_times AS
SELECT source_id, feed_id, min(started_at) AS first_at, max(started_at) AS last_at,
       min(started_at) FILTER (succeeded(outcome)) AS watched_at, false AS stated
FROM stored.fetches WHERE outcome <> 'export' GROUP BY source_id, feed_id
UNION ALL
SELECT source_id, feed_id, min(complete_from), max(complete_until), min(complete_from), true
FROM stored.fetches WHERE complete_from IS NOT NULL GROUP BY source_id, feed_id;
COMMENT ON VIEW feed_times IS 'One row a feed that was polled, from its first poll to its last, and one a feed of exports that are stated to be complete.';
