"""Articles as a report quotes them: the title with the words that counted marked, and what else counted in its context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vigie.dashboard.escaping import web_address
from vigie.queries import Answer

__all__ = ["Quote", "quotes_of"]

Row = Mapping[str, Any]
#: Contexts in the text that are quoted of one article.
_MOST_CONTEXTS = 2


@dataclass(frozen=True, slots=True)
class Quote:
    """One article."""

    day: date | None
    source: str
    language: str
    #: The title in parts; true: these are words that counted.
    title: tuple[tuple[str, bool], ...]
    #: Address of the original; empty where it is none that a browser should follow.
    url: str
    #: Words in the text that counted: what stands before them, they, and what follows.
    contexts: tuple[tuple[str, str, str], ...]
    #: Parts of the topic's rule that fired.
    rules: tuple[str, ...]


def quotes_of(articles: Answer, evidence: Answer, name: Callable[[str], str], *, most: int) -> tuple[Quote, ...]:
    """The articles with most evidence, no source twice before each had its turn, in order of day.

    Args:
        articles: Answer to `articles`.
        evidence: Answer to `evidence` with the same parameters.
        name: Gives what a source is called.
        most: How many.
    """
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in evidence.table.to_pylist():
        if row["counted"]:
            found[row["article_id"], row["revision_hash"]].append(row)
    rows = articles.table.to_pylist()
    chosen = _in_turn(rows, lambda row: _strength(found[row["article_id"], row["revision_hash"]]))[:most]
    chosen.sort(key=lambda row: (row["day"] is None, row["day"] or date.max, row["source_id"], row["article_id"]))
    return tuple(_quote(row, found[row["article_id"], row["revision_hash"]], name) for row in chosen)


def _in_turn(rows: Iterable[Row], strength: Any) -> list[Row]:
    """The strongest of each source first, then the second of each, and so on."""
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-strength(row), row["article_id"])):
        by_source[row["source_id"]].append(row)
    ranked = [(place, -strength(row), row["article_id"], row) for own in by_source.values() for place, row in enumerate(own)]
    return [row for *_, row in sorted(ranked, key=lambda entry: entry[:3])]


def _strength(evidence: list[Row]) -> float:
    return max((row["strength"] or 0.0 for row in evidence), default=0.0)


def _quote(article: Row, evidence: list[Row], name: Callable[[str], str]) -> Quote:
    places = sorted({(row["start"], row["end"]) for row in evidence if row["field"] == "title"})
    contexts = [_around(row["context"], row["words"]) for row in evidence if row["field"] == "text"]
    return Quote(
        day=article["day"],
        source=name(article["source_id"]),
        language=article["language"],
        title=tuple(_marked(article["title"], places)),
        url=web_address(article["url"]) or "",
        contexts=tuple(dict.fromkeys(contexts))[:_MOST_CONTEXTS],
        rules=tuple(dict.fromkeys(row["rule"] for row in evidence)),
    )


def _around(context: str, words: str) -> tuple[str, str, str]:
    """A context in three parts; there may be brackets of the text's own before those of the words."""
    before, _, after = context.partition(f"[{words}]")
    return before, words, after


def _marked(title: str, places: list[tuple[int, int]]) -> Iterable[tuple[str, bool]]:
    at = 0
    for start, end in places:
        if start < at:
            continue  # Within words that are marked already.
        if title[at:start]:
            yield title[at:start], False
        yield title[start:end], True
        at = end
    if title[at:]:
        yield title[at:], False
