-- Which articles stand behind a number?
--
-- One row for each article that `coverage` counts with the same parameters, as it read when it was first seen: title,
-- language and date are those of the first revision.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all articles are listed
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: list entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   words      what title or text says, regardless of case; default: none
--   limit      rows at most, the latest; default: all
--   languages  derived: the languages that the topic has terms for
--   listed_from derived: from which day on articles have to be looked at for as many as are listed
--
-- Columns
--   day            local day of publication; NULL: undated, first seen in the period
--   source_id      the source
--   language       ISO 639-1 code, or `und`
--   title          plain text
--   url            the link as the outlet gave it
--
-- More columns
--   published_at   the outlet's claim, UTC
--   date_quality   how far it can be relied on
--   fetched_at     when it was first seen, UTC
--   text_words     words in title and text
--   backlog        whether it was published before its feed's first poll
--   revisions      how often it is known to have read differently, the first included
--   state          what is known of its source's day: covered, partial or unknown
--   country        the source's country
--   control        the state that controlled it on the day, `none`, or `unstated`
--   independence   how independent its newsroom was on the day, or `unstated`
--   in_share       whether shares of output count it too: its source is in the panel and the whole panel was covered
--   article_id     the article
--   revision_hash  its first revision
WITH grid AS (
    FROM asked_days($sources, $listed_from, $until, $tz)
),
full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
listed AS (
    SELECT o.article_id, o.source_id, o.day, o.first_published_at, g.state, g.country, g.control,
           g.independence,
           coalesce(o.day IN (FROM full_day) AND o.source_id IN (SELECT unnest(CAST($panel AS VARCHAR[])))
                    AND readable(o.language, $languages), false) AS in_share
    FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $listed_from, last_day := $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = coalesce(o.day, o.seen_day)
    WHERE o.on_topic AND ($backlog OR NOT o.backlog)
    -- Without words to look for, which rows are wanted is known before any text is read.
    QUALIFY CAST($limit AS BIGINT) IS NULL OR CAST($words AS VARCHAR) IS NOT NULL
        OR row_number() OVER (ORDER BY o.day DESC NULLS LAST, o.first_published_at DESC, o.source_id, o.article_id) <= $limit
)
SELECT l.day, r.source_id, r.language, r.title, r.url, r.published_at, r.date_quality, r.fetched_at, r.text_words, r.backlog,
       r.revisions, CASE WHEN l.day IS NOT NULL THEN l.state END AS state, l.country, l.control, l.independence, l.in_share,
       r.article_id,
       r.revision_hash
FROM listed AS l
JOIN revisions_of((SELECT list(article_id) FROM listed), $listed_from, $tz) AS r ON r.article_id = l.article_id
WHERE r.revision = 1 AND (CAST($words AS VARCHAR) IS NULL OR contains(lower(r.title || ' ' || r.text), lower($words)))
QUALIFY CAST($limit AS BIGINT) IS NULL
    OR row_number() OVER (ORDER BY l.day DESC NULLS LAST, r.published_at DESC, r.source_id, r.article_id) <= $limit
ORDER BY l.day NULLS LAST, r.published_at, r.source_id, r.article_id
