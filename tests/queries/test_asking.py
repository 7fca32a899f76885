"""Asking: what a header promises is so, and what does not exist is told with what was perhaps meant."""

from __future__ import annotations

import dataclasses
import importlib.util
from datetime import date

import pytest

from vigie.errors import UsageError
from vigie.queries import Parameters, ask, list_questions
from vigie.schemas import Panel


@pytest.fixture(scope="module")
def con(new_dataset):
    """A small dataset, opened."""
    dataset = new_dataset()
    dataset.topic("franco-russian-relations", "fr", "ru")
    dataset.source("volnograd-fr", "fr")
    dataset.source("schildaer", "de")
    dataset.source("never-polled", "fr")
    dataset.watch("volnograd-fr/all", "2017-05-22", "2017-05-26")
    dataset.watch("schildaer/all", "2017-05-22", "2017-05-26")
    dataset.article("x", "volnograd-fr", "2017-05-23", topic="franco-russian-relations", concept="paris")
    dataset.finish_run("2017-05-26")
    return dataset.open()


def parameters_for(question, topic="franco-russian-relations"):
    """What a question cannot do without, and the topic where it takes one."""
    needed = {"topic": topic, "event": date(2017, 5, 24), "as_of": date(2017, 5, 24), "article": "x"}
    return Parameters(**{name: value for name, value in needed.items() if name in question.takes})


def test_the_questions_that_the_issue_names_are_there():
    assert {question.name for question in list_questions()} >= {
        "coverage", "share-of-voice", "topic-mix", "state-against-independent", "first-seen", "before-after", "prevalence",
        "spikes", "top-sources", "co-occurrence", "rising-words", "citations", "headline-edits", "language-mix", "delay",
        "date-quality", "articles", "evidence", "as-known-on",
    }  # fmt: skip


@pytest.mark.parametrize("question", list_questions(), ids=lambda q: q.name)
def test_a_header_describes_every_parameter_and_every_column(con, question):
    assert question.title.endswith("?")
    assert question.description
    described = {parameter.name for parameter in question.parameters}
    assert question.placeholders <= described
    if not question.counts:
        # Which decides where the baseline begins, or when the last poll was.
        derived_from = {"until", "tz"} if "last_poll" in question.placeholders else {"pre"}
        assert described - question.placeholders <= derived_from
    assert all("default" in parameter.doc or "derived" in parameter.doc for parameter in question.parameters)
    answer = ask(con, question.name, parameters_for(question))
    assert [column.name for column in question.columns] == answer.table.column_names
    if question.counts:
        values = {name: answer.parameters[name] for name in question.placeholders}
        assert [column.name for column in question.counts] == con.sql(question.sql, params=values).columns


_SUBJECTS = [
    (question, subject)
    for question in list_questions()
    for subject in ({}, {"topic": "franco-russian-relations"}, {"concept": "paris"})
    if set(subject) <= set(question.takes) and (subject or question.name != "prevalence")
]


@pytest.mark.parametrize(("question", "subject"), _SUBJECTS, ids=lambda value: getattr(value, "name", None))
def test_every_question_can_be_asked_with_its_defaults(con, question, subject):
    answer = ask(con, question.name, dataclasses.replace(parameters_for(question, topic=None), **subject))
    if "since" in question.takes:
        assert answer.parameters["since"] == date(2017, 5, 22)
    if "until" in question.takes:
        assert answer.parameters["until"] == date(2017, 5, 25)
    assert len(answer.data_version) == 12


@pytest.mark.parametrize("question", list_questions(), ids=lambda q: q.name)
def test_counts_are_whole_numbers(con, question):
    answer = ask(con, question.name, parameters_for(question))
    assert not [field.name for field in answer.table.schema if "decimal" in str(field.type)]


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("covrage", {}, "did you mean coverage?"),
        ("../schemas", {}, "no such question"),
        ("coverage", {"topic": "franco-russian"}, "did you mean franco-russian-relations?"),
        ("coverage", {"concept": "pariss"}, "did you mean paris?"),
        ("coverage", {"sources": ("volnograd",)}, "did you mean volnograd-fr?"),
        (
            "coverage",
            {"panel": Panel("p", "1", sources=("volnogradfr",))},
            "panel p: this dataset has none of its members (volnogradfr); did you mean volnograd-fr?",
        ),
        ("coverage", {"panel": Panel("p", "1")}, "panel p has no members"),
        ("coverage", {"tz": "Europe/Pariss"}, "did you mean Europe/Paris"),
        ("coverage", {"tz": "paris"}, "Europe/Paris"),
        ("coverage", {"since": date(2017, 6, 1), "until": date(2017, 5, 1)}, "wrong way round"),
        ("coverage", {"since": date(2017, 6, 1)}, "beyond the last day of the data, 2017-05-25"),
        ("coverage", {"until": date(2017, 5, 1)}, "beyond the first day of the data, 2017-05-22"),
        ("coverage", {"topic": "franco-russian-relations", "concept": "paris"}, "leave one out"),
        ("coverage", {"by": "hour"}, "one of day, week, month"),
        ("evidence", {"by": "week"}, "--by: the question evidence does not take it"),
        ("coverage", {"sources": ("never-polled",)}, "never polled in this dataset"),
        ("coverage", {"topic": "franco-russian-relations", "sources": ("schildaer",)}, "has terms in fr, ru alone"),
    ],
)
def test_what_does_not_exist_is_told_with_what_was_perhaps_meant(con, name, asked, words):
    with pytest.raises(UsageError) as caught:
        ask(con, name, Parameters(**asked))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_dataset_without_polls_says_so(dataset):
    dataset.source("alpha", "fr")
    with pytest.raises(UsageError, match="holds no polls yet"):
        ask(dataset.open(), "coverage")


def test_an_interrupted_first_run_that_left_articles_without_a_ledger_can_be_asked(dataset, rows):
    dataset.article("x", "alpha", "2017-05-23")
    answer = ask(dataset.open(), "coverage")
    assert rows(answer, "articles", "state") == [{"articles": 1, "state": "unknown"}]


def test_one_early_source_does_not_begin_the_period_for_all(dataset):
    dataset.watch("early/all", "2017-05-01", "2017-05-29")
    for source in ("alpha", "beta"):
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-29")
    answer = ask(dataset.open(), "coverage")
    assert answer.parameters["since"] == date(2017, 5, 22)
    assert answer.parameters["panel"] == ["alpha", "beta", "early"]


def test_no_level_has_an_interval_and_every_difference_has_one():
    bounded = {
        (question.name, column.name.removesuffix("_low"))
        for question in list_questions()
        for column in question.columns
        if column.name.endswith("_low")
    }
    assert bounded == {
        ("before-after", "log_ratio"), ("before-after", "difference"), ("before-after", "trend_before"),
        ("state-against-independent", "difference"), ("prevalence", "corrected"),
        ("topic-quality", "precision"), ("topic-quality", "recall"),  # of a sample, not of the census
    }  # fmt: skip


def test_the_page_of_questions_is_as_their_headers_have_it(repository):
    spec = importlib.util.spec_from_file_location("make_questions", repository / "docs" / "make_questions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (repository / "docs" / "questions.md").read_text(encoding="utf-8")
    assert module.page() == page, "run: python docs/make_questions.py"
