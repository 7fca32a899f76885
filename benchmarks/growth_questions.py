"""What `growth.py` asks: what the dashboard does, without a topic and with one, over a week, 30 days, a year and five.

    python benchmarks/growth_questions.py FOLDER "coverage, 30 days by day"

opens the dataset in a folder, asks that, and ends: as `vigie query` does, and with no other imports than that needs.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any

from vigie.heap import collect_seldom
from vigie.queries import Parameters, ask_once

__all__ = ["DAYS", "FIRST_DAY", "LAST_DAY", "MEMORY", "MONTH", "QUESTIONS", "TOPIC", "TOPICS", "YEAR", "another"]

FIRST_DAY, DAYS = date(2019, 1, 1), 1_826
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
TOPICS, TOPIC = 10, "topic-3"
#: What the dashboard lets its questions take (dashboard/session.py).
MEMORY = "2GiB"
_WEEK = {"since": LAST_DAY - timedelta(days=6), "until": LAST_DAY}
MONTH = {"since": LAST_DAY - timedelta(days=29), "until": LAST_DAY}
YEAR = {"since": LAST_DAY - timedelta(days=364), "until": LAST_DAY}
_PARIS = {"tz": "Europe/Paris"}

QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "coverage, 30 days by day": ("coverage", {"topic": TOPIC, **MONTH}),
    "coverage, 30 days in Paris": ("coverage", {"topic": TOPIC, **_PARIS, **MONTH}),
    "coverage, a year by week": ("coverage", {"topic": TOPIC, "by": "week", **YEAR}),
    "coverage, five years by month": ("coverage", {"topic": TOPIC, "by": "month"}),
    "coverage, five years by month in Paris": ("coverage", {"topic": TOPIC, "by": "month", **_PARIS}),
    "share-of-voice, 30 days": ("share-of-voice", {"topic": TOPIC, **MONTH}),
    "share-of-voice, five years": ("share-of-voice", {"topic": TOPIC}),
    "state-against-independent, 30 days": ("state-against-independent", {"topic": TOPIC, **MONTH}),
    "first-seen, 30 days": ("first-seen", {"topic": TOPIC, **MONTH}),
    "top-sources, 30 days": ("top-sources", {"topic": TOPIC, **MONTH}),
    "top-sources, five years": ("top-sources", {"topic": TOPIC}),
    "topic-mix, 30 days": ("topic-mix", dict(MONTH)),
    "topic-mix, 30 days in Paris": ("topic-mix", {**_PARIS, **MONTH}),
    "co-occurrence, 30 days": ("co-occurrence", dict(MONTH)),
    "citations, 30 days": ("citations", dict(MONTH)),
    "rising-words, a week": ("rising-words", {"topic": TOPIC, **_WEEK}),
    "what-moved, a week": ("what-moved", dict(_WEEK)),
    "what-moved, a week in Paris": ("what-moved", {**_PARIS, **_WEEK}),
    "spikes, a week": ("spikes", dict(_WEEK)),
    "syndication, a week": ("syndication", dict(_WEEK)),
    "headline-edits, 30 days": ("headline-edits", {"topic": TOPIC, **MONTH}),
    "articles, a week": ("articles", {"topic": TOPIC, "limit": 200, **_WEEK}),
    "articles, five years": ("articles", {"topic": TOPIC, "limit": 200}),
    "evidence, a week": ("evidence", {"topic": TOPIC, **_WEEK}),
    "date-quality, 30 days": ("date-quality", dict(MONTH)),
    "language-mix, 30 days": ("language-mix", dict(MONTH)),
    "delay, 30 days": ("delay", dict(MONTH)),
    "covered-days, 30 days": ("covered-days", dict(MONTH)),
    "feed-health": ("feed-health", {"until": LAST_DAY}),
    "as-known-on, 30 days": ("as-known-on", {"topic": TOPIC, "as_of": LAST_DAY - timedelta(days=10), **MONTH}),
}


def another(given: dict[str, Any], turn: int) -> dict[str, Any]:
    """The same question about days somewhat earlier or, of all time, about another topic: nothing that was answered before."""
    days = timedelta(days=3 * turn)
    changed = {name: value - days if isinstance(value, date) else value for name, value in given.items()}
    if "since" not in given and "topic" in given:
        changed["topic"] = f"topic-{(int(TOPIC.rpartition('-')[2]) + turn) % TOPICS}"
    return changed


if __name__ == "__main__":
    folder, label = sys.argv[1:]
    asked, about = QUESTIONS[label]
    collect_seldom()
    ask_once(folder, asked, Parameters(**about), memory_limit=MEMORY)
