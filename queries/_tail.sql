-- Which articles small files tell of: made when a dataset is opened, and small where it is compacted from time to time.
-- Settled rows of the articles in `touched_articles` are resolved together with the small files' articles; those in
-- `touched_found` likewise for what was found in them and where they were seen. All rows about an article lie in one month, its
-- home (`tail.homes`, vigie.queries.stages), so only few files have to be looked into for them: `tail.settled_<table>`. What came
-- before its article was committed is in no settled state either (`tail.uncommitted`).

-- A number for an article that settled files hold, too: half of a hash. (`md5_number_lower` is the same, by way of texts of ones and
-- noughts, and takes four times as long.)
CREATE MACRO key_of(article_id) AS CAST(md5_number(article_id) >> 64 AS UBIGINT);

CREATE TABLE tail.touched_articles AS
SELECT DISTINCT key_of(article_id) AS article_key FROM fresh.articles;
COMMENT ON TABLE tail.touched_articles IS 'Articles that small files tell of.';

CREATE TABLE tail.touched_found AS
SELECT article_key FROM tail.touched_articles
UNION
SELECT key_of(article_id) FROM (
    SELECT article_id FROM fresh.sightings UNION SELECT article_id FROM fresh.mentions UNION SELECT article_id FROM fresh.matches
)
UNION
SELECT article_key FROM tail.uncommitted;
COMMENT ON TABLE tail.touched_found IS 'Articles of which small files say what was found in them, or where they were seen.';

CREATE TABLE tail.rewritten AS
SELECT DISTINCT article_key FROM tail.homes SEMI JOIN tail.touched_articles USING (article_key);
COMMENT ON TABLE tail.rewritten IS 'Settled articles that small files tell of.';

CREATE TABLE tail.known AS
SELECT article_id, article_key, revision_hash, source_id, language, fetched_at, feed_id, run_id, is_first, counted_published_at,
       counted_backlog, counted_hour
FROM tail.settled_articles;
COMMENT ON TABLE tail.known IS 'Settled revisions of the articles that small files tell of.';

-- Articles of which a small file has an earlier revision than the settled first, and those whose first stays what it is.
CREATE TABLE tail.moved AS
SELECT DISTINCT k.article_id, k.article_key
FROM tail.known AS k
JOIN fresh.articles AS f ON f.article_id = k.article_id
WHERE k.is_first AND (f.fetched_at, f.feed_id, f.revision_hash, f.backlog, f.run_id)
                   < (k.fetched_at, k.feed_id, k.revision_hash, k.counted_backlog, k.run_id);
COMMENT ON TABLE tail.moved IS 'Settled articles of which a small file has an earlier revision.';

CREATE TABLE tail.lasting AS
SELECT DISTINCT article_id FROM tail.known ANTI JOIN tail.moved USING (article_id);
COMMENT ON TABLE tail.lasting IS 'Settled articles that small files tell of, and whose first revision is settled.';

CREATE VIEW tail.committed AS
SELECT article_id, revision_hash FROM tail.known
UNION ALL
SELECT article_id, revision_hash FROM fresh.articles;
COMMENT ON VIEW tail.committed IS 'Committed revisions of the articles that small files tell of.';

-- Of an article of which a small file has an earlier revision than the settled first, that is among `tail.first_revisions`.
CREATE VIEW tail.firsts AS
SELECT article_id, revision_hash, source_id, language, fetched_at, first_published_at, backlog, published_hour
FROM tail.first_revisions
UNION ALL
SELECT article_id, revision_hash, source_id, language, fetched_at, counted_published_at, counted_backlog, counted_hour
FROM tail.known SEMI JOIN tail.lasting USING (article_id)
WHERE is_first;
COMMENT ON VIEW tail.firsts IS 'First revisions of the articles that small files tell of.';
