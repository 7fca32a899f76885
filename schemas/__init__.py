"""The vocabulary of vigie: what its words mean, as frozen dataclasses and the Arrow schemas made from them."""

from vigie.schemas.columns import column, from_rows, from_table, schema_of, to_rows, to_table
from vigie.schemas.judgement import Evaluation, Override, Verdict
from vigie.schemas.measures import Audit, Quality
from vigie.schemas.records import (
    Article,
    DateQuality,
    DateSource,
    Entry,
    EntryKey,
    Evidence,
    Failure,
    FetchedDocument,
    FetchOutcome,
    FetchRecord,
    Header,
    Link,
    Match,
    Mention,
    RawDocument,
    Sighting,
)
from vigie.schemas.registry import Claim, Feed, Independence, Panel, Scope, Source
from vigie.schemas.runs import Counter, Option, RunManifest, TopicRecord
from vigie.schemas.tables import FORMAT_VERSION, TABLES, Table

__all__ = [
    "FORMAT_VERSION",
    "TABLES",
    "Article",
    "Audit",
    "Claim",
    "Counter",
    "DateQuality",
    "DateSource",
    "Entry",
    "EntryKey",
    "Evaluation",
    "Evidence",
    "Failure",
    "Feed",
    "FetchOutcome",
    "FetchRecord",
    "FetchedDocument",
    "Header",
    "Independence",
    "Link",
    "Match",
    "Mention",
    "Option",
    "Override",
    "Panel",
    "Quality",
    "RawDocument",
    "RunManifest",
    "Scope",
    "Sighting",
    "Source",
    "Table",
    "TopicRecord",
    "Verdict",
    "column",
    "from_rows",
    "from_table",
    "schema_of",
    "to_rows",
    "to_table",
]
