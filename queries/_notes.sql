-- What an answer must say beside its figures: what it left out, and what is not known.
-- What was evaluated is recorded by file of articles; of a file of which nothing is recorded, its run's manifest tells.
WITH evaluated AS (
    SELECT file, bool_or(topics_version = (FROM active_topics)) AS active FROM stored.evaluations GROUP BY file
),
output AS (
    SELECT o.*, coalesce(o.day, o.seen_day) BETWEEN $since AND $until AS inside, v.verdict,
           NOT coalesce(e.active, r.topics_version = (FROM active_topics), true) AS not_evaluated
    FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides) AS o
    LEFT JOIN evaluated AS e ON e.file = o.file
    LEFT JOIN runs AS r ON r.run_id = o.run_id
    LEFT JOIN overrides AS v ON v.article_id = o.article_id AND v.topic_id = CAST($topic AS VARCHAR)
    WHERE list_contains(CAST($sources AS VARCHAR[]), o.source_id)
)
SELECT count(*) AS articles,
       count(*) FILTER (NOT backlog) AS outside_backlog,
       count(*) FILTER (on_topic AND backlog) AS backlog,
       count(*) FILTER (on_topic AND inside AND day IS NULL AND ($backlog OR NOT backlog)) AS undated,
       count(*) FILTER (on_topic AND NOT inside AND ($backlog OR NOT backlog)) AS outside_period,
       count(*) FILTER (inside AND not_evaluated AND ($backlog OR NOT backlog)) AS not_evaluated,
       count(*) FILTER (inside AND (article_id IN (SELECT article_id FROM removals)
                                    OR source_id IN (SELECT source_id FROM removals WHERE article_id = ''))) AS removed,
       count(*) FILTER (inside AND verdict = 'add' AND ($backlog OR NOT backlog)) AS decided_on,
       count(*) FILTER (inside AND verdict = 'remove' AND ($backlog OR NOT backlog)) AS decided_off,
       (SELECT any_value(topics_version) FROM stored.asked_topics) AS asked_topics, (SELECT known_by FROM dataset) AS known_by
FROM output
