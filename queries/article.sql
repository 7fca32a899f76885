-- What is known of one article: how it read, from when on?
--
-- One row for each revision, in order of time. Its evidence is the answer to `evidence` with the same article.
--
-- Parameters
--   article  id of the article; no default
--   tz       IANA zone in which its day is cut; default: UTC
--
-- Columns
--   revision      which change of the article, from 1
--   day           local day of its first revision's date; NULL: undated
--   seen_day      local day on which it was first seen
--   source_id     the source
--   name          what the source is called
--   title         plain text
--   text          plain text of the summary or content
--   url           the link as the outlet gave it
--   fetched_at    when this revision was first seen, UTC
--
-- More columns
--   published_at  the first revision's date: the outlet's claim, UTC
--   date_quality  how far it can be relied on
--   language      this revision's language, ISO 639-1 or `und`
--   language_confidence  posterior probability of the language, 0 to 1
--   authors       names as given
--   text_words    words in title and text
--   backlog       whether it was published before its feed's first poll
--   feeds         feeds in which it was seen
--   control       the state that controlled the source on that day, `none`, or `unstated`
--   independence  how independent its newsroom was on that day, or `unstated`
--   article_id    the article
--   revision_hash the revision
WITH placed AS (
    SELECT f.article_id, f.first_published_at, f.backlog, local_day(f.first_published_at, $tz) AS day,
           local_day(f.fetched_at, $tz) AS seen_day
    FROM first_revisions AS f WHERE f.article_id = CAST($article AS VARCHAR)
),
seen AS (
    SELECT article_id, list(feed_id ORDER BY first_seen, feed_id) AS feeds
    FROM sightings WHERE article_id = CAST($article AS VARCHAR) GROUP BY article_id
),
held AS (
    SELECT s.source_id,
           max(c.value) FILTER (c.claim = 'controlling_state') AS control,
           max(c.value) FILTER (c.claim = 'independence') AS independence
    FROM sources AS s
    CROSS JOIN placed AS p
    LEFT JOIN source_claims AS c ON c.source_id = s.source_id
        AND (c.valid_from IS NULL OR c.valid_from <= coalesce(p.day, p.seen_day))
        AND (c.valid_to IS NULL OR coalesce(p.day, p.seen_day) <= c.valid_to)
    GROUP BY s.source_id
)
SELECT r.revision, p.day, p.seen_day, r.source_id, coalesce(nullif(s.name, ''), r.source_id) AS name, r.title, r.text, r.url,
       r.fetched_at, p.first_published_at AS published_at, r.date_quality, r.language, r.language_confidence, r.authors,
       r.text_words, p.backlog, coalesce(n.feeds, []) AS feeds, coalesce(nullif(h.control, ''), 'unstated') AS control,
       coalesce(nullif(h.independence, ''), 'unstated') AS independence, r.article_id, r.revision_hash
FROM article_revisions AS r
JOIN placed AS p ON p.article_id = r.article_id
LEFT JOIN seen AS n ON n.article_id = r.article_id
LEFT JOIN sources AS s ON s.source_id = r.source_id
LEFT JOIN held AS h ON h.source_id = r.source_id
WHERE r.article_id = CAST($article AS VARCHAR)
ORDER BY r.revision
