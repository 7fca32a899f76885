"""Documents made to cost a reader as much as they can: each a small text that grows with the size asked for."""

from __future__ import annotations

import gzip
from collections.abc import Callable

JSON = b'{"version": "https://jsonfeed.org/version/1", '
RSS = b"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Outlet</title>"
END = b"</channel></rss>"


def _filled(start: bytes, piece: bytes, end: bytes, size: int) -> bytes:
    return start + piece * max(1, (size - len(start) - len(end)) // len(piece)) + end


def _item(inside: bytes) -> tuple[bytes, bytes]:
    before, _, after = inside.partition(b"|")
    return RSS + b"<item><title>x</title>" + before, after + b"</item>" + END


def _numbered(piece: bytes, size: int, start: bytes, end: bytes) -> bytes:
    pieces, length, number = [start], len(start) + len(end), 0
    while length < size:
        pieces.append(piece.replace(b"#", b"%d" % number))
        length += len(pieces[-1])
        number += 1
    return b"".join([*pieces, end])


def _laughs(size: int) -> bytes:
    levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    dtd = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">' + levels + b"]>"
    return _filled(dtd + b"<rss version='2.0'><channel><item><title>", b"&l11;", b"</title></item></channel></rss>", size)


def _quadratic_entity(size: int) -> bytes:
    dtd = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "' + b"a" * (size // 2) + b'">]>'
    return _filled(dtd + b"<rss version='2.0'><channel><item><title>", b"&a;", b"</title></item></channel></rss>", size)


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "author with at signs": lambda size: _filled(_item(b"<author>|</author>")[0], b"a@", _item(b"<author>|</author>")[1], size),
    "author with dots": lambda size: _filled(
        _item(b"<author>x@a|</author>")[0], b".a", _item(b"<author>x@a|</author>")[1], size
    ),
    "many authors": lambda size: _filled(*_split(b"|", b"<author>a@b.c (x)</author>"), size),
    "many categories": lambda size: _numbered(b"<category>#</category>", size, *_item(b"|")),
    "namespaces": lambda size: _numbered(b"<n#:x xmlns:n#='u#'/>", size, *_item(b"|")),
    "namespaces on one element": lambda size: _numbered(
        b" xmlns:n#='u#'", size, b"<rss version='2.0'", b"><channel><item><title>x</title></item></channel></rss>"
    ),
    "deep": lambda size: _filled(RSS, b"<a>", b"", size),
    "deep and closed": lambda size: RSS + b"<a>" * (size // 7) + b"</a>" * (size // 7) + END,
    "deep items": lambda size: _filled(RSS, b"<item>", END, size),
    "unclosed tags": lambda size: _filled(RSS + b"<item><title>", b"<a ", b"", size),
    "many tiny elements": lambda size: _filled(*_split(b"|", b"<a/>"), size),
    "many tiny items": lambda size: _filled(RSS, b"<item/>", END, size),
    "many small items": lambda size: _filled(RSS, b"<item><title>x</title></item>", END, size),
    "attributes": lambda size: _numbered(b" a#='b'", size, RSS + b"<item><title>x</title><a", b"/></item>" + END),
    "huge attribute": lambda size: _filled(RSS + b"<item><title>x</title><a b='", b"&amp;", b"'/></item>" + END, size),
    "equal attributes": lambda size: _filled(RSS + b"<item><title>x</title><a", b" b='c'", b"/></item>" + END, size),
    "entity bomb": _laughs,
    "quadratic entity": _quadratic_entity,
    "references": lambda size: _filled(*_split(b"<description>|</description>", b"&#60;"), size),
    "bare ampersands": lambda size: _filled(*_split(b"<description>|</description>", b"&"), size),
    "CDATA": lambda size: _filled(*_split(b"<description>|</description>", b"<![CDATA[x]]>"), size),
    "CDATA that never ends": lambda size: _filled(*_split(b"<description>|</description>", b"<![CDATA["), size),
    "comments that never end": lambda size: _filled(*_split(b"<description>|</description>", b"<!--"), size),
    "document types": lambda size: _filled(b"", b"<!DOCTYPE rss [", b"", size),
    "processing instructions": lambda size: _filled(b"", b"<?xml ", b"", size),
    "escaped tags": lambda size: _filled(*_split(b"<description>|</description>", b"&lt;div&gt;"), size),
    "escaped openings": lambda size: _filled(*_split(b"<description>|</description>", b"&lt;"), size),
    "escaped attributes": lambda size: _filled(*_split(b"<description>&lt;a |</description>", b"a=&quot;"), size),
    "escaped comments": lambda size: _filled(*_split(b"<description>|</description>", b"&lt;!--"), size),
    "escaped links": lambda size: _filled(*_split(b"<description>|</description>", b"&lt;a href=/x&gt;"), size),
    "ill-formed": lambda size: _filled(
        RSS, b"<item><title>x</title><description>&lt;p&gt;text</b></description></item>", b"", size
    ),
    "ill-formed at the end": lambda size: _filled(
        RSS, b"<item><title>x</title><guid>1</guid><description>Some words of text.</description></item>", b"<b></rss>", size
    ),
    "spaces": lambda size: _filled(*_split(b"<title>|</title>", b" \n"), size),
    "spaces before the root": lambda size: _filled(b"", b" \n", RSS + END, size),
    "a date of digits": lambda size: _filled(*_split(b"<pubDate>|</pubDate>", b"1 "), size),
    "a link of dots": lambda size: _filled(*_split(b"<link>http://a/|</link>", b"../"), size),
    "a link of parameters": lambda size: _filled(*_split(b"<link>http://a/?|</link>", b"utm_a=1&amp;"), size),
    "XHTML content": lambda size: _filled(
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title><content type='xhtml'>",
        b"<div xmlns='http://www.w3.org/1999/xhtml'>",
        b"",
        size,
    ),
    "bases": lambda size: _filled(*_split(b"|", b"<a xml:base='x/'>"), size),
    "deep JSON": lambda size: _filled(JSON + b'"items": ', b"[", b"", size),
    "JSON with many items": lambda size: _filled(JSON + b'"items": [', b"{},", b"{}]}", size),
    "JSON with many numbers": lambda size: _filled(JSON + b'"x": [', b"0,", b"0]}", size),
    "wide characters": lambda size: _filled(*_split(b"<description>\xf0\x9f\x97\x9e|</description>", b"word "), size),
    "a prefix for everything": lambda size: _numbered(b"<dc:creator>#</dc:creator>", size, *_item(b"|")),
    "zeros": lambda size: b"\0" * size,
    "gzip inside": lambda size: gzip.compress(_filled(RSS, b"<item><title>x</title>", b"", size)),
}


def _split(inside: bytes, piece: bytes) -> tuple[bytes, bytes, bytes]:
    before, after = _item(inside)
    return before, piece, after
