"""The material of docs/history.md: part of the sample data, as it would come from archives of others.

    python docs/make_history.py FOLDER

Writes `FOLDER/wayback`, the recorded polls of the French outlets laid out as a downloader of the Wayback Machine leaves
captures, their addresses led through the archive; `FOLDER/stories.csv`, what Volnograd's French edition published before its
feed was first captured, in the columns of a Media Cloud export; and `FOLDER/comparison.yaml`, the panel. All outlets are
invented.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import yaml

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
FRENCH = ("courrier-ys", "gazette-broceliande", "radio-thule", "volnograd-fr")
_EXPORTED = ("volnograd-fr", datetime(2017, 6, 1, tzinfo=UTC))
_COLUMNS = ("id", "indexed_date", "language", "media_name", "media_url", "publish_date", "title", "url")
_PANEL = """id: comparison
version: "1"
label: Volnograd's French edition, and two French papers to compare it with
sources: [courrier-ys, gazette-broceliande, volnograd-fr]
"""


def write_captures(folder: Path) -> None:
    """Each recorded poll of a French outlet that brought a body: TIME/HOST/PATH."""
    for line in (SAMPLE / "feeds" / "polls.jsonl").read_text(encoding="utf-8").splitlines():
        poll = json.loads(line)
        if poll["source_id"] not in FRENCH or poll["file"] is None or poll["status"] != 200:
            continue
        at, address = datetime.fromisoformat(poll["fetched_at"]), urlsplit(poll["url"])
        stamp = f"{at:%Y%m%d%H%M%S}"
        target = folder / stamp / (address.hostname or "") / address.path.strip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        body = (SAMPLE / "feeds" / poll["file"]).read_bytes()
        led = rb"<link>https://web.archive.org/web/" + stamp.encode() + rb"/\1"
        target.write_bytes(re.sub(rb"<link>(https?://)", led, body))


def write_export(path: Path) -> None:
    """What one outlet published before a moment, as Media Cloud would give it: titles and addresses, no texts."""
    source_id, before = _EXPORTED
    addresses = [json.loads(line) for line in (SAMPLE / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    url_of = {item["key"]: item["url"] for item in addresses}
    items = yaml.safe_load((SAMPLE / "items" / f"{source_id}.yaml").read_text(encoding="utf-8"))["items"]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_COLUMNS)
        for item in items:
            at = item["at"].astimezone(UTC)
            if at < before:
                host = urlsplit(url_of[item["key"]]).hostname
                date = f"{at:%Y-%m-%d %H:%M:%S}+00:00"
                rows.writerow((item["key"], "2026-01-05 10:00:00", "fr", host, host, date, item["title"], url_of[item["key"]]))


def main() -> None:
    """Write it all."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} FOLDER")
    folder = Path(sys.argv[1])
    write_captures(folder / "wayback")
    write_export(folder / "stories.csv")
    (folder / "comparison.yaml").write_text(_PANEL, encoding="utf-8")


if __name__ == "__main__":
    main()
