"""A set of topics, compiled and ready to match."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import yaml

from vigie.matching.coding import Compared
from vigie.matching.evaluation import compile_rule
from vigie.matching.found import Article, Asked
from vigie.matching.lint import concepts_of
from vigie.matching.model import ALL, Concept, Declared, Topic
from vigie.matching.occurrences import ConceptGraph, ordered_concepts
from vigie.matching.places import Problems
from vigie.matching.rule import Part
from vigie.matching.selection import TopicIndex
from vigie.matching.terms import ByPattern, Row, Span, TermIndex
from vigie.schemas.records import Evidence
from vigie.schemas.runs import Label, TopicRecord
from vigie.text import lead_end

__all__ = ["FoundConcept", "FoundTopic", "MatchResult", "TopicSet"]

#: The language of a text that does not tell: terms of every language may fire.
UNDETERMINED = "und"
_TITLE, _LEAD, _BODY = 3.0, 2.0, 1.0


class FoundConcept(NamedTuple):
    """One occurrence of one concept, in code points of the stored field."""

    concept: str
    field: str
    start: int
    end: int
    lead: bool


class FoundTopic(NamedTuple):
    """A topic that an article is on.

    Attributes:
        topic_id: The topic.
        strength: How much evidence there is, no probability: for each distinct concept in the evidence 3 points where it
            occurs in the title, else 2 where in the first 25 words of the text, else 1; summed.
        lead: Whether title and first 25 words alone make the rule hold.
        evidence: What made it hold, in order of place.
    """

    topic_id: str
    strength: float
    lead: bool
    evidence: tuple[Evidence, ...]


class MatchResult(NamedTuple):
    """What was found in one article."""

    mentions: tuple[FoundConcept, ...] = ()
    matches: tuple[FoundTopic, ...] = ()


class _Reading(NamedTuple):
    """What the patterns of the automaton mean in texts of one language."""

    touched: Mapping[int, frozenset[int]]  #: the concepts that may occur where it is found, and those of which these are parts
    stored: Mapping[int, tuple[Row, ...]]  #: what it stands for where mentions alone are looked for
    whole: Mapping[int, tuple[Row, ...]]  #: the same with the concepts that serve rules


_NOTHING = MatchResult()
#: Where a topic's rule found which concept, folded, and the part of the rule that it served first.
_Grounds = dict[tuple[int, int, int], str]


class TopicSet:
    """Concepts and topics, compiled. Immutable, picklable, and the same for the same definitions.

    Args:
        declared: What the files declare, checked and with the forms of all inflected terms.
        plain: The same as plain data.
    """

    def __init__(self, declared: Declared, plain: Mapping[str, Any]) -> None:
        """Compile what was declared."""
        self._declared = declared
        self._plain = plain
        self._order = ordered_concepts(declared.concepts)[0]
        self._ids = tuple(concept.id for concept in self._order)
        self._numbers = {concept.id: number for number, concept in enumerate(self._order)}
        self._bits = {language: 1 << bit for bit, language in enumerate(self.languages, 1)}
        self._every_language = -1
        self._terms = TermIndex(self._order, declared.forms, self._bits)
        ordered = [declared.topics[identifier] for identifier in sorted(declared.topics)]
        self._asked = Asked()
        self._rules = tuple(Part.of(compile_rule(topic.rule, self._numbers, self._asked)) for topic in ordered)
        self._steady = tuple(part.rule.negations() < 2 for part in self._rules)
        self._topics = tuple(ordered)
        self._topic_numbers = {topic.id: number for number, topic in enumerate(ordered)}
        self._stored = tuple("" if concept.helper else concept.id for concept in self._order)
        stored = {number for number, concept in enumerate(self._stored) if concept}
        asked_for = {self._numbers[concept] for topic in ordered for concept, _ in concepts_of(topic.rule)}
        self._stored_graph = ConceptGraph(self._order, stored)
        self._whole_graph = ConceptGraph(self._order, stored | asked_for)
        self._readings: dict[int, _Reading] = {}
        self._index = TopicIndex([part.rule.clauses() for part in self._rules])

    @property
    def topics(self) -> Mapping[str, Topic]:
        """The topics by id."""
        return self._declared.topics

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """The concepts by id."""
        return self._declared.concepts

    @property
    def forms(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """For each language the case forms of its inflected terms."""
        return self._declared.forms

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Every language for which there are terms, or that a topic claims."""
        found = {language for topic in self.topics.values() for language in topic.languages}
        for concept in self.concepts.values():
            for term in (*concept.terms, *concept.phrases_apart):
                found.update(term.languages)
        return tuple(sorted(found - {ALL}))

    @property
    def term_count(self) -> int:
        """How many different strings are searched for, case forms included."""
        return self._terms.size

    @cached_property
    def version(self) -> str:
        """Hash of the definitions; comments, layout, order of ids and file names do not change it."""
        canonical = json.dumps(self._plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @cached_property
    def definition(self) -> str:
        """YAML text from which :func:`load_topics_text` makes an equal set, without any dictionary."""
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return str(yaml.dump(self._plain, Dumper=dumper, allow_unicode=True, sort_keys=True, width=120))

    def records(self) -> list[TopicRecord]:
        """The rows of table `topics` for this version."""
        return [
            TopicRecord(
                topics_version=self.version,
                topic_id=topic.id,
                label=topic.labels.get("en", topic.id),
                description=topic.description,
                languages=topic.languages,
                concepts=tuple(sorted({concept for concept, _ in concepts_of(topic.rule)})),
                definition=self.definition,
                labels=tuple(Label(language, text) for language, text in sorted(topic.labels.items())),
            )
            for topic in self._topics
        ]

    def check_rules(self, problems: Problems) -> None:
        """Note topics that would fire on every article, since their rule needs no concept to be found."""
        for topic, part in zip(self._topics, self._rules, strict=True):
            if frozenset() in part.rule.clauses():
                problems.add(topic.place, "would fire on every article: let its rule require at least one concept")

    def match(self, title: str, text: str, language: str) -> MatchResult:
        """Find concepts and topics in one article.

        Terms fire in texts of their own language only, those marked `all` in every one; in a text of language `und` all
        terms fire. A topic is evaluated in the languages it claims and in `und`.

        Args:
            title: Plain text.
            text: Plain text.
            language: ISO 639-1 code, or `und`.

        Returns:
            Mentions in order of place, topics in order of id. Offsets slice exactly: `field[start:end] == evidence.text`.
        """
        bits = self._every_language if language == UNDETERMINED else self._bits.get(language, 0) | 1
        compared = self._terms.compare(title, text)
        hits = self._terms.hits(compared)
        reading = self._readings.get(bits) or self._read(bits)
        touched = frozenset().union(*[reading.touched[pattern] for pattern, _, _ in hits])
        worth_a_look = self._index.candidates(touched)
        if worth_a_look and language != UNDETERMINED:
            worth_a_look = [number for number in worth_a_look if language in self._topics[number].languages]
        # Most concepts serve rules alone: where no rule can hold, they need not be found.
        graph, rows = (self._whole_graph, reading.whole) if worth_a_look else (self._stored_graph, reading.stored)
        found, apart = self._terms.places(compared, hits, rows)
        places = graph.resolve(found, apart, compared) if found else {}
        if not places:
            return _NOTHING
        lead = len(title) + 1 + lead_end(text)
        mentions = self._mentions(places, compared, len(title), lead)
        if not worth_a_look:
            return MatchResult(mentions)
        return MatchResult(mentions, self._matches(worth_a_look, Article(compared, places, lead, self._asked), title, text))

    def _read(self, languages: int) -> _Reading:
        """What the automaton's patterns mean in texts of some languages."""
        reached, found = functools.cache(self._whole_graph.reached), self._terms.touched(languages)
        touched = ByPattern(lambda pattern: reached(found[pattern]))
        stored, whole = (self._terms.rows(languages, graph.wanted) for graph in (self._stored_graph, self._whole_graph))
        self._readings[languages] = _Reading(touched, stored, whole)
        return self._readings[languages]

    def _mentions(
        self, places: Mapping[int, Sequence[Span]], compared: Compared, title: int, lead: int
    ) -> tuple[FoundConcept, ...]:
        rows = []
        for number, spans in places.items():
            concept = self._stored[number]
            if concept:
                raw = spans if compared.is_aligned else [compared.raw_span(*span) for span in spans]
                rows += [(start, end, concept) for start, end in raw]
        if len(rows) > 1:
            rows.sort()
        shift = title + 1
        return tuple(
            [
                FoundConcept(concept, "title", start, end, True)
                if start < title
                else FoundConcept(concept, "text", start - shift, end - shift, end <= lead)
                for start, end, concept in rows
            ]
        )

    def _matches(self, worth_a_look: Sequence[int], article: Article, title: str, text: str) -> tuple[FoundTopic, ...]:
        fired: dict[int, _Grounds] = {}
        for number in worth_a_look:
            hits = self._rules[number].evaluate(article)
            if hits is not None:
                fired[number] = dict(reversed(hits))  # The first part of the rule that a place served is kept.
        if not fired:
            return ()
        leads = self._hold_in_lead(fired, article)
        self._roll_up(fired, leads)
        return tuple(
            [self._found_topic(number, fired[number], article, (title, text), lead=number in leads) for number in sorted(fired)]
        )

    def _hold_in_lead(self, fired: Mapping[int, _Grounds], article: Article) -> set[int]:
        """The topics whose rule holds on title and first words alone."""
        if article.lead >= len(article.compared.stored):
            return set(fired)
        hold = {number for number, grounds in fired.items() if self._steady[number] and article.has_all_in_lead(grounds)}
        if len(hold) < len(fired):
            lead = article.in_lead()
            hold |= {n for n in fired.keys() - hold if lead is None or self._rules[n].evaluate(lead) is not None}
        return hold

    def _roll_up(self, fired: dict[int, _Grounds], leads: set[int]) -> None:
        """Add the topics that others imply, on the evidence of those."""
        waiting = sorted(fired)
        while waiting:
            number = waiting.pop(0)
            for implied in self._topics[number].implies:
                other = self._topic_numbers[implied]
                if other not in fired:
                    fired[other] = {key: f"{self._topics[number].id}: {rule}" for key, rule in fired[number].items()}
                    waiting.append(other)
                if number in leads and other not in leads:
                    leads.add(other)
                    waiting.append(other)

    def _found_topic(
        self, number: int, grounds: _Grounds, article: Article, fields: tuple[str, str], *, lead: bool
    ) -> FoundTopic:
        """A topic with its evidence."""
        points: dict[int, float] = {}
        evidence: dict[tuple[int, int, str], Evidence] = {}
        title, text = fields
        is_aligned, title_end = article.compared.is_aligned, article.compared.title_end
        for (start, end, concept), rule in grounds.items():
            first, last = (start, end) if is_aligned else article.compared.raw_span(start, end)
            identifier = self._ids[concept]
            key = first, last, identifier
            if start < title_end:
                worth, field, words, shift = _TITLE, "title", title, 0
            else:
                worth, field, words, shift = _LEAD if last <= article.lead else _BODY, "text", text, len(title) + 1
            if points.get(concept, 0.0) < worth:
                points[concept] = worth
            if key not in evidence:
                first, last = first - shift, last - shift
                evidence[key] = Evidence(identifier, rule or "rule", field, first, last, words[first:last])
        ordered = tuple([evidence[key] for key in sorted(evidence)])
        return FoundTopic(self._topics[number].id, sum(points.values()), lead, ordered)

    def __eq__(self, other: object) -> bool:
        """Two sets are equal where their definitions are."""
        return isinstance(other, TopicSet) and self._plain == other._plain

    def __hash__(self) -> int:
        """By version."""
        return hash(self.version)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as what was declared; compiled again on arrival, in a few milliseconds."""
        return TopicSet, (self._declared, self._plain)
