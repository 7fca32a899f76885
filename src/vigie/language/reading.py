"""Texts laid out for the detector: one array of code points, cut into the parts of each text."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.language.cleaning import TEXT_LIMIT, TITLE_LIMIT, clean
from vigie.language.records import LanguageInput
from vigie.language.scripts import CODE_POINTS, Script, letter_scripts
from vigie.language.tags import language_of_tag

__all__ = ["Prepared", "Reading"]

#: What ends a part: ends of sentences and lines, quotation marks, brackets, dashes, colons. A comma does not.
_ENDS = '.!?…\n\r\t«»“”„"‹›()[]{}|:;—–。！？「」『』'


@dataclass(frozen=True, slots=True)
class Prepared:
    """One text as it will be read, and the ISO 639-1 codes that are known about it ("" for none)."""

    #: Ends with a line end, as the title within it does.
    characters: str
    declared: str
    source_languages: tuple[str, ...]

    @classmethod
    def of(cls, text: LanguageInput) -> Prepared:
        """Clean a text and read the tags that come with it."""
        return cls(
            characters=f"{clean(text.title, TITLE_LIMIT)}\n{clean(text.text, TEXT_LIMIT)}\n",
            declared=language_of_tag(text.declared),
            source_languages=tuple(map(language_of_tag, text.source_languages)),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """Some texts one after another."""

    texts: Sequence[Prepared]
    codes: NDArray[np.uint32]
    #: Where each part begins, and one past the last.
    bounds: NDArray[np.intp]
    #: Part → its text.
    text_of: NDArray[np.intp]
    #: part × script → letters.
    letters: NDArray[np.intp]

    @classmethod
    def of(cls, texts: Sequence[Prepared]) -> Reading:
        """Lay out the texts, of which there is at least one."""
        characters = "".join(text.characters for text in texts)
        codes = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        bounds = np.append(0, np.flatnonzero(_ends()[codes]) + 1)
        ends = np.cumsum([len(text.characters) for text in texts])
        part_of = np.repeat(np.arange(len(bounds) - 1) * len(Script), np.diff(bounds))
        letters = np.bincount(part_of + letter_scripts()[codes], minlength=(len(bounds) - 1) * len(Script))
        return cls(texts, codes, bounds, np.searchsorted(ends, bounds[:-1], side="right"), letters.reshape(-1, len(Script)))

    def joined(self, parts: NDArray[np.intp]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """The code points of some parts (ascending) one after another, and where each begins."""
        lengths = np.diff(self.bounds)
        if len(parts) == len(lengths):
            return self.codes, self.bounds[:-1]
        chosen = np.zeros(len(lengths), dtype=bool)
        chosen[parts] = True
        return self.codes[np.repeat(chosen, lengths)], np.cumsum(lengths[parts]) - lengths[parts]

    def characters(self, part: int) -> str:
        """The characters of a part."""
        return self.codes[self.bounds[part] : self.bounds[part + 1]].tobytes().decode("utf-32-le", "surrogatepass")


@functools.cache
def _ends() -> NDArray[np.bool_]:
    ends = np.zeros(CODE_POINTS, dtype=bool)
    ends[[ord(character) for character in _ENDS]] = True
    return ends
