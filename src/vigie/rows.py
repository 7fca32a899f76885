"""The rows that a poll gives: what was fetched and read, as tables have it."""

from __future__ import annotations

from vigie.feeds.parse import ParsedDocument
from vigie.identity import EntryKeys, Revision, title_and_day
from vigie.schemas import Article, Entry, Failure, FetchedDocument, RawDocument
from vigie.text import count_words

__all__ = ["article_row", "failure_rows", "raw_row"]


def article_row(
    document: FetchedDocument, entry: Entry, *, article_id: str, read_as: str, first: Revision, run_id: str, keys: EntryKeys
) -> Article:
    """The row of one revision of an article, not yet analysed.

    Args:
        document: What was fetched.
        entry: The entry in it.
        article_id: Which article it is.
        read_as: The hash of the revision.
        first: The article's first revision, whose date and backlog count.
        run_id: The run.
        keys: What the entry is known by.
    """
    return Article(
        article_id=article_id,
        revision_hash=read_as,
        source_id=document.source_id,
        guid=entry.guid,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        text=entry.text,
        text_words=count_words(entry.title) + count_words(entry.text),
        authors=entry.authors,
        published_at=entry.published_at,
        date_source=entry.date_source,
        date_quality=entry.date_quality,
        date_raw=entry.date_raw,
        first_published_at=first.published_at,
        fetched_at=document.fetched_at,
        backlog=first.backlog,
        declared_language=entry.declared_language,
        language="und",
        language_confidence=0.0,
        links=entry.links,
        fingerprint=(),
        feed_id=document.feed_id,
        origin=document.origin,
        run_id=run_id,
        second_language="",
        title_and_day=title_and_day(keys.title_and_date),
    )


def raw_row(document: FetchedDocument, body_hash: str, run_id: str) -> RawDocument:
    """The row of a body."""
    return RawDocument(
        feed_id=document.feed_id,
        source_id=document.source_id,
        fetched_at=document.fetched_at,
        url=document.url,
        final_url=document.final_url or document.url,
        status=document.status,
        vantage=document.vantage,
        origin=document.origin,
        headers=document.headers,
        body_hash=body_hash,
        body=document.body,
        run_id=run_id,
    )


def failure_rows(document: FetchedDocument, parsed: ParsedDocument | None, body_hash: str, run_id: str) -> tuple[Failure, ...]:
    """The rows of what could not be fetched or read."""
    found = [("parse", f.key or document.url, f.error_type, f.message) for f in parsed.failures] if parsed is not None else []
    if not document.outcome.succeeded:
        found.append(("fetch", document.url, document.outcome.value, document.error or f"HTTP status {document.status}"))
    return tuple(
        Failure(stage, document.feed_id, document.source_id, key, kind, message, body_hash, document.fetched_at, run_id)
        for stage, key, kind, message in found
    )
