-- Whether polls of archives that were read in, or rows of exports, count as known at the moment looked at.
SELECT EXISTS (
    FROM stored.fetches
    WHERE origin <> 'poll' AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
      AND started_at < coalesce(CAST($known_by AS TIMESTAMPTZ), day_start(CAST($as_of AS DATE) + 1, $tz))
) AS read_in
