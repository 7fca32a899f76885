-- The catalogue: what the Parquet files of a dataset mean, once what was written twice is taken as once.
-- `stored.<table>` holds the rows of the files as they are; everything below is what analysts and questions read.

-- Outcomes of a poll that saw the feed as it stood (vigie.schemas.FetchOutcome).
CREATE MACRO succeeded(outcome) AS outcome IN ('ok', 'unchanged', 'not-modified', 'empty');

-- The local calendar day of a moment, and the moment at which a local day starts, in a zone that is always named.
CREATE MACRO local_day(moment, zone) AS CAST(moment AT TIME ZONE zone AS DATE);
CREATE MACRO day_start(local_date, zone) AS CAST(local_date AS TIMESTAMP) AT TIME ZONE zone;

-- Small tables that nearly every question joins are read once: what is open is a snapshot anyway.

-- The version that counts: the one asked for, else that of the newest topics file, which `rematch` writes when all is
-- evaluated under it; a dataset without such files has the latest run's.
CREATE TABLE active_topics AS
SELECT topics_version
FROM (
    SELECT 0 AS rank, topics_version FROM stored.asked_topics
    UNION ALL
    SELECT 1, arg_max(topics_version, parse_filename(filename)) FROM stored.topics
    UNION ALL
    SELECT 2, arg_max(topics_version, (finished_at, run_id)) FROM stored.runs WHERE topics_version <> ''
)
WHERE topics_version IS NOT NULL
ORDER BY rank LIMIT 1;
COMMENT ON TABLE active_topics IS 'The one topics version that counts.';

-- A source or feed that left the registry keeps what the last registry said of it: its articles are still here.
CREATE TABLE sources AS
SELECT * EXCLUDE (filename, feeds)
FROM stored.sources
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON TABLE sources IS 'One row a source, as the latest registry that names it has it.';

CREATE VIEW feeds AS
SELECT * EXCLUDE (filename)
FROM stored.feeds
QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON VIEW feeds IS 'One row a feed, as the latest registry that names it has it.';

CREATE TABLE source_claims AS
SELECT source_id, claim, held.value AS value, held.valid_from AS valid_from, held.valid_to AS valid_to, held.basis AS basis
FROM (
    SELECT source_id, 'controlling_state' AS claim, unnest(controlling_state) AS held FROM sources
    UNION ALL
    SELECT source_id, 'independence' AS claim, unnest(independence) AS held FROM sources
);
COMMENT ON TABLE source_claims IS 'Who controls a source and how independent it is, from when to when: join it at the day of publication.';

CREATE TABLE topics AS
SELECT * EXCLUDE (filename, definition)
FROM stored.topics
WHERE topics_version = (FROM active_topics)
QUALIFY row_number() OVER (PARTITION BY topic_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON TABLE topics IS 'One row a topic of the active version; its whole definition is in stored.topics.';

CREATE VIEW panels AS
SELECT * EXCLUDE (filename)
FROM stored.panels
QUALIFY row_number() OVER (PARTITION BY panel_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON VIEW panels IS 'One row a panel, in its latest version.';

CREATE VIEW runs AS
SELECT * EXCLUDE (date)
FROM stored.runs
QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY finished_at) = 1;
COMMENT ON VIEW runs IS 'One row a finished run: versions, options, counters.';

CREATE VIEW evaluations AS
SELECT * EXCLUDE (date)
FROM stored.evaluations
QUALIFY row_number() OVER (PARTITION BY topics_version, file ORDER BY "at", run_id) = 1;
COMMENT ON VIEW evaluations IS 'One row a file of articles and version of the topics under which all of it was evaluated.';

CREATE TABLE overrides AS
SELECT * EXCLUDE (filename)
FROM stored.overrides
WHERE parse_filename(filename) = (SELECT max(file_name) FROM stored.versions WHERE table_name = 'overrides')
QUALIFY row_number() OVER (PARTITION BY article_id, topic_id ORDER BY decided_on DESC, coder) = 1;
COMMENT ON TABLE overrides IS 'One row an article and topic on which a coder decided otherwise; figures take them with --overrides.';

-- A poll that was written again (by a run after a crash, or over the same archive) counts as it was first written.
CREATE VIEW fetches AS
SELECT * EXCLUDE (date)
FROM stored.fetches
QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, started_at ORDER BY run_id) = 1;
COMMENT ON VIEW fetches IS 'The ledger: one row a poll of a feed.';

-- Repeated rows are neighbours in this order, so one pass drops both them and revisions that read as the one before.
CREATE VIEW article_revisions AS
SELECT *, row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash) AS revision
FROM (
    SELECT * EXCLUDE (date, file)
    FROM stored.articles
    QUALIFY revision_hash IS DISTINCT FROM lag(revision_hash) OVER (
        PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, run_id
    )
);
COMMENT ON VIEW article_revisions IS 'One row a change of an article, in order of time (column revision, from 1): A, B, A is three.';

-- What a trend counts: a later edit moves nothing that was printed.
CREATE VIEW first_revisions AS
SELECT article_id, revision_hash, source_id, feed_id, language, published_at AS first_published_at,
       date_quality, backlog, fetched_at, run_id, file
FROM stored.articles
QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, run_id) = 1;
COMMENT ON VIEW first_revisions IS 'One row an article, as it was first seen: what trends count.';

CREATE VIEW articles AS
SELECT r.* EXCLUDE (revision) REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog),
       f.fetched_at AS first_fetched_at, r.revision AS revisions
FROM (
    SELECT * FROM article_revisions QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY revision DESC) = 1
) AS r
JOIN first_revisions AS f USING (article_id);
COMMENT ON VIEW articles IS 'One row an article: its latest revision, with date and backlog of its first.';

CREATE VIEW sightings AS
SELECT s.* EXCLUDE (date)
FROM stored.sightings AS s
SEMI JOIN stored.articles AS a USING (article_id)
QUALIFY row_number() OVER (PARTITION BY article_id, feed_id ORDER BY first_seen, run_id) = 1;
COMMENT ON VIEW sightings IS 'One row an article and feed: when it was first seen there. An article in three sections has three.';

-- Matches of revisions that are not committed are not seen; dates are those of the article's first revision.
CREATE VIEW matches AS
SELECT m.* REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog,
                    CAST(floor(epoch(f.first_published_at) / 3600) AS BIGINT) AS published_hour),
       m.revision_hash = f.revision_hash AS first_revision
FROM (
    SELECT * EXCLUDE (date)
    FROM stored.matches
    WHERE topics_version = (FROM active_topics)
    QUALIFY row_number() OVER (PARTITION BY article_id, revision_hash, topic_id ORDER BY run_id, matched_at) = 1
) AS m
JOIN first_revisions AS f USING (article_id)
SEMI JOIN stored.articles AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash;
COMMENT ON VIEW matches IS 'One row an article revision and topic, under the active topics version, with its evidence.';

CREATE VIEW mentions AS
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

-- The same failure reported by two runs differs in the run alone.
CREATE VIEW failures AS
SELECT * EXCLUDE (date)
FROM stored.failures
QUALIFY row_number() OVER (PARTITION BY stage, feed_id, key, error_type, message, payload, "at" ORDER BY run_id) = 1;
COMMENT ON VIEW failures IS 'One row a thing that could not be processed, and why.';

CREATE VIEW raw AS
SELECT * EXCLUDE (date, body)
FROM stored.raw
QUALIFY row_number() OVER (PARTITION BY feed_id, vantage, fetched_at ORDER BY run_id) = 1;
COMMENT ON VIEW raw IS 'One row a fetched body that changed, without the body, which is in stored.raw.';

-- The anchor is the entry that had arrived last at the earlier poll: while it is still there, nothing newer can have left.
CREATE VIEW coverage AS
SELECT source_id, feed_id, from_at, to_at, state
FROM (
    SELECT source_id, feed_id, started_at AS to_at,
           lag(started_at) OVER (PARTITION BY feed_id ORDER BY started_at) AS from_at,
           CASE WHEN outcome IN ('unchanged', 'not-modified') OR anchor_present THEN 'covered' ELSE 'partial' END AS state
    FROM fetches
    WHERE succeeded(outcome)
)
WHERE from_at < to_at
UNION ALL
SELECT source_id, feed_id, complete_from, complete_until, 'covered' FROM fetches WHERE complete_from IS NOT NULL;
COMMENT ON VIEW coverage IS 'One row a feed and interval between two successful polls, or for which an export is stated to be complete: covered (not known to have lost anything) or partial.';

-- Each evaluation is a file; the newest of a gold set's half counts.
CREATE VIEW quality AS
SELECT * EXCLUDE (filename)
FROM stored.quality
QUALIFY rank() OVER (PARTITION BY gold, split ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON VIEW quality IS 'One row a set of labelled items, topic and language: precision, recall and F1 with intervals.';

CREATE VIEW audits AS
SELECT * EXCLUDE (filename)
FROM stored.audits
QUALIFY rank() OVER (PARTITION BY audit_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON VIEW audits IS 'One row an audit and language or class of source: sensitivity, specificity and the coders'' kappa.';
