-- For each candidate of a panel, on how many days of a period it was covered.
SELECT m.source_id, CAST(coalesce(sum(k.to_day - k.from_day + 1), 0) AS BIGINT) AS covered_days
FROM (SELECT unnest(CAST($members AS VARCHAR[])) AS source_id) AS m
LEFT JOIN source_runs($tz, not_before := $panel_from, not_after := $panel_until) AS k
    ON k.source_id = m.source_id AND k.state = 'covered'
GROUP BY m.source_id
ORDER BY m.source_id
