"""Quality figures: what they count, weigh and leave unsaid; and how labelled items are found."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import rss

from vigie.errors import UsageError
from vigie.matching import load_topics_text
from vigie.matching.evaluate import Judged, judge, mistakes, out_of_reach, quality_of, with_reason
from vigie.matching.explain import Explainer
from vigie.matching.gold import GoldItem, GoldSet, key_of, read_gold
from vigie.schemas import Quality
from vigie.stats import wilson

AT = datetime(2026, 1, 1, tzinfo=UTC)
TOPICS = load_topics_text(
    """\
concepts:
  macron: {labels: {en: Macron}, terms: {all: [Macron]}}
topics:
  t: {labels: {en: T}, description: T., languages: [en, fr], rule: macron}
  u: {labels: {en: U}, description: U., languages: [en], rule: {all: [macron], none: [macron]}}
""".replace(", none: [macron]", "")
)


def item(number: int, *, matched: bool, true: bool, unsure: bool = False, **values: object) -> GoldItem:
    text = "Macron spoke to the press about it in the morning." if matched else "The press was there in the morning as ever."
    given: dict[str, object] = {"language": "fr", "split": "dev", **values}
    topics = frozenset(["t"] if true else [])
    return GoldItem(f"item {number}", "", text, topics=topics, unsure=frozenset(["t"] if unsure else []), **given)  # type: ignore[arg-type]


def judged_in(each: GoldItem, language: str) -> Judged:
    return Judged(each, language, language, TOPICS.match("", each.text, language))


def measured(items: list[GoldItem], split: str = "dev") -> dict[tuple[str, str, str], Quality]:
    gold = GoldSet("real", "v", "somewhere", tuple(items))
    judged = [
        Judged(each, each.language, each.language, TOPICS.match("", each.text, each.language)) for each in gold.half(split)
    ]
    rows = quality_of(TOPICS, gold, split, judged, at=AT)
    return {(row.topic_id, row.language, row.unsure): row for row in rows}


def test_plain_figures_are_shares_with_wilsons_interval() -> None:
    items = [item(i, matched=i < 40, true=4 <= i < 50) for i in range(60)]
    row = measured(items)["t", "fr", "counted"]
    assert (row.items, row.positives, row.matched, row.true_positives) == (60, 46, 40, 36)
    assert row.precision == pytest.approx(36 / 40)
    assert row.recall == pytest.approx(36 / 46)
    assert row.f1 == pytest.approx(2 * 36 / (40 + 46))
    assert (row.precision_low, row.precision_high) == pytest.approx(wilson(0.9, 40), abs=3e-3)


def test_no_figure_is_given_under_30_decisions_though_their_number_is() -> None:
    row = measured([item(i, matched=i < 29, true=i < 35) for i in range(60)])["t", "fr", "counted"]
    assert (row.matched, row.precision, row.f1) == (29, None, None)
    assert row.recall == pytest.approx(29 / 35)


def test_items_weigh_as_many_as_their_stratum_has_for_each_one_drawn() -> None:
    right = [item(i, matched=True, true=True, stratum="fr touches", population=50) for i in range(50)]
    wrong = [item(50 + i, matched=True, true=i % 2 == 0, stratum="fr rest", population=950) for i in range(50)]
    row = measured(right + wrong)["t", "fr", "counted"]
    assert row.precision == pytest.approx((50 + 475) / 1000)


def test_unsure_labels_are_counted_and_set_aside() -> None:
    items = [item(i, matched=True, true=i < 40, unsure=35 <= i < 45) for i in range(50)]
    rows = measured(items)
    assert rows["t", "fr", "counted"].precision == pytest.approx(40 / 50)
    assert rows["t", "fr", "set-aside"].precision == pytest.approx(35 / 40)


def test_items_in_languages_without_terms_are_no_part_of_any_figure() -> None:
    items = [item(i, matched=False, true=True, language="es") for i in range(40)]
    judged = [judged_in(each, "es") for each in items]
    gold = GoldSet("real", "v", "somewhere", tuple(items))
    assert len(out_of_reach(TOPICS, judged)) == 40
    assert {row.items for row in quality_of(TOPICS, gold, "dev", judged, at=AT)} == {0}
    assert mistakes(TOPICS, judged) == []


def test_halves_are_kept_apart() -> None:
    items = [item(i, matched=True, true=True, split="dev" if i < 35 else "test") for i in range(100)]
    assert measured(items, "dev")["t", "fr", "counted"].items == 35
    assert measured(items, "test")["t", "fr", "counted"].items == 65
    assert measured(items, "all")["t", "fr", "counted"].items == 100


def test_mistakes_are_told_with_their_reason_sure_ones_first() -> None:
    items = [
        item(0, matched=True, true=False, unsure=True),
        item(1, matched=False, true=True),
        item(2, matched=True, true=True),
    ]
    judged = [judged_in(each, "fr") for each in items]
    told = [with_reason(mistake, Explainer(TOPICS)) for mistake in mistakes(TOPICS, judged)]
    assert [(m.judged.item.key, m.kind, m.unsure) for m in told] == [
        ("item 1", "false negative", False),
        ("item 0", "false positive", True),
    ]
    assert told[1].reason == "`macron`: “Macron”"


def test_language_is_detected_and_items_counted_under_the_labelled_one() -> None:
    [judged] = judge(TOPICS, [item(0, matched=True, true=True, language="fr")])
    assert (judged.detected, judged.language) == ("en", "fr")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder like the real data: one feed, its repaired double, one file of headlines."""
    for folder in ("feeds_2017", "feeds_2017_repaired", "feeds_2026", "headlines"):
        (tmp_path / folder).mkdir()
    entry = {"title": "Macron", "link": "https://a.example/1", "guid": "g-1", "description": "Repaired."}
    (tmp_path / "feeds_2017" / "a.xml").write_text(rss([{**entry, "description": "Damaged."}]))
    (tmp_path / "feeds_2017_repaired" / "a.xml").write_text(rss([entry]))
    with gzip.open(tmp_path / "headlines" / "h.jsonl.gz", "wt") as file:
        file.write(json.dumps({"id": "h1", "title": "Other", "text": "Text."}) + "\n")
    return tmp_path


def labels(folder: Path, *rows: dict[str, object]) -> Path:
    basis = {"language": "en", "stratum": "rest", "population": 9, "drawn": 1, "split": "dev", "topics": ["t"], "unsure": []}
    path = folder / "labels.jsonl"
    path.write_text("".join(json.dumps(basis | row) + "\n" for row in rows))
    return path


def test_real_items_are_found_by_file_and_key_the_repaired_feed_first(data: Path) -> None:
    file = labels(
        data,
        {"file": "feeds_2017_repaired/a.xml", "key": key_of("g-1")},
        {"file": "headlines/h.jsonl.gz", "key": "h1", "split": "test"},
    )
    gold = read_gold(file, data)
    assert [(i.title, i.text, i.stratum, i.population) for i in gold.items] == [
        ("Macron", "Repaired.", "en rest", 9),
        ("Other", "Text.", "en rest", 9),
    ]
    assert [len(gold.half(half)) for half in ("dev", "test", "all")] == [1, 1, 2]


def decisions(folder: Path, *rows: dict[str, object]) -> Path:
    basis = {"file": "headlines/h.jsonl.gz", "key": "h1", "reason": "shown"}
    path = folder / "adjudicated.jsonl"
    path.write_text("".join(json.dumps(basis | row) + "\n" for row in rows))
    return path


def test_what_was_adjudicated_goes_before_what_the_coder_gave_and_changes_the_version(data: Path) -> None:
    file = labels(data, {"file": "headlines/h.jsonl.gz", "key": "h1", "topics": ["t", "kept"], "unsure": ["t", "v"]})
    first = read_gold(file, data)
    decisions(
        data,
        {"topic": "t", "belongs": False},
        {"topic": "u", "belongs": True},
        {"topic": "v", "belongs": False, "unsure": True},
    )
    settled = read_gold(file, data)
    assert (settled.items[0].topics, settled.items[0].unsure) == ({"u", "kept"}, {"v"})
    assert settled.version != first.version
    assert read_gold(file, data, adjudicate=False) == first


def test_adjudication_of_an_item_that_is_not_labelled_or_done_twice_is_an_error_with_its_line(data: Path) -> None:
    file = labels(data, {"file": "headlines/h.jsonl.gz", "key": "h1"})
    decisions(data, {"topic": "t", "belongs": True}, {"topic": "t", "belongs": False})
    with pytest.raises(UsageError, match=r"adjudicated\.jsonl:2: t of headlines/h\.jsonl\.gz h1 is decided twice"):
        read_gold(file, data)
    decisions(data, {"topic": "t", "belongs": True, "key": "h2"})
    with pytest.raises(UsageError, match=r"adjudicated\.jsonl:1: headlines/h\.jsonl\.gz h2 is decided, but not among"):
        read_gold(file, data)


def test_labels_that_begin_with_a_byte_order_mark_are_the_same_labels(data: Path) -> None:
    file = labels(data, {"file": "headlines/h.jsonl.gz", "key": "h1"})
    plain = read_gold(file, data)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_gold(file, data) == plain


def test_item_that_is_not_in_the_folder_is_named(data: Path) -> None:
    file = labels(data, {"file": "feeds_2017/a.xml", "key": key_of("g-1")})
    with pytest.raises(UsageError, match=r"has no item \w+ in feeds_2017/a\.xml"):
        read_gold(file, data)
    with pytest.raises(UsageError, match="name the folder that has them with --texts"):
        read_gold(file)
    with pytest.raises(UsageError, match="is not the folder of the data"):
        read_gold(file, data / "headlines")


def test_sample_items_are_read_as_they_were_first_seen(repository: Path) -> None:
    gold = read_gold(repository / "sample_data" / "gold.jsonl")
    assert not gold.is_split
    assert not gold.is_stratified
    titles = {
        row["key"]: row["titles"]
        for row in map(json.loads, (repository / "sample_data" / "gold.jsonl").read_text("utf-8").splitlines())
    }
    shown = {key: {" ".join(title.split()) for title in some} for key, some in titles.items()}
    assert [each.key for each in gold.items if " ".join(each.title.split()) not in shown[each.key]] == []
    assert len(gold.items) == 349
