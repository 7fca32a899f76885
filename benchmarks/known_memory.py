"""Memory beside what a dataset holds: the same polls ingested into one with few articles, and into one with many.

The datasets are made by `growth_data.py`; the polls show the last entries of every outlet again, and some new ones, so that
the articles they are must be found among all that are known.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
from growth_data import DAYS, LAST_DAY, write_days

__all__ = ["peaks"]

_KNOWN, _NEW = 40, 10
_LAST = f"""
    SELECT source_id, list({{url: url, guid: guid, title: title, text: text}} ORDER BY fetched_at DESC)[:{_KNOWN}]
    FROM read_parquet($files, hive_partitioning = false)
    WHERE revision_hash LIKE '%-0' AND fetched_at > $since
    GROUP BY source_id ORDER BY source_id
"""


def peaks(scratch: Path, numbers: tuple[int, ...]) -> list[int]:
    """Bytes of the largest resident memory of the ingest, for each number of articles that its dataset holds."""
    found = []
    for number in numbers:
        folder, data = scratch / "polls-of-known", scratch / "known"
        write_days(data, 0, DAYS, articles=number, polls=1, by="month")
        _write_polls(folder, data)
        command = [sys.executable, "-m", "vigie", "ingest", "--from", str(folder), "--data", str(data), "--workers", "1"]
        found.append(_peak(command))
        shutil.rmtree(folder)
        shutil.rmtree(data)
    return found


def _write_polls(folder: Path, data: Path) -> None:
    """A poll of each outlet, the day after the last one."""
    folder.mkdir()
    at = datetime.fromisoformat(f"{LAST_DAY + timedelta(days=1)}T00:00:00+00:00")
    files = [str(path) for path in (data / "articles").glob("*/*.parquet")]
    with duckdb.connect() as connection:
        outlets = connection.execute(_LAST, {"files": files, "since": at - timedelta(days=400)}).fetchall()
    lines = []
    for place, (source_id, shown) in enumerate(outlets):
        new = [
            {
                "url": f"https://{source_id}.example/new-{n}",
                "guid": f"new-{n}",
                "title": f"The {n}th news of {source_id}",
                "text": "",
            }
            for n in range(_NEW)
        ]
        items = "".join(
            f"<item><title>{escape(entry['title'])}</title><link>{escape(entry['url'])}</link><guid>{escape(entry['guid'])}</guid>"
            f"<description>{escape(entry['text'])}</description></item>"
            for entry in [*new, *shown]
        )
        (folder / f"{source_id}.xml").write_text(f'<rss version="2.0"><channel>{items}</channel></rss>', encoding="utf-8")
        line = {
            "file": f"{source_id}.xml",
            "feed_id": f"{source_id}/all",
            "source_id": source_id,
            "url": f"https://{source_id}.example/all",
            "fetched_at": (at + timedelta(seconds=place)).isoformat(),
            "status": 200,
            "headers": {},
        }
        lines.append(json.dumps(line))
    (folder / "polls.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _peak(command: list[str]) -> int:
    """Bytes of the largest resident memory of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_maxrss * 1024
