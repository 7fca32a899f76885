"""Fetched documents: recorded feeds with their golden entries, and everything that is no feed."""

from __future__ import annotations

import dataclasses
import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.feeds.items import MAX_ENTRIES
from vigie.feeds.parse import MAX_BODY_BYTES, ParsedDocument, parse_document
from vigie.schemas import DateQuality, Entry, FetchedDocument, FetchOutcome, Header
from vigie.schemas.arrow import to_table
from vigie.text import to_plain

GOLDEN = Path(__file__).parent / "golden"
FEEDS = sorted(path.name.removesuffix(".json") for path in GOLDEN.glob("*.json.json")) + sorted(
    path.name.removesuffix(".json") for path in GOLDEN.glob("*.xml.json")
)
FETCHED = datetime(2017, 6, 12, 12, 0, tzinfo=UTC)


def parse(
    body: bytes | str,
    content_type: str = "",
    *,
    url: str = "https://example.com/feed.xml",
    homepage: str = "",
    time_zone: str = "UTC",
    outcome: FetchOutcome = FetchOutcome.OK,
) -> ParsedDocument:
    document = FetchedDocument(
        feed_id="example/front",
        source_id="example",
        url=url,
        fetched_at=FETCHED,
        headers=(Header("content-type", content_type),) if content_type else (),
        body=body.encode() if isinstance(body, str) else body,
        outcome=outcome,
    )
    return parse_document(document, time_zone=time_zone, homepage=homepage)


def rss(items: str, channel: str = "", namespaces: str = "") -> str:
    return f'<rss version="2.0" {namespaces}><channel><title>t</title>{channel}{items}</channel></rss>'


def plain(value: Any) -> Any:
    """A parsed document as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.compare}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", FEEDS)
def test_a_recorded_feed_gives_its_golden_entries(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    about = golden["document"]
    result = parse((GOLDEN / name).read_bytes(), about["content_type"], url=about["url"], time_zone=about["time_zone"])
    assert plain(result) == golden["expected"]
    assert result.total == len(result.entries) + len(result.failures)


# Sound feeds read as feedparser reads them


@pytest.mark.parametrize("name", ["rss20-full-text.xml", "atom10-relative.xml", "rdf10-iso-8859-1.xml"])
def test_sound_feeds_have_feedparsers_items_ids_and_titles(name: str) -> None:
    body = (GOLDEN / name).read_bytes()
    expected = [(entry.get("id", ""), bool(entry.get("title"))) for entry in feedparser.parse(body).entries]
    result = parse(body)
    failed = {failure.key for failure in result.failures}
    read = [(guid, has_title) for guid, has_title in expected if guid not in failed]
    assert len(expected) == result.total
    assert [(entry.guid, bool(entry.title)) for entry in result.entries] == read


# Encodings


RUSSIAN = rss("<item><title>Переговоры в Версале: Путин и Макрон</title></item>")
FRENCH = rss("<item><title>L’Élysée répond à « la Russie » : dès l’été</title></item>")


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "warned"),
    [
        (RUSSIAN, "utf-8", "", False),
        (RUSSIAN, "utf-8-sig", "", False),
        (RUSSIAN, "utf-16", "", False),
        (RUSSIAN, "utf-16-le", "", False),
        (RUSSIAN, "utf-16-be", "", False),
        (RUSSIAN, "utf-32", "", False),
        (RUSSIAN, "windows-1251", "text/xml; charset=windows-1251", False),
        (RUSSIAN, "windows-1251", "", True),
        (RUSSIAN, "koi8-r", "", True),
        (FRENCH, "windows-1252", "text/xml; charset=ISO-8859-1", False),
        (FRENCH, "windows-1252", "", True),
        (FRENCH, "utf-8", "text/xml; charset=ISO-8859-1", True),
        (RUSSIAN, "utf-8", "text/xml; charset=no-such-thing", True),
        (RUSSIAN, "utf-8", "text/xml; charset=punycode", True),
    ],
)
def test_the_bytes_decide_before_declarations_do(text: str, encoding: str, content_type: str, warned: bool) -> None:
    result = parse(text.encode(encoding), content_type)
    assert result.entries[0].title in text
    assert bool(result.warning) == warned


def test_a_few_broken_bytes_do_not_spoil_a_document() -> None:
    body = RUSSIAN.replace("Макрон", "Макрон \udce9\udcff").encode("utf-8", "surrogateescape")
    result = parse(body)
    assert result.entries[0].title == "Переговоры в Версале: Путин и Макрон éÿ"
    assert "bytes that are no utf-8, read as windows-1252: 2" in result.warning


def test_utf_8_encoded_twice_is_put_right() -> None:
    result = parse(FRENCH.encode().decode("windows-1252").encode())
    assert result.entries[0].title == "L’Élysée répond à « la Russie » : dès l’été"
    assert "twice" in result.warning


def test_a_gzip_body_is_unpacked_within_bounds() -> None:
    assert parse(gzip.compress(RUSSIAN.encode())).total == 1
    assert parse(gzip.compress(RUSSIAN.encode())[:-12]).total == 1
    bomb = parse(gzip.compress(b" " * (MAX_BODY_BYTES + 1)))
    assert (bomb.outcome, bomb.failures[0].error_type) == (FetchOutcome.TOO_LARGE, "TooLarge")


# What is no feed


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("<!DOCTYPE html><html><head><title>Just a moment…</title></head><body><p>x</body></html>", "'Just a moment…'"),
        ("<html><body>" + "<p>x" * 1000, "HTML page"),
        ('<?xml version="1.0"?><opml version="1.0"><body/></opml>', "<opml>"),
        ("<!-- nothing -->", "without an element"),
        ("Service unavailable", "'Service unavailable'"),
        ('{"error": "not found"}', "keys: error"),
        ("[1, 2]", "list"),
        ('{"items": [', "cannot be read"),
        ('{"a":' * 100_000, "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes | str, named: str) -> None:
    result = parse(body)
    assert (result.outcome, result.total, len(result.failures)) == (FetchOutcome.NOT_A_FEED, 0, 1)
    assert result.failures[0].error_type == "NotAFeed"
    assert named in result.failures[0].message


@pytest.mark.parametrize(
    "body",
    [rss(""), '<feed xmlns="http://www.w3.org/2005/Atom"/>', '{"version": "https://jsonfeed.org/version/1", "items": []}'],
)
def test_a_feed_without_entries_is_empty_and_says_so(body: str) -> None:
    result = parse(body)
    assert (result.outcome, result.total) == (FetchOutcome.EMPTY, 0)
    assert [failure.error_type for failure in result.failures] == ["EmptyFeed"]


def test_a_body_over_the_limit_is_refused() -> None:
    result = parse(b" " * (MAX_BODY_BYTES + 1))
    assert (result.outcome, result.failures[0].error_type) == (FetchOutcome.TOO_LARGE, "TooLarge")


def test_a_poll_that_brought_no_body_stays_what_it_was() -> None:
    assert parse("", outcome=FetchOutcome.NOT_MODIFIED) == ParsedDocument((), (), FetchOutcome.NOT_MODIFIED)
    assert parse(RUSSIAN, outcome=FetchOutcome.UNCHANGED).outcome is FetchOutcome.UNCHANGED


# Entries


def test_an_entry_with_nothing_in_it_is_a_failure_that_names_it() -> None:
    result = parse(rss("<item><guid isPermaLink='false'>g-1</guid></item><item/><item><title>x</title></item>"))
    assert [(failure.key, failure.error_type) for failure in result.failures] == [
        ("g-1", "EmptyEntry"),
        ("item 1", "EmptyEntry"),
    ]
    assert [entry.title for entry in result.entries] == ["x"]
    assert result.total == 3


def test_items_beyond_the_limit_are_one_failure_that_counts_them() -> None:
    for body in (
        rss("<item><title>x</title></item>" * (MAX_ENTRIES + 7)),
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "x"}] * (MAX_ENTRIES + 7)}),
    ):
        result = parse(body)
        assert len(result.entries) == MAX_ENTRIES
        assert [failure.error_type for failure in result.failures] == ["TooManyEntries"]
        assert f"{MAX_ENTRIES + 7} items" in result.failures[0].message
        assert result.total == MAX_ENTRIES + 1


def test_an_address_over_2048_characters_is_dropped_and_the_entry_kept() -> None:
    (entry,) = parse(rss(f"<item><title>x</title><link>https://example.com/{'a' * 2048}</link></item>")).entries
    assert (entry.title, entry.url, entry.canonical_url) == ("x", "", "")


def test_a_long_author_field_costs_no_time_and_leaves_other_fields_alone() -> None:
    author = "a.b-" * 20_000
    started = time.process_time()
    (entry,) = parse(rss(f"<item><title>x</title><author>{author}</author><description>d</description></item>")).entries
    assert time.process_time() - started < 1
    assert (entry.title, entry.text, len(entry.authors[0])) == ("x", "d", 300)


def test_a_caption_stands_in_only_where_there_is_no_text() -> None:
    media = "<media:group><media:title>m</media:title><media:description>A long caption.</media:description></media:group>"
    namespaces = 'xmlns:media="http://search.yahoo.com/mrss/"'
    own = parse(rss(f"<item>{media}<title>t</title><description>d</description></item>", namespaces=namespaces)).entries[0]
    borrowed = parse(rss(f"<item>{media}<link>https://example.com/1</link></item>", namespaces=namespaces)).entries[0]
    assert (own.title, own.text) == ("t", "d")
    assert (borrowed.title, borrowed.text) == ("m", "A long caption.")


def test_relative_links_stand_under_the_site_then_the_homepage_then_the_feed() -> None:
    item = "<item><title>x</title><link>/a</link></item>"
    assert (
        parse(rss(item, "<link>https://site.example/</link>"), homepage="https://home.example/").entries[0].url
        == "https://site.example/a"
    )
    assert parse(rss(item), homepage="https://home.example/").entries[0].url == "https://home.example/a"
    assert parse(rss(item)).entries[0].url == "https://example.com/a"
    assert parse(rss(item), url="file:///tmp/feed.xml").entries[0].url == ""


def test_an_items_base_does_not_leak_into_the_next() -> None:
    first = '<item xml:base="https://other.example/dir/"><title>x</title><link>a</link></item>'
    result = parse(rss(first + "<item><title>y</title><link>b</link></item>", "<link>https://site.example/</link>"))
    assert [entry.url for entry in result.entries] == ["https://other.example/dir/a", "https://site.example/b"]


def test_a_link_that_is_no_address_gives_way_to_one_that_is() -> None:
    links = '<link href="tag:example.com,2017:1"/><link rel="alternate" type="application/json" href="/b"/>'
    result = parse(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title>{links}</entry></feed>')
    assert result.entries[0].url == "https://example.com/b"


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (rss("<item><title>x</title><link>https://example.com/?a=1&b=2</link></item>"), "ampersands that begin no entity: 1"),
        (rss("<item><title>a\x0bb &#x1f; &nbsp;</title></item>"), "XML forbids"),
        ("<br>\nWarning: mysql" + rss("<item><title>x</title></item>"), "before the first element"),
        (rss("<item><title>x</title></item>") + "<script>x</script>", "not well-formed"),
        (rss("<item><title>x</title><media:content/></item>"), "not well-formed"),
        (rss("<item><title>x</title><textinput/><name>n</name><width/></item><b>"), "not well-formed"),
    ],
)
def test_a_document_that_is_not_well_formed_is_read_and_said_to_be(body: str, warning: str) -> None:
    result = parse(body)
    assert (result.outcome, len(result.entries)) == (FetchOutcome.OK, 1)
    assert warning in result.warning


def test_no_entity_is_ever_expanded_into_more_text_or_fetched() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    dtd = f'<!DOCTYPE rss [<!ENTITY l0 "lol"><!ENTITY x SYSTEM "file:///etc/hostname">{laughs}]>'
    result = parse(dtd + rss("<item><title>&l0; &l8; &x; fin</title></item>"))
    assert result.entries[0].title == "lol &l8; &x; fin"


# Never an error, and never long


def check(result: ParsedDocument) -> None:
    if result.outcome is FetchOutcome.OK:
        assert result.total == len(result.entries) + len(result.failures) > 0
    else:
        assert (result.total, len(result.entries), len(result.failures)) == (0, 0, 1)
    to_table(Entry, result.entries)
    for entry in result.entries:
        assert (entry.published_at is not None) == (entry.date_quality in ("ok", "zone-assumed", "date-only", "ahead"))
        assert entry.date_quality is DateQuality.MISSING or entry.date_raw


PIECES = (
    b"<rss version='2.0'>|<channel>|<item>|</item>|</channel></rss>|<title>|</title>|<link>|</link>|<description>|&|&amp;"
    b"|</description>|&lt;b&gt;|<![CDATA[|]]>|<!--|-->|<?xml version='1.0' encoding='|windows-1251|utf-16|'?>|</feed>|<entry>"
    b"|</entry>|<feed xmlns='http://www.w3.org/2005/Atom'>|<content type='xhtml'>|</content>|<author>|</author>|a@b.c (x)"
    b"|<pubDate>|</pubDate>|\xff\xfe|\x00|\xe9|\xd0\x9f|&#x1F;|&#99999999;|&nbsp;|<dc:date>|<image>|<textinput>|<source>"
    b"|<guid>|<svg>|<a xml:base='|{|\"items\":[|]}|<!DOCTYPE r [<!ENTITY a 'b'>]>|<width>z</width>|<category>x</category>"
)
SOUP = st.lists(st.sampled_from(PIECES.split(b"|")), max_size=16).map(b"".join)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=100), SOUP, SOUP.map(lambda b: b"<rss version='2.0'><channel><item><title>x" + b)))
def test_any_bytes_become_entries_or_failures_and_never_an_error(body: bytes) -> None:
    check(parse(body))


@given(st.binary(max_size=40), st.integers(min_value=0, max_value=3000), st.sampled_from(FEEDS))
def test_a_damaged_feed_never_raises(noise: bytes, place: int, name: str) -> None:
    body = (GOLDEN / name).read_bytes()
    check(parse(body[:place] + noise + body[place + len(noise) :]))
    check(parse(body[:place]))


def test_real_sound_feeds_have_feedparsers_items_titles_links_and_ids(shared: Path) -> None:
    for path in sorted((shared / "data" / "feeds_2026").iterdir()):
        body = path.read_bytes()
        expected = [(e.get("id", ""), to_plain(e.title).text, e.link) for e in feedparser.parse(body).entries]
        assert [(e.guid, e.title, e.url) for e in parse(body).entries] == expected, path.name


def test_real_feeds_and_real_bad_ones_are_read(shared: Path) -> None:
    for folder in ("feeds_bad", "feeds_2017", "feeds_2017_repaired", "feeds_2026"):
        for path in sorted((shared / "data" / folder).iterdir()):
            result = parse(path.read_bytes())
            check(result)
            if folder != "feeds_bad":
                assert result.total == len(result.entries) > 0, path.name


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel>" + b"<a>" * 60_000,
        b"<rss version='2.0'><channel><item><title>" + b"<a " * 60_000,
        rss("<item><title>x</title>" + "".join(f"<category>{n}</category>" for n in range(10_000)) + "</item>").encode(),
        rss("<item><title>x</title><description>" + "&lt;div&gt;" * 20_000 + "</description></item>").encode(),
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000,
        b"<rss version='2.0'><channel><item>" + b"".join(b"<n%d:x xmlns:n%d='u%d'/>" % (n, n, n) for n in range(60_000)),
        rss("<item><title>x</title><author>" + "a@" * 200_000 + "</author></item>").encode(),
    ],
    ids=["deep", "unclosed", "tags", "deep HTML", "deep JSON", "namespaces", "author"],
)
def test_hostile_documents_do_not_stall_a_run(body: bytes) -> None:
    # Without their bounds each of these takes minutes of processor time; the limit is far from both.
    started = time.process_time()
    check(parse(body))
    assert time.process_time() - started < 20
