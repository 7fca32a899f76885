-- Which texts were printed by several, who was first, and how far and how fast did they spread?
--
-- One row for each cluster of at least two articles whose texts are near-identical: of what both say, measured in runs of
-- three words, an estimated 43 % or more is said by each (texts of one length that share 60 %). Texts under 40 words cannot be
-- compared, so all counts are minima. A cluster is what was near-identical to its earliest article within 72 hours, in order of
-- time: what resembles only a later member is not drawn in. All articles of the sources are compared, by their first
-- revisions; with a topic or concept, the clusters that hold an article on it are shown.
--
-- Who was first means first seen among these sources, no more. A difference smaller than what dates and polls can tell apart is
-- a tie, as in `first-seen`: an article's resolution is the gap between the poll that brought it and the one before, and a day
-- where only a day is given.
--
-- Parameters
--   topic      id of a topic; default: none
--   concept    id of a concept, instead of a topic; default: none, and with neither all clusters are shown
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   sources    source ids; default: all polled ones that the topic has terms for
--   backlog    true: count entries published before their feed's first poll too; default: false
--   overrides  true: what coders decided of single articles holds (`vigie topics override`); default: false
--   tz         IANA zone in which days are cut; default: UTC
--
-- Columns
--   started_at     when its earliest article was published, or first seen where it has no date, UTC
--   title          the headline of that article
--   first          the source that had it first; several: those of which none was certainly earlier; NULL: no usable date
--   sources        sources that printed it
--   articles       articles in it
--   texts          texts among them that differ in at least one word
--   hours          hours from the earliest to the latest
--   hours_to_half  hours until half of its sources had it
--
-- More columns
--   left_out      articles that cannot have been first, as they cannot be placed: without zone, ahead of time, or undated
--   countries     countries that its sources publish from
--   languages     languages detected in it
--   on_topic      articles in it that are on the topic or concept
--   members       its articles in order of time: source, time, hours since the earliest, similarity to it, title, link
--   cluster       article_id of the earliest article
--
-- Notes
--   First seen among these sources, no more: outlets beside them, and what polls missed, may have had it before.
--
-- Notes, in French
--   Première parution parmi ces sources, rien de plus : des médias en dehors, ou des entrées que les relevés ont manquées, ont pu précéder.
WITH RECURSIVE asked AS (
    SELECT r.article_id, r.source_id, r.feed_id, r.title, r.url, r.language, r.fingerprint, r.date_quality, r.published_at,
           r.fetched_at, coalesce(r.published_at, r.fetched_at) AS placed_at,
           coalesce($topic, $concept) IS NULL OR o.article_id IS NOT NULL AS on_topic
    FROM texts_of($tz, $since, $until) AS r
    LEFT JOIN (
        SELECT article_id
        FROM output_of($topic, $concept, $scope, $tz, with_overrides := $overrides, first_day := $since, last_day := $until)
        WHERE on_topic AND coalesce($topic, $concept) IS NOT NULL
    ) AS o ON o.article_id = r.article_id
    WHERE r.source_id IN (SELECT unnest(CAST($sources AS VARCHAR[]))) AND ($backlog OR NOT r.backlog) AND len(r.fingerprint) > 0
),
texts AS (
    -- Articles of the same words within the same three days are compared as one, the earliest of them.
    SELECT *, min(number) OVER (PARTITION BY fingerprint[1], three_days) AS stands_for
    FROM (
        SELECT *, row_number() OVER (ORDER BY placed_at, fetched_at, source_id, article_id) AS number,
               epoch_us(placed_at) // 259_200_000_000 AS three_days
        FROM asked
    )
),
bands AS (
    SELECT number, three_days, unnest(fingerprint[2:]) AS band, generate_subscripts(fingerprint[2:], 1) AS place
    FROM texts WHERE number = stands_for
),
candidates AS (
    -- Two articles within 72 hours of each other lie in the same three days or in neighbouring ones.
    SELECT DISTINCT a.number AS one, b.number AS other
    FROM bands AS a
    JOIN (SELECT * FROM bands UNION ALL SELECT * REPLACE (three_days - 1 AS three_days) FROM bands) AS b
        ON b.band = a.band AND b.place = a.place AND b.three_days = a.three_days
    WHERE a.number < b.number
),
near_identical AS (
    SELECT c.one, c.other, fingerprint_similarity(a.fingerprint, b.fingerprint) AS similarity
    FROM candidates AS c JOIN texts AS a ON a.number = c.one JOIN texts AS b ON b.number = c.other
    WHERE fingerprint_similarity(a.fingerprint, b.fingerprint) >= 31 / 72
    UNION ALL
    SELECT number, number, 1 FROM texts WHERE number = stands_for
),
alike AS (
    SELECT least(a.number, b.number) AS earlier, greatest(a.number, b.number) AS later, n.similarity
    FROM near_identical AS n JOIN texts AS a ON a.stands_for = n.one JOIN texts AS b ON b.stands_for = n.other
    WHERE CASE WHEN n.one = n.other THEN a.number < b.number ELSE true END
        AND abs(epoch_us(a.placed_at) - epoch_us(b.placed_at)) <= 259_200_000_000
),
-- An article begins a cluster unless it is near-identical to one that began one before it. A step settles every article whose
-- earlier likenesses are settled, or the earliest of which that may begin a cluster does.
clusters(number, cluster) USING KEY (number) AS (
    SELECT DISTINCT earlier, earlier FROM alike WHERE earlier NOT IN (SELECT later FROM alike)
    UNION
    SELECT u.later, coalesce(u.earliest, u.later)
    FROM (
        SELECT a.later, min(a.earlier) FILTER (c.number IS NULL OR c.cluster = c.number) AS earliest,
               arg_min(c.number IS NOT NULL, a.earlier) FILTER (c.number IS NULL OR c.cluster = c.number) AS settled
        FROM alike AS a
        LEFT JOIN recurring.clusters AS c ON c.number = a.earlier
        WHERE a.later NOT IN (SELECT number FROM recurring.clusters)
        GROUP BY a.later
    ) AS u
    WHERE u.earliest IS NULL OR u.settled
),
members AS (
    SELECT c.cluster, t.*, round(coalesce(a.similarity, 1), 2) AS similarity,
           round(epoch(t.placed_at - min(t.placed_at) OVER (PARTITION BY c.cluster)) / 3600, 2) AS hours,
           t.date_quality IN ('ok', 'date-only') AS usable,
           greatest(CASE t.date_quality WHEN 'date-only' THEN 1440 ELSE 1 END,
                    (epoch(p.to_at) - epoch(p.from_at)) / 60) AS resolution,
           p.from_at IS NOT NULL AS polled_before
    FROM clusters AS c
    JOIN texts AS t ON t.number = c.number
    LEFT JOIN alike AS a ON a.earlier = c.cluster AND a.later = c.number
    LEFT JOIN intervals_from(CAST($since AS DATE) - 1, $tz, last_at := (SELECT max(fetched_at) FROM texts)) AS p ON p.feed_id = t.feed_id AND p.to_at = t.fetched_at
    QUALIFY count(*) OVER (PARTITION BY c.cluster) > 1 AND bool_or(t.on_topic) OVER (PARTITION BY c.cluster)
),
arrivals AS (
    SELECT cluster, source_id, min(hours) AS hours, min(published_at) FILTER (usable) AS claimed,
           arg_min(CASE WHEN polled_before THEN resolution END, (published_at, NOT polled_before, resolution))
               FILTER (usable) AS resolution
    FROM members
    GROUP BY cluster, source_id
),
preceded AS (
    SELECT DISTINCT a.cluster, a.source_id
    FROM arrivals AS a
    JOIN arrivals AS b ON b.cluster = a.cluster
        AND (epoch(a.claimed) - epoch(b.claimed)) / 60 > greatest(a.resolution, b.resolution)
        AND a.resolution IS NOT NULL AND b.resolution IS NOT NULL
),
spread AS (
    SELECT a.cluster, count(*) AS sources, quantile_disc(a.hours, 0.5) AS hours_to_half,
           string_agg(a.source_id, ', ' ORDER BY a.source_id) FILTER (a.claimed IS NOT NULL AND e.source_id IS NULL) AS first,
           count(DISTINCT nullif(s.country, '')) AS countries
    FROM arrivals AS a
    LEFT JOIN preceded AS e ON e.cluster = a.cluster AND e.source_id = a.source_id
    LEFT JOIN sources AS s ON s.source_id = a.source_id
    GROUP BY a.cluster
)
SELECT min(m.placed_at) AS started_at, arg_min(m.title, m.number) AS title, any_value(s.first) AS first,
       any_value(s.sources) AS sources, count(*) AS articles, count(DISTINCT m.fingerprint[1]) AS texts,
       max(m.hours) AS hours, any_value(s.hours_to_half) AS hours_to_half,
       count(*) FILTER (NOT m.usable) AS left_out, any_value(s.countries) AS countries,
       list_sort(list(DISTINCT m.language)) AS languages, count(*) FILTER (m.on_topic) AS on_topic,
       list({'source_id': m.source_id, 'at': m.placed_at, 'hours': m.hours, 'similarity': m.similarity, 'title': m.title,
             'url': m.url, 'article_id': m.article_id} ORDER BY m.number) AS members,
       arg_min(m.article_id, m.number) AS cluster
FROM members AS m
JOIN spread AS s ON s.cluster = m.cluster
GROUP BY m.cluster
ORDER BY sources DESC, articles DESC, started_at, cluster
