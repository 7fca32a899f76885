"""What was found in one article, in the form in which rules ask for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from vigie.matching.coding import Compared
from vigie.matching.terms import Span

__all__ = ["Article", "Asked"]

_end = itemgetter(1)
_SCOPES = ("", "title", "text", "lead")


class Asked:
    """One bit for each thing that rules ask for: a concept anywhere, or in one part of an article.

    What was found in an article is one number of such bits, and whether something was is one operation on it.
    """

    def __init__(self) -> None:
        """Nothing is asked for yet."""
        self._numbers: dict[tuple[int, str], int] = {}
        self._rows: dict[int, list[int]] = {}

    def bit(self, concept: int, scope: str) -> int:
        """The bit of a concept in a part of an article: `title`, `text`, `lead`, or empty: anywhere."""
        key = concept, scope
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            self._rows.setdefault(concept, [0] * len(_SCOPES))[_SCOPES.index(scope)] = 1 << self._numbers[key]
        return 1 << self._numbers[key]

    def concepts(self, bits: int) -> set[int]:
        """The concepts that some bits stand for."""
        return {concept for (concept, _), number in self._numbers.items() if bits >> number & 1}

    def found(self, places: Mapping[int, Sequence[Span]], compared: Compared, lead: int) -> int:
        """The bits of all that was found."""
        found = 0
        title_end, is_aligned = compared.title_end, compared.is_aligned
        for concept, spans in places.items():
            row = self._rows.get(concept)
            if row is not None:
                anywhere, title, text, in_lead = row
                found |= anywhere
                start, end = spans[0]  # They are in order.
                if title and start < title_end:
                    found |= title
                if text and spans[-1][0] >= title_end:
                    found |= text
                if in_lead and (end if is_aligned else compared.raw_span(start, end)[1]) <= lead:
                    found |= in_lead
        return found


class Article:
    """What was found in one article.

    Args:
        compared: Its title and text.
        places: Where each concept was found, in order.
        lead: Offset in the stored text where the lead ends.
        asked: What rules ask for.

    Attributes:
        found: What of that was found, as bits.
        concepts: The concepts found.
    """

    __slots__ = ("_asked", "compared", "concepts", "found", "lead", "places")

    def __init__(self, compared: Compared, places: Mapping[int, Sequence[Span]], lead: int, asked: Asked) -> None:
        """Note as bits what was found."""
        self.compared = compared
        self.places = places
        self.lead = lead
        self._asked = asked
        self.found = asked.found(places, compared, lead)
        self.concepts = frozenset(places)

    def of(self, concept: int, scope: str = "") -> Sequence[Span]:
        """Where a concept that was found stands in a part of the article."""
        places = self.places[concept]
        if not scope:
            return places
        if scope == "lead":
            return places[: bisect_right(places, self.lead, key=_end if self.compared.is_aligned else self._stored_end)]
        first = bisect_left(places, (self.compared.title_end,))
        return places[:first] if scope == "title" else places[first:]

    def _stored_end(self, place: Span) -> int:
        return self.compared.raw_span(*place)[1]

    def has_all_in_lead(self, places: Iterable[tuple[int, int, int]]) -> bool:
        """Whether some places lie in the lead, and none of the article's across its end; of unusual text it is not told."""
        if not self.compared.is_aligned:
            return False
        lead = self.lead
        for _, end, _ in places:
            if end > lead:
                return False
        for spans in self.places.values():
            for start, end in spans:
                if start < lead < end:
                    return False
        return True

    def in_lead(self) -> Article | None:
        """The article as if it had title and first words alone; None where it has nothing else that counts."""
        if self.lead >= len(self.compared.stored):
            return None
        kept: dict[int, Sequence[Span]] = {}
        whole = True
        for concept, places in self.places.items():
            inside = self.of(concept, "lead")
            whole = whole and len(inside) == len(places)
            if inside:
                kept[concept] = inside
        return None if whole else Article(self.compared, kept, self.lead, self._asked)
