"""Syndication: near-identical texts stand together without chaining, and no more is said of who was first than is known."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from vigie.fingerprint import fingerprint_texts, similarity

PERIOD = {"since": "2017-05-22", "until": "2017-05-31"}


def words(number, seed=1):
    """A text of words of its own."""
    return " ".join(f"{chr(97 + seed)}{place}" for place in range(number))


@pytest.fixture
def newsroom(dataset):
    """Four sources, each polled every hour of 24 May."""
    for source in ("alpha", "beta", "gamma", "delta"):
        dataset.source(source, country="FR" if source < "beta" else "DE")
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-31")
        for hour in range(1, 24):
            dataset.poll(f"{source}/all", f"2017-05-24 {hour:02}:00")
    return dataset


def publish(dataset, name, source, published, text, *, fetched=None, **more):
    """An article with its fingerprint, seen at the next full hour."""
    [fingerprint] = fingerprint_texts([text])
    seen = fetched or f"{datetime.fromisoformat(published) + timedelta(minutes=59):%Y-%m-%d %H}:00"
    return dataset.article(name, source, published, fetched=seen, text=text, fingerprint=fingerprint, **more)


def clusters(answer):
    return [sorted(member["article_id"] for member in row["members"]) for row in answer.table.to_pylist()]


def test_a_reprint_under_another_title_and_with_another_ending_stands_with_its_original(newsroom, rows):
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(60), title="One title")
    publish(newsroom, "b", "beta", "2017-05-24 11:30", words(50) + " and words of its own", title="Another")
    publish(newsroom, "c", "gamma", "2017-05-24 12:30", words(60, seed=2))
    answer = newsroom.ask("syndication", **PERIOD)
    assert clusters(answer) == [["a", "b"]]
    assert rows(answer, "title", "first", "sources", "articles", "texts", "countries", "hours", "hours_to_half") == [
        {"title": "One title", "first": "alpha", "sources": 2, "articles": 2, "texts": 2, "countries": 2, "hours": 3.0,
         "hours_to_half": 0.0},
    ]  # fmt: skip


def test_the_same_words_in_other_punctuation_are_one_text_in_two_articles(newsroom, rows):
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(60))
    publish(newsroom, "b", "beta", "2017-05-24 09:30", words(60).upper().replace(" ", ", ", 9))
    assert rows(newsroom.ask("syndication", **PERIOD), "articles", "texts") == [{"articles": 2, "texts": 1}]


@pytest.mark.parametrize(("published", "together"), [("2017-05-27 08:30", True), ("2017-05-27 08:31", False)])
def test_72_hours_after_the_first_a_text_is_another_story(newsroom, published, together):
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(60))
    publish(newsroom, "b", "beta", published, words(60))
    assert clusters(newsroom.ask("syndication", **PERIOD)) == ([["a", "b"]] if together else [])


def test_what_resembles_a_reprint_but_not_the_original_is_not_drawn_in(newsroom):
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(60))
    publish(newsroom, "b", "beta", "2017-05-24 09:30", words(42) + " " + words(18, seed=2))
    publish(newsroom, "c", "gamma", "2017-05-24 10:30", words(21) + " " + words(39, seed=2))
    similar = newsroom.ask("syndication", **PERIOD)
    assert clusters(similar) == [["a", "b"]]


def test_a_minute_is_too_little_and_so_is_what_lies_between_two_polls(newsroom, rows):
    publish(newsroom, "a", "alpha", "2017-05-24 08:10", words(60))
    publish(newsroom, "b", "beta", "2017-05-24 08:40", words(60))
    publish(newsroom, "c", "gamma", "2017-05-24 10:20", words(60))
    assert rows(newsroom.ask("syndication", **PERIOD), "first") == [{"first": "alpha, beta"}]


def test_a_date_without_a_zone_is_out_of_the_question_who_was_first(newsroom, rows):
    publish(newsroom, "a", "alpha", "2017-05-24 04:10", words(60), quality="zone-assumed")
    publish(newsroom, "b", "beta", "2017-05-24 08:40", words(60))
    publish(newsroom, "c", "gamma", "2017-05-24 10:40", words(60))
    assert rows(newsroom.ask("syndication", **PERIOD), "first", "left_out") == [{"first": "beta", "left_out": 1}]


def test_texts_under_forty_words_are_said_to_be_beyond_comparison(newsroom):
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(39))
    publish(newsroom, "b", "beta", "2017-05-24 09:30", words(39))
    publish(newsroom, "c", "gamma", "2017-05-24 09:30", words(40))
    answer = newsroom.ask("syndication", **PERIOD)
    assert clusters(answer) == []
    assert any("under 40 words of text: 2 of 3 articles" in note and "minima" in note for note in answer.notes)


def test_with_a_topic_the_clusters_that_hold_an_article_on_it_are_shown_whole(newsroom, rows):
    newsroom.topic("relations")
    publish(newsroom, "a", "alpha", "2017-05-24 08:30", words(60), topic="relations")
    publish(newsroom, "b", "beta", "2017-05-24 09:30", words(60))
    publish(newsroom, "c", "gamma", "2017-05-24 09:30", words(60, seed=2))
    publish(newsroom, "d", "delta", "2017-05-24 09:30", words(60, seed=2))
    newsroom.finish_run("2017-05-25")
    answer = newsroom.ask("syndication", topic="relations", **PERIOD)
    assert clusters(answer) == [["a", "b"]]
    assert rows(answer, "on_topic", "articles") == [{"on_topic": 1, "articles": 2}]


def near_identical(one, other):
    """Whether two fingerprints have a band in common and hashes enough."""
    return any(map(int.__eq__, one[1:], other[1:])) and similarity(one, other) >= 31 / 72


def one_after_the_other(articles):
    """The same clusters, taken plainly: each article against those that began a cluster before it."""
    found = {}
    for name, (when, fingerprint) in articles.items():
        leads = (
            lead
            for lead in found
            if when - articles[lead][0] <= timedelta(hours=72) and near_identical(articles[lead][1], fingerprint)
        )
        found.setdefault(next(leads, name), []).append(name)
    return sorted(sorted(members) for members in found.values() if len(members) > 1)


@pytest.mark.parametrize("seed", range(3))
def test_sql_finds_the_clusters_that_taking_one_article_after_the_other_finds(newsroom, seed):
    rng = random.Random(seed)
    start = datetime(2017, 5, 22, 1, tzinfo=UTC)
    minutes = sorted(rng.sample(range(9 * 24 * 60), 150))
    texts, articles = [words(60, seed=number) for number in range(4)], {}
    for number, minute in enumerate(minutes):
        kept, other = rng.randint(20, 60), rng.randrange(4)
        text = " ".join([*texts[rng.randrange(4)].split()[:kept], *texts[other].split()[: 60 - kept]])
        when = start + timedelta(minutes=minute)
        source = rng.choice(["alpha", "beta", "gamma", "delta"])
        publish(newsroom, f"{number:03}", source, f"{when:%Y-%m-%d %H:%M}", text)
        articles[f"{number:03}"] = (when, fingerprint_texts([text])[0])
    expected = one_after_the_other(articles)
    assert len(expected) > 5
    assert len(list(itertools.chain(*expected))) > 75
    assert sorted(clusters(newsroom.ask("syndication", **PERIOD))) == expected
