-- How much of the output is on a topic, once the matcher's known errors are taken out?
--
-- The share of the panel's articles that match, by language and class of source, and the share that would show it under the
-- matcher's sensitivity and specificity: (p + Sp − 1) / (Se + Sp − 1) (Rogan and Gladen, 1978), kept within 0 and 1. It is
-- corrected only where an audit measured both for articles of that language and class (`vigie topics audit`), under the same
-- topics version and scope; elsewhere the figure is labelled `uncorrected matches`.
--
-- Parameters
--   topic      id of a topic; no default
--   scope      lead: evidence in title or first 25 words; all: anywhere; default: lead
--   since      first day, local date; default: first day on which half of the sources were covered
--   until      last day, local date; default: last such day
--   by         day, week or month; default: the whole period in one
--   sources    source ids, of which those in the panel count; default: all polled ones that the topic has terms for
--   panel      source ids; default: the sources covered on every day of the period
--   backlog    true: count entries published before their feed's first poll too; default: false
--   tz         IANA zone in which days are cut; default: UTC
--   languages  derived: the languages that the topic has terms for
--
-- Columns
--   bucket          first day of the day, week or month, local date; the first day asked for, where there is one bucket
--   language        ISO 639-1 code of the articles, or `und`
--   control         the class of source: the state that controlled it on the day, `none`, or `unstated`
--   articles        articles that match, on the days on which the whole panel was covered
--   output          all articles of that language and class on those days
--   share_of_output_matched    articles / output
--   share_of_output_corrected  the share on topic; NULL: no audit, or one whose matcher tells nothing (Se + Sp ≤ 1)
--   corrected_low   lower bound of a 95 % interval that carries the audit's uncertainty and no other
--   corrected_high  upper bound
--   label           corrected, or uncorrected matches
--
-- More columns
--   sensitivity     share of the articles on topic that match, by the audit
--   specificity     share of those not on topic that do not
--   audit_id        the audit
--   audit_n         articles of that language and class that its coders read
--   audit_since     first day of the figure that was audited
--   audit_until     last day of it
--   share_days      days of the bucket on which every panel member was covered
--
-- Notes
--   A correction holds for what the audit drew from: articles of that language, class and time, under these topics.
--   The interval is that of sensitivity and specificity (delta method); the articles themselves are counted, not sampled.
--
-- Notes, in French
--   Une correction vaut pour ce dont l’audit a tiré : articles de cette langue, de cette classe et de ce temps, sous ces sujets.
--   L’intervalle est celui de la sensibilité et de la spécificité (méthode delta) ; les articles eux-mêmes sont comptés, non échantillonnés.
WITH full_day AS (
    SELECT day, bucket_of($by, day, $since) AS bucket FROM full_days($panel, $since, $until, $tz)
),
grid AS (
    SELECT * FROM asked_days($panel, $since, $until, $tz) WHERE source_id IN (SELECT unnest(CAST($sources AS VARCHAR[])))
),
counts AS (
    SELECT f.bucket, o.language, g.control, CAST(sum(o.articles) AS BIGINT) AS articles,
           CAST(sum(o.output) AS BIGINT) AS output
    FROM counts_of($topic, NULL, $scope, $tz, $since, $until) AS o
    JOIN grid AS g ON g.source_id = o.source_id AND g.day = o.day
    JOIN full_day AS f ON f.day = o.day
    WHERE ($backlog OR NOT o.backlog) AND readable(o.language, $languages)
    GROUP BY f.bucket, o.language, g.control
),
measured AS (
    SELECT language, control, sensitivity AS se, specificity AS sp, audit_id, n, since, until,
           (sensitivity_high - sensitivity_low) / (2 * 1.959964) AS se_error,
           (specificity_high - specificity_low) / (2 * 1.959964) AS sp_error
    FROM audits
    WHERE topic_id = CAST($topic AS VARCHAR) AND scope = $scope AND topics_version = (FROM active_topics)
      AND language <> 'all' AND control <> 'all' AND sensitivity + specificity > 1
    QUALIFY row_number() OVER (PARTITION BY language, control ORDER BY read_at DESC, audit_id) = 1
),
corrected AS (
    SELECT c.*, m.*, c.articles / c.output AS p, (c.articles / c.output + m.sp - 1) / (m.se + m.sp - 1) AS q
    FROM (SELECT bucket, language AS of_language, control AS of_control, articles, output FROM counts) AS c
    LEFT JOIN measured AS m ON m.language = c.of_language AND m.control = c.of_control
),
bounded AS (
    -- dq/dSe = -q / (Se + Sp - 1), dq/dSp = (1 - q) / (Se + Sp - 1).
    SELECT *, 1.959964 * sqrt((q * se_error) ** 2 + ((1 - q) * sp_error) ** 2) / (se + sp - 1) AS spread FROM corrected
)
SELECT bucket, of_language AS language, of_control AS control, articles, output, round(p, 6) AS share_of_output_matched,
       -- greatest and least pass over NULL: what is not corrected must stay NULL.
       CASE WHEN q IS NOT NULL THEN round(greatest(0, least(1, q)), 6) END AS share_of_output_corrected,
       CASE WHEN spread IS NOT NULL THEN round(greatest(0, least(1, q - spread)), 6) END AS corrected_low,
       CASE WHEN spread IS NOT NULL THEN round(greatest(0, least(1, q + spread)), 6) END AS corrected_high,
       CASE WHEN q IS NULL THEN 'uncorrected matches' ELSE 'corrected' END AS label,
       se AS sensitivity, sp AS specificity, audit_id, n AS audit_n, since AS audit_since, until AS audit_until,
       (SELECT count(*) FROM full_day AS f WHERE f.bucket = b.bucket) AS share_days
FROM bounded AS b
ORDER BY bucket, language, control
