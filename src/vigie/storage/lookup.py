"""What a dataset knows of the entries of some polls: that alone is read, however many articles their sources have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from vigie.feeds.parse import ParsedDocument
from vigie.identity import BodyKeys, title_and_day
from vigie.queries.relations import literal
from vigie.state import SourceState
from vigie.storage.dataset import Dataset
from vigie.storage.known import add_articles, query

__all__ = ["Body", "look_up"]

#: Rows of a version before `title_and_day` may be any title's.
_BY_TITLE = "coalesce(title_and_day, 0) = 0 OR title_and_day IN (FROM titles) OR article_id IN (FROM ids)"

_ARTICLES = """
    WITH known AS (SELECT * FROM shape UNION ALL BY NAME SELECT * FROM rows_of($files))
    SELECT source_id, article_id, revision_hash, canonical_url, guid, title,
           CASE WHEN trim(title) = '' THEN text ELSE '' END AS text, published_at, fetched_at, backlog
    FROM known
    WHERE source_id IN ({sources}) AND article_id IN (SELECT article_id FROM known WHERE source_id IN ({sources}) AND ({asked}))
    ORDER BY fetched_at, article_id, revision_hash
"""

_SIGHTINGS = """
    SELECT source_id, article_id, feed_id, min(first_seen)
    FROM rows_of($files)
    WHERE source_id IN ({sources}) AND article_id IN (FROM ids)
    GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Body:
    """The entries of one poll, and the state of their source."""

    state: SourceState
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
        bodies: The entries; what was looked for before is not looked for again.
    """
    while (asked := _not_asked_yet(bodies)).sources:
        states = {body.state.articles.source_id: body.state for body in bodies}
        sources = ", ".join(literal(source_id) for source_id in sorted(asked.sources))
        by_title = f" OR {_BY_TITLE}" if asked.titles else ""
        sql = _ARTICLES.format(sources=sources, asked=f"canonical_url IN (FROM urls) OR guid IN (FROM guids){by_title}")
        rows = query(dataset, "articles", sql, asked.tables())
        if not rows:
            continue
        add_articles(states, rows)
        found = _Asked(ids={row[1] for row in rows})
        for source_id, article_id, feed_id, first_seen in query(
            dataset, "sightings", _SIGHTINGS.format(sources=sources), found.tables()
        ):
            sightings = states[source_id].sightings
            place = (article_id, feed_id)
            sightings[place] = min(first_seen, sightings.get(place, first_seen))


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
