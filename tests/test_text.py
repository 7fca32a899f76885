"""Plain text: what a reader would have read, and nothing else."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie import text as texts
from vigie.schemas import Link
from vigie.text import clean, count_words, html_to_text, lead_end, title_key, to_plain


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Un</p><p>Deux</p>", "Un\nDeux"),
        ("Un<br>deux<br/><br/>trois", "Un\ndeux\ntrois"),
        ("<b>Ma</b>cron", "Macron"),
        ("Le <b>président</b>\n  a\tdit", "Le président a dit"),
        ("mots<a href='/x'> liés</a>\nici", "mots liés ici"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("a<img src='x.jpg' alt='photo'>b", "a b"),
        ("a<script>var x = '<p>';</script><style>p {}</style>b", "ab"),
        ("<head><title>T</title></head><body>b</body>", "b"),
        ("a<iframe>nothing to read</iframe><!-- nor this -->b", "ab"),
        ("Caf&eacute; &amp; th&#233; &#x27;ici&#39;", "Café & thé 'ici'"),
        ("AT&T and Q&A; 5 < 6", "AT&T and Q&A; 5 < 6"),
        ("L&amp;#039;&amp;Eacute;lys&amp;eacute;e", "L'Élysée"),
        ("&lt;p&gt;Deux fois &amp;eacute;chapp&amp;eacute;&lt;/p&gt;", "Deux fois échappé"),
        ("a\u00a0b\u202fc\u2009d", "a b c d"),
        ("\u200b\ufeff mot\u00adclé \u200b", "mot\u00adclé"),
        ("une ligne\nsuite\n\n\nparagraphe", "une ligne suite\nparagraphe"),
        ("e\u0301te\u0301", "été"),
        ("x<o:p>y</o:p>z", "xyz"),
        ("<p>fin</p></body></html><p>après</p>", "fin\naprès"),
        ("", ""),
        ("<", "<"),
        ("<div>" * 5000 + "au fond", "au fond"),
    ],
)
def test_html_becomes_what_is_read(source: str, expected: str) -> None:
    assert html_to_text(source).text == expected


def test_links_are_kept_absolute_with_their_words() -> None:
    source = '<p>Voir <a href="/a?b=1&amp;c=2">le <i>texte</i></a>, <a href="mailto:x@y.example">écrire</a>, '
    result = html_to_text(source + '<a href="#n">note</a></p>', "https://example.com/dir/page.html")
    assert result.text == "Voir le texte, écrire, note"
    assert result.links == (
        Link("https://example.com/a?b=1&c=2", "le texte"),
        Link("https://example.com/dir/page.html#n", "note"),
    )


def test_a_link_longer_than_2048_characters_is_dropped_and_its_words_kept() -> None:
    result = html_to_text(f'<a href="https://example.com/{"a" * 2048}">mots</a>')
    assert (result.text, result.links) == ("mots", ())


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Versailles : l’entretien", "Versailles : l’entretien"),
        ("<b>Macron</b> &amp; Poutine", "Macron & Poutine"),
        ("&lt;i&gt;Le Journal&lt;/i&gt; dit", "Le Journal dit"),
        ("a < b > c", "a < b > c"),
        ("x <5> y", "x <5> y"),
        ("R&amp;D", "R&D"),
        ("Le rôle d&#8217;un", "Le rôle d’un"),
    ],
)
def test_a_title_is_html_only_where_it_holds_tags(title: str, expected: str) -> None:
    assert to_plain(title).text == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("L’État-major d'Emmanuel", 2), ("2,5 % — oui", 3), ("Путин и Макрон", 3), ("Кам'янець-Подільський", 1)],
)
def test_hyphens_and_apostrophes_do_not_divide_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_the_lead_ends_with_its_last_word() -> None:
    text = "Un deux trois, quatre. Cinq"
    assert text[: lead_end(text, 4)] == "Un deux trois, quatre"
    assert text[: lead_end(text, 25)] == text
    assert lead_end(" ".join(["mot"] * 30)) == 25 * 4 - 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка в Кремле", "«елка» в кремле!"),
        ("Macron : « Oui »", 'MACRON: "oui"'),
        ("mot\u00adclé", "motclé"),
    ],
)
def test_titles_that_differ_only_in_case_or_punctuation_have_one_key(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


def test_titles_of_different_words_have_different_keys() -> None:
    assert title_key("2,5 %") != title_key("25 %")
    assert title_key("???") != title_key("!!!")


MARKUP = st.text(alphabet=st.sampled_from("<>&;/#!-[]\"'= abpтя\u0301\u00ad\u200b\ud800\x00\n39x"), max_size=60)


@given(st.one_of(st.text(max_size=100), MARKUP))
def test_any_text_becomes_tidy_text_and_never_an_error(source: str) -> None:
    for text in (html_to_text(source, source).text, to_plain(source).text):
        assert text == text.strip() == unicodedata.normalize("NFC", text) == clean(text)
        assert "  " not in text
        assert "\n\n" not in text
        text.encode("utf-8")
        assert count_words(text) >= 0
        assert 0 <= lead_end(text) <= len(text)
    title_key(source)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"], exclude_characters="&<>"), max_size=60))
def test_text_without_markup_is_left_as_it_is(text: str) -> None:
    assert html_to_text(text).text == unicodedata.normalize("NFC", text)


# Short cuts give what the long way gives


def test_clean_text_is_told_apart_for_every_character() -> None:
    for code in range(0x10000):
        character = chr(code)
        slowly = texts._SURROGATE.sub("\ufffd", texts._CONTROL.sub("", f"a{character}b"))
        assert clean(f"a{character}b") == slowly, hex(code)


def test_edges_are_blanks_and_invisible_characters() -> None:
    blank = re.compile(rf"[\s{texts._INVISIBLE}]")
    assert {chr(code) for code in range(0x10000) if blank.match(chr(code))} == set(texts._EDGES)


PIECES = [
    "<p>",
    "</p>",
    "<a href='/x'>",
    "</a>",
    "<script>",
    "</script>",
    "<base href='http://b.example/'>",
    "<br",
    "<!--",
    "-->",
]
SOUPS = st.lists(
    st.one_of(st.sampled_from([*PIECES, "&amp;lt;b>", "\n", "\x00", "\ufeff", "mot ", "слово "]), st.text(max_size=4))
)


@settings(deadline=None)
@given(st.lists(SOUPS.map("".join), min_size=1, max_size=4))
def test_a_parser_that_has_read_other_texts_reads_as_a_new_one(sources: list[str]) -> None:
    used = [html_to_text.__wrapped__(source, "http://a.example/") for source in sources]
    for source, result in zip(sources, used, strict=True):
        texts._PARSER.renew()
        assert html_to_text.__wrapped__(source, "http://a.example/") == result
