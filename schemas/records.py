"""What the pipelines pass on and store: fetched documents, entries, articles, matches and the ledger.

Every timestamp is aware UTC. Two clocks are never mixed: `published_at` is the outlet's claim, `fetched_at` ours.
"""

import enum
from dataclasses import dataclass
from datetime import datetime

from vigie.schemas.columns import column, quickly_made

__all__ = [
    "Article",
    "DateQuality",
    "DateSource",
    "Entry",
    "EntryKey",
    "Evidence",
    "Failure",
    "FetchOutcome",
    "FetchRecord",
    "FetchedDocument",
    "Header",
    "Link",
    "Match",
    "Mention",
    "RawDocument",
    "Sighting",
]


class FetchOutcome(enum.StrEnum):
    """How one poll ended. After the first four the feed was seen as it stood."""

    OK = "ok"  # a body that differs from the last one
    UNCHANGED = "unchanged"  # a body, the same as the last one
    NOT_MODIFIED = "not-modified"  # the server said so (304)
    EMPTY = "empty"  # a feed without entries
    NOT_A_FEED = "not-a-feed"  # a body that no parser takes for a feed
    HTTP_ERROR = "http-error"  # an answer other than 200 and 304
    NETWORK_ERROR = "network-error"  # no answer: name, connection, TLS, time
    TOO_LARGE = "too-large"
    TOO_COSTLY = "too-costly"  # a body whose reading was stopped: it took more time or memory than it may
    REFUSED = "refused"  # vigie would not fetch it: scheme or address
    BLOCKED = "blocked"  # kept from this vantage: 403, 451, a page that says so, a name that leads nowhere on purpose
    EXPORT = "export"  # rows of another archive's export: read, but no poll, so it says nothing of what a feed showed

    @property
    def succeeded(self) -> bool:
        """Whether entries were read, or the feed said that it had none that are new."""
        return self in (
            FetchOutcome.OK,
            FetchOutcome.UNCHANGED,
            FetchOutcome.NOT_MODIFIED,
            FetchOutcome.EMPTY,
            FetchOutcome.EXPORT,
        )


class DateSource(enum.StrEnum):
    """Which element of an entry gave `published_at`."""

    PUBLISHED = "published"
    UPDATED = "updated"
    NONE = "none"


class DateQuality(enum.StrEnum):
    """How far `published_at` can be relied on. With the last four it is None: such articles are undated."""

    OK = "ok"  # date, time and zone
    ZONE_ASSUMED = "zone-assumed"  # no zone given: the edition's was taken
    DATE_ONLY = "date-only"  # a day without a time: midnight in the edition's zone
    AHEAD = "ahead"  # with time and zone, but up to a day after it was fetched: kept, for zones are often mistaken
    MISSING = "missing"
    UNREADABLE = "unreadable"
    FUTURE = "future"  # more than a day after it was fetched
    IMPLAUSIBLE = "implausible"  # before 1995, as 1970 is

    @property
    def is_dated(self) -> bool:
        """Whether an article whose date is such stands in a day."""
        return self in (DateQuality.OK, DateQuality.ZONE_ASSUMED, DateQuality.DATE_ONLY, DateQuality.AHEAD)


@quickly_made
@dataclass(frozen=True, slots=True)
class Header:
    """One response header."""

    name: str = column("Header name, lower case.")
    value: str = column("Its value, verbatim.")


@quickly_made
@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """One poll of one feed, as it came: the element that every pipeline starts from."""

    feed_id: str = column("The feed that was polled.")
    source_id: str = column("The source whose feed it is.")
    url: str = column("The address asked.")
    fetched_at: datetime = column("When the poll started, UTC.")
    final_url: str = column("The address that answered, after redirects.", default="")
    status: int | None = column("HTTP status; None where there was no answer.", default=200)
    headers: tuple[Header, ...] = column("Response headers.", default=())
    body: bytes = column("The body, decompressed, bytes as received.", default=b"")
    outcome: FetchOutcome = column("How the poll ended, as far as fetching goes.", default=FetchOutcome.OK)
    error: str = column("Why it failed, in words.", default="")
    planned_at: datetime | None = column("When it was due, UTC.", default=None)
    duration: float = column("Seconds from start to the last byte.", default=0.0)
    unconditional: bool = column("True where no validators were sent.", default=True)
    retry_after: datetime | None = column("Not to be polled before, as the server asked, UTC.", default=None)
    vantage: str = column("From where the poll was made.", default="local")
    origin: str = column("How the body was had: `poll`, `file`, or the name of an archive.", default="poll")
    moved_to: str = column("Where permanent redirects (301, 308) alone lead; empty where the feed stays.", default="")
    temporary: bool = column("True where a name server asked to try again later.", default=False)
    proxy: str = column("Host and port of the proxy that it went through; empty for none.", default="")
    tls_verified: bool = column("False where the registry has this feed's certificate go unchecked.", default=True)
    complete_from: datetime | None = column("Of an export: from when on it is stated to be complete, UTC.", default=None)
    complete_until: datetime | None = column("Of an export: the first moment after that, UTC.", default=None)


@quickly_made
@dataclass(frozen=True, slots=True)
class Link:
    """A link in an entry's text."""

    url: str = column("Absolute address.")
    text: str = column("The words it stands on.", default="")


@quickly_made
@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one feed document: plain text, before it is known which article it is."""

    guid: str = column("The outlet's id for it, verbatim; empty where it gives none.")
    url: str = column("Its link as given, made absolute; empty where it has none.")
    canonical_url: str = column("The link in canonical form; empty where it has none.")
    title: str = column("Plain text of the title.")
    text: str = column("Plain text of the summary or content, whichever is longer.")
    authors: tuple[str, ...] = column("Names as given.", default=())
    published_at: datetime | None = column(
        "When the outlet says it was published, UTC; None where it says nothing usable.", default=None
    )
    date_source: DateSource = column("Which element gave the date.", default=DateSource.NONE)
    date_quality: DateQuality = column("How far the date can be relied on.", default=DateQuality.MISSING)
    date_raw: str = column("The date as given.", default="")
    declared_language: str = column("Language that the entry or its feed declares, as given.", default="")
    links: tuple[Link, ...] = column("Links in the text.", default=())
    revision_hash: str = column("Hash of title and text, as an article's; empty: not worked out.", default="", derived=True)


@quickly_made
@dataclass(frozen=True, slots=True)
class Article:
    """Table `articles`: one revision of one article."""

    article_id: str = column("Hash of the source and of the first key under which the article was seen.")
    revision_hash: str = column("Hash of title and text: two revisions that read the same have the same.")
    source_id: str = column("The edition that published it.")
    guid: str = column("The outlet's id for it, verbatim; empty where it gives none.")
    url: str = column("Its link as given, made absolute.")
    canonical_url: str = column("Its link in canonical form, by which articles are told apart.")
    title: str = column("Plain text of the title.")
    text: str = column("Plain text of the summary or content.")
    text_words: int = column("Words in title and text: recall follows length, so compare like with like.")
    authors: tuple[str, ...] = column("Names as given.")
    published_at: datetime | None = column("When this revision says it was published, UTC; None: undated.")
    date_source: DateSource = column("Which element gave the date.")
    date_quality: DateQuality = column("How far the date can be relied on.")
    date_raw: str = column("The date as given.")
    first_published_at: datetime | None = column("`published_at` of the first revision: the clock of every trend.")
    fetched_at: datetime = column("When the poll that brought this revision started, UTC.")
    backlog: bool = column("True where it was published before the first poll of the feed that brought it: outside trends.")
    declared_language: str = column("Language that the entry or its feed declares, as given.")
    language: str = column("Detected ISO 639-1 code; `und` where the text does not tell.")
    language_confidence: float = column("Posterior probability of `language`, 0 to 1.")
    links: tuple[Link, ...] = column("Links in the text.")
    fingerprint: tuple[int, ...] = column(
        "MinHash bands of the text's words, after a hash of all of them (`vigie.fingerprint`); empty under 40 words."
    )
    feed_id: str = column("The feed that brought this revision.")
    origin: str = column("How the body was had: `poll`, `file`, or the name of an archive.")
    run_id: str = column("The run that wrote it.")
    second_language: str = column(
        "ISO 639-1 code of another language that a sentence or quotation is in; empty for none.", default=""
    )
    title_and_day: int = column(
        "Hash of the normalised title (of the text, where there is none) and the day of publication, by which an article is"
        " known that no link names; 0 in rows of versions before.",
        default=0,
    )
    superseded: bool = column(
        "True where the same row, written before, is no revision any more: a poll that was read later had shown the article in"
        " another feed first.",
        default=False,
    )


@quickly_made
@dataclass(frozen=True, slots=True)
class Sighting:
    """Table `sightings`: an article's first appearance in a feed."""

    article_id: str = column("The article.")
    feed_id: str = column("The feed in which it was seen.")
    source_id: str = column("The source whose feed it is.")
    first_seen: datetime = column("When the first poll that showed it started, UTC.")
    run_id: str = column("The run that wrote it.")


@quickly_made
@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in an article a topic's rule found a concept."""

    concept: str = column("Id of the concept found.")
    rule: str = column("The part of the topic's rule that it served.")
    field: str = column("`title` or `text`.")
    start: int = column("First character of the words found, counted in code points of the stored field.")
    end: int = column("One past the last character.")
    text: str = column("The words found: exactly field[start:end].")


@quickly_made
@dataclass(frozen=True, slots=True)
class Mention:
    """Table `mentions`: one occurrence of one concept in one article revision, whether or not a topic fired."""

    article_id: str = column("The article.")
    revision_hash: str = column("The revision.")
    concept: str = column("Id of the concept found.")
    field: str = column("`title` or `text`.")
    start: int = column("First character, counted in code points of the stored field.")
    end: int = column("One past the last character.")
    lead: bool = column("True where it lies in the title or the first 25 words of the text.")
    topics_version: str = column("Version of the topics under which it was found.")
    source_id: str = column("Copied from the article.")
    language: str = column("Copied from the article.")
    first_published_at: datetime | None = column("Copied from the article.")
    published_hour: int | None = column("Whole hours from 1970 to `first_published_at`, UTC.")
    backlog: bool = column("Copied from the article.")
    fetched_at: datetime = column("Copied from the article.")
    run_id: str = column("The run that wrote it.")


@quickly_made
@dataclass(frozen=True, slots=True)
class Match:
    """Table `matches`: one article revision on one topic."""

    article_id: str = column("The article.")
    revision_hash: str = column("The revision.")
    topic_id: str = column("The topic whose rules fired.")
    topics_version: str = column("Version of the topics under which it was evaluated.")
    strength: float = column("How much evidence there is, by the documented formula; not a probability.")
    lead: bool = column("True where the title and the first 25 words of the text alone make the topic fire.")
    matched_at: datetime = column("When it was evaluated, UTC.")
    source_id: str = column("Copied from the article.")
    language: str = column("Copied from the article.")
    first_published_at: datetime | None = column("Copied from the article.")
    published_hour: int | None = column("Whole hours from 1970 to `first_published_at`, UTC.")
    backlog: bool = column("Copied from the article.")
    fetched_at: datetime = column("Copied from the article.")
    run_id: str = column("The run that wrote it.")
    evidence: tuple[Evidence, ...] = column("What fired, in order of place.", default=())


@quickly_made
@dataclass(frozen=True, slots=True)
class EntryKey:
    """One entry of a poll as the ledger keeps it."""

    article_id: str = column("The article that the entry is.")
    revision_hash: str = column("The revision seen.")


@quickly_made
@dataclass(frozen=True, slots=True)
class FetchRecord:
    """Table `fetches`: one poll of one feed. The last row of a feed is its whole cursor."""

    feed_id: str = column("The feed that was polled.")
    source_id: str = column("The source whose feed it is.")
    url: str = column("The address asked.")
    run_id: str = column("The run that polled it.")
    vantage: str = column("From where the poll was made.")
    origin: str = column("How the body was had: `poll`, `file`, or the name of an archive.")
    planned_at: datetime | None = column("When it was due, UTC.")
    started_at: datetime = column("When it started, UTC.")
    duration: float = column("Seconds from start to the last byte.")
    outcome: FetchOutcome = column("How it ended.")
    status: int | None = column("HTTP status; None where there was no answer.")
    final_url: str = column("The address that answered.")
    unconditional: bool = column("True where no validators were sent.")
    etag: str = column("Validator to send next time, verbatim; empty where there is none.")
    last_modified: str = column("Validator to send next time, verbatim; empty where there is none.")
    retry_after: datetime | None = column("Not to be polled before, as the server asked, UTC.")
    body_hash: str = column("SHA-256 of the last body had, hexadecimal; carried over where this poll brought none.")
    bytes: int = column("Size of this poll's body, bytes.")
    entries: int = column("Entries in the body: always new + revised + known + failed.")
    new: int = column("Entries that were articles not known before.")
    revised: int = column("Entries that were a changed revision of a known article.")
    known: int = column("Entries already known as they are, repetitions within the body included.")
    failed: int = column("Entries that could not be processed; each has a row in `failures`.")
    anchor: str = column("article_id of the entry that had arrived last when this poll was made; empty where none.")
    anchor_present: bool | None = column("Whether the anchor of the poll before is still in this one; None where it has none.")
    entry_keys: tuple[EntryKey, ...] = column("The entries in order, where the body changed.")
    first_polled_at: datetime = column("When this feed's first successful poll started, UTC; until there is one, this poll.")
    last_new_at: datetime | None = column("When a poll last brought a new article, UTC.")
    interval: float | None = column("Seconds between polls as learnt, before back-off; None for a poll of an older version.")
    next_poll_at: datetime | None = column("When the next poll is due, UTC.")
    failures_in_a_row: int = column("Polls that failed since the last success, this one included.")
    error: str = column("Why it failed, or what was wrong with a body that was read all the same.")
    window_size: int = column("Entries in the feed's last body that had any.", default=0)
    rate: float = column("Entries an hour that are new to the feed: recent mean, forgetting.", default=0.0)
    peak_rate: float = column("Entries an hour that were new to the feed: the most of late, forgetting.", default=0.0)
    asked_interval: float | None = column("Seconds that the feed asks for between polls (ttl, sy:).", default=None)
    backoff: float = column(
        "Failures since the last success, hard ones counting 1, soft 0.5, a name server's 0.25.", default=0.0
    )
    last_success_at: datetime | None = column("When the last successful poll started, UTC.", default=None)
    validators_lie: bool = column("True where the body changed under the same validators: none are sent.", default=False)
    moved_to: str = column("Where permanent redirects (301, 308) alone lead; empty where the feed stays.", default="")
    proxy: str = column("Host and port of the proxy that it went through; empty for none.", default="")
    tls_verified: bool = column("False where the registry has this feed's certificate go unchecked.", default=True)
    complete_from: datetime | None = column(
        "Of an export: from when on whoever made it states that it holds all that the source published, UTC.", default=None
    )
    complete_until: datetime | None = column("Of an export: the first moment after that, UTC.", default=None)
    followed_at: datetime | None = column(
        "Of a poll that was read after a later one of its feed: when the next one known by then started, UTC.", default=None
    )
    follower_has_anchor: bool | None = column("Of the same: whether this poll's anchor is still in that one.", default=None)


@quickly_made
@dataclass(frozen=True, slots=True)
class RawDocument:
    """Table `raw`: one fetched body that differed from the feed's last one; enough to replay it."""

    feed_id: str = column("The feed that was polled.")
    source_id: str = column("The source whose feed it is.")
    fetched_at: datetime = column("When the poll started, UTC.")
    url: str = column("The address asked.")
    final_url: str = column("The address that answered.")
    status: int | None = column("HTTP status.")
    vantage: str = column("From where the poll was made.")
    origin: str = column("How the body was had.")
    headers: tuple[Header, ...] = column("Response headers.")
    body_hash: str = column("SHA-256 of the body, hexadecimal.")
    body: bytes = column("The body, bytes as received.")
    run_id: str = column("The run that wrote it.")


@dataclass(frozen=True, slots=True)
class Failure:
    """Table `failures`: one thing that could not be processed, and why."""

    stage: str = column("Where it failed: fetch, parse, identify, language, match or write.")
    feed_id: str = column("The feed it came from.")
    source_id: str = column("The source whose feed it is.")
    key: str = column("Which thing: the document's address, or the entry's guid, link or place.")
    error_type: str = column("Short name of the kind of failure.")
    message: str = column("What was wrong, in words, and what to do where there is something to do.")
    payload: str = column("Where the material is: body_hash of the raw document, or empty.")
    at: datetime = column("When the poll that brought it started, UTC.")
    run_id: str = column("The run that wrote it.")
