-- What several questions share, as macros that any query can use too.

-- Each of the named sources with its country, control and independence, from one day to another: a row for as long as nothing of
-- these changes. Together a source's rows are the whole period.
CREATE MACRO asked_stretches(which_sources, period_start, period_end) AS TABLE
WITH asked AS (
    SELECT DISTINCT unnest(CAST(which_sources AS VARCHAR[])) AS source_id
),
claims AS (
    SELECT source_id, claim, value, coalesce(valid_from, DATE '0001-01-01') AS from_day, coalesce(valid_to, DATE '9999-12-30') AS to_day
    FROM source_claims SEMI JOIN asked USING (source_id)
),
stretches AS (
    -- Between two days on which a claim of a source begins to hold, or holds no more, nothing changes.
    SELECT source_id, from_day, coalesce(lead(from_day) OVER (PARTITION BY source_id ORDER BY from_day) - 1, CAST(period_end AS DATE)) AS to_day
    FROM (
        SELECT source_id, CAST(period_start AS DATE) AS from_day FROM asked
        UNION SELECT source_id, from_day FROM claims WHERE from_day > period_start AND from_day <= period_end
        UNION SELECT source_id, to_day + 1 FROM claims WHERE to_day >= period_start AND to_day < period_end
    )
),
held AS (
    -- Should two claims overlap, the one that began later holds: no article may count twice.
    SELECT s.source_id, s.from_day, s.to_day,
           arg_max(c.value, c.from_day) FILTER (c.claim = 'controlling_state') AS control,
           arg_max(c.value, c.from_day) FILTER (c.claim = 'independence') AS independence
    FROM stretches AS s
    LEFT JOIN claims AS c ON c.source_id = s.source_id AND s.from_day BETWEEN c.from_day AND c.to_day
    GROUP BY s.source_id, s.from_day, s.to_day
)
SELECT h.source_id, h.from_day, h.to_day, coalesce(nullif(s.country, ''), 'unstated') AS country,
       coalesce(nullif(h.control, ''), 'unstated') AS control, coalesce(nullif(h.independence, ''), 'unstated') AS independence
FROM held AS h LEFT JOIN sources AS s ON s.source_id = h.source_id;

-- Each of the named sources from one day to another of a period: its state, and its country, control and independence then; each of
-- its days is in one row. Source days are known of all polled sources on each day from the first to the last of all; of no
-- other source, on no other day.
CREATE MACRO asked_runs(which_sources, period_start, period_end, zone) AS TABLE
WITH stretches AS (
    FROM asked_stretches(which_sources, period_start, period_end)
),
known AS (
    FROM source_runs(zone, not_before := period_start, not_after := period_end)
),
polled AS (
    SELECT source_id, min(from_day) AS first_day, max(to_day) AS last_day FROM known GROUP BY source_id
)
SELECT k.source_id, greatest(k.from_day, h.from_day) AS from_day, least(k.to_day, h.to_day) AS to_day, k.state, h.country, h.control,
       h.independence
FROM known AS k JOIN stretches AS h ON h.source_id = k.source_id AND k.from_day <= h.to_day AND k.to_day >= h.from_day
UNION ALL
SELECT h.source_id, h.from_day, least(h.to_day, coalesce(p.first_day - 1, h.to_day)), 'unknown', h.country, h.control, h.independence
FROM stretches AS h LEFT JOIN polled AS p ON p.source_id = h.source_id
WHERE p.source_id IS NULL OR h.from_day < p.first_day
UNION ALL
SELECT h.source_id, greatest(h.from_day, p.last_day + 1), h.to_day, 'unknown', h.country, h.control, h.independence
FROM stretches AS h JOIN polled AS p ON p.source_id = h.source_id
WHERE h.to_day > p.last_day;

-- The same, a row a day.
CREATE MACRO asked_days(which_sources, period_start, period_end, zone) AS TABLE
SELECT source_id, from_day + CAST(unnest(range(to_day - from_day + 1)) AS INTEGER) AS day, state, country, control, independence
FROM asked_runs(which_sources, period_start, period_end, zone);

-- The same by bucket: how many of its days a source was in a state, under an owner.
CREATE MACRO asked_buckets(which_sources, period_start, period_end, zone, step) AS TABLE
SELECT source_id, bucket, state, country, control, independence, least(to_day, CAST(bucket + step_length(step) AS DATE) - 1) - greatest(from_day, bucket) + 1 AS days
FROM (
    SELECT *, CAST(unnest(generate_series(
        CAST(bucket_of(step, from_day, period_start) AS TIMESTAMP), CAST(to_day AS TIMESTAMP), step_length(step))) AS DATE) AS bucket
    FROM asked_runs(which_sources, period_start, period_end, zone)
);

-- The days of a period on which every member of a panel was covered: the only ones that shares are taken over.
CREATE MACRO full_days(which_panel, period_start, period_end, zone) AS TABLE
SELECT from_day + CAST(unnest(range(to_day - from_day)) AS INTEGER) AS day
FROM (
    SELECT day AS from_day, lead(day) OVER (ORDER BY day) AS to_day, sum(sum(begun)) OVER (ORDER BY day) AS covered
    FROM (
        SELECT unnest([from_day, to_day + 1]) AS day, unnest([1, -1]) AS begun
        FROM source_runs(zone, not_before := period_start, not_after := period_end)
        WHERE state = 'covered' AND source_id IN (SELECT unnest(CAST(which_panel AS VARCHAR[])))
    )
    GROUP BY day
)
WHERE covered = len(list_distinct(CAST(which_panel AS VARCHAR[])));

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
WITH hits AS (
    SELECT article_id FROM matches_since(first_day, zone)
    WHERE first_revision AND topic_id = CAST(which_topic AS VARCHAR) AND (which_scope = 'all' OR lead)
    UNION
    SELECT article_id FROM mentions_since(first_day, zone)
    WHERE first_revision AND concept = CAST(which_concept AS VARCHAR) AND (which_scope = 'all' OR lead)
),
verdicts AS (
    SELECT article_id, verdict = 'add' AS added FROM overrides
    WHERE with_overrides AND topic_id = CAST(which_topic AS VARCHAR)
)
SELECT f.article_id, f.source_id, f.feed_id, f.language, f.date_quality, f.backlog, f.run_id, f.file, f.fetched_at,
       f.first_published_at,
       local_day(f.first_published_at, zone) AS day,
       local_day(f.fetched_at, zone) AS seen_day,
       (CAST(which_topic AS VARCHAR) IS NULL AND CAST(which_concept AS VARCHAR) IS NULL)
           OR coalesce(v.added, h.article_id IS NOT NULL) AS on_topic
FROM firsts_of(zone, first_day, last_day) AS f
LEFT JOIN hits AS h ON h.article_id = f.article_id
LEFT JOIN verdicts AS v ON v.article_id = f.article_id;

-- Which topics each article is on, by its first revision: the topics' side of what `output_of` tells of one.
CREATE MACRO topic_hits(which_scope, with_overrides := false, zone := 'UTC', first_day := NULL, last_day := NULL) AS TABLE
WITH decided AS (
    SELECT article_id, topic_id, verdict FROM overrides WHERE with_overrides
)
SELECT m.article_id, m.topic_id, m.source_id, m.language, m.first_published_at, m.backlog
FROM matches_since(first_day, zone) AS m
ANTI JOIN decided AS d ON d.article_id = m.article_id AND d.topic_id = m.topic_id
WHERE m.first_revision AND (which_scope = 'all' OR m.lead)
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
              WHEN 'period' THEN CASE WHEN some_day IS NOT NULL THEN CAST(period_start AS DATE) END END;

-- Whether a week or month lies only in part in the period: of its other days nothing is told, so what is counted is a minimum.
CREATE MACRO is_cut(step, bucket, period_start, period_end) AS
    step IN ('week', 'month') AND (bucket < CAST(period_start AS DATE) OR CAST(bucket + step_length(step) AS DATE) - 1 > CAST(period_end AS DATE));

CREATE MACRO step_length(step) AS
    CASE step WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY WHEN 'month' THEN INTERVAL 1 MONTH
              ELSE INTERVAL 1000 YEAR END;

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
