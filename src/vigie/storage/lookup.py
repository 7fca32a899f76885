"""What a dataset knows of the entries of some polls: that alone is read, however many articles their sources have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys, read_as, title_and_day
from vigie.queries.relations import literal
from vigie.schemas import FetchedDocument
from vigie.schemas.columns import moment_of
from vigie.state import SourceState
from vigie.storage.dataset import Dataset
from vigie.storage.known import add_articles, query

__all__ = ["Body", "look_up", "recognise"]

#: Rows of a version before `title_and_day` may be any title's.
_BY_TITLE = "coalesce(title_and_day, 0) = 0 OR title_and_day IN (FROM titles) OR article_id IN (FROM ids)"

_ARTICLES = """
    SELECT source_id, article_id, revision_hash, canonical_url, guid, title,
           CASE WHEN trim(title) = '' THEN text ELSE '' END AS text, epoch_us(published_at), epoch_us(fetched_at), backlog,
           superseded, run_id
    FROM filled
    WHERE source_id IN ({sources})
          AND article_id IN (SELECT article_id FROM filled WHERE source_id IN ({sources}) AND ({asked}))
    ORDER BY fetched_at, article_id, revision_hash, backlog
"""

_SIGHTINGS = """
    SELECT source_id, article_id, feed_id, epoch_us(min(first_seen))
    FROM rows_of($files)
    WHERE source_id IN ({sources}) AND article_id IN (FROM ids)
    GROUP BY ALL
"""

_NAMED_BY_LINK = """
    SELECT source_id, canonical_url FROM rows_of($files)
    WHERE source_id IN ({sources}) AND canonical_url IN (FROM urls)
    GROUP BY source_id, canonical_url HAVING min(article_id) = max(article_id)
"""


@dataclass(frozen=True, slots=True)
class Body:
    """The entries of one poll, and the state of their source."""

    state: SourceState
    document: FetchedDocument
    parsed: ParsedDocument
    keys: BodyKeys


@dataclass(slots=True)
class _Asked:
    """What is looked for in the dataset."""

    sources: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    guids: set[str] = field(default_factory=set)
    titles: set[int] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def tables(self) -> dict[str, pa.Table]:
        """What a query joins with."""
        values: dict[str, tuple[Iterable[Any], pa.DataType]] = {
            "urls": (self.urls, pa.string()),
            "guids": (self.guids, pa.string()),
            "titles": (self.titles, pa.int64()),
            "ids": (self.ids, pa.string()),
        }
        return {name: pa.table({"value": pa.array(sorted(some), kind)}) for name, (some, kind) in values.items()}


def look_up(dataset: Dataset, bodies: Sequence[Body]) -> None:
    """Add to the states of some sources what the dataset knows of the entries of their polls.

    A state then tells of these entries what the state with all articles of its source would. An entry is looked for by its
    link and its guid; by title and day only where no link names it, or one that several articles turn out to have.

    Args:
        dataset: The dataset.
        bodies: The entries, those of a source in the order in which its polls are taken; what was looked for before is not
            looked for again.
    """
    looked_for = bodies
    while (asked := _not_asked_yet(looked_for)).sources:
        sources = ", ".join(literal(source_id) for source_id in sorted(asked.sources))
        by_title = f" OR {_BY_TITLE}" if asked.titles else ""
        sql = _ARTICLES.format(sources=sources, asked=f"canonical_url IN (FROM urls) OR guid IN (FROM guids){by_title}")
        states = {body.state.articles.source_id: body.state for body in looked_for}
        rows = query(dataset, "articles", sql, asked.tables())
        add_articles(states, rows)
        for row in rows:
            states[row[0]].asked.unsighted.add(row[1])
        # Only a link that turned out to be several articles' makes an entry be looked for by its title.
        looked_for = [body for body in looked_for if body.state.articles.ambiguous]
    _look_up_sightings(dataset, bodies)


def _look_up_sightings(dataset: Dataset, bodies: Sequence[Body]) -> None:
    """Add when the articles that were found were first seen in the feeds of the polls.

    A feed's last body shows nearly all of its next: what it showed was seen there by then, which is all that a later poll has
    to know. The dataset is asked of the others alone, and of most polls nothing.
    """
    states = {body.state.articles.source_id: body.state for body in bodies}
    first_polls: dict[tuple[str, str], datetime] = {}
    for body in bodies:
        first_polls.setdefault((body.state.articles.source_id, body.document.feed_id), body.document.fetched_at)
    unseen: dict[str, set[str]] = {}
    for (source_id, feed_id), polled_at in first_polls.items():
        state = states[source_id]
        last = state.cursors.get(feed_id)
        if last is not None and last.started_at < polled_at:
            for article_id in last.keys:
                state.sightings.setdefault((article_id, feed_id), last.started_at)
        missing = {article_id for article_id in state.asked.unsighted if (article_id, feed_id) not in state.sightings}
        state.asked.unsighted -= missing
        unseen.setdefault(source_id, set()).update(missing)
    ids = set().union(*unseen.values())
    if not ids:
        return
    sql = _SIGHTINGS.format(sources=", ".join(literal(source_id) for source_id in sorted(unseen) if unseen[source_id]))
    for source_id, article_id, feed_id, first_seen in query(dataset, "sightings", sql, _Asked(ids=ids).tables()):
        states[source_id].sightings[article_id, feed_id] = moment_of(first_seen)


def recognise(dataset: Dataset, bodies: Sequence[Body], polled_once: Collection[str], others: Collection[str]) -> None:
    """Note all that has to be known of sources whose bodies show nothing but what their feeds' last bodies did.

    Where every entry reads as it did in the feed's last body, under the link that named its article, one question is left: does
    that link name one article still? Of such sources :func:`look_up` asks nothing more.

    Args:
        dataset: The dataset.
        bodies: All that are to be taken of their sources.
        polled_once: The feeds of one poll alone: what a second one shows is judged by the first.
        others: Sources of which a body is to be read beside these: of them all is asked.
    """
    links: dict[str, dict[str, str]] = {}
    others = set(others)
    for body in bodies:
        named_before = _links_of_the_last(body) if body.document.feed_id in polled_once else None
        if named_before is None:
            others.add(body.document.source_id)
        else:
            links.setdefault(body.document.source_id, {}).update(named_before)
    asked = _Asked(sources=links.keys() - others, urls=set().union(*(links[source] for source in links.keys() - others)))
    if not asked.urls:
        return
    sql = _NAMED_BY_LINK.format(sources=", ".join(map(literal, sorted(asked.sources))))
    named: dict[str, set[str]] = {}
    for source_id, url in query(dataset, "articles", sql, asked.tables()):
        named.setdefault(source_id, set()).add(url)
    for body in bodies:
        source_id, state = body.document.source_id, body.state
        if source_id in asked.sources and links[source_id].keys() <= named.get(source_id, set()):
            for url, article_id in links[source_id].items():
                state.articles.note_link(url, article_id)
            state.asked.has_none = True


def _links_of_the_last(body: Body) -> dict[str, str] | None:
    """The links of the entries with the ids of the articles they named, if all read as they did in the feed's last body."""
    last = body.state.cursors.get(body.document.feed_id)
    if last is None or last.started_at >= body.document.fetched_at:
        return None
    named = {}
    for entry in body.parsed.entries:
        url = body.keys.url(entry)
        article_id = body.state.articles.id_of_link(url) if url else ""
        before = last.keys.get(article_id)
        if before is None or before.revision_hash != read_as(entry):
            return None
        named[url] = article_id
    return named


def _not_asked_yet(bodies: Iterable[Body]) -> _Asked:
    asked = _Asked()
    for body in bodies:
        articles, before = body.state.articles, body.state.asked
        if before.has_none:
            continue
        for entry in body.parsed.entries:
            url, guid = body.keys.url(entry), entry.guid
            if not url or articles.is_ambiguous(url):
                keys = body.keys.of(entry)
                if keys.title_and_date not in before.titles:
                    before.titles.add(keys.title_and_date)
                    asked.titles.add(title_and_day(keys.title_and_date))
                    asked.ids.add(articles.id_by_title(keys))
                    asked.sources.add(articles.source_id)
            elif url not in before.urls:
                before.urls.add(url)
                asked.urls.add(url)
                asked.sources.add(articles.source_id)
            if guid and guid not in before.guids:
                before.guids.add(guid)
                asked.guids.add(guid)
                asked.sources.add(articles.source_id)
    return asked
