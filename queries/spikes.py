"""Spikes: topics that had more articles on a day than weekday and output explain, over all that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from vigie.queries.sentences import Sentences
from vigie.stats import benjamini_hochberg, fit_counts, upper_tail

__all__ = ["find_spikes"]

#: METHOD: at least 8 weeks of baseline, out of the twelve before the day; at least 5 articles.
BASELINE_DAYS, REACH = 56, 84
LEAST_ARTICLES = 5
#: Share of false discoveries among what is called a spike.
RATE = 0.05
#: Rows that are fitted at once: more would take memory and no less time.
_AT_ONCE = 2000
_ORDER = ("spike", "usual", "few", "baseline", "joined", "unknown")


def find_spikes(counts: Iterable[dict[str, Any]], values: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The rows of the question `spikes`: one a topic and day looked at, spikes first.

    Args:
        counts: Daily counts a topic, as its SQL gives them, from the baseline's first day on.
        values: Its parameters.
    """
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for row in counts:
        by_topic.setdefault(row["topic_id"], []).append(row)
    rows = [
        _look_at(row, days[max(0, place - REACH) : place])
        for days in by_topic.values()
        for place, row in enumerate(days)
        if row["day"] >= values["since"]
    ]
    looked_at = [row for row in rows if row["verdict"] == "usual"]
    for start in range(0, len(looked_at), _AT_ONCE):
        _fit(looked_at[start : start + _AT_ONCE])
    for row, rate in zip(looked_at, benjamini_hochberg([row["p_value"] for row in looked_at]), strict=True):
        row["q_value"] = rate
    for row in looked_at:
        if row["articles"] < LEAST_ARTICLES:
            row["verdict"] = "few"
        elif row["q_value"] <= RATE:
            row["verdict"] = "spike"
    for row in rows:
        del row["baseline"]
    rows.sort(key=lambda row: (_ORDER.index(row["verdict"]), -row["bucket"].toordinal(), row["q_value"] or 0, row["topic_id"]))
    return rows, _notes(rows, values)


def _look_at(row: Mapping[str, Any], before: list[dict[str, Any]]) -> dict[str, Any]:
    """One topic and day, not yet compared with what is usual."""
    baseline = [day for day in before if day["counted"] and day["output"] > 0]
    verdict = "usual"
    if not row["counted"]:
        verdict = "unknown"
    elif row["joined"]:
        verdict = "joined"
    elif len(baseline) < BASELINE_DAYS or not row["output"]:
        verdict = "baseline"
    return {
        "bucket": row["day"],
        "topic_id": row["topic_id"],
        "articles": row["articles"] if row["counted"] else None,
        "expected": None,
        "ratio": None,
        "q_value": None,
        "verdict": verdict,
        "p_value": None,
        "output": row["output"] if row["counted"] else None,
        "days_baseline": len(baseline),
        "articles_baseline": sum(day["articles"] for day in baseline),
        "dispersion": None,
        "baseline": baseline,
    }


def _fit(rows: list[dict[str, Any]]) -> None:
    """Fill in what would be usual, and how probable what was counted is, for some rows at once."""
    shape = (len(rows), REACH)
    articles, output, weekday = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for place, row in enumerate(rows):
        for day, counted in enumerate(row["baseline"]):
            articles[place, day], output[place, day] = counted["articles"], counted["output"]
            weekday[place, day] = counted["day"].weekday()
    model = fit_counts(articles, output, weekday)
    expected, dispersion = model.expect(
        np.array([float(row["output"]) for row in rows]), np.array([_weekday(row["bucket"]) for row in rows])
    )
    for row, mu, a in zip(rows, expected, dispersion, strict=True):
        row |= {"expected": round(float(mu), 3), "ratio": round(row["articles"] / float(mu), 3)}
        row |= {"p_value": upper_tail(row["articles"], mu, a), "dispersion": round(float(a), 4)}


def _weekday(day: date) -> int:
    return day.weekday()


def _notes(rows: list[dict[str, Any]], values: Mapping[str, Any]) -> tuple[str, ...]:
    verdicts = [row["verdict"] for row in rows]
    looked_at = sum(verdict in ("spike", "usual", "few") for verdict in verdicts)
    speech = Sentences(values["language"])
    notes = [speech.say("spikes_looked_at", looked_at=speech.number(looked_at), all=speech.number(len(rows)))]
    if "baseline" in verdicts:
        notes.append(
            speech.say(
                "spikes_baseline",
                least=BASELINE_DAYS,
                reach=REACH,
                number=speech.number(verdicts.count("baseline")),
                first_read=speech.day(values["baseline_from"]),
                first=speech.day(values["baseline_from"] + timedelta(days=BASELINE_DAYS)),
            )
        )
    if "joined" in verdicts:
        notes.append(speech.say("spikes_joined", number=speech.number(verdicts.count("joined"))))
    return tuple(notes)
