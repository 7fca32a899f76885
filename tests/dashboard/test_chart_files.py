"""Files that leave the house say what was asked, of which data, and when."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from PIL import Image

from vigie.dashboard.chart_files import caption, provenance, to_commented_csv, to_png, to_svg
from vigie.dashboard.charts import Look, bars_chart
from vigie.queries import Answer, load_question

MADE_AT = datetime(2017, 6, 12, 8, 30, tzinfo=UTC)


def answer_of(rows: list[dict[str, Any]]) -> Answer:
    parameters = {"topic": "elections", "since": date(2017, 5, 29), "sources": ["a", "b"]}
    note = "Uncorrected matches.\nTwo lines."
    return Answer("coverage", load_question("coverage"), parameters, "abc123", pa.Table.from_pylist(rows), (note,))


@pytest.fixture
def answer() -> Answer:
    return answer_of([{"split": "gazette", "articles": 3}])


def test_csv_begins_with_what_it_is_and_stays_csv(answer: Answer) -> None:
    text = to_commented_csv(answer, MADE_AT).decode()
    comments = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    assert comments["query"] == "coverage"
    assert '"topic": "elections"' in comments["parameters"]
    assert comments["data version"] == "abc123"
    assert comments["made at"] == "2017-06-12T08:30:00Z"
    assert comments["note 1"] == "Uncorrected matches. Two lines."
    table = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert table == [{"split": "gazette", "articles": "3"}]


def test_title_that_a_spreadsheet_would_run_is_disarmed() -> None:
    text = to_commented_csv(answer_of([{"title": '=HYPERLINK("http://bad.example")'}]), MADE_AT).decode()
    assert text.splitlines()[-1].startswith("\"'=HYPERLINK")


def test_png_carries_query_filters_version_and_time_and_what_its_marks_mean(answer: Answer, tmp_path: Any) -> None:
    look = Look()
    chart = bars_chart(answer.table.to_pylist(), look, value="articles")
    path = tmp_path / "chart.png"
    path.write_bytes(to_png(chart, answer, look, title="Élections", made_at=MADE_AT))
    with Image.open(path) as image:
        image.verify()
    with Image.open(path) as image:
        image.load()
        assert image.text["query"] == "coverage"
        assert image.text["Title"] == "Élections"
        assert '"since": "2017-05-29"' in image.text["parameters"]
        assert image.text["data version"] == "abc123"
        assert image.text["made at"] == "2017-06-12T08:30:00Z"
        height = image.height
    legend = "Hatched: days that polls did not wholly cover. " * 4
    path.write_bytes(to_png(chart, answer, look, title="Élections", legend=legend, made_at=MADE_AT))
    with Image.open(path) as image:
        assert image.height > height  # two lines more


def test_caption_says_what_was_asked_of_which_data_in_the_language_of_the_page(answer: Answer) -> None:
    english, french = (caption(answer, Look(language), provenance(answer, MADE_AT)).splitlines() for language in ("en", "fr"))
    assert english[0] == french[0]
    assert english[0].startswith("coverage: ") and "topic=elections" in english[0]
    assert english[-1].startswith("data version abc123") and english[-1].endswith("2017-06-12T08:30:00Z")
    assert french[-1].startswith("version des données abc123")


def test_long_names_are_whole_on_paper_in_any_script() -> None:
    names = ["Волноград Интернешнл", "Observatoire des affaires européennes"]
    look = Look()
    svg = to_svg(bars_chart([{"split": name, "articles": 3} for name in names], look, value="articles"), look)
    assert [name for name in names if name not in svg] == []


def test_svg_has_title_and_caption_and_needs_no_network(answer: Answer) -> None:
    chart = bars_chart(answer.table.to_pylist(), Look(), value="articles")
    svg = to_svg(chart, Look(), title="Voices & <shares>", caption="data version abc123")
    assert "Voices &amp; &lt;shares&gt;" in svg
    assert "data version abc123" in svg
    assert "href" not in svg
