"""Feeds made up of whatever feeds have been seen to do, for comparing readers: strategies for hypothesis."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "yandex": "http://news.yandex.ru",
}
_WORDS = st.sampled_from(
    [
        *(
            "",
            " ",
            "Paris",
            "Москва",
            "  À l’Élysée \n",
            "Ð\u009fÑ\u0080Ð¸Ð²ÐµÑ\u0082",
            "\u0096 cp1252 \u0093",
            "a & b",
            "AT&T;",
            "&eacute;",
        ),
        *("<b>gras</b>", "<p>Un <a href='/x?a=1&amp;b=2'>lien</a></p>", "<br/>", "5 < 6", "&lt;i&gt;twice&lt;/i&gt;", "]]&gt;"),
        *(
            "Mon, 29 May 2017 10:00:00 +0200",
            "2017-05-29T08:00:00Z",
            "gestern",
            "fr",
            "fr_FR",
            "60",
            "daily",
            "Jean (jean@example.com)",
        ),
        *("jean@example.com (Jean)", "http://example.com/a?x=1&y=2", "https:////example.com/b", "/c", "tag:example.com,2017:1"),
    ]
)
_ADDRESSES = st.sampled_from(["", "http://example.com/1", "/2", "https:///example.com/3", "http://example.com/?a=1&b=2", "x:y"])

_ELEMENTS = """
    title link description guid id pubDate published updated modified issued created author summary content subtitle abstract
    category comments enclosure source image language date name url tags content:encoded dc:title dc:creator dc:date
    dc:language dc:description dc:subject dc:identifier dcterms:modified dcterms:issued itunes:author itunes:summary
    itunes:duration itunes:image media:title media:description media:thumbnail media:content media:group media:credit
    media:keywords atom:link atom:updated atom:id atom:author atom:summary feedburner:origLink slash:comments georss:point
    thr:total yandex:full-text yandex:title TITLE guidislink links fullitem body item entry
    ttl ttl sy:updatePeriod sy:updateFrequency
"""
_NAMES = st.sampled_from(_ELEMENTS.split())
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "type",
            "isPermaLink",
            "rel",
            "href",
            "url",
            "uri",
            "lang",
            "xml:lang",
            "xml:base",
            "base",
            "mode",
            "rdf:about",
            "TYPE",
        ]
    ),
    st.sampled_from(
        [
            "",
            "text",
            "html",
            "text/html",
            "text/plain",
            "xhtml",
            "true",
            "false",
            "alternate",
            "self",
            "http://example.com/h",
            "fr",
        ]
    ),
    max_size=2,
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    pieces = []
    for word in draw(st.lists(_WORDS, max_size=3)):
        form = draw(st.sampled_from(["escaped", "cdata", "reference", "comment", "escaped"]))
        if form == "cdata":
            pieces.append(f"<![CDATA[{word.replace(']]>', '')}]]>")
        elif form == "reference":
            pieces.append("".join(f"&#{ord(character)};" for character in word))
        elif form == "comment":
            pieces.append(f"<!-- {word} -->{escape(word)}")
        else:
            pieces.append(escape(word))
    return "".join(pieces)


def _element(name: str, attributes: dict[str, str], inside: str) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


@st.composite
def _elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(_NAMES)
    attributes = draw(_ATTRIBUTES) if draw(st.booleans()) else {}
    if depth < 2 and draw(st.integers(0, 5)) == 0:
        return _element(name, attributes, "".join(draw(st.lists(_elements(depth + 1), max_size=3))))
    return _element(name, attributes, draw(_texts()))


@st.composite
def _people(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(st.sampled_from(["name", "email", "uri", "url"]), _texts()), max_size=3))
    return _element("author", {}, "".join(_element(name, {}, text) for name, text in parts))


@st.composite
def _links(draw: st.DrawFn) -> str:
    attributes = {draw(st.sampled_from(["href", "url", "uri"])): draw(_ADDRESSES)}
    attributes |= draw(
        st.dictionaries(
            st.sampled_from(["rel", "type", "title"]),
            st.sampled_from(["alternate", "self", "text/html", "Alternate", "image/png"]),
            max_size=2,
        )
    )
    return _element("link", attributes, "")


_CHILDREN = st.lists(st.one_of(_elements(), _elements(depth=2), _people(), _links()), max_size=8).map("".join)


@st.composite
def feeds(draw: st.DrawFn) -> str:
    """A document of RSS, RDF or Atom, or nearly one; every prefix that it may use is declared."""
    kind = draw(st.sampled_from(["rss", "rss", "atom", "rdf"]))
    prefixes = dict(NAMESPACES)
    if draw(st.integers(0, 9)) == 0:
        prefixes["media"], prefixes["dc"] = draw(st.permutations([prefixes["media"], prefixes["dc"]]))
    if draw(st.integers(0, 9)) == 0:
        prefixes[draw(st.sampled_from(["dc", "media", "content"]))] = "http://elsewhere.example/"
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in prefixes.items())
    root = draw(st.sampled_from(["", "", "", ' xml:lang="fr_FR"', ' xml:base="http://example.com/"', ' lang="de"']))
    item = "entry" if kind == "atom" else "item"
    about = draw(st.sampled_from(["", "", ' rdf:about="http://example.com/about"']))
    items = "".join(f"<{item}{about}>{draw(_CHILDREN)}</{item}>" for _ in range(draw(st.integers(1, 3))))
    channel = (
        draw(_CHILDREN) if draw(st.booleans()) else "<title>t</title><link>http://example.com/</link><language>fr</language>"
    )
    image = draw(st.sampled_from(["", "", "<image><url>http://example.com/i</url><title>i</title><link>/i</link></image>"]))
    first, last = (channel, image) if draw(st.booleans()) else (image, channel)
    if kind == "atom":
        return f'<feed xmlns="http://www.w3.org/2005/Atom"{declared}{root}>{first}{items}{last}</feed>'
    if kind == "rdf":
        channel = f"<channel>{first}{last}</channel>"
        return f'<rdf:RDF xmlns="http://purl.org/rss/1.0/"{declared}{root}>{channel}{items}</rdf:RDF>'
    version = draw(st.sampled_from(["2.0", "0.91", "0.92", "", "3"]))
    return f'<rss version="{version}"{declared}{root}><channel>{first}{items}{last}</channel></rss>'
