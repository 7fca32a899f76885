"""The sample data is what its script builds, and holds every difficulty that its README promises."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from vigie import sample_data
from vigie.errors import UsageError
from vigie.registry import load_panel, load_registry
from vigie.sample_data.build import build, main, write
from vigie.sample_data.plan import Plan, load_plan

FOLDER = sample_data.folder()
POLLS: list[dict[str, Any]] = [json.loads(line) for line in sample_data.polls_file().read_text("utf-8").splitlines()]
GOLD: list[dict[str, Any]] = [json.loads(line) for line in sample_data.gold_file().read_text("utf-8").splitlines()]
TOPICS = {
    "counterterrorism-cooperation",
    "election-interference",
    "franco-russian-relations",
    "human-rights-in-russia",
    "sanctions-and-containment",
    "state-media-disinformation",
    "syria",
    "ukraine-conflict",
    "ukraine-settlement",
    "western-policy-toward-russia",
}
RDF = "{http://purl.org/rss/1.0/}"
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Seen:
    """One entry of one document, read without vigie's own parser."""

    poll: str
    source_id: str
    title: str
    link: str
    guid: str | None
    date: str | None
    text: str


def body(poll: dict[str, Any]) -> bytes:
    return (sample_data.feeds_directory() / poll["file"]).read_bytes() if poll["file"] else b""


def shows_a_feed(poll: dict[str, Any]) -> bool:
    try:
        if body(poll).startswith(b"{"):
            return True
        return ET.fromstring(body(poll)).tag != "html"
    except ET.ParseError:
        return False


def entries(poll: dict[str, Any]) -> Iterator[Seen]:
    content = body(poll)
    if content.startswith(b"{"):
        for item in json.loads(content)["items"]:
            yield _seen(poll, [item["title"], item["url"], item["id"], item.get("date_published"), item["content_text"]])
        return
    root = ET.fromstring(content)
    for item in root.iter("item"):
        yield _seen(poll, [item.findtext(name) for name in ("title", "link", "guid", "pubDate", "description")])
    for item in root.iter(f"{RDF}item"):
        about = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        date = item.findtext("{http://purl.org/dc/elements/1.1/}date")
        yield _seen(poll, [item.findtext(f"{RDF}title"), item.findtext(f"{RDF}link"), about, date, ""])
    for item in root.iter(f"{ATOM}entry"):
        link = item.find(f"{ATOM}link")
        title, guid, date = (item.findtext(f"{ATOM}{name}") for name in ("title", "id", "published"))
        yield _seen(poll, [title, "" if link is None else link.get("href"), guid, date, ""])


def _seen(poll: dict[str, Any], fields: list[Any]) -> Seen:
    return Seen(f"{poll['feed_id']} {poll['fetched_at']}", poll["source_id"], *fields)


def of_feed(feed_id: str) -> list[dict[str, Any]]:
    return [poll for poll in POLLS if poll["feed_id"] == feed_id]


def seen_in(feed_id: str) -> list[Seen]:
    return [entry for poll in of_feed(feed_id) if shows_a_feed(poll) for entry in entries(poll)]


def gold_of(source_id: str) -> list[dict[str, Any]]:
    return [item for item in GOLD if item["source_id"] == source_id]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(FOLDER)


@pytest.fixture(scope="module")
def all_entries() -> list[Seen]:
    return [entry for poll in POLLS if shows_a_feed(poll) for entry in entries(poll)]


def test_the_committed_files_are_exactly_what_the_script_builds(plan: Plan) -> None:
    built = build(plan)
    committed = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "feeds").rglob("*") if path.is_file()}
    assert committed | {"gold.jsonl"} == set(built)
    assert [name for name, content in built.items() if (FOLDER / name).read_bytes() != content] == []


def test_building_twice_gives_the_same_bytes(plan: Plan) -> None:
    assert build(plan) == build(load_plan(FOLDER))


def test_the_script_writes_into_the_folder_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert "files" in capsys.readouterr().out
    assert (tmp_path / "gold.jsonl").read_bytes() == sample_data.gold_file().read_bytes()


def test_writing_removes_what_an_earlier_build_left(tmp_path: Path) -> None:
    stale = tmp_path / "feeds" / "gone" / "all" / "2017-05-21T215500Z.xml"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"<rss/>")
    write({"feeds/here/all/x.xml": b"<rss/>"}, tmp_path)
    assert [path.name for path in (tmp_path / "feeds").iterdir()] == ["here"]


def test_a_letter_that_a_feeds_encoding_lacks_is_an_error_naming_it(plan: Plan) -> None:
    feeds = [replace(feed, encoding="iso-8859-1") for feed in plan.feeds if feed.feed_id == "volnograd-fr/all"]
    with pytest.raises(UsageError, match="volnograd-fr/all: iso-8859-1 lacks '’'"):
        build(replace(plan, feeds=feeds))


def test_a_feed_that_changed_cannot_be_not_modified(plan: Plan) -> None:
    (feed,) = [feed for feed in plan.feeds if feed.feed_id == "laputa-presse/wire"]
    polls = (feed.polls[0], replace(feed.polls[1], shows="not-modified"))
    with pytest.raises(UsageError, match="laputa-presse/wire"):
        build(replace(plan, feeds=[replace(feed, polls=polls)]))


def test_the_sample_is_as_large_as_promised_and_no_larger(plan: Plan) -> None:
    assert len(plan.feeds) >= 14
    assert len(plan.outlets) >= 12
    assert sum(bool(item["feeds"]) for item in GOLD) >= 300
    assert {item["language"] for item in GOLD} == {"fr", "ru", "en", "de", "uk"}
    assert {feed.format for feed in plan.feeds} == {"rss", "atom", "rdf", "json"}
    assert sum(path.stat().st_size for path in (FOLDER / "feeds").rglob("*") if path.is_file()) <= 4_000_000


def test_about_a_third_of_the_items_of_each_source_is_on_a_topic() -> None:
    for source_id in {item["source_id"] for item in GOLD}:
        topics = [bool(item["topics"]) for item in gold_of(source_id)]
        assert 0.30 <= sum(topics) / len(topics) <= 0.42, source_id
    assert {topic for item in GOLD for topic in item["topics"]} == TOPICS


def test_a_settlement_of_the_conflict_is_about_the_conflict_too() -> None:
    assert [i["key"] for i in GOLD if "ukraine-settlement" in i["topics"] and "ukraine-conflict" not in i["topics"]] == []


def test_the_gold_file_covers_every_entry(all_entries: list[Seen]) -> None:
    titles = {(item["source_id"], item["url"].partition("?")[0]): item["titles"] for item in GOLD}
    for entry in all_entries:
        title = re.sub(r"<[^>]*>", "", entry.title).replace("&amp;", "&")
        assert title in titles[entry.source_id, entry.link.partition("?")[0]], entry


def test_the_gold_file_has_guid_and_address_as_in_the_feed(all_entries: list[Seen]) -> None:
    given = {(entry.source_id, entry.guid, entry.link) for entry in all_entries}
    missing = [item["key"] for item in GOLD if item["feeds"] and (item["source_id"], item["guid"], item["url"]) not in given]
    assert missing == []


def test_the_registry_reads_the_outlets_and_names_every_feed(plan: Plan) -> None:
    registry = load_registry(sample_data.sources_file())
    assert all(source.invented for source in registry.sources)
    assert {feed.feed_id: feed.url for source in registry.sources for feed in source.feeds} == {
        feed.feed_id: feed.url for feed in plan.feeds
    }
    assert {(poll["feed_id"], poll["url"]) for poll in POLLS} == {(feed.feed_id, feed.url) for feed in plan.feeds}


def test_no_outlet_has_an_address_that_could_exist(plan: Plan) -> None:
    assert all(outlet.host.endswith(".example") for outlet in plan.outlets.values())


def uncovered(feed_id: str) -> list[str]:
    """The polls of a feed that show neither what the last one showed nor its newest entry."""
    times, before = [], None
    for poll in of_feed(feed_id):
        if not shows_a_feed(poll):
            continue
        links = [entry.link for entry in entries(poll)]
        if before and before[0] not in links:
            times.append(poll["fetched_at"])
        before = links
    return times


def test_the_panel_is_covered_from_22_may_to_11_june(plan: Plan) -> None:
    panel = load_panel(sample_data.panel_file())
    assert len(panel.sources) >= 10
    for feed in plan.feeds:
        if feed.source_id in panel.sources:
            times = [poll["fetched_at"] for poll in of_feed(feed.feed_id) if shows_a_feed(poll)]
            assert times[0] < "2017-05-21T22:00:00Z", feed.feed_id
            assert times[-1] > "2017-06-12T00:00:00Z", feed.feed_id
            assert uncovered(feed.feed_id) == [], feed.feed_id
    assert [i["key"] for i in GOLD if i["source_id"] in panel.sources and not i["feeds"]] == []


def test_entries_recur_in_poll_after_poll(all_entries: list[Seen]) -> None:
    seen = Counter((entry.source_id, entry.link.partition("?")[0]) for entry in all_entries)
    assert sum(count > 1 for count in seen.values()) > 0.85 * len(seen)


def test_one_feed_has_a_week_without_polls_in_which_entries_were_lost() -> None:
    times = [datetime.fromisoformat(poll["fetched_at"]) for poll in of_feed("kurier-chumatskoho/all")]
    assert max(later - earlier for earlier, later in pairwise(times)) > timedelta(days=7)
    assert len(uncovered("kurier-chumatskoho/all")) == 1
    assert [item["key"] for item in gold_of("kurier-chumatskoho") if not item["feeds"]] == ["kurier-012", "kurier-013"]


def test_one_feed_begins_late_with_a_backlog(plan: Plan) -> None:
    first = of_feed("volnograd-fr/all")[0]
    assert first["fetched_at"].startswith("2017-06-01T")
    backlog = [item for item in plan.items["volnograd-fr"] if item.at < datetime(2017, 6, 1, tzinfo=UTC)]
    assert {f"https://fr.volnograd.example{item.path}" for item in backlog} <= {entry.link for entry in entries(first)}
    assert len(backlog) == 8


def test_one_feed_has_a_window_too_small_for_its_polls() -> None:
    assert "2017-06-04T05:30:00Z" in uncovered("radio-thule/headlines")


def test_one_poll_is_cut_within_a_character() -> None:
    (poll,) = [poll for poll in of_feed("volnograd-ru/all") if not shows_a_feed(poll)]
    assert b"</channel>" not in body(poll)
    assert body(poll).count(b"<item>") == body(poll).count(b"</item>") + 1
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        body(poll).decode()


@pytest.mark.parametrize(("feed_id", "status"), [("vecherny-kitezh/all", 200), ("lilliput-dispatch/all", 503)])
def test_one_page_came_as_a_success_and_one_as_a_failure(feed_id: str, status: int) -> None:
    (poll,) = [poll for poll in of_feed(feed_id) if poll["file"].endswith(".html")]
    assert poll["status"] == status
    assert b"</html>" in body(poll)


def test_one_poll_shows_an_empty_channel() -> None:
    empty = [poll["feed_id"] for poll in POLLS if shows_a_feed(poll) and not list(entries(poll))]
    assert empty == ["radio-thule/headlines"]


def test_a_poll_may_be_the_same_byte_for_byte_as_the_one_before() -> None:
    same = {f for f in {p["feed_id"] for p in POLLS} for a, b in pairwise(of_feed(f)) if a["file"] and body(a) == body(b)}
    assert same == {"erewhon-times/all", "schildaer-morgenblatt/all"}


def test_one_poll_was_answered_by_not_modified() -> None:
    (poll,) = [poll for poll in POLLS if poll["status"] == 304]
    before = of_feed(poll["feed_id"])[of_feed(poll["feed_id"]).index(poll) - 1]
    assert poll["file"] is None
    assert poll["headers"]["etag"] == before["headers"]["etag"]


@pytest.mark.parametrize(
    ("feed_id", "encoding"), [("vecherny-kitezh/all", "windows-1251"), ("gazette-broceliande/all", "iso-8859-1")]
)
def test_two_feeds_are_not_in_utf_8(feed_id: str, encoding: str) -> None:
    content = body(of_feed(feed_id)[0])
    assert f'encoding="{encoding.upper()}"'.encode() in content
    with pytest.raises(UnicodeDecodeError):
        content.decode()


def test_a_russian_feed_declares_english() -> None:
    assert b"<language>en</language>" in body(of_feed("volnograd-ru/all")[0])
    assert {item["language"] for item in gold_of("volnograd-ru")} == {"ru"}


def test_a_ukrainian_outlet_publishes_in_russian_too() -> None:
    assert Counter(item["language"] for item in gold_of("kurier-chumatskoho"))["ru"] == 3


def test_guids_are_missing_or_repeated() -> None:
    assert {entry.guid for entry in seen_in("erewhon-times/all")} == {None}
    assert len({e.link for e in seen_in("casterbridge-ledger/all") if e.guid == "ledger-story"}) == 3
    assert len({e.link for e in seen_in("casterbridge-ledger/all") if e.guid is None}) == 2
    bodies = [Counter(e.guid for e in entries(poll)) for poll in of_feed("casterbridge-ledger/all")]
    assert max(guids["ledger-story"] for guids in bodies) == 3


def test_articles_stand_in_two_or_three_sections_and_one_section_tags_its_links() -> None:
    sections = Counter(len(item["feeds"]) for item in gold_of("courrier-ys"))
    assert sections[2] >= 10
    assert sections[3] >= 4
    assert all("?utm_source=" in entry.link for entry in seen_in("courrier-ys/monde"))
    assert not any("utm_" in e.link for name in ("front", "europe") for e in seen_in(f"courrier-ys/{name}"))


@pytest.mark.parametrize(
    ("feed_id", "is_such", "count"),
    [
        ("eurotopia-monitor/all", lambda date: date is None, 3),
        ("eurotopia-monitor/all", lambda date: date and " 1970 " in date, 1),
        ("eurotopia-monitor/all", lambda date: date and " 2034 " in date, 1),
        ("vecherny-kitezh/all", lambda date: date and date.endswith(" MSK"), 5),
        ("kurier-chumatskoho/all", lambda date: date and date.endswith(" EEST"), 4),
        ("gazette-broceliande/all", lambda date: date and not re.search(r"[+-]\d{4}$|[A-Z]{3}$", date), 24),
        ("radio-thule/headlines", lambda date: date is None, 23),  # Atom entries with `updated` only.
    ],
    ids=["none", "1970", "future", "MSK", "EEST", "no zone", "updated only"],
)
def test_dates_are_missing_absurd_or_unusual(feed_id: str, is_such: Callable[[str | None], bool], count: int) -> None:
    assert len({entry.link for entry in seen_in(feed_id) if is_such(entry.date)}) == count


def test_html_stands_in_titles_and_summaries() -> None:
    ledger = seen_in("casterbridge-ledger/all")
    assert len({e.link for e in ledger if "<b>" in e.title}) >= 3
    assert any("&amp;" in entry.title for entry in ledger)
    assert any("<a href=" in entry.text and "<img " in entry.text for entry in ledger)
    assert b"<content:encoded><![CDATA[<p>" in body(of_feed("telegraf-lukomorya/full")[0])


def test_a_wire_text_is_reprinted_by_four_outlets_with_small_changes(plan: Plan) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())

    texts = {i.key: i.revisions[0].text for items in plan.items.values() for i in items if i.planted.startswith("wire")}
    (original,) = [i["key"] for i in GOLD if i["planted"] == "wire original"]
    reprints = [item["key"] for item in GOLD if item["planted"] == "wire reprint"]
    assert len(reprints) == 4
    assert len(set(texts.values())) == 5
    for key in reprints:
        shared = Counter(words(texts[key])) & Counter(words(texts[original]))
        assert shared.total() / len(words(texts[key])) > 0.9, key


def revisions_shown(feed_id: str, key: str) -> list[str]:
    """The titles of an item in the order in which the polls of a feed showed them, equal neighbours once."""
    (item,) = [item for item in GOLD if item["key"] == key]
    titles = [entry.title for entry in seen_in(feed_id) if entry.link.partition("?")[0] == item["url"].partition("?")[0]]
    return [title for number, title in enumerate(titles) if number == 0 or title != titles[number - 1]]


@pytest.mark.parametrize(("feed_id", "key"), [("laputa-presse/wire", "laputa-016"), ("courrier-ys/front", "ys-014")])
def test_a_headline_goes_from_a_to_b_and_back(feed_id: str, key: str) -> None:
    first, second, third = revisions_shown(feed_id, key)
    assert first == third != second


def test_every_source_edits_headlines_and_the_polls_saw_it() -> None:
    for source_id in {item["source_id"] for item in GOLD}:
        edited = [item for item in gold_of(source_id) if len(item["titles"]) > 1]
        assert len(edited) >= 2, source_id
        seen = [len(revisions_shown(feed, item["key"])) for item in edited for feed in item["feeds"]]
        assert max(seen) >= 2, source_id


def test_every_source_that_should_has_hard_negatives_and_none_of_them_a_topic() -> None:
    negatives = [item for item in GOLD if "hard negative" in item["planted"]]
    assert len(negatives) >= 30
    assert [item["key"] for item in negatives if item["topics"]] == []
