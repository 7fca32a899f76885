"""`vigie sources`: data on stdout, words on stderr, exit codes that scripts can rest on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from vigie.cli.sources import app

BROKEN = "<opml>\n<body>\n<outline text='A & B' xmlUrl='https://a.example/rss'/>\n</body></opml>\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "list.opml"
    path.write_text(BROKEN)
    return path


def test_check_counts_the_shipped_registry():
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout.startswith("shipped registry: valid, ")


def test_check_of_a_wrong_file_tells_every_error_on_stderr_and_ends_with_2(tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n- id: a\n  name: A\n  feeds: []\n  colour: red\n- id: a\n  name: A\n  feeds: []\n")
    result = run("check", path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"{path}:5: colour: " in result.stderr
    assert f"{path}:6: id: 'a' is used on line 2 too" in result.stderr


def test_check_of_a_missing_file_is_one_line_and_ends_with_2(tmp_path):
    result = run("check", tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_list_prints_a_table_in_which_no_id_is_cut():
    result = run("list")
    assert result.exit_code == 0
    assert "novaya-gazeta-europe-ru" in result.stdout
    assert "state-controlled" in result.stdout


def test_list_as_csv_has_a_row_a_source_and_control_on_the_day_asked():
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(run("list", "--format", "csv", "--on", "2017-05-29").stdout))}
    assert rows["rt-fr"]["control"] == "RU"
    assert rows["moscow-times-en"]["independence"] == "private"
    now = {row["id"]: row for row in csv.DictReader(io.StringIO(run("list", "--format", "csv").stdout))}
    assert now["moscow-times-en"]["independence"] == "exile"
    assert now["echo-moskvy"]["control"] == ""


def test_list_as_json_holds_claims_and_feeds_whole():
    sources = {source["source_id"]: source for source in json.loads(run("list", "--format", "json").stdout)}
    assert sources["rt-fr"]["feeds"][0]["url"] == "https://francais.rt.com/rss"
    assert sources["echo-moskvy"]["controlling_state"][0]["valid_to"] == "2022-03-03"


def test_import_says_what_it_repaired_and_writes_yaml_that_check_accepts(broken, tmp_path):
    out = tmp_path / "sources.yaml"
    result = run("import-opml", broken, "--out", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"{broken}:3: text: bare & in the value: read as &amp;" in result.stderr
    assert run("check", out).exit_code == 0
    assert run("import-opml", broken).stdout == out.read_text()


def test_import_does_not_replace_a_file_unless_told(broken, tmp_path):
    out = tmp_path / "sources.yaml"
    out.write_text("mine")
    result = run("import-opml", broken, "--out", out)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert out.read_text() == "mine"
    assert run("import-opml", broken, "--out", out, "--force").exit_code == 0
    assert out.read_text() != "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.opml", "sources.yaml"]


def test_an_output_that_cannot_be_is_wrong_use(broken, tmp_path):
    result = run("import-opml", broken, "--out", tmp_path / "nowhere" / "sources.yaml")
    assert result.exit_code == 2
    assert "no such directory" in result.stderr


def test_export_prints_opml_that_import_takes(tmp_path):
    result = run("export-opml")
    assert result.exit_code == 0
    assert etree.fromstring(result.stdout.encode()).get("version") == "2.0"
    path = tmp_path / "all.opml"
    path.write_text(result.stdout, encoding="utf-8")
    assert run("check", path).exit_code == 0


@pytest.mark.parametrize("command", ["check", "list", "import-opml", "export-opml"])
def test_every_command_has_a_help(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "FILE" in result.stdout
