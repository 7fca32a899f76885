"""`vigie query` and `vigie sql`: what the user types and sees."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from vigie.cli import query as commands
from vigie.cli.chart import draw_chart
from vigie.cli.render import print_answer
from vigie.schemas import Claim

app = typer.Typer()
app.command("query")(commands.query)
app.command("sql")(commands.sql)


@pytest.fixture
def data(dataset):
    """Days that were covered, in part and not at all, and an article with a hostile title."""
    dataset.topic()
    dataset.source("alpha", "fr")
    dataset.watch("alpha/all", "2017-05-22", "2017-05-24")
    dataset.poll("alpha/all", "2017-05-25", anchor=False)
    dataset.watch("alpha/all", "2017-05-26", "2017-05-27")
    hostile = '\x1b[2J[red]Paris[/]\u202e <script>,"x"\nnext'
    dataset.article("x", "alpha", "2017-05-22", topic="relations", title=hostile)
    dataset.article("y", "alpha", "2017-05-24", topic="relations", language="en")
    dataset.finish_run("2017-05-27")
    return dataset.write()


def run(*arguments: object, code: int = 0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def test_the_list_names_each_question_with_what_it_answers_and_takes():
    text = run("query", "--list").stdout
    assert "coverage\n    How much was published on a topic" in text
    assert "--topic --concept --scope --since --until --by --split --source --panel --backlog --overrides --tz" in text


def test_a_trend_is_a_table_with_a_chart_and_notes(data):
    text = run("query", "coverage", "--topic", "relations", "--data", data).stdout
    assert "2017-05-22" in text
    assert "relations: articles a day" in text
    assert "? not covered: unknown, not zero" in text
    assert "Panel" in text or "No panel" in text
    assert "Uncorrected matches" in text


@pytest.mark.parametrize("form", ["table", "csv", "json"])
@pytest.mark.parametrize("question", ["coverage", "articles"])
def test_an_answer_in_words_and_figures_loads_neither_arrow_nor_numpy(data, question, form):
    code = (
        "import atexit, sys; from vigie.cli.app import run; heavy = {'apache_beam', 'numpy', 'pyarrow', 'pydantic', 'pytz'}; "
        "atexit.register(lambda: print('loaded', sorted(heavy & set(sys.modules)), file=sys.stderr)); run(sys.argv[1:])"
    )
    asked = ["query", question, "--data", str(data), "--format", form]
    done = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True)
    assert "2017-05-22" in done.stdout
    assert "loaded []" in done.stderr


def test_the_chart_marks_what_was_not_covered_and_draws_it_apart_from_none(dataset, data):
    answer = dataset.ask("coverage", topic="relations", since="2017-05-22", until="2017-05-28")
    bars, marks = draw_chart(answer, 60).splitlines()[6:8]
    assert bars.split("│")[1] == "██ ── ██ ── ──"
    assert marks.split("│")[1] == "      ~~       ?? ??"
    assert draw_chart(answer, 60, plain=True).isascii()


def test_a_series_longer_than_the_terminal_shows_its_end_and_says_so(dataset, data):
    answer = dataset.ask("coverage", topic="relations", since="2017-03-01", until="2017-05-27")
    lines = draw_chart(answer, 40).splitlines()
    assert "the last" in lines[0]
    assert max(len(line) for line in lines if "│" in line) <= 40


def test_nothing_but_a_trend_has_a_chart(dataset, data):
    assert draw_chart(dataset.ask("articles", topic="relations"), 80) == ""


def test_a_hostile_title_neither_steers_the_terminal_nor_is_read_as_markup(dataset, data):
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    print_answer(dataset.ask("articles", topic="relations"), console)
    text = console.file.getvalue()
    assert "[red]Paris[/]" in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


def test_evidence_reads_as_article_link_rule_and_words_in_brackets(data):
    text = run("query", "evidence", "--topic", "relations", "--data", data).stdout
    assert (
        "2017-05-24  alpha  Paris and Moscow\n  https://x.example/y\n    title 0–5  relations: any\n      [Paris] and" in text
    )


def test_on_a_narrow_terminal_figures_are_not_broken(dataset, data):
    console = Console(file=io.StringIO(), width=80)
    print_answer(dataset.ask("coverage", topic="relations", split="language"), console)
    lines = console.file.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any("2017-05-22" in line and "covered" in line and "1 · 0 · 0" in line for line in lines)


def test_csv_is_rows_alone_and_its_notes_are_on_stderr(data):
    result = run("query", "articles", "--topic", "relations", "--data", data, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["day"] for row in rows] == ["2017-05-22", "2017-05-24"]
    assert rows[0]["title"].startswith("\x1b[2J[red]Paris[/]")
    assert rows[0]["published_at"] == "2017-05-22T00:00:00Z"
    assert rows[0]["backlog"] == "false"
    assert "Data version" in result.stderr
    assert "topic=relations" in result.stderr


def test_a_title_that_a_spreadsheet_would_run_is_disarmed_in_csv_and_kept_in_json(dataset):
    dataset.source("alpha", "fr")
    dataset.watch("alpha/all", "2017-05-22", "2017-05-24")
    for number, title in enumerate(("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "plain = text")):
        dataset.article(f"x{number}", "alpha", f"2017-05-22 0{number}:00", title=title)
    dataset.finish_run("2017-05-24")
    folder = dataset.write()
    text = run("query", "articles", "--data", folder, "--format", "csv").stdout
    titles = [row["title"] for row in csv.DictReader(io.StringIO(text))]
    assert titles == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(A1)", "plain = text"]
    rows = json.loads(run("query", "articles", "--data", folder, "--format", "json").stdout)["rows"]
    assert [row["title"] for row in rows][:2] == ["=HYPERLINK(1)", "+1"]


def test_a_difference_is_one_column_with_its_interval_on_a_terminal_and_three_in_a_file(data, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    asked = ("query", "before-after", "--topic", "relations", "--data", data, "--event", "2017-05-24", "--pre", 2, "--post", 2)
    text = run(*asked).stdout
    assert "difference low" not in text
    assert "trend before" in text
    row = json.loads(run(*asked, "--format", "json").stdout)["rows"][0]
    assert {"difference", "difference_low", "difference_high", "log_ratio"} <= set(row)


def test_an_interval_reads_as_figure_and_bounds(dataset):
    dataset.topic()
    dataset.source("alpha", "fr", control=(Claim("RU"),), independence=(Claim("state-controlled"),))
    dataset.source("beta", "fr", control=(Claim("none"),), independence=(Claim("private"),))
    for source in ("alpha", "beta"):
        dataset.watch(f"{source}/all", "2017-05-15", "2017-05-29")
        for day in range(15, 29):
            for number in range(2):
                topic = "relations" if number == 0 and source == "alpha" else None
                dataset.article(f"{source}{day}{number}", source, f"2017-05-{day}", topic=topic)
    dataset.finish_run("2017-05-29")
    console = Console(file=io.StringIO(), width=120)
    print_answer(dataset.ask("state-against-independent", topic="relations"), console)
    assert "0.50 [0.50, 0.50]" in console.file.getvalue()


def test_a_panel_may_be_one_of_vigies_by_its_name_and_an_event_needs_its_day(data):
    wrong = run("query", "coverage", "--data", data, "--panel", "french-press", code=2)
    assert "panel french-press: this dataset has none of its members (le-monde, " in wrong.stderr
    assert "did you mean french-press?" in run("query", "coverage", "--data", data, "--panel", "french-pres", code=2).stderr
    assert "--event YYYY-MM-DD" in run("query", "before-after", "--data", data, "--topic", "relations", code=2).stderr


def test_any_question_can_be_asked_of_what_was_known_on_a_day(data):
    text = run("query", "coverage", "--topic", "relations", "--data", data, "--as_of", "2017-05-23").stdout
    assert "As known by 2017-05-24 00:00 UTC" in text
    assert "2017-05-24" not in text.replace("2017-05-24 00:00", "")


def test_days_can_be_cut_in_another_zone(data):
    text = run("query", "coverage", "--topic", "relations", "--data", data, "--tz", "Europe/Paris").stdout
    assert "days cut in Europe/Paris" in text


def test_every_share_is_in_per_cent(data):
    text = run("query", "what-moved", "--data", data, "--since", "2017-05-23", "--until", "2017-05-23").stdout
    [row] = [line for line in text.splitlines() if "│ relations " in line]
    assert [cell.strip() for cell in row.split("│")][6] == "100.0%"


def test_json_says_what_it_is(data):
    text = run("query", "coverage", "--topic", "relations", "--data", data, "--format", "json", "--by", "week").stdout
    answer = json.loads(text)
    meta = answer["meta"]
    assert meta["query"] == "coverage"
    assert meta["parameters"]["since"] == "2017-05-22"
    assert meta["parameters"]["by"] == "week"
    assert meta["data_version"]
    assert meta["notes"]
    assert set(answer["rows"][0]) == set(meta["columns"])
    assert answer["rows"][0]["articles"] == 2


def test_parquet_says_what_it_is(data, tmp_path):
    out = tmp_path / "coverage.parquet"
    run("query", "coverage", "--topic", "relations", "--data", data, "--out", out)
    table = pq.read_table(out)
    assert table.num_rows > 0
    assert table.schema.metadata[b"vigie.query"] == b"coverage"
    assert json.loads(table.schema.metadata[b"vigie.parameters"])["topic"] == "relations"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "coverge"], "did you mean coverage"),
        (["query"], "no question was asked"),
        (["query", "coverage", "--data", "nowhere"], "nowhere: there is no such folder"),
        (["query", "coverage", "--since", "yesterday"], "--since yesterday: is no day; write it as YYYY-MM-DD"),
        (["query", "coverage", "--data", "{data}", "--topic", "relation"], "did you mean relations?"),
        (["query", "coverage", "--data", "{data}", "--format", "parquet"], "name a file with --out"),
        (["query", "coverage", "--data", "{data}", "--out", "{data}/x.xlsx"], "spreadsheets open CSV"),
        (["query", "coverage", "--data", "{data}", "--out", "{data}/no/where.csv"], "where.csv: cannot be written"),
        (
            ["query", "coverage", "--data", "{data}", "--as_of", "2001-01-01"],
            "had been collected by 2001-01-02 00:00 UTC; give",
        ),
        (["query", "evidence", "--data", "{data}", "--article", "none-such"], "no article of this dataset has that id"),
        (["query", "article", "--data", "{data}", "--article", "none-such"], "no article of this dataset has that id"),
        (["sql", "DROP VIEW articles", "--data", "{data}"], "only one statement that reads"),
        (["sql", "SELECT DATE 'infinity' AS d", "--data", "{data}"], "d: holds days beyond the years 1 to 9999"),
        (
            ["query", "before-after", "--event", "2017-05-23", "--seed", "-1", "--data", "{data}"],
            "--seed -1: is no seed; give a whole number, 0 or more",
        ),
    ],
)
def test_wrong_use_is_one_line_and_code_2(data, arguments, words):
    result = run(*(argument.format(data=data) for argument in arguments), code=2)
    assert result.stderr.startswith("vigie: ")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_columns_of_a_statement_keep_their_names_and_two_of_one_name_are_told_apart(data):
    statement = (
        "SELECT a.source_id, f.source_id, 1 AS covered_days FROM articles AS a, feeds AS f RIGHT JOIN (SELECT 1) ON true"
    )
    shown = run("sql", statement, "--data", data).stdout
    assert "source_id_1" in shown
    assert "covered_days" in shown
    [row] = json.loads(run("sql", "SELECT 1 AS a, 2 AS a, 3 AS a_1; -- é;", "--data", data, "--format", "json").stdout)["rows"]
    assert row == {"a": 1, "a_1": 2, "a_1_1": 3}


def test_a_panel_is_read_from_its_file(data, tmp_path):
    panel = tmp_path / "panel.yaml"
    panel.write_text('id: mine\nversion: "1"\nlabel: Mine\nsources:\n- alpha\n')
    text = run("query", "share-of-voice", "--topic", "relations", "--data", data, "--panel", panel, "--format", "json").stdout
    assert json.loads(text)["meta"]["parameters"]["panel_id"] == "mine"


def test_the_data_folder_may_come_from_the_environment(data, monkeypatch):
    monkeypatch.setenv("VIGIE_DATA", str(data))
    assert json.loads(run("sql", "SELECT count(*) AS n FROM articles", "--format", "json").stdout)["rows"] == [{"n": 2}]


def test_a_question_imports_neither_beam_nor_the_parsers():
    code = (
        "import sys, vigie.queries, vigie.cli.query, vigie.cli.render;"
        "print([m for m in ('apache_beam', 'feedparser', 'langdetect', 'lxml', 'yaml') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
