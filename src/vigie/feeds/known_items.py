"""Items that were read before: a feed's next poll shows nearly all of its last one's again, byte for byte.

A document is cut, as text, into its items and the rest. An item that was read before, in a document with the same first
tag, is taken out before parsing, and a mark stands for it; one that was not is parsed where it stands, between two marks.
Marks are processing instructions, which documents that come here have none of. So the cut is proved by the parser: where it
finds every mark, beside each other or around one element, each mark stood between elements and each item is one whole element.
Otherwise (a tag in a comment or CDATA section, an item in an item) the document is parsed uncut.

What an item is read as depends on nothing but its own text and the first tag, which declares all namespaces of the document,
its format and its language.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from lxml import etree

from vigie.feeds.items import RawItem
from vigie.feeds.native_values import local

__all__ = ["KNOWN", "Cut", "KnownItems", "Part", "cut"]

#: The first tag of a document, whole.
_FIRST_TAG = re.compile(r"""<[^\s<>/"'=]+(?:\s+[^\s<>/"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>""")
_OPENINGS = {"item": re.compile(r"<item[\s>]"), "entry": re.compile(r"<entry[\s>]")}
_TAKEN_OUT, _BEFORE, _AFTER = "<?t?>", "<?b?>", "<?a?>"
#: Bytes that are remembered of an item, for each of its text: itself, what was read of it, and the entry made of that.
_COPIES = 3
_BYTES_AN_ITEM = 2_000


@dataclass(slots=True)
class Part:
    """One item of a document that was cut."""

    #: As it stands in the document.
    text: str
    #: What it was read as before; None until it is read.
    item: RawItem | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A document as it is to be parsed, and its items."""

    #: The document with marks in it.
    text: str
    first_tag: str
    #: In order.
    parts: tuple[Part, ...]

    def placed(self, root: Any) -> dict[Any, Part] | None:
        """The items by the elements that they are, or by the marks that stand for them; None where the cut proves wrong.

        Args:
            root: The document as parsed; the marks around elements are taken out of it.
        """
        marks = list(root.iter(etree.PI))
        around = {mark.getparent() for mark in marks}
        if not all(parent is root or (parent.getparent() is root and local(parent.tag) == "channel") for parent in around):
            return None
        placed: dict[Any, Part] = {}
        found = iter(marks)
        for part in self.parts:
            mark = next(found, None)
            if mark is None or mark.target != ("b" if part.item is None else "t"):
                return None
            if part.item is not None:
                placed[mark] = part
                continue
            element, after = mark.getnext(), next(found, None)
            if element is None or after is None or after.target != "a" or element.getnext() is not after:
                return None
            placed[element] = part
            mark.getparent().remove(mark)
            after.getparent().remove(after)
        return placed if next(found, None) is None else None


class KnownItems:
    """What items were read as: as many as fit, those that were seen last."""

    def __init__(self, room: int) -> None:
        """Start with none.

        Args:
            room: Bytes to keep to, as reckoned from the lengths of the items' texts.
        """
        self._room = room
        self._taken = 0
        self._items: OrderedDict[tuple[str, str], RawItem] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._items.clear()
            self._taken = 0

    def find(self, first_tag: str, texts: list[str]) -> tuple[Part, ...]:
        """The items of a document, each with what it was read as where that is known."""
        parts = []
        with self._lock:
            for text in texts:
                key = (first_tag, text)
                item = self._items.get(key)
                if item is not None:
                    self._items.move_to_end(key)
                parts.append(Part(text, item))
        return tuple(parts)

    def keep(self, document: Cut) -> None:
        """Remember what the items of a document were read as."""
        with self._lock:
            for part in document.parts:
                key = (document.first_tag, part.text)
                if part.item is not None and key not in self._items:
                    self._items[key] = part.item
                    self._taken += _size(part.text)
            while self._taken > self._room:
                (_, forgotten), _ = self._items.popitem(last=False)
                self._taken -= _size(forgotten)


def _size(text: str) -> int:
    return _COPIES * sys.getsizeof(text) + _BYTES_AN_ITEM


def cut(text: str, known: KnownItems) -> Cut | None:
    """Cut a document; None where it has no items to be cut out, or an item might depend on more than the first tag.

    Args:
        text: The document from its first element on, without processing instructions.
        known: The items to look among.
    """
    first_tag = _FIRST_TAG.match(text)
    if first_tag is None or first_tag[0].count("xmlns") != text.count("xmlns"):
        return None
    between, texts = _split(text)
    if not texts:
        return None
    parts = known.find(first_tag[0], texts)
    pieces = [between[0]]
    for part, rest in zip(parts, between[1:], strict=True):
        pieces += (_BEFORE, part.text, _AFTER, rest) if part.item is None else (_TAKEN_OUT, rest)
    return Cut("".join(pieces), first_tag[0], parts)


def _split(text: str) -> tuple[list[str], list[str]]:
    """What stands before, between and after the items, and the items."""
    name = "item" if "<item" in text else "entry"
    opening, closing = _OPENINGS[name], f"</{name}>"
    between, texts, place = [], [], 0
    while (start := opening.search(text, place)) is not None and (end := text.find(closing, start.end())) >= 0:
        end += len(closing)
        between.append(text[place : start.start()])
        texts.append(text[start.start() : end])
        place = end
    between.append(text[place:])
    return between, texts


#: This process's.
KNOWN = KnownItems(64 * 2**20)
