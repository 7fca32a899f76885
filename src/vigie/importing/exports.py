"""Tables of articles from other archives, CSV or JSON lines: read as documents that go the way of every feed.

An export is no poll. Its rows become entries of JSON Feed documents, a feed of its own for each outlet in it, and so articles
with the same identity, language, topics and evidence as all others; `origin` tells where they come from. They are no backlog:
they were imported to be counted. But nothing in them says what the archive lacks, so their days stay unknown, and a count
there is a minimum, unless whoever made the export states from when to when it is complete.

Example:
    export = read_export(Path("stories.csv"), load_column_map("mediacloud"), registry, now=clock())
    for document in export.documents(): ...
"""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vigie.dates import LATEST_AHEAD, parse_date
from vigie.errors import UsageError
from vigie.importing.column_map import ColumnMap
from vigie.registry import Registry
from vigie.registry.addresses import host_key, slug
from vigie.schemas import DateQuality, Feed, FetchedDocument, FetchOutcome, Header, Source

__all__ = ["Completeness", "Export", "read_export"]

#: A document ends at this many rows or characters.
_MAX_ROWS = 1_000
_MAX_CHARS = 4_000_000
_MAX_FIELD = 50_000_000
_DELIMITERS = ",;\t|"
_HEADERS = (Header("content-type", "application/feed+json"),)
#: A day as 29/05/2017 or 5/29/17.
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(/(?:\d{4}|\d\d)(?!\d).*)", re.DOTALL)
#: Seconds from 1970: more of a digit are milliseconds.
_LAST_SECONDS = 10**11


@dataclass(frozen=True)
class Completeness:
    """What whoever made an export states: it holds everything that its outlets published on these days, of their own zones."""

    first: date
    last: date

    def moments(self, time_zone: str) -> tuple[datetime, datetime]:
        """The first moment of it in a zone, and the first after it, UTC."""
        zone = ZoneInfo(time_zone or "UTC")
        since, until = self.first, self.last + timedelta(days=1)
        starts = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in (since, until))
        return next(starts), next(starts)


@dataclass(frozen=True)
class Export:
    """An export that was found to be readable from end to end."""

    path: Path
    column_map: ColumnMap
    registry: Registry
    #: Where its articles come from.
    origin: str
    #: The file's own time.
    file_time: datetime
    completeness: Completeness | None
    #: The source of all its rows; empty: its rows tell.
    source_id: str
    #: What its days as 03/04/2017 begin with: `day` or `month`, as others in it must; `either`: none tells, and they are read
    #: day first. Empty: it has none.
    date_order: str = ""
    #: source_id → rows.
    rows: dict[str, int] = field(default_factory=dict)
    #: Zone → rows of outlets in it that have a day and no hour: they stand at that day's first moment there.
    days_alone: dict[str, int] = field(default_factory=dict)
    #: First digits of the hash of file and statement: the same file is the same feeds.
    mark: str = ""
    #: The date of its newest row, none of the future among them; None: it has no dates.
    newest: datetime | None = None

    @property
    def made_at(self) -> datetime:
        """When it was made: at the file's own time, or with its newest row, where that is later."""
        return self.newest if self.newest is not None and self.loses_dates(self.file_time) else self.file_time

    def loses_dates(self, made_at: datetime) -> bool:
        """Whether rows would be of the future, and so undated, if it had been made at a moment."""
        return self.newest is not None and self.newest > made_at + LATEST_AHEAD

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds that its rows are entries of."""
        return tuple(Feed(self._feed_id(source), source, self.path.resolve().as_uri()) for source in sorted(self.rows))

    def documents(self, made_at: datetime | None = None) -> Iterator[FetchedDocument]:
        """Its rows, as documents of at most 1,000 entries of one outlet.

        Args:
            made_at: When it was made, where an earlier reading took it for older or younger; None: as the file says.

        Raises:
            UsageError: A row cannot be read; file and line are named.
        """
        gathered: dict[str, list[dict[str, Any]]] = {}
        sizes: Counter[str] = Counter()
        made: Counter[str] = Counter()
        at = made_at or self.made_at
        for line, row in _rows(self.path, self.column_map):
            item = _item(row, self.column_map, self._published(row))
            source = self._source_of(row, line)
            gathered.setdefault(source, []).append(item)
            sizes[source] += len(item.get("content_text", ""))
            if len(gathered[source]) >= _MAX_ROWS or sizes[source] >= _MAX_CHARS:
                yield self._document(source, gathered.pop(source), made[source], at)
                made[source] += 1
                del sizes[source]
        for source, items in gathered.items():
            yield self._document(source, items, made[source], at)

    def _feed_id(self, source_id: str) -> str:
        return f"{source_id}/{slug(self.origin) or 'export'}-{self.mark}"

    def _document(self, source_id: str, items: list[dict[str, Any]], number: int, at: datetime) -> FetchedDocument:
        body = {"version": "https://jsonfeed.org/version/1.1", "title": self.origin, "items": items}
        since, until = None, None
        if self.completeness is not None and number == 0:
            since, until = self.completeness.moments(self.registry.source_or_implicit(source_id).time_zone)
        return FetchedDocument(
            feed_id=self._feed_id(source_id),
            source_id=source_id,
            url=self.path.resolve().as_uri(),
            fetched_at=at + timedelta(milliseconds=number),
            headers=_HEADERS,
            body=json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            outcome=FetchOutcome.EXPORT,
            origin=self.origin,
            complete_from=since,
            complete_until=until,
        )

    def _published(self, row: dict[str, str]) -> str:
        """The date of a row, as it is parsed: days before months."""
        value = _value(row, self.column_map.published)
        slashed = _SLASHED.fullmatch(value) if self.date_order == "month" else None
        return f"{slashed[2]}/{slashed[1]}{slashed[3]}" if slashed else _date(value)

    def _source_of(self, row: dict[str, str], line: int) -> str:
        if self.source_id:
            return self.source_id
        names = [_value(row, columns) for columns in (self.column_map.source, self.column_map.source_url)]
        address = names[1] or _value(row, self.column_map.url)
        found = next((self.column_map.sources[name] for name in names if name in self.column_map.sources), "")
        found = found or self._registered(names[0], names[1], _value(row, self.column_map.url))
        found = found or slug(_host(address) or names[0])
        if not found:
            named = f"the outlet {names[0]} has no address that an id could be made of" if names[0] else ""
            raise UsageError(
                f"{self.path}:{line}: {named or 'nothing tells whose article this is'}; "
                + ("give it one under `sources` in the map" if named else "name the outlet's column in the map")
                + ", or say with --source that all rows are of one source"
            )
        return found

    def _registered(self, name: str, outlet: str, article: str) -> str:
        """The source of the registry: the one on the article's host, else on the outlet's, else of that name; empty: none.

        The article's comes first, since archives take editions together: in Media Cloud what is on `francais.rt.com` may be of
        `rt.com`. Editions share a host, too (`lemonde.fr` and `lemonde.fr/en/`). Then it is the one with the longest home page
        that the article's address begins with.
        """
        for host in filter(None, (_host(article), _host(outlet))):
            there = self._by_host.get(host, [])
            path = _path(article if _host(article) == host else outlet)
            fitting = [s for s in there if path.startswith(_path(s.homepage))] if len(there) > 1 else there
            if fitting:
                return max(fitting, key=lambda source: len(_path(source.homepage))).source_id
        sources = self.registry.sources if name else ()
        return next((s.source_id for s in sources if name.casefold() in (s.name.casefold(), s.source_id)), "")

    @functools.cached_property
    def _by_host(self) -> dict[str, list[Source]]:
        found: dict[str, list[Source]] = {}
        for source in self.registry.sources:
            found.setdefault(_host(source.homepage), []).append(source)
        return found


def read_export(
    path: Path,
    column_map: ColumnMap,
    registry: Registry,
    *,
    origin: str = "",
    source_id: str = "",
    now: datetime,
    completeness: Completeness | None = None,
) -> Export:
    """Look through an export, so that what is wrong with it is told before anything is stored.

    Args:
        path: A CSV file, or JSON lines where its name ends in `.jsonl`, `.ndjson` or `.json`.
        column_map: Which column is what.
        registry: The sources that its outlets are looked up in, by address and by name; what is not found there becomes a
            source of its own.
        origin: Where it comes from; default: the map's name.
        source_id: The source of all rows.
        now: The present, UTC: rows after it are of the future, whatever the file's time.
        completeness: From when to when it is stated to be complete.

    Raises:
        UsageError: The file cannot be read, lacks columns or holds no rows; file and line are named.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name an export as CSV or JSON lines")
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    if completeness is not None:  # The same rows with another statement are another export.
        digest.update(f"{completeness.first}/{completeness.last}".encode())
    file_time = min(datetime.fromtimestamp(int(path.stat().st_mtime), UTC), now)
    export = Export(
        path=path,
        column_map=column_map,
        registry=registry,
        origin=origin or column_map.name,
        file_time=file_time,
        completeness=completeness,
        source_id=source_id,
        mark=digest.hexdigest()[:8],
        date_order=_date_order(path, column_map),
    )
    newest: datetime | None = None
    for line, row in _rows(path, column_map):
        source = export._source_of(row, line)
        export.rows[source] = export.rows.get(source, 0) + 1
        published = export._published(row)
        zone = registry.source_or_implicit(source).time_zone or "UTC"
        moment, quality = parse_date(published, zone=zone, fetched_at=now)
        if quality is DateQuality.DATE_ONLY:
            export.days_alone[zone] = export.days_alone.get(zone, 0) + 1
        if moment is not None and (newest is None or moment > newest):
            newest = moment
    if not export.rows:
        raise UsageError(f"{path}: holds no rows; see that the export succeeded")
    return replace(export, newest=min(newest, now)) if newest is not None else export


def _rows(path: Path, column_map: ColumnMap) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line, columns by name."""
    reader = _json_rows if path.suffix.lower() in (".jsonl", ".ndjson", ".json") else _csv_rows
    try:
        yield from reader(path, column_map)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); see its permissions") from error


def _csv_rows(path: Path, column_map: ColumnMap) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(_MAX_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        start, skipped, first = 0, 0, lines.readline()
        if first.startswith("sep="):  # A spreadsheet's, which says so before the columns.
            start, skipped, first = lines.tell(), 1, lines.readline()
        delimiter = max(_DELIMITERS, key=first.count)
        lines.seek(start)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            names = [name.strip() for name in next(reader, [])]
            _check_columns(path, column_map, names)
            if twice := {name for name in names if name and names.count(name) > 1}:
                raise UsageError(f"{path}:1: two columns are called {min(twice)!r}; rename or remove one")
            for row in reader:
                if not row:
                    continue
                if len(row) != len(names):
                    raise UsageError(
                        f"{path}:{reader.line_num + skipped}: {len(row)} fields where the first line names {len(names)};"
                        " see that fields with separators or line breaks stand in quotes"
                    )
                yield reader.line_num + skipped, dict(zip(names, row, strict=True))
        except csv.Error as error:
            raise UsageError(f"{path}:{reader.line_num + skipped}: is no CSV ({error}); save it as CSV with quotes") from error


def _json_rows(path: Path, column_map: ColumnMap) -> Iterator[tuple[int, dict[str, str]]]:
    names: dict[str, None] = {}
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(f"{path}:{number}: is no JSON ({error}); a line is one article, as a JSON object") from error
            if not isinstance(row, dict):
                raise UsageError(f"{path}:{number}: is no JSON object; a line is one article, as a JSON object")
            names.update(dict.fromkeys(row))
            yield number, {name: _text(value) for name, value in row.items()}
    if names:  # A line lacks what it has no value of, so no single one tells the columns.
        _check_columns(path, column_map, list(names))


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)


def _check_columns(path: Path, column_map: ColumnMap, names: list[str]) -> None:
    """See that the map's title or text is there: without these two there is nothing to read."""
    for part in ("title", "text", "url", "published"):
        wanted = getattr(column_map, part)
        if wanted and not set(wanted) & set(names):
            raise UsageError(
                f"{path}:1: no column {' or '.join(map(repr, wanted))}, which the map {column_map.name} takes for the {part}; "
                f"the file has {', '.join(map(repr, names)) or 'none'}"
            )


def _value(row: dict[str, str], columns: tuple[str, ...]) -> str:
    """The first of some columns that has a value."""
    return next((row[name].strip() for name in columns if row.get(name, "").strip()), "")


def _item(row: dict[str, str], columns: ColumnMap, published: str) -> dict[str, Any]:
    """A row as an item of a JSON Feed."""
    text = "\n\n".join(row[name].strip() for name in columns.text if row.get(name, "").strip())
    authors = _value(row, columns.authors)
    item = {
        "id": _value(row, columns.guid),
        "url": _value(row, columns.url),
        "title": _value(row, columns.title),
        "content_text": text,
        "date_published": published,
        "language": _value(row, columns.language),
        "authors": [{"name": authors}] if authors else [],
    }
    return {name: value for name, value in item.items() if value}


def _date_order(path: Path, column_map: ColumnMap) -> str:
    """Whether days as 03/04/2017 begin with day or month: one file is of one hand, and what one of them must be all are."""
    lines: dict[str, int] = {}
    for line, row in _rows(path, column_map):
        if found := _SLASHED.fullmatch(_value(row, column_map.published)):
            lines.setdefault("day" if int(found[1]) > 12 else "month" if int(found[2]) > 12 else "either", line)
    if {"day", "month"} <= lines.keys():
        raise UsageError(
            f"{path}: days are written both ways, day first in line {lines['day']} and month first in line {lines['month']};"
            " write them as 2017-05-29"
        )
    return next((order for order in ("day", "month", "either") if order in lines), "")


def _date(value: str) -> str:
    """A date as text: numbers are seconds or milliseconds from 1970, and a day alone where they are a midnight's."""
    if not value.isdigit() or len(value) < 9:
        return value
    try:
        moment = datetime.fromtimestamp(int(value) if int(value) < _LAST_SECONDS else int(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # No time of any calendar: kept as it is written, a date that cannot be read.
        return value
    # Factiva writes `publication_date`, a day, as its first millisecond: no outlet said that it printed then.
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat()


def _host(url: str) -> str:
    return host_key(_whole(url))


def _path(url: str) -> str:
    """Its path with a slash at the end, so that `/en/` is no beginning of `/enquetes`."""
    return urlsplit(_whole(url)).path.rstrip("/") + "/"


def _whole(url: str) -> str:
    return url if "//" in url else f"//{url}"
