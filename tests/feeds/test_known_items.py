"""Items that were read before: a document is read the same whether its items are known, and only what changed is read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feeds.feeds_made import feeds
from feeds.test_native import recorded, rss
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.feeds import native, parse
from vigie.feeds.element_names import names_of
from vigie.feeds.known_items import KNOWN, KnownItems, Part, cut
from vigie.feeds.native import read_natively
from vigie.feeds.native_item import Item
from vigie.feeds.parse import ParsedDocument, parse_document, parse_quickly
from vigie.schemas import DateQuality, FetchedDocument

HERE = Path(__file__).parent
AT = datetime(2017, 5, 29, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    KNOWN.clear()


def parsed(text: str, **around: datetime | str) -> ParsedDocument:
    return read(text.encode("utf-8", "surrogatepass"), **around)  # type: ignore[arg-type]


def read(body: bytes, *, at: datetime = AT, url: str = "https://a.example/rss", homepage: str = "") -> ParsedDocument:
    """As polls are read: quickly where that can be."""
    document = FetchedDocument("a/front", "a", url, at, body=body)
    quickly = parse_quickly(document, time_zone="Europe/Paris", homepage=homepage)
    return quickly or parse_document(document, time_zone="Europe/Paris", homepage=homepage)


def read_anew(body: bytes, at: datetime) -> ParsedDocument:
    """By the reader that a body is not cut for."""
    KNOWN.clear()
    return parse_document(FetchedDocument("a/front", "a", "https://a.example/rss", at, body=body), time_zone="Europe/Paris")


def agree(texts: list[str]) -> None:
    """See that texts, read one after the other, are read as each is by itself."""
    bodies_agree([text.encode("utf-8", "surrogatepass") for text in texts])


def bodies_agree(bodies: list[bytes]) -> None:
    KNOWN.clear()
    in_turn = [read(body, at=AT + timedelta(hours=number)) for number, body in enumerate(bodies)]
    assert in_turn == [read_anew(body, AT + timedelta(hours=number)) for number, body in enumerate(bodies)]


def windows(text: str) -> list[str]:
    """The document, then twice with items gone, and with one changed, as its next polls might be."""
    document = cut(text.encode("utf-8", "surrogatepass"), KnownItems(0))
    if document is None:
        return [text, text]
    items = [part.source.decode() for part in document.stretches if isinstance(part, Part)]
    without_first, without_last = text.replace(items[0], "", 1), text.replace(items[-1], "", 1)
    edited = text.replace("</title>", " (updated)</title>", 2)
    return [text, without_first, edited, without_last, text]


def test_repeated_polls_of_recorded_feeds_are_read_as_each_is_alone() -> None:
    for folder in (HERE.parents[1] / "sample_data" / "feeds", HERE / "golden"):
        for text in recorded(folder).values():
            agree(windows(text))


@pytest.mark.parametrize("folder", ["feeds_2017", "feeds_2017_repaired", "feeds_2026", "feeds_bad"])
def test_repeated_polls_of_real_feeds_are_read_as_each_is_alone(shared: Path, folder: str) -> None:
    for text in recorded(shared / "data" / folder).values():
        agree(windows(text))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(feeds(), min_size=1, max_size=3))
def test_repeated_polls_of_odd_feeds_are_read_as_each_is_alone(texts: list[str]) -> None:
    agree([poll for text in texts for poll in windows(text)])


ITEM = "<item><title>x</title><link>https://a.example/1</link></item>"
OTHER = "<item><title>y</title><link>/2</link></item>"


def channel(inside: str, root: str = "") -> str:
    return f'<rss version="2.0"{root}><channel>{inside}</channel></rss>'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(channel(f"<!-- {ITEM} -->{OTHER}"), id="in a comment"),
        pytest.param(channel(f"<description><![CDATA[{ITEM}]]></description>{OTHER}"), id="in a CDATA section"),
        pytest.param(channel(f"<!-- {ITEM}{OTHER} --><!-- {ITEM} -->{OTHER}{ITEM}"), id="in comments and outside"),
        pytest.param(channel(f"<image><title>i</title>{ITEM}</image>{OTHER}"), id="in an image"),
        pytest.param(channel(f"<cloud>{ITEM}</cloud>{OTHER}"), id="in an element that nothing is taken from"),
        pytest.param(channel(f"{OTHER}<item>{ITEM}</item>"), id="in an item"),
        pytest.param(channel(f"<item/>{ITEM}{OTHER}"), id="after an empty one"),
        pytest.param(channel("<item><title>a<!-- </item> --></title></item>" + ITEM), id="with a comment that ends it"),
        pytest.param(channel("<item><title><![CDATA[</item>]]></title></item>" + ITEM), id="with a CDATA section that has one"),
        pytest.param(
            channel("<item><title><![CDATA[</item><item>]]></title></item >" + ITEM),
            id="with a CDATA section that cuts it in two",
        ),
        pytest.param(
            channel(ITEM.replace("<item>", "<item xmlns:f='http://f.example/' xmlns='http://f.example/'>") + OTHER),
            id="of another namespace's name",
        ),
        pytest.param(channel(f"{ITEM}<item/><!-- <item></item> -->{OTHER}"), id="beside an empty one and one in a comment"),
        pytest.param(channel('<item><title a="</item>">x</title></item>' + ITEM), id="with an attribute that has one"),
        pytest.param(channel(ITEM) + ITEM, id="after the end"),
        pytest.param(f'<rss version="2.0">{OTHER}<channel>{ITEM}</channel>{ITEM}</rss>', id="beside the channel"),
        pytest.param(channel(f"{ITEM}<?b?>{OTHER}"), id="beside a processing instruction"),
        pytest.param(channel(ITEM.replace("<item>", "<item xmlns='http://b.example/'>") + OTHER), id="under its own namespace"),
        pytest.param(channel(ITEM + OTHER, " xmlns:b='http://search.yahoo.com/mrss/'"), id="under another first tag"),
        pytest.param(channel(f"<b:x xmlns:b='http://b.example/'/>{ITEM}{OTHER}"), id="after a namespace of the channel's"),
        pytest.param(
            channel(OTHER + ITEM).replace("<channel>", "<channel xmlns='http://b.example/'>"), id="in a channel's namespace"
        ),
        pytest.param(channel(f"<b:x xmlns:b='http://b.example/'>{ITEM}</b:x>{OTHER}"), id="in an element of another namespace"),
    ],
)
def test_items_known_by_their_text_are_items_only_where_they_are_elements(text: str) -> None:
    agree([channel(ITEM + OTHER), text, text, channel(OTHER + ITEM)])


def test_an_item_that_was_read_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Item] = []

    class Counted(Item):
        def read(self):  # type: ignore[no-untyped-def]
            read.append(self)
            return super().read()

    monkeypatch.setattr(native, "Item", Counted)
    read_natively(channel(ITEM + OTHER))
    read_natively(channel("<title>new</title>" + ITEM.replace("x", "z") + ITEM + OTHER))
    assert len(read) == 3


def test_items_that_declare_namespaces_themselves_are_not_read_again_either(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ITEM.replace("<link>", "<id xmlns='http://b.example/'>1</id><link>")
    before = channel(f"<site xmlns='http://b.example/'>1</site>{own}{OTHER}")
    read_natively(before)
    monkeypatch.setattr(native, "Item", None)
    assert [item.title for item in read_natively(before.replace("<channel>", "<channel><ttl>5</ttl>")).items] == ["x", "y"]  # type: ignore[union-attr]


@pytest.mark.parametrize("declared", ["xmlns:b='http://search.yahoo.com/mrss/'", "xmlns:media='http://b.example/'"])
def test_an_item_is_read_again_where_other_namespaces_have_come_up(declared: str) -> None:
    item = "<item><title>x</title><q:title xmlns:q='http://b.example/'>y</q:title></item>"
    agree([channel(item + OTHER), channel(f"<x {declared}/>{item}{OTHER}"), channel(item + OTHER)])


def test_an_item_under_another_address_has_other_links() -> None:
    for url in ("https://a.example/rss", "https://b.example/rss"):
        assert [entry.url for entry in parsed(channel(OTHER), url=url).entries] == [f"{url[:-4]}/2"]


def test_an_item_that_two_feeds_of_a_site_show_is_made_into_an_entry_once() -> None:
    text = channel(f"<link>https://a.example/</link>{ITEM}{OTHER}")
    front, section = (parsed(text, url=f"https://a.example/{feed}") for feed in ("front", "section"))
    assert all(here is there for here, there in zip(front.entries, section.entries, strict=True))


def test_the_language_of_a_feed_is_said_of_items_that_were_read_under_another() -> None:
    texts = [channel(f"<language>{language}</language>{ITEM}") for language in ("fr", "de")]
    assert [parsed(text).entries[0].declared_language for text in texts] == ["fr", "de"]


def test_a_date_that_lay_ahead_at_one_poll_does_not_at_the_next() -> None:
    text = rss("<pubDate>Mon, 29 May 2017 13:00:00 +0000</pubDate>")
    qualities = [parsed(text, at=AT + timedelta(hours=hours)).entries[0].date_quality for hours in (-30, 0, 2)]
    assert qualities == [DateQuality.FUTURE, DateQuality.AHEAD, DateQuality.OK]


def test_what_is_remembered_keeps_to_its_room() -> None:
    known = KnownItems(20_000)
    names = names_of(())
    assert names is not None
    for number in range(100):
        document = cut(channel(ITEM.replace("x", str(number))).encode(), known)
        assert document is not None
        [part] = document.stretches
        assert isinstance(part, Part)
        part.item = read_natively(channel(ITEM)).items[0]  # type: ignore[union-attr]
        known.keep(document, names, twice=False)
    documents = [cut(channel(ITEM.replace("x", str(number))).encode(), known) for number in range(100)]
    kept = [document is not None and len(document.known) == 1 for document in documents]
    assert kept.index(True) > 90 and all(kept[kept.index(True) :])


def test_items_are_known_wherever_they_stand_and_whatever_follows_them() -> None:
    one, two, three = (ITEM.replace("x", name) for name in ("one", "two", "three"))
    orders = [
        (one, two, three),
        (three, one, two),
        (one, "\n", two, "<ttl>5</ttl>", three),
        (one, one, two),
        (two,),
        (one, three),
    ]
    agree([channel("".join(order)) for order in orders])


def test_a_document_that_breaks_off_in_an_items_tag_is_no_sound_one() -> None:
    body = channel(ITEM).partition("<item>")[0].encode() + b"<item"
    document = FetchedDocument("a/front", "a", "https://a.example/rss", AT, body=body)
    assert parse_quickly(document, time_zone="UTC") is None


def coded(text: str, how: str) -> bytes:
    """A text as servers send it; `twice` is as UTF-8 that was taken for windows-1252."""
    return text.encode().decode("cp1252").encode() if how == TWICE else text.encode(how)


ACCENTED, CYRILLIC = (ITEM.replace("x", title) for title in ("été à Orléans", "Совет Европы"))
FALSELY = '<?xml version="1.0" encoding="windows-1251"?>'
ONCE, TWICE, WIDE = "utf-8", "twice", "utf-16"


@pytest.mark.parametrize(
    "polls",
    [
        pytest.param([(ACCENTED + OTHER, ONCE), (ITEM + ACCENTED, ONCE), (OTHER + ACCENTED, "utf-8-sig")], id="once"),
        pytest.param([(ACCENTED + OTHER, TWICE), (ITEM + ACCENTED, TWICE), (OTHER + ITEM, TWICE)], id="twice"),
        pytest.param([(ACCENTED, TWICE), (ITEM + ACCENTED, ONCE), (ACCENTED, TWICE)], id="twice, then once"),
        pytest.param([(ACCENTED, ONCE), (ITEM + ACCENTED, TWICE), (ACCENTED, ONCE)], id="once, then twice"),
        pytest.param([(OTHER, TWICE), (ACCENTED + OTHER, ONCE), (OTHER, ONCE)], id="known ones are ASCII"),
        pytest.param([(ACCENTED, ONCE), (ACCENTED + ITEM.replace("x", "é"), "latin-1"), (ACCENTED, ONCE)], id="other bytes"),
        pytest.param([(FALSELY + CYRILLIC, ONCE), (FALSELY + OTHER, "cp1251"), (CYRILLIC, ONCE)], id="declared falsely"),
        pytest.param([(CYRILLIC, WIDE), (OTHER + CYRILLIC, WIDE), (CYRILLIC, ONCE)], id="in sixteen bits"),
    ],
)
def test_known_items_are_told_in_each_encoding_as_in_the_whole_document(polls: list[tuple[str, str]]) -> None:
    bodies = [coded(items[: items.find("<item>")] + channel(items[items.find("<item>") :]), how) for items, how in polls]
    mixed = coded(channel(ACCENTED), "twice").replace(b"</channel>", ITEM.replace("x", "Ã©").encode() + b"</channel>")
    bodies_agree([*bodies, mixed, *bodies, channel(ITEM.replace("x", "Ã© Ã© Ã© Ã©")).encode(), mixed])


def test_a_body_of_known_items_is_not_decoded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {how: read(coded(channel(ACCENTED + OTHER), how)) for how in (ONCE, TWICE)}
    monkeypatch.setattr(parse, "decode_body", None)
    for how, first in before.items():
        again = read(coded(channel(OTHER + "\n" + ACCENTED + ITEM), how))
        assert {entry.title for entry in again.entries} - {entry.title for entry in first.entries} == {"x"}
        assert again.warning == first.warning
