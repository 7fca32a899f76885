"""`vigie topics explain`, `evaluate` and `audit`, from the outside, on the sample feeds."""

from __future__ import annotations

import csv
import functools
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from runs import ask, ingest
from typer.testing import CliRunner, Result

from vigie.cli.topics import app
from vigie.matching import TopicSet, load_topics


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def run(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    return result.output


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command loads the topics, which takes a second: here they are loaded for all."""
    monkeypatch.setattr("vigie.matching.load_topics", lambda _paths=None: _shipped())


@functools.cache
def _shipped() -> TopicSet:
    return load_topics()


@pytest.fixture(scope="module")
def data(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited") / "data"
    sample = repository / "sample_data"
    ingest(folder, sample / "feeds", registry=sample / "sources.yaml")
    return folder


def test_explain_marks_the_words_and_says_why_topics_fire() -> None:
    out = run("explain", "Emmanuel Macron a reçu Vladimir Poutine à Versailles.", "--language", "fr")
    assert "[Macron]" in out
    assert "[Poutine]" in out
    assert "franco-russian-relations fires (strength" in out
    assert "✓" in out


def test_explain_names_the_topics_of_which_nothing_is_found() -> None:
    assert "Not considered, since no concept of their rules is found: " in run("explain", "Rain.", "--language", "en")


def test_explain_shows_the_whole_rule_of_one_topic() -> None:
    out = run("explain", "Rain.", "--topic", "syria", "--language", "en")
    assert "syria does not fire" in out
    assert "no `syria`" in out
    assert "franco" not in out


def test_explain_lets_no_text_steer_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\x1b[31mMacron\x07 spoke.", encoding="utf-8")
    out = run("explain", "--file", file, "--language", "en")
    assert "\x1b" not in out
    assert "\x07" not in out


def test_explain_finds_an_article_by_the_beginning_of_its_id(data: Path) -> None:
    [(article, title)] = ask(data, "SELECT article_id, title FROM articles WHERE language = 'fr' ORDER BY article_id LIMIT 1")
    out = run("explain", "--article", article[:12], "--data", data)
    assert title.split()[0].strip("«") in out.replace("[", "").replace("{", "")
    assert "Language fr." in out
    assert "no article of this dataset has that id" in refused("explain", "--article", "zz", "--data", data)


def test_explain_asks_for_exactly_one_thing() -> None:
    assert "name one thing to explain" in refused("explain")
    assert "name one thing to explain" in refused("explain", "text", "--article", "x")
    assert "there is no such topic" in refused("explain", "text", "--topic", "sirya")


def test_evaluate_prints_figures_with_intervals_and_no_others(repository: Path) -> None:
    out = run("evaluate", repository / "sample_data" / "gold.jsonl", "--errors", "2")
    assert "n = 9: too few" in out
    assert "invented outlets" in out
    assert "2 of " in out


def test_evaluate_stores_its_rows_where_they_can_be_asked_for(repository: Path, data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    out = tmp_path / "quality.parquet"
    for _ in range(2):
        run("evaluate", repository / "sample_data" / "gold.jsonl", "--data", copy, "--out", out)
    sql = (
        "SELECT count(*), count(DISTINCT topic_id), bool_and(precision_low <= precision) FROM quality"
        " WHERE language = 'all' AND gold = 'sample'"
    )
    assert ask(copy, sql) == [(11, 11, True)]
    assert set(pq.read_table(out).column("gold").to_pylist()) == {"sample"}


def code(sample: Path, copy: Path, answers: Sequence[bool], delimiter: str = ",") -> Path:
    with sample.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["item", "on_topic"])
        writer.writerows([row["item"], int(answer)] for row, answer in zip(rows, answers, strict=True))
    return copy


def test_audit_draws_a_blind_sample_and_reads_what_two_people_coded(data: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    out = run("audit", "--topic", "franco-russian-relations", "--data", data, "--n", "150", "--out", sample)
    assert "150 of " in out
    key = json.loads((tmp_path / "sample.key.json").read_text("utf-8"))
    with sample.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["item", "language", "title", "text", "on_topic", "note"]
    matched = [key["items"][row["item"]]["matched"] for row in rows]
    assert not matched[0] or not all(matched[: sum(matched)])  # Not sorted by what the matcher said …
    assert matched != sorted(matched, reverse=True)
    articles = [known["article_id"] for known in key["items"].values()]
    assert not any(row["item"] in article for row in rows for article in articles)  # … nor named by it.

    first = code(sample, tmp_path / "first.csv", matched, delimiter=";")
    second = code(sample, tmp_path / "second.csv", [answer != (i % 10 == 0) for i, answer in enumerate(matched)])
    told = run("audit", "--read", first, second, "--data", data)
    assert "counts as half on topic" in told
    [(n, differ, kappa, specificity, topic)] = ask(
        data, "SELECT n, disagreements, kappa, specificity, topic_id FROM audits WHERE language = 'all' AND control = 'all'"
    )
    assert (n, differ, topic) == (150, 15, "franco-russian-relations")
    assert 0 < kappa < 1
    assert 0.9 < specificity <= 1


def test_audit_draws_the_same_sample_for_the_same_seed(data: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run("audit", "--topic", "syria", "--data", data, "--n", "40", "--seed", seed, "--out", tmp_path / f"{name}.csv")
    a, b, c = ((tmp_path / f"{name}.csv").read_text("utf-8") for name in "abc")
    assert a == b
    assert a != c


def test_audit_overwrites_no_sample_and_names_what_is_wrong_with_a_coded_one(data: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    run("audit", "--topic", "syria", "--data", data, "--n", "40", "--out", sample)
    assert "is there already" in refused("audit", "--topic", "syria", "--data", data, "--out", sample)
    assert "40 of 40 items are not coded" in refused("audit", "--read", sample, sample, "--data", data)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("item,on_topic\nabc,maybe\n", encoding="utf-8")
    assert "wrong.csv:2: on_topic: `maybe` is neither 1 nor 0" in refused("audit", "--read", wrong, wrong, "--data", data)
    assert "give --topic T to draw a sample, or --read FILE FILE" in refused("audit")
