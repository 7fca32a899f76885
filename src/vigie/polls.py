"""One poll on its way through the pipeline: the element that stages pass on, from identification to disk."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.schemas import Article, Failure, FetchRecord, Match, Mention, RawDocument, Sighting
from vigie.schemas.columns import quickly_made

__all__ = ["Poll", "Polls"]


@quickly_made
@dataclass(frozen=True, slots=True)
class Poll:
    """All rows that one poll of one feed gives, table by table; later stages fill what earlier ones leave empty."""

    record: FetchRecord
    raw: RawDocument | None
    failures: tuple[Failure, ...]
    articles: tuple[Article, ...]
    sightings: tuple[Sighting, ...]
    mentions: tuple[Mention, ...] = ()
    matches: tuple[Match, ...] = ()

    def rows(self, table: str) -> tuple[object, ...]:
        """The rows of a table that a poll brings.

        Raises:
            KeyError: No poll brings rows of that table.
        """
        return {
            "raw": (self.raw,) if self.raw is not None else (),
            "failures": self.failures,
            "mentions": self.mentions,
            "matches": self.matches,
            "sightings": self.sightings,
            "articles": self.articles,
            "fetches": (self.record,),
        }[table]


class Polls(tuple[Poll, ...]):
    """Polls that are analysed or written together; a class of its own, so that a coder can be named for it."""

    __slots__ = ()
