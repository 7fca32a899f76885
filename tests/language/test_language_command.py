"""`vigie language`: one text a line in; language, confidence and second language out."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from vigie.cli.language import language

APP = typer.Typer()
APP.command()(language)


def test_each_line_gets_a_language_and_a_confidence(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text(
        "Le président a reçu la presse hier soir\n\nПереговоры длились дольше, чем планировалось\n", encoding="utf-8"
    )
    result = CliRunner().invoke(APP, [str(file)])
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == ["fr", "und", "ru"]
    assert float(rows[0][1]) > 0.9
    assert float(rows[1][1]) == 0


def test_the_second_language_of_a_line_stands_in_the_third_column(tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text(
        "Министр ответил журналистам по-французски: « nous ne voulons pas de cette guerre ». Он вышел.\nJust text\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(APP, [str(file)])
    assert [line.split("\t")[0::2] for line in result.stdout.splitlines()] == [["ru", "fr"], ["en", ""]]


def test_a_dash_reads_standard_input_even_with_broken_bytes() -> None:
    result = CliRunner().invoke(APP, ["-"], input=b"The talks were \xff described as frank by both sides")
    assert result.stdout.startswith("en\t")


def test_a_missing_file_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(APP, [str(tmp_path / "none.txt")])
    assert result.exit_code == 2
    assert "none.txt: cannot be read" in result.stderr
    assert "Traceback" not in result.stderr
