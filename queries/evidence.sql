-- Why did each article count: which rule found which words, where?
--
-- One row for each piece of evidence of each match, over all revisions of the articles. Figures count the first revision
-- (column counted), since a later edit must not move what was printed; the others show what changed. Offsets count
-- characters (code points) from 0 and slice exactly the words out of the revision's title or text. An article that a coder
-- put on a topic and no rule found has one row without words; of one that was taken off, the rows say so.
--
-- Parameters
--   topic      id of a topic; default: none, the evidence of all topics
--   concept    id of a concept, instead of a topic: its mentions, whether or not a topic fired; default: none
--   scope      lead: matches on title and first 25 words alone; all: any; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids; default: all polled ones that the topic has terms for
--   backlog    true: entries published before their feed's first poll too; default: false
--   overrides  true: column counted says what figures with overrides count; default: false
--   tz         IANA zone in which days are cut; default: UTC
--   article    id of one article; default: none, those of all
--
-- Columns
--   day             local day of publication; NULL: undated, first seen in the period
--   source_id       the source
--   topic_id        the topic that fired; NULL where a concept was asked for
--   rule            the part of the topic's rule that the words served, `override` where there are none; NULL likewise
--   field           title or text
--   start           first character
--   end             one past the last character
--   words           the words found
--   context         up to 40 characters before and after, the words in brackets
--   counted         whether figures count it: it stands in the first revision, and no override that is asked for says otherwise
--   override        add or remove, where a coder decided of this article and topic, with coder, day and reason; NULL: none did
--   url             the link as the outlet gave it
--
-- More columns
--   concept         the concept found
--   strength        how much evidence the match has; not a probability
--   lead            whether title and first 25 words alone suffice
--   title           the revision's title
--   language        the revision's language, ISO 639-1 or `und`
--   published_at    the first revision's date: the outlet's claim, UTC
--   revision        which change of the article, from 1
--   fetched_at      when the revision was first seen, UTC
--   article_id      the article
--   revision_hash   the revision
--   topics_version  the version of the topics that fired
WITH asked AS (
    SELECT article_id, first_published_at, CAST(first_published_at AT TIME ZONE $tz AS DATE) AS day
    FROM firsts_of($tz, $since, $until)
    WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[]))) AND ($backlog OR NOT backlog)
      AND (CAST($article AS VARCHAR) IS NULL OR article_id = $article)
),
found AS (
    SELECT article_id, revision_hash, first_revision, topics_version, topic_id, strength, lead, piece.concept AS concept,
           piece.rule AS rule, piece.field AS field, piece.start AS start, piece."end" AS "end"
    FROM (
        SELECT *, unnest(evidence) AS piece FROM matches_since($since, $tz)
        WHERE CAST($concept AS VARCHAR) IS NULL AND (CAST($topic AS VARCHAR) IS NULL OR topic_id = $topic)
    )
    UNION ALL
    SELECT article_id, revision_hash, first_revision, topics_version, NULL, NULL, lead, concept, NULL, field, start, "end"
    FROM mentions_since($since, $tz)
    WHERE concept = CAST($concept AS VARCHAR)
    UNION ALL
    SELECT f.article_id, f.revision_hash, true, (FROM active_topics), v.topic_id, NULL, true, NULL, 'override', NULL, NULL, NULL
    FROM overrides AS v
    JOIN first_revisions AS f ON f.article_id = v.article_id
    WHERE v.verdict = 'add' AND CAST($concept AS VARCHAR) IS NULL
      AND (CAST($topic AS VARCHAR) IS NULL OR v.topic_id = $topic)
      AND NOT EXISTS (FROM matches AS m WHERE m.article_id = v.article_id AND m.topic_id = v.topic_id AND m.first_revision
                      AND ($scope = 'all' OR m.lead))
),
read AS (
    SELECT article_id, revision_hash, source_id, title, text, language, url, fetched_at, revision
    FROM revisions_of((SELECT list(DISTINCT article_id) FROM found SEMI JOIN asked USING (article_id)), $since, $tz)
    QUALIFY row_number() OVER (PARTITION BY article_id, revision_hash ORDER BY revision) = 1
),
placed AS (
    SELECT f.*, a.day, a.first_published_at, r.source_id, r.title, r.language, r.url, r.fetched_at, r.revision,
           CASE f.field WHEN 'title' THEN r.title ELSE r.text END AS body, v.verdict,
           v.verdict || ' (' || v.coder || ', ' || CAST(v.decided_on AS VARCHAR) || '): ' || v.reason AS override
    FROM found AS f
    JOIN asked AS a ON a.article_id = f.article_id
    JOIN read AS r ON r.article_id = f.article_id AND r.revision_hash = f.revision_hash
    LEFT JOIN overrides AS v ON v.article_id = f.article_id AND v.topic_id = f.topic_id
    WHERE $scope = 'all' OR f.lead
)
SELECT day, source_id, topic_id, rule, field, start, "end", substring(body, start + 1, "end" - start) AS words,
       substring(body, greatest(start - 40, 0) + 1, least(start, 40)) || '[' || substring(body, start + 1, "end" - start) || ']'
           || substring(body, "end" + 1, 40) AS context,
       first_revision AND CASE WHEN $overrides THEN verdict IS DISTINCT FROM 'remove'
                               ELSE rule IS DISTINCT FROM 'override' END AS counted,
       override, url, concept, strength, lead, title, language, first_published_at AS published_at, revision,
       fetched_at, article_id, revision_hash, topics_version
FROM placed
ORDER BY day NULLS LAST, published_at, article_id, revision, topic_id, field DESC, start, "end", rule, concept
