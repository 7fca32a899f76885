"""What the files say: terms, concepts, rules and topics, as they are written, checked but not yet compiled.

The format is described in `topics/README.md`; each class here is one of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vigie.matching.places import Place

__all__ = ["ALL", "Concept", "Declared", "Group", "Guard", "Mentioned", "Near", "Rule", "Term", "Topic", "Weighed"]

#: The language of a term that is written the same in every one.
ALL = "all"


#: Where a thing is written does not make it another thing: places are left out of comparison.
_NOWHERE = Place("", 0, "")


@dataclass(frozen=True, slots=True)
class Term:
    """One way in which a concept is written."""

    text: str  #: as written, `*` included
    languages: tuple[str, ...]  #: ISO 639-1 codes, or `all`
    place: Place = field(default=_NOWHERE, compare=False, repr=False)
    inflect: bool = False  #: stands for all its case forms
    case: bool = False  #: counts only in exactly this case
    title: bool = False  #: counts only in titles
    not_before: tuple[str, ...] = ()  #: does not count directly before any of these
    not_after: tuple[str, ...] = ()  #: does not count directly after any of these


@dataclass(frozen=True, slots=True)
class Guard:
    """Neighbours beside which an occurrence of a concept does not count, or the byline position."""

    kind: str  #: `after` or `before` the concepts, or `byline`
    concepts: tuple[str, ...]
    within: int  #: words that may stand between
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that is talked about, and all ways to write it."""

    id: str
    labels: Mapping[str, str]
    place: Place = field(default=_NOWHERE, compare=False, repr=False)
    terms: tuple[Term, ...] = ()
    phrases_apart: tuple[Term, ...] = ()  #: `except`: longer phrases inside which a term means something else
    include: tuple[str, ...] = ()  #: concepts whose occurrences are its own
    only_with: tuple[str, ...] = ()  #: counts only in articles in which one of these is found
    never_with: tuple[str, ...] = ()  #: does not count in articles in which one of these is found
    unless: tuple[Guard, ...] = ()
    helper: bool = False  #: serves rules only; not stored as a mention
    no_terms: tuple[str, ...] = ()  #: languages declared to need no term of their own

    def references(self) -> Iterator[str]:
        """Every concept that must be found before this one."""
        yield from (*self.include, *self.only_with, *self.never_with)
        for guard in self.unless:
            yield from guard.concepts


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A concept found at least `least` times."""

    concept: str
    least: int = 1
    scope: str = ""  #: `title`, `text`, `lead`, or empty: anywhere
    name: str = ""
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Occurrences of each slot, each at most `within` words from the next, all in one field."""

    slots: tuple[tuple[str, ...], ...]  #: for each slot, the concepts any of which fills it
    within: int
    ordered: bool = False
    sentence: bool = False
    scope: str = ""
    name: str = ""
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules combined: at least `least` of them hold; `none` is the group that holds where not one does."""

    kind: str  #: `all`, `any`, `none`, `at_least`
    rules: tuple[Rule, ...]
    least: int
    scope: str = ""
    name: str = ""
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weights of the rules that hold add up to at least the threshold."""

    rules: tuple[tuple[float, Rule], ...]
    threshold: float
    scope: str = ""
    name: str = ""
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


Rule = Mentioned | Near | Group | Weighed


@dataclass(frozen=True, slots=True)
class Topic:
    """What an article can be about, and how it is recognised."""

    id: str
    labels: Mapping[str, str]
    description: str
    languages: tuple[str, ...]  #: those for which its concepts have terms; in others it is not evaluated
    rule: Rule
    place: Place = field(default=_NOWHERE, compare=False, repr=False)
    source: str = ""
    implies: tuple[str, ...] = ()  #: topics that an article on this one is on as well


@dataclass(frozen=True, slots=True)
class Declared:
    """All that a set of files declares."""

    concepts: Mapping[str, Concept]
    topics: Mapping[str, Topic]
    forms: Mapping[str, Mapping[str, tuple[str, ...]]]  #: language → phrase → its forms
