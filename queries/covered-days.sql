-- Which days of which source are known?
--
-- One row for each source and day of the period: covered, partial or unknown, as every trend counts it.
--
-- Parameters
--   since    first day, local date; default: first day on which half of the sources were covered
--   until    last day, local date; default: last such day
--   sources  source ids; default: all polled ones
--   tz       IANA zone in which days are cut; default: UTC
--
-- Columns
--   day           local date
--   source_id     the source
--   state         covered: not known to have lost anything; partial: seen in part; unknown: no poll covers it
--
-- More columns
--   country       the source's country
--   control       the state that controlled it on that day, `none`, or `unstated`
--   independence  how independent its newsroom was on that day, or `unstated`
SELECT day, source_id, state, country, control, independence
FROM asked_days($sources, $since, $until, $tz)
ORDER BY day, source_id
