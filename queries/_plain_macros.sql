-- Macros of a catalogue file that `open_dataset` has faster ones of, in plain words (`_ledger.sql`, `_counts.sql`).

CREATE MACRO source_days(zone, not_before := NULL, not_after := NULL) AS TABLE
FROM worked_days(zone, from_day := not_before, until_day := not_after);

CREATE MACRO source_runs(zone, not_before := NULL, not_after := NULL) AS TABLE
SELECT source_id, day AS from_day, day AS to_day, state FROM worked_days(zone, from_day := not_before, until_day := not_after);

CREATE MACRO firsts_of(zone, first_day, last_day) AS TABLE
FROM first_revisions
WHERE coalesce(first_published_at, fetched_at) >= days_from(first_day, zone)
  AND coalesce(first_published_at, fetched_at) < days_to(last_day, zone);

CREATE MACRO firsts_since(first_at) AS TABLE FROM first_revisions WHERE fetched_at >= first_at;

CREATE MACRO texts_of(zone, first_day, last_day) AS TABLE
FROM first_texts
WHERE coalesce(published_at, fetched_at) >= days_from(first_day, zone) AND coalesce(published_at, fetched_at) < days_to(last_day, zone);

CREATE MACRO texts_since(first_day, zone) AS TABLE
FROM first_texts WHERE fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO revisions_since(first_day, zone) AS TABLE
SELECT *, count(*) OVER (PARTITION BY article_id) AS revisions FROM article_revisions
QUALIFY fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO revisions_of(which_articles, first_day, zone) AS TABLE
FROM revisions_since(first_day, zone) WHERE article_id IN (SELECT unnest(which_articles));

CREATE MACRO matches_since(first_day, zone) AS TABLE
FROM matches WHERE fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO mentions_since(first_day, zone) AS TABLE
FROM mentions WHERE fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY;

CREATE MACRO fetches_since(first_at) AS TABLE FROM fetches WHERE started_at >= first_at;

CREATE MACRO intervals_from(first_day, zone, last_at := NULL) AS TABLE
SELECT source_id, feed_id, from_at, to_at FROM coverage
WHERE to_at >= days_from(first_day, zone) AND to_at <= coalesce(last_at, TIMESTAMPTZ 'infinity');

CREATE MACRO counts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
SELECT source_id, language, backlog, day, CASE WHEN day IS NULL THEN seen_day END AS seen_day,
       count(*) AS output, count(*) FILTER (on_topic) AS articles
FROM output_of(which_topic, which_concept, which_scope, zone, with_overrides := with_overrides, first_day := first_day, last_day := last_day)
GROUP BY ALL;

CREATE MACRO output_parts(zone, first_day, last_day) AS TABLE
SELECT source_id, language, backlog, day, seen_day, output FROM counts_of(NULL, NULL, 'all', zone, first_day, last_day);

CREATE MACRO parts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
FROM counts_of(which_topic, which_concept, which_scope, zone, first_day, last_day, with_overrides := with_overrides);

CREATE MACRO topic_counts(which_scope, zone, first_day, last_day, with_overrides := false) AS TABLE
SELECT h.topic_id, f.source_id, f.language, f.backlog, local_day(f.first_published_at, zone) AS day,
       CASE WHEN f.first_published_at IS NULL THEN local_day(f.fetched_at, zone) END AS seen_day, count(*) AS articles
FROM topic_hits(which_scope, with_overrides := with_overrides, zone := zone, first_day := first_day, last_day := last_day) AS h
JOIN first_revisions AS f ON f.article_id = h.article_id
WHERE coalesce(f.first_published_at, f.fetched_at) >= days_from(first_day, zone)
  AND coalesce(f.first_published_at, f.fetched_at) < days_to(last_day, zone)
GROUP BY ALL;
