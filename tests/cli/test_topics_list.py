"""`vigie topics list`, from the outside, on the topics that come with vigie."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from vigie.cli.topics import app
from vigie.errors import UsageError
from vigie.matching import load_topics


def _listed(*arguments: str, columns: int = 80) -> Result:
    return CliRunner().invoke(app, ["list", *arguments], env={"COLUMNS": str(columns)})


def test_every_topic_is_told_with_what_belongs_to_it_within_the_width_of_the_terminal() -> None:
    told = _listed(columns=60).stdout
    assert max(map(len, told.splitlines())) <= 60
    for topic in load_topics().topics.values():
        assert topic.id in told
        assert " ".join(topic.description.split()) in " ".join(told.split())


def test_ids_of_concepts_can_be_copied_from_a_narrow_terminal() -> None:
    told = _listed("--concepts").stdout.split()
    assert {concept.id for concept in load_topics().concepts.values() if not concept.helper} <= set(told)


def test_a_concept_is_shown_as_it_is_written_with_what_restricts_it() -> None:
    told = _listed("--concept", "chechnya", "--concept", "russian-outlets", columns=200).stdout
    forms = load_topics().forms["ru"]["Чечня"]
    assert f"ru: Чечня ({len(forms)} forms)" in told
    assert "Грозном (in this case)" in told
    assert "but not in ru: Иван Грозный" in told
    assert "includes ramzan-kadyrov" in told
    assert "includes rt, sputnik, tass" in told


def test_a_concept_that_there_is_not_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no concept `chechny` \(did you mean `chechnya`\?\).*--concepts"):
        CliRunner().invoke(app, ["list", "--concept", "chechny"], catch_exceptions=False)
