"""`vigie topics`: check, list, match, forms."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vigie.cli.topics import app
from vigie.errors import UsageError

TOPICS = """\
concepts:
  macron: {labels: {en: Macron}, terms: {all: [Macron]}}
topics:
  t: {labels: {en: T}, description: About him., languages: [en, fr], rule: macron}
"""


def run(*arguments: str | Path, stdin: str = "") -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(TOPICS)
    return path


def test_check_says_what_it_found_to_be_right(file: Path) -> None:
    assert "1 topics, 1 concepts, 1 strings searched for in en, fr: no faults" in run("check", file)
    assert "10 topics" in run("check")


def test_check_fails_with_every_fault_and_exit_code_2(file: Path) -> None:
    file.write_text(TOPICS.replace("rule: macron", "rule: makron"))
    with pytest.raises(
        UsageError, match=r"mine\.yaml:4: topics\.t\.rule: there is no concept `makron` \(did you mean `macron`\?\)"
    ):
        run("check", file)
    assert UsageError.exit_code == 2


def test_list_shows_topics_and_concepts(file: Path) -> None:
    assert "About him." in run("list", file)
    assert "macron" in run("list", file, "--concepts")


def test_match_answers_each_line_with_topics_and_evidence(file: Path) -> None:
    lines = [{"id": 1, "title": "Macron", "text": "", "language": "fr"}, {"id": "b", "text": "Nothing", "language": "en"}]
    out = run("match", "-", "--topics", file, stdin="\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = map(json.loads, out.splitlines())
    assert (first["id"], first["language"], first["confidence"]) == (1, "fr", None)
    (topic,) = first["topics"]
    assert (topic["topic"], topic["strength"], topic["lead"]) == ("t", 3.0, True)
    assert topic["evidence"] == [
        {"concept": "macron", "rule": "rule", "field": "title", "start": 0, "end": 6, "text": "Macron"}
    ]
    assert (second["id"], second["topics"]) == ("b", [])


def test_match_detects_the_language_where_none_is_given(file: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"id": 1, "title": "", "text": "Le président Macron a reçu hier plusieurs ministres à Paris."}))
    answer = json.loads(run("match", texts, "--topics", file))
    assert answer["language"] == "fr"
    assert answer["confidence"] > 0.5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "standard input:2: is not JSON"),
        ("[]", "standard input:2: each line is an object"),
        ('{"title": "x"}', "standard input:2: each line is an object"),
        ('{"id": 1, "text": 3}', "standard input:2: text: must be a text, not int"),
        ('{"id": 1, "languages": "fr"}', "languages: must be a list"),
        (
            '{"id": 1, "language": "kauderwelsch"}',
            "standard input:2: language: `kauderwelsch` names no language; write its ISO",
        ),
    ],
)
def test_match_names_a_line_that_it_cannot_read(file: Path, line: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run("match", "-", "--topics", file, stdin=f'{{"id": 0, "language": "en"}}\n{line}\n')


@pytest.mark.parametrize("given", ["fr-FR", "FR", "french", "fra", " fr "])
def test_match_understands_the_language_as_feeds_and_people_write_it(file: Path, given: str) -> None:
    line = json.dumps({"id": 1, "title": "Macron", "language": given})
    answer = json.loads(run("match", "-", "--topics", file, stdin=line))
    assert (answer["language"], answer["confidence"], len(answer["topics"])) == ("fr", None, 1)


def test_match_detects_a_language_that_is_given_as_blank(file: Path) -> None:
    line = json.dumps({"id": 1, "text": "Le président Macron a reçu hier plusieurs ministres à Paris.", "language": "  "})
    answer = json.loads(run("match", "-", "--topics", file, stdin=line))
    assert (answer["language"], len(answer["topics"])) == ("fr", 1)
    assert answer["confidence"] > 0.5


def test_match_runs_terms_of_all_languages_over_a_text_said_to_be_of_none(file: Path) -> None:
    answer = json.loads(run("match", "-", "--topics", file, stdin='{"id": 1, "title": "Macron", "language": "und"}'))
    assert (answer["language"], len(answer["topics"])) == ("und", 1)


def test_match_reads_lines_that_begin_with_a_byte_order_mark(file: Path, tmp_path: Path) -> None:
    line = '\ufeff{"id": 1, "title": "Macron", "language": "fr"}\n'
    texts = tmp_path / "texts.jsonl"
    texts.write_text(line, encoding="utf-8")
    for answer in (run("match", texts, "--topics", file), run("match", "-", "--topics", file, stdin=line)):
        assert len(json.loads(answer)["topics"]) == 1


def test_match_answers_the_lines_before_one_that_it_cannot_read(file: Path) -> None:
    lines = '{"id": "a", "title": "Macron", "language": "fr"}\n{"id": "b", "text": "Hier, le ministre."}\n{\n'
    result = CliRunner().invoke(app, ["match", "-", "--topics", str(file)], input=lines)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    assert "standard input:3: is not JSON" in str(result.exception)


def test_match_names_a_line_that_is_not_utf_8(file: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_bytes(b'{"id": 1, "language": "fr"}\n{"id": 2, "title": "\xe9"}\n')
    with pytest.raises(UsageError, match=r"texts\.jsonl:2: is not UTF-8 \(byte 20\)"):
        run("match", texts, "--topics", file)


def test_match_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        run("match", tmp_path / "none.jsonl")


def test_forms_are_written_as_a_topic_file(tmp_path: Path, file: Path) -> None:
    pytest.importorskip("pymorphy3", reason="pymorphy3: not installed, so no case forms can be generated")
    file.write_text(TOPICS.replace("[Macron]", "[Macron], ru: [{inflect: Версаль}]"))
    out = tmp_path / "forms.yaml"
    run("forms", file, "--out", out)
    assert "Версаль: версаль, версале, версалем, версалю, версаля" in out.read_text()
    assert "no faults" in run("check", tmp_path)


def test_forms_name_a_place_that_they_cannot_be_written_to(tmp_path: Path, file: Path) -> None:
    for out in (tmp_path / "none" / "forms.yaml", tmp_path):
        with pytest.raises(UsageError, match=r"--out .*: cannot be written .*; name a file in a folder you can write"):
            run("forms", file, "--out", out)
