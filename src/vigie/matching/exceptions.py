"""Which occurrences of a concept do not count, and which exception takes them away: found by leaving exceptions out.

Without any exception the engine finds more. Of each occurrence more, every exception of its concept, and of what that includes,
is tried alone: those under which it is gone again are why. So the engine itself decides, whatever an exception is made of.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vigie.matching.model import Concept, Declared, Guard, Term
from vigie.matching.topic_set import FoundConcept, TopicSet

__all__ = ["Lost", "LostFinder"]


#: Stands for the phrases apart, until it is known which one.
_PHRASE = "except"


@dataclass(frozen=True, slots=True)
class Lost:
    """An occurrence that does not count.

    Attributes:
        concept: The concept that it would be one of.
        field: `title` or `text`.
        start: First character, in code points.
        end: One past the last.
        words: What stands there.
        why: The exceptions under each of which it does not count.
    """

    concept: str
    field: str
    start: int
    end: int
    words: str
    why: str


class LostFinder:
    """Finds what exceptions take away.

    Args:
        topics: The topics whose concepts they are.
    """

    def __init__(self, topics: TopicSet) -> None:
        """Compile the concepts without exceptions."""
        self._concepts = topics.concepts
        self._forms = topics.forms
        self._bare = self._compile({i: _bare(concept) for i, concept in topics.concepts.items()})
        self._single: dict[tuple[str, str], list[tuple[str, TopicSet]]] = {}

    def find(self, counted: Sequence[FoundConcept], title: str, text: str, language: str) -> list[Lost]:
        """What does not count in a text.

        Args:
            counted: What does, helpers included.
            title: Plain text.
            text: Plain text.
            language: ISO 639-1 code, or `und`.
        """
        lost = []
        bare = self._bare.match(title, text, language).mentions
        for place in bare:
            if _is_covered(place, counted, place.concept):
                continue
            parts = [part for part in _with_included(self._concepts, place.concept) if _is_covered(place, bare, part)]
            reasons = [why for part in parts for why in self._reasons(place, part, title, text, language)]
            if reasons:
                words = (title if place.field == "title" else text)[place.start : place.end]
                lost.append(Lost(place.concept, place.field, place.start, place.end, words, "; ".join(reasons)))
        return lost

    def _reasons(self, place: FoundConcept, part: str, title: str, text: str, language: str) -> Iterator[str]:
        """The exceptions of a concept, or of one that it includes, under each of which alone an occurrence is gone."""
        whose = "" if part == place.concept else f"`{part}`, which it includes: "
        for why, alone in self._variants(place.concept, part):
            if not _is_covered(place, alone.match(title, text, language).mentions, place.concept):
                yield whose + (self._phrase_around(place, part, title, text, language) if why == _PHRASE else why)

    def _compile(self, concepts: Mapping[str, Concept]) -> TopicSet:
        shown = {identifier: dataclasses.replace(concept, helper=False) for identifier, concept in concepts.items()}
        return TopicSet(Declared(shown, {}, self._forms), {})

    def _variants(self, concept: str, part: str) -> list[tuple[str, TopicSet]]:
        """For each exception of a concept's part, why it takes away, and the concept with that exception alone."""
        if (concept, part) not in self._single:
            alone = _exceptions(self._concepts[part])
            self._single[concept, part] = [(why, self._compile(self._but_for(concept, only))) for why, only in alone]
        return self._single[concept, part]

    def _but_for(self, concept: str, part: Concept) -> dict[str, Concept]:
        """A concept and what it includes without exceptions but for one part's, beside the concepts that those name."""
        made: dict[str, Concept] = {}
        beside = (name for guard in part.unless for name in guard.concepts)
        for reference in (*part.only_with, *part.never_with, *beside):
            made |= _closure(self._concepts, reference)
        # What it includes may be among these, so it gets other names here.
        names = {each: each if each == concept else f"{each} bare" for each in _with_included(self._concepts, concept)}
        for each, name in names.items():
            own = part if each == part.id else _bare(self._concepts[each])
            made[name] = dataclasses.replace(own, id=name, include=tuple(names[other] for other in own.include))
        return made

    def _phrase_around(self, place: FoundConcept, part: str, title: str, text: str, language: str) -> str:
        phrases = Concept(part, {}, terms=self._concepts[part].phrases_apart)
        for found in self._compile({part: phrases}).match(title, text, language).mentions:
            if found.field == place.field and found.start <= place.start and place.end <= found.end:
                return f"part of “{(title if place.field == 'title' else text)[found.start : found.end]}”"
        return "part of a phrase that means something else"


def _bare(concept: Concept) -> Concept:
    """A concept without its exceptions."""
    return dataclasses.replace(
        concept, terms=tuple(map(_plain, concept.terms)), phrases_apart=(), only_with=(), never_with=(), unless=()
    )


def _plain(term: Term) -> Term:
    return dataclasses.replace(term, title=False, not_before=(), not_after=())


def _exceptions(concept: Concept) -> list[tuple[str, Concept]]:
    """Each exception of a concept in words, and the concept with that one alone."""
    bare = _bare(concept)
    return [*_of_terms(concept, bare), *_of_concept(concept, bare)]


def _of_terms(concept: Concept, bare: Concept) -> Iterator[tuple[str, Concept]]:
    for number, term in enumerate(concept.terms):
        for key, why in (
            ("title", f"`{term.text}` counts in titles only"),
            ("not_before", f"`{term.text}` directly before {_listed(term.not_before)}"),
            ("not_after", f"`{term.text}` directly after {_listed(term.not_after)}"),
        ):
            if getattr(term, key):
                only = dataclasses.replace(_plain(term), **{key: getattr(term, key)})
                terms = (*bare.terms[:number], only, *bare.terms[number + 1 :])
                yield why, dataclasses.replace(bare, terms=terms)


def _of_concept(concept: Concept, bare: Concept) -> Iterator[tuple[str, Concept]]:
    if concept.phrases_apart:
        yield _PHRASE, dataclasses.replace(bare, phrases_apart=concept.phrases_apart)
    if concept.only_with:
        why = f"counts only in articles with {_listed(concept.only_with)}"
        yield why, dataclasses.replace(bare, only_with=concept.only_with)
    if concept.never_with:
        why = f"does not count in articles with {_listed(concept.never_with)}"
        yield why, dataclasses.replace(bare, never_with=concept.never_with)
    for guard in concept.unless:
        yield _guarded(guard), dataclasses.replace(bare, unless=(guard,))


def _guarded(guard: Guard) -> str:
    if guard.kind == "byline":
        return "stands apart as a credit"
    words = f" within {guard.within} words" if guard.within else " directly"
    return f"stands {guard.kind} {_listed(guard.concepts)}{words}"


def _listed(names: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and the like" if len(names) > most else shown


def _is_covered(place: FoundConcept, found: Sequence[FoundConcept], concept: str) -> bool:
    """Whether a concept is found where a place is."""
    return any(
        other.concept == concept and other.field == place.field and other.start < place.end and place.start < other.end
        for other in found
    )


def _with_included(concepts: Mapping[str, Concept], start: str) -> list[str]:
    """A concept, then all that it includes, directly or not."""
    found = [start]
    for identifier in found:
        found.extend(included for included in concepts[identifier].include if included not in found)
    return found


def _closure(concepts: Mapping[str, Concept], start: str) -> dict[str, Concept]:
    """A concept and all that it refers to, directly or not."""
    found: dict[str, Concept] = {}
    waiting = [start]
    while waiting:
        identifier = waiting.pop()
        if identifier not in found:
            found[identifier] = concepts[identifier]
            waiting.extend(concepts[identifier].references())
    return found
