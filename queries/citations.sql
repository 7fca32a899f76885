-- Who cites state media: which outlets link to them or name them?
--
-- An article cites an outlet that it links to (by the home page in the registry, the longest that fits), and one that it names,
-- where the topics have a concept for it: a concept `rt` stands for the sources `rt-en`, `rt-fr` and so on, which are taken
-- together. State media are those that the registry calls `state-controlled` on the day of publication: the dataset's own, and of
-- those that it does not watch the ones in vigie's registry. Media controlled by the same state cite each other and are left out.
--
-- Parameters
--   state      ISO 3166-1 code: media controlled by this state; default: any state's
--   scope      lead: names in title or first 25 words; all: anywhere (links always count); default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids of those that cite; default: all polled ones
--   backlog    true: count entries published before their feed's first poll too; default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   source_id         who cites
--   cited             whom: the concept that stands for an outlet's editions, else the source
--   articles          articles that link to it or name it; a minimum where not all days were covered
--   articles_linking  articles that link to it
--   articles_naming   articles that name it; NULL: the topics have no concept for it
--   share_of_output   articles / all its articles in the period; NULL: not all its days were covered
--   state             covered: all its days were; unknown: none was seen; partial: anything between
--
-- More columns
--   output        all its articles in the period
--   covered_days  days that were covered
--   partial_days  days that were seen in part
--   unknown_days  days that no poll covers
--   control       the state that controls whom it cites
--   article_ids   the articles
--
-- Notes
--   Feeds carry few links, and those of a teaser fewer than those of a full text: compare an outlet with itself, or like with like.
--   An outlet is named, not approved of: who is cited to be contradicted is cited, too.
--
-- Notes, in French
--   Les flux portent peu de liens, et ceux d’une accroche moins que ceux d’un texte entier : comparer un média à lui-même, ou à ses pareils.
--   Un média est nommé, non approuvé : qui est cité pour être contredit l’est aussi.
WITH grid AS (
    FROM asked_days($sources, $since, $until, $tz)
),
days AS (
    SELECT source_id, count(*) FILTER (state = 'covered') AS covered_days, count(*) FILTER (state = 'partial') AS partial_days,
           count(*) FILTER (state = 'unknown') AS unknown_days
    FROM grid GROUP BY source_id
),
written AS (
    SELECT o.article_id, o.source_id, o.day, o.fetched_at, g.control, g.independence
    FROM output_of(NULL, NULL, $scope, $tz, first_day := $since, last_day := $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = o.day
    WHERE $backlog OR NOT o.backlog
),
hosts AS (
    SELECT source_id, regexp_replace(regexp_extract(lower(homepage), '^[a-z]+://([^/:?#]+)', 1), '^www\.', '') AS host FROM outlets
),
concepts AS (
    SELECT DISTINCT unnest(concepts) AS concept FROM topics
    UNION
    FROM tail.mentioned
),
outlets AS (
    -- Each source under state control, since when, and what its editions are called together.
    SELECT c.source_id, c.valid_from, c.valid_to,
           coalesce((SELECT arg_max(k.concept, length(k.concept)) FROM concepts AS k
                     WHERE k.concept = c.source_id OR starts_with(c.source_id, k.concept || '-')), c.source_id) AS cited,
           EXISTS (FROM concepts AS k WHERE k.concept = c.source_id OR starts_with(c.source_id, k.concept || '-')) AS has_name
    FROM source_claims AS c
    WHERE c.claim = 'independence' AND c.value = 'state-controlled'
),
controllers AS (
    SELECT source_id, value AS control, valid_from, valid_to FROM source_claims WHERE claim = 'controlling_state'
),
held AS (
    SELECT o.source_id, o.cited, o.has_name, k.control,
           greatest(o.valid_from, k.valid_from) AS valid_from, least(o.valid_to, k.valid_to) AS valid_to
    FROM outlets AS o
    JOIN controllers AS k ON k.source_id = o.source_id
        AND coalesce(o.valid_from, DATE '0001-01-01') <= coalesce(k.valid_to, DATE '9999-12-31')
        AND coalesce(k.valid_from, DATE '0001-01-01') <= coalesce(o.valid_to, DATE '9999-12-31')
    WHERE CAST($state AS VARCHAR) IS NULL OR k.control = $state
),
links AS (
    SELECT DISTINCT article_id, regexp_replace(regexp_extract(lower(link.url), '^[a-z]+://([^/:?#]+)', 1), '^www\.', '') AS host
    FROM (
        SELECT r.article_id, unnest(r.links) AS link
        FROM texts_since($since, $tz) AS r JOIN written AS w ON w.article_id = r.article_id AND w.fetched_at = r.fetched_at
        WHERE len(r.links) > 0
    )
),
linked_hosts AS (
    SELECT l.host, arg_max(h.source_id, (length(h.host), h.source_id)) AS source_id
    FROM (SELECT DISTINCT host FROM links) AS l
    JOIN hosts AS h ON h.host <> '' AND (l.host = h.host OR ends_with(l.host, '.' || h.host))
    GROUP BY l.host
),
cites AS (
    SELECT l.article_id, x.source_id AS cited_id, NULL AS concept FROM links AS l JOIN linked_hosts AS x ON x.host = l.host
    UNION
    SELECT m.article_id, NULL, m.concept FROM mentions_since($since, $tz) AS m SEMI JOIN held AS h ON h.cited = m.concept AND h.has_name
    WHERE m.first_revision AND ($scope = 'all' OR m.lead)
),
counted AS (
    SELECT w.source_id, h.cited, any_value(h.control) AS control, any_value(h.has_name) AS has_name,
           count(DISTINCT w.article_id) AS articles,
           count(DISTINCT w.article_id) FILTER (c.cited_id IS NOT NULL) AS articles_linking,
           count(DISTINCT w.article_id) FILTER (c.concept IS NOT NULL) AS articles_naming,
           list_sort(list(DISTINCT w.article_id)) AS article_ids
    FROM cites AS c
    JOIN written AS w ON w.article_id = c.article_id
    JOIN held AS h ON (h.source_id = c.cited_id OR (h.has_name AND h.cited = c.concept))
        AND (h.valid_from IS NULL OR h.valid_from <= w.day) AND (h.valid_to IS NULL OR w.day <= h.valid_to)
        AND NOT (w.independence = 'state-controlled' AND w.control = h.control)
    GROUP BY w.source_id, h.cited
),
outputs AS (
    SELECT source_id, count(*) AS output FROM written GROUP BY source_id
)
SELECT c.source_id, c.cited, c.articles, c.articles_linking, CASE WHEN c.has_name THEN c.articles_naming END AS articles_naming,
       CASE WHEN d.partial_days + d.unknown_days = 0 THEN round(c.articles / o.output, 6) END AS share_of_output,
       state_of(d.covered_days, d.partial_days, d.unknown_days) AS state, o.output, d.covered_days, d.partial_days, d.unknown_days,
       c.control, c.article_ids
FROM counted AS c
JOIN days AS d ON d.source_id = c.source_id
JOIN outputs AS o ON o.source_id = c.source_id
ORDER BY c.articles DESC, c.source_id, c.cited
