"""Topics: concepts found in five languages, rules over them, and the evidence for each match.

The files are read by people who do not program (`topics/README.md` describes them); :func:`load_topics` makes a
:class:`TopicSet` of them, whose :meth:`TopicSet.match` is a pure function of title, text and language.
"""

from vigie.matching.loading import load_topics, load_topics_text
from vigie.matching.topic_set import FoundConcept, FoundTopic, MatchResult, TopicSet

__all__ = ["FoundConcept", "FoundTopic", "MatchResult", "TopicSet", "load_topics", "load_topics_text"]
