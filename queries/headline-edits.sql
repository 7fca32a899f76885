-- Which headlines were edited after they were first seen, and what did they say before?
--
-- One row for each change of a title between two revisions of an article of the period. A change is known to the gap between the
-- polls that saw the two wordings; one that was made and undone between two polls is not known.
--
-- Parameters
--   topic      id of a topic: articles on it before or after the edit; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles count
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids; default: all polled ones that the topic has terms for
--   backlog    true: list entries published before their feed's first poll too; default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   day              local day of publication; NULL: undated, first seen in the period
--   source_id        the source
--   changed_at       when the new wording was first seen, UTC
--   title_before     what it said
--   title_after      what it said then
--   on_topic_before  whether the revision before was on the topic; NULL: none was asked for
--   on_topic_after   the same of the revision after
--
-- More columns
--   url           the link as the outlet gave it
--   hours_after   hours from the first time the article was seen
--   unseen_hours  hours between the poll before and the one that saw the new wording; NULL: not known
--   revision      which change of the article it is, from 2
--   article_id    the article
--
-- Notes
--   Edits are minima: what was changed between two polls and changed back, or after the entry had left the feed, was never seen.
--
-- Notes, in French
--   Les modifications sont des minimums : ce qui a changé puis repris sa forme entre deux relevés, ou après la sortie du flux, n’a pas été vu.
WITH texts AS (
    -- Of most articles one text is known, and of these nothing is read.
    SELECT article_id, source_id, feed_id, fetched_at, published_at, backlog, language, title, url, revision, revision_hash
    FROM revisions_since($since, $tz) WHERE revisions > 1
),
asked AS (
    SELECT article_id, source_id, feed_id, fetched_at, title, url, revision, revision_hash, fetched_at AS first_seen,
           local_day(published_at, $tz) AS day
    FROM texts
    WHERE revision = 1 AND coalesce(published_at, fetched_at) >= days_from($since, $tz)
      AND coalesce(published_at, fetched_at) < days_to($until, $tz)
      AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[]))) AND ($backlog OR NOT backlog)
      AND readable(language, $languages)
),
later AS (
    SELECT r.article_id, r.source_id, r.feed_id, r.fetched_at, r.title, r.url, r.revision, r.revision_hash, a.first_seen, a.day
    FROM texts AS r JOIN asked AS a ON a.article_id = r.article_id
    WHERE r.revision > 1
),
edits AS (
    SELECT *, lag(title) OVER w AS title_before, lag(revision_hash) OVER w AS hash_before
    FROM (FROM asked UNION ALL FROM later)
    WINDOW w AS (PARTITION BY article_id ORDER BY revision)
    QUALIFY lag(title) OVER w <> title
),
hits AS (
    SELECT article_id, revision_hash FROM matches_since($since, $tz)
    WHERE topic_id = CAST($topic AS VARCHAR) AND ($scope = 'all' OR lead)
    UNION
    SELECT article_id, revision_hash FROM mentions_since($since, $tz)
    WHERE concept = CAST($concept AS VARCHAR) AND ($scope = 'all' OR lead)
),
judged AS (
    SELECT e.*, EXISTS (FROM hits AS h WHERE h.article_id = e.article_id AND h.revision_hash = e.hash_before) AS on_before,
           EXISTS (FROM hits AS h WHERE h.article_id = e.article_id AND h.revision_hash = e.revision_hash) AS on_after,
           coalesce(CAST($topic AS VARCHAR), CAST($concept AS VARCHAR)) IS NOT NULL AS on_what
    FROM edits AS e
)
SELECT j.day, j.source_id, j.fetched_at AS changed_at, j.title_before, j.title AS title_after,
       CASE WHEN on_what THEN on_before END AS on_topic_before, CASE WHEN on_what THEN on_after END AS on_topic_after, j.url,
       round((epoch(j.fetched_at) - epoch(j.first_seen)) / 3600, 2) AS hours_after,
       round((epoch(c.to_at) - epoch(c.from_at)) / 3600, 2) AS unseen_hours, j.revision, j.article_id
FROM judged AS j
LEFT JOIN intervals_from(CAST($since AS DATE) - 1, $tz, last_at := (SELECT max(fetched_at) FROM judged)) AS c ON c.feed_id = j.feed_id AND c.to_at = j.fetched_at
WHERE NOT on_what OR on_before OR on_after
ORDER BY j.day NULLS LAST, j.fetched_at, j.article_id, j.revision
