"""Charts as a browser lays them out: every word inside its drawing, none over another, at three widths, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dashboard_pages import Visitor

TOPIC = "topic=franco-russian-relations"
ADDRESSES = [
    "?",
    f"trends?{TOPIC}&split=source",
    f"sources?{TOPIC}&view=mix",
    f"sources?{TOPIC}&view=lead",
    "quality?view=dates",
    "stories?",
]
#: Of each chart on the page: words that leave the drawing, and neighbours on an axis that touch.
FAULTS = """charts => charts.flatMap(chart => {
  const svg = chart.querySelector('svg'), edge = svg.getBoundingClientRect(), faults = [];
  const seen = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() && t.getAttribute('opacity') !== '0');
  for (const t of seen) {
    const box = t.getBoundingClientRect();
    if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 2 || box.bottom > edge.bottom + 1)
      faults.push('outside: ' + t.textContent);
  }
  for (const axis of svg.querySelectorAll('.role-axis-label')) {
    const boxes = [...axis.querySelectorAll('text')].filter(t => t.getAttribute('opacity') !== '0')
      .map(t => [t.textContent, t.getBoundingClientRect()]);
    for (let i = 1; i < boxes.length; i++) {
      const [a, b] = [boxes[i - 1][1], boxes[i][1]];
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top + 2 < b.bottom - 2 && b.top + 2 < a.bottom - 2)
        faults.push('touching: ' + boxes[i - 1][0] + ' / ' + boxes[i][0]);
    }
  }
  return faults;
})"""
CHART = '[data-testid="stVegaLiteChart"][aria-label]'


@pytest.mark.parametrize(("width", "locale"), [(400, "fr-FR"), (800, "fr-FR"), (1280, "en-GB")])
def test_words_of_charts_are_whole_and_apart(dashboard: str, visit: Callable[..., Visitor], width: int, locale: str) -> None:
    reader = visit(viewport={"width": width, "height": 1100}, locale=locale)
    faults: dict[str, Any] = {}
    for address in ADDRESSES:
        page = reader.open(f"{dashboard}/{address}")
        page.locator(f"{CHART} svg text").first.wait_for()
        page.wait_for_timeout(300)
        for _ in range(60):  # A chart is laid out anew when its room is known, which a busy machine may take seconds for.
            if not (found := page.locator(CHART).evaluate_all(FAULTS)):
                break
            page.wait_for_timeout(500)
        else:
            faults[address] = found
    assert faults == {}
    assert reader.complaints == []


def test_story_is_drawn_in_order_of_time_with_its_zone_and_every_point_in_the_plot(
    dashboard: str, visit: Callable[..., Visitor]
) -> None:
    page = visit().open(f"{dashboard}/stories")
    chart = page.locator(CHART).first
    chart.locator('[aria-roledescription="point"]').first.wait_for()
    names = chart.locator(".role-axis").nth(1).locator(".role-axis-label text").all_inner_texts()
    listed = page.locator("table.vigie").first.locator("tbody tr td:first-child").all_text_contents()
    assert chart.locator("text", has_text="UTC").count() == 1
    points = [point.bounding_box() for point in chart.locator('[aria-roledescription="point"]').all()]
    assert len(points) == len(listed) > 2
    lefts = [point["x"] for point in sorted(points, key=lambda point: point["y"])]
    assert lefts == sorted(lefts)
    edge = chart.locator("svg").bounding_box()
    assert all(point["x"] + point["width"] <= edge["x"] + edge["width"] for point in points)
    assert "UTC" in chart.get_attribute("aria-label")
    assert names or listed


@pytest.mark.parametrize(
    ("address", "mark"),
    [
        (f"sources?{TOPIC}&view=voice", '[aria-roledescription="bar"]'),
        (f"sources?{TOPIC}&view=against", '[aria-roledescription="point"]'),
        ("quality?view=dates", '.mark-rect path[fill="#0072B2" i], .mark-rect path[fill="rgb(0, 114, 178)"]'),
        ("?", '[aria-roledescription="point"]'),
    ],
)
def test_click_on_a_mark_lists_its_articles_and_the_next_shows_their_evidence(
    dashboard: str, visit: Callable[..., Visitor], address: str, mark: str
) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/{address}")
    page.locator(CHART).first.locator(mark).last.click(force=True)
    page.get_by_role("heading", name="Articles:").first.wait_for()
    assert "mark=" in page.url
    page.get_by_role("link", name="Why it matched").first.click()
    page.get_by_role("heading", name="Why it matched").wait_for()
    assert reader.complaints == []


@pytest.mark.parametrize("address", ["stories?", "sources?view=citations"])
def test_tables_call_sources_by_name(dashboard: str, visit: Callable[..., Visitor], address: str) -> None:
    tables = visit().open(f"{dashboard}/{address}").locator("table.vigie")
    tables.last.wait_for(state="attached")
    told = " ".join(tables.all_text_contents())
    assert "Laputa Presse" in told
    assert "laputa-presse" not in told
