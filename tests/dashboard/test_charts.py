"""Charts from rows: what is not known is not drawn as zero, and every chart can be read without seeing it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import vl_convert

from vigie.dashboard.charts import (
    MAX_SERIES,
    Look,
    bars_chart,
    days_chart,
    describe_trend,
    intervals_chart,
    matrix_chart,
    spread_chart,
    trend_chart,
)
from vigie.locales import day_text, number_text, share_text


def trend_row(day: str | None, articles: int | None, state: str = "covered", split: str = "all", **more: Any) -> dict[str, Any]:
    days = {"covered": (2, 0, 0), "partial": (1, 1, 0), "unknown": (0, 0, 2)}[state]
    return {
        "bucket": date.fromisoformat(day) if day else None,
        "split": split,
        "articles": articles,
        "state": state,
        **dict(zip(("covered_days", "partial_days", "unknown_days"), days, strict=True)),
        "share_of_output": None if state == "unknown" else 0.5,
        "share_days": 1,
        **more,
    }


ROWS = [
    trend_row("2017-05-28", 3),
    trend_row("2017-05-29", 7, "partial"),
    trend_row("2017-05-30", None, "unknown"),
    trend_row("2017-05-31", 0),
]


def spec_data(chart: Any) -> list[list[dict[str, Any]]]:
    return list(chart.to_dict()["datasets"].values()) if "datasets" in chart.to_dict() else _inline(chart.to_dict())


def _inline(spec: Any) -> list[list[dict[str, Any]]]:
    found = [spec["data"]["values"]] if "data" in spec else []
    for layer in spec.get("layer", ()):
        found += _inline(layer)
    return found


def svg_of(chart: Any) -> str:
    return str(vl_convert.vegalite_to_svg(chart.properties(width=600).to_dict()))


def test_day_without_polls_has_no_point_in_a_trend() -> None:
    points = [value for values in spec_data(trend_chart(ROWS, Look())) for value in values if "value" in value]
    assert {point["bucket"]: point["value"] for point in points}["2017-05-30"] is None
    assert svg_of(trend_chart(ROWS, Look())).count('aria-roledescription="point"') == 3


def test_steps_that_are_not_covered_are_hatched_darker_where_more_is_unknown() -> None:
    stripes = [value for values in spec_data(trend_chart(ROWS, Look())) for value in values if "part" in value]
    assert sorted({(stripe["from"][:10], stripe["part"]) for stripe in stripes if stripe["from"][11:13] == "12"}) == [
        ("2017-05-28", 0.5),
        ("2017-05-29", 1.0),
    ]  # from noon to noon, around the step's point


def test_count_of_a_day_that_is_not_wholly_covered_is_a_minimum_and_its_share_is_not() -> None:
    backlog = trend_row("2017-05-27", 4, "unknown")  # counted, though no poll covers its day

    def minimums(measure: str) -> set[str]:
        chart = trend_chart([backlog, *ROWS], Look(), measure=measure)
        points = [value for values in spec_data(chart) for value in values if value.get("value") is not None]
        return {point["bucket"] for point in points if point["minimum"]}

    assert minimums("articles") == {"2017-05-27", "2017-05-29"}
    assert minimums("share_of_output") == set()


def test_trend_of_which_nothing_is_known_says_so() -> None:
    assert "Nothing is known" in svg_of(trend_chart([trend_row("2017-05-30", None, "unknown")], Look()))
    assert "Rien n’est connu" in svg_of(trend_chart([], Look("fr")))


def test_trend_draws_only_as_many_series_as_can_be_told_apart() -> None:
    rows = [trend_row("2017-05-28", place, split=f"s{place:02d}") for place in range(20)]
    chart = trend_chart(rows, Look())
    drawn = {value["series"] for values in spec_data(chart) for value in values if "series" in value}
    assert drawn == {f"s{place:02d}" for place in range(20 - MAX_SERIES, 20)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_of_series_differ_from_one_another_and_from_the_page(dark: bool) -> None:
    look = Look(dark=dark)
    assert len({*look.colours, look.page}) == len(look.colours) + 1 == MAX_SERIES + 1


def test_trend_speaks_the_readers_language() -> None:
    svg = svg_of(trend_chart([trend_row("2017-02-01", 12345), trend_row("2017-02-02", 1)], Look("fr")))
    assert "févr." in svg
    assert "12\u202f000" in svg
    assert "Feb" not in svg


def test_description_tells_period_series_and_gaps() -> None:
    said = describe_trend(ROWS, Look(), label={"all": "Elections"})
    assert "Elections" in said
    assert "2 of 4 steps" in said
    assert trend_chart(ROWS, Look(), label={"all": "Elections"}).to_dict()["description"] == said


def test_years_of_gaps_stay_a_chart_that_a_browser_can_draw() -> None:
    rows = [trend_row(date.fromordinal(736000 + day).isoformat(), 1, "partial") for day in range(5 * 365)]
    assert sum(len(values) for values in spec_data(trend_chart(rows, Look()))) < 10_000


def test_bar_whose_value_is_not_known_is_told_by_a_dash() -> None:
    chart = bars_chart(
        [{"split": "a", "share_of_volume": 0.25}, {"split": "b", "share_of_volume": None}], Look(), value="share_of_volume"
    )
    svg = svg_of(chart)
    assert ">25.0%<" in svg
    assert ">–<" in svg


def test_bars_of_hours_tell_half_an_hour_from_none() -> None:
    rows = [{"split": "a", "median_hours": 0.4}, {"split": "b", "median_hours": -1.0}, {"split": "c", "median_hours": 3.25}]
    chart = bars_chart(rows, Look(), value="median_hours", title="Hours")
    assert [value["text"] for value in spec_data(chart)[0]] == ["0.40", "-1", "3.2"]
    assert chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"][0] == -1


def test_days_of_sources_are_told_apart_by_form_and_not_by_colour_alone() -> None:
    rows = [
        {"source_id": "a", "day": date(2017, 5, 29), "state": "covered"},
        {"source_id": "a", "day": date(2017, 5, 30), "state": "partial"},
        {"source_id": "a", "day": date(2017, 5, 31), "state": "unknown"},
    ]
    spec = days_chart(rows, Look()).to_dict()
    boxes, covered, partial = spec["layer"]
    assert [layer["transform"][0]["filter"] for layer in (covered, partial)] == ["datum.part == 0", "datum.part == 1"]
    assert boxes["mark"]["fillOpacity"] == 0  # an outline alone stands for unknown
    assert partial["mark"]["height"] == {"band": 0.45}
    assert "1 partial, 1 unknown" in spec["description"]


def test_other_charts_draw_what_they_are_given() -> None:
    intervals = intervals_chart([{"name": "Elections", "value": 0.8, "low": 0.6, "high": 0.9}], Look(), title="Precision")
    spread = spread_chart(
        [{"source_id": "gazette", "first_seen": datetime(2017, 5, 29, tzinfo=UTC), "title": "<script>alert(1)</script>"}],
        Look(),
    )
    matrix = matrix_chart([{"a": "one", "b": "two", "n": 3}], Look(dark=True), across="a", down="b", value="n", title="Both")
    assert "Elections" in svg_of(intervals)
    assert "gazette" in svg_of(spread)
    assert "<script" not in svg_of(spread)
    assert ">3<" in svg_of(matrix)


def test_boxes_stand_in_the_order_that_their_legend_speaks_of() -> None:
    rows = [{"kind": kind, "name": "a", "articles": 1} for kind in ("missing", "sound")]
    spec = matrix_chart(
        rows, Look(), across="kind", down="name", value="articles", title="Articles", order=["sound", "day only", "missing"]
    ).to_dict()
    assert spec["layer"][0]["encoding"]["x"]["sort"] == ["sound", "missing"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number_text(1234.5, "fr", 1), "1\u202f234,5"),
        (number_text(1234.5, "en", 1), "1,234.5"),
        (number_text(None), "–"),
        (share_text(0.125, "fr"), "12,5\u00a0%"),
        (day_text(date(2017, 5, 29), "fr"), "29\u00a0mai\u00a02017"),
        (day_text(date(2017, 6, 1), "fr"), "1er\u00a0juin\u00a02017"),
        (day_text(date(2017, 5, 29)), "29\u00a0May\u00a02017"),
    ],
)
def test_numbers_and_days_are_written_as_their_readers_do(written: str, expected: str) -> None:
    assert written == expected


def test_grid_of_days_says_which_days_they_are() -> None:
    rows = [{"source_id": "gazette", "day": date(2017, 5, 29 + day), "state": "covered"} for day in range(3)]
    svg = svg_of(days_chart(rows, Look()))
    assert all(f">{day} May<" in svg for day in (29, 30, 31))


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of an sRGB colour, parts from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_number_in_a_box_can_be_read_on_every_shade_of_it(dark: bool) -> None:
    (low, high), turn = Look(dark=dark).heat
    ends = [[int(end[place : place + 2], 16) / 255 for place in (1, 3, 5)] for end in (low, high)]
    for part in (step / 100 for step in range(101)):
        shade = luminance(tuple(one + part * (other - one) for one, other in zip(*ends, strict=True)))
        black = (part > turn) == dark
        contrast = (shade + 0.05) / 0.05 if black else 1.05 / (shade + 0.05)
        assert contrast >= 4.5, (part, contrast)
