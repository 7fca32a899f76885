"""Matching written down in the plainest way: what the engine's results are held against.

Each form of each term is looked for by itself, each rule is evaluated on every text, nothing is remembered and nothing is
skipped. Only folding, the reading of topic files and the end of a sentence are the engine's own: these have tests of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from vigie.matching import MatchResult, TopicSet
from vigie.matching.model import ALL, Concept, Group, Guard, Mentioned, Near, Rule, Term, Weighed
from vigie.matching.normalise import Folded, fold, fold_keeping_case, is_word, normalise
from vigie.matching.occurrences import _is_byline, same_sentence
from vigie.matching.terms import folded_forms, open_sides
from vigie.text import lead_end

Span = tuple[int, int]
Plain = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


class Place(NamedTuple):
    start: int
    end: int
    raw_start: int
    raw_end: int
    in_title: bool
    in_lead: bool


Hit = tuple[str, Place, str]


@dataclass
class Text:
    """One article: folded, and which terms fire in it."""

    stored: str
    folded: Folded
    title_end: int
    language: str

    def words_between(self, end: int, start: int) -> int:
        return len(re.findall(r"\w+", self.folded.text[end:start])) if end < start else 0


def plainly(result: MatchResult) -> Plain:
    """A result of the engine in the form in which :class:`Reference` gives its own."""
    return (
        [(m.concept, m.field, m.start, m.end, m.lead) for m in result.mentions],
        [
            (f.topic_id, f.strength, f.lead, [(e.concept, e.rule, e.field, e.start, e.end, e.text) for e in f.evidence])
            for f in result.matches
        ],
    )


class Reference:
    """The same topics, evaluated plainly."""

    def __init__(self, topics: TopicSet) -> None:
        self.topics = topics
        self.forms: dict[Term, list[str]] = {}
        for concept in topics.concepts.values():
            for term in (*concept.terms, *concept.phrases_apart):
                self.forms[term] = folded_forms(term, topics.forms)

    def match(self, title: str, text: str, language: str) -> Plain:
        stored = f"{title.replace(chr(0), ' ')}\0{text}"
        folded = normalise(stored)
        article = Text(stored, folded, folded.text.index("\0"), language)
        spans: dict[str, list[Span]] = {}
        for concept in self.topics.concepts.values():
            self._find(concept, article, spans)
        lead = len(title) + 1 + lead_end(text)
        places: dict[str, list[Place]] = {}
        for concept, found in spans.items():
            raw = [folded.raw_span(*span) for span in found]
            places[concept] = [
                Place(*span, *r, span[0] < article.title_end, r[1] <= lead) for span, r in zip(found, raw, strict=True)
            ]
        return self._mentions(places, title), self._matches(article, places, title, text)

    # Concepts.

    def _find(self, concept: Concept, text: Text, done: dict[str, list[Span]]) -> list[Span]:
        if concept.id in done:
            return done[concept.id]
        for reference in concept.references():
            self._find(self.topics.concepts[reference], text, done)
        spans = [span for term in concept.terms for span in self._places_of(term, text)]
        for included in concept.include:
            spans += done[included]
        apart = [span for phrase in concept.phrases_apart for span in self._places_of(phrase, text)]
        spans = longest([s for s in spans if not any(a[0] <= s[0] and s[1] <= a[1] for a in apart)])
        if concept.only_with and not any(done[other] for other in concept.only_with):
            spans = []
        if any(done[other] for other in concept.never_with):
            spans = []
        for guard in concept.unless:
            spans = [span for span in spans if not guarded(span, guard, text, done)]
        done[concept.id] = spans
        return spans

    def _places_of(self, term: Term, article: Text) -> list[Span]:
        if article.language != "und" and ALL not in term.languages and article.language not in term.languages:
            return []
        left, right, core = open_sides(term.text)
        text = article.folded.text
        found = []
        for form in self.forms[term]:
            start = text.find(form)
            while start >= 0:
                first, end = start, start + len(form)
                start = text.find(form, start + 1)
                cut_left = first > 0 and is_word(text[first - 1]) and is_word(text[first])
                cut_right = end < len(text) and is_word(text[end]) and is_word(text[end - 1])
                if (cut_left and not left) or (cut_right and not right) or not counts(term, core, article, first, end):
                    continue
                before, after = re.compile(r"\w{0,60}\Z").search(text[:first]), re.compile(r"\w{0,60}").match(text, end)
                assert before and after
                found.append((before.start() if left else first, after.end() if right else end))
        return found

    def _mentions(self, places: dict[str, list[Place]], title: str) -> list[tuple[object, ...]]:
        rows = [(p.raw_start, p.raw_end, concept, p) for concept, found in places.items() for p in found]
        return [
            (concept, *field_of(place, title), place.in_lead)
            for _, _, concept, place in sorted(rows)
            if not self.topics.concepts[concept].helper
        ]

    # Topics.

    def _matches(self, article: Text, places: dict[str, list[Place]], title: str, text: str) -> list[tuple[object, ...]]:
        in_lead = {concept: [p for p in found if p.in_lead] for concept, found in places.items()}
        fired: dict[str, list[Hit]] = {}
        leads = set()
        for topic in self.topics.topics.values():
            if article.language == "und" or article.language in topic.languages:
                hits = evaluate(topic.rule, article, places)
                if hits is not None:
                    fired[topic.id] = hits
                    if evaluate(topic.rule, article, in_lead) is not None:
                        leads.add(topic.id)
        waiting = sorted(fired)
        while waiting:
            identifier = waiting.pop(0)
            for implied in self.topics.topics[identifier].implies:
                is_new = implied not in fired or (identifier in leads and implied not in leads)
                fired.setdefault(implied, [(c, p, f"{identifier}: {rule}") for c, p, rule in fired[identifier]])
                leads |= {implied} if identifier in leads else set()
                waiting += [implied] if is_new else []
        return [self._found(identifier, fired[identifier], identifier in leads, title, text) for identifier in sorted(fired)]

    def _found(self, topic: str, hits: list[Hit], lead: bool, title: str, text: str) -> tuple[object, ...]:
        points: dict[str, int] = {}
        evidence: dict[tuple[int, int, str], tuple[object, ...]] = {}
        for concept, place, rule in hits:
            worth = 3 if place.in_title else 2 if place.in_lead else 1
            points[concept] = max(worth, points.get(concept, 0))
            field, start, end = field_of(place, title)
            words = (title if place.in_title else text)[start:end]
            evidence.setdefault((place.raw_start, place.raw_end, concept), (concept, rule or "rule", field, start, end, words))
        return topic, float(sum(points.values())), lead, [evidence[key] for key in sorted(evidence)]


def field_of(place: Place, title: str) -> tuple[str, int, int]:
    if place.in_title:
        return "title", place.raw_start, place.raw_end
    return "text", place.raw_start - len(title) - 1, place.raw_end - len(title) - 1


def longest(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] - span[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = span
    return kept


def counts(term: Term, core: str, article: Text, start: int, end: int) -> bool:
    text = article.folded.text
    if term.title and start >= article.title_end:
        return False
    first, last = article.folded.raw_span(start, end)
    if term.case and fold_keeping_case(article.stored[first:last]) != fold_keeping_case(core).strip():
        return False
    for exception in term.not_before:
        if re.compile(r"[^\w\n]*" + as_pattern(exception)).match(text, end):
            return False
    return not any(re.search(as_pattern(exception) + r"[^\w\n]*\Z", text[:start]) for exception in term.not_after)


def as_pattern(exception: str) -> str:
    left, right, core = open_sides(exception)
    folded = fold(core).strip()
    before = r"\w*" if left else r"(?<!\w)" if is_word(folded[0]) else ""
    return before + re.escape(folded) + (r"\w*" if right else r"(?!\w)" if is_word(folded[-1]) else "")


def guarded(span: Span, guard: Guard, text: Text, done: dict[str, list[Span]]) -> bool:
    raw = text.folded.raw_span
    if guard.kind == "byline":
        return _is_byline(text.stored, *raw(*span), raw(text.title_end, text.title_end + 1)[0])
    for other in (other for concept in guard.concepts for other in done[concept]):
        first, second = (other, span) if guard.kind == "after" else (span, other)
        in_order = first[1] <= second[0] and (first[0] < text.title_end) == (second[0] < text.title_end)
        is_near = in_order and text.words_between(first[1], second[0]) <= guard.within
        if is_near and same_sentence(text.stored, raw(*first)[1], raw(*second)[0]):
            return True
    return False


def evaluate(rule: Rule, article: Text, places: dict[str, list[Place]], path: str = "", scope: str = "") -> list[Hit] | None:
    """The evidence on which a rule holds, or None."""
    path, scope = rule.name or path, rule.scope or scope

    def within(concept: str) -> list[Place]:
        found = places.get(concept, [])
        wanted = {"": found, "lead": [p for p in found if p.in_lead], "title": [p for p in found if p.in_title]}
        return wanted[scope] if scope in wanted else [p for p in found if not p.in_title]

    if isinstance(rule, Mentioned):
        found = within(rule.concept)
        return [(rule.concept, p, path) for p in found] if len(found) >= rule.least else None
    if isinstance(rule, Near):
        return near(rule, article, [[(p, c) for c in slot for p in within(c)] for slot in rule.slots], joined(path, "near"))
    if isinstance(rule, Weighed):
        parts = [
            (weight, evaluate(inner, article, places, joined(path, f"weights.{i}"), scope))
            for i, (weight, inner) in enumerate(rule.rules, 1)
        ]
        held = [(weight, hits) for weight, hits in parts if hits is not None]
        return [h for _, hits in held for h in hits] if sum(weight for weight, _ in held) >= rule.threshold else None
    assert isinstance(rule, Group)
    results = [
        evaluate(inner, article, places, path if rule.kind == "all" else joined(path, f"{rule.kind}.{i}"), scope)
        for i, inner in enumerate(rule.rules, 1)
    ]
    if rule.kind == "none":
        return [] if all(hits is None for hits in results) else None
    met = [hits for hits in results if hits is not None]
    return [hit for hits in met for hit in hits] if len(met) >= rule.least else None


def joined(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part


def near(rule: Near, article: Text, slots: list[list[tuple[Place, str]]], path: str) -> list[Hit] | None:
    everything = sorted((place, slot, concept) for slot, found in enumerate(slots) for place, concept in found)

    def is_next(here: Place, there: Place) -> bool:
        apart = there.start - here.end
        split = rule.sentence and apart >= 0 and not same_sentence(article.stored, here.raw_end, there.raw_start)
        close = 0 <= apart <= 40 * (rule.within + 1) and article.words_between(here.end, there.start) <= rule.within
        return close and not split and here.in_title == there.in_title

    def way(first: int, filled: list[int]) -> list[Hit]:
        here, _, concept = everything[first]
        if len(filled) == len(rule.slots):
            return [(concept, here, path)]
        for number in range(first + 1, len(everything)):
            there, slot, _ = everything[number]
            wanted = slot == len(filled) if rule.ordered else slot not in filled
            if wanted and is_next(here, there) and (rest := way(number, [*filled, slot])):
                return [(concept, here, path), *rest]
        return []

    hits: dict[Hit, None] = {}
    for first, (_, slot, _) in enumerate(everything):
        if slot == 0 or not rule.ordered:
            hits |= dict.fromkeys(way(first, [slot]))
    return list(hits) or None
