"""Terms compiled into one automaton, and the search for them in a text.

The automaton holds the folded terms of all concepts in all languages. A hit counts where it stands on word boundaries (but for
the open side of a `*`), the text's language is one of the term's, and its exceptions do not apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from vigie.matching.model import ALL, Concept, Term
from vigie.matching.normalise import Compared, fold, fold_keeping_case, is_word

__all__ = ["Found", "TermIndex", "folded_forms", "open_sides"]

#: Between two words: anything that is no letter and no digit, but no line break.
_GAP = r"[^\w\n]*"
_LOOK_BEHIND = 80  # Characters before a term in which an exception is looked for: longer than any exception.
_LONGEST_WORD = 60  # Letters by which an open side may reach out.


class Found(NamedTuple):
    """A term at a place of the folded text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one pattern of the automaton stands for: a term of one concept."""

    concept: int
    languages: int  #: bit mask
    apart: bool  #: a phrase in which the concept's terms do not count
    open_left: bool
    open_right: bool
    plain: bool  #: nothing but the boundaries has to be checked
    exact: str  #: the term in its case, where that counts
    title: bool
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


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
        entries: dict[str, list[_Entry]] = {}
        for number, concept in enumerate(concepts):
            for apart, terms in ((False, concept.terms), (True, concept.phrases_apart)):
                for term in terms:
                    for pattern in folded_forms(term, forms):
                        entries.setdefault(pattern, []).append(_entry(term, number, languages, apart=apart))
        self._patterns = tuple(entries)
        self._entries = tuple(tuple(found) for found in entries.values())
        self._automaton = AhoCorasick(self._patterns, matchkind=MatchKind.Standard, store_patterns=False)

    @property
    def size(self) -> int:
        """How many different strings are searched for."""
        return len(self._patterns)

    def search(self, compared: Compared, languages: int) -> tuple[dict[int, list[Found]], dict[int, list[Found]]]:
        """Every term in a text.

        Args:
            compared: Title and text.
            languages: Bits of the languages whose terms may fire.

        Returns:
            By concept number, where its terms stand, and where phrases stand in which they do not count.
        """
        found: dict[int, list[Found]] = {}
        apart: dict[int, list[Found]] = {}
        text = compared.folded.text
        last = len(text)
        every = self._entries
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            within_left = start > 0 and is_word(text[start - 1]) and is_word(text[start])
            within_right = end < last and is_word(text[end]) and is_word(text[end - 1])
            for entry in every[pattern]:
                if (within_left and not entry.open_left) or (within_right and not entry.open_right):
                    continue
                if not entry.languages & languages:
                    continue
                if not entry.plain and not _counts(entry, compared, start, end):
                    continue
                place = Found(
                    _word_start(text, start) if entry.open_left else start, _word_end(text, end) if entry.open_right else end
                )
                (apart if entry.apart else found).setdefault(entry.concept, []).append(place)
        return found, apart


def _entry(term: Term, concept: int, languages: Mapping[str, int], *, apart: bool) -> _Entry:
    open_left, open_right, core = open_sides(term.text)
    mask = 0
    for language in term.languages:
        mask |= -1 if language == ALL else languages[language]
    before, after = _exceptions(term.not_before, following=True), _exceptions(term.not_after, following=False)
    exact = fold_keeping_case(core).strip() if term.case else ""
    plain = not (exact or term.title or before or after)
    return _Entry(concept, mask, apart, open_left, open_right, plain, exact, term.title, before, after)


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


def _counts(entry: _Entry, compared: Compared, start: int, end: int) -> bool:
    text = compared.folded.text
    if entry.title and start >= compared.title_end:
        return False
    if entry.exact:
        raw_start, raw_end = compared.folded.raw_span(start, end)
        if fold_keeping_case(compared.stored[raw_start:raw_end]) != entry.exact:
            return False
    if entry.before is not None and entry.before.match(text, end):
        return False
    return entry.after is None or not entry.after.search(text[max(0, start - _LOOK_BEHIND) : start])


def _word_start(text: str, start: int) -> int:
    least = max(0, start - _LONGEST_WORD)
    while start > least and is_word(text[start - 1]):
        start -= 1
    return start


def _word_end(text: str, end: int) -> int:
    most = min(len(text), end + _LONGEST_WORD)
    while end < most and is_word(text[end]):
        end += 1
    return end
