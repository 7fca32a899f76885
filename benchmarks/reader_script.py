"""The same polls by lemon24/reader: `update_feeds` from files, a round of all feeds at a time; no language, no topics.

python benchmarks/reader_script.py ARCHIVE OUT.sqlite
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from reader import make_reader


def main(folder: str, out: str) -> None:
    """Put each poll in its feed's place, in order of time, and update."""
    archive = Path(folder)
    polls = [json.loads(line) for line in (archive / "polls.jsonl").read_text(encoding="utf-8").splitlines()]
    rounds = groupby(sorted(polls, key=lambda poll: poll["fetched_at"]), key=lambda poll: poll["fetched_at"][:16])
    with tempfile.TemporaryDirectory() as root:
        reader = make_reader(out, feed_root=root)
        for _, in_round in rounds:
            for poll in in_round:
                name = poll["feed_id"].replace("/", "-") + ".xml"
                shutil.copyfile(archive / poll["file"], Path(root) / name)
                reader.add_feed(name, exist_ok=True)
            reader.update_feeds(scheduled=False)
        print(f"{reader.get_entry_counts().total} articles")


if __name__ == "__main__":
    main(*sys.argv[1:3])
