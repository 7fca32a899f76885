-- Which words are used more than before in articles on a topic?
--
-- Words of the title and the first 25 words of the text, as articles read when they were first seen, each counted once an
-- article, by language. A word's rise is the logarithm of its odds against those in the days before, shrunk towards its odds in
-- both together, over its standard error (Monroe, Colaresi and Quinn, 2008): a list to read from, not a test. Over the panel,
-- on the days on which all of it was covered.
--
-- Parameters
--   topic          id of a topic; default: none
--   concept        id of a concept, instead of a topic; default: none
--   scope          lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since          first day, local date; default: the last seven days
--   until          last day, local date; default: last day on which half of the sources were covered
--   pre            days before the first that are compared; default: 28
--   sources        source ids, of which those in the panel count; default: all polled ones that the topic has terms for
--   panel          source ids; default: the sources covered on every day of both windows
--   backlog        true: count entries published before their feed's first poll too; default: false
--   overrides      true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz             IANA zone in which days are cut; default: UTC
--   languages      derived: the languages that the topic has terms for
--   baseline_from  derived: the first day that is compared
--
-- Columns
--   language             ISO 639-1 code of the articles, or `und`
--   word                 lower case, three letters at least, in 3 articles of 2 sources at least
--   articles             articles on the topic that have it
--   articles_before      the same, in the days before
--   sources              sources that used it
--   share_of_output      articles that have it / articles on the topic in that language
--   share_of_output_before  the same, in the days before
--   z                    how far its odds rose, in standard errors
--
-- More columns
--   log_odds       how far its odds rose, natural logarithm
--   output         articles on the topic in that language
--   output_before  the same, in the days before
--
-- Notes
--   Rising words are a list to read from: no test stands behind their order, and one story can fill it.
--
-- Notes, in French
--   Les mots en hausse sont une liste à lire : aucun test n’appuie leur ordre, et un seul récit peut la remplir.
WITH full_day AS (
    SELECT day FROM full_days($panel, $baseline_from, $until, $tz)
),
chosen AS (
    SELECT article_id, source_id, language, day >= $since AS now
    FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $baseline_from, last_day := $until)
    WHERE on_topic AND ($backlog OR NOT backlog) AND day IN (FROM full_day) AND readable(language, $languages)
      AND source_id IN (SELECT unnest(list_intersect(CAST($sources AS VARCHAR[]), CAST($panel AS VARCHAR[]))))
),
texts AS MATERIALIZED (
    SELECT c.source_id, c.language, c.now,
           list_distinct(regexp_extract_all(
               -- French articles that lean on a word are none of it: l'Élysée, d’un.
               regexp_replace(lower(r.title || ' ' || array_to_string(string_split_regex(r.text, '\s+')[:25], ' ')),
                              '(^|[^\p{L}])(?:[cdjlmnst]|qu)[''’]', '\1', 'g'),
               '\p{L}[\p{L}\p{M}''’-]+\p{L}')) AS words
    FROM chosen AS c
    JOIN revisions_of((SELECT list(article_id) FROM chosen), $baseline_from, $tz) AS r ON r.article_id = c.article_id
    WHERE r.revision = 1
),
outputs AS (
    SELECT language, count(*) FILTER (now) AS output, count(*) FILTER (NOT now) AS output_before FROM texts GROUP BY language
),
words AS (
    SELECT language, word, count(*) FILTER (now) AS articles, count(*) FILTER (NOT now) AS articles_before,
           count(DISTINCT source_id) FILTER (now) AS sources
    FROM (SELECT language, now, source_id, unnest(words) AS word FROM texts)
    GROUP BY language, word
),
odds AS (
    -- The prior is worth ten articles, shared out as the words are in both windows together.
    SELECT w.*, o.output, o.output_before, 10 * (articles + articles_before) / (output + output_before) AS prior
    FROM words AS w JOIN outputs AS o ON o.language = w.language
    WHERE articles >= 3 AND sources >= 2 AND output_before > 0
),
risen AS (
    SELECT *, ln((articles + prior) / (output + 10 - articles - prior))
               - ln((articles_before + prior) / (output_before + 10 - articles_before - prior)) AS log_odds,
           sqrt(1 / (articles + prior) + 1 / (articles_before + prior)) AS error
    FROM odds
    WHERE articles < output OR articles_before < output_before
)
SELECT language, word, articles, articles_before, sources, round(articles / output, 6) AS share_of_output,
       round(articles_before / output_before, 6) AS share_of_output_before, round(log_odds / error, 3) AS z,
       round(log_odds, 4) AS log_odds, output, output_before
FROM risen
WHERE length(word) >= 3 AND log_odds > 0
ORDER BY log_odds / error DESC, language, word
LIMIT 200
