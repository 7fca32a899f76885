-- Did outlets change how much they write of a topic after an event, compared with others?
--
-- For each source: its share of output on the topic in a window before the event and in one from the event on, the logarithm
-- of their ratio, and how much more that moved than the mean of the panel's other members. Name the windows beforehand.
-- Intervals draw whole days again, in blocks of neighbours; the same comparison is made at placebo dates before the event, at
-- which nothing happened, and between the two halves of the window before: a trend that was there already is no effect. Days
-- count on which the source and all the others were covered.
--
-- Parameters
--   topic         id of a topic; default: none
--   concept       id of a concept, instead of a topic; default: none
--   scope         lead: evidence in title or first 25 words; all: anywhere; default: lead
--   event         the day of the event, local date, the first of the window after; no default
--   pre           days before the event; default: 28
--   post          days from the event on; default: 28
--   sources       source ids to show; default: all polled ones that the topic has terms for
--   panel         source ids to compare with; default: the sources covered on every day of both windows
--   backlog       true: count entries published before their feed's first poll too; default: false
--   overrides     true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz            IANA zone in which days are cut; default: UTC
--   seed          decides which days the bootstrap draws; default: 1
--   since         derived: the first day before
--   until         derived: the last day after
--   history_from  derived: where placebo dates begin, 364 days before
--   languages     derived: the languages that the topic has terms for
--
-- Columns
--   source_id        the source
--   share_of_output_before  articles on the topic / articles before the event, on the days that count; NULL: none of these
--   share_of_output_after   the same, from the event on
--   difference       log_ratio less the mean of the others'; NULL: there are no others
--   difference_low   lower bound of its 95 % interval
--   difference_high  upper bound
--   placebo_share    share of placebo dates, the event among them, at which the difference was as far from 0; NULL: no such dates
--   trend_before     the same difference between the second and the first half of the window before
--   trend_before_low   lower bound of its 95 % interval
--   trend_before_high  upper bound
--
-- More columns
--   log_ratio        natural logarithm of share after over share before, half an article added to both counts
--   log_ratio_low    lower bound of its 95 % interval; NULL: under 7 days that count, before or after
--   log_ratio_high   upper bound
--   placebo_dates    placebo dates: every seventh day before, in either window 7 days that count or more, and output of it and another
--   articles_before    articles on the topic before the event, on the days that count
--   output_before      articles before the event on these days, in languages that the topic has terms for or `und`
--   days_before        days before the event that count
--   articles_after     the same, from the event on
--   output_after       the same, from the event on
--   days_after         the same, from the event on
--   others             sources compared with
--
-- Counts, of which statistics make the columns
--   day        local date
--   source_id  a source that was asked for or a member of the panel
--   covered    whether it was covered on that day
--   articles   articles on the topic
--   output     articles, in languages that the topic has terms for or `und`
--
-- Notes
--   Half an article is added to those on the topic and one to all (Cox, 1970), so that a window without any has a logarithm.
--   Several sources are several looks: of twenty intervals about one misses the truth. What a difference was caused by, it does not say.
--
-- Notes, in French
--   Un demi-article est ajouté à ceux du sujet et un à tous (Cox, 1970), pour qu’une fenêtre qui n’en a aucun ait un logarithme.
--   Plusieurs sources sont plusieurs regards : sur vingt intervalles, un environ manque la vérité. Ce qui a causé un écart n’est pas dit.
WITH grid AS (
    SELECT g.source_id, g.day, g.state
    FROM asked_days(list_distinct(CAST($sources AS VARCHAR[]) || CAST($panel AS VARCHAR[])), $history_from, $until, $tz) AS g
),
counts AS (
    SELECT source_id, day, CAST(sum(articles) AS BIGINT) AS articles, CAST(sum(output) AS BIGINT) AS output
    FROM parts_of($topic, $concept, $scope, $tz, $history_from, $until, with_overrides := $overrides)
    WHERE ($backlog OR NOT backlog) AND day BETWEEN $history_from AND $until AND readable(language, $languages)
    GROUP BY source_id, day
)
SELECT g.day, g.source_id, g.state = 'covered' AS covered,
       coalesce(c.articles, 0) AS articles, coalesce(c.output, 0) AS output
FROM grid AS g
LEFT JOIN counts AS c ON c.source_id = g.source_id AND c.day = g.day
ORDER BY g.day, g.source_id
