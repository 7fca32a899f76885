"""The baseline: what a competent user writes in an afternoon. feedparser, langdetect, two regexes, one Parquet file.

It keeps what it saw by id in memory, has no revisions, no coverage, no evidence and no ledger.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import feedparser
import pyarrow as pa
import pyarrow.parquet as pq
from langdetect import DetectorFactory, LangDetectException, detect

DetectorFactory.seed = 0
TAGS = re.compile(r"<[^>]+>")
TOPICS = {
    "franco-russian-relations": re.compile(
        r"(?=.*\b(france|french|franç\w+|macron|élysée|париж\w*|франц\w+|макрон\w*|frankreich|französ\w+)\b)"
        r"(?=.*\b(russi\w+|putin|poutine|moscou|moscow|kremlin|росси\w+|путин\w*|кремл\w+|russland|russisch\w*|kreml)\b)",
        re.IGNORECASE | re.DOTALL,
    ),
    "state-media-disinformation": re.compile(
        r"\b(RT|Sputnik|propagand\w+|désinformation|disinformation|desinformation|дезинформаци\w+|пропаганд\w+|спутник)\b",
        re.IGNORECASE,
    ),
}


def main(folder: str, out: str) -> None:
    """Read all feed files of a folder into one Parquet file."""
    seen: set[str] = set()
    rows = []
    for path in sorted(Path(folder).rglob("*")):
        if not path.is_file() or path.name == "polls.jsonl":
            continue
        for item in feedparser.parse(path.read_bytes()).entries:
            key = item.get("id") or item.get("link") or item.get("title", "")
            if key in seen:
                continue
            seen.add(key)
            title, text = item.get("title", ""), TAGS.sub(" ", item.get("summary", ""))
            try:
                language = detect(f"{title} {text}")
            except LangDetectException:
                language = "und"
            topics = [name for name, rule in TOPICS.items() if rule.search(f"{title} {text}")]
            row = {"key": key, "title": title, "text": text, "published": item.get("published", "")}
            rows.append({**row, "language": language, "topics": topics})
    pq.write_table(pa.Table.from_pylist(rows), out)
    print(f"{len(rows)} articles, {sum(bool(row['topics']) for row in rows)} on a topic")


if __name__ == "__main__":
    main(*sys.argv[1:3])
