"""Before and after an event: how a source's share moved, against others, against placebo dates and against its own trend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from vigie.stats import LEAST_DAYS, Estimate, bootstrap_figures, log_share_ratio

__all__ = ["compare_windows"]

Floats = npt.NDArray[np.float64]
_STEP = timedelta(days=7)
_NOTHING = Estimate(math.nan, None, None)
#: Of each source and day on which it was covered: articles on the topic, articles.
_Counts = Mapping[str, Mapping[date, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Sources that are compared on the same days: those on which all of them were covered.

    Attributes:
        names: The sources.
        shown: Which of them are asked for.
        others: For each of these, 1 for the ones it is compared with, else 0.
        days: The days.
        counts: (articles on the topic, articles) by day and source, a source's two numbers side by side.
    """

    names: tuple[str, ...]
    shown: tuple[int, ...]
    others: Floats
    days: tuple[date, ...]
    counts: Floats

    def window(self, first: date, end: date) -> Floats:
        """The days from one to before another."""
        return self.counts[[place for place, day in enumerate(self.days) if first <= day < end]]

    def ratios(self, windows: Sequence[Floats]) -> Floats:
        """Of sums over two windows: each shown source's logarithmic ratio, and then how far it is from the others' mean."""
        sums = [window.reshape(len(window), -1, 2) for window in windows]
        ratios = log_share_ratio(sums)
        own = ratios[:, self.shown]
        if all(window[:, :, 1].all() for window in sums):
            means = ratios @ self.others.T / np.maximum(self.others.sum(axis=1), 1)
        else:  # An outlet that published nothing in a window has no share to compare with.
            published = np.all([window[:, :, 1] > 0 for window in sums], axis=0).astype(np.float64)
            means = (ratios * published) @ self.others.T / np.maximum(published @ self.others.T, 1)
        both: Floats = np.concatenate([own, own - means], axis=1)
        return both

    def comparable(self, windows: Sequence[Floats]) -> npt.NDArray[np.bool_]:
        """Whether each shown source and one of those it is compared with published in all windows: silence has no share."""
        published = np.all([window[:, 1::2].sum(axis=0) > 0 for window in windows], axis=0)
        found: npt.NDArray[np.bool_] = published[list(self.shown)] & (self.others @ published > 0)
        return found


def compare_windows(
    counts: Iterable[dict[str, Any]], values: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The rows of the question `before-after`: one a source that was asked for.

    Args:
        counts: Daily counts of all sources, as its SQL gives them.
        values: Its parameters.
    """
    by_source: dict[str, dict[date, tuple[int, int]]] = {}
    for row in counts:
        days = by_source.setdefault(row["source_id"], {})
        if row["covered"]:
            days[row["day"]] = (row["articles"], row["output"])
    rows = [row for group in _groups(values["sources"], values["panel"], by_source) for row in _rows(group, values)]
    return sorted(rows, key=lambda row: str(row["source_id"])), ()


def _groups(sources: Sequence[str], panel: Sequence[str], by_source: _Counts) -> list[_Group]:
    """Sources that are compared on the same days, taken together: with all of a panel, unless some of it are asked for."""
    compared = {member for member in panel if member not in sources} or set(panel)
    covered = [set(by_source.get(name, {})) for name in compared]
    common = covered[0].intersection(*covered[1:]) if covered else None
    together: dict[tuple[date, ...], list[str]] = {}
    for source in sources:
        own = set(by_source.get(source, {}))
        together.setdefault(tuple(sorted(own if common is None else own & common)), []).append(source)
    groups = []
    for days, shown in together.items():
        names = tuple(sorted({*shown, *compared}))
        found = [by_source.get(name, {}) for name in names]
        numbers = [[number for member in found for number in member[day]] for day in days]
        places = tuple(names.index(source) for source in shown)
        others = np.array([[name != source and name in compared for name in names] for source in shown], dtype=np.float64)
        groups.append(_Group(names, places, others, days, np.array(numbers, dtype=np.float64).reshape(len(days), -1)))
    return groups


def _rows(group: _Group, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    event, seed = values["event"], values["seed"]
    pre, post = timedelta(days=values["pre"]), timedelta(days=values["post"])
    before, after = group.window(event - pre, event), group.window(event, event + post)
    middle = event - pre / 2
    halves = [group.window(event - pre, middle), group.window(middle, event)]
    moved, trends = _estimates(group, [before, after], seed), _estimates(group, halves, seed)
    placebo = _placebo_differences(group, event, pre, post)
    comparable = group.comparable([before, after])
    rows = []
    for place, source in enumerate(group.shown):
        others = int(group.others[place].sum())
        own, difference = (moved[place], moved[len(group.shown) + place])
        trend = trends[len(group.shown) + place if others else place]
        if not _published(before, source) or not _published(after, source):
            own = difference = _NOTHING
        if not _published(halves[0], source) or not _published(halves[1], source):
            trend = _NOTHING
        if not comparable[place]:
            difference = _NOTHING
        tried = [differences[place] for differences in placebo if not math.isnan(differences[place])]
        extreme = sum(bool(abs(value) >= abs(difference.value)) for value in tried)
        found = bool(tried) and not math.isnan(difference.value)
        rows.append(
            {
                "source_id": group.names[source],
                "share_of_output_before": _share(before, source),
                "share_of_output_after": _share(after, source),
                **_named("log_ratio", own),
                **_named("difference", difference),
                "placebo_share": round((1 + extreme) / (1 + len(tried)), 6) if found else None,
                "placebo_dates": len(tried),
                **_named("trend_before", trend),
                **_counted("before", before, source),
                **_counted("after", after, source),
                "others": others,
            }
        )
    return rows


def _estimates(group: _Group, windows: Sequence[Floats], seed: int) -> list[Estimate]:
    """Own and compared ratios of all shown sources; nothing where a window has no day."""
    if any(len(window) == 0 for window in windows):
        return [_NOTHING] * (2 * len(group.shown))
    return bootstrap_figures(windows, group.ratios, seed=seed)


def _placebo_differences(group: _Group, event: date, pre: timedelta, post: timedelta) -> list[Floats]:
    """The same differences at days before the event, their windows wholly before it; NaN where nothing can be compared."""
    found: list[Floats] = []
    placebo = event - post
    while group.days and placebo - pre >= group.days[0]:
        windows = [group.window(placebo - pre, placebo), group.window(placebo, placebo + post)]
        if all(len(window) >= LEAST_DAYS for window in windows):
            differences = group.ratios([window.sum(axis=0)[None, :] for window in windows])[0, len(group.shown) :]
            found.append(np.where(group.comparable(windows), differences, math.nan))
        placebo -= _STEP
    return found


def _named(name: str, estimate: Estimate) -> dict[str, float | None]:
    figures = {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return {key: None if value is None or math.isnan(value) else round(value, 6) for key, value in figures.items()}


def _published(window: Floats, source: int) -> bool:
    return bool(window[:, 2 * source + 1].sum() > 0)


def _share(window: Floats, source: int) -> float | None:
    articles, output = window[:, 2 * source : 2 * source + 2].sum(axis=0)
    return round(float(articles / output), 6) if output else None


def _counted(when: str, window: Floats, source: int) -> dict[str, int]:
    articles, output = window[:, 2 * source : 2 * source + 2].sum(axis=0)
    return {f"articles_{when}": int(articles), f"output_{when}": int(output), f"days_{when}": len(window)}
