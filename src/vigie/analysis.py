"""What is found out about the new articles of a poll: fingerprint, language, and the topics they are on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vigie.fingerprint import fingerprint_texts
from vigie.language import DetectedLanguage, LanguageDetector, LanguageInput
from vigie.polls import Poll, Polls
from vigie.schemas import Article, Match, Mention
from vigie.schemas.columns import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.matching import TopicSet
    from vigie.storage.articles import StoredArticle

__all__ = ["add_fingerprints", "add_language", "add_topics", "match_article", "published_hour"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def published_hour(at: datetime | None) -> int | None:
    """Whole hours from 1970 to a time, UTC: days of any zone are cut from it without asking the session's."""
    return None if at is None else int((at - _EPOCH).total_seconds() // 3600)


def add_fingerprints(polls: Polls) -> Polls:
    """Fingerprint the texts of the articles of some polls."""
    found = iter(fingerprint_texts([article.text for poll in polls for article in poll.articles]))
    return _with_articles(polls, lambda article: changed(article, fingerprint=next(found)))


def add_language(polls: Polls, detector: LanguageDetector, source_languages: Sequence[tuple[str, ...]]) -> Polls:
    """Detect the language of all articles of some polls at once.

    Args:
        polls: The polls.
        detector: The detector.
        source_languages: For each poll, the languages that its source publishes in.
    """
    texts = [
        LanguageInput(article.title, article.text, article.declared_language, languages)
        for poll, languages in zip(polls, source_languages, strict=True)
        for article in poll.articles
    ]
    detected = iter(detector.detect_batch(texts))
    return _with_articles(polls, lambda article: _with_language(article, next(detected)))


def _with_articles(polls: Polls, change: Callable[[Article], Article]) -> Polls:
    """Polls with each of their articles changed, in order; those that have none as they are."""
    return Polls(changed(poll, articles=tuple(map(change, poll.articles))) if poll.articles else poll for poll in polls)


def _with_language(article: Article, found: DetectedLanguage) -> Article:
    return changed(article, language=found.language, language_confidence=found.confidence, second_language=found.second)


def add_topics(poll: Poll, topics: TopicSet, *, matched_at: datetime) -> Poll:
    """Match the articles of a poll against the topics: concepts become mentions, topics that fire become matches."""
    mentions: list[Mention] = []
    matches: list[Match] = []
    for article in poll.articles:
        found, fired = match_article(article, topics, matched_at=matched_at, run_id=article.run_id)
        mentions.extend(found)
        matches.extend(fired)
    return changed(poll, mentions=tuple(mentions), matches=tuple(matches))


def match_article(
    article: Article | StoredArticle, topics: TopicSet, *, matched_at: datetime, run_id: str
) -> tuple[list[Mention], list[Match]]:
    """Evaluate one article revision: the concepts it mentions and the topics it is on.

    Args:
        article: The revision, new or stored.
        topics: The topics.
        matched_at: When this is done, UTC.
        run_id: The run that does it.
    """
    result = topics.match(article.title, article.text, article.language)
    hour = published_hour(article.first_published_at)
    mentions = [
        Mention(
            article_id=article.article_id,
            revision_hash=article.revision_hash,
            concept=found.concept,
            field=found.field,
            start=found.start,
            end=found.end,
            lead=found.lead,
            topics_version=topics.version,
            source_id=article.source_id,
            language=article.language,
            first_published_at=article.first_published_at,
            published_hour=hour,
            backlog=article.backlog,
            fetched_at=article.fetched_at,
            run_id=run_id,
        )
        for found in result.mentions
    ]
    matches = [
        Match(
            article_id=article.article_id,
            revision_hash=article.revision_hash,
            topic_id=fired.topic_id,
            topics_version=topics.version,
            strength=fired.strength,
            lead=fired.lead,
            matched_at=matched_at,
            source_id=article.source_id,
            language=article.language,
            first_published_at=article.first_published_at,
            published_hour=hour,
            backlog=article.backlog,
            fetched_at=article.fetched_at,
            run_id=run_id,
            evidence=fired.evidence,
        )
        for fired in result.matches
    ]
    return mentions, matches
