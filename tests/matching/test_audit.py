"""Audits: who is drawn, what coders see, and what their answers say of the matcher."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from vigie.errors import UsageError
from vigie.matching.audit import CodedItem, Group, Key, audit_of
from vigie.stats import cohen_kappa

AT = datetime(2026, 1, 1, tzinfo=UTC)


def key(**sampled: tuple[int, int]) -> Key:
    """An audit of French articles: for each kind how many there are and how many were drawn."""
    items = {
        f"{kind}-{i}": CodedItem(f"a-{kind}-{i}", f"fr {kind}", "fr", "none" if i % 2 else "RU", kind == "match")
        for kind, (_, drawn) in sampled.items()
        for i in range(drawn)
    }
    return Key(
        audit_id="x", topic_id="t", topics_version="v", scope="lead", since="2017-05-22", until="2017-06-11", tz="UTC",
        backlog=False, panel_id="", panel_version="", sources=("a", "b"), seed="1",
        strata={f"fr {kind}": population for kind, (population, _) in sampled.items()},
        groups=(Group("fr", "RU", 500, 50), Group("fr", "none", 500, 50)), items=items,
    ).identified()  # fmt: skip


def test_sensitivity_and_specificity_are_weighted_by_stratum() -> None:
    audit = key(match=(100, 50), neither=(900, 90))
    # 45 of 50 matches are right: 90 of 100. 9 of 90 others are on topic: 90 of 900.
    truth = {item: (int(item.split("-")[1]) < (45 if known.matched else 9)) for item, known in audit.items.items()}
    row = audit_of(audit, truth, truth, at=AT)[0]
    assert (row.language, row.control, row.population, row.matched, row.n, row.positives) == ("all", "all", 1000, 100, 140, 54)
    assert row.sensitivity == pytest.approx(90 / (90 + 90))
    assert row.specificity == pytest.approx(810 / (810 + 10))
    assert (row.kappa, row.disagreements) == (pytest.approx(1.0), 0)
    assert row.sensitivity_low is not None
    assert row.sensitivity_low < 0.45


def test_there_is_a_row_for_each_language_and_class_of_source_and_pair_of_these() -> None:
    audit = key(match=(100, 50), neither=(900, 90))
    rows = audit_of(audit, dict.fromkeys(audit.items, True), dict.fromkeys(audit.items, True), at=AT)
    assert [(row.language, row.control, row.n) for row in rows] == [
        ("all", "all", 140),
        ("fr", "all", 140),
        ("all", "RU", 70),
        ("all", "none", 70),
        ("fr", "RU", 70),
        ("fr", "none", 70),
    ]


def test_no_figure_rests_on_fewer_than_30_decisions() -> None:
    audit = key(match=(100, 20), neither=(900, 90))
    truth = {item: known.matched for item, known in audit.items.items()}
    row = audit_of(audit, truth, truth, at=AT)[0]
    assert (row.sensitivity, row.positives) == (None, 20)
    assert row.specificity == 1.0


def test_what_coders_differ_on_counts_half_until_it_is_settled() -> None:
    audit = key(match=(100, 100))
    first = dict.fromkeys(audit.items, True)
    second = {item: i >= 40 for i, item in enumerate(audit.items)}
    row = audit_of(audit, first, second, at=AT)[0]
    assert (row.positives, row.disagreements, row.settled) == (80.0, 40, False)
    assert row.kappa == cohen_kappa([(first[i], second[i]) for i in audit.items]).value
    settled = audit_of(audit, first, second, dict.fromkeys(list(audit.items)[:40], False), at=AT)[0]
    assert (settled.positives, settled.settled) == (60.0, True)
    half = audit_of(audit, first, second, dict.fromkeys(list(audit.items)[:20], False), at=AT)[0]
    assert (half.positives, half.settled) == (70.0, False)


def test_coders_who_differ_where_most_articles_lie_agree_less_than_their_sample_looks() -> None:
    audit = key(match=(100, 100), neither=(9900, 100))
    first = {item: known.matched for item, known in audit.items.items()}
    # Of 100 matches all alike; of 100 that stand for 9,900 the second coder finds 10 on topic: 990 articles.
    second = {item: known.matched or int(item.split("-")[1]) < 10 for item, known in audit.items.items()}
    row = audit_of(audit, first, second, at=AT)[0]
    observed, chance = 0.901, 0.01 * 0.109 + 0.99 * 0.891
    assert row.kappa == pytest.approx((observed - chance) / (1 - chance))
    assert row.kappa < 0.2
    assert (cohen_kappa([(first[i], second[i]) for i in audit.items]).value or 0) > 0.8
    assert row.disagreements == 10
    assert row.kappa_low is not None
    assert row.kappa_high is not None
    assert row.kappa_low < row.kappa < row.kappa_high < 0.5


def test_key_survives_its_file() -> None:
    audit = key(match=(10, 2), touched=(5, 2))
    assert Key.from_json(audit.to_json(), "k") == audit
    with pytest.raises(UsageError, match="k: is no key of an audit"):
        Key.from_json("{}", "k")
    with pytest.raises(UsageError, match="k: is no key of an audit"):
        Key.from_json("[]", "k")
    with pytest.raises(UsageError, match="k: was altered since the sample was drawn; bring back"):
        Key.from_json(audit.to_json().replace('"fr match": 10', '"fr match": 100'), "k")
    assert dataclasses.replace(audit, seed="2") != audit
