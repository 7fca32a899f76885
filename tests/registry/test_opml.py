"""OPML as it is found: read all the same, and every repair told with its line."""

from __future__ import annotations

import time
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from vigie.errors import UsageError
from vigie.registry import load_registry, load_registry_bytes, registry_from_opml
from vigie.registry.opml import decode_xml, looks_like_xml, read_outlines, walk


def opml(*lines: str) -> bytes:
    """An OPML file with these lines from line 3 on."""
    return "\n".join(["<opml version='2.0'>", "<body>", *lines, "</body></opml>"]).encode()


def attributes(content: bytes) -> tuple[list[dict[str, str]], list[tuple[int, str]]]:
    text, first = decode_xml(content)
    outlines, repairs = read_outlines(text, "list.opml")
    return [outline.attributes for outline, _ in walk(outlines)], [(r.line, r.what) for r in first + repairs]


def test_the_real_lists_are_all_read_and_their_faults_named(shared):
    counts, faults = {}, {}
    for path in sorted((shared / "data/lists").glob("*.opml")):
        registry = load_registry(path)
        name = path.name.removeprefix("awesome-rss-feeds.").removesuffix(".opml")
        counts[name] = len(registry.feeds)
        faults[name] = [note.removeprefix(f"{path}:") for note in registry.notes]
        assert len({source.source_id for source in registry.sources}) == len(registry.sources)
    assert counts == {
        "France": 11, "Germany": 5, "Italy": 13, "News": 11, "Poland": 8,
        "Russia": 13, "Spain": 9, "Ukraine": 12, "United_Kingdom": 5, "United_States": 10,
    }  # fmt: skip
    assert sum(bool(notes) for notes in faults.values()) == 6
    assert faults["France"] == ["17: xmlUrl: bare & in the value: read as &amp;"]
    assert [note.split(":")[0] for note in faults["Russia"]] == ["20", "20"]
    assert 'bare " in the value' in faults["Russia"][0]


def test_a_title_with_bare_quotes_and_an_address_with_bare_ampersands_are_kept_whole():
    found, repairs = attributes(
        opml('<outline text="Газета "Коммерсантъ". Главное" xmlUrl="https://k.example/rss?a=1&lang=en&amp;b=2" type="rss" />')
    )
    assert found == [
        {"text": 'Газета "Коммерсантъ". Главное', "xmlUrl": "https://k.example/rss?a=1&lang=en&b=2", "type": "rss"}
    ]
    assert repairs == [
        (3, 'text: bare " in the value: read as &quot;'),
        (3, "xmlUrl: bare & in the value: read as &amp;"),
    ]


@pytest.mark.parametrize(
    ("line", "expected", "repair"),
    [
        ('<outline text="Caf&eacute;" xmlUrl="https://a.example/" />', "Café", "HTML, not XML"),
        ('<outline text="a < b" xmlUrl="https://a.example/" />', "a < b", "bare <"),
        ('<outline text="a &nothing; b" xmlUrl="https://a.example/" />', "a &nothing; b", "defined nowhere"),
        ('<outline text="a&#2;b" xmlUrl="https://a.example/" />', "ab", "no character"),
        ('<outline text="a\x07b" xmlUrl="https://a.example/" />', "ab", "control characters"),
        ('<outline text="a" text="b" xmlUrl="https://a.example/" />', "a", "given twice"),
        ('<outline text="a" xmlurl="https://a.example/" />', "a", "read as xmlUrl"),
        ('<outline text="a" xmlUrl="https://a.example/ />', "a", 'closing " is missing'),
        ('<outline text="a xmlUrl="https://a.example/" />', "a", 'closing " is missing'),
        ('<outline text="a" checked xmlUrl="https://a.example/" />', "a", "without a quoted value"),
        ('<outline text="a" xmlUrl="https://a.example/" ', "a", "no `>`"),
        ('<outline text="a" xmlUrl="https://a.example/">', "a", "never closed"),
        ('<outline text="a" xmlUrl="https://a.example/" /></outline>', "a", "none is open"),
    ],
)
def test_each_fault_is_repaired_and_told_with_its_line(line, expected, repair):
    registry = load_registry_bytes(opml(line, '<outline text="Next" xmlUrl="https://next.example/" />'), "list.opml")
    assert [source.name for source in registry.sources] == [expected, "Next"]
    assert [feed.url for feed in registry.feeds] == ["https://a.example/", "https://next.example/"]
    assert any(
        repair in note and note.startswith(("list.opml:3: ", "list.opml:4: ", "list.opml:5: ")) for note in registry.notes
    )


def test_a_truncated_file_keeps_what_is_whole_and_no_address_that_was_cut():
    whole = opml('<outline text="A" xmlUrl="https://a.example/" />', '<outline text="B" xmlUrl="https://b.example/rss" />')
    kept = set()
    for length in range(1, len(whole) + 1):
        registry = registry_from_opml(whole[:length] if length > 5 else b"<opml", "list.opml")
        kept.add(tuple(feed.url for feed in registry.feeds))
    assert kept == {(), ("https://a.example/",), ("https://a.example/", "https://b.example/rss")}


def test_nesting_becomes_the_section_and_titles_home_pages_and_languages_are_kept():
    registry = load_registry_bytes(
        opml(
            '<outline text="Europe"><outline title="France" text="fr">',
            '<outline text="x" title="Le Fil" xmlUrl="https://fil.example/rss" htmlUrl="https://fil.example/"',
            'language="fr-FR"/>',
            "</outline></outline>",
        ),
        "list.opml",
    )
    (source,) = registry.sources
    assert (source.name, source.homepage, source.languages) == ("Le Fil", "https://fil.example/", ("fr",))
    assert source.feeds[0].section == "Europe / France"
    assert source.controlling_state == ()
    assert source.independence == ()
    assert source.owner == ""


def test_feeds_of_one_home_page_are_one_source_and_feeds_without_are_sources_of_their_own():
    registry = load_registry_bytes(
        opml(
            '<outline text="Le Fil" xmlUrl="https://fil.example/rss/une" htmlUrl="https://www.fil.example"/>',
            '<outline text="Le Fil, monde" xmlUrl="https://fil.example/rss/monde" htmlUrl="http://fil.example/"/>',
            '<outline text="A" xmlUrl="https://feeds.host.example/a"/>',
            '<outline text="B" xmlUrl="https://feeds.host.example/b"/>',
        ),
        "list.opml",
    )
    assert [source.source_id for source in registry.sources] == ["fil-example", "host-example-a", "host-example-b"]
    assert [feed.feed_id for feed in registry.source("fil-example").feeds] == ["fil-example/une", "fil-example/monde"]


def test_a_feed_listed_twice_is_taken_once_and_said():
    registry = load_registry_bytes(
        opml('<outline text="A" xmlUrl="https://a.example/rss"/>', '<outline text="A" xmlUrl="http://www.a.example/rss/"/>'),
        "list.opml",
    )
    assert len(registry.feeds) == 1
    assert registry.notes == ("list.opml:4: http://www.a.example/rss/ is on line 3 too: taken once",)


def test_an_unusable_address_is_left_out_and_said_and_the_scheme_feed_is_understood():
    registry = load_registry_bytes(
        opml(
            '<outline text="A" xmlUrl="file:///etc/passwd"/>',
            '<outline text="B" xmlUrl="feed://b.example/rss"/>',
            '<outline text="" xmlUrl="https://c.example/rss" htmlUrl="c.example"/>',
        ),
        "list.opml",
    )
    assert [(source.name, source.homepage) for source in registry.sources] == [("B", ""), ("c.example", "")]
    assert registry.feeds[0].url == "http://b.example/rss"
    assert [note.split(": ")[1] for note in registry.notes] == [
        "feed left out",
        "the scheme feed",
        "home page left out",
        "no title",
    ]


def test_ids_depend_on_the_address_alone():
    lines = [
        f'<outline text="{n}" xmlUrl="https://host.example/{path}"/>' for n, path in enumerate(["a", "b/rss", "b/feed", "c"])
    ]
    one = {feed.url: feed.feed_id for feed in load_registry_bytes(opml(*lines), "x").feeds}
    other = {feed.url: feed.feed_id for feed in load_registry_bytes(opml(*reversed(lines)), "x").feeds}
    assert one == other
    assert len(set(one.values())) == 4


def test_a_document_type_expands_nothing_and_opens_nothing():
    bomb = (
        b"<?xml version='1.0'?><!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>"
        b"<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + opml('<outline text="&b; &x;" xmlUrl="https://a.example/"/>')
    )
    registry = load_registry_bytes(bomb, "list.opml")
    assert registry.sources[0].name == "&b; &x;"
    assert any("document type" in note for note in registry.notes)


@pytest.mark.parametrize(
    "content", [b"<rss><channel/></rss>", b"<html><body>No</body></html>", b"<", opml("<outline text='a'/>")]
)
def test_xml_that_is_no_list_of_feeds_is_a_usage_error(content):
    with pytest.raises(UsageError, match="OPML"):
        load_registry_bytes(content, "list.opml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-r"])
def test_declared_encodings_and_byte_order_marks_are_honoured(encoding):
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?>" + opml("<outline text='Новости' xmlUrl='https://a.example/'/>").decode()
    )
    registry = load_registry_bytes(text.encode(encoding), "list.opml")
    assert registry.sources[0].name == "Новости"
    assert registry.notes == ()


@pytest.mark.parametrize("encoding", ["idna", "hex", "no-such", "unicode_escape", "undefined"])
def test_an_encoding_that_is_none_is_read_as_utf8_and_said(encoding):
    text = f"<?xml version='1.0' encoding='{encoding}'?>" + opml("<outline text='Été' xmlUrl='https://a.example/'/>").decode()
    registry = load_registry_bytes(text.encode(), "list.opml")
    assert registry.sources[0].name == "Été"
    assert "unknown: read as UTF-8" in registry.notes[0]


XML_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=("Cs", "Cc")), max_size=30)


@st.composite
def well_formed(draw: st.DrawFn) -> str:
    """A well-formed OPML file, written in various ways."""

    def element(depth: int) -> str:
        names = draw(
            st.lists(st.sampled_from(["text", "title", "xmlUrl", "htmlUrl", "type", "other"]), unique=True, max_size=4)
        )
        written = ""
        for name in names:
            value = draw(XML_TEXT)
            quoted = quoteattr(value)
            if draw(st.booleans()) and '"' not in value:
                quoted = f'"{quoted[1:-1]}"'
            written += draw(st.sampled_from([" ", "\n  "])) + name + draw(st.sampled_from(["=", " = "])) + quoted
        children = "".join(element(depth + 1) for _ in range(draw(st.integers(0, 2 if depth < 2 else 0))))
        if not children and draw(st.booleans()):
            return f"<outline{written}{draw(st.sampled_from(['', ' ']))}/>"
        return f"<outline{written}>{children}<!-- <outline text='not this'/> --></outline>"

    body = "".join(element(0) for _ in range(draw(st.integers(0, 3))))
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<opml version='2.0'><head/><body>{body}</body></opml>"


@given(well_formed())
def test_a_well_formed_file_is_read_as_an_xml_parser_reads_it_without_repairs(text):
    root = etree.fromstring(text.encode())
    expected = [(dict(node.attrib), len(list(node.iterancestors("outline")))) for node in root.iter("outline")]
    outlines, repairs = read_outlines(text, "list.opml")
    assert [(outline.attributes, len(above)) for outline, above in walk(outlines)] == expected
    assert repairs == []


PIECES = st.lists(
    st.sampled_from(["<outline", "</outline>", " text=", ' xmlUrl="https://a.example/', '"', "'", "&", "&amp;", ">", "/>"])
    | st.sampled_from(["<!--", "<![CDATA[", "<!DOCTYPE", "[", "]>", "<?", "<body>", " ", "\n", "a", "\x00", "é"]),
    max_size=30,
)  # fmt: skip


@given(PIECES)
def test_no_text_whatever_makes_reading_fail_otherwise_than_by_a_usage_error(pieces):
    content = ("<opml>" + "".join(pieces)).encode()
    assert looks_like_xml(content)
    registry = registry_from_opml(content, "list.opml")
    assert len({feed.feed_id for feed in registry.feeds}) == len(registry.feeds)
    assert all(note.startswith("list.opml:") for note in registry.notes)


@pytest.mark.parametrize(
    "piece",
    ["<outline text='", "<!--", "<!x", "<!a[>", "<outline ", ' a="b"', "&", "</outline", '" ', "<outline>", "\n<", "<![CDATA["],
)
def test_reading_takes_time_in_proportion_to_the_size(piece):
    content = b"<opml><outline " + piece.encode() * 40_000
    started = time.process_time()
    try:
        registry_from_opml(content, "list.opml")
    except UsageError as error:
        assert "nested" in str(error)
    assert time.process_time() - started < 5
