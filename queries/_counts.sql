-- Counts of articles: what compaction counted (`settled.<cube>`), corrected by what small files tell. Questions that need no
-- single article read these. `_plain_macros.sql` has the same macro in plain words, and a test compares the two.

-- What small files change: their own first revisions, less the settled ones in whose place they are.
CREATE TABLE tail.output AS
SELECT source_id, language, backlog, quarter, seen_quarter, CAST(sum(articles) AS BIGINT) AS articles
FROM (
    SELECT source_id, language, backlog, quarter_of(first_published_at) AS quarter,
           CASE WHEN first_published_at IS NULL THEN quarter_of(fetched_at) END AS seen_quarter, 1 AS articles
    FROM tail.first_revisions
    UNION ALL
    SELECT source_id, language, counted_backlog, quarter_of(counted_published_at),
           CASE WHEN counted_published_at IS NULL THEN quarter_of(fetched_at) END, -1
    FROM tail.known SEMI JOIN tail.moved USING (article_key)
    WHERE is_first
)
GROUP BY ALL
HAVING sum(articles) <> 0;
COMMENT ON TABLE tail.output IS 'What small files change in the counts of settled articles.';

-- What a topic or a concept was found in: what small files tell counts once, the settled rows in whose place it is are taken off.
CREATE VIEW tail.topic_finds AS
SELECT topic_id AS subject, article_id, lead, 1 AS articles FROM tail.resolved_matches WHERE first_revision
UNION ALL
SELECT topic_id, article_id, lead, -1
FROM tail.settled_matches
WHERE is_first AND committed AND topics_version = (FROM active_topics);
COMMENT ON VIEW tail.topic_finds IS 'What small files change in the articles that a topic was found in: 1 comes, -1 goes.';

CREATE VIEW tail.concept_finds AS
SELECT concept AS subject, article_id, bool_or(lead) AS lead, 1 AS articles FROM tail.resolved_mentions WHERE first_revision
GROUP BY concept, article_id
UNION ALL
SELECT concept, article_id, bool_or(lead), -1
FROM tail.settled_mentions
WHERE is_first AND committed AND topics_version = (FROM active_topics)
GROUP BY concept, article_id;
COMMENT ON VIEW tail.concept_finds IS 'The same of the articles that a concept was found in.';

CREATE VIEW tail.worked_hits AS
WITH cells AS (
    SELECT article_id, 1 AS articles, source_id, language, backlog, first_published_at, fetched_at FROM tail.firsts
    UNION ALL
    SELECT article_id, -1, source_id, language, counted_backlog, counted_published_at, fetched_at FROM tail.known WHERE is_first
)
SELECT x.kind, x.subject, x.lead, c.source_id, c.language, c.backlog, quarter_of(c.first_published_at) AS quarter,
       CASE WHEN c.first_published_at IS NULL THEN quarter_of(c.fetched_at) END AS seen_quarter,
       CAST(sum(x.articles) AS BIGINT) AS articles
FROM (
    SELECT 'topic' AS kind, * FROM tail.topic_finds UNION ALL SELECT 'concept', * FROM tail.concept_finds
) AS x
JOIN cells AS c ON c.article_id = x.article_id AND c.articles = x.articles
GROUP BY ALL
HAVING sum(x.articles) <> 0;
COMMENT ON VIEW tail.worked_hits IS 'What small files change in the counts of settled articles that a topic or a concept was found in.';

CREATE TABLE tail.hits AS FROM tail.worked_hits;
COMMENT ON TABLE tail.hits IS 'The same, worked out once for all questions.';

CREATE VIEW tail.output_quarters AS
SELECT source_id, language, backlog, quarter, seen_quarter, articles FROM settled.output_quarters
UNION ALL
SELECT source_id, language, backlog, quarter, seen_quarter, articles FROM tail.output;
COMMENT ON VIEW tail.output_quarters IS 'First revisions by source, language, backlog and quarter of an hour; to be summed up.';

CREATE VIEW tail.output_days AS
SELECT source_id, language, backlog, day, seen_day, articles FROM settled.output_hours
UNION ALL
SELECT source_id, language, backlog, DATE '1970-01-01' + CAST(quarter // 96 AS INTEGER),
       DATE '1970-01-01' + CAST(seen_quarter // 96 AS INTEGER), articles
FROM tail.output;
COMMENT ON VIEW tail.output_days IS 'First revisions by source, language, backlog and day, UTC; to be summed up.';

-- The month of fetching before which no article lies that was published, or first seen, in a quarter of an hour or later: no date
-- lies more than a day after the article was fetched.
CREATE MACRO month_before(quarter) AS strftime(DATE '1970-01-01' + CAST(quarter // 96 - 1 AS INTEGER), '%Y-%m');

-- Where a dataset is open for many questions, `month` is that of the file (vigie.queries.stages), and files of earlier months than
-- asked for are not opened. Else, and of small files, it is later than any.
CREATE VIEW tail.settled_hits AS SELECT *, '9999-12' AS month FROM settled.hit_quarters;
COMMENT ON VIEW tail.settled_hits IS 'Settled counts of what was found, and the month of fetching; 9999-12: any.';

CREATE VIEW tail.hit_quarters AS
SELECT kind, subject, lead, source_id, language, backlog, quarter, seen_quarter, articles, month FROM tail.settled_hits
WHERE topics_version = (FROM active_topics)
UNION ALL
SELECT kind, subject, lead, source_id, language, backlog, quarter, seen_quarter, articles, '9999-12' FROM tail.hits;
COMMENT ON VIEW tail.hit_quarters IS 'Those that a topic or a concept was found in, under the active topics; to be summed up.';

-- What coders decided of single articles, beside what the rules found in them.
CREATE TABLE tail.decided AS
SELECT v.topic_id, v.verdict, f.source_id, f.language, f.backlog, quarter_of(f.first_published_at) AS quarter,
       CASE WHEN f.first_published_at IS NULL THEN quarter_of(f.fetched_at) END AS seen_quarter,
       m.article_id IS NOT NULL AS found, coalesce(m.lead, false) AS found_in_lead
FROM overrides AS v
JOIN first_revisions AS f ON f.article_id = v.article_id
LEFT JOIN (
    SELECT article_id, topic_id, bool_or(lead) AS lead FROM matches SEMI JOIN overrides USING (article_id, topic_id)
    WHERE first_revision GROUP BY article_id, topic_id
) AS m ON m.article_id = v.article_id AND m.topic_id = v.topic_id;
COMMENT ON TABLE tail.decided IS 'One row an article and topic on which a coder decided, and whether the topic fired.';

-- Of topics and concepts that were asked about (vigie.queries.keeping), what is counted of them is kept.
CREATE VIEW tail.kept_hits AS
SELECT kind, subject, lead, source_id, language, backlog, quarter, seen_quarter, articles, '9999-12' AS month FROM tail.hits WHERE false;
COMMENT ON VIEW tail.kept_hits IS 'As tail.hit_quarters, of topics and concepts that were asked about lately: none yet.';

CREATE MACRO has_hits(which_kind, which_subject) AS false;

-- The articles found with a topic or a concept, by cell; with overrides, as coders decided. With a first quarter of an hour, of
-- earlier ones perhaps not all.
CREATE MACRO hits_of(which_topic, which_concept, which_scope, with_overrides := false, from_quarter := NULL) AS TABLE
SELECT source_id, language, backlog, quarter, seen_quarter, articles
FROM query(CASE WHEN has_hits(CASE WHEN CAST(which_topic AS VARCHAR) IS NULL THEN 'concept' ELSE 'topic' END,
                              coalesce(CAST(which_topic AS VARCHAR), CAST(which_concept AS VARCHAR), ''))
                THEN 'FROM tail.kept_hits' ELSE 'FROM tail.hit_quarters' END)
WHERE (which_scope = 'all' OR lead)
  AND kind = CASE WHEN CAST(which_topic AS VARCHAR) IS NULL THEN 'concept' ELSE 'topic' END
  AND subject = coalesce(CAST(which_topic AS VARCHAR), CAST(which_concept AS VARCHAR))
  AND month >= coalesce(month_before(from_quarter), '')
UNION ALL
SELECT source_id, language, backlog, quarter, seen_quarter, CASE verdict WHEN 'add' THEN 1 ELSE -1 END
FROM tail.decided
WHERE with_overrides AND topic_id = CAST(which_topic AS VARCHAR)
  AND (verdict = 'add') <> (CASE WHEN which_scope = 'all' THEN found ELSE found_in_lead END);

-- The first quarter of an hour of a local day.
CREATE MACRO first_quarter(local_date, zone) AS CAST(ceil(epoch(day_start(local_date, zone)) / 900) AS BIGINT);

-- The local day of each quarter of an hour from one day to another.
CREATE MACRO quarter_days(zone, first_day, last_day) AS TABLE
SELECT unnest(range(first_quarter(day, zone), first_quarter(day + 1, zone))) AS quarter, day
FROM (SELECT CAST(first_day AS DATE) + CAST(unnest(range(CAST(last_day AS DATE) - CAST(first_day AS DATE) + 1)) AS INTEGER) AS day);

-- At which hour of a day of UTC, if at any (else 24), which local day follows on which; of zones that keep whole hours.
CREATE MACRO worked_cuts(zone, first_day, last_day) AS TABLE
WITH starts AS (
    SELECT CAST(floor(first_quarter(day, zone) / 96) AS INTEGER) AS utc_number, first_quarter(day, zone) % 96 AS quarter
    FROM (SELECT CAST(first_day AS DATE) + CAST(unnest(range(-1, CAST(last_day AS DATE) - CAST(first_day AS DATE) + 3)) AS INTEGER) AS day)
),
cuts AS (
    SELECT utc_number, max(quarter) // 4 AS hour, bool_or(quarter % 4 > 0) OR count(DISTINCT quarter) > 1 AS broken
    FROM starts WHERE quarter > 0 GROUP BY utc_number
)
SELECT d.utc_day, coalesce(c.hour, 24) AS hour, coalesce(c.broken, false) AS broken,
       local_day(day_start(d.utc_day, 'UTC'), zone) AS day_before,
       local_day(day_start(d.utc_day + 1, 'UTC') - INTERVAL 1 MICROSECOND, zone) AS day_after
FROM (SELECT CAST(first_day AS DATE) + CAST(unnest(range(CAST(last_day AS DATE) - CAST(first_day AS DATE) + 1)) AS INTEGER) AS utc_day) AS d
LEFT JOIN cuts AS c ON c.utc_number = d.utc_day - DATE '1970-01-01';

-- Of UTC, and of zones that were asked about (vigie.queries.keeping), if their local days begin on whole hours of UTC: the settled
-- counts by local day, to be summed up.
CREATE VIEW tail.settled_output AS
SELECT 'UTC' AS of_zone, source_id, language, backlog, day, seen_day, articles FROM settled.output_hours;
COMMENT ON VIEW tail.settled_output IS 'Settled first revisions by source, language, backlog and local day, by zone; to be summed up.';

CREATE MACRO has_hours(zone) AS zone IN ('UTC');

-- How many articles there are of some days (of undated ones: first seen on these), by source, language, backlog and day, in rows to
-- be summed up.
CREATE MACRO output_parts(zone, first_day, last_day) AS TABLE
SELECT source_id, language, backlog, day, seen_day, articles AS output
FROM tail.settled_output
WHERE of_zone = zone AND day BETWEEN CAST(first_day AS DATE) AND CAST(last_day AS DATE)
UNION ALL
SELECT source_id, language, backlog, day, seen_day, articles
FROM tail.settled_output
WHERE of_zone = zone AND day IS NULL AND seen_day BETWEEN CAST(first_day AS DATE) AND CAST(last_day AS DATE)
UNION ALL
SELECT c.source_id, c.language, c.backlog, CASE WHEN c.quarter IS NOT NULL THEN q.day END,
       CASE WHEN c.quarter IS NULL THEN q.day END, c.articles
FROM tail.output AS c JOIN quarter_days(zone, first_day, last_day) AS q ON q.quarter = coalesce(c.quarter, c.seen_quarter)
UNION ALL
SELECT c.source_id, c.language, c.backlog, CASE WHEN c.quarter IS NOT NULL THEN q.day END,
       CASE WHEN c.quarter IS NULL THEN q.day END, c.articles
FROM settled.output_quarters AS c
JOIN quarter_days(zone, first_day, last_day) AS q ON q.quarter = coalesce(c.quarter, c.seen_quarter)
WHERE NOT has_hours(zone);

-- What `output_of` counts, in the same way, and how many of the articles are on the topic or concept; with neither, all are.
CREATE MACRO parts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
SELECT source_id, language, backlog, day, seen_day, output,
       CASE WHEN CAST(which_topic AS VARCHAR) IS NULL AND CAST(which_concept AS VARCHAR) IS NULL THEN output ELSE articles END
           AS articles
FROM (
    SELECT *, 0 AS articles FROM output_parts(zone, first_day, last_day)
    UNION ALL
    SELECT source_id, language, backlog, DATE '1970-01-01' + CAST(quarter // 96 AS INTEGER),
           DATE '1970-01-01' + CAST(seen_quarter // 96 AS INTEGER), 0, articles
    FROM hits_of(which_topic, which_concept, which_scope, with_overrides := with_overrides,
                 from_quarter := first_quarter(CAST(first_day AS DATE), 'UTC'))
    WHERE zone = 'UTC' AND coalesce(quarter, seen_quarter) >= first_quarter(CAST(first_day AS DATE), 'UTC')
      AND coalesce(quarter, seen_quarter) < first_quarter(CAST(last_day AS DATE) + 1, 'UTC')
    UNION ALL
    SELECT h.source_id, h.language, h.backlog, CASE WHEN h.quarter IS NOT NULL THEN q.day END,
           CASE WHEN h.quarter IS NULL THEN q.day END, 0, h.articles
    FROM hits_of(which_topic, which_concept, which_scope, with_overrides := with_overrides,
                 from_quarter := first_quarter(CAST(first_day AS DATE), zone)) AS h
    JOIN quarter_days(zone, first_day, last_day) AS q ON q.quarter = coalesce(h.quarter, h.seen_quarter)
    WHERE zone <> 'UTC'
);

-- The same, summed up.
CREATE MACRO counts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
SELECT source_id, language, backlog, day, seen_day, CAST(sum(output) AS BIGINT) AS output, CAST(sum(articles) AS BIGINT) AS articles
FROM parts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := with_overrides)
GROUP BY source_id, language, backlog, day, seen_day
HAVING sum(output) > 0;

-- What `topic_hits` tells of single articles, by topic, source, language, backlog and day.
CREATE MACRO topic_counts(which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
SELECT h.subject AS topic_id, h.source_id, h.language, h.backlog, CASE WHEN h.quarter IS NOT NULL THEN q.day END AS day,
       CASE WHEN h.quarter IS NULL THEN q.day END AS seen_day, CAST(sum(h.articles) AS BIGINT) AS articles
FROM (
    SELECT subject, source_id, language, backlog, quarter, seen_quarter, articles
    FROM tail.hit_quarters
    WHERE kind = 'topic' AND (which_scope = 'all' OR lead)
      AND month >= coalesce(month_before(first_quarter(CAST(first_day AS DATE), zone)), '')
    UNION ALL
    SELECT topic_id, source_id, language, backlog, quarter, seen_quarter, CASE verdict WHEN 'add' THEN 1 ELSE -1 END
    FROM tail.decided
    WHERE with_overrides AND (verdict = 'add') <> (CASE WHEN which_scope = 'all' THEN found ELSE found_in_lead END)
) AS h
JOIN quarter_days(zone, first_day, last_day) AS q ON q.quarter = coalesce(h.quarter, h.seen_quarter)
GROUP BY ALL
HAVING sum(h.articles) > 0;

-- Articles whose file was not evaluated under the active topics. What was evaluated is recorded by file of articles; of a file
-- of which nothing is recorded, its run's manifest tells.
CREATE TABLE tail.unevaluated AS
WITH evaluated AS (
    SELECT file, bool_or(topics_version = (FROM active_topics)) AS active FROM stored.evaluations GROUP BY file
),
missed AS (
    SELECT o.file, o.run_id
    FROM (SELECT file, run_id FROM settled.origins UNION SELECT file, run_id FROM fresh.articles) AS o
    LEFT JOIN evaluated AS e ON e.file = o.file
    LEFT JOIN runs AS r ON r.run_id = o.run_id
    WHERE NOT coalesce(e.active, r.topics_version = (FROM active_topics), true)
)
SELECT source_id, backlog, quarter_of(coalesce(first_published_at, fetched_at)) AS quarter, count(*) AS articles
FROM first_revisions SEMI JOIN missed USING (file, run_id)
GROUP BY ALL;
COMMENT ON TABLE tail.unevaluated IS 'First revisions in which the active topics were not looked for, by quarter of an hour.';

CREATE TABLE tail.removed AS
WITH asked AS (
    SELECT article_id, source_id FROM removals
)
SELECT source_id, quarter_of(coalesce(first_published_at, fetched_at)) AS quarter, count(*) AS articles
FROM first_revisions
WHERE article_id IN (SELECT article_id FROM asked) OR source_id IN (SELECT source_id FROM asked WHERE article_id = '')
GROUP BY ALL;
COMMENT ON TABLE tail.removed IS 'First revisions whose text was removed on request, by quarter of an hour.';
