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

-- Offsets slice exactly the words out of the stored text.
CREATE OR REPLACE VIEW audits.evidence_slices AS
SELECT m.article_id, m.topic_id, piece
FROM (SELECT article_id, revision_hash, topic_id, unnest(evidence) AS piece FROM matches) AS m
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
