"""Which topics count: the newest file of the table, until another version is asked for."""

from __future__ import annotations

import pytest

from vigie.errors import UsageError
from vigie.queries import open_dataset


@pytest.fixture
def switched(dataset):
    """Two articles: x matches under both versions, y under the old alone; the switch to v2 came after the last run."""
    dataset.poll("alpha/all", "2017-05-22")
    dataset.topic("relations", version="v1")
    for name in ("x", "y"):
        dataset.article(name, "alpha", "2017-05-22", topic="relations", concept="paris", version="v1")
    dataset.write()
    dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris", version="v2", committed=False)
    dataset.topic("relations", version="v2")
    dataset.finish_run("2017-05-30", version="v1")
    return dataset


def matched(con):
    return [row[0] for row in con.execute("SELECT article_id FROM matches ORDER BY ALL").fetchall()]


def test_the_newest_topics_file_counts_and_not_the_latest_run(switched):
    assert matched(switched.open()) == ["x"]


def test_going_back_is_a_newer_file_of_the_older_version(switched):
    switched.write()
    switched.topic("relations", version="v1")
    con = switched.open()
    assert matched(con) == ["x", "y"]
    assert con.execute("SELECT topic_id, topics_version FROM topics").fetchall() == [("relations", "v1")]


def test_another_version_than_the_active_can_be_asked_for(switched):
    root = switched.write()
    assert matched(open_dataset(root, topics_version="v1")) == ["x", "y"]
    with pytest.raises(UsageError, match=r"--topics_version v3: this dataset keeps no such version .* there are v1, v2"):
        open_dataset(root, topics_version="v3")
    with pytest.raises(UsageError, match="several versions begin so"):
        open_dataset(root, topics_version="v")


def test_a_revision_evaluated_twice_under_one_version_counts_once(switched):
    switched.run = "run-2"
    switched.article("x", "alpha", "2017-05-22", topic="relations", concept="paris", version="v2", committed=False)
    con = switched.open()
    assert matched(con) == ["x"]
    assert con.execute("SELECT count(*) FROM mentions").fetchall() == [(1,)]
    [row] = switched.ask("top-sources", topic="relations", since="2017-05-22", until="2017-05-22").table.to_pylist()
    assert row["articles"] == 1


def test_a_version_that_is_listed_has_its_matches_listed_after_it(switched, monkeypatch):
    from vigie.queries import listing

    root, listed = switched.write(), []
    list_table = listing._fresh_files
    monkeypatch.setattr(listing, "_fresh_files", lambda *names: listed.append(names[1]) or list_table(*names))
    open_dataset(root)
    order = {name: place for place, name in enumerate(listed)}
    assert order["fetches"] < order["topics"] < order["evaluations"] < order["articles"] < order["matches"] < order["mentions"]
