-- For each candidate of a panel, on how many days of a period it was covered.
SELECT m.source_id, count(k.day) AS covered_days
FROM (SELECT unnest(CAST($members AS VARCHAR[])) AS source_id) AS m
LEFT JOIN source_days($tz, from_day := $panel_from, until_day := $panel_until) AS k
    ON k.source_id = m.source_id AND k.state = 'covered'
GROUP BY m.source_id
ORDER BY m.source_id
