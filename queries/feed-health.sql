-- Which feeds need somebody to look at them, and what is there to do?
--
-- One row a feed and problem, as of the last poll up to a day; a feed without one has the row `healthy`. Silent is a feed whose
-- last 24 hours brought fewer new entries than the mean of the 28 days before less 1.5 standard deviations, never less than zero,
-- or which brought none for a week after at least eight in four. Only days with a successful poll count, and the first poll,
-- whose entries are backlog, never: unknown is not zero. Failing and blocked are told by vantage.
--
-- Parameters
--   until    the last day looked at, local date; default: the last covered day
--   sources  source ids; default: all polled ones
--   tz       IANA zone in which days are cut; default: UTC
--   last_poll derived: the last poll of them up to the end of that day, UTC
--   language derived: en or fr, of evidence and remedy
--
-- Columns
--   feed_id   the feed
--   problem   failing, blocked, silent, moved, duplicate, slow, empty, wrong-language, future-dated, dropped, or healthy
--   since     since when, as far as polls tell, UTC
--   evidence  what the ledger and the articles show, in words
--   remedy    what to do
--
-- More columns
--   source_id          whose feed it is
--   vantage            from where the polls were made
--   url                the address asked last
--   moved_to           where permanent redirects lead; empty where the feed stays
--   last_poll_at       when it was polled last, UTC
--   last_success_at    when a poll last saw it as it stood, UTC
--   last_new_at        when a poll last brought a new article, UTC
--   failures_in_a_row  polls that failed since
--   next_poll_at       when the next poll is due, UTC
--   new_last_day       new entries in the last 24 hours; NULL: no poll saw them
--   mean_new           new entries a day in the 28 days before; NULL: fewer than 14 of them are known
--   silent_below       fewer than this in 24 hours is silence; NULL likewise
WITH polls AS NOT MATERIALIZED (
    -- The whole ledger, of which each reader takes a few columns or days.
    SELECT * FROM fetches
    WHERE started_at <= CAST($last_poll AS TIMESTAMPTZ) AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
recent AS MATERIALIZED (
    -- Days are counted back from the last poll of all, in blocks of 24 hours.
    SELECT feed_id, vantage, source_id, started_at, outcome, new, last_new_at, first_polled_at, duration,
           CAST(floor((epoch(CAST($last_poll AS TIMESTAMPTZ)) - epoch(started_at)) / 86400) AS INTEGER) AS days_ago
    FROM fetches_since(CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 29 DAY)
    WHERE started_at > CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 29 DAY AND started_at <= CAST($last_poll AS TIMESTAMPTZ)
      AND source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
near_ends AS (
    SELECT feed_id, vantage, max(started_at) AS last_at, max(started_at) FILTER (succeeded(outcome)) AS last_success_at,
           max(last_new_at) AS last_new_at
    FROM recent GROUP BY feed_id, vantage
    HAVING last_success_at IS NOT NULL AND max(last_new_at) > CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 28 DAY
),
other_ends AS (
    -- Others may have been polled last, or have brought something last, years ago: of their polls all are looked at.
    SELECT feed_id, vantage, max(started_at) AS last_at, max(started_at) FILTER (succeeded(outcome)) AS last_success_at,
           max(last_new_at) AS last_new_at,
           arg_max(struct_pack(started_at, source_id, url, outcome, status, error, body_hash, failures_in_a_row, next_poll_at, moved_to),
                   started_at) AS last_poll
    FROM polls SEMI JOIN (FROM tail.vantages ANTI JOIN near_ends USING (feed_id, vantage)) AS other USING (feed_id, vantage)
    GROUP BY feed_id, vantage
),
ends AS (
    FROM near_ends UNION ALL SELECT * EXCLUDE (last_poll) FROM other_ends
),
failing AS (
    SELECT p.feed_id, p.vantage, min(p.started_at) AS failing_since
    FROM (SELECT feed_id, vantage, started_at FROM polls) AS p
    JOIN (FROM ends WHERE last_at IS DISTINCT FROM last_success_at) AS e ON e.feed_id = p.feed_id AND e.vantage = p.vantage
    WHERE e.last_success_at IS NULL OR p.started_at > e.last_success_at
    GROUP BY p.feed_id, p.vantage
),
last_polls AS (
    SELECT e.feed_id, e.vantage, e.last_success_at, e.last_new_at, f.failing_since, p.source_id, p.url, p.outcome, p.status, p.error,
           p.started_at, p.body_hash, p.failures_in_a_row, p.next_poll_at, coalesce(p.moved_to, '') AS moved_to
    FROM ends AS e
    JOIN (
        SELECT feed_id, vantage, started_at, source_id, url, outcome, status, error, body_hash, failures_in_a_row, next_poll_at, moved_to
        FROM fetches_since(CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 29 DAY)
        WHERE started_at > CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 29 DAY
        UNION ALL
        SELECT feed_id, vantage, unnest(last_poll) FROM other_ends
        WHERE last_at <= CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 29 DAY
    ) AS p ON p.feed_id = e.feed_id AND p.vantage = e.vantage AND p.started_at = e.last_at
    LEFT JOIN failing AS f ON f.feed_id = e.feed_id AND f.vantage = e.vantage
),
one_a_feed AS (
    -- From wherever it was last seen as it stood.
    FROM last_polls QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY last_success_at DESC NULLS LAST, vantage) = 1
),
daily AS (
    SELECT feed_id, days_ago, CAST(sum(new) AS BIGINT) AS new
    FROM recent WHERE succeeded(outcome) AND started_at > first_polled_at GROUP BY feed_id, days_ago
),
rhythm AS (
    SELECT feed_id, any_value(new) FILTER (days_ago = 0) AS new_last_day, count(*) FILTER (days_ago > 0) AS days,
           avg(new) FILTER (days_ago > 0) AS mean_new, stddev_samp(new) FILTER (days_ago > 0) AS deviation,
           coalesce(sum(new) FILTER (days_ago >= 7), 0) AS new_before, count(*) FILTER (days_ago < 7) AS days_of_week,
           coalesce(sum(new) FILTER (days_ago < 7), 0) AS new_of_week
    FROM daily GROUP BY feed_id
),
expected AS (
    SELECT *, CASE WHEN days >= 14 THEN greatest(0, mean_new - 1.5 * deviation) END AS silent_below FROM rhythm
),
seen AS (
    -- Articles of four weeks by the feed that brought them first.
    SELECT r.feed_id, r.source_id, r.language, r.date_quality, count(*) AS articles
    FROM firsts_since(CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 28 DAY) AS r
    WHERE r.fetched_at <= CAST($last_poll AS TIMESTAMPTZ) AND r.fetched_at > CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 28 DAY
        AND r.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
    GROUP BY ALL
),
in_languages AS (
    SELECT s.feed_id, s.language, r.languages, list_contains(r.languages, s.language) AS is_named, sum(s.articles) AS articles
    FROM seen AS s JOIN sources AS r ON r.source_id = s.source_id
    WHERE s.language <> 'und' AND len(r.languages) > 0
    GROUP BY ALL
),
shown AS (
    SELECT s.feed_id, s.source_id, s.article_id FROM sightings AS s
    WHERE s.first_seen <= CAST($last_poll AS TIMESTAMPTZ) AND s.first_seen > CAST($last_poll AS TIMESTAMPTZ) - INTERVAL 28 DAY
        AND s.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
        -- An article is of one source: only feeds of the same one can show the same articles.
        AND s.source_id IN (SELECT source_id FROM tail.feed_ends GROUP BY source_id HAVING count(DISTINCT feed_id) > 1)
),
sizes AS (
    SELECT feed_id, count(*) AS articles FROM shown GROUP BY feed_id
),
twins AS (
    SELECT a.feed_id, b.feed_id AS other, count(*) AS both_show, any_value(x.articles) AS articles
    FROM shown AS a
    JOIN shown AS b ON b.article_id = a.article_id AND b.feed_id < a.feed_id
    JOIN sizes AS x ON x.feed_id = a.feed_id
    JOIN sizes AS y ON y.feed_id = b.feed_id
    GROUP BY a.feed_id, b.feed_id
    HAVING count(*) >= 20 AND count(*) >= 0.95 * greatest(any_value(x.articles), any_value(y.articles))
    UNION ALL
    SELECT a.feed_id, b.feed_id, NULL, NULL
    FROM one_a_feed AS a JOIN one_a_feed AS b ON b.body_hash = a.body_hash AND b.feed_id < a.feed_id AND a.body_hash <> ''
),
dropped AS (
    SELECT feed_id, vantage, started_at FROM last_polls WHERE outcome <> 'export' AND is_dropped(source_id, feed_id)
),
problems AS (
    SELECT feed_id, vantage, 'blocked' AS problem, failing_since AS since,
           in_words($language, 'kept from it at ', 'tenu à l’écart depuis ') || vantage || in_words($language, ': ', ' : ')
               || coalesce(nullif(error, ''), in_words($language, 'HTTP status ', 'statut HTTP ') || status) AS evidence,
           in_words($language,
                    'see whether it opens elsewhere; poll it from another country (--vantage), or through a proxy named in the registry',
                    'voir s’il s’ouvre ailleurs ; le relever d’un autre pays (--vantage), ou par un proxy nommé dans le registre')
               AS remedy
    FROM last_polls WHERE outcome = 'blocked'
    UNION ALL
    SELECT feed_id, vantage, 'failing', failing_since,
           failures_in_a_row || in_words($language, ' polls in a row: ', ' relevés de suite : ') || outcome
               || coalesce(', ' || nullif(error, ''), ''),
           CASE WHEN status IN (404, 410)
                THEN in_words($language,
                              'look for the feed''s new address on the outlet''s front page, and change the registry',
                              'chercher la nouvelle adresse du flux sur la une du média, et changer le registre')
                WHEN status = 429 OR status = 503
                THEN in_words($language,
                              'nothing yet: it asks to be left alone, and is polled again later',
                              'rien encore : il demande qu’on le laisse, et sera relevé plus tard')
                WHEN outcome = 'not-a-feed'
                THEN in_words($language,
                              'open the address: a page stands where the feed was; find the new address',
                              'ouvrir l’adresse : une page est là où était le flux ; trouver la nouvelle adresse')
                WHEN outcome IN ('too-large', 'too-costly')
                THEN in_words($language,
                              'ask its publisher for a feed of ordinary size, or drop it',
                              'demander à l’éditeur un flux de taille ordinaire, ou y renoncer')
                WHEN outcome = 'refused'
                THEN in_words($language,
                              'mend the address in the registry; --allow_private_hosts permits private ones',
                              'corriger l’adresse dans le registre ; --allow_private_hosts permet les adresses privées')
                ELSE in_words($language,
                              'see whether the site opens in a browser; if it is gone for good, take the feed from the registry',
                              'voir si le site s’ouvre dans un navigateur ; s’il a disparu, ôter le flux du registre') END
    FROM last_polls
    WHERE NOT succeeded(outcome) AND outcome <> 'blocked'
        AND (failures_in_a_row >= 3 OR coalesce(last_success_at < started_at - INTERVAL 24 HOUR, true))
    UNION ALL
    SELECT o.feed_id, o.vantage, 'silent', o.last_new_at,
           CASE WHEN e.new_last_day < e.silent_below
                THEN in_words($language,
                              e.new_last_day || ' new entries in 24 hours, where ' || round(e.mean_new, 1) || ' a day are usual',
                              e.new_last_day || ' entrées nouvelles en 24 heures, où '
                                  || replace(CAST(round(e.mean_new, 1) AS VARCHAR), '.', ',') || ' par jour sont habituelles')
                ELSE in_words($language,
                              'nothing new for a week, after ' || e.new_before || ' in the three weeks before',
                              'rien de nouveau depuis une semaine, après ' || e.new_before || ' dans les trois semaines d’avant') END,
           in_words($language,
                    'compare with the front page: if that has news, the feed has moved or is no longer written to',
                    'comparer à la une : si elle a du neuf, le flux a déménagé ou n’est plus alimenté')
    FROM expected AS e JOIN one_a_feed AS o ON o.feed_id = e.feed_id
    WHERE succeeded(o.outcome)
        AND (e.new_last_day < e.silent_below OR (e.new_of_week = 0 AND e.days_of_week >= 5 AND e.new_before >= 8))
    UNION ALL
    SELECT feed_id, vantage, 'moved', NULL,
           in_words($language, 'permanent redirects lead to ', 'des redirections permanentes mènent à ') || moved_to,
           in_words($language,
                    'see that it is the publisher''s, then `vigie sources moved` shows the change to the registry',
                    'vérifier que c’est celle de l’éditeur, puis `vigie sources moved` montre le changement du registre')
    FROM one_a_feed WHERE moved_to NOT IN ('', url)
    UNION ALL
    SELECT t.feed_id, o.vantage, 'duplicate', NULL,
           coalesce(in_words($language,
                             both_show || ' of its ' || articles || ' articles of four weeks are in ' || other || ' too',
                             both_show || ' de ses ' || articles || ' articles de quatre semaines sont aussi dans ' || other),
                    in_words($language, 'its last body is that of ', 'son dernier contenu est celui de ') || other),
           in_words($language, 'drop one of the two from the registry', 'ôter l’un des deux du registre')
    FROM (FROM twins QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY both_show DESC NULLS LAST, other) = 1) AS t
    JOIN one_a_feed AS o ON o.feed_id = t.feed_id
    UNION ALL
    SELECT feed_id, vantage, 'slow', min(started_at),
           in_words($language,
                    'half of its polls take more than ' || round(median(duration), 1) || ' s',
                    'la moitié de ses relevés prend plus de ' || replace(CAST(round(median(duration), 1) AS VARCHAR), '.', ',') || ' s'),
           in_words($language,
                    'nothing, while it answers; nearer to 30 s polls will begin to fail',
                    'rien, tant qu’il répond ; plus près de 30 s, des relevés commenceront à échouer')
    FROM recent WHERE succeeded(outcome) GROUP BY feed_id, vantage HAVING median(duration) > 10 AND count(*) >= 5
    UNION ALL
    SELECT feed_id, vantage, 'empty', last_new_at, in_words($language, 'a feed without any entry', 'un flux sans aucune entrée'),
           in_words($language,
                    'look for another feed of the outlet; this one is served and no longer filled',
                    'chercher un autre flux du média ; celui-ci est servi mais n’est plus rempli')
    FROM one_a_feed WHERE outcome = 'empty'
    UNION ALL
    SELECT s.feed_id, any_value(o.vantage), 'wrong-language', NULL,
           sum(s.articles) FILTER (NOT is_named) || in_words($language, ' of ', ' sur ') || sum(s.articles)
               || in_words($language, ' articles are in ', ' articles sont en ')
               || arg_max(s.language, s.articles) FILTER (NOT is_named)
               || in_words($language, ', not in ', ', non en ')
               || array_to_string(any_value(s.languages), in_words($language, ' or ', ' ou ')),
           in_words($language,
                    'see that it is the edition you mean; else mend its languages in the registry',
                    'vérifier que c’est l’édition voulue ; sinon corriger ses langues dans le registre')
    FROM in_languages AS s JOIN one_a_feed AS o ON o.feed_id = s.feed_id
    GROUP BY s.feed_id
    HAVING sum(s.articles) >= 20 AND sum(s.articles) FILTER (NOT is_named) > 0.5 * sum(s.articles)
    UNION ALL
    SELECT s.feed_id, any_value(o.vantage), 'future-dated', NULL,
           sum(s.articles) FILTER (date_quality IN ('future', 'ahead')) || in_words($language, ' of ', ' sur ') || sum(s.articles)
               || in_words($language, ' articles are dated after they were seen', ' articles sont datés d’après leur relevé'),
           in_words($language,
                    'its dates are flagged; see whether it means another time zone, and mend `time_zone` in the registry',
                    'ses dates sont signalées ; voir s’il entend un autre fuseau, et corriger `time_zone` dans le registre')
    FROM seen AS s JOIN one_a_feed AS o ON o.feed_id = s.feed_id
    GROUP BY s.feed_id
    HAVING sum(s.articles) FILTER (date_quality IN ('future', 'ahead')) >= greatest(5, 0.1 * sum(s.articles))
),
told AS (
    -- Of a feed that is polled no more nothing else is to be seen to.
    FROM problems WHERE feed_id NOT IN (SELECT feed_id FROM dropped)
    UNION ALL
    SELECT feed_id, vantage, 'dropped', started_at,
           in_words($language, 'taken out of the registry; watched up to its last poll',
                    'ôté du registre ; suivi jusqu’à son dernier relevé'),
           in_words($language, 'nothing; put it back if it is to be polled', 'rien ; l’y remettre pour qu’il soit relevé')
    FROM dropped
)
SELECT o.feed_id, coalesce(p.problem, 'healthy') AS problem, p.since, coalesce(p.evidence, '') AS evidence,
       coalesce(p.remedy, '') AS remedy, o.source_id, o.vantage, o.url, o.moved_to, o.started_at AS last_poll_at, o.last_success_at,
       o.last_new_at, o.failures_in_a_row, o.next_poll_at, e.new_last_day, round(e.mean_new, 2) AS mean_new,
       round(e.silent_below, 2) AS silent_below
FROM last_polls AS o
LEFT JOIN told AS p ON p.feed_id = o.feed_id AND p.vantage = o.vantage
LEFT JOIN expected AS e ON e.feed_id = o.feed_id
ORDER BY problem = 'healthy', o.feed_id, o.vantage, list_position(
    ['blocked', 'failing', 'empty', 'silent', 'moved', 'duplicate', 'wrong-language', 'future-dated', 'slow', 'dropped'], problem)
