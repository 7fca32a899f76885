-- The articles that `syndication` looks at, and those of them whose texts are too short for a fingerprint.
SELECT count(*) AS articles, count(*) FILTER (len(fingerprint) = 0) AS short
FROM texts_of($tz, $since, $until)
WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[]))) AND ($backlog OR NOT backlog)
