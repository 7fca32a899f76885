"""Title and text as they are searched: one byte a character, so that an offset in the bytes is one in the folded text.

Each character that a term contains has a code; all others share two, one for letters and digits, one for the rest. The
automaton sees the codes with everything between words made the same, so that terms with a break on either side find whole words
only, and a text costs few steps: inside a word that begins no term it stays where it is. A phrase found so is looked at again,
since what stands between its words counts.

One table folds and codes. That is right where each character folds to one by itself, which is so in nearly every text. Where
one does not, or spaces stand together and have to merge, the text goes through :func:`~vigie.matching.normalise.normalise`
first, which keeps the way back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from vigie.matching.normalise import Folded, is_word, normalise, steady_characters

__all__ = ["BREAK", "LONGEST_REACH", "Alphabet", "Compared"]

#: Between words, in what the automaton sees. White space as Python's bytes understand it, so that `split` finds the words.
BREAK = b" "
_SEPARATOR = "\0"  # Between title and text: part of no term.
# Codes. Below BREAK stand characters that are part of no word, above it those that are.
_FIRM_SPACE, _SPACE, _OTHER_BREAK = 0x00, 0x01, 0x1F
_FIRST_LETTER, _OTHER_LETTER, _UNUSUAL = 0x21, 0xFE, 0xFF
_FIRM, _BLANK, _TWO_BLANKS = bytes([_FIRM_SPACE]), bytes([_SPACE]), bytes([_SPACE, _SPACE])
_BREAKS_ALIKE = bytes(max(code, BREAK[0]) for code in range(256))
_EVERY_CODE_POINT = 0x110000
LONGEST_REACH = 60  # Letters by which a word may go on beside a part of it.


class Compared:
    """Title and text of an article as one text, as they are stored and as they are compared.

    Attributes:
        stored: Title, a NUL, text.
        codes: The same, folded, a code for each character.
        scanned: The codes with all that is part of no word made BREAK, and one BREAK more at either end.
        title_end: Where in the folded text the title ends: the place of the NUL.
    """

    __slots__ = ("_folded", "codes", "is_aligned", "scanned", "stored", "title_end")

    def __init__(self, stored: str, codes: bytes, title_end: int, folded: Folded | None) -> None:
        """Keep what :class:`Alphabet` made; `folded` is None where every offset is the same in the stored text."""
        self.stored = stored
        self.codes = codes
        self.scanned = b"".join((BREAK, codes.translate(_BREAKS_ALIKE), BREAK))
        self.title_end = title_end
        self.is_aligned = folded is None
        self._folded = folded

    def part(self, start: int, end: int) -> str:
        """A part of the folded text: made only where something asks for it, since most texts need none."""
        return normalise(self.stored[start:end]).text if self._folded is None else self._folded.text[start:end]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The stored characters from which folded ``start:end`` (not empty) was made."""
        return (start, end) if self._folded is None else self._folded.raw_span(start, end)

    def is_within(self, words: int, end: int, start: int) -> bool:
        """Whether at most so many words, or parts of words, stand between two places of the folded text."""
        return len(self.scanned[end + 1 : start + 1].split(None, words)) <= words

    def word_start(self, start: int) -> int:
        """Where the word begins of which a part begins here."""
        return max(self.scanned.rfind(BREAK, 0, start + 1), start - LONGEST_REACH)

    def word_end(self, end: int) -> int:
        """Where the word ends of which a part ends here."""
        found = self.scanned.find(BREAK, end + 1, end + 1 + LONGEST_REACH)
        return found - 1 if found > 0 else end + LONGEST_REACH


class _Spelling(dict[int, int]):
    """Codes by code point, as `str.translate` asks for them."""

    def __init__(self, code: Callable[[str], int]) -> None:
        super().__init__()
        self._code = code

    def __missing__(self, point: int) -> int:
        found = self[point] = self._code(chr(point))
        return found


class Alphabet:
    """Codes for the characters that terms contain.

    Args:
        terms: All of them, folded.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        """Give the most frequent characters codes of their own, as far as they go round."""
        self._codes = {" ": _SPACE}
        free = {True: iter(range(_FIRST_LETTER, _OTHER_LETTER)), False: iter(range(_SPACE + 1, _OTHER_BREAK))}
        for character, _ in sorted(Counter("".join(terms)).items(), key=lambda found: (-found[1], found[0])):
            code = next(free[is_word(character)], None) if character not in self._codes else None
            if code is not None:
                self._codes[character] = code
        self._spelling = _Spelling(self._code)
        self._table = np.full(_EVERY_CODE_POINT, _UNUSUAL, np.uint8)
        for character, folded in steady_characters():
            self._table[ord(character)] = _FIRM_SPACE if folded == "-" else self._code(folded)

    def spell(self, folded: str) -> bytes:
        """The codes of a folded term."""
        return folded.translate(self._spelling).encode("latin-1")

    def scanned(self, folded: str) -> bytes:
        """A folded term as the automaton sees it."""
        return self.spell(folded).translate(_BREAKS_ALIKE)

    def tells_apart(self, folded: str) -> bool:
        """Whether each character of a term has a code of its own."""
        return self._codes.keys() >= set(folded)

    def compare(self, title: str, text: str) -> Compared:
        """Title and text put together; a NUL within the title counts as a space."""
        stored = f"{title.replace(_SEPARATOR, ' ')}{_SEPARATOR}{text}"
        codes = self._look_up(stored)
        if _UNUSUAL not in codes and _TWO_BLANKS not in codes:
            return Compared(stored, codes.replace(_FIRM, _BLANK), len(title), None)
        folded = normalise(stored)
        return Compared(stored, self._codes_of(folded.text), folded.text.index(_SEPARATOR), folded)

    def _look_up(self, text: str) -> bytes:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return self._table.take(points).tobytes()

    def _codes_of(self, folded: str) -> bytes:
        """The codes of any folded text: one by one where the table knows none."""
        codes = bytearray(self._look_up(folded))
        at = codes.find(_UNUSUAL)
        while at >= 0:
            codes[at] = self._code(folded[at])
            at = codes.find(_UNUSUAL, at)
        return bytes(codes)

    def _code(self, folded: str) -> int:
        return self._codes.get(folded, _OTHER_LETTER if is_word(folded) else _OTHER_BREAK)
