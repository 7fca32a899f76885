-- What an answer must say beside its figures: what it left out, and what is not known.
WITH asked AS (
    SELECT DISTINCT unnest(CAST($sources AS VARCHAR[])) AS source_id
),
bounds AS (
    SELECT quarter_of(days_from($since, $tz)) AS from_quarter, quarter_of(days_from($looked_from, $tz)) AS looked_from_quarter,
           quarter_of(days_to($until, $tz)) AS to_quarter
),
inside AS (
    SELECT sum(articles) AS counted, sum(articles) FILTER (undated) AS undated
    FROM (
        SELECT source_id, backlog, quarter IS NULL AS undated, articles
        FROM hits_of($topic, $concept, $scope, with_overrides := $overrides,
                     from_quarter := first_quarter(CAST($since AS DATE), $tz)), bounds
        WHERE coalesce(quarter, seen_quarter) >= from_quarter AND coalesce(quarter, seen_quarter) < to_quarter
        UNION ALL
        SELECT source_id, backlog, day IS NULL, output FROM output_parts($tz, $since, $until)
        WHERE coalesce($topic, $concept) IS NULL
    )
    SEMI JOIN asked USING (source_id)
    WHERE $backlog OR NOT backlog
),
decided AS (
    SELECT count(*) FILTER (verdict = 'add') AS added, count(*) FILTER (verdict = 'remove') AS removed
    FROM tail.decided SEMI JOIN asked USING (source_id), bounds
    WHERE topic_id = CAST($topic AS VARCHAR) AND ($backlog OR NOT backlog)
      AND coalesce(quarter, seen_quarter) >= from_quarter AND coalesce(quarter, seen_quarter) < to_quarter
),
unevaluated AS (
    -- Those of the days that the period is compared with are missed there as well.
    SELECT sum(articles) AS articles FROM tail.unevaluated SEMI JOIN asked USING (source_id), bounds
    WHERE ($backlog OR NOT backlog) AND quarter >= looked_from_quarter AND quarter < to_quarter
),
removed AS (
    SELECT sum(articles) AS articles FROM tail.removed SEMI JOIN asked USING (source_id), bounds
    WHERE quarter >= from_quarter AND quarter < to_quarter
),
facts AS (
    SELECT i.undated, i.counted AS inside, d.added, d.removed AS taken_off,
           u.articles AS not_evaluated, r.articles AS removed
    FROM inside AS i, decided AS d, unevaluated AS u, removed AS r
)
SELECT CAST(coalesce(undated, 0) AS BIGINT) AS undated, CAST(coalesce(inside, 0) AS BIGINT) AS inside_period,
       CAST(coalesce(not_evaluated, 0) AS BIGINT) AS not_evaluated, CAST(coalesce(removed, 0) AS BIGINT) AS removed,
       added AS decided_on, taken_off AS decided_off,
       (SELECT any_value(topics_version) FROM stored.asked_topics) AS asked_topics, (SELECT known_by FROM dataset) AS known_by
FROM facts
