"""Before and after an event: how a source's share moved, against others, against placebo dates and against its own trend."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.stats import LEAST_DAYS, Estimate, bootstrap_figure, log_share_ratio

__all__ = ["compare_windows"]

Floats = npt.NDArray[np.float64]
_STEP = timedelta(days=7)
_NOTHING = Estimate(float("nan"), None, None)


@dataclass(frozen=True, slots=True)
class _Series:
    """One source and those it is compared with: on each day (articles, output) of it and of each other, in one row."""

    days: tuple[date, ...]
    counts: Floats

    def window(self, first: date, end: date) -> Floats:
        """The days from one to before another."""
        return self.counts[[place for place, day in enumerate(self.days) if first <= day < end]]


def compare_windows(counts: pa.Table, values: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The rows of the question `before-after`: one a source that was asked for.

    Args:
        counts: Daily counts of all sources, as its SQL gives them.
        values: Its parameters.
    """
    by_source: dict[str, dict[date, tuple[int, int]]] = {}
    for row in counts.to_pylist():
        days = by_source.setdefault(row["source_id"], {})
        if row["covered"]:
            days[row["day"]] = (row["articles"], row["output"])
    group = [source for source in values["panel"] if source not in values["sources"]]
    rows = []
    for source in values["sources"]:
        others = group or [other for other in values["panel"] if other != source]
        rows.append(_row(source, _series_of(source, others, by_source), len(others), values))
    return rows, ()


def _series_of(source: str, others: Sequence[str], by_source: Mapping[str, Mapping[date, tuple[int, int]]]) -> _Series:
    """The days on which all of them were covered."""
    members = [by_source.get(name, {}) for name in (source, *others)]
    days = sorted(set(members[0]).intersection(*members[1:]))
    counts = np.array([[number for member in members for number in member[day]] for day in days], dtype=np.float64)
    return _Series(tuple(days), counts.reshape(len(days), 2 * len(members)))


def _own(windows: Sequence[Floats]) -> Floats:
    return log_share_ratio([sums[:, :2] for sums in windows])


def _difference(windows: Sequence[Floats]) -> Floats:
    """The source's logarithmic ratio less the mean of the others', each weighing the same."""
    ratios = [log_share_ratio([sums[:, k : k + 2] for sums in windows]) for k in range(0, windows[0].shape[1], 2)]
    difference: Floats = ratios[0] - np.mean(ratios[1:], axis=0)
    return difference


def _row(source: str, series: _Series, others: int, values: Mapping[str, Any]) -> dict[str, Any]:
    event, seed = values["event"], values["seed"]
    pre, post = timedelta(days=values["pre"]), timedelta(days=values["post"])
    before, after = series.window(event - pre, event), series.window(event, event + post)
    middle = event - pre / 2
    halves = [series.window(event - pre, middle), series.window(middle, event)]
    own = _estimate([before, after], _own, seed)
    difference = _estimate([before, after], _difference, seed) if others else _NOTHING
    trend = _estimate(halves, _difference if others else _own, seed)
    placebo = _placebo_differences(series, event, pre, post) if others else []
    extreme = sum(abs(value) >= abs(difference.value) for value in placebo)
    return {
        "source_id": source,
        "share_of_output_before": _share(before),
        "share_of_output_after": _share(after),
        **_named("log_ratio", own),
        **_named("difference", difference),
        "placebo_share": round((1 + extreme) / (1 + len(placebo)), 6) if placebo else None,
        "placebo_dates": len(placebo),
        **_named("trend_before", trend),
        **_counted("before", before),
        **_counted("after", after),
        "others": others,
    }


def _estimate(windows: Sequence[Floats], statistic: Any, seed: int) -> Estimate:
    return bootstrap_figure(windows, statistic, seed=seed) if all(w[:, 1].sum() > 0 for w in windows) else _NOTHING


def _placebo_differences(series: _Series, event: date, pre: timedelta, post: timedelta) -> list[float]:
    """The same difference at days before the event, their windows wholly before it."""
    found: list[float] = []
    placebo = event - post
    while series.days and placebo - pre >= series.days[0]:
        windows = [series.window(placebo - pre, placebo), series.window(placebo, placebo + post)]
        if all(len(window) >= LEAST_DAYS and window[:, 1].sum() > 0 for window in windows):
            found.append(float(_difference([window.sum(axis=0)[None, :] for window in windows])[0]))
        placebo -= _STEP
    return found


def _named(name: str, estimate: Estimate) -> dict[str, float | None]:
    figures = {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return {key: None if value is None or math.isnan(value) else round(value, 6) for key, value in figures.items()}


def _share(window: Floats) -> float | None:
    articles, output = window[:, :2].sum(axis=0)
    return round(float(articles / output), 6) if output else None


def _counted(when: str, window: Floats) -> dict[str, int]:
    articles, output = window[:, :2].sum(axis=0)
    return {f"articles_{when}": int(articles), f"output_{when}": int(output), f"days_{when}": len(window)}
