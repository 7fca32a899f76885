"""French pages are French throughout: no sentence, heading or code of the English ones is left on any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from dashboard_pages import Visitor

from vigie.dashboard.words import _ALL
from vigie.dashboard.words_tables import HEADINGS, VALUES
from vigie.queries import list_questions
from vigie.queries.sentences import SENTENCES

TOPIC = "topic=franco-russian-relations"
#: Every page and view that says something in words.
ADDRESSES = [
    "?",
    f"trends?{TOPIC}",
    f"trends?{TOPIC}&split=control&measure=share_of_output",
    f"trends?{TOPIC}&view=event&event=2017-06-02&pre=7&post=7",
    f"trends?{TOPIC}&view=words",
    *(f"sources?{TOPIC}&view={view}" for view in ("against", "lead", "listing")),
    "stories?",
    f"articles?{TOPIC}",
    *(f"quality?{TOPIC}&view={view}" for view in ("matching", "dates", "corrected")),
    "feeds?",
    f"sources?{TOPIC}&panel=sample&as_of=2017-06-05&backlog=yes",
]


#: Whether everything that can be opened says more than its heading.
ALL_OPEN = """() => [...document.querySelectorAll('[data-testid="stMain"] details')].every(
  one => one.innerText.trim().length > one.querySelector('summary').innerText.trim().length)"""


def english_pieces() -> Iterator[str]:
    """What stands between the values of each English sentence that the French one does not say, long enough to be no chance."""
    pairs = [*_ALL.values(), *SENTENCES.values()]
    pairs += [(note, "") for question in list_questions() for note in question.notes]
    for english, french in pairs:
        for piece in re.split(r"\{[^}]*\}", english):
            if len(piece.strip()) >= 14 and piece not in french:
                yield piece.strip()


def english_cells() -> set[str]:
    """Headings and words for codes that French readers call otherwise, and the codes themselves."""
    pairs = [*HEADINGS.values(), *(pair for words in VALUES.values() for pair in words.values())]
    codes = {code for words in VALUES.values() for code, pair in words.items() if code != pair[1]}
    french = {french for _, french in pairs}
    return (codes | {english for english, french in pairs if english != french}) - french


@pytest.mark.parametrize("address", ADDRESSES)
def test_french_page_says_nothing_in_english(dashboard: str, visit: Callable[..., Visitor], address: str) -> None:
    reader = visit(locale="fr-FR")
    page = reader.open(f"{dashboard}/{address}")
    page.locator('[data-testid="stMain"] details').evaluate_all("all => all.forEach(one => { one.open = true })")
    page.wait_for_function(ALL_OPEN)
    text = page.inner_text("body")
    assert "Version des données" in text or address.startswith(("articles", "quality?topic=franco-russian-relations&view=m"))
    assert [piece for piece in english_pieces() if piece in text] == []
    cells = page.locator("table.vigie th, table.vigie td").all_inner_texts()
    assert sorted(english_cells().intersection(cell.strip() for cell in cells)) == []
    labels = [chart.get_attribute("aria-label") for chart in page.locator('[data-testid="stVegaLiteChart"]').all()]
    assert not any(re.search(r"\b(the|of|table below)\b", label or "") for label in labels)
    assert reader.complaints == []


def test_every_column_that_a_page_shows_has_a_heading_in_french() -> None:
    shown = {column.name for question in list_questions() for column in question.columns if column.shown}
    assert sorted(shown - set(HEADINGS)) == []
