"""Terms compiled into one automaton, and the search for them in a text.

The automaton holds the folded terms of all concepts in all languages. A hit counts where it stands on word boundaries (but for
the open side of a `*`), the text's language is one of the term's, and its exceptions do not apply.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from vigie.matching.coding import BREAK, LONGEST_REACH, Alphabet, Compared
from vigie.matching.model import ALL, Concept, Term
from vigie.matching.normalise import fold, fold_keeping_case, is_word

__all__ = ["ByPattern", "RawHit", "Row", "Span", "TermIndex", "folded_forms", "open_sides"]

#: Between two words: anything that is no letter and no digit, but no line break.
_GAP = r"[^\w\n]*"
#: Characters before and after a term in which an exception is looked for: longer than any exception.
_LOOK_BEHIND, _LOOK_AHEAD = 80, 400


#: A place in the folded text: start and end.
Span = tuple[int, int]


class _Entry(NamedTuple):
    """What one pattern of the automaton stands for: a term of one concept, and what has to be checked where it is found."""

    concept: int
    languages: int  #: bit mask
    first: int  #: what leads from the pattern's start in the scanned bytes to the term's in the folded text
    last: int  #: the same for its end
    apart: bool  #: a phrase in which the concept's terms do not count
    open_left: bool
    open_right: bool
    codes: bytes  #: of a term in which something stands between words, which the automaton does not see
    folded: str  #: a term of which not each character has a code of its own
    exact: str  #: the term in its case, where that counts
    title: bool
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None

    def row(self) -> Row:
        """What is done where it is found: nothing but to note the place, for most."""
        conditions = self.folded or self.exact or self.title or self.before or self.after
        checked = self if conditions or self.apart or self.open_left else None
        return self.concept, self.first, self.last, self.open_right, self.codes, checked

    def counts(self, compared: Compared, start: int, end: int) -> bool:
        """Whether it counts at a place where the automaton found it, and where the codes are the same."""
        if self.title and start >= compared.title_end:
            return False
        if self.exact:
            first, last = compared.raw_span(start, end)
            if _fold_keeping_case(compared.stored[first:last]) != self.exact:
                return False
        if self.folded and compared.part(start, end) != self.folded:
            return False
        start, end = self.reach(compared, start, end)
        # The last letter is looked at too: an exception does not begin within a word.
        if self.before is not None and self.before.match(compared.part(end - 1, end + _LOOK_AHEAD), 1):
            return False
        return self.after is None or not self.after.search(compared.part(max(0, start - _LOOK_BEHIND), start))

    def reach(self, compared: Compared, start: int, end: int) -> Span:
        """The place with what its open sides take in."""
        return compared.word_start(start) if self.open_left else start, compared.word_end(end) if self.open_right else end


#: One thing that a pattern stands for: the concept, what leads to its place, whether the word may go on behind it, the codes
#: that it must have if these are not all seen by the automaton, and the entry if anything else is to be checked.
Row = tuple[int, int, int, bool, bytes, _Entry | None]
#: A pattern of the automaton, and where it begins and ends in the scanned bytes.
RawHit = tuple[int, int, int]


def open_sides(text: str) -> tuple[bool, bool, str]:
    """Whether a term is open to the left and to the right (`*`), and the term without the stars."""
    return text.startswith("*"), text.endswith("*"), text.strip("*")


def folded_forms(term: Term, forms: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    """Every way to write a term, folded: itself, or all its case forms."""
    _, _, core = open_sides(term.text)
    written = [core]
    if term.inflect:
        for language in term.languages:
            written.extend(forms.get(language, {}).get(term.text, ()))
    return list(dict.fromkeys(folded for form in written if (folded := fold(form).strip())))


_Meaning = TypeVar("_Meaning")


class ByPattern(dict[int, _Meaning]):
    """What each pattern of the automaton means, worked out where it is first found: few of all ever are.

    Args:
        meaning: Of a pattern what it means.
    """

    def __init__(self, meaning: Callable[[int], _Meaning]) -> None:
        """Know none yet."""
        super().__init__()
        self._meaning = meaning

    def __missing__(self, pattern: int) -> _Meaning:
        """Work one out."""
        found = self[pattern] = self._meaning(pattern)
        return found


class TermIndex:
    """All terms, ready to be searched for.

    Args:
        concepts: The concepts, in the order of their numbers.
        forms: For each language the case forms of its inflected terms.
        languages: The bit of each language.
    """

    def __init__(
        self, concepts: Iterable[Concept], forms: Mapping[str, Mapping[str, Sequence[str]]], languages: Mapping[str, int]
    ) -> None:
        """Build the automaton."""
        written = [
            (number, apart, term, folded_forms(term, forms))
            for number, concept in enumerate(concepts)
            for apart, terms in ((False, concept.terms), (True, concept.phrases_apart))
            for term in terms
        ]
        self._alphabet = Alphabet(form for *_, found in written for form in found)
        self._size = len({form for *_, found in written for form in found})
        entries: dict[bytes, list[_Entry]] = {}
        for number, apart, term, found in written:
            for form in found:
                pattern, entry = self._entry(term, form, number, languages, apart=apart)
                entries.setdefault(pattern, []).append(entry)
        self._entries = tuple(entries.values())
        self._automaton = BytesAhoCorasick(tuple(entries), matchkind=MatchKind.Standard)

    @property
    def size(self) -> int:
        """How many different strings are searched for."""
        return self._size

    def compare(self, title: str, text: str) -> Compared:
        """Title and text as they are searched."""
        return self._alphabet.compare(title, text)

    def hits(self, compared: Compared) -> list[RawHit]:
        """What the automaton finds."""
        return self._automaton.find_matches_as_indexes(compared.scanned, overlapping=True)

    def touched(self, languages: int) -> Mapping[int, frozenset[int]]:
        """By pattern the concepts that may occur where it is found in texts of some languages, given as bits."""
        known: dict[frozenset[int], frozenset[int]] = {}  # The same few sets again and again.

        def touched_by(pattern: int) -> frozenset[int]:
            found = frozenset([e.concept for e in self._entries[pattern] if e.languages & languages and not e.apart])
            return known.setdefault(found, found)

        return ByPattern(touched_by)

    def rows(self, languages: int, concepts: Container[int]) -> Mapping[int, tuple[Row, ...]]:
        """By pattern what it stands for in texts of some languages, where it is these concepts that are looked for."""

        def rows_of(pattern: int) -> tuple[Row, ...]:
            entries = self._entries[pattern]
            return tuple(dict.fromkeys([e.row() for e in entries if e.languages & languages and e.concept in concepts]))

        return ByPattern(rows_of)

    @staticmethod
    def places(
        compared: Compared, hits: Iterable[RawHit], rows: Mapping[int, tuple[Row, ...]]
    ) -> tuple[dict[int, list[Span]], dict[int, list[Span]]]:
        """Where terms stand.

        Args:
            compared: Title and text.
            hits: What the automaton found there.
            rows: What its patterns stand for.

        Returns:
            By concept number, where its terms stand, and where phrases stand in which they do not count.
        """
        found: dict[int, list[Span]] = {}
        apart: dict[int, list[Span]] = {}
        all_codes, find = compared.codes, compared.scanned.find
        for pattern, begin, stop in hits:
            for concept, first, last, is_open, codes, entry in rows[pattern]:
                start, end = begin + first, stop + last
                if codes and all_codes[start:end] != codes:
                    continue
                target = found
                if entry is not None:
                    if not entry.counts(compared, start, end):
                        continue
                    start, end = entry.reach(compared, start, end)
                    if entry.apart:
                        target = apart
                elif is_open:
                    after = find(BREAK, end + 1, end + 1 + LONGEST_REACH)
                    end = after - 1 if after > 0 else end + LONGEST_REACH
                if concept in target:
                    target[concept].append((start, end))
                else:
                    target[concept] = [(start, end)]
        return found, apart

    def _entry(self, term: Term, form: str, concept: int, languages: Mapping[str, int], *, apart: bool) -> tuple[bytes, _Entry]:
        """One way to write a term: the pattern to search for, and what it stands for."""
        open_left, open_right, core = open_sides(term.text)
        closed_left, closed_right = is_word(form[0]) and not open_left, is_word(form[-1]) and not open_right
        mask = 0
        for language in term.languages:
            mask |= -1 if language == ALL else languages[language]
        scanned = self._alphabet.scanned(form)
        entry = _Entry(
            concept=concept,
            languages=mask,
            first=0 if closed_left else -1,
            last=-2 if closed_right else -1,
            apart=apart,
            open_left=open_left,
            open_right=open_right,
            codes=self._alphabet.spell(form) if BREAK in scanned else b"",
            folded="" if self._alphabet.tells_apart(form) else form,
            exact=fold_keeping_case(core).strip() if term.case else "",
            title=term.title,
            before=_exceptions(term.not_before, following=True),
            after=_exceptions(term.not_after, following=False),
        )
        return BREAK * closed_left + scanned + BREAK * closed_right, entry


#: Remembered: the same few names are looked at again and again.
_fold_keeping_case = functools.lru_cache(4096)(fold_keeping_case)


def _exceptions(written: Sequence[str], *, following: bool) -> re.Pattern[str] | None:
    """A pattern for what may not stand directly after (or before) a term."""
    if not written:
        return None
    choices = []
    for text in written:
        open_left, open_right, core = open_sides(text)
        folded = fold(core).strip()
        left = r"\w*" if open_left else r"(?<!\w)" if folded[:1].isalnum() else ""
        right = r"\w*" if open_right else r"(?!\w)" if folded[-1:].isalnum() else ""
        choices.append(left + re.escape(folded) + right)
    joined = f"(?:{'|'.join(choices)})"
    return re.compile(_GAP + joined if following else joined + _GAP + r"\Z")
