-- Audits: each view must be empty. A row is a promise of the dataset that does not hold (DESIGN.md, invariants).
CREATE SCHEMA IF NOT EXISTS audits;

-- Nothing vanishes: every entry of a poll ended as one of the four.
CREATE OR REPLACE VIEW audits.ledger_balances AS
SELECT feed_id, started_at, entries, new, revised, known, failed FROM stored.fetches
WHERE entries <> new + revised + known + failed;

-- What the ledger counts as failed can be read in failures.
CREATE OR REPLACE VIEW audits.failed_entries_have_reasons AS
SELECT feed_id, started_at, failed FROM fetches AS f
WHERE failed > 0 AND NOT EXISTS (FROM stored.failures AS x WHERE x.feed_id = f.feed_id AND x."at" = f.started_at);

-- The ledger comes last: an article that it names is there.
CREATE OR REPLACE VIEW audits.ledger_names_stored_articles AS
SELECT feed_id, started_at, entry.article_id AS article_id
FROM (SELECT feed_id, started_at, unnest(entry_keys) AS entry FROM stored.fetches) AS k
WHERE NOT EXISTS (FROM stored.articles AS a WHERE a.article_id = entry.article_id);

CREATE OR REPLACE VIEW audits.one_row_an_article AS
SELECT article_id, count(*) AS rows FROM articles GROUP BY article_id HAVING count(*) > 1;

CREATE OR REPLACE VIEW audits.one_poll_one_row AS
SELECT feed_id, vantage, started_at FROM fetches GROUP BY ALL HAVING count(*) > 1;

CREATE OR REPLACE VIEW audits.neighbours_differ AS
SELECT article_id, revision FROM article_revisions
QUALIFY revision_hash = lag(revision_hash) OVER (PARTITION BY article_id ORDER BY revision);

-- Offsets slice exactly the words out of the stored text, unless that was removed on request.
CREATE OR REPLACE VIEW audits.evidence_slices AS
SELECT m.article_id, m.topic_id, piece
FROM (
    SELECT article_id, revision_hash, topic_id, unnest(evidence) AS piece
    FROM matches
    WHERE article_id NOT IN (SELECT article_id FROM removals)
        AND source_id NOT IN (SELECT source_id FROM removals WHERE article_id = '')
) AS m
JOIN article_revisions AS r ON r.article_id = m.article_id AND r.revision_hash = m.revision_hash
WHERE substring(CASE piece.field WHEN 'title' THEN r.title ELSE r.text END, piece.start + 1, piece."end" - piece.start)
      IS DISTINCT FROM piece.text;

CREATE OR REPLACE VIEW audits.every_match_has_evidence AS
SELECT article_id, topic_id FROM matches WHERE len(evidence) = 0;

-- A date that cannot be relied on is none, and one that can is there.
CREATE OR REPLACE VIEW audits.dates_agree_with_their_quality AS
SELECT article_id, published_at, date_quality FROM stored.articles
WHERE (published_at IS NULL) <> (date_quality IN ('missing', 'unreadable', 'future', 'implausible'));

CREATE OR REPLACE VIEW audits.every_article_was_sighted AS
SELECT article_id FROM first_revisions AS a WHERE NOT EXISTS (FROM sightings AS s WHERE s.article_id = a.article_id);

CREATE OR REPLACE VIEW audits.copied_hours_agree AS
SELECT article_id, topic_id, first_published_at, published_hour FROM stored.matches
WHERE published_hour IS DISTINCT FROM CAST(floor(epoch(first_published_at) / 3600) AS BIGINT);

-- What was copied so that trends need no join is what the article's revision says.
CREATE OR REPLACE VIEW audits.copied_columns_agree AS
SELECT m.article_id, m.revision_hash, m.topic_id
FROM stored.matches AS m
JOIN stored.articles AS a ON a.article_id = m.article_id AND a.revision_hash = m.revision_hash AND a.fetched_at = m.fetched_at
WHERE m.source_id <> a.source_id OR m.language <> a.language;

-- Words found lie inside the text that they were found in, unless that was removed on request.
CREATE OR REPLACE VIEW audits.mentions_lie_in_their_text AS
SELECT m.article_id, m.revision_hash, m.concept, m.field, m.start, m."end"
FROM mentions AS m
JOIN article_revisions AS r ON r.article_id = m.article_id AND r.revision_hash = m.revision_hash
WHERE (m.start < 0 OR m."end" <= m.start OR m."end" > length(CASE m.field WHEN 'title' THEN r.title ELSE r.text END))
    AND m.article_id NOT IN (SELECT article_id FROM removals)
    AND m.source_id NOT IN (SELECT source_id FROM removals WHERE article_id = '');

-- A topic that fired is one of the version under which it did.
CREATE OR REPLACE VIEW audits.matches_name_known_topics AS
SELECT DISTINCT m.topics_version, m.topic_id FROM stored.matches AS m
WHERE m.topics_version IN (SELECT topics_version FROM stored.topics)
  AND NOT EXISTS (FROM stored.topics AS t WHERE t.topics_version = m.topics_version AND t.topic_id = m.topic_id);

-- An article was sighted no later than the poll that brought its first revision.
CREATE OR REPLACE VIEW audits.sightings_begin_with_the_first_revision AS
SELECT f.article_id, f.fetched_at, min(s.first_seen) AS first_seen
FROM first_revisions AS f JOIN sightings AS s ON s.article_id = f.article_id
GROUP BY f.article_id, f.fetched_at HAVING min(s.first_seen) > f.fetched_at;

-- Of a feed, one interval between polls begins where the one before ended.
CREATE OR REPLACE VIEW audits.coverage_overlaps_nowhere AS
SELECT feed_id, from_at, to_at FROM coverage
QUALIFY from_at < lag(to_at) OVER (PARTITION BY feed_id ORDER BY from_at, to_at);

-- Whoever controls a source, it is one at a time: of two claims on a day a figure can take but one.
CREATE OR REPLACE VIEW audits.claims_hold_one_at_a_time AS
SELECT source_id, claim, valid_from, valid_to FROM source_claims
QUALIFY coalesce(valid_from, DATE '0001-01-01')
     <= max(coalesce(valid_to, DATE '9999-12-31')) OVER (
            PARTITION BY source_id, claim ORDER BY coalesce(valid_from, DATE '0001-01-01'), coalesce(valid_to, DATE '9999-12-31')
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- What a coder decided is about an article that is there.
CREATE OR REPLACE VIEW audits.overrides_name_stored_articles AS
SELECT article_id, topic_id FROM overrides AS o WHERE NOT EXISTS (FROM stored.articles AS a WHERE a.article_id = o.article_id);

-- A measured share lies within its interval, and that within 0 and 1.
CREATE OR REPLACE VIEW audits.intervals_hold_their_figures AS
SELECT audit_id, language, control FROM audits
WHERE NOT (sensitivity BETWEEN sensitivity_low AND sensitivity_high) OR NOT (specificity BETWEEN specificity_low AND specificity_high)
   OR sensitivity_low < 0 OR sensitivity_high > 1 OR specificity_low < 0 OR specificity_high > 1;

-- The views say of themselves what they promise.
COMMENT ON VIEW audits.ledger_balances IS 'Empty: every entry of a poll ended as new, revised, known or failed.';
COMMENT ON VIEW audits.failed_entries_have_reasons IS 'Empty: what the ledger counts as failed can be read in failures.';
COMMENT ON VIEW audits.ledger_names_stored_articles IS 'Empty: an article that the ledger names is there.';
COMMENT ON VIEW audits.one_row_an_article IS 'Empty: the view articles has one row an article.';
COMMENT ON VIEW audits.one_poll_one_row IS 'Empty: the view fetches has one row a poll.';
COMMENT ON VIEW audits.neighbours_differ IS 'Empty: of two revisions that follow each other, the second reads differently.';
COMMENT ON VIEW audits.evidence_slices IS 'Empty: evidence slices exactly its words out of the stored text.';
COMMENT ON VIEW audits.every_match_has_evidence IS 'Empty: no topic fired without words.';
COMMENT ON VIEW audits.dates_agree_with_their_quality IS 'Empty: a date that cannot be relied on is none, and one that can is there.';
COMMENT ON VIEW audits.every_article_was_sighted IS 'Empty: every article was seen in a feed.';
COMMENT ON VIEW audits.copied_hours_agree IS 'Empty: the hour of a match is that of its date.';
COMMENT ON VIEW audits.copied_columns_agree IS 'Empty: source and language of a match are those of its article.';
COMMENT ON VIEW audits.mentions_lie_in_their_text IS 'Empty: words found lie inside their text.';
COMMENT ON VIEW audits.matches_name_known_topics IS 'Empty: a topic that fired is one of its version.';
COMMENT ON VIEW audits.sightings_begin_with_the_first_revision IS 'Empty: no article was sighted after its first revision alone.';
COMMENT ON VIEW audits.coverage_overlaps_nowhere IS 'Empty: the intervals of a feed do not overlap.';
COMMENT ON VIEW audits.claims_hold_one_at_a_time IS 'Empty: of a source one claim of a kind holds at a time.';
COMMENT ON VIEW audits.overrides_name_stored_articles IS 'Empty: what a coder decided is about an article that is there.';
COMMENT ON VIEW audits.intervals_hold_their_figures IS 'Empty: a measured share lies within its interval.';
