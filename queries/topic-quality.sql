-- How good is the matching: precision and recall of each topic and language, with their intervals?
--
-- Of the topics that vigie ships, as they were measured on real items that they were not tuned on; of others, as `vigie topics
-- evaluate --data DIR` measured and stored them. A class that was not sampled has no figure, and a figure rests on at least 30
-- decisions.
--
-- Parameters
--   topic  id of a topic; default: none, all of them
--
-- Columns
--   topic_id        the topic; `all`: all of them together
--   language        ISO 639-1 code; `all`: all of them together
--   unsure          counted: labels of which the coder was unsure count as given; set-aside: they are left out
--   items           labelled items that the figures come from
--   positives       of these, those on topic
--   matched         those that are matched
--   precision       of what is matched, the share that is on topic; NULL: too few
--   precision_low   lower bound of its 95 % interval
--   precision_high  upper bound
--   recall          of what is on topic, the share that is matched; NULL: too few
--   recall_low      lower bound of its 95 % interval
--   recall_high     upper bound
--
-- More columns
--   gold            name of the set of labelled items: real, sample
--   drawn_from      what the items were drawn from
--   split           which half of the set: test, dev or all
--   topics_version  the version that was measured
--   active          whether that is the version that figures use now
--   evaluated_at    when, UTC
SELECT topic_id, language, unsure, items, positives, matched, precision, precision_low, precision_high, recall, recall_low,
       recall_high, gold, drawn_from, split, topics_version, topics_version = (FROM active_topics) AS active, evaluated_at
FROM quality
WHERE CAST($topic AS VARCHAR) IS NULL OR topic_id = $topic
ORDER BY active DESC, gold, split = 'dev', split, topic_id <> 'all', topic_id, language <> 'all', language, unsure
