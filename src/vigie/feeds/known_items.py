"""Items that were read before: a feed's next poll shows nearly all of its last one's again, byte for byte.

A document is cut, as text, into its items and the rest. Items that were read before, in a document with the same first tag,
are taken out before parsing, and one mark stands for as many as follow each other; an item that was not is parsed where it
stands, between two marks. Marks are processing instructions, of which documents that are read here have none. So the cut is
proved by the parser: where it finds every mark, between elements or around one element, each item taken out stood between
elements, and is one whole element as it was when it was read. Otherwise (a tag in a comment or CDATA section, an item in an
item) the document is parsed uncut.

What an item is read as depends on nothing but its own text, the first tag (the document's format and language, the prefixes
that the item may use: no other element around it may declare any), and all namespaces of the document, in their order. These
are known once it is parsed, the ones that items taken out declare among them.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml import etree

from vigie.feeds.element_names import Names
from vigie.feeds.items import RawItem
from vigie.feeds.native_values import local

__all__ = ["KNOWN", "Cut", "Known", "KnownItems", "Namespaces", "Part", "Stretch", "cut"]

#: The first tag of a document, whole.
_FIRST_TAG = re.compile(r"""<[^\s<>/"'=]+(?:\s+[^\s<>/"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>""")
_TAKEN_OUT, _BEFORE, _AFTER = "<?t?>", "<?b?>", "<?a?>"
#: Bytes that are remembered of an item, for each of its text: itself, what was read of it, and the entry made of that.
_COPIES = 3
_BYTES_AN_ITEM = 2_000


#: Prefixes and what they stand for, in the order of their first declaration.
Namespaces = tuple[tuple[str | None, str], ...]


@dataclass(slots=True)
class Part:
    """One item of a document that was not read before."""

    #: As it stands in the document.
    text: str
    #: What it is read as; None until it is.
    item: RawItem | None = None
    #: The namespaces that it declares itself.
    declares: Namespaces = ()


class Known(NamedTuple):
    """An item that was read before."""

    item: RawItem
    #: The namespaces that it declares itself.
    declares: Namespaces
    #: What the elements of the document were called that it was read in.
    under: Names


#: What stands between two marks or behind one: an item to be read, or items that were read before.
Stretch = Part | list[Known]


@dataclass(frozen=True, slots=True)
class Cut:
    """A document as it is to be parsed, and its items."""

    #: The document with marks in it.
    text: str
    first_tag: str
    #: In order.
    stretches: tuple[Stretch, ...]
    #: The same without the marks: all of the document that was not read before.
    unread: str
    #: The items that were.
    known: tuple[Known, ...]

    def placed(self, root: Any) -> dict[Any, Stretch] | None:
        """The items by the elements that they are, or by the marks that stand for them; None where the cut proves wrong.

        Args:
            root: The document as parsed; the marks around elements are taken out of it.
        """
        marks = list(root.iter(etree.PI))
        around = {mark.getparent() for mark in marks}
        if not all(parent is root or (parent.getparent() is root and local(parent.tag) == "channel") for parent in around):
            return None
        if any(parent.nsmap != root.nsmap for parent in around):
            return None
        placed: dict[Any, Stretch] = {}
        found = iter(marks)
        for stretch in self.stretches:
            mark = next(found, None)
            if mark is None or mark.target != ("b" if isinstance(stretch, Part) else "t"):
                return None
            if not isinstance(stretch, Part):
                placed[mark] = stretch
                continue
            element, after = mark.getnext(), next(found, None)
            if element is None or after is None or after.target != "a" or element.getnext() is not after:
                return None
            placed[element] = stretch
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
        self._items: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._items.clear()
            self._taken = 0

    def find(self, first_tag: str, texts: list[str]) -> list[Known | None]:
        """The items of a document, as they were read; None for each that was not."""
        with self._lock:
            found = []
            for text in texts:
                item = self._items.get(key := (first_tag, text))
                if item is not None:
                    self._items.move_to_end(key)
                found.append(item)
        return found

    def keep(self, document: Cut, under: Names) -> None:
        """Remember what the items of a document were read as.

        Args:
            document: The document.
            under: What its elements are called, by all its namespaces.
        """
        with self._lock:
            for part in document.stretches:
                if isinstance(part, Part) and part.item is not None:
                    key = (document.first_tag, part.text)
                    self._taken += 0 if key in self._items else _size(part.text)
                    self._items[key] = Known(part.item, part.declares, under)
            while self._taken > self._room:
                (_, forgotten), _ = self._items.popitem(last=False)
                self._taken -= _size(forgotten)


def _size(text: str) -> int:
    return _COPIES * sys.getsizeof(text) + _BYTES_AN_ITEM


def cut(text: str, known: KnownItems) -> Cut | None:
    """Cut a document; None where it has no items to be cut out.

    Args:
        text: The document from its first element on.
        known: The items to look among.
    """
    first_tag = _FIRST_TAG.match(text)
    if first_tag is None:
        return None
    between, texts = _split(text)
    if not texts:
        return None
    pieces, unread = [between[0]], list(between)
    stretches: list[Stretch] = []
    run: list[Known] | None = None
    found = known.find(first_tag[0], texts)
    for item, item_text, rest in zip(found, texts, between[1:], strict=True):
        if item is None:
            stretches.append(Part(item_text))
            unread.append(item_text)
            pieces += (_BEFORE, item_text, _AFTER, rest)
            run = None
        elif run is not None:
            run.append(item)
            pieces.append(rest)
        else:
            stretches.append(run := [item])
            pieces += (_TAKEN_OUT, rest)
        if run is not None and rest and not rest.isspace():
            run = None  # Something stands between this item and the next.
    return Cut("".join(pieces), first_tag[0], tuple(stretches), "".join(unread), tuple(filter(None, found)))


def _split(text: str) -> tuple[list[str], list[str]]:
    """What stands before, between and after the items, and the items."""
    name = "item" if "<item" in text else "entry"
    opening, closing = f"<{name}", f"</{name}>"
    after_name, length = len(opening), len(closing)
    between, texts, place = [], [], 0
    start = text.find(opening)
    while start >= 0:
        if text[start + after_name] not in "> \t\r\n":  # an element whose name begins so
            start = text.find(opening, start + after_name)
            continue
        end = text.find(closing, start)
        if end < 0:
            break
        end += length
        between.append(text[place:start])
        texts.append(text[start:end])
        place = end
        start = text.find(opening, end)
    between.append(text[place:])
    return between, texts


#: This process's. Of 10,000 feeds it holds no more than what a few hundred last showed, so a large one would be of no use.
KNOWN = KnownItems(32 * 2**20)
