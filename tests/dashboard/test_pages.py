"""The dashboard as a reader sees it, in a real browser over real data."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dashboard_pages import Visitor, serving
from PIL import Image

from vigie.schemas import Panel
from vigie.storage import Dataset
from vigie.storage.panels import store_panel

PAGES = ["", "trends", "sources", "stories", "articles", "quality", "feeds", "sql"]
TOPIC = "topic=franco-russian-relations"
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_without_complaint(dashboard: str, visit: Visit, path: str) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/{path}?{TOPIC}")
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stAlertContentError"]').all_inner_texts() == []
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("path", "view"),
    [("sources", view) for view in ("against", "lead", "mix", "citations", "listing")]
    + [("quality", view) for view in ("dates", "languages", "delay", "corrected")]
    + [("trends", view) for view in ("words", "event&event=2017-05-29&pre=7&post=7")],
)
def test_every_view_of_a_page_can_be_linked_to(dashboard: str, visit: Visit, path: str, view: str) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/{path}?{TOPIC}&view={view}")
    assert page.locator('[data-testid="stAlertContentError"]').all_inner_texts() == []
    assert reader.complaints == []


def test_empty_folder_says_what_to_do_on_every_page(tmp_path: Path, visit: Visit) -> None:
    (tmp_path / "empty").mkdir()
    with serving(tmp_path / "empty") as address:
        reader = visit()
        for path in PAGES:
            page = reader.open(f"{address}/{path}")
            [line] = page.locator('[data-testid="stAlert"]').all_inner_texts()
            assert f"There is no dataset in {tmp_path / 'empty'} yet. Run vigie ingest" in line
        assert reader.complaints == []


def test_filter_changes_the_page_and_its_address(dashboard: str, visit: Visit) -> None:
    page = visit().open(f"{dashboard}/trends")
    page.get_by_role("combobox", name="Topic", exact=False).first.click()
    page.get_by_role("option", name="Franco-Russian relations").click()
    page.get_by_role("heading", name="Franco-Russian relations").wait_for()
    assert TOPIC in page.url


def test_link_shows_the_same_to_a_colleague(dashboard: str, visit: Visit) -> None:
    link = f"{dashboard}/trends?{TOPIC}&with=syria&measure=share_of_output&by=week&since=2017-05-22&until=2017-06-11"
    first, second = visit().open(link), visit().open(link)
    for page in (first, second):
        assert page.get_by_role("heading", name="Franco-Russian relations · Syria").is_visible()
    assert first.url == second.url == link
    name = '[data-testid="stVegaLiteChart"][aria-label]'
    assert first.locator(name).first.get_attribute("aria-label") == second.locator(name).first.get_attribute("aria-label")


def test_point_gives_its_articles_and_an_article_its_evidence_in_two_clicks(dashboard: str, visit: Visit) -> None:
    reader = visit(timezone_id="America/New_York")
    page = reader.open(f"{dashboard}/trends?{TOPIC}&since=2017-05-29&until=2017-05-29&split=language")
    point = page.locator('[aria-roledescription="point"]').first
    assert "Day: Monday 29 May 2017" in point.get_attribute("aria-label")  # as its tooltip says, wherever the reader is
    point.evaluate("node => node.scrollIntoView({block: 'center'})")
    point.click(force=True)  # what hears the click is an invisible layer over the points
    page.get_by_role("heading", name=re.compile("Articles of 29.May.2017")).wait_for()
    assert "pick=" in page.url
    page.get_by_role("link", name="Why it matched").first.click()
    page.wait_for_url(re.compile("article="))
    page.locator("article mark").first.wait_for()
    reader.drawn()
    assert page.get_by_role("link", name="Read the original").get_attribute("href").startswith("https://")
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (f"trends?{TOPIC.replace('topic', 'with')}", "29\u00a0May\u00a02017"),
        ("trends", "31\u00a0May\u00a02017"),
        (f"quality?view=delay&{TOPIC}", "Le Courrier d’Ys"),
    ],
    ids=[
        "of a topic compared with none",
        "of a day on which some were first seen that have no date",
        "of a topic, with an hour",
    ],
)
def test_number_in_a_table_leads_to_as_many_articles_without_a_mouse(dashboard: str, visit: Visit, path: str, row: str) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/{path}")
    page.get_by_text("The same as a table").first.click()
    link = page.locator("table.vigie").first.locator("tr", has_text=row).locator("td:nth-child(3) a")
    number = int(link.inner_text())
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/articles"))
    page.get_by_text(f"{number} articles, the latest first").wait_for()
    reader.drawn()


@pytest.mark.parametrize(
    ("path", "row", "column"),
    [("trends", "undated", 3), ("quality?view=dates", "La Gazette de Brocéliande", 6)],
    ids=["those in no day", "those whose zone was assumed"],
)
def test_number_of_articles_with_a_weak_date_leads_to_just_these(
    dashboard: str, visit: Visit, path: str, row: str, column: int
) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/{path}")
    page.get_by_text("The same as a table").first.click()
    link = page.locator("table.vigie").first.locator("tr", has_text=row).locator(f"td:nth-child({column}) a")
    number = int(link.inner_text())
    assert number > 0
    link.click()
    page.wait_for_url(re.compile("/articles"))
    page.get_by_text(f"{number} articles, the latest first").wait_for()
    reader.drawn()
    about = page.locator(".vigie-item .about").all_inner_texts()
    assert all(("undated" if row == "undated" else "(zone assumed)") in text for text in about)


def test_table_says_who_was_first_and_calls_outlets_by_name(dashboard: str, visit: Visit) -> None:
    page = visit().open(f"{dashboard}/sources?{TOPIC}&view=lead&since=2017-05-29")
    page.get_by_text("The same as a table").first.click()
    first = page.locator("table.vigie td:nth-child(7)")
    first.first.wait_for()
    assert set(first.all_inner_texts()) == {"yes", "–"}  # a dash: without an article


def test_who_walks_the_pages_with_a_keyboard_sees_where_they_are(dashboard: str, visit: Visit) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/")
    outlined = "getComputedStyle(document.activeElement).outlineStyle == 'solid'"
    walked = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.innerText").split()[-1:]
        if name in (["Trends"], ["SQL"]):
            page.wait_for_function(outlined)  # A busy machine may style it a moment later.
            walked.update(name)
    assert walked == {"Trends", "SQL"}


def test_page_of_the_overview_can_be_called_by_its_name(dashboard: str, visit: Visit) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/overview?{TOPIC}")
    assert page.get_by_role("heading", name="Overview").is_visible()
    assert page.get_by_text("Page not found").count() == 0
    assert page.locator('[data-testid="stSidebarNavLink"]').count() == len(PAGES)
    page.get_by_role("link", name="Trends").click()
    page.get_by_role("heading", name="Franco-Russian relations", exact=True).wait_for()
    assert reader.complaints == []


def test_outlets_and_columns_are_called_by_name_and_meaning(dashboard: str, visit: Visit) -> None:
    reader = visit(locale="fr-FR")
    page = reader.open(f"{dashboard}/sources?view=citations")
    page.get_by_text("Le même en tableau").click()
    page.locator("table.vigie td", has_text="TASS").first.wait_for()
    cells = set(page.locator("table.vigie td:nth-child(2)").all_inner_texts())
    assert cells == {"RT", "Sputnik", "TASS / ТАСС"}
    page.locator("table.vigie tr", has_text="TASS").locator("a").click()
    page.get_by_text("TASS / ТАСС", exact=False).first.wait_for()
    page = reader.open(f"{dashboard}/feeds")
    page.locator('[data-testid="stVegaLiteChart"] text', has_text="Le Courrier d’Ys").wait_for()
    page = reader.open(f"{dashboard}/sql")
    page.get_by_text("sightings", exact=False).first.click()
    assert "When the first poll that showed it started" in page.locator("table.vigie:visible").inner_text()
    assert reader.complaints == []


def test_choices_are_carried_on_to_the_next_page_and_back(dashboard: str, visit: Visit) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/trends?{TOPIC}")
    page.get_by_role("link", name="Sources").click()
    page.get_by_role("heading", name="Share of voice: Franco-Russian relations").wait_for()
    reader.drawn()
    assert TOPIC in page.url
    page.go_back()
    page.get_by_role("heading", name="Franco-Russian relations", exact=True).wait_for()


def test_chart_downloads_say_what_they_are(dashboard: str, visit: Visit, tmp_path: Path) -> None:
    page = visit().open(f"{dashboard}/trends?{TOPIC}")
    files = {}
    for kind in ("CSV", "PNG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).first.click()
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
    text = files["CSV"].read_text()
    assert "# query: coverage" in text
    assert '"topic": "franco-russian-relations"' in text
    with Image.open(files["PNG"]) as image:
        image.load()
        assert image.text["query"] == "coverage"
        assert image.text["data version"] in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("topic=franco-russian-relation", "did you mean franco-russian-relations"),
        ("topic=%3Cscript%3Ealert(1)%3C/script%3E", "<script>alert(1)</script>"),
        ("since=2017-06-09&until=2017-05-30", "wrong way round"),
        ("since=yesterday", "which is no day"),
        ("article=none-such", "an article that this data does not have"),
        ("source=nobody", "which this data does not have"),
    ],
)
def test_wrong_address_is_told_in_a_line_and_the_page_works(dashboard: str, visit: Visit, query: str, words: str) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/articles?{query}")
    assert words in page.locator('[data-testid="stAlert"]').first.inner_text()
    assert "article=" in query or page.get_by_text("articles, the latest first").is_visible()
    assert reader.complaints == []


HOSTILE = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Hostile</title><link>https://hostile.example/</link>
<item><title>&lt;script&gt;alert("title")&lt;/script&gt; Macron and Putin ![x](https://spy.example/x.png)</title>
<link>javascript:alert("link")</link><guid isPermaLink="false">1</guid>
<description>&lt;![CDATA[&lt;img src=x onerror=alert("summary")&gt;]]&gt; &amp;lt;img src=x onerror=alert(1)&amp;gt;
Macron met Putin</description>
<pubDate>Mon, 29 May 2017 10:00:00 GMT</pubDate></item></channel></rss>
"""


def test_what_strangers_wrote_is_shown_and_never_run(tmp_path: Path, visit: Visit) -> None:
    (tmp_path / "hostile.xml").write_text(HOSTILE)
    ingest = [
        sys.executable,
        "-m",
        "vigie",
        "ingest",
        "--from",
        str(tmp_path / "hostile.xml"),
        "--data",
        str(tmp_path / "data"),
    ]
    subprocess.run(ingest, check=True, capture_output=True)
    with serving(tmp_path / "data") as address:
        reader = visit()
        page = reader.open(f"{address}/sources?{TOPIC}")
        assert "There is nothing to draw in this period" in page.locator('[data-testid="stAlert"]').inner_text()
        assert page.locator('[data-testid="stVegaLiteChart"]').count() == 0
        page = reader.open(f"{address}/articles?backlog=yes&scope=all&since=2017-05-01&until=2030-01-01")
        assert "Macron and Putin ![x](https://spy.example/x.png)" in page.locator(".vigie-item .title").inner_text()
        assert page.locator('a[href^="javascript:"]').count() == 0
        page.get_by_role("link", name="Why it matched").click()
        page.wait_for_url(re.compile("article="))
        page.locator("article").get_by_text("Macron met Putin").first.wait_for()
        reader.drawn()
        assert page.locator('article img, article script, a[href^="javascript:"], img[src*="spy.example"]').count() == 0
        assert page.get_by_text("No link to the original").is_visible()
        assert [text for text in reader.complaints if "dialog" in text or "spy" in text] == []


def test_workbench_reads_and_exports_and_does_not_write(dashboard: str, visit: Visit, sample: Path) -> None:
    before = sorted(sample.rglob("*"))
    reader = visit()
    page = reader.open(f"{dashboard}/sql?sql=SELECT+count(*)+AS+n+FROM+articles")
    page.get_by_text("1 row ·").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert '# parameters: {"statement": "SELECT count(*) AS n FROM articles"}' in Path(download.value.path()).read_text()
    page = reader.open(f"{dashboard}/sql?sql=COPY+(SELECT+1)+TO+'{sample}/x.csv'")
    assert "only one statement that reads" in page.locator('[data-testid="stAlert"]').inner_text()
    assert sorted(sample.rglob("*")) == before
    assert reader.complaints == []


def test_page_speaks_french_where_the_browser_does_and_keeps_what_is_chosen(dashboard: str, visit: Visit) -> None:
    reader = visit(locale="fr-FR")
    page = reader.open(f"{dashboard}/")
    assert page.get_by_role("heading", name="Vue d’ensemble").is_visible()
    assert page.get_by_text("11 juin 2017").first.is_visible()
    page.locator("html[lang=fr]").wait_for(state="attached")
    page.get_by_text("EN", exact=True).click()
    page.locator("html[lang=en]").wait_for(state="attached")
    page.get_by_role("heading", name="Overview").wait_for()
    assert "lang=en" in page.url
    page.get_by_role("link", name="Trends").click()
    page.get_by_role("heading", name="Trends").wait_for()


def test_dark_page_has_dark_charts(dashboard: str, visit: Visit) -> None:
    page = visit(color_scheme="dark").open(f"{dashboard}/trends?{TOPIC}")
    assert page.locator('[data-testid="stApp"]').evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(14, 17, 23)"
    stroke = page.locator('[aria-roledescription="point"]').first.get_attribute("stroke")
    assert stroke.lower() == "#56b4e9"


def test_charts_have_words_for_those_who_do_not_see_them(dashboard: str, visit: Visit) -> None:
    page = visit().open(f"{dashboard}/?{TOPIC}")
    page.locator('[data-testid="stVegaLiteChart"][aria-label]').nth(1).wait_for()
    assert page.get_by_text("none of 70 topic-days could be judged").is_visible()  # three weeks are too few for a spike
    labels = [chart.get_attribute("aria-label") for chart in page.locator('[data-testid="stVegaLiteChart"]').all()]
    assert len(labels) >= 2
    assert all(labels)
    assert any("source-days covered" in label for label in labels)


def test_topics_are_called_what_french_readers_call_them(dashboard: str, visit: Visit) -> None:
    page = visit(locale="fr-FR").open(f"{dashboard}/trends?{TOPIC}")
    assert page.get_by_role("heading", name="Relations franco-russes").is_visible()


def test_more_filters_hold_for_all_figures(dashboard: str, visit: Visit) -> None:
    reader = visit()
    page = reader.open(f"{dashboard}/articles?since=2017-05-22&until=2017-06-11")
    counted = re.compile(r"(\d+) articles, the latest first")
    now = int(counted.search(page.inner_text("body")).group(1))
    page = reader.open(f"{dashboard}/articles?since=2017-05-22&until=2017-06-11&as_of=2017-05-29")
    then = int(counted.search(page.inner_text("body")).group(1))
    assert 0 < then < now
    page.get_by_text("More filters").click()
    assert re.sub(r"\W", "", page.get_by_role("group", name="As known on").inner_text()) == "20170529"
    assert reader.complaints == []


def test_panel_of_other_sources_is_told_once_and_left_out(dashboard: str, visit: Visit) -> None:
    page = visit().open(f"{dashboard}/sources?{TOPIC}&panel=german-press")
    [told] = page.locator('[data-testid="stAlert"]').all_inner_texts()
    assert "is of sources that this data does not know (faz, sueddeutsche, spiegel, zeit, tagesschau)" in told
    assert page.get_by_role("heading", name="Share of voice").is_visible()


def test_panel_of_the_data_is_applied_and_members_that_it_lacks_are_told_by_name(
    sample: Path, tmp_path: Path, visit: Visit
) -> None:
    data = tmp_path / "panels"
    shutil.copytree(sample, data)
    half = Panel("half", "1", label="Half of it", sources=("courrier-ys", "laputa-presse", "elsewhere"))
    assert store_panel(Dataset(data), half, at=datetime(2026, 1, 1, tzinfo=UTC))
    with serving(data) as address:
        reader = visit()
        page = reader.open(f"{address}/sources?{TOPIC}&panel=half")
        page.get_by_text("does not have: elsewhere").first.wait_for()
        bars = page.locator('[aria-roledescription="bar"]')
        bars.nth(1).wait_for()
        assert bars.count() == 2
        page.get_by_text("What these figures rest on").click()
        page.get_by_text("Panel half, version 1: courrier-ys, laputa-presse.", exact=False).wait_for()
        page = reader.open(f"{address}/sources?{TOPIC}&panel=sample")
        bars.nth(10).wait_for()
        assert page.locator('[data-testid="stAlert"]').count() == 0
        assert reader.complaints == []


def test_torn_file_is_told_in_a_line_with_the_remedy(sample: Path, tmp_path: Path, visit: Visit) -> None:
    data = tmp_path / "torn"
    shutil.copytree(sample, data)
    torn = next(data.glob("articles/**/*.parquet"))
    torn.write_bytes(torn.read_bytes()[:300])
    with serving(data) as address:
        reader = visit()
        page = reader.open(f"{address}/trends")
        [line] = page.locator('[data-testid="stAlert"]').all_inner_texts()
        assert torn.name in line
        assert "restore it from a copy" in line
        shutil.copy(sample / torn.relative_to(data), torn)
        page = reader.open(f"{address}/trends?lang=en")
        page.get_by_role("heading", name="All articles").wait_for()
        assert reader.complaints == []


def test_quality_of_the_topics_that_vigie_ships_is_there_without_anything_done(
    dashboard: str, visit: Callable[..., Visitor]
) -> None:
    page = visit().open(f"{dashboard}/quality")
    chart = page.locator('[data-testid="stVegaLiteChart"]').first
    chart.wait_for()
    assert "precision" in chart.get_attribute("aria-label")
    assert page.get_by_text("another version of the topics").count() == 0
