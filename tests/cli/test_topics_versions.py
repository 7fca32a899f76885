"""`vigie rematch`, `topics diff` and `topics override` as a user meets them, and what questions make of overrides."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from builders import item, rss, write_archive
from typer.testing import CliRunner

from vigie.cli.app import make_app
from vigie.storage import Dataset

_TOPICS = """
concepts: {{thing: {{labels: {{en: thing}}, terms: {{en: [{word}]}}}}}}
topics:
  {topic}: {{labels: {{en: Things}}, description: On things., source: invented, languages: [en], rule: thing}}
"""


def run(*arguments: str | Path, code: int = 0) -> Any:
    result = CliRunner().invoke(make_app(), [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def topics_file(folder: Path, word: str, topic: str = "bridges") -> Path:
    path = folder / f"{word}-{topic}.yaml"
    path.write_text(_TOPICS.format(word=word, topic=topic))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four days of one feed, an article a day, two of them on the word bridge and one on the word tunnel."""
    place = tmp_path_factory.mktemp("topics")
    texts = ["A bridge too far", "The tunnel opens", "Nothing happened today", "The bridge and nothing else"]
    items = [item(n, title=title, text="No more is known.", hours=24 * n - 12) for n, title in enumerate(texts, 1)]
    polls = [("outlet/all", 24.0 * n, rss(items[:n][::-1]), 200) for n in range(5)]
    archive = write_archive(place / "archive", polls)
    run("ingest", "--from", archive, "--data", place / "data", "--topics", topics_file(place, "bridge"))
    return place / "data"


@pytest.fixture
def data(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def query(data: Path, name: str, *more: str) -> dict[str, Any]:
    period = ("--since", "2017-05-22", "--until", "2017-05-26")
    asked = run("query", name, "--topic", "bridges", "--data", data, "--format", "json", *period, *more)
    answer: dict[str, Any] = json.loads(asked.stdout)
    return answer


def count(data: Path, *more: str) -> int:
    return sum(row["articles"] or 0 for row in query(data, "coverage", *more)["rows"])


def id_of(data: Path, title: str) -> str:
    found = run("sql", f"SELECT article_id FROM articles WHERE title = '{title}'", "--data", data, "--format", "csv")
    return str(found.stdout.split()[1])


# Rematch


def test_rematch_switches_the_figures_and_back(tmp_path: Path, data: Path) -> None:
    old = Dataset(data).active_version("topics")
    assert count(data) == 2
    done = run("rematch", "--data", data, "--topics", topics_file(tmp_path, "tunnel"))
    assert f"was {old}" in done.stdout
    assert count(data) == 1
    assert count(data, "--topics_version", old[:8]) == 2
    assert any(
        note.startswith(f"Topics version {old}, as asked")
        for note in query(data, "coverage", "--topics_version", old)["meta"]["notes"]
    )
    assert "All was evaluated under these topics already." in run("rematch", "--data", data, "--version", old).stdout
    assert count(data) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--version", "beef"), "no such version"),
        (("--version", "beef", "--topics", "x.yaml"), "leave one out"),
        (("--topics", "missing.yaml"), "missing.yaml: no such file"),
        (("--topics", os.devnull), "defines no topic"),
        (("--no_such_option=1",), "--no_such_option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_of_rematch_is_told_and_changes_nothing(data: Path, arguments: tuple[str, ...], says: str) -> None:
    before = sorted(data.rglob("*.parquet"))
    assert says in run("rematch", "--data", data, *arguments, code=2).output
    assert sorted(data.rglob("*.parquet")) == before


def test_articles_not_evaluated_under_the_version_asked_for_are_told(tmp_path: Path, data: Path) -> None:
    run("rematch", "--data", data, "--topics", topics_file(tmp_path, "tunnel"))
    new = Dataset(data).active_version("topics")
    Dataset(data).files("evaluations")[-1].unlink()  # As if the run had been killed before it.
    notes = query(data, "coverage", "--topics_version", new)["meta"]["notes"]
    assert any("Not evaluated under the active version of the topics: 4 articles" in note for note in notes)


# Diff


def test_diff_counts_by_topic_and_day_and_writes_nothing(tmp_path: Path, data: Path) -> None:
    before = sorted(data.rglob("*"))
    new = topics_file(tmp_path, "tunnel")
    told = run("topics", "diff", "active", new, "--data", data, "--format", "csv")
    rows = list(csv.reader(io.StringIO(told.stdout)))
    assert rows == [
        ["topic_id", "day", "old", "new", "added", "lost"],
        ["bridges", "2017-05-22", "1", "0", "0", "1"],
        ["bridges", "2017-05-23", "0", "1", "1", "0"],
        ["bridges", "2017-05-25", "1", "0", "0", "1"],
    ]
    assert sorted(data.rglob("*")) == before


def test_diff_counts_an_article_once_however_often_it_was_written(tmp_path: Path, data: Path) -> None:
    new = topics_file(tmp_path, "tunnel")
    before = run("topics", "diff", "active", new, "--data", data, "--format", "json").stdout
    for path in list((data / "articles").rglob("*.parquet")):
        shutil.copy(path, path.with_name(f"again-{path.name}"))
    assert run("topics", "diff", "active", new, "--data", data, "--format", "json").stdout == before


def test_diff_foretells_what_rematch_does(tmp_path: Path, data: Path) -> None:
    new = topics_file(tmp_path, "tunnel")
    told = json.loads(run("topics", "diff", "active", new, "--data", data, "--format", "json").stdout)
    run("rematch", "--data", data, "--topics", new)
    [topic] = told["topics"]
    assert (topic["old"], topic["new"]) == (2, count(data, "--backlog"))


def test_diff_gives_examples_with_evidence(tmp_path: Path, data: Path) -> None:
    new = topics_file(tmp_path, "tunnel")
    told = json.loads(run("topics", "diff", "active", new, "--data", data, "--format", "json").stdout)
    [added] = [example for example in told["examples"] if example["change"] == "added"]
    assert added["title"] == "The tunnel opens"
    assert [(piece["field"], piece["start"], piece["text"]) for piece in added["evidence"]] == [("title", 4, "tunnel")]
    text = run("topics", "diff", "active", new, "--data", data).stdout
    assert "+ bridges  2017-05-23  outlet  The tunnel opens" in text
    assert "− bridges  2017-05-22  outlet  A bridge too far" in text


def test_diff_takes_files_hashes_and_a_period(tmp_path: Path, data: Path) -> None:
    old, new = Dataset(data).active_version("topics"), topics_file(tmp_path, "tunnel")
    told = run("topics", "diff", old[:6], new, "--data", data, "--since", "2017-05-24", "--format", "csv").stdout
    assert told.splitlines()[1:] == ["bridges,2017-05-25,1,0,0,1"]
    assert "Nothing would change" in run("topics", "diff", old, "active", "--data", data).stdout


def test_a_topic_that_one_version_lacks_is_all_added_or_lost(tmp_path: Path, data: Path) -> None:
    new = topics_file(tmp_path, "bridge", topic="crossings")
    told = json.loads(run("topics", "diff", "active", new, "--data", data, "--format", "json").stdout)
    assert {row["topic_id"]: (row["added"], row["lost"]) for row in told["topics"]} == {"bridges": (0, 2), "crossings": (2, 0)}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("active", "nowhere.yaml"), "nowhere.yaml: no such file"),
        (("active", "beef"), "no such version"),
        (("active", "active", "--since", "soon"), "--since soon"),
        (("active", "active", "--since", "2017-06-01", "--until", "2017-05-01"), "wrong way round"),
        (("active", "active", "--tz", "Paris/Europe"), "no such time zone"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_of_diff_is_told(data: Path, arguments: tuple[str, ...], says: str) -> None:
    assert says in run("topics", "diff", *arguments, "--data", data, code=2).output


# Overrides


def overrides_file(folder: Path, *rows: tuple[str, str]) -> Path:
    lines = [
        f"- {{article: '{article}', topic: bridges, verdict: {verdict}, reason: A dental bridge., coder: AB, date: 2017-06-02}}"
        for article, verdict in rows
    ]
    path = folder / "overrides.yaml"
    path.write_text("overrides:\n" + "\n".join(lines) + "\n" if lines else "overrides: []\n")
    return path


def test_figures_are_had_with_and_without_overrides_and_say_which(tmp_path: Path, data: Path) -> None:
    off, on = id_of(data, "A bridge too far"), id_of(data, "The tunnel opens")
    run("topics", "override", overrides_file(tmp_path, (off, "remove")), "--data", data)
    assert (count(data), count(data, "--overrides")) == (2, 1)
    run("topics", "override", overrides_file(tmp_path, (off, "remove"), (on, "add")), "--data", data)
    assert (count(data), count(data, "--overrides")) == (2, 2)
    listed = {row["title"] for row in query(data, "articles", "--overrides")["rows"]}
    assert listed == {"The tunnel opens", "The bridge and nothing else"}
    without, applied = (query(data, "coverage", *more)["meta"]["notes"] for more in ((), ("--overrides",)))
    assert any(
        n.startswith("Without overrides: coders put 1 article of the period on bridges and took 1 article") for n in without
    )
    assert any(n.startswith("With overrides: coders put 1 article") for n in applied)


def test_evidence_shows_overrides_and_whether_figures_count_them(tmp_path: Path, data: Path) -> None:
    off, on = id_of(data, "A bridge too far"), id_of(data, "The tunnel opens")
    run("topics", "override", overrides_file(tmp_path, (off, "remove"), (on, "add")), "--data", data)
    counted = {}
    for more in ((), ("--overrides",)):
        rows = query(data, "evidence", *more)["rows"]
        counted[more] = {row["title"]: row["counted"] for row in rows}
        said = {row["article_id"]: row["override"] for row in rows if row["override"]}
        assert said == {
            off: "remove (AB, 2017-06-02): A dental bridge.",
            on: "add (AB, 2017-06-02): A dental bridge.",
        }
    assert counted[()] == {"A bridge too far": True, "The tunnel opens": False, "The bridge and nothing else": True}
    assert counted["--overrides",] == {"A bridge too far": False, "The tunnel opens": True, "The bridge and nothing else": True}
    text = run("query", "evidence", "--topic", "bridges", "--data", data, "--since", "2017-05-22").stdout
    assert "override of bridges: add (AB, 2017-06-02): A dental bridge." in text


def test_an_empty_list_withdraws_all_overrides(tmp_path: Path, data: Path) -> None:
    off = id_of(data, "A bridge too far")
    run("topics", "override", overrides_file(tmp_path, (off, "remove")), "--data", data)
    run("topics", "override", overrides_file(tmp_path), "--data", data)
    assert count(data, "--overrides") == 2
    assert "there already" in run("topics", "override", overrides_file(tmp_path), "--data", data).stdout


def test_every_fault_of_an_overrides_file_is_told_with_its_line(tmp_path: Path, data: Path) -> None:
    known = id_of(data, "A bridge too far")
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "overrides:\n"
        "- {article: nobody, topic: bridges, verdict: add, reason: r, coder: c, date: 2017-06-02}\n"
        f"- {{article: '{known}', topic: bridge, verdict: add, reason: r, coder: c, date: 2017-06-02}}\n"
        f"- {{article: '{known}', topic: bridges, verdict: delete, reason: r, coder: c, date: 2017-06-02}}\n"
        f"- {{article: '{known}', topic: bridges, verdict: add, coder: c, date: June}}\n"
        f"- {{article: '{known}', topic: bridges, verdict: add, reason: r, coder: c, dates: 2017-06-02}}\n"
    )
    output = run("topics", "override", path, "--data", data, code=2).output
    for line in (
        "wrong.yaml:2: article: the dataset has no article 'nobody'",
        "wrong.yaml:3: topic: there is no topic 'bridge'; did you mean bridges?",
        "wrong.yaml:4: verdict: 'delete' is no verdict; known are add, remove",
        "wrong.yaml:5: reason: missing",
        "wrong.yaml:5: date: 'June' is not a day",
        "wrong.yaml:5: article: its topic bridges was decided on line 4 already",
        "wrong.yaml:6: dates: an override has no such key; did you mean date?",
    ):
        assert line in output
    assert not (data / "overrides").exists()


@pytest.mark.parametrize("text", ["", "{}", "overrides:", "verdicts: []", "- a"], ids=repr)
def test_a_file_without_a_list_of_overrides_is_no_withdrawal(tmp_path: Path, data: Path, text: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    assert "odd.yaml:1" in run("topics", "override", path, "--data", data, code=2).output
