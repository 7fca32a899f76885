-- The catalogue: what the Parquet files of a dataset mean, once what was written twice is taken as once.
-- `stored.<table>` holds the rows of the files as they are; everything below is what analysts and questions read.

-- The local calendar day of a moment, and the moment at which a local day starts, in a zone that is always named.
CREATE MACRO local_day(moment, zone) AS
    -- Of UTC, which most questions are asked in, a day is a number of seconds; to look into a calendar takes ten times as long.
    CASE WHEN zone = 'UTC' THEN DATE '1970-01-01' + CAST(floor(epoch(moment) / 86400) AS INTEGER)
         ELSE CAST(moment AT TIME ZONE zone AS DATE) END;
CREATE MACRO later_day_start(local_date, zone) AS CAST(local_date AS TIMESTAMP) AT TIME ZONE zone;
CREATE MACRO day_start(local_date, zone) AS
    -- Where clocks go back from one at night to midnight, a day has two midnights, and begins with the earlier.
    later_day_start(local_date, zone)
    - CASE WHEN local_day(later_day_start(local_date, zone) - INTERVAL 1 HOUR, zone) = local_date THEN INTERVAL 1 HOUR
           ELSE INTERVAL 0 HOUR END;

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

CREATE VIEW outlets AS
SELECT * FROM sources
UNION ALL BY NAME
(
    SELECT * EXCLUDE (filename, feeds)
    FROM stored.outlets ANTI JOIN sources USING (source_id)
    WHERE parse_filename(filename) = (SELECT max(file_name) FROM stored.versions WHERE table_name = 'outlets')
);
COMMENT ON VIEW outlets IS 'The sources, and media under state control that are not watched, by which it is known who cites them.';

CREATE VIEW feeds AS
SELECT * EXCLUDE (filename)
FROM stored.feeds
QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY parse_filename(filename) DESC) = 1;
COMMENT ON VIEW feeds IS 'One row a feed, as the latest registry that names it has it.';

CREATE TABLE registered_feeds AS
SELECT source_id, feed_id FROM stored.feeds
WHERE parse_filename(filename) = (SELECT max(file_name) FROM stored.versions WHERE table_name = 'feeds');
COMMENT ON TABLE registered_feeds IS 'The feeds that the newest registry names.';

-- To whoever takes a feed from the registry its silence is no gap.
CREATE MACRO is_dropped(of_source, of_feed) AS
    of_source IN (SELECT source_id FROM registered_feeds) AND of_feed NOT IN (SELECT feed_id FROM registered_feeds);

CREATE TABLE source_claims AS
SELECT source_id, claim, held.value AS value, held.valid_from AS valid_from, held.valid_to AS valid_to, held.basis AS basis
FROM (
    SELECT source_id, 'controlling_state' AS claim, unnest(controlling_state) AS held FROM outlets
    UNION ALL
    SELECT source_id, 'independence' AS claim, unnest(independence) AS held FROM outlets
);
COMMENT ON TABLE source_claims IS 'Who controls an outlet and how independent it is, from when to when: join it at the day of publication.';

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

CREATE VIEW removals AS
SELECT DISTINCT ON (article_id, source_id) * EXCLUDE (date) FROM stored.removals ORDER BY "at";
COMMENT ON VIEW removals IS 'One row an article whose text was removed on request, or a source (article_id is empty). They still count.';

CREATE VIEW settled AS
SELECT * EXCLUDE (filename)
FROM stored.settled
WHERE parse_filename(filename) = (SELECT max(file_name) FROM stored.versions WHERE table_name = 'settled');
COMMENT ON VIEW settled IS 'One row a file that `vigie compact` wrote or took in, as it stands now.';

CREATE TABLE overrides AS
SELECT * EXCLUDE (filename)
FROM stored.overrides
WHERE parse_filename(filename) = (SELECT max(file_name) FROM stored.versions WHERE table_name = 'overrides')
QUALIFY row_number() OVER (PARTITION BY article_id, topic_id ORDER BY decided_on DESC, coder) = 1;
COMMENT ON TABLE overrides IS 'One row an article and topic on which a coder decided otherwise; figures take them with --overrides.';

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
