"""Archived captures of feeds: folders as downloaders of the Wayback Machine leave them, planned as polls.

The time of a capture is the 14 digits in a file's path, UTC. Of its address and status tells, in this order, a CDX index
beside it (JSON: a list of rows, the first of which names the columns), or the path: `TIME/HOST/PATH` (waybackpack) and
`HOST/TIME/PATH` (wayback_machine_downloader --all-timestamps).

A capture is a poll, made by the archive: days between captures are covered, partial or unknown by the same rule as between
polls of one's own (METHOD.md).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vigie.archive import PollRef
from vigie.errors import UsageError
from vigie.registry import Registry
from vigie.registry.addresses import address_key
from vigie.schemas import Feed

__all__ = ["ORIGIN", "plan_captures"]

#: What such polls, and the articles they bring, say of where they come from.
ORIGIN = "wayback"

_STAMP = re.compile(r"(?<!\d)\d{14}(?!\d)")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_FRONT_PAGE = re.compile(r"/index\.(?:html?|xml|rss)$")


@dataclass
class _Plan:
    """Whose captures are taken, and what is found on the way."""

    feed: Feed | None
    by_address: Mapping[str, Feed]
    refs: dict[tuple[str, datetime], PollRef] = field(default_factory=dict)
    #: Why files are passed over → how many, and one of them.
    passed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def pass_over(self, why: str, example: object) -> None:
        self.passed[why] += 1
        self.examples.setdefault(why, str(example))


def plan_captures(
    folders: Sequence[Path], registry: Registry, *, feed: Feed | None = None, notes: list[str] | None = None
) -> list[PollRef]:
    """The captures in some folders as polls, in order of time.

    Args:
        folders: Where they are.
        registry: The feeds that captures are told by, by the address captured.
        feed: The feed that all of them are captures of; None: told by address.
        notes: Takes what a user should be told, a line each: above all what is passed over.

    Raises:
        UsageError: A folder is none, an index cannot be read, or two files would be one capture.
    """
    plan = _Plan(feed, {address_key(known.url): known for known in registry.feeds if known.url.startswith("http")})
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder; name one with captures of feeds")
        index = _read_indexes(folder)
        for path in sorted(file for file in folder.rglob("*") if file.is_file() and file not in index.files):
            ref = _ref_of(path, path.relative_to(folder), index, plan)
            if ref is None:
                continue
            other = plan.refs.setdefault((ref.feed_id, ref.fetched_at), ref)
            if other.path != ref.path:
                raise UsageError(f"{ref.path} and {other.path}: both are the capture of {ref.feed_id} at {ref.capture}")
    if notes is not None:
        for why, count in sorted(plan.passed.items()):
            notes.append(f"{count} file{'s' if count > 1 else ''} not read, for instance {plan.examples[why]}: {why}")
    return sorted(plan.refs.values(), key=lambda ref: ref.order)


@dataclass(frozen=True)
class _Index:
    """What CDX indexes say: time → rows."""

    files: frozenset[Path]
    rows: Mapping[str, Sequence[Mapping[str, str]]]

    def row_of(self, stamp: str, relative: Path) -> Mapping[str, str]:
        """The row of a capture; of several at one time the one whose address's last part stands in the file's path."""
        rows = self.rows.get(stamp, [])
        named = [row for row in rows if Path(row["original"].split("?")[0]).name in relative.as_posix()]
        return (named or rows or [{}])[0]


def _read_indexes(folder: Path) -> _Index:
    found: dict[Path, list[Mapping[str, str]]] = {}
    for path in sorted(folder.rglob("*.json")):
        if (rows := _index_rows(path)) is not None:
            found[path] = rows
    by_stamp: dict[str, list[Mapping[str, str]]] = {}
    for rows in found.values():
        for row in rows:
            by_stamp.setdefault(row["timestamp"], []).append(row)
    return _Index(frozenset(found), by_stamp)


def _index_rows(path: Path) -> list[Mapping[str, str]] | None:
    """The rows of a CDX index; None where a file is none, as a captured JSON Feed."""
    try:
        content: Any = json.loads(path.read_bytes())
    except ValueError:
        return None
    if not (isinstance(content, list) and content and isinstance(content[0], list)):
        return None
    names = content[0]
    if not {"timestamp", "original"} <= set(names):
        raise UsageError(
            f"{path}: an index whose first row names no columns `timestamp` and `original`; ask for it with output=json"
        )
    return [dict(zip(names, map(str, row), strict=False)) for row in content[1:]]


def _ref_of(path: Path, relative: Path, index: _Index, plan: _Plan) -> PollRef | None:
    stamps = _STAMP.findall(relative.as_posix())
    at = _time_of(stamps[-1]) if stamps else None
    if at is None:
        plan.pass_over("no time (14 digits, as 20170529180000) stands in the path", path)
        return None
    row = index.row_of(stamps[-1], relative)
    url = row.get("original") or _address_of(relative, stamps[-1])
    found = plan.feed or plan.by_address.get(address_key(url) if url else "")
    if found is None:
        where = f"{url} is no feed of the registry" if url else "its path names no host and no index is beside it"
        plan.pass_over(f"{where}; say whose captures these are with --feed", path)
        return None
    status = row.get("statuscode", "")
    return PollRef(
        feed_id=found.feed_id,
        source_id=found.source_id,
        url=url or found.url,
        fetched_at=at,
        path=str(path),
        size=path.stat().st_size,
        status=int(status) if status.isdigit() else 200,
        vantage=ORIGIN,
        origin=ORIGIN,
        capture=stamps[-1],
    )


def _time_of(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _address_of(relative: Path, stamp: str) -> str:
    """The address that a path of one of the two layouts stands for; empty where it is of neither."""
    parts = relative.parts
    if stamp not in parts:
        return ""
    place = parts.index(stamp)
    behind = list(parts[place + 1 :])
    before = [part for part in parts[:place] if _HOST.fullmatch(part)]
    if behind and _HOST.fullmatch(behind[0]) and len(behind) > 1:
        host, rest = behind[0], behind[1:]
    elif before:
        host, rest = before[-1], behind
    else:
        return ""
    return _FRONT_PAGE.sub("", f"http://{host}/{'/'.join(rest)}")
