-- What several questions share, as macros that any query can use too.

-- Each polled source on each local day of the ledger: covered, partial or unknown (METHOD.md, "Time that was covered").
-- A feed is watched from its first successful poll. A day of a source is judged by the feeds watched by its end: covered
-- where all of them were covered from midnight to midnight, unknown where none was seen at all, partial otherwise.
-- So a feed that begins late takes nothing from the days before it. An export is no poll; where it is stated to be complete from
-- one day to another, it counts for these days as a feed that was covered. With known_by, only polls before that moment count;
-- with days, only the days from the one to the other are worked out.
CREATE MACRO source_days(zone, known_by := TIMESTAMPTZ 'infinity', from_day := NULL, until_day := NULL) AS TABLE
WITH feeds_polled AS (
    SELECT source_id, feed_id, local_day(first_at, zone) AS first_day, local_day(last_at, zone) AS last_day,
           local_day(watched_at, zone) AS watched_from, CAST(NULL AS DATE) AS watched_until
    FROM (
        SELECT source_id, feed_id, min(started_at) AS first_at, max(started_at) AS last_at,
               min(started_at) FILTER (succeeded(outcome)) AS watched_at
        FROM stored.fetches WHERE started_at < known_by AND outcome <> 'export' GROUP BY source_id, feed_id
    )
    UNION ALL
    SELECT source_id, feed_id, min(local_day(complete_from, zone)), max(local_day(complete_until - INTERVAL 1 MICROSECOND, zone)),
           min(local_day(complete_from, zone)), max(local_day(complete_until - INTERVAL 1 MICROSECOND, zone))
    FROM stored.fetches WHERE started_at < known_by AND complete_from IS NOT NULL GROUP BY source_id, feed_id
),
polled AS (
    SELECT DISTINCT source_id FROM feeds_polled
),
days AS (
    SELECT day, day_start(day, zone) AS starts_at, day_start(day + 1, zone) AS ends_at
    FROM (
        SELECT CAST(unnest(generate_series(
            CAST(greatest(first_day, CAST(from_day AS DATE)) AS TIMESTAMP),
            CAST(least(last_day, CAST(until_day AS DATE)) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
        FROM (SELECT min(first_day) AS first_day, max(last_day) AS last_day FROM feeds_polled)
    )
),
pieces AS (
    SELECT feed_id, state, from_at, to_at, CAST(unnest(generate_series(
        CAST(greatest(local_day(from_at, zone), CAST(from_day AS DATE)) AS TIMESTAMP),
        CAST(least(local_day(to_at, zone), CAST(until_day AS DATE)) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
    FROM (
        -- Neighbours that are alike are one span: the same days from a few rows, unless it matters which polls came when.
        SELECT feed_id, state, from_at, to_at FROM coverage_spans WHERE known_by = TIMESTAMPTZ 'infinity'
        UNION ALL
        SELECT feed_id, state, from_at, to_at FROM coverage WHERE known_by < TIMESTAMPTZ 'infinity' AND to_at < known_by
    )
),
seen_parts AS (
    SELECT p.feed_id, p.day, p.state,
           epoch_us(least(p.to_at, d.ends_at)) - epoch_us(greatest(p.from_at, d.starts_at)) AS seen_us,
           epoch_us(d.ends_at) - epoch_us(d.starts_at) AS day_us
    FROM pieces AS p JOIN days AS d ON d.day = p.day
),
feed_days AS (
    SELECT feed_id, day, coalesce(sum(seen_us) FILTER (state = 'covered'), 0) = any_value(day_us) AS covered
    FROM seen_parts WHERE seen_us > 0 GROUP BY feed_id, day
)
SELECT p.source_id, d.day,
       CASE WHEN count(f.feed_id) = 0 THEN 'unknown'
            WHEN count(*) FILTER (f.covered) = count(w.feed_id) THEN 'covered'
            ELSE 'partial' END AS state
FROM polled AS p
CROSS JOIN days AS d
LEFT JOIN feeds_polled AS w ON w.source_id = p.source_id AND w.watched_from <= d.day AND coalesce(d.day <= w.watched_until, true)
LEFT JOIN feed_days AS f ON f.feed_id = w.feed_id AND f.day = d.day
GROUP BY p.source_id, d.day;

-- Each of the named sources on each day of a period: its state, and its country, control and independence on that day.
CREATE MACRO asked_days(which_sources, period_start, period_end, zone) AS TABLE
WITH grid AS (
    SELECT source_id, CAST(unnest(generate_series(
        CAST(CAST(period_start AS DATE) AS TIMESTAMP), CAST(CAST(period_end AS DATE) AS TIMESTAMP), INTERVAL 1 DAY)) AS DATE) AS day
    FROM (SELECT DISTINCT unnest(CAST(which_sources AS VARCHAR[])) AS source_id)
),
held AS (
    -- Should two claims overlap, the one that began later holds: no article may count twice.
    SELECT g.source_id, g.day,
           arg_max(c.value, coalesce(c.valid_from, DATE '0001-01-01')) FILTER (c.claim = 'controlling_state') AS control,
           arg_max(c.value, coalesce(c.valid_from, DATE '0001-01-01')) FILTER (c.claim = 'independence') AS independence
    FROM grid AS g
    JOIN source_claims AS c ON c.source_id = g.source_id
        AND (c.valid_from IS NULL OR c.valid_from <= g.day) AND (c.valid_to IS NULL OR g.day <= c.valid_to)
    GROUP BY g.source_id, g.day
)
SELECT g.source_id, g.day, coalesce(d.state, 'unknown') AS state,
       coalesce(nullif(s.country, ''), 'unstated') AS country,
       coalesce(nullif(h.control, ''), 'unstated') AS control,
       coalesce(nullif(h.independence, ''), 'unstated') AS independence
FROM grid AS g
LEFT JOIN source_days(zone, from_day := period_start, until_day := period_end) AS d ON d.source_id = g.source_id AND d.day = g.day
LEFT JOIN held AS h ON h.source_id = g.source_id AND h.day = g.day
LEFT JOIN sources AS s ON s.source_id = g.source_id;

-- The days of a period on which every member of a panel was covered: the only ones that shares are taken over.
CREATE MACRO full_days(which_panel, period_start, period_end, zone) AS TABLE
SELECT day
FROM source_days(zone, from_day := period_start, until_day := period_end)
WHERE state = 'covered' AND list_contains(CAST(which_panel AS VARCHAR[]), source_id) AND day BETWEEN period_start AND period_end
GROUP BY day
HAVING count(*) = len(list_distinct(CAST(which_panel AS VARCHAR[])));

-- The moments between which days lie; without days, all there are.
CREATE MACRO days_from(first_day, zone) AS coalesce(day_start(CAST(first_day AS DATE), zone), TIMESTAMPTZ '0001-01-02 00:00:00+00');
CREATE MACRO days_to(last_day, zone) AS coalesce(day_start(CAST(last_day AS DATE) + 1, zone), TIMESTAMPTZ 'infinity');

-- Every article with its local day of publication (NULL: undated), the day it was first seen, and whether it is on the
-- topic or concept; with neither, all are. Membership, language and dates are those of the first revision: a headline that
-- is edited after a figure was printed must not move it. Scope `lead` asks for evidence in title or first 25 words.
-- With overrides, what a coder decided of an article and the topic holds, whatever the rules found, in either scope.
-- With days, only what was published on these, or without a date first seen on these. No date lies more than a day after the
-- article was fetched, so what was fetched before is not even read.
CREATE MACRO output_of(
    which_topic, which_concept, which_scope, zone, with_overrides := false, first_day := NULL, last_day := NULL
) AS TABLE
WITH first AS (
    FROM first_revisions
    WHERE fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY
      AND coalesce(first_published_at, fetched_at) >= days_from(first_day, zone)
      AND coalesce(first_published_at, fetched_at) < days_to(last_day, zone)
),
hits AS (
    -- The same rows as in the views matches and mentions: a first revision is committed, and UNION drops repetitions.
    SELECT m.article_id
    FROM stored.matches AS m JOIN first AS f ON f.article_id = m.article_id AND f.revision_hash = m.revision_hash
    WHERE m.topic_id = CAST(which_topic AS VARCHAR) AND (which_scope = 'all' OR m.lead)
        AND m.topics_version = (FROM active_topics) AND m.fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY
    UNION
    SELECT m.article_id
    FROM stored.mentions AS m JOIN first AS f ON f.article_id = m.article_id AND f.revision_hash = m.revision_hash
    WHERE m.concept = CAST(which_concept AS VARCHAR) AND (which_scope = 'all' OR m.lead)
        AND m.topics_version = (FROM active_topics) AND m.fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY
),
verdicts AS (
    SELECT article_id, verdict = 'add' AS added FROM overrides
    WHERE with_overrides AND topic_id = CAST(which_topic AS VARCHAR)
)
SELECT f.article_id, f.source_id, f.language, f.backlog, f.run_id, f.file,
       local_day(f.first_published_at, zone) AS day,
       local_day(f.fetched_at, zone) AS seen_day,
       (CAST(which_topic AS VARCHAR) IS NULL AND CAST(which_concept AS VARCHAR) IS NULL)
           OR coalesce(v.added, h.article_id IS NOT NULL) AS on_topic
FROM first AS f
LEFT JOIN hits AS h ON h.article_id = f.article_id
LEFT JOIN verdicts AS v ON v.article_id = f.article_id;

-- Which topics each article is on, by its first revision: the topics' side of what `output_of` tells of one.
CREATE MACRO topic_hits(which_scope, with_overrides := false, zone := 'UTC', first_day := NULL, last_day := NULL) AS TABLE
WITH decided AS (
    SELECT article_id, topic_id, verdict FROM overrides WHERE with_overrides
)
SELECT m.article_id, m.topic_id, m.source_id, m.language, m.first_published_at, m.backlog
FROM matches AS m
ANTI JOIN decided AS d ON d.article_id = m.article_id AND d.topic_id = m.topic_id
WHERE m.first_revision AND (which_scope = 'all' OR m.lead)
  AND m.fetched_at >= days_from(first_day, zone) - INTERVAL 1 DAY
  AND coalesce(m.first_published_at, m.fetched_at) >= days_from(first_day, zone)
  AND coalesce(m.first_published_at, m.fetched_at) < days_to(last_day, zone)
UNION ALL
SELECT f.article_id, d.topic_id, f.source_id, f.language, f.first_published_at, f.backlog
FROM decided AS d
JOIN first_revisions AS f ON f.article_id = d.article_id
WHERE d.verdict = 'add';

-- First day of the day, week (from Monday) or month that a day lies in; `period`: one bucket for all days.
CREATE MACRO bucket_of(step, some_day, period_start) AS
    CASE step WHEN 'day' THEN some_day
              WHEN 'week' THEN CAST(date_trunc('week', some_day) AS DATE)
              WHEN 'month' THEN CAST(date_trunc('month', some_day) AS DATE)
              WHEN 'period' THEN CAST(period_start AS DATE) END;

CREATE MACRO split_of(split_by, of_language, of_country, of_control, of_source) AS
    CASE split_by WHEN 'language' THEN of_language
                  WHEN 'country' THEN of_country
                  WHEN 'control' THEN of_control
                  WHEN 'source' THEN of_source
                  ELSE 'all' END;

-- Whether an article's language is one that the topic has terms for; NULL languages: not known, all are. `und` stays in.
CREATE MACRO readable(of_language, topic_languages) AS
    CAST(topic_languages AS VARCHAR[]) IS NULL OR of_language = 'und'
    OR list_contains(CAST(topic_languages AS VARCHAR[]), of_language);

-- Unknown is not zero: a count of nothing where nothing was watched is no count.
CREATE MACRO known_count(articles, covered_days, partial_days) AS
    CASE WHEN coalesce(articles, 0) = 0 AND covered_days + partial_days = 0 THEN NULL ELSE coalesce(articles, 0) END;

CREATE MACRO state_of(covered_days, partial_days, unknown_days) AS
    CASE WHEN covered_days + partial_days = 0 THEN 'unknown'
         WHEN partial_days + unknown_days = 0 THEN 'covered'
         ELSE 'partial' END;

-- The share of two fingerprints' hashes that are equal: the estimated Jaccard similarity of the texts (vigie.fingerprint).
-- Behind a hash of all words stand bands, each of three hashes of 21 bits.
CREATE MACRO fingerprint_similarity(one, other) AS
    list_sum(list_transform(list_zip(one[2:], other[2:]), lambda pair:
        CAST(xor(pair[1], pair[2]) & 2_097_151 = 0 AS INTEGER)
        + CAST((xor(pair[1], pair[2]) >> 21) & 2_097_151 = 0 AS INTEGER)
        + CAST(xor(pair[1], pair[2]) >> 42 = 0 AS INTEGER)
    )) / (3 * (len(one) - 1));

-- Words for a reader: French where that is asked for, else English.
CREATE MACRO in_words(language, english, french) AS CASE WHEN language = 'fr' THEN french ELSE english END;
