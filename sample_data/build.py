"""Render the items written by hand into the sample feeds, poll by poll, and write down what is true of each item.

Run it after a change in items/, feeds.yaml or sources.yaml; the same input gives the same bytes, every time::

    python -m vigie.sample_data.build [FOLDER]

writes `feeds/` (with `polls.jsonl`) and `gold.jsonl` into the folder, by default that of this file.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from vigie.errors import UsageError, VigieError
from vigie.sample_data.plan import FeedPlan, Item, Outlet, Plan, Poll, load_plan
from vigie.sample_data.render import CONTENT_TYPES, EXTENSIONS, Shown, date_text, render

__all__ = ["build", "main", "write"]

#: Where a truncated document ends: the share of its bytes that came, moved on into the middle of the next summary.
_CUT_AFTER = 0.55


def build(plan: Plan) -> dict[str, bytes]:
    """All files of the built sample, by their path in the sample data's folder.

    Raises:
        UsageError: The plan contradicts itself, as where a poll is said to be unchanged and is not.
    """
    files: dict[str, bytes] = {}
    lines: list[tuple[datetime, str, str]] = []
    shown_in: dict[str, set[str]] = {}
    for feed in plan.feeds:
        items = [item for item in plan.items[feed.source_id] if not feed.section or feed.section in item.sections]
        before: bytes | None = None
        for poll in feed.polls:
            current = _window(items, feed, poll.at)
            body = _render(feed, plan.outlets[feed.source_id], current, poll.at)
            if poll.shows == "not-modified" and body != before:
                raise UsageError(f"feeds.yaml: {feed.feed_id}: {poll.at}: the feed had changed, so it was modified")
            path, content, line = _answer(plan, feed, poll, body)
            if path:
                files[f"feeds/{path}"] = content
            if not poll.shows:
                before = body
                for item in current:
                    shown_in.setdefault(item.key, set()).add(feed.feed_id)
            lines.append((poll.at, feed.feed_id, _json_line(line)))
    files["feeds/polls.jsonl"] = "".join(line for _, _, line in sorted(lines)).encode()
    files["gold.jsonl"] = "".join(_json_line(line) for line in _gold(plan, shown_in)).encode()
    return files


def _json_line(record: Mapping[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _window(items: Sequence[Item], feed: FeedPlan, moment: datetime) -> list[Item]:
    """What the feed held at a time, newest first."""
    out = [item for item in items if item.at <= moment]
    return out[::-1][: feed.window]


def _render(feed: FeedPlan, outlet: Outlet, items: Sequence[Item], moment: datetime) -> bytes:
    try:
        return render(feed, outlet, [_shown(item, feed, outlet, moment) for item in items])
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{feed.feed_id}: {feed.encoding} lacks {error.object[error.start]!r}; write the item without it"
        ) from error


def _answer(plan: Plan, feed: FeedPlan, poll: Poll, body: bytes) -> tuple[str, bytes, dict[str, object]]:
    """The file that a poll left (an empty path: none), its content, and the poll's line in `polls.jsonl`."""
    status, extension = 200, EXTENSIONS[feed.format]
    content_type = feed.content_type or CONTENT_TYPES[feed.format]
    if poll.shows == "truncated":
        body = _truncated(body)
    elif poll.shows == "empty":
        body = _render(feed, plan.outlets[feed.source_id], [], poll.at)
    elif poll.shows == "not-modified":
        status = 304
    elif poll.shows:
        page = plan.pages[poll.shows]
        status, content_type, extension, body = page.status, page.content_type, "html", page.body.encode()
    headers = {"content-type": content_type} if status != 304 else {}
    if "validators" in feed.quirks and status in (200, 304):
        headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    name = f"{feed.feed_id}/{poll.at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.{extension}" if status != 304 else ""
    line: dict[str, object] = {
        "file": name or None,
        "feed_id": feed.feed_id,
        "source_id": feed.source_id,
        "url": feed.url,
        "fetched_at": f"{poll.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "status": status,
        "headers": headers,
    }
    return name, body, line


def _truncated(body: bytes) -> bytes:
    """The beginning of a document, cut within a character of several bytes in the middle of an item's summary."""
    mark = b"<description>"
    place = body.index(mark, int(len(body) * _CUT_AFTER)) + len(mark) + 200
    while body[place] & 0xC0 != 0x80:  # On to a byte that continues a character.
        place += 1
    return body[:place]


def _link(item: Item, feed: FeedPlan, outlet: Outlet) -> str:
    link = item.own.get("url") or f"https://{outlet.host}{item.path}"
    if "utm" in feed.quirks:
        link += f"?utm_source=rss&utm_medium=feed&utm_campaign={feed.section}"
    return link


def _guid(item: Item, feed: FeedPlan, outlet: Outlet) -> str | None:
    if "guid" in item.own:
        return item.own["guid"]
    number = item.key.rpartition("-")[2]
    return {
        "url": _link(item, feed, outlet),
        "tag": f"tag:{outlet.host},{item.at:%Y-%m-%d}:{number}",
        "number": f"https://{outlet.host}/?p={40_000 + 17 * int(number)}",
    }[feed.guids]


def _shown(item: Item, feed: FeedPlan, outlet: Outlet, moment: datetime) -> Shown:
    revision = item.as_of(moment)
    return Shown(
        title=revision.title,
        text=revision.text,
        html=item.html,
        link=_link(item, feed, outlet),
        guid=_guid(item, feed, outlet),
        date=item.own["date"] if "date" in item.own else date_text(feed, item.at),
        at=item.at,
        changed_at=revision.at,
        authors=item.authors,
    )


def _gold(plan: Plan, shown_in: Mapping[str, set[str]]) -> list[dict[str, object]]:
    """What is true of each item, in the order of the registry and then of time."""
    lines: list[dict[str, object]] = []
    for source_id, items in plan.items.items():
        feeds = [feed for feed in plan.feeds if feed.source_id == source_id]
        for item in items:
            carrying = [feed for feed in feeds if not feed.section or feed.section in item.sections]
            titles = dict.fromkeys(_plain(revision.title, item.html) for revision in item.revisions)
            lines.append(
                {
                    "key": item.key,
                    "source_id": source_id,
                    "guid": _guid(item, carrying[0], plan.outlets[source_id]),
                    "url": _link(item, carrying[0], plan.outlets[source_id]),
                    "feeds": sorted(shown_in.get(item.key, ())),
                    "titles": list(titles),
                    "language": item.language,
                    "topics": list(item.topics),
                    "planted": item.planted,
                }
            )
    return lines


def _plain(title: str, is_html: bool) -> str:
    """A title as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]*>", "", title)) if is_html else title


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Put the built files into a folder, in place of the ones of an earlier build."""
    for old in sorted((folder / "feeds").rglob("*"), reverse=True):
        if old.is_file() and old.relative_to(folder).as_posix() not in files:
            old.unlink()
        elif old.is_dir() and not any(old.iterdir()):
            old.rmdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main(arguments: Sequence[str]) -> int:
    """Build the sample data into the folder given, or into its own."""
    own = Path(__file__).resolve().parent
    try:
        files = build(load_plan(own))
    except VigieError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    write(files, Path(arguments[0]) if arguments else own)
    print(f"{len(files)} files, {sum(map(len, files.values())):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
