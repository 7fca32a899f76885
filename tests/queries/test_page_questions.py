"""The questions that the dashboard's pages ask: rows in, rows out."""

from __future__ import annotations

from datetime import date


def watched(dataset):
    dataset.source("a", "fr")
    dataset.source("b", "fr", country="RU")
    dataset.topic("relations", "fr")
    for source in ("a", "b"):
        dataset.watch(f"{source}/all", "2017-05-01", "2017-05-15")
    return dataset


def test_what_moved_compares_the_last_days_with_as_many_before(dataset, rows):
    watched(dataset)
    dataset.article("old", "a", "2017-05-02", topic="relations")
    dataset.article("old-2", "a", "2017-05-03")
    dataset.article("old-3", "b", "2017-05-03")
    dataset.article("new", "a", "2017-05-09", topic="relations")
    dataset.article("new-2", "b", "2017-05-10")
    dataset.article("unseen", "a", "2017-05-10", topic="relations", lead=False)
    [row] = rows(dataset.ask("what-moved"), "topic_id", "articles", "articles_before", "share", "share_before", "change")
    assert row == {
        "topic_id": "relations", "articles": 1, "articles_before": 1, "share": 0.25, "share_before": 0.25, "change": 0.0
    }  # fmt: skip


def test_half_without_a_covered_day_has_no_share(dataset, rows):
    watched(dataset)
    dataset.article("new", "a", "2017-05-02", topic="relations")
    [row] = rows(
        dataset.ask("what-moved", since="2017-05-01", until="2017-05-07"),
        "articles",
        "articles_before",
        "share_before",
        "change",
    )
    assert row == {"articles": 1, "articles_before": None, "share_before": None, "change": None}


def test_articles_are_found_by_their_words_regardless_of_case_and_the_latest_are_kept(dataset, rows):
    watched(dataset)
    dataset.article("x", "a", "2017-05-02", title="Élysée and Kremlin")
    dataset.article("y", "b", "2017-05-03", title="Weather", text="Rain over the ÉLYSÉE")
    dataset.article("z", "a", "2017-05-04", title="Weather", text="None")
    found = dataset.ask("articles", words="élysée")
    assert [row["article_id"] for row in rows(found)] == ["x", "y"]
    assert [row["article_id"] for row in rows(dataset.ask("articles", limit=2))] == ["y", "z"]
    assert rows(found, "country") == [{"country": "FR"}, {"country": "RU"}]


def test_words_are_no_pattern(dataset, rows):
    watched(dataset)
    dataset.article("x", "a", "2017-05-02", title="100 percent")
    assert rows(dataset.ask("articles", words="100%")) == []


def test_article_is_told_revision_by_revision(dataset, rows):
    watched(dataset)
    dataset.article("x", "a", "2017-05-02", title="First", revision="r1")
    dataset.article("x", "a", "2017-05-02", fetched="2017-05-03", title="Second", revision="r2")
    dataset.article("other", "b", "2017-05-02")
    found = rows(dataset.ask("article", article="x"), "revision", "title", "day", "name")
    assert found == [
        {"revision": 1, "title": "First", "day": date(2017, 5, 2), "name": "A"},
        {"revision": 2, "title": "Second", "day": date(2017, 5, 2), "name": "A"},
    ]


def test_evidence_of_one_article_leaves_out_the_others(dataset, rows):
    watched(dataset)
    dataset.article("x", "a", "2017-05-02", topic="relations")
    dataset.article("y", "a", "2017-05-02", topic="relations")
    assert {row["article_id"] for row in rows(dataset.ask("evidence", article="y"))} == {"y"}


def test_days_of_sources_say_what_is_not_known(dataset, rows):
    watched(dataset)
    dataset.source("late", "fr")
    dataset.watch("late/all", "2017-05-13", "2017-05-15")
    found = dataset.ask("covered-days", since="2017-05-11", until="2017-05-14", sources=("late",))
    assert rows(found, "day", "state") == [
        {"day": date(2017, 5, 11), "state": "unknown"},
        {"day": date(2017, 5, 12), "state": "unknown"},
        {"day": date(2017, 5, 13), "state": "covered"},
        {"day": date(2017, 5, 14), "state": "covered"},
    ]
