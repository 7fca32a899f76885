"""The native reader beside feedparser, which is the oracle: whatever it reads it reads the same, and it reads most feeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from feeds.feeds_made import feeds
from hypothesis import HealthCheck, given, settings

from vigie.feeds.encoding import decode_body, decompress
from vigie.feeds.items import RawFeed
from vigie.feeds.json_feed import looks_like_json
from vigie.feeds.native import read_natively
from vigie.feeds.parse import MAX_BODY_BYTES
from vigie.feeds.xml_feed import read_by_feedparser, read_sound_xml, read_xml

HERE = Path(__file__).parent
NOT_FEEDS = frozenset([".json", ".jsonl", ".md", ".yaml"])


def recorded(folder: Path) -> dict[str, str]:
    """The texts of the feed files of a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in NOT_FEEDS)
    texts = {path.name: decode_body(decompress(path.read_bytes(), MAX_BODY_BYTES)[0]).text for path in paths}
    return {name: text for name, text in texts.items() if "<" in text and not looks_like_json(text)}


def outcome(read: Callable[[str], RawFeed], text: str) -> RawFeed | type[Exception]:
    """What a reader makes of a text, or that it gives up."""
    try:
        return read(text)
    except Exception as error:
        return type(error)


def compare(texts: dict[str, str]) -> float:
    """See that each document is read as feedparser reads it; which share of them the native reader reads."""
    for name, text in texts.items():
        assert read_xml(text) == read_by_feedparser(text), name
    return sum(read_sound_xml(text) is not None for text in texts.values()) / len(texts)


def test_recorded_feeds_of_the_sample_data_read_as_feedparser_reads_them() -> None:
    assert compare(recorded(HERE.parents[1] / "sample_data" / "feeds")) > 0.95


def test_golden_feeds_read_as_feedparser_reads_them() -> None:
    compare(recorded(HERE / "golden"))


@pytest.mark.parametrize(
    ("folder", "share"), [("feeds_2017", 0.85), ("feeds_2017_repaired", 0.99), ("feeds_2026", 0.99), ("feeds_bad", 0.6)]
)
def test_real_feeds_read_as_feedparser_reads_them(shared: Path, folder: str, share: float) -> None:
    assert compare(recorded(shared / "data" / folder)) >= share


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(feeds())
def test_odd_feeds_read_as_feedparser_reads_them(text: str) -> None:
    assert outcome(read_xml, text) == outcome(read_by_feedparser, text)


def rss(item: str, channel: str = "", root: str = "") -> str:
    return f'<rss version="2.0"{root}><channel><title>t</title>{channel}<item><title>x</title>{item}</item></channel></rss>'


MEDIA = ' xmlns:media="http://search.yahoo.com/mrss/"'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rss("<description>a</description><description>b</description>"), id="two descriptions"),
        pytest.param(rss("<guid>http://example.com/1</guid>"), id="a guid that is the link"),
        pytest.param(rss('<guid isPermaLink="false">1</guid><link>/2</link>'), id="a guid that is no link"),
        pytest.param(rss("<media:group><media:title>m</media:title></media:group>", root=MEDIA), id="a title in a media group"),
        pytest.param(
            rss("<media:description>m<br/><b>n</b></media:description><description>d</description>", root=MEDIA),
            id="markup in a caption beside a text",
        ),
        pytest.param(rss("<author>a@example.com (A)</author><author>B</author>"), id="two authors"),
        pytest.param(rss("<description>&lt;b>bold&lt;/b> &amp;amp; <![CDATA[<i>&nbsp;</i>]]></description>"), id="CDATA"),
    ],
)
def test_constructs_of_sound_feeds_take_the_fast_path(text: str) -> None:
    assert read_natively(text) == read_by_feedparser(text)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("\n---\n- title: x\n", id="notes"),
        pytest.param("\r\n\r<b>Warning</b>: & so &lt; on", id="a page"),
        pytest.param("<rss/>", id="an element"),
        pytest.param("é", id="a letter"),
        pytest.param(" <!-- cached --> x", id="a word after a comment"),
        pytest.param("<!-- never closed", id="a comment without end"),
    ],
)
@pytest.mark.parametrize("before", ["", "\n", "\r\n\n \r", "<!--\n-->  "])
def test_what_follows_a_feeds_end_is_passed_over_on_the_fast_path_too(before: str, after: str) -> None:
    text = rss("<description>é &nbsp; \U0001f600 &amp; so on</description>").replace("<channel>", before + "<channel>") + after
    assert read_sound_xml(text) == read_by_feedparser(text)


@pytest.mark.parametrize("after", ["\0&#0;\n]]>", "</channel></rss>", "&", "%", "<", "<!-- </rss> -->x", "<?php 1 ?>x"])
def test_whatever_follows_a_feeds_end_it_reads_as_feedparser_reads_it(after: str) -> None:
    for text in (rss("") + after, rss("").replace("</rss>", "</rss\n>") + after, "<rss version='2.0'></rss>" + after):
        assert outcome(read_xml, text) == outcome(read_by_feedparser, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rss("<description><b>bold</b></description>"), id="markup that is not escaped"),
        pytest.param(
            rss("<media:description>m<br/></media:description>", root=MEDIA), id="markup in a caption that is the text"
        ),
        pytest.param(rss('<description xml:base="http://example.com/">x</description>'), id="xml:base"),
        pytest.param(rss('<title xml:lang="fr">x</title>'), id="a title's language"),
        pytest.param(rss('<description type="application/octet-stream">eA==</description>'), id="base64"),
        pytest.param(rss("<item><title>y</title></item>"), id="an item in an item"),
        pytest.param(rss("<date>2017-05-29</date>"), id="an element that feedparser stores as another"),
        pytest.param(rss("<?php echo 1 & 2 ?>"), id="a processing instruction"),
        pytest.param(rss("<guid>&#0000000065;</guid>"), id="a long reference"),
        pytest.param(
            rss("", "<image><title>i</title><category/><link>/i</link></image>"), id="an image that feedparser leaves"
        ),
        pytest.param(
            rss("", root=' xmlns:dc="http://search.yahoo.com/mrss/"'), id="a prefix that is usual for another namespace"
        ),
        pytest.param(rss("") + "x", id="not well-formed"),
    ],
)
def test_what_feedparser_might_read_otherwise_is_left_to_it(text: str) -> None:
    assert read_natively(text) is None
