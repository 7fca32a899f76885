-- Do media that a state controls write more of a topic than independent ones?
--
-- Two shares of output, each the mean over its class's sources, on the days on which the whole panel was covered, and their
-- difference with an interval that draws whole days again, in blocks of neighbours. State media are those whose registry entry
-- says `state-controlled` on the day; independent are private, exile and public-service media and those that a state funds and
-- leaves alone. Institutions, a state's own voice, are neither, as are sources of which it is not stated.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   state      ISO 3166-1 code: of state media only those that this state controls; default: any state's
--   sources    source ids; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--   seed       decides which days the bootstrap draws; default: 1
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket                       first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   share_of_output_state        mean over the state's media of (articles on the topic / articles); NULL: none, or no day that counts
--   share_of_output_independent  the same of independent media
--   difference                   the first less the second
--   difference_low               lower bound of its 95 % interval; NULL: under 7 days that count
--   difference_high              upper bound
--   articles_state               articles of state media on the topic, on the days that count; NULL: there is no such day
--   articles_independent         the same of independent media
--
-- More columns
--   output_state         articles of state media on those days, in languages that the topic has terms for or `und`
--   output_independent   the same of independent media
--   sources_state        state media in the panel on those days
--   sources_independent  independent media in the panel on those days
--   share_days           days of the bucket on which every panel member was covered
--
-- Counts, of which statistics make the columns
--   bucket     as above
--   day        local date
--   counted    whether every panel member was covered on that day
--   source_id  a member of the panel
--   class      `state`, `independent` or `neither`, on that day
--   articles   articles on the topic
--   output     articles, in languages that the topic has terms for or `und`
--
-- Notes
--   State media: `state-controlled` in the registry on the day of publication; institutions and unstated sources are in neither class.
--
-- Notes, in French
--   Médias d’État : `state-controlled` dans le registre au jour de publication ; institutions et sources non qualifiées ne sont d’aucune classe.
WITH full_day AS (
    SELECT day FROM full_days($panel, $since, $until, $tz)
),
grid AS (
    SELECT source_id, day, bucket_of($by, day, $since) AS bucket,
           CASE WHEN independence = 'state-controlled' AND ($state IS NULL OR control = $state) THEN 'state'
                WHEN independence IN ('private', 'exile', 'public-service', 'state-funded') THEN 'independent'
                ELSE 'neither' END AS class
    FROM asked_days($panel, $since, $until, $tz)
    WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
counts AS (
    SELECT source_id, day, CAST(sum(articles) AS BIGINT) AS articles, CAST(sum(output) AS BIGINT) AS output
    FROM parts_of($topic, $concept, $scope, $tz, $since, $until, with_overrides := $overrides)
    WHERE ($backlog OR NOT backlog) AND day BETWEEN $since AND $until AND readable(language, $languages)
    GROUP BY source_id, day
)
SELECT g.bucket, g.day, f.day IS NOT NULL AS counted, g.source_id, g.class,
       coalesce(c.articles, 0) AS articles, coalesce(c.output, 0) AS output
FROM grid AS g
LEFT JOIN full_day AS f ON f.day = g.day
LEFT JOIN counts AS c ON c.source_id = g.source_id AND c.day = g.day
ORDER BY g.day, g.source_id
