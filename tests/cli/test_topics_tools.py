"""`vigie topics explain`, `evaluate` and `audit`, from the outside, on the sample feeds."""

from __future__ import annotations

import csv
import functools
import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from runs import ask, ingest
from typer.testing import CliRunner, Result

from vigie.cli.topics import app
from vigie.matching import TopicSet, load_topics
from vigie.storage import Dataset


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


def test_explain_goes_by_the_topics_that_an_articles_dataset_is_under(data: Path, tmp_path: Path) -> None:
    copy, mine = tmp_path / "data", tmp_path / "mine.yaml"
    shutil.copytree(data, copy)
    mine.write_text(
        "concepts: {le: {labels: {en: LE}, terms: {all: [le, la, une]}}}\n"
        "topics: {articles: {labels: {en: Articles}, description: d, languages: [fr], rule: le}}\n"
    )
    own = load_topics([mine], lint=False)
    Dataset(copy).write_version("topics", own.records(), version=own.version, at=datetime(2030, 1, 1, tzinfo=UTC))
    [(article,)] = ask(copy, "SELECT article_id FROM articles WHERE language = 'fr' ORDER BY article_id LIMIT 1")
    out = run("explain", "--article", article, "--data", copy)
    assert f"Topics version {own.version}, the dataset's own. Language fr." in out
    assert "articles fires" in out
    assert "franco" not in out
    shipped = run("explain", "Rain.", "--language", "EN", "--data", copy)
    assert f"Topics version {_shipped().version}, vigie's own. Language en." in shipped


def test_explain_understands_the_language_as_people_write_it() -> None:
    for given in ("FR", "fr-FR", "french"):
        assert "franco-russian-relations fires" in run("explain", "Macron a reçu Poutine.", "--language", given)
    assert "--language: `kauderwelsch` names no language" in refused("explain", "Macron.", "--language", "kauderwelsch")


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
    assert out.split()[-2:] == ["--data", str(data)]
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
    assert "15 items were coded differently: 15 count as half on topic" in told
    [(n, differ, kappa, specificity, topic)] = ask(
        data,
        "SELECT n, disagreements, kappa, specificity, topic_id FROM audits WHERE language = 'all' AND control = 'all'",
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
    copy = tmp_path / "copy.csv"
    copy.write_bytes(sample.read_bytes())
    assert "40 of 40 items are not coded" in refused("audit", "--read", sample, copy, "--data", data)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("item,on_topic\nabc,maybe\n", encoding="utf-8")
    assert "wrong.csv:2: on_topic: `maybe` is neither 1 nor 0" in refused("audit", "--read", wrong, copy, "--data", data)
    assert "give --topic T to draw a sample, or --read FILE FILE" in refused("audit")


def drawn(data: Path, folder: Path) -> tuple[Path, Path, Path]:
    """A sample of 40, and what two people coded, who differ on the first four."""
    sample = folder / "sample.csv"
    run("audit", "--topic", "syria", "--data", data, "--n", "40", "--out", sample)
    first = code(sample, folder / "first.csv", [True] * 40)
    return sample, first, code(sample, folder / "second.csv", [False] * 4 + [True] * 36)


def settle(first: Path, file: Path, answers: Sequence[str]) -> Path:
    """A file that codes the first items of another one."""
    lines = first.read_text("utf-8").split()[1:]
    coded = [f"{line.partition(',')[0]},{answer}" for line, answer in zip(lines, answers, strict=False)]
    file.write_text("\n".join(["item,on_topic", *coded]), encoding="utf-8")
    return file


def test_audit_says_how_many_disagreements_a_third_file_settled_and_how_many_count_half(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    _, first, second = drawn(copy, tmp_path)
    asked = "SELECT settled, positives FROM audits WHERE topic_id = 'syria' AND language = 'all' AND control = 'all'"
    for answers, says, stored in (
        ("0", "4 items were coded differently: 1 as the two agreed, 3 count as half on topic.", (False, 37.5)),
        ("0000", "4 items were coded differently: 4 as the two agreed, 0 count as half on topic.", (True, 36.0)),
        ("1111", "4 as the two agreed", (True, 40.0)),
    ):
        third = settle(first, tmp_path / "third.csv", answers)
        assert says in run("audit", "--read", first, second, "--settled", third, "--data", copy)
        assert ask(copy, asked) == [stored]


def test_audit_writes_the_items_on_which_two_differ_to_be_settled(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    _, first, second = drawn(copy, tmp_path)
    differing = tmp_path / "differing.csv"
    told = invoke("audit", "--read", first, second, "--differing", differing, "--data", copy)
    assert f"--settled {differing}" in told.output.replace("\n", "")
    with differing.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with first.open(encoding="utf-8-sig", newline="") as file:
        coded = [row["item"] for row in csv.DictReader(file)]
    assert [row["item"] for row in rows] == coded[:4]
    assert {(row["on_topic"], row["note"]) for row in rows} == {("", "1 / 0")}
    differing.write_text(differing.read_text("utf-8-sig").replace(",,1 / 0", ",oui,1 / 0"), encoding="utf-8")
    assert "4 as the two agreed" in run("audit", "--read", first, second, "--settled", differing, "--data", copy)
    assert "is there already" in refused("audit", "--read", first, second, "--differing", differing, "--data", copy)
    assert "belong to --read" in refused("audit", "--topic", "syria", "--differing", differing, "--data", copy)


def test_audit_takes_no_file_as_settled_that_settles_nothing(data: Path, tmp_path: Path) -> None:
    sample, first, second = drawn(data, tmp_path)
    read = ("audit", "--read", first, second, "--data", data, "--settled")
    assert "codes none of the 4 items on which the two differ; write 1 or 0 for these" in refused(*read, sample)
    other = tmp_path / "other.csv"
    other.write_text("item,on_topic\nffffffffff,1\n", encoding="utf-8")
    assert "item ffffffffff is not of this audit" in refused(*read, other)
    against = settle(first, tmp_path / "against.csv", "00000")
    assert "both coded it 1, here it is 0; see which file is right" in refused(*read, against)


def test_audit_is_stored_only_where_its_sample_was_drawn(data: Path, tmp_path: Path) -> None:
    _, first, second = drawn(data, tmp_path)
    nowhere = tmp_path / "nowhere"
    told = refused("audit", "--read", first, second, "--data", nowhere)
    assert "holds no articles; name the dataset that the sample was drawn from" in told
    assert not nowhere.exists()
    other = tmp_path / "other"
    shutil.copytree(data, other)
    for file in (other / "topics").iterdir():
        file.rename(file.with_name(f"{file.stem[:-4]}0000.parquet"))
    assert "was never matched under topics version" in refused("audit", "--read", first, second, "--data", other)


def test_audit_is_not_read_from_one_persons_file_given_twice(data: Path, tmp_path: Path) -> None:
    _, first, _ = drawn(data, tmp_path)
    assert "is given twice" in refused("audit", "--read", first, first, "--data", data)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(first.read_bytes())
    told = invoke("audit", "--read", first, copy, "--data", data)
    assert (told.exit_code, "byte for byte the same" in told.stderr) == (0, True)


def test_audit_refuses_a_key_that_was_altered(data: Path, tmp_path: Path) -> None:
    _, first, second = drawn(data, tmp_path)
    key = tmp_path / "sample.key.json"
    changed = json.loads(key.read_text("utf-8"))
    changed["strata"].popitem()
    key.write_text(json.dumps(changed), encoding="utf-8")
    assert "sample.key.json: was altered since the sample was drawn" in refused(
        "audit", "--read", first, second, "--data", data
    )
