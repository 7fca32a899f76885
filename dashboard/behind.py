"""The articles behind a figure: what a link to them says, and the list that a click on a mark opens."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import streamlit as st

from vigie.dashboard.article_list import list_articles
from vigie.dashboard.escaping import inner_link, plain
from vigie.dashboard.session import Visit
from vigie.dashboard.url_state import query_of
from vigie.locales import number_text
from vigie.queries import Answer

__all__ = ["CONDITIONS", "DATED", "Behind", "articles_behind", "conditions_in", "number_link", "show_behind"]

#: Columns of `articles` by which they can be narrowed in an address, and `dated`: whether they stand in a day.
CONDITIONS = ("language", "country", "control", "independence", "date_quality", "state", "in_share", "dated")
#: Counts of days hold these alone, while `articles` lists what is undated and was first seen on these days, too.
DATED = {"dated": ("yes",)}
#: Articles that a search fetches, the latest; the page says when there may be more.
_LATEST = 500
#: The same where they are narrowed afterwards.
_TO_NARROW = 20_000

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Behind:
    """Which articles are meant, beside the filters of the page.

    Attributes:
        given: Parameters of the question `articles` that differ from the page's filters.
        only: Values that a column must have, by column of its answer.
        also: A second topic that they are on.
        cites: An outlet that they cite, as the question `citations` calls it.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    also: str | None = None
    cites: str | None = None

    def query(self, visit: Visit) -> dict[str, list[str]]:
        """What stands in the address of a link to them."""
        given = {("source" if name == "sources" else "q" if name == "words" else name): v for name, v in self.given.items()}
        without = dict.fromkeys(("view", "with", "by", "split", "measure", "event", "pre", "post"))
        return query_of(visit.url.chosen, **without, only=self.conditions(), also=self.also, cites=self.cites, **given)

    def conditions(self) -> str:
        """The values that columns must have, as `conditions_in` reads them."""
        return " ".join(f"{column}:{'|'.join(values)}" for column, values in self.only.items())


def conditions_in(text: str) -> dict[str, tuple[str, ...]] | None:
    """The conditions of an address, as `language:fr|de in_share:yes`; None where they cannot be read."""
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split():
        column, colon, values = part.partition(":")
        if column not in CONDITIONS or not colon or not values:
            return None
        found[column] = tuple(values.split("|"))
    return found


def articles_behind(visit: Visit, behind: Behind) -> Answer:
    """The articles, in the order of the answer to `articles`; it is said on the page where there were too many to look at."""
    # The undated come last, so that among the latest are as many dated ones as there may be.
    takes_away = bool(dict(behind.only) not in ({}, DATED) or behind.also or behind.cites)
    most = _TO_NARROW if takes_away else _LATEST
    answer = visit.ask("articles", limit=most, **behind.given)
    if answer.table.num_rows == most:
        st.caption(visit.say("latest_only", number=number_text(most, visit.look.language)))
    rows = [{**row, "dated": row["day"] is not None} for row in answer.table.to_pylist()]
    kept = [all(_said(row[column]) in values for column, values in behind.only.items()) for row in rows]
    if behind.also is not None:
        other = visit.ask("articles", **{**behind.given, "topic": behind.also}).table
        both = set(other["article_id"].to_pylist())
        kept = [keep and row["article_id"] in both for keep, row in zip(kept, rows, strict=True)]
    if behind.cites is not None:
        cited = visit.ask("citations", **{name: value for name, value in behind.given.items() if name != "topic"})
        citing = {article for row in cited.table.to_pylist() if row["cited"] == behind.cites for article in row["article_ids"]}
        kept = [keep and row["article_id"] in citing for keep, row in zip(kept, rows, strict=True)]
    # A file of them says by what they were narrowed.
    conditions = {"only": behind.conditions(), "also": behind.also, "cites": behind.cites}
    narrowed = {name: condition for name, condition in conditions.items() if condition}
    return dataclasses.replace(
        answer, content=answer.table.filter(pa.array(kept, pa.bool_())), parameters=answer.parameters | narrowed
    )


def number_link(visit: Visit, number: int | None, behind: Behind) -> str | None:
    """A number as a link to the articles that it counts; None where it counts none."""
    if not number:
        return None
    return inner_link("articles", behind.query(visit), number_text(number, visit.look.language))


def show_behind(visit: Visit, what: str, behind: Behind) -> None:
    """List them on the page, under a heading."""
    st.subheader(plain(visit.say("articles_of_what", what=what)), anchor=False)
    rows = articles_behind(visit, behind).table.to_pylist()
    list_articles(visit, rows, topic=behind.given.get("topic", visit.filters["topic"]), query=behind.query(visit))


def _said(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
