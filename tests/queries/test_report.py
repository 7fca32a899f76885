"""The report: one file that stands alone, says what is not known, and lets nothing that a feed wrote run or be fetched."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vigie.cli.app import run
from vigie.dashboard.report import compose
from vigie.dashboard.report_html import to_html
from vigie.dashboard.report_markdown import to_markdown
from vigie.errors import UsageError
from vigie.queries import Parameters
from vigie.queries.choices import topic_labels
from vigie.schemas import Claim, Evidence, Label, Panel

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script> Paris | [click](javascript:alert(1)) *bold*"
RELATIONS = Parameters(topic="relations")


KINDS = {
    "courrier": {"control": (Claim("RU"),), "independence": (Claim("state-controlled"),)},
    "gazette": {"control": (Claim("none"),), "independence": (Claim("private"),)},
}


def fill(dataset: Any) -> Any:
    dataset.topic()
    for source in ("gazette", "courrier"):
        dataset.source(source, **KINDS[source])
        dataset.watch(f"{source}/all", "2017-05-22", "2017-05-31")
    dataset.article("one", "gazette", "2017-05-23 10:00", topic="relations", title="Paris meets Moscow")
    dataset.article("two", "gazette", "2017-05-24 10:00", topic="relations", title="Paris again", text="[Video] Moscow too")
    in_text = Evidence("moscow", "any", "text", 8, 14, "Moscow")
    dataset.rows["matches"].append(dataclasses.replace(dataset.rows["matches"].pop(), evidence=(in_text,)))
    dataset.article("three", "courrier", "2017-05-24 11:00", topic="relations", title=HOSTILE, url="javascript:alert(2)")
    dataset.article("four", "courrier", "2017-05-25 11:00", title="Weather")
    return dataset


@pytest.fixture(scope="module")
def con(new_dataset: Callable[[], Any]) -> duckdb.DuckDBPyConnection:
    return fill(new_dataset()).open()


@pytest.fixture(scope="module")
def html(con: duckdb.DuckDBPyConnection) -> str:
    return to_html(compose(con, RELATIONS, language="en", made_at=NOW))


def test_the_file_fetches_nothing_and_runs_nothing(html: str) -> None:
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!https?://x\.example/|#)', html)
    assert "javascript:" not in re.sub(r"<mark>|</mark>", "", html).replace("[click](javascript:alert(1))", "")
    assert "default-src 'none'" in html


def test_a_hostile_title_is_shown_as_it_was_written(html: str) -> None:
    assert "&lt;script&gt;" in html


def test_words_that_counted_are_marked_in_the_title(html: str) -> None:
    assert '<a href="https://x.example/one" rel="noopener noreferrer"><mark>Paris</mark> meets Moscow</a>' in html


def test_words_that_counted_are_marked_in_the_text_whatever_brackets_it_has(html: str) -> None:
    assert "… [Video] <mark>Moscow</mark> too …" in html


def test_it_says_how_many_articles_there_are_and_when_it_was_made(html: str) -> None:
    assert "3 articles on this topic in 2 sources" in html
    assert "22\u00a0November\u00a02026, 12:00 UTC" in html


def test_each_chart_can_be_read_without_seeing_it(html: str) -> None:
    drawings = re.findall(r"<figure>.*?<svg ([^>]*)>", html, re.DOTALL)
    assert len(drawings) >= 4
    assert all('role="img"' in attributes and 'aria-label="' in attributes for attributes in drawings)


def test_days_that_no_poll_covered_are_said_to_be_unknown(dataset: Any) -> None:
    fill(dataset)
    asked = Parameters(topic="relations", since=date(2017, 5, 22), until=date(2017, 6, 10))
    written = to_markdown(compose(dataset.open(), asked, language="en", made_at=NOW))
    rows = [line for line in written.splitlines() if line.startswith("| 5 June 2017")]
    assert rows == ["| 5 June 2017 | – | unknown | – |", "| 5 June 2017 | – | – |"]  # in all, and by controlling state
    assert "| 24 May 2017 | 1 | 1 |" in written
    nothing = dataclasses.replace(asked, since=date(2016, 5, 22), until=date(2016, 6, 10))
    written = to_markdown(compose(dataset.open(), nothing, language="en", made_at=NOW))
    assert "How many articles there were on this topic is not known: no poll covers the period." in written
    assert "0 articles" not in written


def test_years_of_many_sources_are_told_in_words_where_no_eye_could_count_boxes(dataset: Any) -> None:
    fill(dataset)
    for number in range(10):
        dataset.source(f"source-{number}")
        dataset.watch(f"source-{number}/all", "2017-05-22", "2017-05-31")
    asked = Parameters(topic="relations", since=date(2012, 6, 1), until=date(2017, 5, 30))
    [unknown] = [section for section in compose(dataset.open(), asked, language="en", made_at=NOW).sections
                 if any("12 sources" in sentence for sentence in section.sentences)]  # fmt: skip
    assert unknown.blocks == ()


def test_markdown_takes_no_mark_from_a_title(con: duckdb.DuckDBPyConnection) -> None:
    written = to_markdown(compose(con, RELATIONS, language="en", made_at=NOW))
    assert "\\<script\\>" in written
    assert "](javascript:" not in written.replace("\\](javascript:", "")
    assert "](<https://x.example/one>)" in written


def test_markdown_keeps_the_spaces_beside_words_that_counted_and_calls_outlets_by_name(con: duckdb.DuckDBPyConnection) -> None:
    written = to_markdown(compose(con, RELATIONS, language="fr", made_at=NOW))
    assert "Gazette : [**Paris** meets Moscow](<https://x.example/one>)" in written
    assert "| Gazette | 2 |" in written
    assert "gazette" not in written.partition("## Ce qui n’est pas connu")[0]


def test_state_media_are_set_beside_independent_ones_with_an_interval(dataset: Any) -> None:
    written = to_markdown(compose(fill(dataset).open(), RELATIONS, language="en", made_at=NOW))
    assert "50.0% of what state-controlled sources published, 100.0% of what independent ones did" in written
    assert "the difference is -50.0 percentage points (95 % interval by day blocks:" in written


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Tone, framing and intent are not in these figures", "uncorrected matches")),
        ("fr", ("Le ton, le cadrage et l’intention ne sont pas dans ces chiffres", "correspondances non corrigées")),
    ],
)
def test_it_says_what_cannot_be_said(con: duckdb.DuckDBPyConnection, language: str, said: tuple[str, ...]) -> None:
    report = compose(con, RELATIONS, language=language, made_at=NOW)
    for written in (to_html(report), to_markdown(report)):
        assert all(sentence in written for sentence in said)


def test_it_speaks_french(con: duckdb.DuckDBPyConnection) -> None:
    written = to_html(compose(con, RELATIONS, language="fr", made_at=NOW))
    assert '<html lang="fr">' in written
    assert "Comment la couverture a évolué" in written
    assert "22\u00a0mai\u00a02017" in written


def test_its_title_is_the_topic_in_the_language_of_the_report(new_dataset: Callable[[], Any]) -> None:
    dataset = fill(new_dataset())
    labels = (Label("en", "Relations with Moscow"), Label("fr", "Relations avec Moscou"))
    [topic] = dataset.rows["topics"]
    dataset.rows["topics"] = [dataclasses.replace(topic, label="Relations with Moscow", labels=labels)]
    con = dataset.open()
    assert compose(con, RELATIONS, language="fr", made_at=NOW).title == "Relations avec Moscou"
    assert compose(con, RELATIONS, language="en", made_at=NOW).title == "Relations with Moscow"
    assert topic_labels(con, "ru") == {"relations": "Relations with Moscow"}


def test_the_commands_that_give_the_figures_again_are_told(con: duckdb.DuckDBPyConnection) -> None:
    written = to_markdown(compose(con, RELATIONS, language="en", made_at=NOW))
    assert "vigie query coverage --by day --topic relations --since 2017-05-22 --until 2017-05-30" in written


def test_a_report_over_a_panel_is_of_its_members_and_names_those_that_are_missing(con: duckdb.DuckDBPyConnection) -> None:
    panel = Panel("mine", "1", sources=("courrier", "elsewhere"))
    written = to_markdown(compose(con, dataclasses.replace(RELATIONS, panel=panel), language="en", made_at=NOW))
    assert "1 article on this topic in 1 source." in written
    assert "Paris meets Moscow" not in written
    assert "does not have, and over which nothing is shared: elsewhere." in written
    assert (
        "vigie query evidence --topic relations --since 2017-05-22 --until 2017-05-30 --scope lead --tz UTC --source courrier"
        in written
    )
    assert "--tz UTC --panel mine" in written


def test_a_report_without_a_topic_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="--topic"):
        compose(con, Parameters(), language="en", made_at=NOW)


def test_a_period_without_articles_makes_a_report_that_says_so(dataset: Any) -> None:
    dataset.topic()
    dataset.source("gazette")
    dataset.watch("gazette/all", "2017-05-22", "2017-05-31")
    written = to_html(compose(dataset.open(), RELATIONS, language="en", made_at=NOW))
    assert "None is known of in this period." in written


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--topic", "nonesuch"], "nonesuch"),
        (["--topic", "relations", "--since", "2017-05-30", "--until", "2017-05-23"], "2017-05-30"),
        (["--topic", "relations", "--panel", "nowhere"], "nowhere"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    dataset: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    data = fill(dataset).write()
    with pytest.raises(SystemExit) as ended:
        run(["report", "--data", str(data), "--out", str(tmp_path / "r.html"), *arguments])
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert not (tmp_path / "r.html").exists()


def test_the_command_writes_html_or_markdown_by_the_name_of_the_file(dataset: Any, tmp_path: Path) -> None:
    data = fill(dataset).write()
    for name, begins in (("r.html", "<!doctype html>"), ("r.md", "# Relations")):
        with pytest.raises(SystemExit) as ended:
            run(["report", "--data", str(data), "--topic", "relations", "--out", str(tmp_path / name)])
        assert not ended.value.code
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
