-- The articles that a topic's shares are taken over, each with the stratum that an audit draws it from: those of the panel on
-- the days on which all of it was covered, as they read when they were first seen. `match`: the topic fired; `touched`: it did
-- not, though a concept of its rule is mentioned; `neither`: nothing was found. What coders decided before changes nothing here.
WITH grid AS (
    FROM asked_days($panel, $since, $until, $tz)
),
full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
named AS (
    SELECT unnest(concepts) AS concept FROM topics WHERE topic_id = CAST($topic AS VARCHAR)
),
touched AS (
    SELECT DISTINCT article_id FROM mentions WHERE first_revision AND concept IN (FROM named)
)
SELECT o.article_id, o.language, g.control, o.on_topic AS matched,
       CASE WHEN o.on_topic THEN 'match' WHEN t.article_id IS NOT NULL THEN 'touched' ELSE 'neither' END AS kind
FROM output_of($topic, NULL, $scope, $tz, first_day := $since, last_day := $until) AS o
JOIN grid AS g ON g.source_id = o.source_id AND g.day = o.day
LEFT JOIN touched AS t ON t.article_id = o.article_id
WHERE o.day IN (FROM full_day) AND ($backlog OR NOT o.backlog) AND readable(o.language, $languages)
ORDER BY o.article_id
