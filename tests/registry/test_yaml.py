"""A registry in YAML: what is read, and what a person is told who made a mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import UsageError
from vigie.registry import claim_in_force, claim_on, load_registry, load_registry_bytes
from vigie.registry.addresses import address_fault, address_key
from vigie.schemas import Claim, Scope

GOOD = """\
# A comment
sources:
  - id: gazette
    name: La Gazette
    edition: French
    homepage: https://gazette.example/
    languages: [fr, en]
    country: FR
    time_zone: Europe/Paris
    owner: Famille Untel
    controlling_state:
      - {value: none, to: 2020-01-31, basis: Private}
      - {value: NO, from: 2020-02-01, basis: Bought by the state}
    independence:
      - {value: private, basis: Register of companies}
    invented: true
    feeds:
      - id: une
        url: https://gazette.example/rss
        section: À la une
        scope: front
      - id: gazette/all
        url: https://gazette.example/rss/all
  - id: gazette-two
    name: Gazette II
    succeeds: gazette
    feeds: []
"""


def test_all_fields_are_read(loaded):
    source = loaded(GOOD).source("gazette")
    assert (source.name, source.edition, source.languages, source.country) == ("La Gazette", "French", ("fr", "en"), "FR")
    assert source.invented
    assert [feed.feed_id for feed in source.feeds] == ["gazette/une", "gazette/all"]
    assert [feed.scope for feed in source.feeds] == [Scope.FRONT, Scope.ALL]
    assert source.feeds[0].section == "À la une"


def test_the_country_code_no_is_norway_and_the_value_none_a_word(loaded):
    claims = loaded(GOOD).source("gazette").controlling_state
    assert [claim.value for claim in claims] == ["none", "NO"]


def test_a_feed_gives_its_source_time_zone_and_home_page(loaded):
    registry = loaded(GOOD)
    assert registry.feed("gazette/all").url == "https://gazette.example/rss/all"
    assert registry.source_of("gazette/all").source_id == "gazette"
    assert registry.time_zone_of("gazette/une") == "Europe/Paris"
    assert registry.homepage_of("gazette/une") == "https://gazette.example/"
    assert registry.source("gazette-two").time_zone == "UTC"
    assert registry.has_feed("gazette/une")
    assert not registry.has_feed("une")


def test_workers_are_sent_the_sources_that_occur_without_their_feeds(loaded):
    registry = loaded(GOOD)
    outlines = registry.outlines({"gazette", "unknown"})
    assert [source.source_id for source in outlines.sources] == ["gazette"]
    assert outlines.source("gazette") == replace(registry.source("gazette"), feeds=())


def test_an_unknown_id_is_an_error_that_names_it(loaded):
    registry = loaded(GOOD)
    with pytest.raises(UsageError, match=r"nowhere.*vigie sources list"):
        registry.source("nowhere")
    with pytest.raises(UsageError, match="gazette/nothing"):
        registry.feed("gazette/nothing")


def test_claims_hold_on_their_days():
    claims = (Claim("none", None, date(2022, 3, 28), "b"), Claim("RU", date(2022, 4, 7), None, "b"))
    assert claim_on(claims, date(2022, 3, 28)) == claims[0]
    assert claim_on(claims, date(2022, 4, 1)) is None
    assert claim_on(claims, date(2022, 4, 7)) == claims[1]
    assert claim_in_force(claims) == claims[1]
    assert claim_in_force(claims[:1]) is None


def test_the_version_changes_with_content_only(loaded):
    version = loaded(GOOD).version
    first, second = GOOD.split("  - id: gazette-two")
    reordered = "sources:\n  - id: gazette-two" + second + first.removeprefix("# A comment\nsources:\n")
    assert loaded(reordered).version == version
    assert loaded(GOOD.replace("# A comment\n", "\n\n")).version == version
    assert loaded(GOOD.replace("[fr, en]", "\n      - fr\n      - en")).version == version
    assert loaded(GOOD.replace("basis: Private", "basis: private")).version != version
    assert loaded(GOOD.replace("rss/all", "rss/tout")).version != version


@pytest.mark.parametrize(
    ("wrong", "right", "expected", "words"),
    [
        ("    langauges: [fr, en]", "    languages: [fr, en]", (7, "langauges"), "did you mean languages?"),
        ("    languages: fr", "    languages: [fr, en]", (7, "languages"), "expected a list"),
        ("    languages: [fr, french]", "    languages: [fr, en]", (7, "languages"), "ISO 639-1"),
        ("    languages: [fr, fr]", "    languages: [fr, en]", (7, "languages"), "given twice"),
        ("    country: France", "    country: FR", (8, "country"), "ISO 3166-1"),
        ("    time_zone: Europe/Pari", "    time_zone: Europe/Paris", (9, "time_zone"), "did you mean Europe/Paris?"),
        ("    time_zone: ../../etc/passwd", "    time_zone: Europe/Paris", (9, "time_zone"), "IANA"),
        ("    name: [La, Gazette]", "    name: La Gazette", (4, "name"), "expected one value"),
        ("    name:", "    name: La Gazette", (4, "name"), "empty"),
        ("  - id: La-Gazette", "  - id: gazette", (3, "id"), "lower-case"),
        ("    homepage: gazette.example", "    homepage: https://gazette.example/", (6, "homepage"), "http"),
        ("    invented: perhaps", "    invented: true", (16, "invented"), "true or false"),
        ("        scope: frnt", "        scope: front", (21, "scope"), "did you mean front?"),
        ("        url: ftp://gazette.example/rss", "        url: https://gazette.example/rss", (19, "url"), "not an http"),
        ("        url: https:///rss", "        url: https://gazette.example/rss", (19, "url"), "no host"),
        ("        url: https://gazette.example/r ss", "        url: https://gazette.example/rss", (19, "url"), "cannot be in"),
        ("        url: https://[::1/rss", "        url: https://gazette.example/rss", (19, "url"), "not an address"),
        ("{value: priv, basis: x}", "{value: private, basis: Register of companies}", (15, "value"), "did you mean private?"),
        ("{value: private}", "{value: private, basis: Register of companies}", (15, "basis"), "missing"),
        ("{value: Norway, basis: x}", "{value: NO, from: 2020-02-01, basis: Bought by the state}", (13, "value"), "RU"),
        ("from: 2020-31-01", "from: 2020-02-01", (13, "from"), "2022-03-02"),
        ("from: 2020-01-31", "from: 2020-02-01", (13, "from"), "claim on line 12 on 2020-01-31"),
        ("to: 2020-01-31, from: 2020-02-02", "to: 2020-01-31", (12, "to"), "before `from`"),
        ("    succeeds: gazete", "    succeeds: gazette", (26, "succeeds"), "did you mean gazette?"),
        ("    succeeds: gazette-two", "    succeeds: gazette", (26, "succeeds"), "itself"),
        ("id: une", "id: gazette/all", (22, "id"), "line 18"),
        ("  - id: gazette", "  - id: gazette-two", (24, "id"), "line 3"),
        ("http://www.gazette.example/rss/", "https://gazette.example/rss/all", (23, "url"), "line 19"),
        ("    owner: A\n    owner: B", "    owner: Famille Untel", (11, "owner"), "line 10"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_line_key_and_remedy(errors, wrong, right, expected, words):
    assert right in GOOD
    found = errors(GOOD.replace(right, wrong, 1))
    assert any(error.startswith("sources.yaml:{}: {}: ".format(*expected)) and words in error for error in found), found


def test_all_mistakes_of_a_file_are_told_at_once_in_order_of_lines(errors):
    found = errors("""\
        sources:
          - id: one
            nmae: One
            feeds:
              - id: all
                url: nonsense
          - name: Two
            country: ZZ
            feeds: []
          - just words
        extra: 1
        """)
    assert [(error.split(": ")[0], error.split(": ")[1]) for error in found] == [
        ("sources.yaml:2", "name"),
        ("sources.yaml:3", "nmae"),
        ("sources.yaml:6", "url"),
        ("sources.yaml:7", "id"),
        ("sources.yaml:8", "country"),
        ("sources.yaml:10", "source"),
        ("sources.yaml:11", "extra"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ":1: sources: the file is empty"),
        ("- a\n- b\n", ":1: registry: expected a registry"),
        ("sources: {a: b}\n", ":1: sources: expected a list"),
        ("sources:\n  - id: a\n   name: b\n", ":3: this is not valid YAML"),
        ("sources: *nobody\n", ":1: this is not valid YAML"),
        ("sources:\n\t- id: a\n", ":2: this is not valid YAML: lines are set in with spaces, and here is a tab"),
        ("sources:\n  - id: a\tb: c: d\n", ":2: this is not valid YAML: mapping values are not allowed"),
        ("a: 1\n---\nb: 2\n", "this is not valid YAML"),
        ("sources: \x07\n", "this is not valid YAML"),
        ("sources: " + "[" * 5000, "YAML"),
    ],
)
def test_a_file_that_is_no_registry_is_one_clear_line(errors, text, words):
    found = errors(text)
    assert len(found) == 1
    assert words in found[0]


def test_a_feed_that_has_the_id_of_another_source_is_told_which_it_is_one_of(errors):
    feeds = "    name: {0}\n    feeds: [{{id: {1}, url: 'https://{0}.example/'}}]\n"
    found = errors("sources:\n  - id: a\n" + feeds.format("a", "a/f") + "  - id: b\n" + feeds.format("b", "a/f"))
    assert [line.partition(": ")[2] for line in found] == [
        "id: 'a/f' is an id of the source 'a', and this feed is one of 'b'; write f"
    ]


def test_a_file_that_is_not_utf8_names_the_line():
    with pytest.raises(UsageError, match=r"s\.yaml:2: not UTF-8"):
        load_registry_bytes("sources:\n# café\n".encode("latin-1"), "s.yaml")


def test_a_missing_file_and_a_directory_are_named(tmp_path):
    with pytest.raises(UsageError, match=r"no\.yaml: there is no such file"):
        load_registry(tmp_path / "no.yaml")
    with pytest.raises(UsageError, match="this is a directory"):
        load_registry(tmp_path)


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"sources:\n- id: {text}".encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_a_registry_or_a_usage_error(content):
    try:
        load_registry_bytes(content, "file")
    except UsageError as error:
        assert "file" in str(error)


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/rss",
        "https://www.example.org/rss/",
        "https://EXAMPLE.org:443/rss#top",
    ],
)
def test_addresses_that_differ_in_form_only_are_one(other):
    assert address_key(other) == address_key("https://example.org/rss")


@pytest.mark.parametrize("other", ["https://example.org/RSS", "https://example.org/rss?a=1", "https://rss.example.org/rss"])
def test_addresses_that_differ_in_path_query_or_host_are_two(other):
    assert address_key(other) != address_key("https://example.org/rss")


@given(st.text(max_size=40))
def test_judging_an_address_never_raises_and_a_good_one_has_a_key(text):
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        if not address_fault(url):
            assert address_key(url)
