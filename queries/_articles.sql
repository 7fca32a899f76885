-- Articles and what was found in them. What is settled is one row an article already and is read as it is; what small files
-- tell of (`fresh`) is resolved, together with the settled rows of the same articles. So it does no harm where the two
-- overlap. `tail.touched` and its kind, made when the dataset is opened, say which articles those are.

CREATE TABLE tail.superseded AS
SELECT article_id, fetched_at, feed_id, revision_hash
FROM tail.articles SEMI JOIN (
    SELECT article_id, fetched_at, feed_id, revision_hash FROM tail.articles WHERE superseded
) AS once USING (article_id, fetched_at, feed_id, revision_hash)
GROUP BY ALL HAVING arg_max(superseded, (run_id, superseded));
COMMENT ON TABLE tail.superseded IS 'Rows that are no revisions, since another feed is known to have shown the article before.';

-- Repeated rows are neighbours in this order, so one pass drops both them and revisions that read as the one before.
CREATE VIEW tail.revisions AS
SELECT *, key_of(article_id) AS article_key, row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash) AS revision,
       count(*) OVER (PARTITION BY article_id) AS revisions
FROM (
    SELECT * EXCLUDE (file, superseded)
    FROM tail.articles ANTI JOIN tail.superseded USING (article_id, fetched_at, feed_id, revision_hash)
    QUALIFY revision_hash IS DISTINCT FROM lag(revision_hash) OVER (
        PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id
    )
);
COMMENT ON VIEW tail.revisions IS 'Revisions of the articles that small files tell of.';

-- All rows about an article lie in files of one month, its home. After the month that this tells, none of its articles was first
-- seen; 9999-12: not known. Where a dataset is open for many questions it is looked up (vigie.queries.keeping), and then of earlier
-- months than a question needs no file is opened: every settled row has its `home`, and this of it as `month`.
CREATE MACRO home_until(home) AS '9999-12';

-- The month, UTC, in which the day before a local day lies, and the end of that in which a local day ends, in any zone.
CREATE MACRO month_from(first_day) AS coalesce(strftime(CAST(first_day AS DATE) - 2, '%Y-%m'), '');
CREATE MACRO month_to(last_day) AS coalesce(
    (date_trunc('month', CAST(last_day AS DATE) + 1) + INTERVAL 1 MONTH) AT TIME ZONE 'UTC', TIMESTAMPTZ 'infinity');

CREATE VIEW tail.revisions_by_month AS
SELECT * EXCLUDE (file, superseded, committed, is_first, is_latest, counted_published_at, counted_backlog, counted_hour,
                  first_fetched_at, home)
FROM settled.untouched_articles
WHERE revision IS NOT NULL
UNION ALL BY NAME
SELECT *, '9999-12' AS month FROM tail.revisions;
COMMENT ON VIEW tail.revisions_by_month IS 'As article_revisions, with the month, and how many revisions are known.';

CREATE VIEW article_revisions AS SELECT * EXCLUDE (article_key, revisions, month) FROM tail.revisions_by_month;
COMMENT ON VIEW article_revisions IS 'One row a change of an article, in order of time (column revision, from 1): A, B, A is three.';

CREATE VIEW first_texts AS SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month WHERE revision = 1;
COMMENT ON VIEW first_texts IS 'One row an article, as it read when it was first seen, and how many revisions are known.';

-- What a trend counts: a later edit moves nothing that was printed. What is written again since its feed is known to begin earlier
-- is no backlog: false comes first.
CREATE VIEW tail.first_revisions AS
SELECT article_id, revision_hash, source_id, feed_id, language, published_at AS first_published_at,
       date_quality, backlog, fetched_at, run_id, file, CAST(floor(epoch(published_at) / 3600) AS BIGINT) AS published_hour
FROM (
    SELECT *
    FROM (
        SELECT article_id, revision_hash, source_id, feed_id, language, published_at, date_quality, backlog, fetched_at, run_id, file
        FROM fresh.articles ANTI JOIN tail.lasting USING (article_id)
        UNION ALL
        SELECT article_id, revision_hash, source_id, feed_id, language, published_at, date_quality, backlog, fetched_at, run_id, file
        FROM tail.settled_articles SEMI JOIN tail.moved USING (article_key)
    )
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id) = 1
);
COMMENT ON VIEW tail.first_revisions IS 'First revisions that are in no settled state.';

CREATE VIEW settled.first_revisions AS
SELECT article_id, revision_hash, source_id, feed_id, language, counted_published_at AS first_published_at,
       date_quality, backlog, fetched_at, run_id, file, counted_hour AS published_hour, month
FROM settled.lasting_firsts
WHERE is_first;
COMMENT ON VIEW settled.first_revisions IS 'Settled first revisions, and the month that none was seen after; 9999-12: any.';

-- First revisions of months that were asked about are kept (vigie.queries.keeping).
CREATE VIEW tail.firsts_by_month AS
FROM settled.first_revisions
UNION ALL
SELECT *, '9999-12' FROM tail.first_revisions;
COMMENT ON VIEW tail.firsts_by_month IS 'As first_revisions, with the month.';

CREATE VIEW first_revisions AS SELECT * EXCLUDE (month) FROM tail.firsts_by_month;
COMMENT ON VIEW first_revisions IS 'One row an article, as it was first seen: what trends count.';

-- What output_of reads. Nearly all is fetched by the end of the month in which the period ends, and lies in one file a month; what
-- was collected later is found by its date, and files by their month and statistics.
CREATE MACRO firsts_of(zone, first_day, last_day) AS TABLE
FROM tail.firsts_by_month
WHERE month >= month_from(first_day)
  AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY AND fetched_at < month_to(last_day)
  AND coalesce(first_published_at, fetched_at) >= days_from(first_day, zone)
  AND coalesce(first_published_at, fetched_at) < days_to(last_day, zone)
UNION ALL
FROM tail.firsts_by_month
WHERE month >= month_from(CAST(month_to(last_day) AS DATE)) AND fetched_at >= month_to(last_day)
  AND first_published_at >= days_from(first_day, zone) AND first_published_at < days_to(last_day, zone);

CREATE MACRO firsts_since(first_at) AS TABLE
FROM tail.firsts_by_month WHERE month >= month_from(CAST(first_at AS DATE)) AND fetched_at >= first_at;

-- The texts of the articles of some days, as they read when they were first seen; undated ones by when that was.
CREATE MACRO texts_of(zone, first_day, last_day) AS TABLE
SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month
WHERE revision = 1 AND month >= month_from(first_day)
  AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY AND fetched_at < month_to(last_day)
  AND coalesce(published_at, fetched_at) >= days_from(first_day, zone) AND coalesce(published_at, fetched_at) < days_to(last_day, zone)
UNION ALL
SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month
WHERE revision = 1 AND month >= month_from(CAST(month_to(last_day) AS DATE)) AND fetched_at >= month_to(last_day)
  AND published_at >= days_from(first_day, zone) AND published_at < days_to(last_day, zone);

CREATE VIEW articles AS
SELECT * EXCLUDE (file, superseded, article_key, committed, revision, is_first, is_latest, counted_published_at, counted_backlog,
                  counted_hour, home, month)
         REPLACE (counted_published_at AS first_published_at, counted_backlog AS backlog)
FROM settled.untouched_articles
WHERE is_latest
UNION ALL BY NAME
SELECT r.* EXCLUDE (article_key, revision, revisions) REPLACE (f.published_at AS first_published_at, f.backlog AS backlog),
       f.fetched_at AS first_fetched_at, r.revision AS revisions
FROM (
    SELECT * FROM tail.revisions QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY revision DESC) = 1
) AS r
JOIN (
    SELECT article_id, published_at, backlog, fetched_at
    FROM tail.articles
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetched_at, feed_id, revision_hash, backlog, run_id) = 1
) AS f USING (article_id);
COMMENT ON VIEW articles IS 'One row an article: its latest revision, with date and backlog of its first.';

CREATE VIEW sightings AS
SELECT * EXCLUDE (article_key, committed, home, month) FROM settled.untouched_sightings WHERE committed
UNION ALL BY NAME
SELECT s.*
FROM tail.sightings AS s
SEMI JOIN tail.committed AS a USING (article_id)
QUALIFY row_number() OVER (PARTITION BY article_id, feed_id ORDER BY first_seen, run_id) = 1;
COMMENT ON VIEW sightings IS 'One row an article and feed: when it was first seen there. An article in three sections has three.';

CREATE VIEW tail.resolved_matches AS
SELECT m.* REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog, f.published_hour AS published_hour),
       m.revision_hash = f.revision_hash AS first_revision
FROM (
    FROM tail.matches
    WHERE topics_version = (FROM active_topics)
    QUALIFY row_number() OVER (PARTITION BY article_id, revision_hash, topic_id ORDER BY run_id, matched_at, fetched_at) = 1
) AS m
JOIN tail.firsts AS f USING (article_id)
SEMI JOIN tail.committed AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash;
COMMENT ON VIEW tail.resolved_matches IS 'The same of articles that small files tell of.';

-- Matches of revisions that are not committed are not seen; dates are those of the article's first revision.
CREATE VIEW tail.matches_by_month AS
SELECT * EXCLUDE (article_key, committed, is_first, counted_published_at, counted_backlog, counted_hour, home)
         REPLACE (counted_published_at AS first_published_at, counted_backlog AS backlog, counted_hour AS published_hour),
       is_first AS first_revision
FROM settled.untouched_matches
WHERE committed AND topics_version = (FROM active_topics)
UNION ALL BY NAME
SELECT *, '9999-12' AS month FROM tail.resolved_matches;
COMMENT ON VIEW tail.matches_by_month IS 'As matches, with the month.';

CREATE VIEW matches AS SELECT * EXCLUDE (month) FROM tail.matches_by_month;
COMMENT ON VIEW matches IS 'One row an article revision and topic, under the active topics version, with its evidence.';

CREATE VIEW tail.resolved_mentions AS
SELECT m.* REPLACE (f.first_published_at AS first_published_at, f.backlog AS backlog, f.published_hour AS published_hour),
       m.revision_hash = f.revision_hash AS first_revision
FROM (
    FROM tail.mentions
    WHERE topics_version = (FROM active_topics)
    QUALIFY row_number() OVER (
        PARTITION BY article_id, revision_hash, concept, field, start, "end" ORDER BY run_id, fetched_at
    ) = 1
) AS m
JOIN tail.firsts AS f USING (article_id)
SEMI JOIN tail.committed AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash;
COMMENT ON VIEW tail.resolved_mentions IS 'The same of articles that small files tell of.';

CREATE VIEW tail.mentions_by_month AS
SELECT * EXCLUDE (article_key, committed, is_first, counted_published_at, counted_backlog, counted_hour, home)
         REPLACE (counted_published_at AS first_published_at, counted_backlog AS backlog, counted_hour AS published_hour),
       is_first AS first_revision
FROM settled.untouched_mentions
WHERE committed AND topics_version = (FROM active_topics)
UNION ALL BY NAME
SELECT *, '9999-12' AS month FROM tail.resolved_mentions;
COMMENT ON VIEW tail.mentions_by_month IS 'As mentions, with the month.';

CREATE VIEW mentions AS SELECT * EXCLUDE (month) FROM tail.mentions_by_month;
COMMENT ON VIEW mentions IS 'One row an occurrence of a concept in an article revision, whether or not a topic fired.';

-- A view looks for names in its own schema first, and tail has mentions, too: those of small files alone.
CREATE VIEW tail.mentioned AS SELECT DISTINCT concept FROM main.mentions;
COMMENT ON VIEW tail.mentioned IS 'The concepts that any article mentions.';

-- What was found in articles of a day or later, and how they read.
CREATE MACRO matches_since(first_day, zone) AS TABLE
SELECT * EXCLUDE (month) FROM tail.matches_by_month
WHERE month >= month_from(first_day) AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO mentions_since(first_day, zone) AS TABLE
SELECT * EXCLUDE (month) FROM tail.mentions_by_month
WHERE month >= month_from(first_day) AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO texts_since(first_day, zone) AS TABLE
SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month
WHERE revision = 1 AND month >= month_from(first_day) AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO revisions_since(first_day, zone) AS TABLE
SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month
WHERE month >= month_from(first_day) AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

-- The same of some articles alone. By numbers rows are sifted while files are read, before texts are taken out of them: by texts they
-- are not.
CREATE MACRO revisions_of(which_articles, first_day, zone) AS TABLE
SELECT * EXCLUDE (article_key, month) FROM tail.revisions_by_month
WHERE month >= month_from(first_day) AND fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY
  AND article_key IN (SELECT key_of(unnest(which_articles)));
