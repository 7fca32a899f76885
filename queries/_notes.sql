-- What an answer must say beside its figures: what it left out, and what is not known.
WITH output AS (
    SELECT o.*, coalesce(o.day, o.seen_day) BETWEEN $since AND $until AS inside,
           r.topics_version IS NOT NULL AND r.topics_version <> (FROM active_topics) AS not_evaluated
    FROM output_of($topic, $concept, $scope, $tz) AS o
    LEFT JOIN runs AS r ON r.run_id = o.run_id
    WHERE list_contains(CAST($sources AS VARCHAR[]), o.source_id)
)
SELECT count(*) AS articles,
       count(*) FILTER (NOT backlog) AS outside_backlog,
       count(*) FILTER (on_topic AND backlog) AS backlog,
       count(*) FILTER (on_topic AND inside AND day IS NULL AND ($backlog OR NOT backlog)) AS undated,
       count(*) FILTER (on_topic AND NOT inside AND ($backlog OR NOT backlog)) AS outside_period,
       count(*) FILTER (inside AND not_evaluated AND ($backlog OR NOT backlog)) AS not_evaluated
FROM output
