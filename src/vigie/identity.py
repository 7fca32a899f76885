"""Which article an entry is.

Within a source, an entry is the article already known by its canonical URL, or by its guid. A key that proves ambiguous
is none: a URL that is a home page, a URL or guid that entries of one body share under different titles, or one that two
known articles have. Then title and date decide.

A guid that comes back under another URL names the same article only where the title or the exact time of publication is
the same too: outlets rename addresses, and others repeat one guid for everything (see the complaints 3 and 4 that
monitors of feeds meet most, miniflux#797 and #2358, FreshRSS#5151).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vigie.schemas import Entry
from vigie.text import title_key
from vigie.urls import is_home_page

__all__ = ["BodyKeys", "EntryKeys", "KnownArticle", "KnownArticles", "Revision", "read_as", "revision_hash", "title_and_day"]

#: Articles whose ids are kept, by what named them: each cycle of a process asks for those that its feeds show.
_REMEMBERED = 16_384
_ID_LENGTH = 24  # 96 bits: no two articles share an id below some 10^12 of them


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@functools.lru_cache(maxsize=_REMEMBERED)
def _id_of(source_id: str, first_key: str) -> str:
    return _digest(f"{source_id}\n{first_key}")[:_ID_LENGTH]


def revision_hash(title: str, text: str) -> str:
    """Hash of what a reader sees of an entry: two revisions that read the same have the same."""
    return _digest(f"{title}\n\n{text}")[:_ID_LENGTH]


def read_as(entry: Entry) -> str:
    """The same of an entry, which remembers it."""
    return entry.revision_hash or revision_hash(entry.title, entry.text)


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """What an entry may be known by, after what its own body shows to be ambiguous is left out."""

    #: Canonical URL; empty where there is none or it names no single entry.
    url: str
    #: guid; empty where there is none or it names no single entry.
    guid: str
    #: Normalised title with the day of publication, or a hash of the text where there is no title.
    title_and_date: str
    #: Normalised title alone.
    title: str
    published_at: datetime | None


def _title_and_date(title: str, text: str, published_at: datetime | None) -> str:
    day = published_at.astimezone(UTC).date().isoformat() if published_at else ""
    return f"{day} {title}" if title else f"{day} #{_digest(text)[:_ID_LENGTH]}"


def title_and_day(title_and_date: str) -> int:
    """Of :attr:`EntryKeys.title_and_date` a hash of 64 bits, signed: the column by which stored articles are found."""
    digest = hashlib.blake2b(title_and_date.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class BodyKeys:
    """The keys of the entries of one body: what several of its entries share is left out."""

    def __init__(self, entries: Sequence[Entry], homepage: str) -> None:
        """Look over a body.

        Args:
            entries: All entries of the body.
            homepage: The source's front page, which names no article.
        """
        self._homepage = homepage
        self._shared_urls = _shared([entry.canonical_url for entry in entries], entries)
        self._shared_guids = _shared([entry.guid for entry in entries], entries)

    def url(self, entry: Entry) -> str:
        """The canonical URL that an entry is known by; empty where there is none."""
        url = entry.canonical_url
        return "" if url in self._shared_urls or is_home_page(url, self._homepage) else url

    def of(self, entry: Entry) -> EntryKeys:
        """All the keys of an entry."""
        title = title_key(entry.title)
        return EntryKeys(
            url=self.url(entry),
            guid="" if entry.guid in self._shared_guids else entry.guid,
            title_and_date=_title_and_date(title, entry.text, entry.published_at),
            title=title,
            published_at=entry.published_at,
        )


def _shared(keys: list[str], entries: Sequence[Entry]) -> set[str]:
    """The keys that stand with more than one title."""
    given = [key for key in keys if key]
    if len(set(given)) == len(given):
        return set()  # None is there twice, as in nearly every body.
    titles: dict[str, set[str]] = {}
    for key, entry in zip(keys, entries, strict=True):
        titles.setdefault(key, set()).add(title_key(entry.title))
    return {key for key, found in titles.items() if len(found) > 1}


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """One stored revision of an article."""

    #: When the poll that brought it started, UTC.
    fetched_at: datetime
    revision_hash: str
    published_at: datetime | None = field(compare=False)
    backlog: bool = field(compare=False)


@dataclass(slots=True)
class KnownArticle:
    """An article of a source, as far as telling it apart and counting its revisions goes."""

    article_id: str
    titles: set[str] = field(default_factory=set)
    published: set[datetime] = field(default_factory=set)
    #: Stored revisions, oldest first.
    revisions: list[Revision] = field(default_factory=list)

    def in_force(self, at: datetime) -> Revision | None:
        """The revision that held at a time: the latest fetched no later; None before the first."""
        return max((r for r in self.revisions if r.fetched_at <= at), default=None)

    @property
    def first(self) -> Revision:
        """The first revision: its date is the one that trends count on."""
        return self.revisions[0]


class KnownArticles:
    """The articles of one source, found by their keys."""

    def __init__(self, source_id: str) -> None:
        """Start with none."""
        self.source_id = source_id
        self.by_id: dict[str, KnownArticle] = {}
        # A key of two articles is ambiguous, so each key remembers all of its articles.
        self._by_url: dict[str, set[str]] = {}
        self._by_guid: dict[str, set[str]] = {}
        self._by_title: dict[str, set[str]] = {}
        #: Whether any URL is ambiguous.
        self.ambiguous = False

    def __len__(self) -> int:
        """How many articles are known."""
        return len(self.by_id)

    def id_by_url(self, url: str) -> str | None:
        """The id of the one article that has a URL, which is what :meth:`find` finds of an entry known by it; else None."""
        ids = self._by_url.get(url) if url else None
        return next(iter(ids)) if ids is not None and len(ids) == 1 else None

    def is_ambiguous(self, url: str) -> bool:
        """Whether several articles have a URL."""
        return len(self._by_url.get(url, ())) > 1

    def id_of_link(self, url: str) -> str:
        """The id of the article that was named by a URL, if there is one."""
        return _id_of(self.source_id, f"url:{url}")

    def note_link(self, url: str, article_id: str) -> None:
        """Note that a URL names one article, which it named from the first: enough to know an entry that reads as before."""
        self._by_url[url] = {article_id}

    def id_by_title(self, keys: EntryKeys) -> str:
        """The id of the article that was named by an entry's title and date, if there is one."""
        return _id_of(self.source_id, f"title:{keys.title_and_date}")

    def find(self, keys: EntryKeys) -> KnownArticle | None:
        """The article that an entry with these keys is; None where it is not known yet."""
        url_is_ambiguous = self.is_ambiguous(keys.url)
        by_url = self._only(self._by_url, keys.url)
        if by_url is not None:
            return by_url
        by_guid = self._only(self._by_guid, keys.guid)
        if keys.url and not url_is_ambiguous:
            if by_guid is not None and self._agrees(by_guid, keys):
                return by_guid
            return self._same_guid_and_title(keys)
        # Another article may have the title and date too, under a link of its own: then it is the one named by them.
        named = self.by_id.get(self.id_by_title(keys))
        return by_guid or self._only(self._by_title, keys.title_and_date) or named

    def new_id(self, keys: EntryKeys) -> str:
        """The id of an article that is first seen with these keys: a hash of source and first key."""
        if keys.url and keys.url not in self._by_url:
            return self.id_of_link(keys.url)
        if keys.guid and keys.guid not in self._by_guid:
            return _id_of(self.source_id, f"guid:{keys.guid}")
        return self.id_by_title(keys)

    def add(
        self,
        article_id: str,
        revision: Revision,
        *,
        canonical_url: str,
        guid: str,
        title: str,
        text: str,
    ) -> KnownArticle:
        """Note a stored revision, new or read back, under all of its keys.

        Args:
            article_id: The article.
            revision: The revision.
            canonical_url: As stored: also a URL that names no single article, which is how it is known to be one.
            guid: As stored.
            title: Plain text of the title.
            text: Plain text.
        """
        article = self.by_id.setdefault(article_id, KnownArticle(article_id))
        key = title_key(title)
        article.titles.add(key)
        if revision.published_at is not None:
            article.published.add(revision.published_at)
        if revision not in article.revisions:
            article.revisions.append(revision)
            article.revisions.sort()
        if canonical_url:
            having = self._by_url.setdefault(canonical_url, set())
            having.add(article_id)
            self.ambiguous = self.ambiguous or len(having) > 1
        if guid:
            self._by_guid.setdefault(guid, set()).add(article_id)
        self._by_title.setdefault(_title_and_date(key, text, revision.published_at), set()).add(article_id)
        return article

    def drop(self, article_id: str, fetched_at: datetime, read_as: str) -> None:
        """Take back a revision; the article goes by its keys as before."""
        article = self.by_id.get(article_id)
        if article is not None:
            article.revisions = [r for r in article.revisions if (r.fetched_at, r.revision_hash) != (fetched_at, read_as)]

    def _only(self, index: dict[str, set[str]], key: str) -> KnownArticle | None:
        """The one article that has a key; None where none or several have."""
        found: Iterable[str] = index.get(key, ()) if key else ()
        ids = list(found)
        return self.by_id[ids[0]] if len(ids) == 1 else None

    def _same_guid_and_title(self, keys: EntryKeys) -> KnownArticle | None:
        """Of several articles that share a guid, the one with the entry's title and date."""
        ids = self._by_guid.get(keys.guid, set()) & self._by_title.get(keys.title_and_date, set()) if keys.guid else set()
        return self.by_id[min(ids)] if ids else None

    @staticmethod
    def _agrees(article: KnownArticle, keys: EntryKeys) -> bool:
        return bool(keys.title and keys.title in article.titles) or keys.published_at in article.published
