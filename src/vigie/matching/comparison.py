"""What another version of the topics would add and lose on articles, counted by topic and day, with examples.

Example:
    comparison = compare(old, new, read_first_revisions(dataset))
    comparison.days["franco-russian-relations", date(2017, 5, 29)].added
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from vigie.matching.topic_set import FoundTopic, TopicSet
from vigie.schemas import Evidence

__all__ = ["Change", "Comparison", "Tally", "compare"]

_STEP = 1_000


class _Article(Protocol):
    @property
    def article_id(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def day(self) -> date | None: ...


@dataclass(slots=True)
class Tally:
    """Articles on a topic under both versions."""

    old: int = 0
    new: int = 0
    added: int = 0
    lost: int = 0

    def take(self, was: bool, is_now: bool) -> None:
        """Count one article."""
        self.old += was
        self.new += is_now
        self.added += is_now and not was
        self.lost += was and not is_now


@dataclass(frozen=True, slots=True)
class Change:
    """One article that a topic would gain or lose."""

    topic_id: str
    #: `added` or `lost`.
    change: str
    article_id: str
    day: date | None
    source_id: str
    language: str
    title: str
    url: str
    #: What makes the topic fire, under the version under which it does.
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Comparison:
    """What changes from one version to the other."""

    articles: int = 0
    #: By topic and local day of publication; None: undated.
    days: dict[tuple[str, date | None], Tally] = field(default_factory=dict)
    topics: dict[str, Tally] = field(default_factory=dict)
    #: By topic and kind of change, in order of day.
    examples: list[Change] = field(default_factory=list)


def compare(
    old: TopicSet,
    new: TopicSet,
    articles: Iterable[_Article],
    *,
    scope: str = "lead",
    examples: int = 5,
    progress: Callable[[int], None] = lambda articles: None,
) -> Comparison:
    """Evaluate articles under two versions.

    Args:
        old: The version that holds.
        new: The version that might.
        articles: Each article once.
        scope: lead: evidence in title or first 25 words counts, as in figures; all: anywhere.
        examples: How many changed articles to keep for each topic and kind of change. Ids are hashes, so those with the
            smallest are a sample that is the same each time and no matter of date or source.
        progress: Told after each thousand articles.
    """
    found = Comparison(topics={topic: Tally() for topic in sorted({*old.topics, *new.topics})})
    kept: dict[tuple[str, str], list[Change]] = {}
    for article in articles:
        found.articles += 1
        was, is_now = _fired(old, article, scope), _fired(new, article, scope)
        for topic in was.keys() | is_now.keys():
            found.topics[topic].take(topic in was, topic in is_now)
            found.days.setdefault((topic, article.day), Tally()).take(topic in was, topic in is_now)
            if (topic in was) != (topic in is_now):
                change = _change(article, "lost" if topic in was else "added", was.get(topic) or is_now[topic])
                _keep(kept.setdefault((topic, change.change), []), change, examples)
        if found.articles % _STEP == 0:
            progress(_STEP)
    for key in sorted(kept):
        found.examples += sorted(kept[key], key=lambda change: (str(change.day or ""), change.article_id))
    return found


def _fired(topics: TopicSet, article: _Article, scope: str) -> dict[str, FoundTopic]:
    result = topics.match(article.title, article.text, article.language)
    return {match.topic_id: match for match in result.matches if match.lead or scope == "all"}


def _change(article: _Article, change: str, fired: FoundTopic) -> Change:
    return Change(
        topic_id=fired.topic_id,
        change=change,
        article_id=article.article_id,
        day=article.day,
        source_id=article.source_id,
        language=article.language,
        title=article.title,
        url=article.url,
        evidence=fired.evidence,
    )


def _keep(sample: list[Change], change: Change, size: int) -> None:
    sample.append(change)
    if len(sample) > size:
        sample.remove(max(sample, key=lambda one: one.article_id))
