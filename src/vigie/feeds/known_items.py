"""Items that were read before: a feed's next poll shows nearly all of its last one's again, byte for byte.

A document is cut, as the bytes that came, into its items and the rest. After an item that was read before, the one that
followed it then is tried first: windows slide, and the order stays, so that most items cost a comparison of bytes. Items that
were read before, in a document with the same first tag, are taken out before decoding and parsing, and one mark stands for as
many as follow each other; an item that was not is parsed where it stands, between two marks. Marks are processing
instructions, of which documents that are read here have none. So the cut is proved by the parser: where it finds every mark,
between elements or around one element, each item taken out stood between elements, and is one whole element as it was when
it was read. Otherwise (a tag in a comment or CDATA section, an item in an item) the document is parsed uncut.

A document of which no item was read before is parsed as it is, and its cut proved by counting: where no comment or CDATA
section goes on over a cut, each item begins with a tag that is one; if there are as many elements of that name, they are
these items.

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
from typing import Any

from lxml import etree

from vigie.feeds.element_names import Names
from vigie.feeds.encoding import Decoded, decode_body, decode_rest, tells
from vigie.feeds.items import RawItem
from vigie.feeds.native_values import local

__all__ = ["KNOWN", "Cut", "Known", "KnownItems", "Namespaces", "Part", "Stretch", "cut"]

#: The first tag of a document, whole.
_FIRST_TAG = re.compile(rb"""<[^\s<>/"'=]+(?:\s+[^\s<>/"'=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>""")
#: A comment or CDATA section, whole.
_SECTION = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_TAKEN_OUT, _BEFORE, _AFTER = b"<?t?>", b"<?b?>", b"<?a?>"
#: What an Atom document begins with.
_ATOM = re.compile(rb"<(?:\w+:)?feed\b")
#: Bytes that are remembered of an item, for each of its text: itself, what was read of it, and the entry made of that.
_COPIES = 3
_BYTES_AN_ITEM = 2_000


#: Prefixes and what they stand for, in the order of their first declaration.
Namespaces = tuple[tuple[str | None, str], ...]


@dataclass(slots=True)
class Part:
    """One item of a document that was not read before."""

    #: As it stands in the document.
    source: bytes
    #: What it is read as; None until it is.
    item: RawItem | None = None
    #: The namespaces that it declares itself.
    declares: Namespaces = ()


@dataclass(slots=True, eq=False)
class Known:
    """An item that was read before."""

    #: The first tag of its document, and the item as it stood there.
    key: tuple[bytes, bytes]
    item: RawItem
    #: The namespaces that it declares itself.
    declares: Namespaces
    #: What the elements of the document were called that it was read in.
    under: Names
    #: Whether it was encoded as UTF-8 twice, where that makes a difference: it is not ASCII.
    twice: bool | None
    #: In the document that showed it last, the blanks behind it, and the next item, where nothing else stood between them.
    followed_by: tuple[bytes, Known] | None = None


#: What stands between two marks or behind one: an item to be read, or items that were read before.
Stretch = Part | list[Known]


@dataclass(frozen=True, slots=True)
class Cut:
    """A document as it is to be parsed, and its items."""

    #: The document with marks in it; without, where no item was read before.
    rest: bytes
    #: Where in it its first element begins.
    start: int
    first_tag: bytes
    #: In order.
    stretches: list[Stretch]
    #: What stands before, between and after them.
    between: list[bytes]
    #: The items that were read before.
    known: list[Known]

    def decoded(self, content_type: str) -> Decoded | None:
        """What is left of the document, as it stands in the text of the whole; None where that is not sure.

        Args:
            content_type: The response's content type, or empty.
        """
        told = {known.twice for known in self.known if known.twice is not None}
        if not told:  # All known items are ASCII: how the document was encoded is told by the rest.
            decoded = decode_body(self.rest, content_type)
            return decoded if decoded.twice is not None else None
        twice = told.pop()
        is_sure = not told and tells((known.key[1] for known in self.known), twice=twice)
        return decode_rest(self.rest, content_type, twice=twice) if is_sure else None

    def paired(self, root: Any) -> dict[Any, Stretch]:
        """The items of a document without marks by the elements that they are; none where it is not sure which is which.

        Args:
            root: The document as parsed; it has neither comments nor processing instructions.
        """
        parts = [part for part in self.stretches if isinstance(part, Part)]
        elements = list(root.iter("{*}" + _item_name(self.first_tag).decode()))
        if len(elements) != len(parts) or not _stand_where_items_do(root, {element.getparent() for element in elements}):
            return {}
        if b"<!" in self.rest and not all([_is_closed(piece) for piece in (*self.between, *[part.source for part in parts])]):
            return {}
        return dict(zip(elements, parts, strict=True))

    def placed(self, root: Any) -> dict[Any, Stretch] | None:
        """The items by the elements that they are, or by the marks that stand for them; None where the cut proves wrong.

        Args:
            root: The document as parsed; the marks around elements are taken out of it.
        """
        marks = list(root.iter(etree.PI))
        if not _stand_where_items_do(root, {mark.getparent() for mark in marks}):
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


def _stand_where_items_do(root: Any, parents: set[Any]) -> bool:
    """Whether elements are a document's first, or channels in that, and declare no namespaces of their own."""
    return all(
        [
            parent is root or (parent.getparent() is root and local(parent.tag) == "channel" and parent.nsmap == root.nsmap)
            for parent in parents
        ]
    )


def _is_closed(piece: bytes) -> bool:
    """Whether a piece of a document, which begins outside comments and CDATA sections, ends outside them too."""
    return b"<!" not in piece or b"<!" not in _SECTION.sub(b"", piece)


def _is_blank(gap: bytes) -> bool:
    return not gap or gap.isspace()


def _item_name(first_tag: bytes) -> bytes:
    return b"entry" if _ATOM.match(first_tag) else b"item"


class KnownItems:
    """What items were read as: as many as fit, those that were seen last."""

    def __init__(self, room: int) -> None:
        """Start with none.

        Args:
            room: Bytes to keep to, as reckoned from the items' lengths.
        """
        self._room = room
        self._taken = 0
        self._items: OrderedDict[tuple[bytes, bytes], Known] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._items.clear()
            self._taken = 0

    def cut(self, first_tag: bytes, source: bytes, start: int) -> tuple[list[Stretch], list[bytes], list[bytes]]:
        """A document's items, what stands before, between and after their stretches, and the pieces that are to be parsed."""
        name = _item_name(first_tag)
        opening, closing = b"<" + name, b"</" + name + b">"
        stretches: list[Stretch] = []
        between: list[bytes] = []
        pieces: list[bytes] = []
        run: list[Known] | None = None
        place, start = start, source.find(opening, start)
        with self._lock:
            while start >= 0:
                after_name = start + len(opening)
                if source[after_name : after_name + 1] not in b"> \t\r\n":  # an element whose name begins so
                    start = source.find(opening, after_name)
                    continue
                end = source.find(closing, start)
                if end < 0:
                    break
                end += len(closing)
                gap, item, place = source[place:start], source[start:end], end
                known = self._items.get((first_tag, item))
                if known is None:
                    run = None
                    stretches.append(Part(item))
                    between.append(gap)
                    pieces += (gap, _BEFORE, item, _AFTER)
                else:
                    if run is None or not _is_blank(gap):
                        stretches.append(run := [])
                        between.append(gap)
                        pieces += (gap, _TAKEN_OUT)
                    else:
                        run[-1].followed_by = gap, known
                    place = self._follow(known, source, place, run)
                start = source.find(opening, place)
        between.append(source[place:])
        pieces.append(source[place:])
        return stretches, between, pieces

    def _follow(self, known: Known, source: bytes, place: int, run: list[Known]) -> int:
        """Add an item to a run, and as many as follow it as they did before; where in the document the last of them ends."""
        seen = self._items.move_to_end
        seen(known.key)
        run.append(known)
        while known.followed_by is not None:
            gap, known = known.followed_by
            item, start = known.key[1], place + len(gap)
            if not source.startswith(item, start) or not source.startswith(gap, place):
                break
            try:
                seen(known.key)
            except KeyError:  # It was forgotten since.
                break
            run.append(known)
            place = start + len(item)
        return place

    def keep(self, document: Cut, under: Names, *, twice: bool) -> None:
        """Remember what the items of a document were read as, and which followed which.

        Args:
            document: The document.
            under: What its elements are called, by all its namespaces.
            twice: Whether it was encoded as UTF-8 twice.
        """
        if any([isinstance(stretch, Part) and stretch.item is None for stretch in document.stretches]):
            return  # It was not told apart, or is no item after all.
        last: Known | None = None
        with self._lock:
            for gap, stretch in zip(document.between, document.stretches, strict=False):
                run = [self._added(stretch, document, under, twice)] if isinstance(stretch, Part) else stretch
                if last is not None:  # Within a run they follow each other as they did.
                    last.followed_by = (gap, run[0]) if _is_blank(gap) else None
                last = run[-1]
            if last is not None:
                last.followed_by = None  # What it was before must not be held by it.
            while self._taken > self._room:
                (_, forgotten), _ = self._items.popitem(last=False)
                self._taken -= _size(forgotten)

    def _added(self, part: Part, document: Cut, under: Names, twice: bool) -> Known:
        assert part.item is not None
        key = (document.first_tag, part.source)
        self._taken += 0 if key in self._items else _size(part.source)
        self._items[key] = known = Known(key, part.item, part.declares, under, None if part.source.isascii() else twice)
        return known


def _size(item: bytes) -> int:
    return _COPIES * sys.getsizeof(item) + _BYTES_AN_ITEM


def cut(source: bytes, known: KnownItems, start: int = 0) -> Cut | None:
    """Cut a document; None where it has no items to be cut out.

    Args:
        source: The document.
        known: The items to look among.
        start: Where in it its first element begins.
    """
    first_tag = _FIRST_TAG.match(source, start)
    if first_tag is None:
        return None
    stretches, between, pieces = known.cut(first_tag[0], source, start)
    if not stretches:
        return None
    items = [item for stretch in stretches if not isinstance(stretch, Part) for item in stretch]
    if not items:
        return Cut(source, start, first_tag[0], stretches, between, items)
    parts = [stretch.source for stretch in stretches if isinstance(stretch, Part)]
    if any([b"<?" in piece for piece in (*between, *parts)]):
        return None  # It might be taken for a mark.
    return Cut(source[:start] + b"".join(pieces), start, first_tag[0], stretches, between, items)


#: This process's. Of 10,000 feeds it holds no more than what a few hundred last showed, so a large one would be of no use.
KNOWN = KnownItems(32 * 2**20)
