"""Canonical addresses: two of one article are one, two articles stay two."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie import urls
from vigie.urls import absolutise, canonicalise, is_home_page

SAME = [
    ("http and https", "http://example.com/a", "https://example.com/a"),
    ("default port", "http://example.com:80/a", "https://example.com:443/a"),
    ("leaked port of a back end", "http://example.com:8080/a", "http://example.com/a"),
    ("www", "https://www.example.com/a", "https://example.com/a"),
    ("mobile host", "https://m.example.com/a", "https://example.com/a"),
    ("case of the host", "https://EXAMPLE.com/a", "https://example.com/a"),
    ("trailing slash", "https://example.com/a/", "https://example.com/a"),
    ("no path", "https://example.com", "https://example.com/"),
    ("doubled slash", "https://example.com//a", "https://example.com/a"),
    ("dots in the path", "https://example.com/b/../a/./", "https://example.com/a"),
    ("fragment", "https://example.com/a#comments", "https://example.com/a"),
    ("query order", "https://example.com/?b=2&a=1", "https://example.com/?a=1&b=2"),
    ("doubled scheme", "http://http://example.com/a", "http://example.com/a"),
    ("missing slash", "http:/example.com/a", "http://example.com/a"),
    ("backslashes", "http:\\\\example.com\\a", "http://example.com/a"),
    ("no scheme", "//example.com/a", "http://example.com/a"),
    ("escaped ampersand", "https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&b=2"),
    ("utm", "https://example.com/a?utm_source=rss&UTM_Medium=x", "https://example.com/a"),
    ("Google and Matomo campaigns", "https://example.com/a?ga_source=x&mtm_campaign=y", "https://example.com/a"),
    ("click ids", "https://example.com/a?fbclid=1&gclid=2&yclid=3&mc_cid=4", "https://example.com/a"),
    ("xtor in the query", "https://example.com/a?xtor=RSS-3208", "https://example.com/a"),
    ("xtor in the fragment", "https://example.com/a#xtor=RSS-3208", "https://example.com/a"),
    ("PHPSESSID in any case", "https://example.com/a?PHPSESSID=ab12", "https://example.com/a?phpsessid=cd34"),
    ("sort beside PHPSESSID", "https://example.com/a?sort=1&PHPSESSID=ab12", "https://example.com/a?sort=1"),
    ("jsessionid in the path", "https://example.com/a;JSESSIONID=12AB?x=1", "https://example.com/a?x=1"),
    ("long sid", "https://example.com/a?SID=0123456789abcdef0123", "https://example.com/a"),
    ("feedName and ITO as they are written", "https://example.com/a?feedName=world&ITO=1490", "https://example.com/a"),
    ("ref to its own host", "https://www.example.com/a?ref=example.com", "https://example.com/a"),
    ("ref to the feed's own host", "https://example.com/a?ref=https://feeds.example.com/rss", "https://example.com/a"),
    ("partner and emc of a feed", "https://example.com/a?partner=rss&emc=rss", "https://example.com/a"),
    ("percent-encoding of plain letters", "https://example.com/%7euser/%61", "https://example.com/~user/a"),
    ("case of percent-encoding", "https://example.com/%d0%b0", "https://example.com/а"),
    ("blank as plus or escape", "https://example.com/?q=a+b", "https://example.com/?q=a%20b"),
    ("international host", "https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a"),
    ("credentials", "https://user:word@example.com/a", "https://example.com/a"),
    ("dot after the host", "https://example.com./a", "https://example.com/a"),
    ("blanks around", "  https://example.com/a\n", "https://example.com/a"),
]


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in SAME], ids=[pair[0] for pair in SAME])
def test_two_addresses_of_one_article_are_one(one: str, other: str) -> None:
    assert canonicalise(one) == canonicalise(other) != ""


DIFFERENT = [
    ("cid", "https://example.com/?cid=123", "https://example.com/?cid=456"),
    ("id", "https://example.com/?id=1", "https://example.com/?id=2"),
    ("p", "https://example.com/?p=1", "https://example.com/?p=2"),
    ("sid that is a story's number", "https://example.com/?sid=123", "https://example.com/?sid=456"),
    ("sub-domain", "https://news.sky.com/a", "https://sky.com/a"),
    ("language edition", "https://francais.rt.com/a", "https://rt.com/a"),
    ("case of the path", "https://example.com/A", "https://example.com/a"),
    ("hash-bang route", "https://example.com/#!/a", "https://example.com/#!/b"),
    ("ref elsewhere", "https://example.com/?ref=other.org", "https://example.com/"),
    ("from a page number", "https://example.com/?from=20", "https://example.com/?from=40"),
    ("order of equal names", "https://example.com/?a=1&a=2", "https://example.com/?a=2&a=1"),
    ("escaped slash", "https://example.com/a%2Fb", "https://example.com/a/b"),
    ("host m.ru", "https://m.ru/a", "https://ru/a"),
]


@pytest.mark.parametrize(("one", "other"), [pair[1:] for pair in DIFFERENT], ids=[pair[0] for pair in DIFFERENT])
def test_two_articles_stay_two(one: str, other: str) -> None:
    assert canonicalise(one) != canonicalise(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "mailto:a@example.com",
        "javascript:void(0)",
        "tag:example.com,2017:1",
        "/a",
        "a.html",
        "http://",
        "http://[bad/",
    ],
)
def test_what_is_no_article_address_has_no_canonical_form(url: str) -> None:
    assert canonicalise(url) == ""


AWKWARD = st.text(alphabet=st.sampled_from("htps:/w.m#?&=;%+!@[]\\ aAяé0%2F%C3ampXsid"), max_size=60)


@given(
    st.one_of(
        st.text(max_size=80), AWKWARD, AWKWARD.map(lambda s: "http://example.com/" + s), AWKWARD.map(lambda s: "http://" + s)
    )
)
def test_canonicalising_twice_changes_nothing_and_never_raises(url: str) -> None:
    once = canonicalise(url)
    assert canonicalise(once) == once
    once.encode("ascii")
    absolutise(url, "https://example.com/feed.xml")
    absolutise("a", url)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/a", "https://example.com/feeds/rss.xml", "https://example.com/a"),
        ("a?b=1#c", "https://example.com/feeds/rss.xml", "https://example.com/feeds/a?b=1#c"),
        ("http://EXAMPLE.com/A?utm_source=x", "", "http://EXAMPLE.com/A?utm_source=x"),
        ("www.example.com/a", "https://other.org/", "http://www.example.com/a"),
        ("/a b", "https://example.com/", "https://example.com/a%20b"),
        ("/a", "", ""),
        ("/a", "file:///tmp/feed.xml", ""),
        ("mailto:a@example.com", "https://example.com/", ""),
        ("", "https://example.com/", ""),
    ],
)
def test_links_are_made_absolute_and_otherwise_left_as_given(url: str, base: str, expected: str) -> None:
    assert absolutise(url, base) == expected


@pytest.mark.parametrize(
    ("url", "homepage", "expected"),
    [
        ("https://www.rt.com/", "https://www.rt.com/", True),
        ("https://www.rt.com/index.html", "", True),
        ("http://rt.com", "", True),
        ("https://www.rt.com/russia/", "https://www.rt.com/", False),
        ("https://tass.ru/politika/", "https://tass.ru/", False),
        ("https://www.bbc.com/russian", "https://www.bbc.com/russian/", True),
        ("https://www.bbc.com/russian/index.html", "https://www.bbc.com/russian", True),
        ("https://www.bbc.com/russian/news-1", "https://www.bbc.com/russian", False),
        ("https://example.com/?p=12", "https://example.com/", False),
        ("https://example.com/#!/a", "https://example.com/", False),
        ("mailto:a@example.com", "https://example.com/", False),
    ],
)
def test_only_a_front_page_is_a_home_page(url: str, homepage: str, expected: bool) -> None:
    assert is_home_page(canonicalise(url), homepage) is expected


PARTS = [
    "?",
    "#",
    "#!",
    "&",
    "=",
    "utm_source=x",
    "b=2",
    "http://",
    "https://",
    "www.",
    "m.",
    "example",
    ".",
    "com",
    "/",
    "//",
    "a",
    "..",
    "-",
    "~b",
    "_",
    "index.html",
    ":80",
    "1",
    "A",
]


@given(st.lists(st.sampled_from(PARTS), max_size=9).map(lambda parts: "https://" + "".join(parts)))
def test_simple_addresses_have_the_form_that_the_long_way_gives_them(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "_SIMPLE", re.compile(r"(?!)"))
        slowly = canonicalise.__wrapped__(url)
    assert canonicalise.__wrapped__(url) == slowly
