"""Frozen figures: computed again from the file alone, changes noticed, differences told."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from runs import ask, ingest
from typer.testing import CliRunner, Result

from vigie.cli.app import make_app
from vigie.figures import Figure, freeze, thaw
from vigie.pipelines.compact import compact
from vigie.queries import Parameters
from vigie.storage import Dataset

TOPIC = "franco-russian-relations"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def vigie(*arguments: object) -> Result:
    return CliRunner().invoke(make_app(["freeze", "thaw"]), [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def demo(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("figures") / "data"
    ingest(data, repository / "sample_data" / "feeds", registry=repository / "sample_data" / "sources.yaml")
    return data


@pytest.fixture(scope="module")
def frozen(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A figure of the demo; not to be changed."""
    out = tmp_path_factory.mktemp("frozen") / "figure.zip"
    result = vigie("freeze", "coverage", "--topic", TOPIC, "--by", "week", "--split", "control", "--data", demo, "--out", out)
    assert result.exit_code == 0, result.output
    assert "mark " in result.stdout
    return out


def change(path: Path, target: Path, member: str, content: bytes | None) -> Path:
    """A copy of a zip file with one member changed, added, or (None) left out."""
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        for name in {*before.namelist(), member}:
            if name != member:
                after.writestr(name, before.read(name))
            elif content is not None:
                after.writestr(name, content)
    return target


def test_a_figure_thaws_to_the_same_answer_where_the_dataset_is_no_more(frozen: Path) -> None:
    thawed = thaw(frozen)
    assert thawed.same
    assert thawed.code_differs == ()
    assert thawed.answer.table.num_rows > 3
    assert thawed.answer.parameters["by"] == "week"
    result = vigie("thaw", frozen)
    assert result.exit_code == 0
    assert "the same as when it was frozen" in result.stdout


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("syndication", {}),
        ("evidence", {"topic": TOPIC}),
        ("articles", {"concept": "emmanuel-macron", "backlog": True}),
        ("feed-health", {}),
        ("share-of-voice", {"topic": TOPIC, "sources": ("courrier-ys", "gazette-broceliande")}),
        ("before-after", {"topic": TOPIC, "event": datetime(2017, 5, 29, tzinfo=UTC).date(), "pre": 6, "post": 10}),
    ],
)
def test_questions_of_every_kind_can_be_frozen(demo: Path, tmp_path: Path, question: str, given: dict[str, object]) -> None:
    done = freeze(demo, Figure(question, Parameters(**given)), tmp_path / "f.zip", at=AT)  # type: ignore[arg-type]
    assert done.answer.table.num_rows > 0
    thawed = thaw(tmp_path / "f.zip")
    assert thawed.same
    assert thawed.mark == done.mark


def test_one_article_is_frozen_without_the_texts_of_others(demo: Path, tmp_path: Path) -> None:
    [(article, source)] = ask(demo, "SELECT article_id, source_id FROM articles ORDER BY published_at LIMIT 1")
    assert freeze(demo, Figure("article", Parameters(article=article)), tmp_path / "f.zip", at=AT).articles == 1
    assert thaw(tmp_path / "f.zip").same
    with zipfile.ZipFile(tmp_path / "f.zip") as packed:
        packed.extractall(tmp_path)
    assert ask(tmp_path / "data", "SELECT DISTINCT source_id FROM stored.articles") == [(source,)]


def test_articles_of_a_comparison_are_those_of_all_it_compares_in_its_windows(demo: Path, tmp_path: Path) -> None:
    event = {"event": datetime(2017, 5, 30, tzinfo=UTC).date(), "pre": 3, "post": 3, "sources": ("courrier-ys",)}
    frozen = freeze(demo, Figure("before-after", Parameters(topic=TOPIC, **event)), tmp_path / "f.zip", at=AT)  # type: ignore[arg-type]
    with zipfile.ZipFile(frozen.path) as packed:
        rows = list(csv.DictReader(packed.read("articles.csv").decode().splitlines()))
    assert len({row["source_id"] for row in rows}) > 1
    assert {row["published_at"][:10] for row in rows if row["published_at"]} <= {
        f"2017-05-{day}" for day in (27, 28, 29, 30, 31)
    } | {"2017-06-01"}


def test_the_file_holds_what_a_reader_needs_and_no_texts_that_the_figure_does_not(frozen: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(frozen) as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read("manifest.json"))
        articles = packed.read("articles.csv").decode().splitlines()
        packed.extractall(tmp_path)
    assert {
        "manifest.json",
        "answer.json",
        "articles.csv",
        "sources.yaml",
        "topics.yaml",
        "sql/coverage.sql",
        "sql/_views.sql",
    } <= names
    assert manifest["figure"]["parameters"]["topic"] == TOPIC
    assert manifest["computed_with"]["panel"]
    assert articles[0].replace('"', "") == "source_id,published_at,fetched_at,title,url,article_id,revision_hash"
    assert len(articles) > 20
    assert ask(tmp_path / "data", "SELECT count(*), max(length(text)) FROM articles")[0][1] == 0


def test_the_same_figure_is_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    figure = Figure("top-sources", Parameters(topic=TOPIC))
    for name in ("a.zip", "b.zip"):
        freeze(demo, figure, tmp_path / name, at=AT)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    ("member", "content", "says"),
    [
        ("answer.parquet", b"PAR1", "answer.parquet was changed since the figure was frozen"),
        ("sql/coverage.sql", b"SELECT 1", "sql/coverage.sql was changed"),
        ("articles.csv", None, "articles.csv is missing"),
        ("data/more.parquet", b"", "data/more.parquet was put into it"),
        ("manifest.json", b"{}", "manifest.json cannot be read"),
        ("manifest.json", None, "has no manifest.json"),
    ],
)
def test_what_was_changed_in_the_file_is_named(
    frozen: Path, tmp_path: Path, member: str, content: bytes | None, says: str
) -> None:
    result = vigie("thaw", change(frozen, tmp_path / "changed.zip", member, content))
    assert result.exit_code in (1, 2)
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_cut_off_or_damaged_within_is_told_in_one_line(frozen: Path, tmp_path: Path) -> None:
    whole = frozen.read_bytes()
    with zipfile.ZipFile(frozen) as packed:
        starts = [member.header_offset + len(member.filename) + 30 for member in packed.infolist()]
    for damaged in (whole[:5_000], *(whole[:start] + b"\xff" * 9 + whole[start + 9 :] for start in starts[:3])):
        (tmp_path / "damaged.zip").write_bytes(damaged)
        result = vigie("thaw", tmp_path / "damaged.zip")
        assert result.exit_code == 1
        assert "is damaged or no zip file" in result.stderr


def test_a_dataset_that_has_grown_is_told_apart(frozen: Path, demo: Path, repository: Path, tmp_path: Path) -> None:
    assert thaw(frozen, demo).same
    feeds = tmp_path / "feeds"
    shutil.copytree(repository / "sample_data" / "feeds", feeds)
    lines = (feeds / "polls.jsonl").read_text(encoding="utf-8").splitlines()
    (feeds / "polls.jsonl").write_text("\n".join(line for line in lines if "2017-06-0" not in line), encoding="utf-8")
    ingest(tmp_path / "less", feeds, registry=repository / "sample_data" / "sources.yaml")
    result = vigie("thaw", frozen, "--data", tmp_path / "less")
    assert result.exit_code == 1
    assert "answer:  the same" in result.stdout
    assert "data:    differs" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("freeze", "covrage", "--out", "x.zip"), "did you mean coverage?"),
        (("freeze", "coverage", "--out", "x.tar"), "is a zip file"),
        (("freeze", "coverage", "--out", "nowhere/x.zip"), "the folder nowhere does not exist"),
        (("freeze", "coverage", "--tpoic", "x", "--out", "x.zip"), "No such option: --tpoic"),
        (("freeze", "coverage", "--format", "csv", "--out", "x.zip"), "--format: is for `vigie query`"),
        (("freeze", "coverage", "--topic", "nonsense", "--out", "x.zip"), "no topic of this dataset"),
        (("thaw", "missing.zip"), "missing.zip: no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_use_is_told_in_one_line(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIGIE_DATA", str(demo))
    result = vigie(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_figure_of_compacted_data_is_the_same_and_thaws(demo: Path, frozen: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo, data)
    assert compact(Dataset(data)).written > 0
    figure = Figure("coverage", Parameters(topic=TOPIC, by="week", split="control"))
    kept = freeze(data, figure, tmp_path / "figure.zip", at=AT)
    assert kept.answer.table.to_pylist() == thaw(frozen).answer.table.to_pylist()
    assert thaw(kept.path).same


def test_a_file_that_is_there_is_not_written_over(demo: Path, frozen: Path) -> None:
    before = frozen.read_bytes()
    result = vigie("freeze", "coverage", "--data", demo, "--out", frozen)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert frozen.read_bytes() == before
