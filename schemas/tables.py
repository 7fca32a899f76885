"""The tables of a dataset: their names, what a row of each is, and how their files are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.schemas.columns import hints_of
from vigie.schemas.judgement import Evaluation, Override, Removal
from vigie.schemas.measures import Audit, Quality
from vigie.schemas.records import Article, Failure, FetchRecord, Match, Mention, RawDocument, Sighting
from vigie.schemas.registry import Feed, Panel, Source
from vigie.schemas.runs import RunManifest, TopicRecord
from vigie.schemas.settled import SettledFile

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COMMIT_ORDER", "FORMAT_VERSION", "TABLES", "Table"]

#: Version of the tables' format, written into each file's metadata. A change of meaning raises it and adds a migration.
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a dataset."""

    #: Its name, and its directory's.
    name: str
    #: The dataclass of its rows.
    row: type
    #: The field whose UTC day is the partition (`date=YYYY-MM-DD`); None: files by version, not by day.
    partition_field: str | None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of its rows by name, in order, without the partition column: their Python types."""
        return hints_of(self.row)

    @property
    def schema(self) -> pa.Schema:
        """The same as an Arrow schema."""
        from vigie.schemas.arrow import schema_of  # Late: questions need the columns alone, and no Arrow.

        return schema_of(self.row)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("raw", RawDocument, "fetched_at"),
        Table("failures", Failure, "at"),
        Table("mentions", Mention, "fetched_at"),
        Table("matches", Match, "fetched_at"),
        Table("sightings", Sighting, "first_seen"),
        Table("articles", Article, "fetched_at"),
        Table("fetches", FetchRecord, "started_at"),
        Table("evaluations", Evaluation, "at"),
        Table("runs", RunManifest, "finished_at"),
        Table("removals", Removal, "at"),
        Table("sources", Source, None),
        Table("feeds", Feed, None),
        Table("outlets", Source, None),
        Table("topics", TopicRecord, None),
        Table("panels", Panel, None),
        Table("quality", Quality, None),
        Table("audits", Audit, None),
        Table("overrides", Override, None),
        Table("settled", SettledFile, None),
    )
}

#: The order in which a poll's rows become visible: everything before articles, articles before the ledger (invariant 2).
COMMIT_ORDER = ("raw", "failures", "mentions", "matches", "sightings", "articles", "fetches")
