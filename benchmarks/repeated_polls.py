"""Polls as they come in life, made from recorded feeds: windows that slide over each feed's items.

    python benchmarks/repeated_polls.py OUT [--polls 2000] [--feeds FOLDER …]

Each feed keeps its own document (declarations, channel, and its items with all their elements and markup) and shows a
window of 20 to 100 items; each poll brings 0 to 3 new ones at the top, every tenth poll is the same as the one before,
and one headline in fifty is edited while it is shown. A feed that has fewer items than that goes on with its own again,
under other addresses and ids and with other texts, for no outlet publishes one text ten times. What is made is an archive that
`vigie ingest --from` reads: files and a `polls.jsonl`.

The feeds are those of `../shared/data/feeds_*`; where they are missing, the sample data's.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

__all__ = ["feed_files", "make_polls"]

HERE = Path(__file__).resolve().parent
_START = datetime(2026, 3, 1, tzinfo=UTC)
_INTERVAL = timedelta(minutes=30)
_WINDOW = (20, 100)
_MOST_NEW = 3
_UNCHANGED_EVERY = 10
_EDITED = 1 / 50
_LEAST_ITEMS = 3
_ADDRESSES = frozenset(["link", "guid", "id", "origLink"])
_TEXTS = frozenset(["title", "description", "summary", "encoded", "content"])


def feed_files(folders: list[Path]) -> list[Path]:
    """The feed files of some folders; of the shared data where none is named, or else of the sample data."""
    shared = HERE.parents[1] / "shared" / "data"
    folders = folders or sorted(path for path in shared.glob("feeds_2*") if path.is_dir())
    folders = folders or [HERE.parent / "sample_data" / "feeds"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".xml", ".rss", ".rdf", ".atom"))


def make_polls(files: list[Path], out: Path, polls: int, *, seed: int = 1) -> dict[str, int]:
    """Write an archive of about so many polls; how many entries those of each feed show in all."""
    outlets = [outlet for outlet in map(_Outlet, files) if len(outlet.items) >= _LEAST_ITEMS]
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    shown: dict[str, int] = {}
    for number, outlet in enumerate(outlets):
        chance = random.Random(f"{seed} {number}")
        for poll, body in enumerate(outlet.polls(round(polls / len(outlets)), chance)):
            name = f"{number:03}-{poll:04}.xml"
            (out / name).write_bytes(body)
            at = _START + poll * _INTERVAL + timedelta(seconds=number)
            source = f"outlet-{number:03}"
            about = {"feed_id": f"{source}/all", "source_id": source, "url": f"https://{source}.example/feed.xml"}
            lines.append(json.dumps({"file": name, **about, "fetched_at": at.isoformat(), "status": 200, "headers": {}}))
            shown[f"{source}/all"] = shown.get(f"{source}/all", 0) + outlet.shown
    (out / "polls.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return shown


class _Outlet:
    """One recorded feed, as an outlet that goes on publishing."""

    def __init__(self, path: Path) -> None:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True, resolve_entities=False))
        found = [] if root is None else [element for element in root.iter("{*}item", "{*}entry", "item", "entry")]
        self.items: list[Any] = found
        self.shown = 0
        if found:
            self._place = found[0].getparent()
            for item in found:
                item.tail = "\n"
                item.getparent().remove(item)
            self._root = root

    def polls(self, number: int, chance: random.Random) -> Iterator[bytes]:
        """The bodies of so many polls."""
        window = chance.randint(*_WINDOW)
        published = [self._item(place) for place in range(window)]
        body = b""
        for poll in range(number):
            if poll % _UNCHANGED_EVERY != _UNCHANGED_EVERY - 1 or not body:
                if poll:
                    published += [self._item(len(published) + new) for new in range(chance.randint(0, _MOST_NEW))]
                for item in published[-_MOST_NEW:]:
                    if chance.random() < _EDITED / 2:  # each stays among the last three for about two polls
                        _edit(item, poll)
                body = self._document(published[: -window - 1 : -1])
            self.shown = window
            yield body

    def _item(self, place: int) -> Any:
        """The item at a place of the outlet's output; from the second round on, under another address and with other texts.

        Else whoever remembers what a text was read as would be spared most new entries.
        """
        turn, position = divmod(place, len(self.items))
        item = copy.deepcopy(self.items[position])
        if turn:
            for element in item.iter():
                name = etree.QName(element).localname if isinstance(element.tag, str) else ""
                if name in _ADDRESSES:
                    if element.text and element.text.strip():
                        element.text = _address(element.text.strip(), turn)
                    elif element.get("href"):
                        element.set("href", _address(element.get("href"), turn))
                elif name in _TEXTS and element.text and element.text.strip():
                    element.text = f"{element.text} ({turn})"
        return item

    def _document(self, items: list[Any]) -> bytes:
        for item in items:
            self._place.append(item)
        body: bytes = etree.tostring(self._root.getroottree(), xml_declaration=True, encoding="utf-8")
        for item in items:
            self._place.remove(item)
            item.tail = "\n"
        return body


def _address(address: str, turn: int) -> str:
    """An item's address in another round: before its fragment, which names no other page."""
    page, mark, fragment = address.partition("#")
    return f"{page}{'&' if '?' in page else '?'}turn={turn}{mark}{fragment}"


def _edit(item: Any, poll: int) -> None:
    title = next((element for element in item if etree.QName(element).localname == "title"), None)
    if title is not None and title.text:
        title.text = f"{title.text} (updated {poll})"


def main() -> None:
    """Make the archive that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--polls", type=int, default=2000)
    parser.add_argument("--feeds", nargs="*", type=Path, default=[], metavar="FOLDER")
    arguments = parser.parse_args()
    shown = make_polls(feed_files(arguments.feeds), arguments.out, arguments.polls)
    print(f"{arguments.out}: {len(list(arguments.out.glob('*.xml')))} polls, {sum(shown.values())} entries shown")


if __name__ == "__main__":
    main()
