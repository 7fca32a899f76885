"""What answers say beside their figures, in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from vigie.queries import Parameters, ask, list_questions
from vigie.queries.names import nearest
from vigie.queries.sentences import SENTENCES

#: Figures in a sentence, whatever language writes them.
NUMBER = re.compile(r"\d+")


def filled_in(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_says_the_same_figures_in_both_languages(key):
    english, french = SENTENCES[key]
    assert filled_in(english) == filled_in(french)
    fixed = [sorted(NUMBER.findall(re.sub(r"\{\w+\}", "", text))) for text in (english, french)]
    assert fixed[0] == fixed[1]


@pytest.mark.parametrize("question", list_questions(), ids=lambda question: question.name)
def test_every_note_of_a_question_has_its_french(question):
    assert len(question.french_notes) == len(question.notes)


def test_notes_of_an_answer_come_in_the_language_that_was_asked_for(dataset):
    dataset.source("alpha", "fr")
    dataset.topic()
    dataset.watch("alpha/all", "2017-05-20", "2017-05-28")
    dataset.article("a", "alpha", "2017-05-22", topic="relations")
    dataset.article("b", "alpha", "2017-05-19", topic="relations", backlog=True)
    dataset.finish_run("2017-05-28")
    con = dataset.open()
    english, french = (ask(con, "coverage", Parameters(topic="relations"), language=language) for language in ("en", "fr"))
    assert len(english.notes) == len(french.notes) > 3
    assert not set(english.notes) & set(french.notes)
    assert english.table == french.table
    assert any(note.startswith("Arriéré laissé de côté : 1 article ") for note in french.notes)
    assert any("mai\u00a02017" in note for note in french.notes)


def test_members_of_a_panel_that_the_dataset_does_not_have_are_told_by_name(dataset):
    from vigie.schemas import Panel

    for source in ("alpha", "beta"):
        dataset.source(source, "fr")
        dataset.watch(f"{source}/all", "2017-05-20", "2017-05-28")
        dataset.article(source, source, "2017-05-22")
    dataset.finish_run("2017-05-28")
    panel = Panel("mine", "2", sources=("alpha", "beta", "gamma", "delta"))
    answer = ask(dataset.open(), "share-of-voice", Parameters(panel=panel))
    assert [row["split"] for row in answer.table.to_pylist()] == ["alpha", "beta"]
    [note] = [note for note in answer.notes if note.startswith("Panel mine, version 2: alpha, beta.")]
    assert note.endswith(
        "Members of the panel that this dataset does not have, and over which nothing is shared: gamma, delta."
    )


def test_names_that_hold_what_was_asked_for_are_offered_in_the_readers_language() -> None:
    names = ["emmanuel-macron", "macron-leaks", "syria"]
    assert nearest("macron", names) == "did you mean macron-leaks or emmanuel-macron?"
    assert nearest("macron", names, "fr") == "peut-être macron-leaks ou emmanuel-macron ?"
    assert nearest("Assad", names, "fr") == "il y a emmanuel-macron, macron-leaks, syria"
