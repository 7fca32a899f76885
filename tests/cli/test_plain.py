"""Arguments that are plain are read as Typer reads them, and all others are left to it."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from typer.testing import CliRunner

from vigie.cli.app import COMMANDS, make_app
from vigie.cli.plain import read_plainly
from vigie.cli.query import query

PLAIN = [
    "",
    "coverage",
    "coverage --topic sanctions --by week --split language --scope all",
    "--topic=sanctions coverage --data=elsewhere",
    "articles --limit 20 --source a --source b --words 'the=sign'",
    "top-sources --backlog --overrides --seed 7 --tz Europe/Paris --out answer.csv --format csv",
    "as-known-on --as_of 2017-05-24 --topics_version 0a1b --panel mine.yaml",
    "before-after --event 2017-05-24 --pre 7 --post 7 --state fr",
    "--list",
]
TYPERS = [
    "--help",
    "coverage -h",
    "coverage extra",
    "coverage --nonsense",
    "coverage --topic",
    "coverage --topic --backlog",
    "coverage --topic ''",
    "coverage --by dya",
    "coverage --backlog=yes",
    "coverage --no-backlog",
    "coverage --seed one",
    "coverage --pre -1",
    "coverage --topic a --topic b",
    "-- coverage",
]


def words(line: str) -> list[str]:
    return [word.strip("'") for word in line.split()]


@pytest.mark.parametrize("line", PLAIN)
def test_what_is_plain_is_read_as_typer_reads_it(line, monkeypatch):
    given: dict[str, Any] = {}

    @functools.wraps(query)
    def receive(**values: Any) -> None:
        given.update(values)

    monkeypatch.setattr("vigie.cli.query.query", receive)
    done = CliRunner().invoke(make_app(["query", "sql"]), ["query", *words(line)])
    assert done.exit_code == 0, done.output
    assert read_plainly(query, words(line)) == given


@pytest.mark.parametrize("line", TYPERS)
def test_help_and_mistakes_are_left_to_typer(line):
    assert read_plainly(query, words(line)) is None


def test_a_folder_that_may_not_be_read_is_left_to_typer_which_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # Root may read all.
    assert read_plainly(query, ["coverage", "--data", str(tmp_path)]) is None


@pytest.mark.parametrize("name", sorted(name for name, command in COMMANDS.items() if command.passes_on))
def test_a_command_that_takes_more_than_it_declares_is_left_to_typer(name):
    assert read_plainly(COMMANDS[name].load(), []) is None
